//! How the search for an operator stands: rounds, who has passed, and what is armed meanwhile.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::conversation::turn::after;
use crate::id::OperatorId;
use crate::line::{LineSettings, UnansweredRule};
use crate::routing::{Passed, PassedHow};

/// How the search for an operator stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Since when it has been without an operator.
    pub since: Timestamp,
    /// Since when the line routes it; none: the line is inactive.
    pub routed_since: Option<Timestamp>,
    /// 1, 2, ...
    pub round: u32,
    /// When the first offer of this round was made.
    pub round_began: Option<Timestamp>,
    /// Those who declined or missed in this round, and those whom the round leaves out because
    /// they declined shortly before it.
    pub passed: Vec<Passed>,
    /// Offers were made and everybody eligible has passed.
    pub exhausted: bool,
    /// It is in the history that this round found nobody; once is enough.
    pub nobody_recorded: bool,
    /// When the next round begins; none: it does not by itself.
    pub next_round_at: Option<Timestamp>,
    /// When the unanswered text is due; none: not by the clock.
    pub text_at: Option<Timestamp>,
}

impl Search {
    pub(super) fn begin(now: Timestamp) -> Self {
        Self {
            since: now,
            routed_since: None,
            round: 1,
            round_began: None,
            passed: Vec::new(),
            exhausted: false,
            nobody_recorded: false,
            next_round_at: None,
            text_at: None,
        }
    }

    /// In the unanswered list: its round is exhausted and no other begins by itself.
    pub fn is_unanswered(&self) -> bool {
        self.exhausted && self.next_round_at.is_none()
    }

    /// The line is inactive: nothing goes on by the clock.
    pub(super) fn pause(&mut self) {
        self.routed_since = None;
        self.next_round_at = None;
        self.text_at = None;
    }

    /// The line routes it: the wait for the text runs, also when the rules were changed meanwhile.
    pub(super) fn run(&mut self, line: &LineSettings, text_sent: bool, now: Timestamp) {
        let since = *self.routed_since.get_or_insert(now);
        let by_the_clock = !text_sent && line.unanswered_text().is_some();
        let wait = line.unanswered.after_seconds;
        self.text_at = (by_the_clock && wait > 0)
            .then(|| after(since, SignedDuration::from_secs(wait.into())));
    }

    pub(super) fn offered(&mut self, now: Timestamp) {
        self.round_began.get_or_insert(now);
        self.exhausted = false;
        self.next_round_at = None;
    }

    pub(super) fn pass(&mut self, operator: OperatorId, how: PassedHow, at: Timestamp) {
        self.passed.push(Passed { operator, how, at });
    }

    /// Whether an answer of "nobody" ends the round. An operator who went away has not passed, and
    /// a conversation that nobody was offered keeps its place.
    pub(super) fn nobody_ends_round(&self) -> bool {
        !self.exhausted && self.round_began.is_some() && !self.passed.is_empty()
    }

    /// The round is over; the rule says whether another one follows by itself.
    pub(super) fn exhaust(&mut self, line: &LineSettings, now: Timestamp) {
        self.exhausted = true;
        self.next_round_at = match line.unanswered.rule {
            UnansweredRule::Requeue => {
                let earliest = self.round_began.map(|began| after(began, line.offer_timeout()));
                Some(earliest.map_or(now, |earliest| earliest.max(now)))
            }
            UnansweredRule::Reply | UnansweredRule::Nothing => None,
        };
    }

    /// Nobody remains beside those whom this round leaves out: it begins when the first of them
    /// may be asked again.
    pub(super) fn await_left_out(&mut self, timeout: SignedDuration) {
        if !self.exhausted {
            self.next_round_at = self.passed.iter().map(|p| after(p.at, timeout)).min();
        }
    }

    /// Begins the next round, or begins once more one that had nobody to ask. Leaves out whoever
    /// declined within the last offer timeout.
    pub(super) fn next_round(&mut self, timeout: SignedDuration, now: Timestamp) {
        if self.exhausted {
            self.round = self.round.saturating_add(1);
            self.round_began = None;
            self.exhausted = false;
            self.nobody_recorded = false;
        }
        self.next_round_at = None;
        self.passed.retain(|p| p.how == PassedHow::Declined && after(p.at, timeout) > now);
    }
}
