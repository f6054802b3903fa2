//! The harness: one line with its queue, its operators and some conversations, and a `now` that
//! moves only when told. Answers to a conversation's questions are given as the line gives them.

use std::collections::BTreeMap;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::conversation::{Conversation, Opening, TextsSent};
use crate::customer::CustomerFacts;
use crate::effect::{Effect, Input};
use crate::entry::{Body, Fact, Record};
use crate::hours::{Hours, HoursSettings};
use crate::id::{ChannelId, ChatKey, ConversationId, LineId, OperatorId};
use crate::limits::Limits;
use crate::line::{ClosingRule, LineSettings, QueueMode};
use crate::operator::{Misses, Operator, Role, Status};
use crate::queue::Queue;
use crate::stories::hours::{every_day, zone};
use crate::stories::inputs::wrote;
use crate::stories::ledger::{Ledger, People};

pub(super) const ANNA: &str = "anna";
pub(super) const BORIS: &str = "boris";
pub(super) const CLARA: &str = "clara";

const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(super) struct Story {
    pub(super) now: Timestamp,
    pub(super) line: LineSettings,
    pub(super) hours: Hours,
    pub(super) limits: Limits,
    pub(super) queue: Queue,
    /// It is asked and does not answer.
    pub(super) queue_is_silent: bool,
    pub(super) people: People,
    pub(super) conversations: Vec<Conversation>,
    /// Of each conversation; no two are of one customer.
    pub(super) customers: Vec<CustomerFacts>,
    /// Whether it is told what a conversation means for others.
    pub(super) tells_news: bool,
    /// What each conversation was answered since it was last asked for, in words.
    pub(super) told: Vec<String>,
    /// The same as effects, from the beginning.
    pub(super) effects: Vec<(usize, Effect)>,
    pub(super) ledger: Ledger,
    /// None: nobody is set away for what he misses.
    pub(super) misses: Option<BTreeMap<OperatorId, Misses>>,
    /// How many of the effects have been looked at for that.
    pub(super) judged: usize,
    /// Whether the line is open, and when it opens or closes next, as far as it has noticed.
    pub(super) is_open: bool,
    pub(super) turns_at: Option<Timestamp>,
}

impl Story {
    /// A line with these operators in its queue, all available and without a limit, and one
    /// conversation that nobody has written in. It says nothing by itself but the unanswered text,
    /// and has no rules of time but those of offers and of the reopening window.
    pub(super) fn of<const N: usize>(names: [&str; N]) -> Self {
        Self::with(names, |_| {})
    }

    pub(super) fn with<const N: usize>(names: [&str; N], rules: fn(&mut LineSettings)) -> Self {
        let operators = names.iter().copied().map(id).collect();
        let mut line = LineSettings::new("support", operators, "UTC");
        line.unanswered.after_seconds = 0;
        line.welcome.enabled = false;
        line.closing.rule = ClosingRule::Nothing;
        line.answer.limit_seconds = 0;
        rules(&mut line);
        Self::under(Limits { place_idle: SignedDuration::ZERO, ..Limits::default() }, line)
    }

    /// A line with exactly these rules; everybody of its queue is available and without a limit.
    pub(super) fn under(limits: Limits, line: LineSettings) -> Self {
        let now = Timestamp::UNIX_EPOCH;
        let hours = Hours::new(&line.hours, zone(&line.hours.timezone));
        let people = line.queue.operators.iter();
        let people = people.map(|who| (who.clone(), (operator(who.as_str()), true))).collect();
        let mut story = Self {
            now,
            is_open: hours.is_open(now),
            turns_at: hours.changes_next(now),
            line,
            hours,
            limits,
            queue: Queue::new(&limits),
            queue_is_silent: false,
            people,
            conversations: Vec::new(),
            customers: Vec::new(),
            tells_news: false,
            told: Vec::new(),
            effects: Vec::new(),
            ledger: Ledger::default(),
            misses: None,
            judged: 0,
        };
        story.restart_queue();
        story.opens();
        story
    }

    /// One more conversation; answers its number.
    pub(super) fn opens(&mut self) -> usize {
        self.opens_with(|_| {})
    }

