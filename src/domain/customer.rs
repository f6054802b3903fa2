//! Customers: their cards, and what a conversation may know of them.

use jiff::Timestamp;

use crate::id::OperatorId;

/// What a conversation may know of its customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerFacts {
    /// What he writes is stored and opens nothing.
    pub blocked: bool,
    /// Who owns him in the CRM.
    pub responsible: Option<OperatorId>,
    pub known: Option<KnownOperator>,
    /// He has been told, or has agreed, how we use what he writes.
    pub consented: bool,
}

/// An operator whom the customer knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownOperator {
    pub operator: OperatorId,
    /// When he finished the customer's last conversation; none: he holds another one now.
    pub finished_at: Option<Timestamp>,
}
