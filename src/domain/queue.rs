//! The queue of a line: who is offered next, and which conversation waits longest.
//!
//! Held in memory by the line's actor and rebuilt from the store at start. Changes of a round are
//! applied at once and can be taken back until the round is committed. Knows no time but the one
//! it is told, and nothing of a conversation but that it waits and who has passed it.

mod explain;
pub mod pace;
mod people;
mod undoing;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::conversation::{Conversation, State};
use crate::effect::Effect;
use crate::id::{ConversationId, OperatorId};
use crate::limits::Limits;
use crate::line::{LineSettings, QueueMode};
use crate::operator::{Departure, Operator};
use crate::queue::explain::candidate;
use crate::queue::people::{People, Rank, Rules, Standing};
use crate::queue::undoing::Undo;
use crate::queue::waiting::{Passers, WaitingList, Waits};
use crate::routing::{Candidate, Decision, Passed, Reason, Seek, Via};

/// What a queue knows of the operators of a line, and the conversations that wait in it.
///
/// Two kinds of things come in. What is true already, whatever becomes of the round at hand:
/// [`Self::configure`], [`Self::operator`], [`Self::received`], [`Self::hold`], [`Self::offered`],
/// [`Self::holds_exactly`], [`Self::offered_exactly`]. And what the round will have done once it is committed: [`Self::follow`],
/// [`Self::wait`], [`Self::wait_no_more`]; this is what [`Self::take_back`] takes back.
///
/// At start: first `received`, `hold`, `offered` and `operator`, then `configure`, so that nobody
/// is raised merely because the process was started.
#[derive(Clone, Debug)]
pub struct Queue {
    people: People,
    waiting: WaitingList,
    /// The line is open by its hours.
    open: bool,
    /// Before whom each conversation of any line is put.
    offers: BTreeMap<ConversationId, Vec<OperatorId>>,
    /// What undoes the round at hand, the latest last.
    undo: Vec<Undo>,
    /// What undoes the round that is being written.
    sealed: Vec<Undo>,
}

/// How the customer's responsible is to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Available,
    /// Here, and takes no new offers of the queue.
    Busy,
    Gone,
    /// No enabled operator.
    None,
}

impl Reach {
    pub fn of(operator: &Operator, present: bool) -> Self {
        match operator.departure(present) {
            Some(Departure::Disabled) => Self::None,
            Some(Departure::Absent) => Self::Gone,
            None if operator.is_available(present) => Self::Available,
            None => Self::Busy,
        }
    }
}

impl Queue {
    /// An empty queue of a line that is open.
    pub fn new(limits: &Limits) -> Self {
        Self {
            people: People::new(limits.open_offers),
            waiting: WaitingList::default(),
            open: true,
            offers: BTreeMap::new(),
            undo: Vec::new(),
            sealed: Vec::new(),
        }
    }

    /// The line opens or closes by its hours.
    pub fn set_open(&mut self, open: bool) {
        self.open = open;
    }

    /// Whether anybody of the list is available, whatever he has to do.
    pub fn somebody_is_available(&self) -> bool {
        self.people.somebody_is_available()
    }

    /// Whether the operator has a free place, as far as this queue knows.
    pub fn has_place(&self, operator: &OperatorId) -> bool {
        self.people.has_place(operator)
    }

    /// Takes the line's rules. Answers by how much the counters of those who join are to be
    /// raised (see [`Self::operator`]); already applied here.
    pub fn configure(&mut self, settings: &LineSettings) -> Vec<(OperatorId, i64)> {
        let rules = Rules::of(settings);
        if rules == *self.people.rules() {
            return Vec::new();
        }
        let lowest_before = self.people.lowest_received();
        let ready_before = self.people.ready_operators();
        self.people.set_rules(rules);
        let (_, _, free) = self.people.sizes();
        self.waiting.count_anew(free, |operator| self.people.is_free(operator));
        let joined =
            self.people.ready_operators().into_iter().filter(|o| !ready_before.contains(o));
        let raises = joined.map(|operator| (self.people.raise(&operator, lowest_before), operator));
        let raises: Vec<_> = raises.filter(|(by, _)| *by > 0).map(|(by, o)| (o, by)).collect();
        for (operator, by) in &raises {
            self.received(operator, *by, None);
        }
        raises
    }

