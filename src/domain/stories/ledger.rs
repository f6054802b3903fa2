//! What anybody can know from the effects alone, and what must be true of it after each of them.
//! Also the slow and simple model of a decision, which every decision is compared with.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::conversation::{Conversation, State};
use crate::effect::{Effect, PlaceLimit};
use crate::entry::{Author, Body, Entry, Fact, Record};
use crate::id::{EntryNumber, OperatorId};
use crate::line::{LineSettings, QueueMode};
use crate::operator::Operator;
use crate::routing::{Decision, Passed};

/// Everybody, and whether he has a live session.
pub(super) type People = BTreeMap<OperatorId, (Operator, bool)>;

#[derive(Clone, Default)]
pub(super) struct Ledger {
    /// Which conversations take a place of each.
    pub(super) held: BTreeMap<OperatorId, BTreeSet<usize>>,
    /// What each has received, and when last.
    pub(super) received: BTreeMap<OperatorId, (i64, Option<Timestamp>)>,
    log: BTreeMap<usize, Log>,
}

#[derive(Clone, Default)]
struct Log {
    holder: Option<OperatorId>,
    entries: u32,
    records: u32,
    texts: u32,
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
            Effect::Closed => self.log.entry(n).or_default().is_closed = true,
            Effect::Send { .. } | Effect::Seek(_) | Effect::Refuse(_) | Effect::Ignore(_) => {}
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
        assert!(!log.is_closed, "an entry after the close: {entry:?}");
        log.entries += 1;
        assert_eq!(entry.n, EntryNumber(log.entries), "entries are numbered without gaps");
        log.note(entry);
    }

    /// What is true of a conversation whenever its inputs have been handled.
    pub(super) fn check(&self, n: usize, conversation: &Conversation) {
        let log = self.log.get(&n).cloned().unwrap_or_default();
        assert_eq!(conversation.last_record, log.records);
        assert_eq!(conversation.last_entry, EntryNumber(log.entries));
        assert_eq!(conversation.is_closed(), log.is_closed);
        let (holder, places) = match &conversation.state {
            State::Active { operator } => (Some(operator), vec![operator]),
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

    /// Looks at everybody: who is eligible, in the order of offers.
    pub(super) fn eligible(
        &self,
        line: &LineSettings,
        people: &People,
        passed: &[Passed],
    ) -> Vec<OperatorId> {
        let is_eligible = |operator: &&OperatorId| {
            let Some((person, present)) = people.get(*operator) else { return false };
            let load = self.held.get(*operator).map_or(0, BTreeSet::len);
            let has_place = person.capacity == 0 || load < person.capacity as usize;
            let is_there =
                person.is_available(*present) || (person.enabled && !line.queue.require_available);
            has_place && is_there && passed.iter().all(|p| p.operator != **operator)
        };
        let mut eligible: Vec<OperatorId> =
            line.queue.operators.iter().filter(is_eligible).cloned().collect();
        match line.queue.mode {
            QueueMode::Evenly => {
                eligible.sort_by_key(|who| self.received.get(who).copied().unwrap_or_default());
            }
            QueueMode::Strictly | QueueMode::All => {}
        }
        eligible
    }

    /// I21: each offer goes to a minimum among those eligible at that moment; strictly, to the
    /// first in order; otherwise to all. And nobody is found only where there is nobody.
    pub(super) fn check_decision(
        &self,
        decision: &Decision,
        line: &LineSettings,
        people: &People,
        passed: &[Passed],
    ) {
        let mut expected = self.eligible(line, people, passed);
        match line.queue.mode {
            QueueMode::Evenly | QueueMode::Strictly => expected.truncate(1),
            QueueMode::All => {}
        }
        assert_eq!(decision.operators, expected, "{:?}", self.received);
    }
}

impl Log {
    fn note(&mut self, entry: &Entry) {
        match &entry.body {
            Body::Message(_) if entry.author == Author::Line => {
                self.texts += 1;
                assert_eq!(self.texts, 1, "the text is sent once");
            }
            Body::Fact(
                Fact::Accepted { operator }
                | Fact::Taken { operator }
                | Fact::Reopened { operator },
            ) => {
                let before = self.holder.replace(operator.clone());
                assert_eq!(before, None, "{operator} gets what another holds");
            }
            Body::Fact(Fact::Finished { .. }) => self.holder = None,
            Body::Fact(
                Fact::Routed { .. }
                | Fact::Declined { .. }
                | Fact::Missed { .. }
                | Fact::Left { .. }
                | Fact::RoundExhausted { .. }
                | Fact::Closed
                | Fact::CustomerUnreachable { .. }
                | Fact::CustomerReachable,
            )
            | Body::Message(_)
            | Body::Note { .. } => {}
        }
    }
}
