//! When nobody answers: waiting for somebody eligible, the end of a round, the text, the next round.

use jiff::Timestamp;

use crate::conversation::turn::Turn;
use crate::conversation::{Conversation, State};
use crate::entry::Fact;
use crate::routing::Decision;
use crate::texts::Kind;

impl Conversation {
    /// The round would be over at the very opening: those who let an offer run out after the closing
    /// are asked once more.
    pub(super) fn begin_anew(&mut self, turn: &mut Turn<'_>) {
        if let Some(search) = self.search_mut() {
            search.exhausted = true;
            search.next_round(turn.line.offer_timeout(), turn.now);
        }
        self.seek(turn);
    }

    pub(super) fn nobody_found(&mut self, decision: Decision, turn: &mut Turn<'_>) {
        let Some(search) = self.search_mut() else {
            return turn.ignore("nobody is sought");
        };
        let round = search.round;
        let round_ends = search.nobody_ends_round(&decision);
        if round_ends {
            search.exhaust(turn.line, turn.now);
        } else {
            search.await_left_out(turn.line.offer_timeout(), turn.now);
        }
        let recorded = std::mem::replace(&mut search.nobody_recorded, true);
        if !recorded || decision.listed_for.is_some() {
            let Decision { via, listed_for, explanation, .. } = decision;
            let (offer, until, operators) = (None, None, Vec::new());
            let fact =
                Fact::Routed { round, via, offer, operators, listed_for, until, explanation };
            self.fact(fact, turn);
        }
        if round_ends {
            self.fact(Fact::RoundExhausted { round }, turn);
            self.send_text(turn);
        }
    }

    /// A message starts a search, or a new round unless one is running or about to begin.
    pub(super) fn message_while_waiting(&mut self, turn: &mut Turn<'_>) {
        let State::Waiting { search } = &mut self.state else {
            return;
        };
        if !turn.routes() {
            // Not routed now: the customer is told when it will be, if he has not been told.
            return self.seek(turn);
        }
        if search.is_unanswered() {
            search.next_round(turn.line.offer_timeout(), turn.now);
            self.seek(turn);
        } else if search.routed_since.is_none() || search.asleep {
            self.seek(turn);
        }
    }

    pub(super) fn somebody_eligible(&mut self, turn: &mut Turn<'_>) {
        match &self.state {
            State::Waiting { .. } if turn.routes() => self.seek(turn),
            State::Waiting { .. } => turn.ignore("the line does not route now"),
            State::Offered { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => turn.ignore("nobody is sought"),
        }
    }

    /// The text is due, or the next round, or the queue has not answered, or several of them.
    pub(super) fn wait_is_over(&mut self, turn: &mut Turn<'_>) {
        if !turn.routes() {
            return self.seek(turn);
        }
        self.send_text_if_due(turn);
        let State::Waiting { search } = &mut self.state else {
            return turn.ignore("it does not wait");
        };
        let begins = turn.is_due(search.next_round_at);
        if begins {
            search.next_round(turn.line.offer_timeout(), turn.now);
        }
        if begins || turn.is_due(search.asked_at) {
            self.seek(turn);
        }
    }

    /// Takes the rules and the hours as they are now. A search that runs is woken by the queue, not
    /// from here.
    pub(super) fn reconsider(&mut self, turn: &mut Turn<'_>) {
        let before = self.clone();
        match &self.state {
            State::Waiting { .. } => self.reconsider_waiting(turn),
            State::Offered { .. } => self.set_text_time(turn),
            State::Active(_) => {
                if turn.colleague_is_gone() {
                    self.wait_for_him(turn);
                }
                self.arm(turn);
            }
            State::Closing { .. } | State::Closed { .. } => {}
        }
        if *self == before && turn.effects.is_empty() {
            turn.ignore("the change does not concern it");
        }
    }

    fn reconsider_waiting(&mut self, turn: &mut Turn<'_>) {
        let State::Waiting { search } = &mut self.state else { return };
        if !turn.routes() {
            return self.seek(turn);
        }
        if search.routed_since.is_none() || search.asleep {
            return self.seek(turn);
        }
        let was_exhausted = search.exhausted;
        self.set_text_time(turn);
        if was_exhausted {
            if let Some(search) = self.search_mut() {
                search.exhaust(turn.line, turn.now);
            }
            self.send_text(turn);
        }
    }

    /// When the text is due, in a search that the line has begun: a transfer is none of its.
    pub(super) fn set_text_time(&mut self, turn: &mut Turn<'_>) {
        let waits_since = self.waits_for_text_since();
        let Some(search) = self.search_mut().filter(|search| search.routed_since.is_some()) else {
            return;
        };
        if turn.routes() {
            search.run(waits_since, turn);
        } else {
            search.text_at = None;
        }
    }

    /// Since when the customer waits, if the text may still be sent to him.
    pub(super) fn waits_for_text_since(&self) -> Option<Timestamp> {
        self.waiting_since.filter(|_| !self.unanswered_text_sent)
    }

    pub(super) fn send_text_if_due(&mut self, turn: &mut Turn<'_>) {
        let due = self.search_mut().is_some_and(|search| turn.is_due(search.text_at));
        if due {
            self.send_text(turn);
        }
    }

    /// Sends the text, if the rule wants it and it has not been sent.
    fn send_text(&mut self, turn: &mut Turn<'_>) {
        if let Some(search) = self.search_mut() {
            search.text_at = None;
        }
        let wanted = turn.routes() && turn.line.unanswered_text().is_some();
        // Who has been answered and waits for nothing is not told to wait.
        if !wanted || self.unanswered_text_sent || self.waiting_since.is_none() {
            return;
        }
        self.unanswered_text_sent = true;
        self.say(Kind::Unanswered, turn);
    }
}