    /// Takes an operator as he is now, in the list or not. `present`: a live session, or one lost
    /// less than the grace ago. Answers by how much his counter is to be raised because he became
    /// available or joined (so that he is not flooded for having been away); already applied here.
    pub fn operator(&mut self, operator: &Operator, present: bool) -> i64 {
        let standing = Standing::of(operator, present);
        if standing == self.people.standing(&operator.id) {
            return 0;
        }
        let lowest_before = self.people.lowest_received();
        let was_ready = self.people.is_ready(&operator.id);
        self.change(&operator.id, |person| person.set_standing(standing));
        if was_ready || !self.people.is_ready(&operator.id) {
            return 0;
        }
        let raise = self.people.raise(&operator.id, lowest_before);
        self.received(&operator.id, raise, None);
        raise
    }

    /// Adds to what he has received, as stored. `last`: when he was last offered something.
    pub fn received(&mut self, operator: &OperatorId, by: i64, last: Option<Timestamp>) {
        self.change(operator, |person| person.receive(by, |before| before.max(last)));
    }

    /// As stored, the conversation takes a place of his capacity or does not any more. Idempotent.
    pub fn hold(&mut self, operator: &OperatorId, conversation: &ConversationId, holds: bool) {
        self.change(operator, |person| person.set_hold(conversation, holds));
    }

    /// As stored, these conversations take his places, and no others.
    pub fn holds_exactly(
        &mut self,
        operator: &OperatorId,
        conversations: BTreeSet<ConversationId>,
    ) {
        self.change(operator, |person| person.set_holds(conversations));
    }

    /// As stored, the conversation is put before these and nobody else. Idempotent.
    pub fn offered(&mut self, conversation: &ConversationId, operators: &[OperatorId]) {
        self.set_offers(conversation, operators.to_vec());
    }

    /// As stored, these conversations are put before him, and no others.
    pub fn offered_exactly(&mut self, operator: &OperatorId, stored: &BTreeSet<ConversationId>) {
        let known = self.offers.iter().filter(|(_, operators)| operators.contains(operator));
        let known: BTreeSet<_> = known.map(|(conversation, _)| conversation.clone()).collect();
        for conversation in stored.symmetric_difference(&known) {
            let mut operators = self.offers.get(conversation).cloned().unwrap_or_default();
            if stored.contains(conversation) {
                operators.push(operator.clone());
            } else {
                operators.retain(|other| other != operator);
            }
            self.set_offers(conversation, operators);
        }
    }

    /// Those whom anything is known to be taken of.
    pub fn busy(&self) -> BTreeSet<OperatorId> {
        self.people.busy().chain(self.offers.values().flatten()).cloned().collect()
    }

    /// The conversation waits for somebody, or waits on with others passed.
    pub fn wait(&mut self, conversation: &ConversationId, since: Timestamp, passed: &[Passed]) {
        let waits = Waits { since, passed: Passers::of(passed) };
        if self.waiting.get(conversation) != Some(&waits) {
            self.set_wait(conversation, Some(waits));
        }
    }

    /// The conversation waits no longer.
    pub fn wait_no_more(&mut self, conversation: &ConversationId) {
        if self.waiting.get(conversation).is_some() {
            self.set_wait(conversation, None);
        }
    }

