//! The operators as a queue sees them, kept in order so that no decision looks at all of them.
//!
//! Each is in up to three sets: in the list, ready (could be offered something if he had a place),
//! and free (has a place too). A change after which he belongs elsewhere takes him out of his sets
//! and puts him into the right ones.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::id::{ConversationId, OperatorId};
use crate::line::{LineSettings, QueueMode};
use crate::operator::Operator;
use crate::queue::waiting::Passers;

/// What of a line's settings concerns the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) active: bool,
    pub(super) mode: QueueMode,
    require_available: bool,
    list: Vec<OperatorId>,
}

/// What of an operator's own document and presence concerns the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    enabled: bool,
    available: bool,
    /// 0: unlimited.
    capacity: u32,
}

/// What he has received from this line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Received {
    pub(super) count: i64,
    /// When he was last offered something.
    pub(super) last: Option<Timestamp>,
}

/// Place in the order of offers: the lowest is next. Outside `evenly` only the list counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    received: Received,
    pub(super) place: usize,
}

#[derive(Clone, Debug, Default)]
pub(super) struct People {
    rules: Rules,
    open_offers_max: usize,
    by_id: BTreeMap<OperatorId, Person>,
    listed: BTreeSet<Rank>,
    ready: BTreeSet<(i64, usize)>,
    free: BTreeSet<Rank>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    /// Index in the list; none: not in it.
    place: Option<usize>,
    standing: Standing,
    received: Received,
    held: BTreeSet<ConversationId>,
    /// Conversations of any line that are put before him.
    offered: BTreeSet<ConversationId>,
}

/// In which of the sets somebody of the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Free,
    AtCapacity { load: usize, capacity: u32 },
    TooManyOffers { offers: usize },
    Unavailable,
}

/// What decides in which sets somebody of the list is, and where in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    rank: Rank,
    received: i64,
    is_ready: bool,
    is_free: bool,
}

impl Rules {
    pub(super) fn of(settings: &LineSettings) -> Self {
        Self {
            active: settings.active,
            mode: settings.queue.mode,
            require_available: settings.queue.require_available,
            list: settings.queue.operators.clone(),
        }
    }
}

impl Standing {
    pub(super) fn of(operator: &Operator, present: bool) -> Self {
        Self {
            enabled: operator.enabled,
            available: operator.is_available(present),
            capacity: operator.capacity,
        }
    }
}

impl Person {
    pub(super) fn class(&self, rules: &Rules, open_offers_max: usize) -> Class {
        let Standing { enabled, available, capacity } = self.standing;
        let offers = self.offered.len();
        if !(available || enabled && !rules.require_available) {
            Class::Unavailable
        } else if !self.has_place() {
            Class::AtCapacity { load: self.held.len(), capacity }
        } else if offers >= open_offers_max {
            Class::TooManyOffers { offers }
        } else {
            Class::Free
        }
    }

    fn has_place(&self) -> bool {
        let capacity = self.standing.capacity;
        capacity == 0 || self.held.len() < usize::try_from(capacity).unwrap_or(usize::MAX)
    }

    pub(super) fn rank(&self, rules: &Rules) -> Option<Rank> {
        let received = match rules.mode {
            QueueMode::Evenly => self.received,
            QueueMode::Strictly | QueueMode::All => Received::default(),
        };
        self.place.map(|place| Rank { received, place })
    }

    pub(super) fn received(&self) -> u64 {
        self.received.count.try_into().unwrap_or(0)
    }

    /// None: he is not in the list.
    fn spot(&self, rules: &Rules, open_offers_max: usize) -> Option<Spot> {
        let rank = self.rank(rules)?;
        let (is_ready, is_free) = match self.class(rules, open_offers_max) {
            Class::Free => (true, true),
            Class::AtCapacity { .. } | Class::TooManyOffers { .. } => (true, false),
            Class::Unavailable => (false, false),
        };
        Some(Spot { rank, received: self.received.count, is_ready, is_free })
    }

    pub(super) fn set_standing(&mut self, standing: Standing) {
        self.standing = standing;
    }

    pub(super) fn receive(
        &mut self,
        by: i64,
        last: impl FnOnce(Option<Timestamp>) -> Option<Timestamp>,
    ) {
        let Received { count, last: before } = self.received;
        self.received = Received { count: count.saturating_add(by), last: last(before) };
    }

    /// Answers whether that was news.
    pub(super) fn set_hold(&mut self, conversation: &ConversationId, holds: bool) -> bool {
        if holds { self.held.insert(conversation.clone()) } else { self.held.remove(conversation) }
    }

    pub(super) fn set_holds(&mut self, held: BTreeSet<ConversationId>) {
        self.held = held;
    }

    /// Answers whether that was news.
    pub(super) fn set_offered(&mut self, conversation: &ConversationId, offered: bool) -> bool {
        let before = &mut self.offered;
        if offered { before.insert(conversation.clone()) } else { before.remove(conversation) }
    }
}

impl People {
    pub(super) fn new(open_offers_max: usize) -> Self {
        Self { open_offers_max, ..Self::default() }
    }

    /// None: he is not in the list.
    pub(super) fn class(&self, operator: &OperatorId) -> Option<Class> {
        let person = self.get(operator).filter(|person| person.place.is_some())?;
        Some(person.class(&self.rules, self.open_offers_max))
    }

