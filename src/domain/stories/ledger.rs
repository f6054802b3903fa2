//! What anybody can know from the effects alone, and what must be true of it after each of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::conversation::{Conversation, State};
use crate::effect::{Effect, PlaceLimit};
use crate::entry::{Author, Body, Entry, Fact, Record};
use crate::id::{EntryNumber, OperatorId};
use crate::operator::Operator;
use crate::texts::Kind;

/// Everybody, and whether he has a live session.
pub(super) type People = BTreeMap<OperatorId, (Operator, bool)>;

#[derive(Clone, Default)]
pub(super) struct Ledger {
    /// Which conversations take a place of each.
    pub(super) held: BTreeMap<OperatorId, BTreeSet<usize>>,
    /// Which conversations are put before each.
    pub(super) offered: BTreeMap<OperatorId, BTreeSet<usize>>,
    /// What each has received, and when last.
    pub(super) received: BTreeMap<OperatorId, (i64, Option<Timestamp>)>,
    log: BTreeMap<usize, Log>,
}

#[derive(Clone, Default)]
struct Log {
    holder: Option<OperatorId>,
    entries: u32,
    records: u32,
    texts: BTreeMap<Kind, u32>,
    is_closed: bool,
}

impl Ledger {
    /// Books one effect. Answers an operator who has no place for it, as the store would.
    pub(super) fn book(
        &mut self,
        n: usize,
        effect: &Effect,
        people: &People,
    ) -> Option<OperatorId> {
        match effect {
            Effect::Append(record) => self.append(n, record),
            Effect::Reserve { operator, limit } => {
                return self.reserve(n, operator, *limit, people);
            }
            Effect::Release { operator } => {
                let held = self.held.entry(operator.clone()).or_default();
                assert!(held.remove(&n), "{operator} gives back a place he did not take");
            }
            Effect::Count { operator, by, at } => {
                let received = self.received.entry(operator.clone()).or_default();
                received.0 += by;
                received.1 = if *by > 0 { Some(*at) } else { received.1 };
                assert!(received.0 >= 0, "{operator} has received less than nothing");
            }
            Effect::Closed | Effect::Continue(_) => {
                let log = self.log.entry(n).or_default();
                assert!(!log.is_closed, "it closes twice");
                log.is_closed = true;
            }
            Effect::Send { .. }
            | Effect::Copy { .. }
            | Effect::Correct { .. }
            | Effect::Seek(_)
            | Effect::Answered { .. }
            | Effect::Missed { .. }
            | Effect::Assigned { .. }
            | Effect::Consented
            | Effect::Spam { .. }
            | Effect::Finished { .. }
            | Effect::Refuse(_)
            | Effect::Ignore(_) => {}
        }
        None
    }

    fn reserve(
        &mut self,
        n: usize,
        operator: &OperatorId,
        limit: PlaceLimit,
        people: &People,
    ) -> Option<OperatorId> {
        let held = self.held.entry(operator.clone()).or_default();
        assert!(held.insert(n), "{operator} takes a place twice");
        let capacity = people.get(operator).map_or(0, |(person, _)| person.capacity as usize);
        let is_beyond = capacity > 0 && held.len() > capacity;
        (limit == PlaceLimit::Capacity && is_beyond).then(|| operator.clone())
    }

    fn append(&mut self, n: usize, record: &Record) {
        let log = self.log.entry(n).or_default();
        log.records += 1;
        let Record::Entry { entry, .. } = record else { return };
        assert!(!log.is_closed || may_follow_the_close(entry), "after the close: {entry:?}");
        log.entries += 1;
        assert_eq!(entry.n, EntryNumber(log.entries), "entries are numbered without gaps");
        log.note(entry);
    }

    /// Before whom it is put now.
    pub(super) fn see(&mut self, n: usize, conversation: &Conversation) {
        for offered in self.offered.values_mut() {
            offered.remove(&n);
        }
        for offer in conversation.open_offers() {
            self.offered.entry(offer.operator.clone()).or_default().insert(n);
        }
    }

