//! How a customer is shown over HTTP: a person with all his cards as one.

use std::collections::BTreeSet;

use domain::customer::{self, ContactSource, Customer, newest_open};
use domain::event::{Row, RowState};
use domain::id::{ChannelId, ConversationId, CustomerId, LeadId, LineId, OperatorId};
use domain::lead::{self, Lead};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actors::customers::Person;
use crate::web::api::schema;

/// A customer's card.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::web) struct CustomerBody {
    /// That of the card under which his others are merged.
    #[schema(value_type = String)]
    id: CustomerId,
    /// Send it back with a change. Only changes by people raise it.
    version: u32,
    name: String,
    surname: String,
    note: String,
    identities: Vec<IdentityBody>,
    phones: Vec<ContactBody>,
    emails: Vec<ContactBody>,
    /// Who owns him as a contact; see `owner`.
    #[schema(value_type = Option<String>)]
    responsible: Option<OperatorId>,
    /// Who is offered his conversations first: `responsible`, else that of his newest open lead.
    #[schema(value_type = Option<String>)]
    owner: Option<OperatorId>,
    /// The newest open one, else the newest.
    lead: Option<LeadBody>,
    blocked: Option<BlockedBody>,
    /// When he was told, or agreed, how we use what he writes.
    #[schema(value_type = Option<String>)]
    consented_at: Option<Timestamp>,
    /// Whom he says to be, by a contact that he only typed: confirm or reject that contact.
    claims: Option<ClaimBody>,
    /// Conversations that are not finished: "also writing in Telegram, with Anna".
    open: Vec<OpenBody>,
    /// His newest conversations, over all lines; at most 50. To read one is a right of its own.
    conversations: Vec<ConversationBody>,
    merged: Vec<MergedBody>,
    #[schema(value_type = String)]
    created_at: Timestamp,
}

/// Somebody on a channel.
#[derive(Debug, Serialize, ToSchema)]
struct IdentityBody {
    #[schema(value_type = String)]
    channel: ChannelId,
    /// As his platform names him.
    external: String,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct ContactBody {
    /// A phone in E.164, or an e-mail address in small letters.
    value: String,
    standing: Standing,
    source: Source,
    /// The operator who said so.
    #[schema(value_type = Option<String>)]
    by: Option<OperatorId>,
    #[schema(value_type = String)]
    at: Timestamp,
}

/// What a contact is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::web) enum Kind {
    Phone,
    Email,
}

/// How far it may be believed that a contact is his.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Standing {
    /// He typed it.
    Claimed,
    /// His platform or an operator vouches for it.
    Verified,
    /// An operator says that it is not his.
    Rejected,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Source {
    Platform,
    Typed,
    Operator,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::web) struct LeadBody {
    #[schema(value_type = String)]
    id: LeadId,
    /// Send it back with a change. Only changes of status and responsible raise it.
    version: u32,
    name: String,
    surname: String,
    /// Where the customer came from.
    #[schema(value_type = String)]
    line: LineId,
    #[schema(value_type = String)]
    channel: ChannelId,
    #[schema(value_type = Option<String>)]
    responsible: Option<OperatorId>,
    status: LeadStatus,
    /// Made by rule and not at the push of the button.
    automatic: bool,
    /// The customer's conversations since there is the lead.
    #[schema(value_type = Vec<String>)]
    conversations: Vec<ConversationId>,
    #[schema(value_type = String)]
    created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::web) enum LeadStatus {
    Open,
    Junk,
    Closed,
}

