//! The decision of a queue and its explanation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::OperatorId;
use crate::line::QueueMode;

/// Most operators that an explanation names before the chosen one; the rest are counts.
pub const NAMED_BEFORE_MAX: usize = 20;

/// How a conversation comes to an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Queue,
    /// He owns the customer in the CRM.
    Responsible,
    /// The customer knows him.
    Known,
    /// A colleague hands it to him.
    Transfer,
    /// He took it from the list, or from a colleague, or opened it himself.
    Hand,
    /// It was his, and he came back.
    Return,
}

/// What a conversation asks of its line: somebody to be offered to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seek {
    /// Its place in the line: nobody is given to it whom an older one can be offered.
    pub since: Timestamp,
    /// Those who declined or missed the offer in this round.
    pub passed: Vec<Passed>,
    /// To be asked before the queue, whether he is in it or not.
    pub responsible: Option<OperatorId>,
    /// To be asked before others of the queue.
    pub known: Option<OperatorId>,
}

/// An operator who has had his chance in this round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    pub operator: OperatorId,
    pub how: PassedHow,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedHow {
    Declined,
    Missed,
    /// He handed the conversation to this line himself.
    Sent,
}

/// The line's answer to a [`Seek`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub via: Via,
    /// Empty: nobody is eligible now. Several only in mode `all`.
    pub operators: Vec<OperatorId>,
    /// Those of them who are not available: that they do not answer is no miss.
    pub absent: Vec<OperatorId>,
    /// Whether the offer itself takes a place of the operators' capacity (all modes but `all`).
    pub reserves: bool,
    /// The responsible who is not here, or has enough to answer: it is put into his list too.
    pub listed_for: Option<OperatorId>,
    pub explanation: Explanation,
}

/// Why the decision fell as it did; stored with it, so that one can always see why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    pub mode: QueueMode,
    /// The chosen, the passed, and at most [`NAMED_BEFORE_MAX`] who ranked before the chosen.
    pub candidates: Vec<Candidate>,
    /// How many others there were, by the reason they were not chosen.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    pub others: Counts,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub operator: OperatorId,
    pub reason: Reason,
}

/// Why an operator was chosen or passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Reason {
    /// `evenly`: the fewest received.
    FewestReceived {
        received: u64,
    },
    /// `strictly`: the first eligible, at this place of the list (from 1).
    FirstInOrder {
        place: usize,
    },
    /// `all`: everybody eligible.
    Everybody,
    /// Chosen: he owns the customer.
    Responsible,
    /// He owns the customer and is not here: it is put into his list.
    ResponsibleAway,
    /// He owns the customer and cannot be asked: he is no enabled operator.
    ResponsibleDisabled,
    /// Chosen: the customer knows him.
    Known,
    Declined {
        at: Timestamp,
    },
    Missed {
        at: Timestamp,
    },
    /// He handed the conversation on himself.
    Sent {
        at: Timestamp,
    },
    Unavailable,
    AtCapacity {
        load: usize,
        capacity: u32,
    },
    /// As many offers as anybody may have stand before him.
    TooManyOffers {
        offers: usize,
    },
}

/// Candidates that are not named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub eligible: usize,
    pub unavailable: usize,
    /// Full, or with as many open offers as anybody may have.
    pub at_capacity: usize,
}

impl Counts {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
