//! What anybody can know of an exchange from what comes in and what goes out, and what must be true
//! of it by the rule book.
//!
//! Keeps its own account of everything: of each conversation its stage, its search, its deadlines;
//! of each operator his places, his offers, his misses; of each line who has received how much. It
//! is written from the rules and shares no code with what it judges, but for working hours, which
//! have a test of their own.

mod case;
mod check;
mod choice;
mod deadlines;
mod effects;
mod facts;
mod inputs;
mod refusals;
mod texts;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::chat::CustomerMessage;
use crate::conversation::Continuation;
use crate::effect::{Effect, Input};
use crate::hours::Hours;
use crate::id::{ChatKey, ConversationId, CustomerId, LineId, OperatorId};
use crate::limits::Limits;
use crate::line::{LineSettings, QueueMode};
use crate::operator::{Departure, Operator, Status};
use crate::stories::simulator::book::case::{Case, Hunt, Stage};
use crate::stories::simulator::book::told::Told;
use crate::texts::Kind;
use crate::world::{Happened, Step};

/// Misses so far apart are two; two in a row set somebody away.
const APART: SignedDuration = SignedDuration::from_mins(1);
/// How often one conversation may be woken at the same moment.
const WAKES_AT_ONCE_MAX: u32 = 4;

pub(super) struct Book {
    now: Timestamp,
    limits: Limits,
    lines: BTreeMap<LineId, LineBook>,
    people: BTreeMap<OperatorId, PersonBook>,
    customers: BTreeMap<CustomerId, CustomerBook>,
    chats: BTreeMap<ChatKey, ChatBook>,
    /// Conversations that are not closed.
    cases: BTreeMap<ConversationId, Case>,
    closed: BTreeMap<ConversationId, Case>,
    /// Parts that begin in another line.
    parts: BTreeMap<ConversationId, Case>,
    /// The chat in which somebody writes or a conversation is picked up just now.
    chat_at_hand: Option<ChatKey>,
    /// Whether lines may not have heard of each other's offers and places.
    pub(super) news_waits: bool,
    wakes: BTreeMap<ConversationId, (Timestamp, u32)>,
    /// What kinds of things have happened, by the words of the history.
    seen: BTreeSet<&'static str>,
}

struct LineBook {
    settings: LineSettings,
    hours: Hours,
    received: BTreeMap<OperatorId, i64>,
    /// All stay eligible, nobody declines or misses and all comes by the queue.
    calm: bool,
    open: bool,
}

struct PersonBook {
    operator: Operator,
    present: bool,
    places: BTreeSet<ConversationId>,
    offers: BTreeSet<ConversationId>,
    /// When something was last offered to him or came to him, in any line.
    last: Option<Timestamp>,
    misses: u32,
    missed: Option<Timestamp>,
    /// He has missed enough to be set away.
    asleep: bool,
}

#[derive(Default)]
struct CustomerBook {
    blocked: bool,
    responsible: Option<OperatorId>,
    consented: bool,
    finished: Option<(OperatorId, Timestamp)>,
}

struct ChatBook {
    customer: CustomerId,
    line: LineId,
    open: Option<ConversationId>,
    last: Option<ConversationId>,
    texts: Vec<(Kind, Timestamp)>,
}

impl LineBook {
    fn received(&self, operator: &OperatorId) -> i64 {
        self.received.get(operator).copied().unwrap_or_default()
    }
}

impl PersonBook {
    fn capacity(&self) -> usize {
        usize::try_from(self.operator.capacity).unwrap_or(usize::MAX)
    }
}

