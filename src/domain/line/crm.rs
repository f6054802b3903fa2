//! What is looked up and made of customers.

use serde::{Deserialize, Serialize};

#[expect(clippy::struct_excessive_bools, reason = "five settings that one may switch apart")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrmSettings {
    /// Look the customer up.
    pub check: bool,
    /// A known customer is offered to his responsible first, even outside the queue.
    pub forward_to_responsible: bool,
    pub create: LeadRule,
    /// A manual transfer also moves the responsibility for the lead.
    pub transfer_changes_responsible: bool,
    /// Contacts that a customer typed are added to his own card, as claimed.
    pub track_contacts: bool,
}

/// What is made of an unknown customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadRule {
    /// A lead by itself, if he can be reached again.
    Auto,
    /// A lead at the push of the button in the chat.
    Manual,
    None,
}

impl Default for CrmSettings {
    fn default() -> Self {
        Self {
            check: true,
            forward_to_responsible: true,
            create: LeadRule::Auto,
            transfer_changes_responsible: true,
            track_contacts: true,
        }
    }
}