    pub(super) fn opens_with(&mut self, change: impl FnOnce(&mut Opening)) -> usize {
        let n = self.conversations.len();
        let mut opening = Opening {
            id: ConversationId::new(format!("0-{n:06}")),
            line: LineId::new("support"),
            chat: ChatKey { channel: ChannelId::new("bot"), external: n.to_string().into() },
            customer: None,
            customer_name: "Ivan".to_owned(),
            continues: None,
            texts_sent: TextsSent::default(),
        };
        change(&mut opening);
        self.begins(Conversation::open(opening, self.now))
    }

    /// A conversation made elsewhere goes on here; answers its number.
    pub(super) fn begins(&mut self, conversation: Conversation) -> usize {
        self.conversations.push(conversation);
        self.customers.push(CustomerFacts::default());
        self.conversations.len() - 1
    }

    /// A new conversation with its first message; answers its number.
    pub(super) fn customer_comes(&mut self) -> usize {
        let n = self.opens();
        self.tell(n, wrote("hello"));
        n
    }

    /// Feeds the first conversation one input, which must cause exactly this.
    #[track_caller]
    pub(super) fn then(&mut self, input: Input, expected: &[&str]) {
        self.then_in(0, input, expected);
    }

    #[track_caller]
    pub(super) fn then_in(&mut self, n: usize, input: Input, expected: &[&str]) {
        self.told.clear();
        self.tell(n, input);
        assert_eq!(self.told, expected);
    }

    /// Time goes by from deadline to deadline, and exactly this happens.
    #[track_caller]
    pub(super) fn seconds_pass(&mut self, seconds: i64, expected: &[&str]) {
        self.told.clear();
        self.pass(seconds);
        assert_eq!(self.told, expected);
    }

    pub(super) fn pass(&mut self, seconds: i64) {
        let end = self.now + SignedDuration::from_secs(seconds);
        for _ in 0..100_000 {
            self.look_at_the_clock();
            let deadline = self.earliest().map(|(at, n)| (at, Some(n)));
            let turn = self.turns_at.map(|at| (at, None));
            let next = deadline.into_iter().chain(turn).min_by_key(|(at, n)| (*at, n.is_some()));
            let Some((at, n)) = next.filter(|(at, _)| *at <= end) else {
                self.now = end;
                return;
            };
            self.now = self.now.max(at);
            if let Some(n) = n.filter(|_| self.turns_at.is_none_or(|at| at > self.now)) {
                self.tell(n, Input::DeadlinePassed);
            }
        }
        panic!("a deadline that does not pass");
    }

    /// It gets that late, by the clock of UTC, and exactly this happens.
    #[track_caller]
    pub(super) fn at(&mut self, clock: &str, expected: &[&str]) {
        self.told.clear();
        self.until(clock);
        assert_eq!(self.told, expected);
    }

    pub(super) fn until(&mut self, clock: &str) {
        let clock: Time = clock.parse().expect("a time");
        let now = TimeZone::UTC.to_datetime(self.now);
        let passed = now.time().duration_until(clock);
        let next = if passed.is_positive() { passed } else { passed + DAY };
        self.pass(next.as_secs());
    }

