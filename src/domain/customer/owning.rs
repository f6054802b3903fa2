//! Who owns a customer: his contact's responsible, else that of his newest open lead.

use crate::customer::{Customer, Known, Step};
use crate::id::{CustomerId, LeadId, OperatorId};
use crate::lead::Lead;
use crate::line::CrmSettings;

/// A change of who owns a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owns {
    /// The responsible of that card.
    Card(CustomerId, OperatorId),
    /// The responsible of that lead.
    Lead(LeadId, OperatorId),
}

impl Customer {
    /// Who owns the person.
    pub fn owner<'a>(&'a self, known: &Known<'a>) -> Option<&'a OperatorId> {
        let contact = self.cards(known).find_map(|card| card.responsible.as_ref());
        contact.or_else(|| newest_open(known.leads)?.responsible.as_ref())
    }

    /// Who owns the person after a step of a conversation of his; none: the one who did.
    ///
    /// The first who accepts owns the lead. An accepted transfer moves what there is, where the
    /// line says so.
    pub fn owned_after(&self, known: &Known<'_>, step: &Step, crm: &CrmSettings) -> Option<Owns> {
        match step {
            Step::Accepted { operator } => {
                let lead = newest_open(known.leads)?;
                let first = self.owner(known).is_none();
                first.then(|| Owns::Lead(lead.id.clone(), operator.clone()))
            }
            Step::HandedOver { operator } => {
                let owner = self.owner(known);
                let moves = crm.transfer_changes_responsible || owner.is_none();
                if !moves || owner == Some(operator) {
                    return None;
                }
                let card = self.cards(known).find(|card| card.responsible.is_some());
                let card = card.map(|card| Owns::Card(card.id.clone(), operator.clone()));
                card.or_else(|| {
                    let lead = newest_open(known.leads)?;
                    Some(Owns::Lead(lead.id.clone(), operator.clone()))
                })
            }
            Step::Consented | Step::Spam { .. } | Step::Finished { .. } => None,
        }
    }
}

/// The lead that counts.
pub fn newest_open(leads: &[Lead]) -> Option<&Lead> {
    leads.iter().filter(|lead| lead.is_open()).max_by_key(|lead| lead.created_at)
}
