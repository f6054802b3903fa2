//! How the search for an operator stands: rounds, who has passed, and what is armed meanwhile.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::conversation::turn::{Turn, after};
use crate::id::OperatorId;
use crate::line::{LineSettings, UnansweredRule};
use crate::routing::{Decision, Passed, PassedHow};

/// How the search for an operator stands.
#[expect(clippy::struct_excessive_bools, reason = "each says that one thing has been done")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Its place in the line: since when it waits for an operator.
    pub since: Timestamp,
    /// Since when the line routes it; none: it does not yet, or is inactive.
    pub routed_since: Option<Timestamp>,
    /// The line is closed or inactive: nothing runs until it routes again and asks the queue.
    pub asleep: bool,
    /// 1, 2, ...
    pub round: u32,
    /// When the first offer of this round was made.
    pub round_began: Option<Timestamp>,
    /// Those who declined or missed in this round, and those whom the round leaves out because
    /// they declined shortly before it.
    pub passed: Vec<Passed>,
    /// Somebody has declined or missed in this round.
    pub somebody_passed: bool,
    /// Offers were made and everybody eligible has passed.
    pub exhausted: bool,
    /// It is in the history that this round found nobody; once is enough.
    pub nobody_recorded: bool,
    /// When the queue was asked that has not answered: it is asked again at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// When the next round begins; none: it does not by itself.
    pub next_round_at: Option<Timestamp>,
    /// When the unanswered text is due; none: not by the clock.
    pub text_at: Option<Timestamp>,
    /// The responsible has had his turn in this search: he is asked first once.
    pub responsible_asked: bool,
    /// So has the operator whom the customer knows.
    pub known_asked: bool,
    /// The responsible could not be asked: it lies in his list, and he may take it.
    pub listed_for: Option<OperatorId>,
    /// Who lost it by being away. It is his again if he is back before another has it.
    pub returns_to: Option<OperatorId>,
}

impl Search {
    pub(super) fn begin(since: Timestamp) -> Self {
        Self {
            since,
            routed_since: None,
            asleep: false,
            round: 1,
            round_began: None,
            passed: Vec::new(),
            somebody_passed: false,
            exhausted: false,
            nobody_recorded: false,
            asked_at: None,
            next_round_at: None,
            text_at: None,
            responsible_asked: false,
            known_asked: false,
            listed_for: None,
            returns_to: None,
        }
    }

    /// In the unanswered list: its round is exhausted and no other begins by itself.
    pub fn is_unanswered(&self) -> bool {
        self.exhausted && self.next_round_at.is_none() && !self.asleep
    }

    /// The line is inactive: nothing goes on by the clock.
    pub(super) fn pause(&mut self) {
        self.routed_since = None;
        self.sleep();
    }

    /// The line is closed: nothing goes on before it opens.
    pub(super) fn sleep(&mut self) {
        self.asleep = true;
        self.asked_at = None;
        self.next_round_at = None;
        self.text_at = None;
    }

    /// The line routes it again. What was exhausted has a new round, whatever the rule: whoever was
    /// told when the line opens is not to wait for nothing. It is awake when the queue has answered.
    pub(super) fn wake(&mut self, line: &LineSettings, now: Timestamp) {
        if self.asleep && self.exhausted {
            self.next_round(line.offer_timeout(), now);
        }
    }

    /// The line routes it: the wait for the text runs, in open hours, also when the rules were
    /// changed meanwhile. `waits_since`: none, if the text is not for this customer any more.
    pub(super) fn run(&mut self, waits_since: Option<Timestamp>, turn: &Turn<'_>) {
        let routed_since = *self.routed_since.get_or_insert(turn.now);
        let wait = turn.line.unanswered_after().filter(|_| turn.line.unanswered_text().is_some());
        self.text_at = waits_since.zip(wait).map(|(waits_since, wait)| {
            turn.facts.hours.after_open(waits_since.max(routed_since), wait)
        });
    }

    /// What goes on by the clock next, and when.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        [self.asked_at, self.text_at, self.next_round_at].into_iter().flatten().min()
    }

    pub(super) fn offered(&mut self, now: Timestamp) {
        self.round_began.get_or_insert(now);
        self.exhausted = false;
        self.next_round_at = None;
    }

    pub(super) fn pass(&mut self, operator: OperatorId, how: PassedHow, at: Timestamp) {
        self.passed.push(Passed { operator, how, at });
        self.somebody_passed = true;
    }

    /// Whether an answer of "nobody" ends the round. An operator who went away has not passed, nor
    /// has whom the round leaves out, and a conversation that nobody was offered keeps its place.
    /// Nor is it over while somebody is eligible who is left to a conversation that waits longer.
    pub(super) fn nobody_ends_round(&self, nobody: &Decision) -> bool {
        !self.exhausted && self.somebody_passed && nobody.explanation.others.eligible == 0
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
    pub(super) fn await_left_out(&mut self, timeout: SignedDuration, now: Timestamp) {
        if !self.exhausted {
            let first = self.passed.iter().map(|p| after(p.at, timeout)).min();
            self.next_round_at = first.map(|at| at.max(now));
        }
    }

    /// Begins the next round, or begins once more one that had nobody to ask. Leaves out whoever
    /// declined within the last offer timeout.
    pub(super) fn next_round(&mut self, timeout: SignedDuration, now: Timestamp) {
        if self.exhausted {
            self.round = self.round.saturating_add(1);
            self.round_began = None;
            self.somebody_passed = false;
            self.exhausted = false;
            self.nobody_recorded = false;
        }
        self.next_round_at = None;
        self.passed.retain(|p| p.how == PassedHow::Declined && after(p.at, timeout) > now);
    }
}
