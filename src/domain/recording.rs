//! A day of a line as its histories tell it: what is to be rehearsed once more.
//!
//! Reads entries as they were stored, one conversation after the other. What happened before the
//! day or after it is left out, but for when a conversation of the day was finished.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::attendance::{Attendance as Attends, AttendanceRecord};
use crate::entry::{Author, Body, Entry, Fact, Message, Unheard};
use crate::id::OperatorId;
use crate::operator::Status;
use crate::rehearsal::{Arrival, ArrivalKind, Attendance, Handling, OfferAnswer, Record, Stay};

/// What has been read so far.
#[derive(Clone, Debug)]
pub struct Recording {
    from: Timestamp,
    until: Timestamp,
    arrivals: Vec<Arrival>,
    handlings: Vec<Handling>,
    people: BTreeMap<OperatorId, Habits>,
}

/// What somebody did, and when.
#[derive(Clone, Debug, Default)]
struct Habits {
    answers: Vec<(Timestamp, OfferAnswer)>,
    replies: Vec<(Timestamp, u32)>,
}

/// A conversation while its entries are read.
#[derive(Debug, Default)]
struct Reading {
    /// Since when the customer waits.
    waits: Option<Timestamp>,
    /// Who has it, and since when.
    held: Option<(OperatorId, Timestamp)>,
    /// Before whom it is put, and since when.
    offered: BTreeMap<OperatorId, Timestamp>,
    accepted_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
}

impl Recording {
    /// Of a day that begins and ends at these moments.
    pub fn new(from: Timestamp, until: Timestamp) -> Self {
        let (arrivals, handlings) = (Vec::new(), Vec::new());
        Self { from, until, arrivals, handlings, people: BTreeMap::new() }
    }

    /// Reads the entries of a conversation, in their order. Those of one chat are to come in the
    /// order in which they began.
    pub fn read(&mut self, chat: &Arc<str>, entries: &[Entry]) {
        let mut reading = Reading::default();
        for (i, entry) in entries.iter().enumerate() {
            match (&entry.author, &entry.body) {
                (Author::Customer, Body::Message(message)) => {
                    let is_rating = entries.get(i + 1).is_some_and(tells_rating);
                    if !is_rating {
                        self.customer_wrote(chat, message, entry.at, &mut reading);
                    }
                }
                (Author::Operator { id }, Body::Message(_)) => {
                    self.replied(id, entry.at, &mut reading);
                }
                (_, Body::Fact(fact)) => self.happened(fact, entry.at, &mut reading),
                (Author::Elsewhere | Author::Line, Body::Message(_)) | (_, Body::Note { .. }) => {}
            }
        }
        if let (Some(accepted), Some(finished_at)) = (reading.accepted_at, reading.finished_at) {
            let (chat, seconds) = (chat.clone(), seconds(accepted, finished_at));
            self.handlings.push(Handling { chat, seconds, finished_at });
        }
    }

