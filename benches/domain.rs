//! What a decision costs, by how many wait and how many operators there are.
//!
//! `offer`: a first message, the decision, the offer, its acceptance and the finish, as one line
//! sees them; `strictly` and `responsible` the same in that mode and by that way. All are free, and
//! everybody has passed those who wait. `next_waiting`: finding the oldest that can be offered,
//! behind as many that everybody has passed. `nobody`: finding that there is none, because all are
//! busy; `stuck`: because all who are free have passed all who wait.

mod counted;

use criterion::{BenchmarkId, Criterion};
use domain::chat::CustomerMessage;
use domain::conversation::{Conversation, Opening, TextsSent};
use domain::customer::CustomerFacts;
use domain::effect::{Effect, Facts, Input};
use domain::hours::Hours;
use domain::id::{ChannelId, ChatKey, ConversationId, LineId, OperatorId};
use domain::limits::Limits;
use domain::line::{LineSettings, QueueMode};
use domain::operator::{Operator, Role, Status};
use domain::queue::{Queue, Reach};
use domain::routing::{Passed, PassedHow};
use jiff::{SignedDuration, Timestamp};

use crate::counted::Path;

const WAITING: [usize; 3] = [10, 1_000, 100_000];
const OPERATORS: [usize; 3] = [10, 100, 1_000];
/// For a look whether it works at all, as `cargo test` takes it.
const FEW: [usize; 1] = [10];

/// Of what is counted.
const COUNTED_WAITING: usize = 1_000;
const COUNTED_OPERATORS: usize = 100;

fn main() {
    if counted::ran(&mut paths()) {
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    decisions(&mut criterion);
    criterion.final_summary();
}

fn paths() -> Vec<Path> {
    let site = || Site::new(COUNTED_OPERATORS, 0, COUNTED_WAITING, COUNTED_WAITING);
    let (mut evenly, mut strictly, mut responsible) =
        (site(), site().strictly(), site().with_responsible());
    vec![
        ("offer", Box::new(move || evenly.one_conversation())),
        ("strictly", Box::new(move || strictly.one_conversation())),
        ("responsible", Box::new(move || responsible.one_conversation())),
    ]
}

fn decisions(criterion: &mut Criterion) {
    let (waiting, operators) =
        if is_measured() { (&WAITING[..], &OPERATORS[..]) } else { (&FEW[..], &FEW[..]) };
    for operators in operators.iter().copied() {
        for waiting in waiting.iter().copied() {
            of_size(criterion, operators, waiting);
        }
    }
}

/// `cargo bench` says so; with `-- --test`, and under `cargo test`, nothing is measured.
fn is_measured() -> bool {
    let asked = |flag: &str| std::env::args().any(|argument| argument == flag);
    asked("--bench") && !asked("--test")
}

fn of_size(criterion: &mut Criterion, operators: usize, waiting: usize) {
    let size = format!("{operators} operators, {waiting} waiting");
    let mut group = criterion.benchmark_group("decision");
    let mut bench = |name: &str, mut site: Site, run: fn(&mut Site)| {
        group.bench_function(BenchmarkId::new(name, &size), |bench| {
            bench.iter(|| run(&mut site));
        });
    };
    let next_waiting: fn(&mut Site) = |site| drop(std::hint::black_box(site.queue.next_waiting()));
    bench("nobody", Site::new(operators, 1, waiting, waiting / 2), next_waiting);
    bench("stuck", Site::new(operators, 0, waiting, waiting), next_waiting);
    bench("next_waiting", Site::new(operators, 0, waiting, waiting / 2), next_waiting);
    bench("offer", Site::new(operators, 0, waiting, waiting), Site::one_conversation);
    let strictly = Site::new(operators, 0, waiting, waiting).strictly();
    bench("strictly", strictly, Site::one_conversation);
    let responsible = Site::new(operators, 0, waiting, waiting).with_responsible();
    bench("responsible", responsible, Site::one_conversation);
}

/// A line in the middle of a busy day.
struct Site {
    queue: Queue,
    line: LineSettings,
    hours: Hours,
    limits: Limits,
    customer: CustomerFacts,
}

impl Site {
    /// Every operator has this many places (0: unlimited) and holds one conversation. Everybody
    /// has passed so many of those who wait, the oldest.
    fn new(operators: usize, capacity: u32, waiting: usize, passed: usize) -> Self {
        let line = LineSettings::new("support", (0..operators).map(operator_id).collect(), "UTC");
        let limits = Limits::default();
        let mut queue = Queue::new(&limits);
        for n in 0..operators {
            queue.operator(&operator(n, capacity), true);
            queue.hold(&operator_id(n), &ConversationId::new(format!("held-{n}")), true);
        }
        queue.configure(&line);
        let everybody: Vec<Passed> = (0..operators)
            .map(|n| Passed { operator: operator_id(n), how: PassedHow::Missed, at: at(0) })
            .collect();
        for n in 0..waiting {
            let passed = if n < passed { everybody.as_slice() } else { &[] };
            queue.wait(&ConversationId::new(format!("0-{n}")), at(n), passed);
        }
        queue.keep();
        let (hours, customer) = (Hours::round_the_clock(), CustomerFacts::default());
        Self { queue, line, hours, limits, customer }
    }

    fn strictly(mut self) -> Self {
        self.line.queue.mode = QueueMode::Strictly;
        self.queue.configure(&self.line);
        self
    }

    fn with_responsible(mut self) -> Self {
        self.customer.responsible = Some(operator_id(0));
        self
    }

    /// A customer writes, somebody is chosen, accepts and finishes.
    fn one_conversation(&mut self) {
        let mut conversation = Conversation::open(opening(), at(0));
        let message = CustomerMessage { text: "hello".to_owned(), ..CustomerMessage::default() };
        let asked = self.tell(&mut conversation, Input::CustomerWrote { message, original: None });
        for effect in asked {
            if let Effect::Seek(seek) = effect {
                let decision = self.queue.next(&seek, Reach::Available);
                self.tell(&mut conversation, Input::Decided(decision));
            }
        }
        let offer = conversation.open_offers().first().expect("somebody is free");
        let (operator, offer) = (offer.operator.clone(), conversation.last_offer);
        self.tell(&mut conversation, Input::Accept { operator: operator.clone(), offer });
        self.tell(&mut conversation, Input::Finish { operator, silent: false });
        self.queue.keep();
    }

    fn tell(&mut self, conversation: &mut Conversation, input: Input) -> Vec<Effect> {
        let facts = Facts {
            line: &self.line,
            hours: &self.hours,
            limits: &self.limits,
            company: "Acme",
            colleague: None,
            customer: &self.customer,
        };
        let effects = conversation.handle(input, &facts, at(0));
        self.queue.follow(conversation, &effects);
        effects
    }
}

fn opening() -> Opening {
    Opening {
        id: ConversationId::new("1-new"),
        line: LineId::new("support"),
        chat: ChatKey { channel: ChannelId::new("bot"), external: "7".into() },
        customer: None,
        customer_name: "Ivan".to_owned(),
        continues: None,
        texts_sent: TextsSent::default(),
    }
}

fn operator(n: usize, capacity: u32) -> Operator {
    Operator {
        id: operator_id(n),
        name: "Anna".to_owned(),
        role: Role::Operator,
        supervises: Vec::new(),
        capacity,
        status: Status::Available,
        status_reason: None,
        set_away: false,
        enabled: true,
    }
}

fn operator_id(n: usize) -> OperatorId {
    OperatorId::new(format!("operator-{n:04}"))
}

fn at(seconds: usize) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}