    /// Time goes by unnoticed: nothing ran.
    pub(super) fn outage(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    /// Somebody comes, goes or sets his status; exactly this happens.
    #[track_caller]
    pub(super) fn then_is(&mut self, name: &str, status: Status, expected: &[&str]) {
        self.told.clear();
        self.set_status(name, status);
        assert_eq!(self.told, expected);
    }

    /// He says himself how he is: that begins a new row of misses.
    pub(super) fn set_status(&mut self, name: &str, status: Status) {
        if let Some(misses) = &mut self.misses {
            misses.entry(id(name)).or_default().answered();
        }
        self.person_changes(name, |operator| operator.status = status);
    }

    #[track_caller]
    pub(super) fn then_disabled(&mut self, name: &str, expected: &[&str]) {
        self.told.clear();
        self.person_changes(name, |operator| operator.enabled = false);
        assert_eq!(self.told, expected);
    }

    pub(super) fn person_changes(&mut self, name: &str, change: impl FnOnce(&mut Operator)) {
        self.presence_changes(name, |operator, _| change(operator));
    }

    /// From now on who misses two offers in a row is set away.
    pub(super) fn judges_misses(&mut self) {
        self.misses = Some(BTreeMap::new());
    }

    /// The line's rules change; exactly this happens.
    #[track_caller]
    pub(super) fn then_rules(&mut self, change: fn(&mut LineSettings), expected: &[&str]) {
        self.told.clear();
        self.rules_change(change);
        assert_eq!(self.told, expected);
    }

    pub(super) fn rules_change(&mut self, change: impl FnOnce(&mut LineSettings)) {
        change(&mut self.line);
        self.hours = Hours::new(&self.line.hours, zone(&self.line.hours.timezone));
        self.set_the_clock();
        for (operator, raise) in self.queue.configure(&self.line) {
            self.ledger.received.entry(operator).or_default().0 += raise;
        }
        self.reconsider();
    }

    /// One input, and everything that follows from it at that moment.
    pub(super) fn tell(&mut self, n: usize, input: Input) {
        self.look_at_the_clock();
        self.handle(n, input);
        self.settle();
        self.judge();
    }

    /// The operators to whom this conversation is offered.
    pub(super) fn offered(&self, n: usize) -> Vec<String> {
        self.conversations[n].row().offers.iter().map(|o| o.operator.to_string()).collect()
    }

    pub(super) fn holder(&self, n: usize) -> Option<&str> {
        self.conversations[n].holder().map(OperatorId::as_str)
    }

    pub(super) fn accept(&mut self, n: usize, name: &str) {
        let offer = self.conversations[n].last_offer;
        self.tell(n, Input::Accept { operator: id(name), offer });
    }

    /// All that has been sent to customers so far.
    pub(super) fn sent(&self) -> Vec<&str> {
        let sent = self.effects.iter().filter_map(|(_, effect)| {
            let Effect::Send { text, .. } = effect else { return None };
            Some(text.as_str())
        });
        sent.collect()
    }

    /// The next conversation of the same chat and customer; answers its number.
    pub(super) fn follows(&mut self, n: usize) -> usize {
        let (before, customer) = (self.conversations[n].clone(), self.customers[n].clone());
        let next = self.opens_with(|opening| {
            opening.continues = Some(before.id);
            opening.texts_sent = before.texts_sent;
        });
        self.customers[next] = customer;
        next
    }

    /// All decisions so far that offered something, with whom.
    pub(super) fn offers_made(&self) -> Vec<Vec<OperatorId>> {
        self.effects.iter().filter_map(|(_, effect)| offered_to(effect)).collect()
    }

    fn earliest(&self) -> Option<(Timestamp, usize)> {
        let deadlines = self.conversations.iter().enumerate();
        deadlines.filter_map(|(n, c)| Some((c.deadline()?, n))).min()
    }
}

pub(super) fn id(name: &str) -> OperatorId {
    OperatorId::new(name)
}

/// His name begins with a capital letter, his id does not.
pub(super) fn operator(name: &str) -> Operator {
    let initial = name.chars().take(1).flat_map(char::to_uppercase);
    Operator {
        id: id(name),
        name: initial.chain(name.chars().skip(1)).collect(),
        role: Role::Operator,
        supervises: Vec::new(),
        capacity: 0,
        status: Status::Available,
        status_reason: None,
        set_away: false,
        enabled: true,
    }
}

pub(super) fn strictly(line: &mut LineSettings) {
    line.queue.mode = QueueMode::Strictly;
}

/// Open every day from nine to six by the clock of UTC. Stories begin at midnight.
pub(super) fn nine_to_six(line: &mut LineSettings) {
    line.hours = HoursSettings { timezone: "UTC".to_owned(), ..every_day("09:00-18:00") };
}

pub(super) fn offered_to(effect: &Effect) -> Option<Vec<OperatorId>> {
    let Effect::Append(Record::Entry { entry, .. }) = effect else { return None };
    let Body::Fact(Fact::Routed { operators, offer: Some(_), .. }) = &entry.body else {
        return None;
    };
    Some(operators.clone())
}
