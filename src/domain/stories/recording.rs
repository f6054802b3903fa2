//! What is read of a day, as it is to be rehearsed.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::attendance::{Attendance as State, AttendanceRecord, Attends};
use crate::entry::{Author, Body, Entry, Fact, Message, Unheard};
use crate::id::{EntryNumber, OfferId, OperatorId};
use crate::line::RatingScale;
use crate::operator::Status;
use crate::recording::Recording;
use crate::rehearsal::{ArrivalKind, Handling, OfferAnswer, Record, Stay};
use crate::routing::{Explanation, Via};

const DAY: i64 = 86_400;

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn id(name: &str) -> OperatorId {
    OperatorId::new(name)
}

/// A conversation, entry by entry.
#[derive(Default)]
struct Log(Vec<Entry>);

impl Log {
    fn add(mut self, seconds: i64, author: Author, body: Body) -> Self {
        let n = EntryNumber(u32::try_from(self.0.len()).expect("few") + 1);
        self.0.push(Entry { n, at: at(seconds), author, body });
        self
    }

    fn customer(self, seconds: i64) -> Self {
        self.add(seconds, Author::Customer, Body::Message(Message::default()))
    }

    fn unheard(self, seconds: i64, unheard: Unheard) -> Self {
        let message = Message { unheard: Some(unheard), ..Message::default() };
        self.add(seconds, Author::Customer, Body::Message(message))
    }

    fn operator(self, seconds: i64, name: &str) -> Self {
        self.add(seconds, Author::Operator { id: id(name) }, Body::Message(Message::default()))
    }

    fn fact(self, seconds: i64, fact: Fact) -> Self {
        self.add(seconds, Author::Line, Body::Fact(fact))
    }

    fn offered(self, seconds: i64, names: &[&str]) -> Self {
        let operators = names.iter().map(|name| id(name)).collect();
        self.fact(
            seconds,
            Fact::Routed {
                round: 1,
                via: Via::Queue,
                offer: Some(OfferId(1)),
                operators,
                listed_for: None,
                until: None,
                explanation: Explanation::default(),
            },
        )
    }

    fn accepted(self, seconds: i64, name: &str) -> Self {
        self.fact(seconds, Fact::Accepted { operator: id(name) })
    }

    fn finished(self, seconds: i64, name: &str) -> Self {
        self.fact(seconds, Fact::Finished { operator: id(name), silent: false })
    }
}

fn recorded(logs: &[Log]) -> Record {
    let mut recording = Recording::new(at(0), at(DAY));
    for (n, log) in logs.iter().enumerate() {
        let chat: Arc<str> = format!("chat {n}").into();
        recording.read(&chat, &log.0);
    }
    recording.finish(&[], [].iter())
}

#[track_caller]
fn answers(record: &Record, name: &str) -> Vec<OfferAnswer> {
    let his = record.attendances.iter().find(|his| his.operator == id(name));
    his.map(|his| his.answers.clone()).unwrap_or_default()
}

#[test]
fn what_somebody_does_with_offers_is_told_in_order() {
    let missed = Fact::Missed { operators: vec![id("anna")] };
    let declined = Fact::Declined { operator: id("boris"), reason: None };
    let first = Log::default()
        .customer(10)
        .offered(10, &["anna"])
        .fact(70, missed)
        .offered(70, &["boris"])
        .fact(75, declined)
        .offered(75, &["vera", "gleb"])
        .accepted(95, "vera");
    let second = Log::default().customer(5).offered(5, &["anna"]).accepted(12, "anna");
    let record = recorded(&[first, second]);
    let accepted = |after_seconds| OfferAnswer::Accepted { after_seconds };
    assert_eq!(answers(&record, "anna"), [accepted(7), OfferAnswer::Ignored]);
    assert_eq!(answers(&record, "boris"), [OfferAnswer::Declined { after_seconds: 5 }]);
    assert_eq!(answers(&record, "vera"), [accepted(20)]);
    assert_eq!(answers(&record, "gleb"), [], "it was taken back from him");
}

#[test]
fn replies_count_from_when_the_customer_waits_for_whoever_has_it() {
    let log = Log::default()
        .customer(0)
        .offered(0, &["anna"])
        .accepted(20, "anna")
        .operator(50, "anna")
        .operator(55, "anna")
        .customer(100)
        .customer(110)
        .operator(140, "anna");
    let record = recorded(&[log]);
    assert_eq!(record.attendances[0].reply_seconds, [30, 40]);
}

#[test]
fn a_conversation_is_in_hand_until_it_is_finished_last() {
    let log = Log::default()
        .customer(0)
        .offered(0, &["anna"])
        .accepted(10, "anna")
        .finished(100, "anna")
        .customer(150)
        .fact(150, Fact::Reopened { operator: id("anna") })
        .finished(310, "anna");
    let open = Log::default().customer(0).offered(0, &["anna"]).accepted(10, "anna");
    let waits = Log::default().customer(0).finished(30, "chief");
    let record = recorded(&[log, open, waits]);
    let chat: Arc<str> = "chat 0".into();
    assert_eq!(record.handlings, [Handling { chat, seconds: 300, finished_at: at(310) }]);
}

#[test]
fn ratings_and_what_blocked_customers_write_are_no_arrivals() {
    let log = Log::default()
        .customer(0)
        .unheard(5, Unheard::Automatic)
        .unheard(6, Unheard::Blocked)
        .unheard(7, Unheard::UnaskedRating)
        .customer(200)
        .fact(200, Fact::Rated { scale: RatingScale::Like, value: 1 });
    let record = recorded(&[log]);
    let arrivals: Vec<_> = record.arrivals.iter().map(|one| (one.at, one.kind)).collect();
    assert_eq!(arrivals, [(at(0), ArrivalKind::Message), (at(5), ArrivalKind::Automatic)]);
}

#[test]
fn what_is_not_of_the_day_is_left_out() {
    let log = Log::default()
        .customer(DAY - 10)
        .offered(DAY - 10, &["anna"])
        .accepted(DAY + 5, "anna")
        .customer(DAY + 10)
        .operator(DAY + 20, "anna")
        .finished(DAY + 30, "anna");
    let record = recorded(&[log]);
    assert_eq!((record.arrivals.len(), record.attendances.len()), (1, 0));
    assert_eq!(record.handlings[0].seconds, 25);
}

#[test]
fn who_was_there_is_told_in_stays() {
    let attends = |seconds, name: &str, state, capacity| AttendanceRecord {
        at: at(seconds),
        operator: id(name),
        attends: Attends { state, capacity },
    };
    let attendance = [
        attends(-500, "anna", State::Available, 5),
        attends(100, "boris", State::Busy, 3),
        attends(200, "anna", State::SetAway, 5),
        attends(300, "anna", State::Available, 5),
        attends(400, "anna", State::Available, 6),
        attends(500, "anna", State::Offline, 6),
        attends(600, "boris", State::Away, 3),
        attends(700, "gleb", State::Available, 1),
    ];
    let recording = Recording::new(at(0), at(DAY));
    let record = recording.finish(&attendance, [id("anna"), id("boris"), id("vera")].iter());
    let stay =
        |from, until, status, capacity| Stay { from: at(from), until: at(until), status, capacity };
    let stays: Vec<_> = record.attendances.iter().map(|his| &his.stays[..]).collect();
    assert_eq!(
        stays,
        [
            &[stay(0, 400, Status::Available, 5), stay(400, 500, Status::Available, 6)][..],
            &[stay(100, 600, Status::Busy, 3), stay(600, DAY, Status::Away, 3)],
            &[],
        ],
        "Gleb is in no queue"
    );
}
