//! Leads: what is made of an unknown customer, so that he is not forgotten.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::channel::ChannelSettings;
use crate::chat::CustomerMessage;
use crate::customer::{Customer, Known, Step};
use crate::id::{ChannelId, ConversationId, CustomerId, LeadId, LineId, OperatorId};
use crate::line::LeadRule;

/// Conversations that a lead names; beyond it the oldest are left out.
pub const CONVERSATIONS_MAX: usize = 100;

/// A lead, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    pub id: LeadId,
    pub customer: CustomerId,
    pub name: String,
    pub surname: String,
    pub source: LeadSource,
    /// Whoever first accepted; none: nobody yet.
    pub responsible: Option<OperatorId>,
    pub status: LeadStatus,
    /// Made by rule and not at the push of a button.
    pub automatic: bool,
    /// A person has worked on it.
    pub touched: bool,
    /// The customer's conversations since there is the lead, the oldest first.
    pub conversations: Vec<ConversationId>,
    /// Raised whenever status or responsible change.
    pub revision: u32,
    pub created_at: Timestamp,
}

/// Where the customer came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadSource {
    pub line: LineId,
    pub channel: ChannelId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadStatus {
    Open,
    Junk,
    Closed,
}

/// How a lead comes to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadeBy {
    Rule,
    /// An operator pushed the button; he owns it.
    Operator(OperatorId),
}

/// Why the button makes no lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoLead {
    /// The line wants none.
    Never,
    /// There is an open one.
    Exists,
    /// A phone or an e-mail address is needed: the customer cannot be reached otherwise.
    Unreachable,
}

impl Lead {
    pub fn new(
        id: LeadId,
        customer: &Customer,
        source: LeadSource,
        made_by: MadeBy,
        now: Timestamp,
    ) -> Self {
        let automatic = made_by == MadeBy::Rule;
        let responsible = match made_by {
            MadeBy::Rule => None,
            MadeBy::Operator(operator) => Some(operator),
        };
        Self {
            id,
            customer: customer.id.clone(),
            name: customer.name.clone(),
            surname: customer.surname.clone(),
            source,
            responsible,
            status: LeadStatus::Open,
            automatic,
            touched: !automatic,
            conversations: Vec::new(),
            revision: 1,
            created_at: now,
        }
    }

    pub fn is_open(&self) -> bool {
        self.status == LeadStatus::Open
    }

    /// Notes a step of one of the customer's conversations. Spam makes junk of what nobody has
    /// worked on; who finishes a conversation has.
    pub fn note_step(&mut self, step: &Step) {
        match step {
            Step::Spam { .. } => {
                if self.automatic && !self.touched && self.is_open() {
                    self.set(LeadStatus::Junk, self.responsible.clone());
                }
            }
            Step::Finished { operator } => self.touched |= operator.is_some(),
            Step::Accepted { .. } | Step::HandedOver { .. } | Step::Consented => {}
        }
    }

    /// A conversation of the customer's, to be read from the lead. One that is closed is history.
    pub fn note_conversation(&mut self, conversation: &ConversationId) {
        if !self.is_open() || self.conversations.contains(conversation) {
            return;
        }
        self.conversations.push(conversation.clone());
        if self.conversations.len() > CONVERSATIONS_MAX {
            self.conversations.remove(0);
        }
    }

    /// A person changes it.
    pub fn change(&mut self, status: LeadStatus, responsible: Option<OperatorId>) {
        self.touched = true;
        self.set(status, responsible);
    }

    /// Somebody owns it from now on, as a conversation went.
    pub fn is_owned_by(&mut self, operator: OperatorId) {
        self.set(self.status, Some(operator));
    }

    fn set(&mut self, status: LeadStatus, responsible: Option<OperatorId>) {
        (self.status, self.responsible) = (status, responsible);
        self.revision = self.revision.saturating_add(1);
    }
}

/// Whether a message of this customer makes a lead by itself: a person wrote it who is not blocked
/// and of whom nothing was ever made, and who can be reached again. Hours do not matter.
pub fn is_due(
    rule: LeadRule,
    message: &CustomerMessage,
    customer: &Customer,
    known: &Known<'_>,
    channel: &ChannelSettings,
) -> bool {
    let wanted = match rule {
        LeadRule::Auto => !message.automatic,
        LeadRule::Manual | LeadRule::None => false,
    };
    wanted
        && !customer.is_blocked(known)
        && !customer.is_in_crm(known)
        && can_be_reached(customer, known, channel)
}

/// Whether an operator may have a lead made of this customer.
pub fn by_hand(
    rule: LeadRule,
    customer: &Customer,
    known: &Known<'_>,
    channel: &ChannelSettings,
) -> Result<(), NoLead> {
    match rule {
        LeadRule::None => return Err(NoLead::Never),
        LeadRule::Auto | LeadRule::Manual => {}
    }
    if known.leads.iter().any(Lead::is_open) {
        return Err(NoLead::Exists);
    }
    if can_be_reached(customer, known, channel) { Ok(()) } else { Err(NoLead::Unreachable) }
}

fn can_be_reached(customer: &Customer, known: &Known<'_>, channel: &ChannelSettings) -> bool {
    let has_contact = |card: &Customer| card.has_contact();
    channel.reaches_again() || has_contact(customer) || known.merged.iter().any(has_contact)
}
