//! The decision of a queue and its explanation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::OperatorId;

/// Most operators that an explanation names before the chosen one; the rest are counts.
pub const NAMED_BEFORE_MAX: usize = 20;

/// What a conversation asks of its line: somebody to be offered to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seek {
    /// Those who declined or missed the offer in this round.
    pub passed: Vec<Passed>,
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
}

/// The line's answer to a [`Seek`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Empty: nobody is eligible now. Several only in mode `all`.
    pub operators: Vec<OperatorId>,
    /// Whether the offer itself takes a place of the operators' capacity (all modes but `all`).
    pub reserves: bool,
    pub explanation: Explanation,
}

/// Why the decision fell as it did; stored with it, so that one can always see why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    pub mode: String,
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
    Declined {
        at: Timestamp,
    },
    Missed {
        at: Timestamp,
    },
    Unavailable,
    AtCapacity {
        load: usize,
        capacity: u32,
    },
}

/// Candidates that are not named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub eligible: usize,
    pub unavailable: usize,
    pub at_capacity: usize,
}

impl Counts {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
