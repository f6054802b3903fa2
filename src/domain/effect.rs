//! Everything that can enter a conversation and everything that can leave it.
//!
//! | enters ([`Input`]) | from |
//! |---|---|
//! | `CustomerWrote`, `CustomerEdited`, `CustomerGone`, `CustomerBack` | the channel |
//! | `Accept`, `Decline`, `Take`, `Reply`, `Note`, `Finish` | an operator, by command |
//! | `Decided` | the line's queue, in answer to `Effect::Seek` |
//! | `SomebodyEligible`, `OperatorLeft`, `SettingsChanged` | the line |
//! | `DeliveryChanged` | the outbox |
//! | `DeadlinePassed` | the line's one timer |
//!
//! | leaves ([`Effect`]) | becomes |
//! |---|---|
//! | `Append` | a record of the history and an event of the feed |
//! | `Send` | a job of the outbox |
//! | `Seek` | a question to the queue, answered by `Decided` in the same round |
//! | `Reserve`, `Release`, `Count` | capacity and fairness counters |
//! | `Closed` | the chat is free for its next conversation |
//! | `Refuse` | the answer to a command that cannot be carried out; nothing is written |
//! | `Ignore` | nothing but a line in the log |

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chat::CustomerMessage;
use crate::entry::{DeliveryState, Record};
use crate::id::{EntryNumber, OfferId, OperatorId};
use crate::line::LineSettings;
use crate::operator::Departure;
use crate::routing::{Decision, Seek};

#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    CustomerWrote {
        message: CustomerMessage,
        original: Option<Arc<str>>,
    },
    CustomerEdited {
        external_id: Arc<str>,
        text: String,
    },
    /// The customer blocked us or left, as the platform says.
    CustomerGone {
        reason: String,
    },
    CustomerBack,
    Accept {
        operator: OperatorId,
        offer: OfferId,
    },
    Decline {
        operator: OperatorId,
        offer: OfferId,
        reason: Option<String>,
    },
    /// Taken by hand from the list.
    Take {
        operator: OperatorId,
    },
    Reply {
        operator: OperatorId,
        text: String,
    },
    Note {
        operator: OperatorId,
        text: String,
    },
    Finish {
        operator: OperatorId,
    },
    Decided(Decision),
    /// Somebody who has not passed can be offered this conversation now.
    SomebodyEligible,
    /// An operator went away; his offers move on at once. The queue must know it already.
    OperatorLeft {
        operator: OperatorId,
        departure: Departure,
    },
    /// The line's rules were changed, or it was switched on.
    SettingsChanged,
    DeliveryChanged {
        entry: EntryNumber,
        delivery: DeliveryState,
        external_id: Option<Arc<str>>,
    },
    /// Carries no authority: the conversation compares with its own deadline.
    DeadlinePassed,
}

/// What a conversation may know beside itself. Never all operators.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub line: &'a LineSettings,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Append(Record),
    /// The entry is to be sent to the customer.
    Send {
        entry: EntryNumber,
        text: String,
    },
    Seek(Seek),
    /// Takes a place of the operator's capacity.
    Reserve {
        operator: OperatorId,
        limit: PlaceLimit,
    },
    Release {
        operator: OperatorId,
    },
    /// Changes what the operator has received from this line, for `evenly`.
    Count {
        operator: OperatorId,
        by: i64,
        at: Timestamp,
    },
    Closed,
    Refuse(Refusal),
    Ignore(&'static str),
}

/// Whether a reservation asks for a free place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceLimit {
    /// Refused when the operator is full.
    Capacity,
    /// Goes beyond it by rule.
    Beyond,
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The offer has ended; `holder` has the conversation now, if anybody.
    NoLongerYours { holder: Option<OperatorId> },
    /// Only the operator who holds the conversation may do this.
    NotYours { holder: Option<OperatorId> },
    /// The conversation is closed.
    Closed,
    /// The operator has no free place.
    Full,
    /// The command makes no sense in the conversation's state.
    NotNow,
}
