//! How it ends: finished by a person, closed for silence, thrown out as spam.

use crate::conversation::turn::{Turn, after};
use crate::conversation::{Conversation, State};
use crate::effect::{Effect, Refusal};
use crate::entry::{CloseReason, Fact};
use crate::id::OperatorId;
use crate::line::ClosingRule;
use crate::texts::Kind;

impl Conversation {
    /// Finishes it, whoever holds it: that `operator` may is decided outside.
    pub(super) fn finish(&mut self, operator: OperatorId, silent: bool, turn: &mut Turn<'_>) {
        match &self.state {
            State::Waiting { .. } | State::Offered { .. } | State::Active(_) => {}
            State::Closing { .. } => return turn.refuse(Refusal::NotNow),
            State::Closed { .. } => return turn.refuse(Refusal::Closed),
        }
        let wants_topic = turn.line.topic_required && self.topic.is_none();
        if wants_topic && self.holder() == Some(&operator) {
            return turn.refuse(Refusal::TopicRequired);
        }
        let fact = Fact::Finished { operator: operator.clone(), silent };
        self.fact(fact, turn);
        let closing = &turn.line.closing;
        let rule = if silent { ClosingRule::Nothing } else { closing.rule };
        self.last_words(rule, Kind::Closing, Some(operator), turn);
        self.end(CloseReason::Finished, turn);
    }

    pub(super) fn close_for_silence(&mut self, turn: &mut Turn<'_>) {
        self.fact(Fact::SilentTooLong, turn);
        let holder = self.holder().cloned();
        self.last_words(turn.line.auto_close.rule, Kind::AutoClose, holder, turn);
        self.end(CloseReason::Silence, turn);
    }

    /// What the customer is told at the end, once. A rating is of whoever finished.
    fn last_words(
        &mut self,
        rule: ClosingRule,
        text: Kind,
        finisher: Option<OperatorId>,
        turn: &mut Turn<'_>,
    ) {
        match rule {
            ClosingRule::Reply | ClosingRule::Rating => {}
            ClosingRule::Nothing => return,
        }
        if !std::mem::replace(&mut self.closing_text_sent, true) {
            self.say(text, turn);
        }
        if rule == ClosingRule::Rating {
            self.request_rating(finisher, turn);
        }
    }

    /// Opens the window in which the customer comes back to the operator he had. Without one there
    /// is nothing to come back to, and the conversation closes at once.
    fn end(&mut self, reason: CloseReason, turn: &mut Turn<'_>) {
        let holder = match &self.state {
            State::Active(held) => Some(held.operator.clone()),
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Closing { .. }
            | State::Closed { .. } => None,
        };
        self.let_go(turn);
        turn.push(Effect::Finished { operator: holder.clone() });
        let window = turn.line.reopen_window();
        match holder {
            Some(operator) if !window.is_zero() => {
                let until = after(turn.now, window);
                self.state = State::Closing { operator, until, reason };
            }
            operator => self.close(operator, reason, turn),
        }
    }

    /// Frees what it takes of anybody: places, offers, attention.
    fn let_go(&mut self, turn: &mut Turn<'_>) {
        self.give_place_back(turn);
        self.withdraw_offers(None, turn);
        self.waiting_since = None;
        self.draft = None;
        self.joined.clear();
    }

    pub(super) fn spam(&mut self, operator: OperatorId, block: bool, turn: &mut Turn<'_>) {
        if self.is_closed() {
            return turn.refuse(Refusal::Closed);
        }
        let holder = self.holder().cloned();
        self.let_go(turn);
        self.rating.withdraw();
        self.fact(Fact::MarkedSpam { operator: operator.clone(), blocked: block }, turn);
        turn.push(Effect::Spam { by: operator, block });
        self.close(holder, CloseReason::Spam, turn);
    }

    pub(super) fn close(
        &mut self,
        operator: Option<OperatorId>,
        reason: CloseReason,
        turn: &mut Turn<'_>,
    ) {
        self.state = State::Closed { operator, at: turn.now, reason: reason.clone() };
        self.fact(Fact::Closed { reason }, turn);
        turn.push(Effect::Closed);
    }
}
