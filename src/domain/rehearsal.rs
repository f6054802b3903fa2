//! A rehearsal: a recorded day of a line once more, under the rules as they are and as they are
//! proposed, side by side.
//!
//! Customers write when they wrote, operators are there when they were. What an operator does with
//! an offer, and how long his answers take, is what he did in the record, in that order and from the
//! beginning again when it is used up; of whom nothing is recorded it is the median of the day.
//! Conversations last as long as they did, and are not finished before the last message that the
//! customer wrote in them. Who misses offers in a row is set away as in the running program, and
//! takes that back after [`BACK_AFTER`]. Nothing is left to chance: the same day under the same rules
//! gives the same numbers.

mod habits;
mod replay;
mod tally;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::hours::Hours;
use crate::id::OperatorId;
use crate::limits::Limits;
use crate::line::LineSettings;
use crate::operator::Status;
use crate::rehearsal::replay::Replay;

pub const ARRIVALS_MAX: usize = 50_000;
pub const OPERATORS_MAX: usize = 1_000;
/// Stays, answers to offers and replies of all operators, and conversations, each.
pub const RECORDS_MAX: usize = 200_000;
pub const SPAN_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);
/// What may happen in one run.
const STEPS_MAX: u32 = 3_000_000;
/// When somebody who was set away notices it.
pub const BACK_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// A day of a line as it was. Lists of times are in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub from: Timestamp,
    /// What nobody has accepted by then is unanswered.
    pub until: Timestamp,
    pub arrivals: Vec<Arrival>,
    /// Everybody who may be offered something, also whom only the proposed rules ask.
    pub attendances: Vec<Attendance>,
    /// Conversations that were accepted and finished.
    pub handlings: Vec<Handling>,
}

/// Something that a customer wrote. Ratings are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub at: Timestamp,
    pub chat: Arc<str>,
    pub kind: ArrivalKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrivalKind {
    Message,
    /// A machine wrote it: it opens nothing.
    Automatic,
}

/// An operator on that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendance {
    pub operator: OperatorId,
    /// When he was there; otherwise he was not. What he missed is not among the reasons: that he
    /// is set away for it belongs to the rehearsal.
    pub stays: Vec<Stay>,
    /// What he did with the offers he got.
    pub answers: Vec<OfferAnswer>,
    /// How long each of his answers to customers took.
    pub reply_seconds: Vec<u32>,
}

/// A time during which an operator had a session and was of one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    pub from: Timestamp,
    pub until: Timestamp,
    pub status: Status,
    /// Conversations at a time; 0: unlimited.
    pub capacity: u32,
}

/// What somebody did with an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferAnswer {
    Accepted {
        after_seconds: u32,
    },
    Declined {
        after_seconds: u32,
    },
    /// He let it run out.
    Ignored,
}

/// How long a conversation was in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handling {
    pub chat: Arc<str>,
    /// From the first accept to the last finish.
    pub seconds: u32,
    pub finished_at: Timestamp,
}

/// The rules of a line, with the hours that follow from them.
#[derive(Clone, Debug)]
pub struct Rules {
    pub settings: LineSettings,
    pub hours: Hours,
}

/// Two runs of the same day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    pub as_it_is: Summary,
    pub as_proposed: Summary,
}

/// What became of the day's customers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// That customers began.
    pub conversations: usize,
    /// Of them: somebody has had it.
    pub accepted: usize,
    /// Offers that ran out.
    pub missed: usize,
    /// Offers that were declined.
    pub declined: usize,
    /// Conversations that nobody has had by the end.
    pub unanswered: usize,
    /// From the customer's first message until somebody had it; none: nobody had any.
    pub wait_p50_seconds: Option<u64>,
    pub wait_p90_seconds: Option<u64>,
    pub wait_max_seconds: Option<u64>,
    /// By id.
    pub by_operator: Vec<OperatorSummary>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorSummary {
    pub operator: OperatorId,
    pub offered: usize,
    pub accepted: usize,
    pub missed: usize,
    pub declined: usize,
}

/// Why a day cannot be rehearsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoRehearsal {
    /// It ends before it begins, or is longer than [`SPAN_MAX`].
    BadSpan,
    /// More arrivals, operators or records than are allowed.
    TooMuch,
    /// Under these rules more would happen than is reckoned out.
    TooLong,
}

/// Replays the day under both rules.
pub fn rehearse(
    record: &Record,
    as_it_is: &Rules,
    as_proposed: &Rules,
    limits: Limits,
) -> Result<Rehearsal, NoRehearsal> {
    check(record)?;
    Ok(Rehearsal {
        as_it_is: Replay::of(record, as_it_is, limits).run()?,
        as_proposed: Replay::of(record, as_proposed, limits).run()?,
    })
}

fn check(record: &Record) -> Result<(), NoRehearsal> {
    let span = record.until.duration_since(record.from);
    if !span.is_positive() || span > SPAN_MAX {
        return Err(NoRehearsal::BadSpan);
    }
    let of_all =
        |count: fn(&Attendance) -> usize| -> usize { record.attendances.iter().map(count).sum() };
    let records = [
        of_all(|operator| operator.stays.len()),
        of_all(|operator| operator.answers.len()),
        of_all(|operator| operator.reply_seconds.len()),
        record.handlings.len(),
    ];
    let too_much = record.arrivals.len() > ARRIVALS_MAX
        || record.attendances.len() > OPERATORS_MAX
        || records.iter().any(|count| *count > RECORDS_MAX);
    if too_much { Err(NoRehearsal::TooMuch) } else { Ok(()) }
}
