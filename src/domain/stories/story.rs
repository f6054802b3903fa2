//! The harness: one line with its queue, its operators and some conversations, and a `now` that
//! moves only when told. Answers to a conversation's questions are given as the line gives them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::chat::CustomerMessage;
use crate::conversation::{Conversation, Opening};
use crate::effect::{Effect, Facts, Input, PlaceLimit};
use crate::entry::{Author, Body, Entry, Fact, Record};
use crate::id::{ChannelId, ChatKey, ConversationId, LineId, OfferId, OperatorId};
use crate::line::{LineSettings, QueueMode};
use crate::operator::{Operator, Role, Status};
use crate::queue::Queue;
use crate::stories::ledger::{Ledger, People};

pub(super) const ANNA: &str = "anna";
pub(super) const BORIS: &str = "boris";
pub(super) const CLARA: &str = "clara";

pub(super) struct Story {
    pub(super) now: Timestamp,
    pub(super) line: LineSettings,
    pub(super) queue: Queue,
    pub(super) people: People,
    pub(super) conversations: Vec<Conversation>,
    /// What each conversation was answered since it was last asked for, in words.
    told: Vec<String>,
    /// The same as effects, from the beginning.
    pub(super) effects: Vec<(usize, Effect)>,
    pub(super) ledger: Ledger,
}

impl Story {
    /// A line with these operators in its queue, all available and without a limit, and one
    /// conversation that nobody has written in.
    pub(super) fn of<const N: usize>(names: [&str; N]) -> Self {
        Self::with(names, |_| {})
    }

    pub(super) fn with<const N: usize>(names: [&str; N], rules: fn(&mut LineSettings)) -> Self {
        let mut line = LineSettings::new("support", names.iter().copied().map(id).collect());
        line.unanswered.after_seconds = 0;
        rules(&mut line);
        let mut story = Self {
            now: Timestamp::UNIX_EPOCH,
            line,
            queue: Queue::default(),
            people: People::new(),
            conversations: Vec::new(),
            told: Vec::new(),
            effects: Vec::new(),
            ledger: Ledger::default(),
        };
        for name in names {
            story.people.insert(id(name), (operator(name), true));
        }
        story.restart_queue();
        story.opens();
        story
    }

    /// One more conversation; answers its number.
    pub(super) fn opens(&mut self) -> usize {
        let n = self.conversations.len();
        let opening = Opening {
            id: ConversationId::new(format!("0-{n:06}")),
            line: LineId::new("support"),
            chat: ChatKey { channel: ChannelId::new("bot"), external: n.to_string().into() },
            customer_name: "Ivan".to_owned(),
            continues: None,
        };
        self.conversations.push(Conversation::open(opening, self.now));
        n
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
            let Some((at, n)) = self.earliest().filter(|(at, _)| *at <= end) else {
                self.now = end;
                return;
            };
            self.now = self.now.max(at);
            self.tell(n, Input::DeadlinePassed);
        }
        panic!("a deadline that does not pass");
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

    pub(super) fn set_status(&mut self, name: &str, status: Status) {
        self.person_changes(name, |operator| operator.status = status);
    }

    pub(super) fn person_changes(&mut self, name: &str, change: impl FnOnce(&mut Operator)) {
        self.presence_changes(name, |operator, _| change(operator));
    }