    /// The whole day. `attendance` says how everybody stood when it began and each change since;
    /// `queue` are those who may be asked, by whatever rules.
    pub fn finish<'a>(
        mut self,
        attendance: &[AttendanceRecord],
        queue: impl Iterator<Item = &'a OperatorId>,
    ) -> Record {
        for operator in queue {
            self.people.entry(operator.clone()).or_default();
        }
        let mut stays = stays(attendance, self.from, self.until);
        self.arrivals.sort_by_key(|arrival| arrival.at);
        self.handlings.sort_by_key(|handling| handling.finished_at);
        let attendances = self.people.into_iter().map(|(operator, mut habits)| {
            habits.answers.sort_by_key(|(at, _)| *at);
            habits.replies.sort_by_key(|(at, _)| *at);
            Attendance {
                stays: stays.remove(&operator).unwrap_or_default(),
                answers: habits.answers.into_iter().map(|(_, answer)| answer).collect(),
                reply_seconds: habits.replies.into_iter().map(|(_, seconds)| seconds).collect(),
                operator,
            }
        });
        Record {
            from: self.from,
            until: self.until,
            arrivals: self.arrivals,
            attendances: attendances.collect(),
            handlings: self.handlings,
        }
    }

    fn customer_wrote(
        &mut self,
        chat: &Arc<str>,
        message: &Message,
        at: Timestamp,
        reading: &mut Reading,
    ) {
        let kind = match message.unheard {
            None => ArrivalKind::Message,
            Some(Unheard::Automatic) => ArrivalKind::Automatic,
            Some(Unheard::Blocked | Unheard::UnaskedRating) => return,
        };
        if kind == ArrivalKind::Message {
            reading.waits.get_or_insert(at);
        }
        if self.is_of_the_day(at) {
            self.arrivals.push(Arrival { at, chat: chat.clone(), kind });
        }
    }

    /// Counted from when the customer began to wait for him.
    fn replied(&mut self, operator: &OperatorId, at: Timestamp, reading: &mut Reading) {
        let Some(waits) = reading.waits.take() else { return };
        let Some((_, since)) = reading.held.as_ref().filter(|(holder, _)| holder == operator)
        else {
            return;
        };
        let took = seconds(waits.max(*since), at);
        if self.is_of_the_day(at) {
            self.people.entry(operator.clone()).or_default().replies.push((at, took));
        }
    }

    fn happened(&mut self, fact: &Fact, at: Timestamp, reading: &mut Reading) {
        match fact {
            Fact::Routed { operators, .. } => {
                reading.offered.extend(operators.iter().map(|operator| (operator.clone(), at)));
            }
            Fact::Accepted { operator } => {
                if let Some(offered) = reading.offered.remove(operator) {
                    let after_seconds = seconds(offered, at);
                    self.answered(operator, at, OfferAnswer::Accepted { after_seconds });
                }
                reading.has(operator, at);
            }
            Fact::Declined { operator, .. } => {
                if let Some(offered) = reading.offered.remove(operator) {
                    let after_seconds = seconds(offered, at);
                    self.answered(operator, at, OfferAnswer::Declined { after_seconds });
                }
            }
            Fact::Missed { operators } => {
                for operator in operators {
                    if reading.offered.remove(operator).is_some() {
                        self.answered(operator, at, OfferAnswer::Ignored);
                    }
                }
            }
            Fact::Left { operator } => {
                reading.offered.remove(operator);
            }
            Fact::Taken { operator }
            | Fact::TakenOver { operator, .. }
            | Fact::PickedUp { operator }
            | Fact::Returned { operator }
            | Fact::Reopened { operator } => reading.has(operator, at),
            Fact::Transferred { .. } | Fact::RoutedAgain { .. } | Fact::Closed { .. } => {
                reading.held = None;
            }
            Fact::TransferEnded { operator, how: _, .. } => {
                reading.held = Some((operator.clone(), at));
            }
            Fact::Finished { .. } | Fact::SilentTooLong | Fact::Moved { .. } => {
                reading.finished_at = Some(at);
                reading.held = None;
            }
            Fact::RoundExhausted { .. }
            | Fact::CameFrom { .. }
            | Fact::AnswerLate { .. }
            | Fact::PutOnHold { .. }
            | Fact::HoldEnded { .. }
            | Fact::TopicChosen { .. }
            | Fact::Invited { .. }
            | Fact::Joined { .. }
            | Fact::LeftAgain { .. }
            | Fact::RatingRequested { .. }
            | Fact::Rated { .. }
            | Fact::Reviewed { .. }
            | Fact::MarkedSpam { .. }
            | Fact::TextSuppressed { .. }
            | Fact::CustomerUnreachable { .. }
            | Fact::CustomerReachable => {}
        }
    }

    fn answered(&mut self, operator: &OperatorId, at: Timestamp, answer: OfferAnswer) {
        if self.is_of_the_day(at) {
            self.people.entry(operator.clone()).or_default().answers.push((at, answer));
        }
    }

    fn is_of_the_day(&self, at: Timestamp) -> bool {
        (self.from..self.until).contains(&at)
    }
}

impl Reading {
    /// Nobody else is asked any more.
    fn has(&mut self, operator: &OperatorId, at: Timestamp) {
        self.held = Some((operator.clone(), at));
        self.accepted_at.get_or_insert(at);
        self.offered.clear();
    }
}

fn tells_rating(entry: &Entry) -> bool {
    matches!(&entry.body, Body::Fact(Fact::Rated { .. }))
}

/// When each operator was there, within these moments.
fn stays(
    attendance: &[AttendanceRecord],
    from: Timestamp,
    until: Timestamp,
) -> BTreeMap<OperatorId, Vec<Stay>> {
    let mut stays: BTreeMap<OperatorId, Vec<Stay>> = BTreeMap::new();
    for record in attendance {
        let at = record.at.clamp(from, until);
        let his = stays.entry(record.operator.clone()).or_default();
        if let Some(before) = his.last_mut().filter(|before| before.until > at) {
            before.until = at;
        }
        let capacity = record.attends.capacity;
        if let Some(status) = status_of(record.attends.state) {
            his.push(Stay { from: at, until, status, capacity });
        }
    }
    for his in stays.values_mut() {
        his.retain(|stay| stay.from < stay.until);
        his.dedup_by(|later, stay| {
            let goes_on = stay.until == later.from
                && (stay.status, stay.capacity) == (later.status, later.capacity);
            if goes_on {
                stay.until = later.until;
            }
            goes_on
        });
    }
    stays
}

/// None: he is not there. Who was set away because he missed offers was there as far as he knew.
fn status_of(state: Attends) -> Option<Status> {
    match state {
        Attends::Available | Attends::SetAway => Some(Status::Available),
        Attends::Busy => Some(Status::Busy),
        Attends::Away => Some(Status::Away),
        Attends::Offline => None,
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.duration_since(from).as_secs().max(0)).unwrap_or(u32::MAX)
}
