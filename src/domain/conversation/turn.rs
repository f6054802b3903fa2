//! What one input may look at, and the effects it gathers.

use jiff::{SignedDuration, Timestamp};

use crate::effect::{Effect, Refusal};
use crate::line::LineSettings;

pub(super) struct Turn<'a> {
    pub(super) line: &'a LineSettings,
    pub(super) now: Timestamp,
    pub(super) effects: Vec<Effect>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(line: &'a LineSettings, now: Timestamp) -> Self {
        Self { line, now, effects: Vec::new() }
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

    pub(super) fn has_appended(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Append(_)))
    }
}

/// `wait` after `from`, or the end of time.
pub(super) fn after(from: Timestamp, wait: SignedDuration) -> Timestamp {
    from.checked_add(wait).unwrap_or(Timestamp::MAX)
}
