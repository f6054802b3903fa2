//! Customers: their cards, and what a conversation may know of them.
//!
//! A card belongs to one identity, that is, to somebody on a channel. When two cards turn out to be
//! of one person, one is linked under the other and both keep what is theirs: undoing it parts
//! them as if it had never been. What holds for the person is read from all his cards ([`Known`]).

mod contact;
mod conversing;
mod merging;
mod owning;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chat::Introduction;
use crate::id::{ChannelId, ChatKey, ConversationId, CustomerId, LeadId, LineId, OperatorId};
use crate::lead::Lead;
use crate::line::{CrmSettings, FieldProblem};

pub use crate::customer::contact::{
    Added, CONTACTS_MAX, Contact, ContactKind, ContactSource, Decided, Holder, Holding, Standing,
    Whose, holding,
};
pub use crate::customer::conversing::{Step, steps};
pub use crate::customer::merging::{CARDS_MAX, Merged, NoMerge, merge, unmerge};
pub use crate::customer::owning::{Owns, newest_open};

/// Longest name, and longest surname, in characters.
pub const NAME_CHARS_MAX: usize = 100;
pub const NOTE_CHARS_MAX: usize = 2_000;
/// Open conversations that a card names; beyond it the oldest are left out.
pub const OPEN_MAX: usize = 50;

/// A customer's card, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    pub name: String,
    pub surname: String,
    pub identities: Vec<Identity>,
    pub phones: Vec<Contact>,
    pub emails: Vec<Contact>,
    /// Who owns him.
    pub responsible: Option<OperatorId>,
    /// The last one made of him.
    pub lead: Option<LeadId>,
    pub blocked: Option<Blocked>,
    /// When he was told, or agreed, how we use what he writes.
    pub consented_at: Option<Timestamp>,
    /// Whom he says to be, by a contact that he only typed.
    pub claims: Option<Claim>,
    /// His conversations that somebody has or is looked for, the oldest first.
    pub open: Vec<OpenConversation>,
    /// Who finished the last one.
    pub last_finished: Option<LastFinished>,
    /// The card under which this one is linked.
    pub merged_into: Option<CustomerId>,
    /// Cards linked under this one.
    pub merged_from: Vec<Merged>,
    pub note: String,
    /// Raised whenever a person changes what people may change: names, note, responsible.
    pub revision: u32,
    pub created_at: Timestamp,
}

/// What of customers is kept as a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// A card.
    Customer,
    /// Whose card somebody on a channel has.
    Identity,
    /// Whose card has a phone number.
    Phone,
    /// Whose card has an e-mail address.
    Email,
    Lead,
}

/// Somebody on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub key: ChatKey,
    /// How he calls himself there, by now.
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    pub by: OperatorId,
    pub at: Timestamp,
}

/// A customer typed a contact by which another one is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub customer: CustomerId,
    pub kind: ContactKind,
    pub value: String,
}

/// A conversation that is not finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenConversation {
    pub conversation: ConversationId,
    pub line: LineId,
    pub channel: ChannelId,
    /// Who has it; none: somebody is looked for.
    pub operator: Option<OperatorId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastFinished {
    pub operator: OperatorId,
    pub at: Timestamp,
}

/// What is known of a person beside the card in hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The cards linked under it, those linked first first.
    pub merged: &'a [Customer],
    /// Leads made of him.
    pub leads: &'a [Lead],
    /// Whom he says to be, if that is still open: that person's id, and who owns him.
    pub claimed: Option<(&'a CustomerId, Option<&'a OperatorId>)>,
}

/// What a conversation may know of its customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerFacts {
    /// What he writes is stored and opens nothing.
    pub blocked: bool,
    /// Who owns him in the CRM, or owns the one whom he says to be.
    pub responsible: Option<OperatorId>,
    pub known: Option<KnownOperator>,
    /// He has been told, or has agreed, how we use what he writes.
    pub consented: bool,
    /// Whom he says to be; nobody has confirmed or rejected it yet.
    pub claims: Option<CustomerId>,
}

/// An operator whom the customer knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownOperator {
    pub operator: OperatorId,
    /// When he finished the customer's last conversation; none: he holds another one now.
    pub finished_at: Option<Timestamp>,
}

impl Customer {
    /// The card of somebody who has never been seen before. `full_name` as his platform has it.
    pub fn new(id: CustomerId, key: ChatKey, full_name: &str, now: Timestamp) -> Self {
        let (name, surname) = parted(full_name);
        Self {
            id,
            name,
            surname,
            identities: vec![Identity { key, name: full_name.to_owned() }],
            phones: Vec::new(),
            emails: Vec::new(),
            responsible: None,
            lead: None,
            blocked: None,
            consented_at: None,
            claims: None,
            open: Vec::new(),
            last_finished: None,
            merged_into: None,
            merged_from: Vec::new(),
            note: String::new(),
            revision: 1,
            created_at: now,
        }
    }