#[derive(Debug, Serialize, ToSchema)]
struct BlockedBody {
    #[schema(value_type = String)]
    by: OperatorId,
    #[schema(value_type = String)]
    at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
struct ClaimBody {
    #[schema(value_type = String)]
    customer: CustomerId,
    name: String,
    /// The contact that leads to that customer.
    kind: Kind,
    value: String,
    /// Who owns that customer: the conversation is offered to him first.
    #[schema(value_type = Option<String>)]
    responsible: Option<OperatorId>,
}

#[derive(Debug, Serialize, ToSchema)]
struct OpenBody {
    #[schema(value_type = String)]
    conversation: ConversationId,
    #[schema(value_type = String)]
    line: LineId,
    #[schema(value_type = String)]
    channel: ChannelId,
    /// Null: somebody is looked for.
    #[schema(value_type = Option<String>)]
    operator: Option<OperatorId>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ConversationBody {
    #[schema(value_type = String)]
    conversation: ConversationId,
    #[schema(value_type = String)]
    line: LineId,
    #[schema(value_type = String)]
    channel: ChannelId,
    #[schema(value_type = schema::RowState)]
    state: RowState,
    /// Who has it, or finished it.
    #[schema(value_type = Option<String>)]
    operator: Option<OperatorId>,
    #[schema(value_type = String)]
    started_at: Timestamp,
    #[schema(value_type = String)]
    updated_at: Timestamp,
}

/// A card that is merged into this one and can be parted from it.
#[derive(Debug, Serialize, ToSchema)]
struct MergedBody {
    #[schema(value_type = String)]
    customer: CustomerId,
    name: String,
    #[schema(value_type = String)]
    at: Timestamp,
    /// Null: a contact that is verified on both.
    #[schema(value_type = Option<String>)]
    by: Option<OperatorId>,
}

/// Conversations that a card names.
const CONVERSATIONS_MAX: usize = 50;

pub(in crate::web) fn show(person: &Person, rows: &[Row]) -> CustomerBody {
    let card = &person.card;
    let known = person.known();
    let cards = || person.cards();
    CustomerBody {
        id: card.id.clone(),
        version: card.revision,
        name: card.name.clone(),
        surname: card.surname.clone(),
        note: card.note.clone(),
        identities: cards().flat_map(|card| &card.identities).map(identity).collect(),
        phones: contacts(cards().flat_map(|card| &card.phones)),
        emails: contacts(cards().flat_map(|card| &card.emails)),
        responsible: cards().find_map(|card| card.responsible.clone()),
        owner: card.owner(&known).cloned(),
        lead: newest(&person.leads).map(show_lead),
        blocked: cards().find_map(|card| card.blocked.as_ref()).map(blocked),
        consented_at: cards().filter_map(|card| card.consented_at).min(),
        claims: claim(person),
        open: cards().flat_map(|card| &card.open).map(open).collect(),
        conversations: rows.iter().take(CONVERSATIONS_MAX).map(conversation).collect(),
        merged: merged(person),
        created_at: card.created_at,
    }
}

pub(in crate::web) fn show_lead(lead: &Lead) -> LeadBody {
    LeadBody {
        id: lead.id.clone(),
        version: lead.revision,
        name: lead.name.clone(),
        surname: lead.surname.clone(),
        line: lead.source.line.clone(),
        channel: lead.source.channel.clone(),
        responsible: lead.responsible.clone(),
        status: match lead.status {
            lead::LeadStatus::Open => LeadStatus::Open,
            lead::LeadStatus::Junk => LeadStatus::Junk,
            lead::LeadStatus::Closed => LeadStatus::Closed,
        },
        automatic: lead.automatic,
        conversations: lead.conversations.clone(),
        created_at: lead.created_at,
    }
}

/// The lead that counts, else the last that was made.
pub(in crate::web) fn newest(leads: &[Lead]) -> Option<&Lead> {
    newest_open(leads).or_else(|| leads.iter().max_by_key(|lead| lead.created_at))
}

impl From<LeadStatus> for lead::LeadStatus {
    fn from(status: LeadStatus) -> Self {
        match status {
            LeadStatus::Open => Self::Open,
            LeadStatus::Junk => Self::Junk,
            LeadStatus::Closed => Self::Closed,
        }
    }
}

impl From<Kind> for customer::ContactKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Phone => Self::Phone,
            Kind::Email => Self::Email,
        }
    }
}

impl From<customer::ContactKind> for Kind {
    fn from(kind: customer::ContactKind) -> Self {
        match kind {
            customer::ContactKind::Phone => Self::Phone,
            customer::ContactKind::Email => Self::Email,
        }
    }
}

fn identity(identity: &customer::Identity) -> IdentityBody {
    IdentityBody {
        channel: identity.key.channel.clone(),
        external: identity.key.external.to_string(),
        name: identity.name.clone(),
    }
}

/// Each value once, as it stands on the first card that has it.
fn contacts<'a>(contacts: impl Iterator<Item = &'a customer::Contact>) -> Vec<ContactBody> {
    let mut seen = BTreeSet::new();
    contacts.filter(|contact| seen.insert(&contact.value)).map(contact).collect()
}

fn contact(contact: &customer::Contact) -> ContactBody {
    let (source, by) = match &contact.source {
        ContactSource::Platform { .. } => (Source::Platform, None),
        ContactSource::Typed { .. } => (Source::Typed, None),
        ContactSource::Operator { by } => (Source::Operator, Some(by.clone())),
    };
    let standing = match contact.standing {
        customer::Standing::Claimed => Standing::Claimed,
        customer::Standing::Verified => Standing::Verified,
        customer::Standing::Rejected => Standing::Rejected,
    };
    ContactBody { value: contact.value.clone(), standing, source, by, at: contact.at }
}

fn blocked(blocked: &customer::Blocked) -> BlockedBody {
    BlockedBody { by: blocked.by.clone(), at: blocked.at }
}

/// The name is shown, so that the operator can ask; nothing else of that person is.
fn claim(person: &Person) -> Option<ClaimBody> {
    let claimed = person.claimed.as_ref()?;
    let claim = person.cards().find_map(|card| card.claims.as_ref())?;
    Some(ClaimBody {
        customer: claimed.customer.clone(),
        name: claimed.name.clone(),
        kind: claim.kind.into(),
        value: claim.value.clone(),
        responsible: claimed.responsible.clone(),
    })
}

fn open(open: &customer::OpenConversation) -> OpenBody {
    OpenBody {
        conversation: open.conversation.clone(),
        line: open.line.clone(),
        channel: open.channel.clone(),
        operator: open.operator.clone(),
    }
}

fn conversation(row: &Row) -> ConversationBody {
    ConversationBody {
        conversation: row.conversation.clone(),
        line: row.line.clone(),
        channel: row.channel.clone(),
        state: row.state,
        operator: row.operator.clone(),
        started_at: row.started_at,
        updated_at: row.updated_at,
    }
}

fn merged(person: &Person) -> Vec<MergedBody> {
    let name =
        |id: &CustomerId| person.cards().find(|card| card.id == *id).map(Customer::full_name);
    let merged = person.cards().flat_map(|card| &card.merged_from);
    merged
        .map(|merged| MergedBody {
            customer: merged.customer.clone(),
            name: name(&merged.customer).unwrap_or_default(),
            at: merged.at,
            by: merged.by.clone(),
        })
        .collect()
}