impl Book {
    pub(super) fn new(limits: Limits, now: Timestamp) -> Self {
        Self {
            now,
            limits,
            lines: BTreeMap::new(),
            people: BTreeMap::new(),
            customers: BTreeMap::new(),
            chats: BTreeMap::new(),
            cases: BTreeMap::new(),
            closed: BTreeMap::new(),
            parts: BTreeMap::new(),
            chat_at_hand: None,
            news_waits: false,
            wakes: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    pub(super) fn add_chat(&mut self, chat: &ChatKey, customer: &CustomerId, line: &LineId) {
        let (customer, line) = (customer.clone(), line.clone());
        self.customers.entry(customer.clone()).or_default();
        let book = ChatBook { customer, line, open: None, last: None, texts: Vec::new() };
        self.chats.insert(chat.clone(), book);
    }

    pub(super) fn add_line(&mut self, id: &LineId, settings: LineSettings, hours: Hours) {
        let calm = settings.queue.mode == QueueMode::Evenly;
        let open = hours.is_open(self.now);
        let line = LineBook { settings, hours, received: BTreeMap::new(), calm, open };
        self.lines.insert(id.clone(), line);
    }

    pub(super) fn customer(&mut self, id: &CustomerId, responsible: Option<OperatorId>) {
        self.customers.entry(id.clone()).or_default().responsible = responsible;
    }

    pub(super) fn block(&mut self, id: &CustomerId, blocked: bool) {
        self.customers.entry(id.clone()).or_default().blocked = blocked;
    }

    /// The next steps come from a message in this chat, or from a pick-up.
    pub(super) fn begins_in(&mut self, chat: &ChatKey) {
        self.chat_at_hand = Some(chat.clone());
    }

    pub(super) fn time_is(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// 4.3: who becomes available or joins is raised to the lowest of those available before.
    fn raise_those_who_join(&mut self, change: impl FnOnce(&mut Self)) {
        let ready = |book: &Self, id: &LineId| -> BTreeSet<OperatorId> {
            let line = book.line(id);
            let list = line.settings.queue.operators.iter();
            list.filter(|who| book.is_ready(who, line)).cloned().collect()
        };
        let lines: Vec<LineId> = self.lines.keys().cloned().collect();
        let before: Vec<_> = lines.iter().map(|line| ready(self, line)).collect();
        change(self);
        for (id, before) in lines.iter().zip(before) {
            let joined: Vec<_> = ready(self, id).difference(&before).cloned().collect();
            let Some(line) = self.lines.get_mut(id) else { continue };
            let Some(lowest) = before.iter().map(|who| line.received(who)).min() else { continue };
            for who in joined {
                let own = line.received.entry(who).or_default();
                *own = lowest.max(*own);
            }
        }
    }

    pub(super) fn operator_changes(&mut self, operator: &Operator, present: bool) {
        let id = operator.id.clone();
        let was_gone = self.departure(&id);
        let is_new = !self.people.contains_key(&id);
        self.raise_those_who_join(|book| book.set_operator(operator, present));
        let is_gone = self.departure(&id);
        for line in self.lines.values_mut() {
            line.calm &= is_new || !line.settings.queue.operators.contains(&id);
        }
        match is_gone {
            Some(_) if was_gone != is_gone => self.left(&id),
            None if was_gone.is_some() => self.back(&id),
            Some(_) | None => {}
        }
    }

    fn set_operator(&mut self, operator: &Operator, present: bool) {
        let person = self.people.entry(operator.id.clone()).or_insert_with(|| PersonBook {
            operator: operator.clone(),
            present,
            places: BTreeSet::new(),
            offers: BTreeSet::new(),
            last: None,
            misses: 0,
            missed: None,
            asleep: false,
        });
        let before = (person.operator.status, person.operator.set_away);
        if before != (operator.status, operator.set_away) {
            (person.misses, person.missed, person.asleep) = (0, None, false);
        }
        (person.operator, person.present) = (operator.clone(), present);
    }

    /// 4.8: from here on his conversations count his absence.
    fn left(&mut self, operator: &OperatorId) {
        let now = self.now;
        let lines = &self.lines;
        for case in self.cases.values_mut() {
            let Some(line) = lines.get(&case.line) else { continue };
            let minds = line.settings.queue.require_available;
            match &mut case.stage {
                Stage::Active(tenure) if tenure.operator == *operator && minds => {
                    tenure.away = Some(now);
                    case.touched = now;
                }
                Stage::Offered(offered) => {
                    if let Some(put) = offered.open.get_mut(operator) {
                        // 3: where absence moves nothing it is no miss either.
                        put.available &= minds;
                    }
                }
                Stage::Waiting | Stage::Active(_) | Stage::Closing { .. } | Stage::Closed => {}
            }
        }
    }

    fn back(&mut self, operator: &OperatorId) {
        let now = self.now;
        for case in self.cases.values_mut() {
            let his = case.tenure().filter(|tenure| tenure.operator == *operator);
            if his.is_some_and(|tenure| tenure.away.take().is_some()) {
                case.touched = now;
            }
        }
    }

    pub(super) fn settings_change(&mut self, id: &LineId, settings: LineSettings, hours: Hours) {
        self.raise_those_who_join(|book| {
            let Some(line) = book.lines.get_mut(id) else { return };
            (line.settings, line.hours, line.calm) = (settings, hours, false);
        });
    }

    /// Takes what a call to the exchange has come to, step by step.
    pub(super) fn take(&mut self, happened: &[Happened]) {
        for happened in happened {
            match happened {
                Happened::Turned { at, line, open } => {
                    self.now = *at;
                    let line = self.lines.get_mut(line).expect("a line of the scene");
                    assert_eq!(line.hours.is_open(*at), *open, "I20: it turns when its hours say");
                    line.open = *open;
                }
                Happened::SetAway { at, operator } => {
                    self.now = *at;
                    let person = self.people.get(operator).expect("an operator of the scene");
                    assert!(person.asleep, "3: {operator} is set away without two misses in a row");
                    let mut away = person.operator.clone();
                    (away.status, away.set_away) = (Status::Away, true);
                    let present = person.present;
                    self.operator_changes(&away, present);
                }
                Happened::Step(step) => self.step(step),
            }
        }
    }

    fn step(&mut self, step: &Step) {
        assert!(self.now <= step.at, "time goes back");
        self.now = step.at;
        let mut case = match self.find(step) {
            Some(case) => case,
            None => self.begin(step),
        };
        assert_eq!(case.line, step.line);
        if let [Effect::Refuse(refusal)] = step.effects.as_slice() {
            self.refused(&case, &step.input, refusal);
            return self.put_back(case);
        }
        if matches!(step.input, Input::DeadlinePassed) {
            self.woken(&case);
        }
        let mut told = Told::default();
        self.expect_of_input(&mut case, &step.input, &mut told);
        case.touched = self.now;
        for effect in &step.effects {
            self.take_effect(&mut case, effect, &mut told);
        }
        self.settle_step(&mut case, &mut told);
        self.put_back(case);
    }

    pub(super) fn seen(self) -> BTreeSet<&'static str> {
        self.seen
    }

    fn find(&mut self, step: &Step) -> Option<Case> {
        let id = &step.conversation;
        self.cases.remove(id).or_else(|| self.closed.remove(id)).or_else(|| self.parts.remove(id))
    }

    fn put_back(&mut self, case: Case) {
        if case.is_open() {
            self.cases.insert(case.id.clone(), case);
        } else {
            self.closed.insert(case.id.clone(), case);
        }
    }

    /// A conversation that nobody has heard of: a customer's message or a pick-up has opened it.
    fn begin(&mut self, step: &Step) -> Case {
        let key = self.chat_at_hand.clone().expect("only a chat at hand opens a conversation");
        let chat = self.chats.get_mut(&key).expect("a chat of the scene");
        assert_eq!(chat.open, None, "5: {key} has one open conversation at a time");
        assert_eq!(chat.line, step.line, "4: a chat's conversation starts at its channel's line");
        chat.open = Some(step.conversation.clone());
        Case {
            id: step.conversation.clone(),
            line: step.line.clone(),
            chat: key,
            customer: chat.customer.clone(),
            is_first: chat.last.is_none(),
            stage: Stage::Waiting,
            hunt: Hunt::new(self.now),
            entries: 0,
            last_offer: 0,
            waiting: None,
            last_word: self.now,
            touched: self.now,
            heard: false,
            writers: BTreeSet::new(),
            joined: BTreeSet::new(),
            topic: None,
            unanswered_said: false,
            closing_said: false,
            off_hours_said: None,
            rating_asked: false,
            rating_open: None,
        }
    }

    /// The next part of a moved conversation: what is said once has been said.
    fn part_of(&self, case: &Case, next: &Continuation) -> Case {
        Case {
            id: next.id.clone(),
            line: next.line.clone(),
            stage: Stage::Waiting,
            hunt: Hunt::new(case.waiting.unwrap_or(self.now)),
            entries: 0,
            last_offer: 0,
            heard: true,
            joined: BTreeSet::new(),
            off_hours_said: None,
            ..case.clone()
        }
    }

    /// I18: not before the deadline, and not again and again at one moment.
    fn woken(&mut self, case: &Case) {
        let due = self.deadline(case);
        assert!(due.is_some_and(|due| due <= self.now), "I18: woken before {due:?}: {case:?}");
        let (at, times) = self.wakes.entry(case.id.clone()).or_insert((self.now, 0));
        *times = if *at == self.now { *times + 1 } else { 1 };
        *at = self.now;
        assert!(*times <= WAKES_AT_ONCE_MAX, "I18: woken again and again at {at}: {case:?}");
    }

    fn line(&self, id: &LineId) -> &LineBook {
        self.lines.get(id).expect("a line of the scene")
    }

    fn person(&mut self, id: &OperatorId) -> &mut PersonBook {
        self.people.get_mut(id).expect("an operator of the scene")
    }

    /// The line offers what comes in, now.
    fn routes(&self, id: &LineId) -> bool {
        let line = self.line(id);
        line.settings.active && line.hours.is_open(self.now)
    }

    fn is_disabled(&self, operator: &OperatorId) -> bool {
        self.departure(operator) == Some(Departure::Disabled)
    }

    /// The value, if the message is a rating that was asked for: a button at any time, words only
    /// when it is over.
    fn rating(case: &Case, message: &CustomerMessage, now: Timestamp) -> Option<u8> {
        let over = matches!(case.stage, Stage::Closing { .. } | Stage::Closed);
        let counts = over || message.rating.is_some();
        let (scale, _) = case.rating_open.filter(|(_, until)| counts && now < *until)?;
        let said = message.rating.or(match message.text.as_str() {
            "0" => Some(0),
            "1" => Some(1),
            "4" => Some(4),
            _ => None,
        });
        said.filter(|value| match scale {
            crate::line::RatingScale::Like => *value <= 1,
            crate::line::RatingScale::Stars => (1..=5).contains(value),
        })
    }
}