    pub(super) fn presence_changes(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut Operator, &mut bool),
    ) {
        let Some((operator, present)) = self.people.get_mut(&id(name)) else { return };
        let gone_before = operator.departure(*present);
        change(operator, present);
        let raise = self.queue.operator(operator, *present);
        self.ledger.received.entry(id(name)).or_default().0 += raise;
        if let Some(departure) = operator.departure(*present).filter(|_| gone_before.is_none()) {
            for n in 0..self.conversations.len() {
                let is_offered =
                    self.conversations[n].row().offers.iter().any(|o| o.operator == id(name));
                if is_offered {
                    self.handle(n, Input::OperatorLeft { operator: id(name), departure });
                }
            }
        }
        self.settle();
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
        for (operator, raise) in self.queue.configure(&self.line) {
            self.ledger.received.entry(operator).or_default().0 += raise;
        }
        for n in 0..self.conversations.len() {
            self.handle(n, Input::SettingsChanged);
        }
        self.settle();
    }

    /// One input, and everything that follows from it at that moment.
    pub(super) fn tell(&mut self, n: usize, input: Input) {
        self.handle(n, input);
        self.settle();
    }

    /// The queue made anew from what is stored.
    pub(super) fn restart_queue(&mut self) {
        let mut queue = Queue::default();
        for (operator, (received, last)) in &self.ledger.received {
            queue.received(operator, *received, *last);
        }
        for (operator, held) in &self.ledger.held {
            for n in held {
                queue.hold(operator, &self.conversations[*n].id, true);
            }
        }
        for (operator, present) in self.people.values() {
            queue.operator(operator, *present);
        }
        queue.configure(&self.line);
        for conversation in &self.conversations {
            queue.follow(conversation, &[]);
        }
        queue.keep();
        self.queue = queue;
    }

    /// The operators to whom this conversation is offered.
    pub(super) fn offered(&self, n: usize) -> Vec<String> {
        self.conversations[n].row().offers.iter().map(|o| o.operator.to_string()).collect()
    }

    pub(super) fn accept(&mut self, n: usize, name: &str) {
        let offer = self.conversations[n].last_offer;
        self.tell(n, Input::Accept { operator: id(name), offer });
    }

    /// All decisions so far that offered something, with whom.
    pub(super) fn offers_made(&self) -> Vec<Vec<OperatorId>> {
        self.effects.iter().filter_map(|(_, effect)| offered_to(effect)).collect()
    }

    /// Handles one input as one round; the store refuses it if somebody has no place for it.
    fn handle(&mut self, n: usize, input: Input) {
        let before = (self.conversations[n].clone(), self.ledger.clone(), self.effects.len());
        if let Some(full) = self.without_keeping(n, input) {
            let effects_before = before.2;
            (self.conversations[n], self.ledger) = (before.0, before.1);
            self.effects.truncate(effects_before);
            self.queue.take_back();
            self.told = vec![format!("full: {full}")];
        }
        self.queue.keep();
        self.ledger.check(n, &self.conversations[n]);
    }

    /// As a line does before the round is committed. Answers who has no place for it.
    pub(super) fn without_keeping(&mut self, n: usize, input: Input) -> Option<OperatorId> {
        let facts = Facts { line: &self.line };
        let before = self.conversations[n].clone();
        let effects = self.conversations[n].handle(input, &facts, self.now);
        if effects.iter().any(|effect| matches!(effect, Effect::Refuse(_) | Effect::Ignore(_))) {
            assert_eq!(effects.len(), 1, "a refusal stands alone");
            assert_eq!(self.conversations[n], before, "a refusal changes nothing");
        }
        self.queue.follow(&self.conversations[n], &effects);
        let mut full = None;
        let mut asked = None;
        for effect in effects {
            full = full.or(self.ledger.book(n, &effect, &self.people));
            if let Effect::Seek(seek) = &effect {
                asked = Some(seek.clone());
            }
            let words = in_words(&effect);
            self.told.extend(words.map(|w| if n == 0 { w } else { format!("#{n} {w}") }));
            self.effects.push((n, effect));
        }
        let Some(seek) = asked else { return full };
        let decision = self.queue.next(&seek);
        self.ledger.check_decision(&decision, &self.line, &self.people, &seek.passed);
        full.or(self.without_keeping(n, Input::Decided(decision)))
    }

    fn settle(&mut self) {
        for _ in 0..10_000 {
            let Some(next) = self.queue.next_waiting() else { return };
            let n = self.conversations.iter().position(|c| c.id == next).unwrap();
            self.handle(n, Input::SomebodyEligible);
        }
        panic!("the queue finds work without end");
    }

    fn earliest(&self) -> Option<(Timestamp, usize)> {
        let deadlines = self.conversations.iter().enumerate();
        deadlines.filter_map(|(n, c)| Some((c.deadline()?, n))).min()
    }
}

pub(super) fn id(name: &str) -> OperatorId {
    OperatorId::new(name)
}

pub(super) fn operator(name: &str) -> Operator {
    Operator {
        id: id(name),
        name: name.to_owned(),
        role: Role::Operator,
        supervises: Vec::new(),
        capacity: 0,
        status: Status::Available,
        enabled: true,
    }
}

