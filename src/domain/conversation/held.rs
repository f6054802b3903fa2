//! While somebody has it: his place, and every deadline that runs meanwhile.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::turn::{Turn, after};
use crate::conversation::{Conversation, State};
use crate::effect::{Effect, PlaceLimit};
use crate::entry::{Fact, RoutedAgainWhy};
use crate::id::OperatorId;
use crate::line::{AnswerRule, ClosingRule};

/// How an operator has a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub operator: OperatorId,
    pub since: Timestamp,
    /// It takes a place of his capacity.
    pub place: bool,
    /// Since when the customer is silent after an operator's message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_since: Option<Timestamp>,
    /// Since when he is gone, as far as the conversation knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub away_since: Option<Timestamp>,
    /// The customer has waited longer than the line allows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// He has put it aside until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_until: Option<Timestamp>,
    /// When it ceases to take a place unless somebody writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_at: Option<Timestamp>,
    /// When the customer has waited too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_at: Option<Timestamp>,
    /// When it is routed again unless he comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reroute_at: Option<Timestamp>,
    /// When it closes by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_at: Option<Timestamp>,
}

impl Held {
    pub(super) fn by(
        operator: OperatorId,
        place: Place,
        silent_since: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        Self {
            operator,
            since: now,
            place: place == Place::Taken,
            silent_since,
            away_since: None,
            late: false,
            hold_until: None,
            idle_at: None,
            late_at: None,
            reroute_at: None,
            close_at: None,
        }
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        [self.idle_at, self.late_at, self.reroute_at, self.close_at, self.hold_until]
            .into_iter()
            .flatten()
            .min()
    }
}

/// Whether the operator's place is taken already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Taken,
    ToTake,
}

impl Conversation {
    /// Takes or gives back the place of whoever has it, and sets every deadline anew from what the
    /// conversation and the line's rules say now.
    pub(super) fn arm(&mut self, turn: &mut Turn<'_>) {
        let (waiting, last_word) = (self.waiting_since, self.last_word_at);
        let State::Active(held) = &mut self.state else { return };
        let rules = turn.line;
        let idle = turn.facts.limits.place_idle;
        let idle_at = after(last_word, idle);
        let is_busy = waiting.is_some() || idle.is_zero() || idle_at > turn.now;
        let place = held.hold_until.is_none() && is_busy;
        if place != held.place {
            held.place = place;
            let operator = held.operator.clone();
            turn.push(if place {
                Effect::Reserve { operator, limit: PlaceLimit::Beyond }
            } else {
                Effect::Release { operator }
            });
        }
        let runs_out = place && waiting.is_none() && !idle.is_zero();
        held.idle_at = runs_out.then_some(idle_at);
        let hours = turn.facts.hours;
        held.late_at = match (waiting, rules.answer_limit()) {
            (Some(waiting), Some(limit)) if !held.late => {
                Some(turn.when_open(hours.after_open(waiting.max(held.since), limit)))
            }
            (Some(_) | None, Some(_) | None) => None,
        };
        held.reroute_at = match (waiting, held.away_since) {
            (Some(waiting), Some(away)) if rules.active => {
                Some(turn.when_open(hours.after_open(waiting.max(away), rules.offer_timeout())))
            }
            (Some(_) | None, Some(_) | None) => None,
        };
        let silent = held.silent_since.filter(|_| waiting.is_none() && held.hold_until.is_none());
        held.close_at = silent.and_then(|since| Some(after(since, rules.auto_close_after()?)));
        if rules.auto_close.rule != ClosingRule::Nothing {
            // Its texts wait for the opening.
            held.close_at = held.close_at.map(|at| turn.when_open(at));
        }
    }

    /// One step for the most important of what is due.
    pub(super) fn held_too_long(&mut self, turn: &mut Turn<'_>) {
        // What was due in open hours, and is noticed while the line is closed, waits for the opening.
        self.arm(turn);
        let State::Active(held) = &mut self.state else {
            return turn.ignore("nobody has it");
        };
        if turn.is_due(held.reroute_at) {
            if turn.colleague_is_gone() {
                self.route_again(RoutedAgainWhy::Absent, turn);
            } else {
                held.away_since = None;
            }
        } else if turn.is_due(held.late_at) {
            self.answer_is_late(turn);
        } else if turn.is_due(held.hold_until) {
            self.end_hold(turn);
        } else if turn.is_due(held.close_at) {
            self.close_for_silence(turn);
        }
        // What is left is the place, which `arm` gives back.
    }

    fn answer_is_late(&mut self, turn: &mut Turn<'_>) {
        let State::Active(held) = &mut self.state else { return };
        held.late = true;
        let operator = held.operator.clone();
        let loses = match turn.line.answer.rule {
            AnswerRule::Requeue => !self.writers.contains(&operator) && turn.line.active,
            AnswerRule::Alert => false,
        };
        if loses {
            self.route_again(RoutedAgainWhy::AnswerLimit, turn);
        } else {
            self.fact(Fact::AnswerLate { operator }, turn);
        }
    }

    /// It returns to the top of his list.
    pub(super) fn end_hold(&mut self, turn: &mut Turn<'_>) {
        let State::Active(held) = &mut self.state else { return };
        if held.hold_until.take().is_none() {
            return;
        }
        // The customer's silence counts from here on.
        held.silent_since = held.silent_since.map(|_| turn.now);
        let operator = held.operator.clone();
        self.fact(Fact::HoldEnded { operator }, turn);
    }
}
