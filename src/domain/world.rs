//! A whole exchange in memory: lines with their queues, operators, chats and conversations, and a
//! clock that the caller moves.
//!
//! Plays the part that the actors of lines and shards play in the running program: puts what a
//! conversation seeks before its line's queue, keeps places and counters over all lines, and wakes
//! whoever waits longest when somebody can be asked. For the rehearsal of a day and for the
//! simulator. Knows no store, no chance and no permission: whoever gives a command may give it.

mod customers;
mod happened;
mod line;
mod news;
mod operators;
mod places;
mod step;
mod timers;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;

use crate::chat::{Chat, CustomerMessage};
use crate::conversation::{Continuation, Conversation, Opening, State, TextsSent, unheard};
use crate::effect::Input;
use crate::hours::Hours;
use crate::id::{ChannelId, ChatKey, ConversationId, CustomerId, LineId, OperatorId, ShardId};
use crate::limits::Limits;
use crate::line::LineSettings;
use crate::operator::Operator;
use crate::world::customers::Customers;
use crate::world::line::LineState;
use crate::world::news::Newsboy;
use crate::world::operators::{Operators, commander};
use crate::world::places::Places;
use crate::world::timers::Timers;

pub use crate::world::happened::{Happened, Outcome, Step};

/// An exchange in memory. After every call nobody waits whom somebody eligible could be offered.
#[derive(Debug)]
pub struct World {
    now: Timestamp,
    limits: Limits,
    company: String,
    lines: BTreeMap<LineId, LineState>,
    channels: BTreeMap<ChannelId, LineId>,
    operators: Operators,
    customers: Customers,
    chats: BTreeMap<ChatKey, Chat>,
    /// Conversations that are not closed.
    live: BTreeMap<ConversationId, Conversation>,
    /// The last closed one of each chat: a rating may come for it.
    closed: BTreeMap<ConversationId, Conversation>,
    /// Conversations so far, which numbers them.
    opened: u64,
    places: Places,
    timers: Timers,
    newsboy: Newsboy,
    /// What the step at hand leads to outside its conversation.
    follow_ups: VecDeque<FollowUp>,
    happened: Vec<Happened>,
}

#[derive(Debug)]
enum FollowUp {
    Continue(Box<Continuation>),
    SetAway(OperatorId),
}

impl World {
    /// An exchange without lines and operators. `company`: as customers read it.
    pub fn new(limits: Limits, company: impl Into<String>, now: Timestamp) -> Self {
        Self {
            now,
            limits,
            company: company.into(),
            lines: BTreeMap::new(),
            channels: BTreeMap::new(),
            operators: Operators::default(),
            customers: Customers::default(),
            chats: BTreeMap::new(),
            live: BTreeMap::new(),
            closed: BTreeMap::new(),
            opened: 0,
            places: Places::default(),
            timers: Timers::default(),
            newsboy: Newsboy::default(),
            follow_ups: VecDeque::new(),
            happened: Vec::new(),
        }
    }

    /// A new line. `hours` are those of its settings. One that is there already changes.
    pub fn add_line(&mut self, line: &LineId, settings: LineSettings, hours: Hours) {
        if self.lines.contains_key(line) {
            return self.settings_change(line, settings, hours);
        }
        self.begin();
        self.lines.insert(line.clone(), LineState::new(settings, hours, &self.limits));
        self.start_line(line);
        self.settle();
    }

    /// The channel's chats begin in this line.
    pub fn add_channel(&mut self, channel: ChannelId, line: &LineId) {
        self.channels.insert(channel, line.clone());
    }

    /// A new operator. One who is there already changes.
    pub fn add_operator(&mut self, operator: Operator, present: bool) {
        self.operator_changes(operator, present);
    }

    /// Whose chat it is. Until that is said, every chat has a customer of its own.
    pub fn chat_belongs_to(&mut self, chat: &ChatKey, customer: CustomerId) {
        self.chat_of(chat).customer = Some(customer);
    }

    /// Who owns the customer in the CRM.
    pub fn customer_has_responsible(
        &mut self,
        customer: &CustomerId,
        responsible: Option<OperatorId>,
    ) {
        self.customers.get(customer).responsible = responsible;
    }

    pub fn block_customer(&mut self, customer: &CustomerId, blocked: bool) {
        self.customers.get(customer).blocked = blocked;
    }

    /// A message of the customer's. Answers the conversation that it became an entry of; none: the
    /// channel is unknown.
    pub fn customer_writes(
        &mut self,
        chat: &ChatKey,
        message: CustomerMessage,
    ) -> Option<ConversationId> {
        self.begin();
        let line = self.channels.get(&chat.channel).cloned()?;
        let target = match self.meant_by(chat, &message) {
            Some(target) => target,
            None => self.open(chat, line),
        };
        self.step(&target, Input::CustomerWrote { message, original: None });
        self.settle();
        Some(target)
    }