    /// Name and surname as one text.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.name, self.surname).trim().to_owned()
    }

    /// Whether his platform calls him so, as far as the card knows.
    pub fn goes_by(&self, key: &ChatKey, full_name: &str) -> bool {
        self.identities.iter().any(|one| one.key == *key && one.name == full_name)
    }

    /// His platform calls him so now. The card keeps the name that it has: staff may have set it.
    pub fn is_called(&mut self, key: &ChatKey, full_name: &str) {
        if let Some(identity) = self.identities.iter_mut().find(|one| one.key == *key) {
            full_name.clone_into(&mut identity.name);
        }
    }

    /// His platform calls his chat otherwise from now on.
    pub fn migrates(&mut self, from: &ChatKey, to: &ChatKey) {
        if let Some(identity) = self.identities.iter_mut().find(|one| one.key == *from) {
            identity.key = to.clone();
        }
    }

    /// He says who he is, or his site says it for him. A name that staff has set stays.
    pub fn introduces_himself(&mut self, key: &ChatKey, who: &Introduction, now: Timestamp) {
        if !who.name.is_empty() {
            self.is_called(key, &who.name);
            if self.revision == 1 {
                (self.name, self.surname) = parted(&who.name);
            }
        }
        if who.consented {
            self.consented_at.get_or_insert(now);
        }
    }

    /// A person changes the card.
    pub fn change(&mut self, name: String, surname: String, note: String) {
        (self.name, self.surname, self.note) = (name, surname, note);
        self.revision = self.revision.saturating_add(1);
    }

    /// Somebody else owns him from now on, or nobody.
    pub fn set_responsible(&mut self, responsible: Option<OperatorId>) {
        if self.responsible != responsible {
            self.responsible = responsible;
            self.revision = self.revision.saturating_add(1);
        }
    }

    /// What a conversation of this person may know. `conversation` is that one: its own operator is
    /// nobody whom the customer knows from elsewhere.
    pub fn facts(
        &self,
        known: &Known<'_>,
        conversation: Option<&ConversationId>,
        crm: &CrmSettings,
    ) -> CustomerFacts {
        let claimed = known.claimed.filter(|_| crm.check);
        let owner = self.owner(known).or(claimed.and_then(|(_, responsible)| responsible));
        CustomerFacts {
            blocked: self.is_blocked(known),
            responsible: owner.filter(|_| crm.check).cloned(),
            known: self.known_operator(known, conversation),
            consented: self.cards(known).any(|card| card.consented_at.is_some()),
            claims: claimed.map(|(customer, _)| customer.clone()),
        }
    }

    /// Whether what he writes is only stored.
    pub fn is_blocked(&self, known: &Known<'_>) -> bool {
        self.cards(known).any(|card| card.blocked.is_some())
    }

    /// Whether anything was ever made of him: an owner, or a lead, whatever became of it.
    pub fn is_in_crm(&self, known: &Known<'_>) -> bool {
        self.cards(known).any(|card| card.responsible.is_some() || card.lead.is_some())
    }

    /// All cards of the person, this one first.
    fn cards<'a>(&'a self, known: &Known<'a>) -> impl Iterator<Item = &'a Customer> {
        std::iter::once(self).chain(known.merged)
    }
}

/// What is out of bounds in the texts that staff writes on a card.
pub fn problems(name: &str, surname: &str, note: &str) -> Vec<FieldProblem> {
    [
        ("name", name, NAME_CHARS_MAX, "at most 100 characters"),
        ("surname", surname, NAME_CHARS_MAX, "at most 100 characters"),
        ("note", note, NOTE_CHARS_MAX, "at most 2000 characters"),
    ]
    .into_iter()
    .filter(|(_, text, chars_max, _)| text.chars().count() > *chars_max)
    .map(|(field, _, _, allowed)| FieldProblem { field, allowed: allowed.to_owned() })
    .collect()
}

/// The first word is the name, the rest the surname: the order in which platforms give them.
fn parted(full_name: &str) -> (String, String) {
    let (name, surname) = full_name.trim().split_once(' ').unwrap_or((full_name.trim(), ""));
    let cut = |text: &str| text.trim().chars().take(NAME_CHARS_MAX).collect();
    (cut(name), cut(surname))
}