pub(super) fn strictly(line: &mut LineSettings) {
    line.queue.mode = QueueMode::Strictly;
}

pub(super) fn wrote(text: &str) -> Input {
    let message = CustomerMessage { text: text.to_owned(), ..CustomerMessage::default() };
    Input::CustomerWrote { message, original: Some(Arc::from("{}")) }
}

pub(super) fn accepts(name: &str, offer: u32) -> Input {
    Input::Accept { operator: id(name), offer: OfferId(offer) }
}

pub(super) fn declines(name: &str, offer: u32) -> Input {
    Input::Decline { operator: id(name), offer: OfferId(offer), reason: None }
}

pub(super) fn takes(name: &str) -> Input {
    Input::Take { operator: id(name) }
}

pub(super) fn replies(name: &str, text: &str) -> Input {
    Input::Reply { operator: id(name), text: text.to_owned() }
}

pub(super) fn finishes(name: &str) -> Input {
    Input::Finish { operator: id(name) }
}

pub(super) fn offered_to(effect: &Effect) -> Option<Vec<OperatorId>> {
    let Effect::Append(Record::Entry { entry, .. }) = effect else { return None };
    let Body::Fact(Fact::Routed { operators, offer: Some(_), .. }) = &entry.body else {
        return None;
    };
    Some(operators.clone())
}

/// An effect as a story tells it; questions to the queue go without saying.
fn in_words(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Append(record) => record_in_words(record),
        Effect::Send { entry, .. } => format!("send {}", entry.0),
        Effect::Seek(_) => return None,
        Effect::Reserve { operator, limit: PlaceLimit::Capacity } => format!("reserve {operator}"),
        Effect::Reserve { operator, limit: PlaceLimit::Beyond } => {
            format!("reserve {operator} beyond")
        }
        Effect::Release { operator } => format!("release {operator}"),
        Effect::Count { operator, by, .. } => format!("count {operator} {by:+}"),
        Effect::Closed => "free".to_owned(),
        Effect::Refuse(refusal) => format!("refused: {refusal:?}"),
        Effect::Ignore(reason) => format!("ignored: {reason}"),
    })
}

fn record_in_words(record: &Record) -> String {
    match record {
        Record::Entry { entry, .. } => entry_in_words(entry),
        Record::Edited { text, .. } => format!("edited: {text}"),
        Record::Delivery { entry, delivery, .. } => {
            format!("delivery of {}: {delivery:?}", entry.0)
        }
    }
}

fn entry_in_words(entry: &Entry) -> String {
    let author = match &entry.author {
        Author::Customer => "customer",
        Author::Operator { id } => id.as_str(),
        Author::Line => "line",
    };
    match &entry.body {
        Body::Message(message) if author == "line" => {
            assert!(!message.text.is_empty());
            "line: text".to_owned()
        }
        Body::Message(message) => format!("{author}: {}", message.text),
        Body::Note { text } => format!("{author} notes: {text}"),
        Body::Fact(fact) => fact_in_words(fact),
    }
}

fn fact_in_words(fact: &Fact) -> String {
    match fact {
        Fact::Routed { offer: None, .. } => "nobody".to_owned(),
        Fact::Routed { operators, .. } => {
            let names: Vec<&str> = operators.iter().map(OperatorId::as_str).collect();
            format!("offered {}", names.join(" "))
        }
        Fact::Accepted { operator } => format!("accepted {operator}"),
        Fact::Declined { operator, .. } => format!("declined {operator}"),
        Fact::Missed { operators } => {
            let names: Vec<_> = operators.iter().map(ToString::to_string).collect();
            format!("missed {}", names.join(" "))
        }
        Fact::Left { operator } => format!("left {operator}"),
        Fact::Taken { operator } => format!("taken {operator}"),
        Fact::RoundExhausted { round } => format!("exhausted {round}"),
        Fact::Finished { operator } => format!("finished {operator}"),
        Fact::Reopened { operator } => format!("reopened {operator}"),
        Fact::Closed => "closed".to_owned(),
        Fact::CustomerUnreachable { reason } => format!("unreachable: {reason}"),
        Fact::CustomerReachable => "reachable".to_owned(),
    }
}