    /// What a person wants done with a conversation. What only the exchange knows is filled in: if
    /// the colleague is available, under which id it goes on in another line.
    pub fn command(&mut self, conversation: &ConversationId, input: Input) -> Outcome {
        self.begin();
        let Some(input) = self.complete(input) else { return Outcome::Unknown };
        let outcome = self.step(conversation, input);
        self.settle();
        outcome
    }

    /// An operator opens the chat's next conversation himself. None: one is open, or there never
    /// was any.
    pub fn pick_up(&mut self, chat: &ChatKey, operator: &OperatorId) -> Option<ConversationId> {
        self.begin();
        self.operators.get(operator)?;
        let line = self.channels.get(&chat.channel).cloned()?;
        let known = self.chats.get(chat)?;
        if known.open.is_some() || known.last.is_none() {
            return None;
        }
        let opened = self.open(chat, line);
        self.step(&opened, Input::PickUp { operator: operator.clone() });
        self.settle();
        Some(opened)
    }

    /// An operator as he is from now on. `present`: he has a live session, or lost his less than
    /// the grace ago; the grace is the caller's business.
    pub fn operator_changes(&mut self, operator: Operator, present: bool) {
        self.begin();
        self.stand(operator, present);
        self.settle();
    }

    /// A line's rules from now on. `hours` are those of its settings.
    pub fn settings_change(&mut self, line: &LineId, settings: LineSettings, hours: Hours) {
        self.begin();
        let Some(state) = self.lines.get_mut(line) else { return };
        (state.settings, state.hours) = (settings, hours);
        state.configure();
        self.look_at_the_clock(line);
        self.reconsider(line, |_| true);
        self.settle();
    }

