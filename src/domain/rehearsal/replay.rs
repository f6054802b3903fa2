//! One run of the day: what was to happen by the record happens in an exchange in memory, and people
//! answer what it does as they are used to.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::chat::CustomerMessage;
use crate::conversation::{Conversation, Held, State};
use crate::effect::{Effect, Input};
use crate::entry::{Body, Fact, Record as HistoryRecord};
use crate::id::{ChannelId, ChatKey, ConversationId, LineId, OfferId, OperatorId};
use crate::limits::Limits;
use crate::operator::{Operator, Role, Status};
use crate::rehearsal::habits::{Habits, seconds};
use crate::rehearsal::tally::Tally;
use crate::rehearsal::{
    Arrival, ArrivalKind, BACK_AFTER, NoRehearsal, OfferAnswer, Record, Rules, STEPS_MAX, Stay,
    Summary,
};
use crate::world::{Happened, Step, World};

pub(super) struct Replay<'a> {
    record: &'a Record,
    world: World,
    habits: Habits,
    tally: Tally,
    /// By time; of one moment, who goes before who comes, and both before what is written.
    agenda: BTreeMap<(Timestamp, Rank, u64), Turn<'a>>,
    planned: u64,
    /// How many conversations of a chat somebody has had.
    had: BTreeMap<ChatKey, usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Goes,
    Comes,
    Writes,
    Answers,
}

