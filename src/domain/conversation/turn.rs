//! What one input may look at, and the effects it gathers.

use jiff::{SignedDuration, Timestamp};

use crate::effect::{Effect, Facts, Refusal};
use crate::line::LineSettings;

pub(super) struct Turn<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) line: &'a LineSettings,
    pub(super) now: Timestamp,
    pub(super) effects: Vec<Effect>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(facts: &'a Facts<'a>, now: Timestamp) -> Self {
        Self { facts, line: facts.line, now, effects: Vec::new() }
    }

    pub(super) fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn ignore(&mut self, reason: &'static str) {
        self.push(Effect::Ignore(reason));
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.push(Effect::Refuse(refusal));
    }

    pub(super) fn is_due(&self, at: Option<Timestamp>) -> bool {
        at.is_some_and(|at| at <= self.now)
    }

    pub(super) fn is_open(&self) -> bool {
        self.facts.hours.is_open(self.now)
    }

    /// Whether the line offers anything to anybody now.
    pub(super) fn routes(&self) -> bool {
        self.line.active && self.is_open()
    }

    /// The operator in question is gone, and the line minds.
    pub(super) fn colleague_is_gone(&self) -> bool {
        self.facts.colleague.is_some_and(|colleague| colleague.departure.is_some())
            && self.line.queue.require_available
    }

    pub(super) fn has_appended(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Append(_)))
    }

    /// The input was refused or ignored: nothing has changed.
    pub(super) fn is_void(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Refuse(_) | Effect::Ignore(_)))
    }
}

/// `wait` after `from`, or the end of time.
pub(super) fn after(from: Timestamp, wait: SignedDuration) -> Timestamp {
    from.checked_add(wait).unwrap_or(Timestamp::MAX)
}
