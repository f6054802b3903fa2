//! Random sequences of calls drive the model and another store side by side; whatever can be seen
//! must be equal. `PROPTEST_CASES` raises the number of sequences.

mod calls;
mod intents;

use std::fmt::Debug;

use domain::id::ShardId;
use futures_util::future::join_all;
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use strum::IntoEnumIterator;
use switchboard::store::Store;
use switchboard::store::op::{DocumentKind, InboxPosition, Position, SharedKind, Slot};
use tempfile::TempDir;

use crate::contract::{block_on, words};
use crate::redis_server;
use crate::store_machine::calls::{Call, answer};
use crate::store_machine::intents::{
    CONVERSATIONS, INBOXES, Intent, LINES, SHARDS, Situation, intent,
};

prop_state_machine! {
    #[test]
    fn sqlite_equals_the_model(sequential 1..40 => Pair<OnDisk>);

    #[test]
    fn redis_equals_the_model(sequential 1..40 => Pair<InRedis>);
}

/// What is done next.
#[derive(Clone, Debug)]
enum Step {
    /// Calls that are under way at the same time, and so may share a transaction.
    Together(Vec<Intent>),
    Reopen,
    Wait {
        seconds: i64,
    },
}

/// Generates steps. The model is the reference, but it answers rather than predicts, so it
/// stands beside the store under test.
struct Steps;

impl ReferenceStateMachine for Steps {
    type State = ();
    type Transition = Step;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Step> {
        prop_oneof![
            12 => intent().prop_map(|intent| Step::Together(vec![intent])),
            3 => prop::collection::vec(intent(), 2..6).prop_map(Step::Together),
            1 => Just(Step::Reopen),
            1 => (0..20_i64).prop_map(|seconds| Step::Wait { seconds }),
        ]
        .boxed()
    }

    fn apply((): (), _: &Step) {}
}

/// Where a store keeps what it remembers.
trait Place {
    /// Whether calls that are under way at the same time are done in the order in which they began,
    /// whatever they are; otherwise that holds for submissions among themselves, and for commits.
    const ORDERED: bool;

    fn new() -> Self;
    fn open(&self) -> Store;
}

struct OnDisk(TempDir);

impl Place for OnDisk {
    const ORDERED: bool = true;

    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Store {
        Store::sqlite(self.0.path()).unwrap()
    }
}

struct InRedis(String);

impl Place for InRedis {
    const ORDERED: bool = false;

    fn new() -> Self {
        Self(redis_server::shared().new_prefix())
    }

    fn open(&self) -> Store {
        redis_server::shared().store(&self.0)
    }
}

/// The model and the store that must equal it.
struct Pair<P> {
    model: Store,
    store: Store,
    place: P,
    seconds: i64,
}

impl<P: Place> StateMachineTest for Pair<P> {
    type SystemUnderTest = Self;
    type Reference = Steps;

    fn init_test((): &()) -> Self {
        let place = P::new();
        let pair = Self { model: Store::model(), store: place.open(), place, seconds: 0 };
        block_on(pair.claim_all());
        pair
    }

    fn apply(mut pair: Self, (): &(), step: Step) -> Self {
        match step {
            Step::Together(intents) => block_on(pair.call(&intents)),
            Step::Reopen => {
                // The other one must be closed before.
                pair.store = Store::model();
                pair.store = pair.place.open();
                block_on(pair.compare());
            }
            Step::Wait { seconds } => pair.seconds += seconds,
        }
        pair
    }

    fn teardown(pair: Self, (): ()) {
        block_on(pair.compare());
    }
}

impl<P: Place> Pair<P> {
    /// Without an owner nothing much happens.
    async fn claim_all(&self) {
        for shard in SHARDS {
            words::Owner::of_shard(&self.model, shard, "anna#1").await;
            words::Owner::of_shard(&self.store, shard, "anna#1").await;
        }
    }

    async fn call(&self, intents: &[Intent]) {
        let mut calls = Vec::new();
        for intent in intents {
            let situation = Situation::of(&self.model, intent.shard(), self.seconds).await;
            calls.push(intent.clone().into_call(&situation).await);
        }
        let mut expected = Vec::new();
        for call in &calls {
            expected.push(answer(&self.model, call.clone()).await);
        }
        let found = self.answers(&calls).await;
        assert_eq!(found, expected, "{calls:#?}");
    }

    async fn answers(&self, calls: &[Call]) -> Vec<String> {
        let submits = |call: &Call| matches!(call, Call::Submit { .. });
        let commits = |call: &Call| matches!(call, Call::Commit(_));
        if P::ORDERED || calls.iter().all(submits) || calls.iter().all(commits) {
            return join_all(calls.iter().map(|call| answer(&self.store, call.clone()))).await;
        }
        let mut answers = Vec::new();
        for call in calls {
            answers.push(answer(&self.store, call.clone()).await);
        }
        answers
    }

    async fn compare(&self) {
        assert_eq!(everything(&self.store).await, everything(&self.model).await);
    }
}

/// All that can be read.
async fn everything(store: &Store) -> Vec<String> {
    let mut seen = vec![seen(&store.leases().await)];
    for slot in Slot::iter() {
        seen.push(self::seen(&store.loads(slot).await));
    }
    for kind in SharedKind::iter() {
        let all = store.shared_all(kind, None, usize::MAX).await.unwrap();
        for document in &all {
            let alone = store.shared(kind, document.id.clone()).await.unwrap();
            assert_eq!(alone.as_ref(), Some(document));
        }
        seen.push(self::seen(&all));
    }
    for line in LINES {
        seen.push(self::seen(&store.counters(words::line(line)).await));
    }
    for shard in INBOXES {
        of_shard(store, shard, &mut seen).await;
    }
    seen
}

async fn of_shard(store: &Store, shard: ShardId, all: &mut Vec<String>) {
    all.push(seen(&store.meta(shard).await));
    all.push(seen(&store.inbox(shard, InboxPosition(0), usize::MAX).await));
    all.push(seen(&store.timers(shard).await));
    all.push(seen(&store.jobs(shard).await));
    all.push(seen(&store.dead(shard, usize::MAX).await));
    for kind in DocumentKind::iter() {
        let documents = store.documents(shard, kind, None, usize::MAX).await.unwrap();
        for document in &documents {
            let alone = store.document(shard, kind, document.id.clone()).await.unwrap();
            assert_eq!(alone.as_ref(), Some(document));
        }
        all.push(seen(&documents));
        all.push(seen(&store.documents(shard, kind, Some("1".to_owned()), 1).await));
    }
    for conversation in CONVERSATIONS.map(words::conversation) {
        all.push(seen(&store.history(shard, conversation.clone(), 0, usize::MAX).await));
        all.push(seen(&store.history(shard, conversation, 1, 1).await));
    }
    all.push(seen(&store.feed(shard, Position::default(), usize::MAX).await));
    let mut position = store.meta(shard).await.unwrap().feed_end;
    while let Some(record) = store.feed_at(shard, position).await.unwrap() {
        all.push(seen(&store.feed(shard, position, 2).await));
        all.push(seen(&record));
        position = record.previous;
    }
    all.push(seen(&store.feed(shard, position, 1).await));
}

fn seen(value: &impl Debug) -> String {
    format!("{value:?}")
}