    /// What is true of a conversation whenever its inputs have been handled.
    pub(super) fn check(&self, n: usize, conversation: &Conversation) {
        let log = self.log.get(&n).cloned().unwrap_or_default();
        assert_eq!(conversation.last_record, log.records);
        assert_eq!(conversation.last_entry, EntryNumber(log.entries));
        assert_eq!(conversation.is_closed(), log.is_closed);
        let (holder, places) = match &conversation.state {
            State::Active(held) => {
                let place = Some(&held.operator).filter(|_| held.place);
                (Some(&held.operator), place.into_iter().collect())
            }
            State::Offered { open, .. } => {
                assert!(!open.is_empty(), "offered to nobody");
                assert!(conversation.deadline().is_some(), "an offer without an end");
                (None, open.iter().filter(|o| o.reserved).map(|o| &o.operator).collect())
            }
            State::Waiting { .. } | State::Closing { .. } | State::Closed { .. } => (None, vec![]),
        };
        assert_eq!(holder, log.holder.as_ref(), "state and history name different holders");
        let taken: Vec<&OperatorId> =
            self.held.iter().filter(|(_, held)| held.contains(&n)).map(|(who, _)| who).collect();
        let places: BTreeSet<&OperatorId> = places.into_iter().collect();
        assert_eq!(taken, places.into_iter().collect::<Vec<_>>(), "places and state differ");
    }
}

/// A rating, an opinion, and what is not heard come also when all is over.
fn may_follow_the_close(entry: &Entry) -> bool {
    match &entry.body {
        Body::Message(_) => entry.author == Author::Customer,
        Body::Fact(fact) => matches!(fact, Fact::Rated { .. } | Fact::Reviewed { .. }),
        Body::Note { .. } => false,
    }
}

impl Log {
    fn note(&mut self, entry: &Entry) {
        match &entry.body {
            Body::Message(message) => {
                if let Some(kind) = message.automatic {
                    self.count_text(kind);
                }
            }
            Body::Note { .. } => {}
            Body::Fact(fact) => self.follow(fact),
        }
    }

    /// What the line says once, it says once.
    fn count_text(&mut self, kind: Kind) {
        *self.texts.entry(kind).or_default() += 1;
        let said = |kinds: &[Kind]| -> u32 {
            kinds.iter().map(|kind| self.texts.get(kind).copied().unwrap_or_default()).sum()
        };
        for once in [
            &[Kind::Welcome][..],
            &[Kind::Consent],
            &[Kind::Unanswered],
            &[Kind::Closing, Kind::AutoClose],
            &[Kind::RateLike, Kind::RateStars],
        ] {
            assert!(said(once) <= 1, "{once:?} is sent once");
        }
    }

    /// At most one has it, and everybody knows since when.
    fn follow(&mut self, fact: &Fact) {
        match fact {
            Fact::Accepted { operator }
            | Fact::Taken { operator }
            | Fact::Reopened { operator }
            | Fact::PickedUp { operator }
            | Fact::Returned { operator }
            | Fact::TransferEnded { operator, .. } => {
                let before = self.holder.replace(operator.clone());
                assert_eq!(before, None, "{operator} gets what another holds");
            }
            Fact::TakenOver { operator, from } => {
                let before = self.holder.replace(operator.clone());
                assert_eq!(before.as_ref(), Some(from), "{operator} takes it from another");
            }
            Fact::Transferred { operator: from, .. } | Fact::RoutedAgain { from, .. } => {
                assert_eq!(self.holder.take().as_ref(), Some(from), "he did not have it");
            }
            Fact::AnswerLate { operator } | Fact::PutOnHold { operator, .. } => {
                assert_eq!(self.holder.as_ref(), Some(operator), "he does not have it");
            }
            Fact::Finished { .. }
            | Fact::SilentTooLong
            | Fact::MarkedSpam { .. }
            | Fact::Moved { .. } => self.holder = None,
            Fact::Routed { .. }
            | Fact::Declined { .. }
            | Fact::Missed { .. }
            | Fact::Left { .. }
            | Fact::RoundExhausted { .. } => {
                assert_eq!(self.holder, None, "it is put before somebody while another has it");
            }
            Fact::CameFrom { .. }
            | Fact::HoldEnded { .. }
            | Fact::TopicChosen { .. }
            | Fact::Invited { .. }
            | Fact::Joined { .. }
            | Fact::LeftAgain { .. }
            | Fact::RatingRequested { .. }
            | Fact::Rated { .. }
            | Fact::Reviewed { .. }
            | Fact::Closed { .. }
            | Fact::TextSuppressed { .. }
            | Fact::CustomerUnreachable { .. }
            | Fact::CustomerReachable => {}
        }
    }
}
