//! One step of a conversation: its input, what its queue answers, and all that follows from it, or
//! nothing of it.

use jiff::Timestamp;

use crate::conversation::Conversation;
use crate::customer::KnownOperator;
use crate::effect::{Effect, Facts, Input, Refusal};
use crate::id::{ConversationId, OperatorId};
use crate::routing::Seek;
use crate::world::news::News;
use crate::world::{FollowUp, Happened, Outcome, Step, World};

/// Somebody has no place for what was decided.
struct Full;

impl World {
    /// Takes an input as one commit. What is refused because somebody is full after all is decided
    /// once more, with all that has happened in other lines.
    pub(super) fn step(&mut self, id: &ConversationId, input: Input) -> Outcome {
        let Some(line) = self.conversation(id).map(|conversation| conversation.line.clone()) else {
            return Outcome::Unknown;
        };
        let tried = self.attempt(id, &input).or_else(|Full| {
            self.hear();
            self.attempt(id, &input)
        });
        let effects = tried.unwrap_or_else(|Full| vec![Effect::Refuse(Refusal::Full)]);
        let outcome = outcome(&effects);
        if matches!(outcome, Outcome::Done | Outcome::Refused(_)) {
            let (at, conversation) = (self.now, id.clone());
            let step = Step { at, line, conversation, input, effects };
            self.happened.push(Happened::Step(Box::new(step)));
        }
        outcome
    }

    /// Decides, and keeps it if the store takes it.
    fn attempt(&mut self, id: &ConversationId, input: &Input) -> Result<Vec<Effect>, Full> {
        let Some(before) = self.conversation(id).cloned() else { return Ok(Vec::new()) };
        let mut after = before.clone();
        let effects = self.decide(&mut after, input.clone());
        let Some(line) = self.lines.get_mut(&before.line) else { return Ok(Vec::new()) };
        if self.places.are_wanting(id, &effects, &self.operators) {
            line.queue.take_back();
            return Err(Full);
        }
        line.queue.keep();
        if outcome(&effects) == Outcome::Done {
            self.commit(&before, after, &effects);
        }
        Ok(effects)
    }