/// What somebody is about to do.
enum Turn<'a> {
    Goes(&'a OperatorId),
    Comes(&'a OperatorId, &'a Stay),
    /// He takes back that he was set away.
    Notices(OperatorId),
    Writes(&'a Arrival),
    Accepts(ConversationId, OperatorId, OfferId),
    Declines(ConversationId, OperatorId, OfferId),
    Replies(ConversationId, OperatorId),
    /// Unless he has lost it since.
    Finishes(ConversationId, OperatorId, Timestamp),
}

impl<'a> Replay<'a> {
    pub(super) fn of(record: &'a Record, rules: &Rules, limits: Limits) -> Self {
        let mut world = World::new(limits, "", record.from);
        let line = LineId::new("rehearsed");
        world.add_line(&line, rules.settings.clone(), rules.hours.clone());
        world.add_channel(channel(), &line);
        let mut replay = Self {
            record,
            world,
            habits: Habits::of(record),
            tally: Tally::default(),
            agenda: BTreeMap::new(),
            planned: 0,
            had: BTreeMap::new(),
        };
        for his in &record.attendances {
            for stay in &his.stays {
                replay.plan(stay.from.max(record.from), Turn::Comes(&his.operator, stay));
                replay.plan(stay.until, Turn::Goes(&his.operator));
            }
        }
        for arrival in &record.arrivals {
            replay.plan(arrival.at, Turn::Writes(arrival));
        }
        replay
    }

    /// What is due by itself comes before what people do at that moment.
    pub(super) fn run(mut self) -> Result<Summary, NoRehearsal> {
        for _ in 0..STEPS_MAX {
            let planned = self.agenda.keys().next().map(|(at, _, _)| *at);
            let deadline = self.world.next_deadline();
            let next = planned.into_iter().chain(deadline).min();
            let Some(at) = next.filter(|at| *at <= self.record.until) else {
                return Ok(self.tally.summary());
            };
            if deadline.is_some_and(|deadline| deadline <= at) {
                self.world.advance_to(at);
                self.follow();
            } else if let Some((_, turn)) = self.agenda.pop_first() {
                self.world.advance_to(at);
                self.take(turn);
            }
        }
        Err(NoRehearsal::TooLong)
    }

    fn plan(&mut self, at: Timestamp, turn: Turn<'a>) {
        let rank = match turn {
            Turn::Goes(_) => Rank::Goes,
            Turn::Comes(..) | Turn::Notices(_) => Rank::Comes,
            Turn::Writes(_) => Rank::Writes,
            Turn::Accepts(..) | Turn::Declines(..) | Turn::Replies(..) | Turn::Finishes(..) => {
                Rank::Answers
            }
        };
        self.planned += 1;
        self.agenda.insert((at, rank, self.planned), turn);
    }

    fn take(&mut self, turn: Turn<'a>) {
        match turn {
            Turn::Goes(operator) => {
                let known = self.world.operator(operator).map(|(operator, _)| operator.clone());
                if let Some(operator) = known {
                    self.stand(operator, false);
                }
            }
            Turn::Comes(operator, stay) => self.stand(as_on(operator, stay), true),
            Turn::Notices(operator) => self.notices(&operator),
            Turn::Writes(arrival) => self.writes(arrival),
            Turn::Accepts(conversation, operator, offer) => {
                self.command(&conversation, Input::Accept { operator, offer });
            }
            Turn::Declines(conversation, operator, offer) => {
                self.command(&conversation, Input::Decline { operator, offer, reason: None });
            }
            Turn::Replies(conversation, operator) => self.replies(&conversation, operator),
            Turn::Finishes(conversation, operator, since) => {
                self.finishes(&conversation, operator, since);
            }
        }
    }

    fn stand(&mut self, operator: Operator, present: bool) {
        self.world.operator_changes(operator, present);
        self.follow();
    }

    fn notices(&mut self, operator: &OperatorId) {
        let Some((operator, present)) = self.world.operator(operator) else { return };
        if operator.set_away && present {
            let status = Status::Available;
            self.stand(Operator { status, set_away: false, ..operator.clone() }, true);
        }
    }

    fn writes(&mut self, arrival: &Arrival) {
        let chat = ChatKey { channel: channel(), external: arrival.chat.clone() };
        let automatic = match arrival.kind {
            ArrivalKind::Message => false,
            ArrivalKind::Automatic => true,
        };
        let text = "?".to_owned();
        let message = CustomerMessage { text, automatic, ..CustomerMessage::default() };
        self.world.customer_writes(&chat, message);
        self.follow();
    }

    fn command(&mut self, conversation: &ConversationId, input: Input) {
        self.world.command(conversation, input);
        self.follow();
    }

    fn replies(&mut self, id: &ConversationId, operator: OperatorId) {
        let waits = self.world.conversation(id).is_some_and(|c| c.waiting_since.is_some());
        if waits && self.tenure(id, &operator).is_some() {
            self.command(id, Input::Reply { operator, text: "!".to_owned(), files: Vec::new() });
        }
    }

    /// Nobody finishes with a question open.
    fn finishes(&mut self, id: &ConversationId, operator: OperatorId, since: Timestamp) {
        if self.tenure(id, &operator).is_none_or(|held| held.since != since) {
            return;
        }
        self.replies(id, operator.clone());
        self.command(id, Input::Finish { operator, silent: false });
    }

    /// How he has it, if he has.
    fn tenure(&self, id: &ConversationId, operator: &OperatorId) -> Option<&Held> {
        let State::Active(held) = &self.world.conversation(id)?.state else { return None };
        (held.operator == *operator).then_some(held)
    }

    /// People answer what has happened.
    fn follow(&mut self) {
        for happened in self.world.take_happened() {
            match happened {
                Happened::Step(step) => self.follow_step(&step),
                Happened::SetAway { at, operator } => {
                    self.plan(at + BACK_AFTER, Turn::Notices(operator));
                }
                Happened::Turned { .. } => {}
            }
        }
    }

    fn follow_step(&mut self, step: &Step) {
        let id = &step.conversation;
        if let Input::CustomerWrote { message, .. } = &step.input {
            if !message.automatic {
                self.tally.is_written_in(id, step.at);
            }
            self.will_reply(id, step.at);
        }
        for effect in &step.effects {
            if let Effect::Append(HistoryRecord::Entry { entry, .. }) = effect
                && let Body::Fact(fact) = &entry.body
            {
                self.follow_fact(id, fact, step.at);
            }
            if let Effect::Assigned { operator, .. } = effect {
                self.is_had(id, operator, step.at);
            }
        }
    }

    /// Whoever has it will answer a customer who has just begun to wait.
    fn will_reply(&mut self, id: &ConversationId, at: Timestamp) {
        let waits = |conversation: &&Conversation| conversation.waiting_since == Some(at);
        let Some(conversation) = self.world.conversation(id).filter(waits) else { return };
        if let State::Active(held) = &conversation.state {
            let operator = held.operator.clone();
            let takes = self.habits.reply(&operator);
            self.plan(at + takes, Turn::Replies(id.clone(), operator));
        }
    }

    fn follow_fact(&mut self, id: &ConversationId, fact: &Fact, at: Timestamp) {
        if let Fact::Routed { offer: Some(offer), operators, .. } = fact {
            for operator in operators {
                self.tally.offered(operator);
                self.will_answer(id, operator, *offer, at);
            }
        }
        if let Fact::Accepted { operator } = fact {
            self.tally.accepted(operator);
        }
        if let Fact::Declined { operator, .. } = fact {
            self.tally.declined(operator);
        }
        if let Fact::Missed { operators } = fact {
            for operator in operators {
                self.tally.missed(operator);
            }
        }
    }

    fn will_answer(
        &mut self,
        id: &ConversationId,
        operator: &OperatorId,
        offer: OfferId,
        at: Timestamp,
    ) {
        let (id, who) = (id.clone(), operator.clone());
        match self.habits.answer(operator) {
            OfferAnswer::Accepted { after_seconds } => {
                self.plan(at + seconds(after_seconds), Turn::Accepts(id, who, offer));
            }
            OfferAnswer::Declined { after_seconds } => {
                self.plan(at + seconds(after_seconds), Turn::Declines(id, who, offer));
            }
            OfferAnswer::Ignored => {}
        }
    }

    /// He has it from now on. What was finished before and came back is finished with the answer.
    fn is_had(&mut self, id: &ConversationId, operator: &OperatorId, at: Timestamp) {
        let is_first = self.tally.is_had(id, at);
        let replies_at = at + self.habits.reply(operator);
        self.plan(replies_at, Turn::Replies(id.clone(), operator.clone()));
        let Some(conversation) = self.world.conversation(id) else { return };
        let chat = conversation.chat.clone();
        let finishes_at = if is_first {
            let had = self.had.entry(chat.clone()).or_default();
            *had += 1;
            self.habits.finish_at(&chat.external, *had - 1, at)
        } else {
            replies_at
        };
        self.plan(finishes_at, Turn::Finishes(id.clone(), operator.clone(), at));
    }
}

fn channel() -> ChannelId {
    ChannelId::new("rehearsed")
}

fn as_on(operator: &OperatorId, stay: &Stay) -> Operator {
    Operator {
        id: operator.clone(),
        name: operator.to_string(),
        role: Role::Operator,
        supervises: Vec::new(),
        capacity: stay.capacity,
        status: stay.status,
        status_reason: None,
        set_away: false,
        enabled: true,
    }
}