    /// Takes what a conversation's input has come to: its effects, and whether it waits now. To be
    /// called before a `Seek` among the effects is answered.
    pub fn follow(&mut self, conversation: &Conversation, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Reserve { operator, limit: _ } => {
                    self.holds_now(operator, &conversation.id, true);
                }
                Effect::Release { operator } => self.holds_now(operator, &conversation.id, false),
                Effect::Count { operator, by, at } => self.counted(operator, *by, *at),
                Effect::Append(_)
                | Effect::Send { .. }
                | Effect::Copy { .. }
                | Effect::Correct { .. }
                | Effect::Seek(_)
                | Effect::Answered { .. }
                | Effect::Missed { .. }
                | Effect::Assigned { .. }
                | Effect::Consented
                | Effect::Spam { .. }
                | Effect::Finished { .. }
                | Effect::Continue(_)
                | Effect::Closed
                | Effect::Refuse(_)
                | Effect::Ignore(_) => {}
            }
        }
        let offers = conversation.open_offers().iter().map(|offer| offer.operator.clone());
        self.offers_now(&conversation.id, offers.collect());
        match &conversation.state {
            State::Waiting { search } => self.wait(&conversation.id, search.since, &search.passed),
            State::Offered { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => self.wait_no_more(&conversation.id),
        }
    }

    /// All conversations that wait, who waits longest first.
    pub fn waiting(&self) -> Vec<ConversationId> {
        self.waiting.by_age()
    }

    /// The oldest waiting conversation that somebody eligible has not passed. None while the line
    /// is inactive or closed.
    pub fn next_waiting(&self) -> Option<ConversationId> {
        if !self.people.rules().active || !self.open {
            return None;
        }
        self.waiting.oldest().cloned()
    }

    /// Decides who is offered the conversation. Changes nothing: the offer's effects
    /// ([`Self::follow`]) come from the conversation in the same round.
    ///
    /// `responsible` tells of [`Seek::responsible`]: he is asked alone and before the queue, or, when
    /// he is not here or has as many offers as anybody may have, has it in his list while the queue
    /// is asked. Then comes whom the customer knows, if he is eligible. Whoever is free at this
    /// moment for a conversation that has waited longer is left to it: it has its turn when the line
    /// is woken.
    pub fn next(&self, seek: &Seek, responsible: Reach) -> Decision {
        let passers = Passers::of(&seek.passed);
        let owner = seek.responsible.as_ref().filter(|owner| !passers.contains(owner));
        let not_asked = owner.and_then(|owner| self.why_not_asked(owner, responsible));
        if let Some(owner) = owner
            && not_asked.is_none()
        {
            let chosen = candidate(owner, Reason::Responsible);
            let available = responsible == Reach::Available;
            return self.first(Via::Responsible, available, chosen, None, seek);
        }
        let is_listed = not_asked.as_ref().is_some_and(|why| *why != Reason::ResponsibleDisabled);
        let owner = owner.zip(not_asked).map(|(owner, why)| candidate(owner, why));
        let listed_for = owner.as_ref().filter(|_| is_listed).map(|owner| owner.operator.clone());
        let known = seek.known.as_ref().filter(|known| {
            let is_free = !passers.contains(known) && self.people.is_free(known);
            is_free && !self.waiting.wants(known, seek.since)
        });
        let decision = match known {
            Some(known) => {
                let available = self.people.is_available(known);
                self.first(Via::Known, available, candidate(known, Reason::Known), owner, seek)
            }
            None => self.by_the_queue(owner, seek, &passers),
        };
        Decision { listed_for, ..decision }
    }

    /// Why the customer's responsible is not asked before the queue; none: he is.
    fn why_not_asked(&self, owner: &OperatorId, reach: Reach) -> Option<Reason> {
        match reach {
            Reach::None => Some(Reason::ResponsibleDisabled),
            Reach::Gone => Some(Reason::ResponsibleAway),
            Reach::Available | Reach::Busy => {
                let offers = self.people.too_many_offers(owner)?;
                Some(Reason::TooManyOffers { offers })
            }
        }
    }

    /// Asks one operator before all others.
    fn first(
        &self,
        via: Via,
        available: bool,
        chosen: Candidate,
        owner: Option<Candidate>,
        seek: &Seek,
    ) -> Decision {
        let operator = chosen.operator.clone();
        Decision {
            via,
            absent: if available { Vec::new() } else { vec![operator.clone()] },
            operators: vec![operator],
            reserves: true,
            listed_for: None,
            explanation: self.people.explain_first(owner, chosen, &seek.passed),
        }
    }

    fn by_the_queue(&self, owner: Option<Candidate>, seek: &Seek, passers: &Passers) -> Decision {
        let mut eligible = self
            .people
            .free_beside(passers)
            .filter(|rank| !self.waiting.wants(self.people.at(rank), seek.since));
        let mode = self.people.rules().mode;
        let chosen: Vec<Rank> = match mode {
            QueueMode::Evenly | QueueMode::Strictly => eligible.next().into_iter().collect(),
            QueueMode::All => eligible.collect(),
        };
        let operators: Vec<_> = chosen.iter().map(|rank| self.people.at(rank).clone()).collect();
        let is_absent = |operator: &&OperatorId| !self.people.is_available(operator);
        Decision {
            via: Via::Queue,
            absent: operators.iter().filter(is_absent).cloned().collect(),
            operators,
            reserves: match mode {
                QueueMode::Evenly | QueueMode::Strictly => true,
                QueueMode::All => false,
            },
            listed_for: None,
            explanation: self.people.explain(owner, &chosen, &seek.passed),
        }
    }
}
