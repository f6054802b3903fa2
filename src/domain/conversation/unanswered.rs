//! When nobody answers: waiting for somebody eligible, the end of a round, the text, the next round.

use crate::conversation::turn::Turn;
use crate::conversation::{Conversation, Search, State};
use crate::entry::{Author, Fact};
use crate::routing::Explanation;

impl Conversation {
    pub(super) fn nobody_found(&mut self, explanation: Explanation, turn: &mut Turn<'_>) {
        let Some(search) = self.search_mut() else {
            return turn.ignore("nobody is sought");
        };
        let round = search.round;
        let round_ends = search.nobody_ends_round();
        if round_ends {
            search.exhaust(turn.line, turn.now);
        } else {
            search.await_left_out(turn.line.offer_timeout());
        }
        if !std::mem::replace(&mut search.nobody_recorded, true) {
            let (offer, until, operators) = (None, None, Vec::new());
            self.fact(Fact::Routed { round, offer, operators, until, explanation }, turn);
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
        if search.is_unanswered() && turn.line.active {
            search.next_round(turn.line.offer_timeout(), turn.now);
            self.seek(turn);
        } else if search.routed_since.is_none() {
            self.seek(turn);
        }
    }

    pub(super) fn somebody_eligible(&mut self, turn: &mut Turn<'_>) {
        match &self.state {
            State::Waiting { .. } if turn.line.active => self.seek(turn),
            State::Waiting { .. } => turn.ignore("the line is inactive"),
            State::Offered { .. }
            | State::Active { .. }
            | State::Closing { .. }
            | State::Closed { .. } => turn.ignore("nobody is sought"),
        }
    }

    /// The text is due, or the next round, or both.
    pub(super) fn wait_is_over(&mut self, turn: &mut Turn<'_>) {
        self.send_text_if_due(turn);
        let State::Waiting { search } = &mut self.state else {
            return turn.ignore("it does not wait");
        };
        if !turn.line.active {
            search.pause();
        } else if turn.is_due(search.next_round_at) {
            search.next_round(turn.line.offer_timeout(), turn.now);
            self.seek(turn);
        }
    }

    /// Takes the rules as they are now. A search that runs is woken by the queue, not from here.
    pub(super) fn settings_changed(&mut self, turn: &mut Turn<'_>) {
        let text_sent = self.unanswered_text_sent;
        let fresh = matches!(&self.state, State::Waiting { search }
            if search.routed_since.is_none() && !search.exhausted);
        let Some(search) = self.search_mut() else {
            return turn.ignore("nobody is sought");
        };
        let before = search.clone();
        if !turn.line.active {
            search.pause();
        } else if fresh {
            return self.seek(turn);
        } else {
            search.run(turn.line, text_sent, turn.now);
            if search.exhausted {
                search.exhaust(turn.line, turn.now);
                self.send_text(turn);
            }
        }
        let same = self.search_mut().is_some_and(|search| *search == before);
        if same && turn.effects.is_empty() {
            turn.ignore("the change does not concern it");
        }
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
        let text = turn.line.unanswered_text().filter(|_| turn.line.active);
        let Some(text) = text.filter(|_| !self.unanswered_text_sent) else {
            return;
        };
        self.unanswered_text_sent = true;
        self.send(Author::Line, text.to_owned(), turn);
    }

    fn search_mut(&mut self) -> Option<&mut Search> {
        match &mut self.state {
            State::Waiting { search } | State::Offered { search, .. } => Some(search),
            State::Active { .. } | State::Closing { .. } | State::Closed { .. } => None,
        }
    }
}