    /// When something happens by itself, if nothing else comes first.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let turns = self.lines.values().filter_map(|line| line.turns_at);
        turns.chain(self.timers.earliest()).min()
    }

    /// Time goes by until then, from deadline to deadline. Lines open and close before the
    /// conversations' deadlines of the same moment.
    pub fn advance_to(&mut self, to: Timestamp) {
        self.begin();
        while let Some(at) = self.next_deadline().filter(|at| *at <= to) {
            self.now = self.now.max(at);
            if self.turn_lines() {
                continue;
            }
            if let Some(conversation) = self.timers.take_due(self.now) {
                self.step(&conversation, Input::DeadlinePassed);
                self.timers.fired(&conversation, self.now);
                self.settle();
            }
        }
        self.now = self.now.max(to);
    }

    /// Time goes by until then and nothing runs. What has come to be due is done by the next call
    /// of [`Self::advance_to`], one step a conversation.
    pub fn stand_still_until(&mut self, to: Timestamp) {
        self.happened.clear();
        self.now = self.now.max(to);
    }

    /// The program is started anew: every queue is rebuilt from what is stored.
    pub fn restart(&mut self) {
        self.begin();
        self.hear();
        let lines: Vec<LineId> = self.lines.keys().cloned().collect();
        for line in &lines {
            self.start_line(line);
        }
        for line in &lines {
            let (now, hours) = (self.now, self.lines[line].hours.clone());
            self.reconsider(line, |c| c.missed_a_turn(&hours, now));
        }
        self.settle();
    }

    /// Lines hear of each other's offers and places only when this ends, or when the store refuses
    /// what one of them decided: as between two nodes. Ordinarily they hear at once.
    pub fn hold_news_back(&mut self, back: bool) {
        self.begin();
        self.newsboy.waits = back;
        if !back {
            self.hear();
        }
        self.settle();
    }

    /// What the last call has come to, in order; nothing when it is asked again.
    pub fn take_happened(&mut self) -> Vec<Happened> {
        std::mem::take(&mut self.happened)
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// None: nobody has written in it, nor was anything said of it.
    pub fn chat(&self, key: &ChatKey) -> Option<&Chat> {
        self.chats.get(key)
    }

    /// A conversation that is not closed, or the last closed one of its chat.
    pub fn conversation(&self, id: &ConversationId) -> Option<&Conversation> {
        self.live.get(id).or_else(|| self.closed.get(id))
    }

    /// The conversations that are not closed.
    pub fn conversations(&self) -> impl Iterator<Item = &Conversation> {
        self.live.values()
    }

    /// An operator and whether he is present.
    pub fn operator(&self, id: &OperatorId) -> Option<(&Operator, bool)> {
        self.operators.get(id).map(|known| (&known.operator, known.present))
    }

    /// How many conversations take a place of his.
    pub fn load(&self, operator: &OperatorId) -> usize {
        self.places.load(operator)
    }

    /// A call begins: what the last one came to is forgotten, and lines that have opened or closed
    /// know it before anything else comes in.
    fn begin(&mut self) {
        self.happened.clear();
        self.turn_lines();
    }

    fn chat_of(&mut self, key: &ChatKey) -> &mut Chat {
        self.chats.entry(key.clone()).or_insert_with(|| Chat {
            key: key.clone(),
            customer_name: String::new(),
            customer: Some(CustomerId::new(key.to_string())),
            open: None,
            last: None,
            rating_until: None,
            texts_sent: TextsSent::default(),
            heard_at: None,
            return_to: None,
        })
    }

    /// The conversation that a message belongs to; none: it opens the next one.
    fn meant_by(&mut self, key: &ChatKey, message: &CustomerMessage) -> Option<ConversationId> {
        let now = self.now;
        let chat = self.chat_of(key);
        if chat.open.is_some() {
            return chat.open.clone();
        }
        let last = chat.last.clone()?;
        let may_rate = chat.rating_until.is_some_and(|until| now < until);
        let customer = chat.customer.clone();
        let closed = self.closed.get(&last)?;
        let rates = may_rate && closed.rating_in(message, now).is_some();
        let facts = self.customers.facts(customer.as_ref(), &last, &self.live);
        (rates || unheard(message, &facts).is_some()).then_some(last)
    }

    /// The chat's next conversation.
    fn open(&mut self, key: &ChatKey, line: LineId) -> ConversationId {
        let (id, now) = (self.new_id(), self.now);
        let chat = self.chat_of(key);
        chat.open = Some(id.clone());
        let opening = Opening {
            id: id.clone(),
            line,
            chat: key.clone(),
            customer: chat.customer.clone(),
            customer_name: chat.customer_name.clone(),
            continues: chat.last.clone(),
            texts_sent: chat.texts_sent.clone(),
        };
        self.enter(Conversation::open(opening, now));
        id
    }

    fn new_id(&mut self) -> ConversationId {
        self.opened += 1;
        ConversationId::in_shard(ShardId(0), &format!("{:08}", self.opened))
    }

    fn enter(&mut self, conversation: Conversation) {
        self.customers.opened(conversation.customer.as_ref(), &conversation.id);
        self.live.insert(conversation.id.clone(), conversation);
    }

    /// None: nobody here can give it, or what it names is unknown.
    fn complete(&mut self, mut input: Input) -> Option<Input> {
        self.operators.get(commander(&input)?)?;
        if let Input::Transfer { to, to_available, .. } = &mut input {
            let to = self.operators.get(to).filter(|to| to.operator.enabled)?;
            *to_available = to.operator.is_available(to.present);
        }
        if let Input::Invite { colleague, .. } = &input {
            self.operators.get(colleague)?;
        }
        if let Input::Move { line, next, .. } = &mut input {
            self.lines.get(line)?;
            *next = self.new_id();
        }
        Some(input)
    }

    /// Does what follows from a step, and wakes who waits longest as long as somebody can be asked.
    fn settle(&mut self) {
        let mut in_vain = BTreeSet::new();
        loop {
            while let Some(next) = self.follow_ups.pop_front() {
                match next {
                    FollowUp::Continue(part) => self.begin_part(*part),
                    FollowUp::SetAway(operator) => self.set_away(&operator),
                }
            }
            let Some((line, conversation)) = self.waits_longest(&in_vain) else { return };
            self.step(&conversation, Input::SomebodyEligible);
            if self.live.get(&conversation).is_some_and(|c| c.open_offers().is_empty()) {
                in_vain.insert(line);
            }
        }
    }

    /// Who of all lines waits longest for somebody who can be asked.
    fn waits_longest(&self, but: &BTreeSet<LineId>) -> Option<(LineId, ConversationId)> {
        let lines = self.lines.iter().filter(|(line, _)| !but.contains(*line));
        let oldest = lines.filter_map(|(line, state)| {
            let next = state.queue.next_waiting()?;
            let State::Waiting { search } = &self.live.get(&next)?.state else { return None };
            Some((search.since, line, next))
        });
        oldest.min().map(|(_, line, next)| (line.clone(), next))
    }

    /// The next part of a conversation begins in its other line.
    fn begin_part(&mut self, part: Continuation) {
        let (id, operator) = (part.id.clone(), part.sender.clone());
        let (line, comment) = (part.from_line.clone(), part.comment.clone());
        self.chat_of(&part.chat).open = Some(id.clone());
        self.enter(Conversation::resume(part, self.now));
        self.step(&id, Input::Continue { operator, line, comment });
    }
}
