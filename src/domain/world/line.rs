//! A line of the exchange: its rules, its queue, and when it opens and closes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::conversation::{Conversation, State};
use crate::effect::Input;
use crate::hours::Hours;
use crate::id::{LineId, OperatorId};
use crate::limits::Limits;
use crate::line::LineSettings;
use crate::operator::Operator;
use crate::queue::Queue;
use crate::world::{Happened, World};

#[derive(Debug)]
pub(super) struct LineState {
    pub(super) settings: LineSettings,
    pub(super) hours: Hours,
    pub(super) queue: Queue,
    pub(super) open: bool,
    /// When it opens or closes next.
    pub(super) turns_at: Option<Timestamp>,
    /// What each has received from it, and when something was last offered to him: as stored.
    pub(super) counters: BTreeMap<OperatorId, (i64, Option<Timestamp>)>,
}

impl LineState {
    pub(super) fn new(settings: LineSettings, hours: Hours, limits: &Limits) -> Self {
        Self {
            settings,
            hours,
            queue: Queue::new(limits),
            open: true,
            turns_at: None,
            counters: BTreeMap::new(),
        }
    }

    /// Its rules are new: whoever joins is raised.
    pub(super) fn configure(&mut self) {
        for (operator, by) in self.queue.configure(&self.settings) {
            self.note(&operator, by, None);
        }
    }

    /// An operator as he is now: who becomes available is raised.
    pub(super) fn meet(&mut self, operator: &Operator, present: bool) {
        let by = self.queue.operator(operator, present);
        self.note(&operator.id, by, None);
    }

    /// Somebody has received something, here or elsewhere; the queue is told.
    pub(super) fn received(&mut self, operator: &OperatorId, by: i64, at: Option<Timestamp>) {
        self.queue.received(operator, by, at);
        self.note(operator, by, at);
    }

    /// The queue knows it already.
    pub(super) fn note(&mut self, operator: &OperatorId, by: i64, at: Option<Timestamp>) {
        let (received, last) = self.counters.entry(operator.clone()).or_default();
        *received = received.saturating_add(by);
        *last = (*last).max(at);
    }

    /// Whether it has opened or closed since it last looked.
    fn turns(&mut self, now: Timestamp) -> bool {
        let open = self.hours.is_open(now);
        self.turns_at = self.hours.changes_next(now);
        self.queue.set_open(open);
        std::mem::replace(&mut self.open, open) != open
    }
}

impl World {
    /// Its queue is made from what is stored, in the order in which nobody is raised for it.
    pub(super) fn start_line(&mut self, id: &LineId) {
        let Some(line) = self.lines.get_mut(id) else { return };
        let mut queue = Queue::new(&self.limits);
        for (operator, (received, last)) in &line.counters {
            queue.received(operator, *received, *last);
        }
        for (operator, conversation) in self.places.all() {
            queue.hold(operator, conversation, true);
        }
        for conversation in self.live.values() {
            let offers = conversation.open_offers().iter();
            let operators: Vec<_> = offers.map(|offer| offer.operator.clone()).collect();
            queue.offered(&conversation.id, &operators);
        }
        for known in self.operators.all() {
            queue.operator(&known.operator, known.present);
        }
        queue.configure(&line.settings);
        for conversation in self.live.values().filter(|conversation| conversation.line == *id) {
            queue.follow(conversation, &[]);
        }
        queue.keep();
        line.queue = queue;
        self.look_at_the_clock(id);
    }

    /// Every line that has opened or closed meanwhile does what that asks for. Answers if there was
    /// one.
    pub(super) fn turn_lines(&mut self) -> bool {
        let is_due = |line: &LineState| line.turns_at.is_some_and(|at| at <= self.now);
        let due = self.lines.iter().filter(|(_, line)| is_due(line));
        let due: Vec<LineId> = due.map(|(id, _)| id.clone()).collect();
        for line in &due {
            self.look_at_the_clock(line);
            let gone: BTreeSet<OperatorId> = self.operators.gone().cloned().collect();
            self.reconsider(line, |c| c.minds_turns(|operator| gone.contains(operator)));
        }
        if !due.is_empty() {
            self.settle();
        }
        !due.is_empty()
    }

    pub(super) fn look_at_the_clock(&mut self, id: &LineId) {
        let now = self.now;
        let Some(line) = self.lines.get_mut(id) else { return };
        if line.turns(now) {
            let (line, open) = (id.clone(), line.open);
            self.happened.push(Happened::Turned { at: now, line, open });
        }
    }

    /// Those of its conversations that it concerns take the rules and the hours as they are now,
    /// those that wait first and the oldest of them first.
    pub(super) fn reconsider(&mut self, id: &LineId, concerns: impl Fn(&Conversation) -> bool) {
        let Some(line) = self.lines.get(id) else { return };
        let waiting = line.queue.waiting();
        let waiting = waiting.into_iter().filter(|id| self.live.get(id).is_some_and(&concerns));
        let is_other =
            |c: &&Conversation| c.line == *id && !matches!(c.state, State::Waiting { .. });
        let others = self.live.values().filter(is_other).filter(|c| concerns(c));
        let concerned: Vec<_> = waiting.chain(others.map(|c| c.id.clone())).collect();
        for conversation in &concerned {
            self.step(conversation, Input::Reconsider);
        }
    }
}
