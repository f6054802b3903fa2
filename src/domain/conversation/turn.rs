//! What one input may look at, and the effects it gathers.

use jiff::{SignedDuration, Timestamp};

use crate::effect::{Effect, Facts, Refusal};
use crate::line::LineSettings;
use crate::operator::Departure;

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

    /// The same moment, or the next opening if the line is closed then, or now that it has passed.
    /// A line that never opens again keeps the moment.
    pub(super) fn when_open(&self, at: Timestamp) -> Timestamp {
        let hours = self.facts.hours;
        let earliest = at.max(self.now);
        if hours.is_open(earliest) { at } else { hours.opens_next(earliest).unwrap_or(at) }
    }

    /// Whether the line offers anything to anybody now.
    pub(super) fn routes(&self) -> bool {
        self.line.active && self.is_open()
    }

    /// How the operator in question is gone, if he is and the line minds.
    pub(super) fn departure(&self) -> Option<Departure> {
        let departure = self.facts.colleague.and_then(|colleague| colleague.departure);
        departure.filter(|departure| self.minds(*departure))
    }

    /// Whether a departure moves anything in this line.
    pub(super) fn minds(&self, departure: Departure) -> bool {
        match departure {
            Departure::Absent => self.line.queue.require_available,
            Departure::Disabled => true,
        }
    }

    pub(super) fn colleague_is_gone(&self) -> bool {
        self.departure().is_some()
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