    /// The conversation and its queue in turns, as long as it seeks somebody.
    fn decide(&mut self, conversation: &mut Conversation, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let made = self.tell(conversation, input);
            if let Some(line) = self.lines.get_mut(&conversation.line) {
                line.queue.follow(conversation, &made);
                next = made.iter().find_map(seek).map(|seek| {
                    let reach = seek.responsible.as_ref().map(|who| self.operators.reach(who));
                    let reach = reach.unwrap_or(crate::queue::Reach::None);
                    Input::Decided(line.queue.next(seek, reach))
                });
            }
            effects.extend(made);
        }
        effects
    }

    fn tell(&self, conversation: &mut Conversation, input: Input) -> Vec<Effect> {
        let Some(line) = self.lines.get(&conversation.line) else { return Vec::new() };
        let customer = conversation.customer.as_ref();
        let colleague = conversation.concerns().and_then(|who| self.operators.colleague(who));
        let facts = Facts {
            line: &line.settings,
            hours: &line.hours,
            limits: &self.limits,
            company: &self.company,
            colleague,
            customer: &self.customers.facts(customer, &conversation.id, &self.live),
        };
        conversation.handle(input, &facts, self.now)
    }

    fn commit(&mut self, before: &Conversation, after: Conversation, effects: &[Effect]) {
        self.timers.set(&after.id, after.deadline());
        self.tell_of_offers(before, &after);
        for effect in effects {
            self.carry_out(effect, &after);
        }
        self.chat_of(&after.chat).texts_sent = after.texts_sent.clone();
        if !after.is_closed() {
            self.live.insert(after.id.clone(), after);
        } else if self.live.remove(&after.id).is_some() {
            self.close(after);
        } else {
            self.closed.insert(after.id.clone(), after);
        }
    }

    /// It is closed from now on. One that goes on elsewhere leaves the chat to its next part.
    fn close(&mut self, conversation: Conversation) {
        self.customers.closed(conversation.customer.as_ref(), &conversation.id);
        let chat = self.chat_of(&conversation.chat);
        if chat.open.as_ref() != Some(&conversation.id) {
            return;
        }
        chat.open = None;
        chat.rating_until = conversation.rating.open.as_ref().map(|open| open.until);
        if let Some(last) = chat.last.replace(conversation.id.clone()) {
            self.closed.remove(&last);
        }
        self.closed.insert(conversation.id.clone(), conversation);
    }

    fn tell_of_offers(&mut self, before: &Conversation, after: &Conversation) {
        let offered = |conversation: &Conversation| -> Vec<OperatorId> {
            conversation.open_offers().iter().map(|offer| offer.operator.clone()).collect()
        };
        let operators = offered(after);
        if operators == offered(before) && before.last_offer == after.last_offer {
            return;
        }
        if before.last_offer != after.last_offer {
            for operator in &operators {
                let news = News::Received { operator: operator.clone(), at: self.now };
                self.spread(&after.line, news);
            }
        }
        let news = News::Offered { conversation: after.id.clone(), operators };
        self.spread(&after.line, news);
    }

    fn carry_out(&mut self, effect: &Effect, conversation: &Conversation) {
        match effect {
            Effect::Reserve { operator, .. } => self.hold(operator, conversation, true),
            Effect::Release { operator } => self.hold(operator, conversation, false),
            Effect::Count { operator, by, at } => self.count(operator, *by, *at, conversation),
            Effect::Answered { operator } => {
                if let Some(known) = self.operators.get_mut(operator) {
                    known.misses.answered();
                }
            }
            Effect::Missed { operator } => {
                let known = self.operators.get_mut(operator);
                if known.is_some_and(|known| known.misses.missed(self.now)) {
                    self.follow_ups.push_back(FollowUp::SetAway(operator.clone()));
                }
            }
            Effect::Consented => self.of_customer(conversation, |his| his.consented = true),
            Effect::Spam { block: true, .. } => {
                self.of_customer(conversation, |his| his.blocked = true);
            }
            Effect::Finished { operator: Some(operator) } => {
                let finished_at = Some(self.now);
                let known = KnownOperator { operator: operator.clone(), finished_at };
                self.of_customer(conversation, |his| his.finished = Some(known));
            }
            Effect::Continue(part) => {
                self.chat_of(&conversation.chat).open = Some(part.id.clone());
                self.follow_ups.push_back(FollowUp::Continue(part.clone()));
            }
            // `close` sees to it.
            Effect::Closed
            | Effect::Append(_)
            | Effect::Send { .. }
            | Effect::Copy { .. }
            | Effect::Correct { .. }
            | Effect::Seek(_)
            | Effect::Assigned { .. }
            | Effect::Spam { block: false, .. }
            | Effect::Finished { operator: None }
            | Effect::Refuse(_)
            | Effect::Ignore(_) => {}
        }
    }

    fn hold(&mut self, operator: &OperatorId, conversation: &Conversation, holds: bool) {
        let (operator, id) = (operator.clone(), conversation.id.clone());
        self.places.set(&operator, &id, holds);
        self.spread(&conversation.line, News::Holds { operator, conversation: id, holds });
    }

    fn count(&mut self, operator: &OperatorId, by: i64, at: Timestamp, of: &Conversation) {
        let at = (by > 0).then_some(at);
        if let Some(line) = self.lines.get_mut(&of.line) {
            line.note(operator, by, at);
        }
        if let Some(at) = at {
            self.spread(&of.line, News::Received { operator: operator.clone(), at });
        }
    }

    fn of_customer(
        &mut self,
        conversation: &Conversation,
        change: impl FnOnce(&mut crate::world::customers::Customer),
    ) {
        if let Some(customer) = &conversation.customer {
            change(self.customers.get(customer));
        }
    }
}

fn outcome(effects: &[Effect]) -> Outcome {
    let void = effects.iter().find_map(|effect| match effect {
        Effect::Refuse(refusal) => Some(Outcome::Refused(refusal.clone())),
        Effect::Ignore(reason) => Some(Outcome::Ignored(reason)),
        Effect::Append(_)
        | Effect::Send { .. }
        | Effect::Copy { .. }
        | Effect::Correct { .. }
        | Effect::Seek(_)
        | Effect::Reserve { .. }
        | Effect::Release { .. }
        | Effect::Count { .. }
        | Effect::Answered { .. }
        | Effect::Missed { .. }
        | Effect::Assigned { .. }
        | Effect::Consented
        | Effect::Spam { .. }
        | Effect::Finished { .. }
        | Effect::Continue(_)
        | Effect::Closed => None,
    });
    void.unwrap_or(Outcome::Done)
}

fn seek(effect: &Effect) -> Option<&Seek> {
    if let Effect::Seek(seek) = effect { Some(seek) } else { None }
}
