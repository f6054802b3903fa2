//! What a decision costs, by how many wait and how many operators there are.
//!
//! `offer`: a first message, the decision, the offer, its acceptance and the finish, as one line
//! sees them. `next_waiting`: finding the oldest that can be offered, behind others that everybody
//! has passed. `nobody`: finding that there is none because all are busy.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use domain::chat::CustomerMessage;
use domain::conversation::{Conversation, Opening};
use domain::effect::{Effect, Facts, Input};
use domain::id::{ChannelId, ChatKey, ConversationId, LineId, OperatorId};
use domain::line::LineSettings;
use domain::operator::{Operator, Role, Status};
use domain::queue::Queue;
use domain::routing::{Passed, PassedHow};
use jiff::{SignedDuration, Timestamp};

const WAITING: [usize; 3] = [10, 1_000, 100_000];
const OPERATORS: [usize; 3] = [10, 100, 1_000];

fn decisions(criterion: &mut Criterion) {
    for operators in OPERATORS {
        for waiting in WAITING {
            let size = format!("{operators} operators, {waiting} waiting");
            let mut group = criterion.benchmark_group("decision");
            let (mut queue, line) = busy_line(operators, waiting);
            group.bench_function(BenchmarkId::new("nobody", &size), |bench| {
                bench.iter(|| queue.next_waiting());
            });
            queue.operator(&operator(0, 0), true);
            group.bench_function(BenchmarkId::new("next_waiting", &size), |bench| {
                bench.iter(|| queue.next_waiting());
            });
            for n in 0..operators {
                queue.operator(&operator(n, 0), true);
            }
            group.bench_function(BenchmarkId::new("offer", &size), |bench| {
                bench.iter(|| one_conversation(&mut queue, &line));
            });
        }
    }
}

/// Everybody has one place, which is taken; half of those who wait everybody has passed.
fn busy_line(operators: usize, waiting: usize) -> (Queue, LineSettings) {
    let line = LineSettings::new("support", (0..operators).map(operator_id).collect());
    let mut queue = Queue::default();
    for n in 0..operators {
        queue.operator(&operator(n, 1), true);
        queue.hold(&operator_id(n), &ConversationId::new(format!("held-{n}")), true);
    }
    queue.configure(&line);
    let everybody: Vec<Passed> = (0..operators)
        .map(|n| Passed { operator: operator_id(n), how: PassedHow::Missed, at: at(0) })
        .collect();
    for n in 0..waiting {
        let passed = if n < waiting / 2 { everybody.as_slice() } else { &[] };
        queue.wait(&ConversationId::new(format!("0-{n}")), at(n), passed);
    }
    queue.keep();
    (queue, line)
}

/// A customer writes, somebody is chosen, accepts and finishes.
fn one_conversation(queue: &mut Queue, line: &LineSettings) -> Conversation {
    let mut conversation = Conversation::open(opening(), at(0));
    let message = CustomerMessage { text: "hello".to_owned(), ..CustomerMessage::default() };
    let asked =
        tell(&mut conversation, queue, line, Input::CustomerWrote { message, original: None });
    for effect in asked {
        if let Effect::Seek(seek) = effect {
            let decision = queue.next(&seek);
            tell(&mut conversation, queue, line, Input::Decided(decision));
        }
    }
    let row = conversation.row();
    if let Some(offer) = row.offers.first() {
        let accept = Input::Accept { operator: offer.operator.clone(), offer: offer.offer };
        tell(&mut conversation, queue, line, accept);
        let finish = Input::Finish { operator: offer.operator.clone() };
        tell(&mut conversation, queue, line, finish);
    }
    queue.keep();
    conversation
}

fn tell(
    conversation: &mut Conversation,
    queue: &mut Queue,
    line: &LineSettings,
    input: Input,
) -> Vec<Effect> {
    let effects = conversation.handle(input, &Facts { line }, at(0));
    queue.follow(conversation, &effects);
    effects
}

fn opening() -> Opening {
    Opening {
        id: ConversationId::new("1-new"),
        line: LineId::new("support"),
        chat: ChatKey { channel: ChannelId::new("bot"), external: "7".into() },
        customer_name: "Ivan".to_owned(),
        continues: None,
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

criterion_group!(benches, decisions);
criterion_main!(benches);