    /// His place in the order, if he could be offered something now.
    pub(super) fn free_rank(&self, operator: &OperatorId) -> Option<Rank> {
        let rank = self.get(operator)?.rank(&self.rules)?;
        self.free.contains(&rank).then_some(rank)
    }

    pub(super) fn is_free(&self, operator: &OperatorId) -> bool {
        self.free_rank(operator).is_some()
    }

    pub(super) fn is_available(&self, operator: &OperatorId) -> bool {
        self.standing(operator).available
    }

    pub(super) fn has_place(&self, operator: &OperatorId) -> bool {
        self.get(operator).is_none_or(Person::has_place)
    }

    /// How many offers stand before him, if he may have no more.
    pub(super) fn too_many_offers(&self, operator: &OperatorId) -> Option<usize> {
        let offers = self.get(operator)?.offered.len();
        (offers >= self.open_offers_max).then_some(offers)
    }

    /// Somebody of the list is available, whatever he has to do.
    pub(super) fn somebody_is_available(&self) -> bool {
        !self.ready.is_empty()
    }

    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(super) fn get(&self, operator: &OperatorId) -> Option<&Person> {
        self.by_id.get(operator)
    }

    pub(super) fn standing(&self, operator: &OperatorId) -> Standing {
        self.get(operator).map(|person| person.standing).unwrap_or_default()
    }

    pub(super) fn received(&self, operator: &OperatorId) -> Received {
        self.get(operator).map(|person| person.received).unwrap_or_default()
    }

    pub(super) fn is_ready(&self, operator: &OperatorId) -> bool {
        self.class(operator).is_some_and(|class| class != Class::Unavailable)
    }

    pub(super) fn ready_operators(&self) -> BTreeSet<OperatorId> {
        self.ready.iter().filter_map(|(_, place)| self.rules.list.get(*place)).cloned().collect()
    }

    /// The lowest counter among those who are ready; none: nobody is.
    pub(super) fn lowest_received(&self) -> Option<i64> {
        self.ready.first().map(|(count, _)| *count)
    }

    /// By how much he is behind the lowest of those who were ready before him.
    pub(super) fn raise(&self, operator: &OperatorId, lowest_before: Option<i64>) -> i64 {
        let own = self.received(operator).count;
        lowest_before.map_or(0, |lowest| lowest.saturating_sub(own).max(0))
    }

    /// Who has this rank.
    pub(super) fn at(&self, rank: &Rank) -> &OperatorId {
        &self.rules.list[rank.place]
    }

    /// The eligible in the order of offers, without those who have passed.
    pub(super) fn free_beside(&self, passers: &Passers) -> impl Iterator<Item = Rank> {
        self.free.iter().filter(|rank| !passers.contains(self.at(rank))).copied()
    }

    /// Those of the list who rank before `end`, or all of them.
    pub(super) fn listed_before(&self, end: Option<Rank>) -> impl Iterator<Item = &OperatorId> {
        let before = self.listed.iter().take_while(move |rank| end.is_none_or(|end| **rank < end));
        before.map(|rank| self.at(rank))
    }

    pub(super) fn sizes(&self) -> (usize, usize, usize) {
        (self.listed.len(), self.ready.len(), self.free.len())
    }

    pub(super) fn set_rules(&mut self, rules: Rules) {
        for person in self.by_id.values_mut() {
            person.place = None;
        }
        for (place, operator) in rules.list.iter().enumerate() {
            self.by_id.entry(operator.clone()).or_default().place = Some(place);
        }
        (self.listed, self.ready, self.free) = Default::default();
        self.rules = rules;
        for operator in self.rules.list.clone() {
            let person = self.by_id.get(&operator);
            self.enter(person.and_then(|person| person.spot(&self.rules, self.open_offers_max)));
        }
    }

    /// Those who have something.
    pub(super) fn busy(&self) -> impl Iterator<Item = &OperatorId> {
        self.by_id.iter().filter(|(_, person)| !person.held.is_empty()).map(|(id, _)| id)
    }

    /// Changes what is known of somebody, and with it in which sets he is. Answers what the change
    /// did, and whether it has made him free (`true`) or not free any more (`false`).
    pub(super) fn change<T>(
        &mut self,
        operator: &OperatorId,
        change: impl FnOnce(&mut Person) -> T,
    ) -> (T, Option<bool>) {
        let person = self.by_id.entry(operator.clone()).or_default();
        let before = person.spot(&self.rules, self.open_offers_max);
        let changed = change(person);
        let now = person.spot(&self.rules, self.open_offers_max);
        if now != before {
            self.leave(before);
            self.enter(now);
        }
        let [was_free, is_free] = [before, now].map(|spot| spot.is_some_and(|spot| spot.is_free));
        (changed, (was_free != is_free).then_some(is_free))
    }

    fn leave(&mut self, spot: Option<Spot>) {
        let Some(Spot { rank, received, .. }) = spot else { return };
        self.listed.remove(&rank);
        self.ready.remove(&(received, rank.place));
        self.free.remove(&rank);
    }

    fn enter(&mut self, spot: Option<Spot>) {
        let Some(Spot { rank, received, is_ready, is_free }) = spot else { return };
        self.listed.insert(rank);
        if is_ready {
            self.ready.insert((received, rank.place));
        }
        if is_free {
            self.free.insert(rank);
        }
    }
}
