//! Hints to whoever follows a shard from elsewhere.

use switchboard::store::op::{CommitError, Op};
use switchboard::store::{Signal, Store};
use tokio::sync::broadcast::Receiver;

use crate::contract::words::*;

pub(crate) async fn a_new_entry_is_told(store: Store) {
    let mut signals = store.signals();
    submit(&store, "hello").await;
    assert_eq!(next(&mut signals).await, Signal::Inbox(SHARD));
}

pub(crate) async fn a_commit_tells_what_it_changed(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let mut signals = store.signals();
    anna.does([
        event("a"),
        put_inbox(ELSEWHERE, "one"),
        event("b"),
        put_inbox(SHARD, "two"),
        put_inbox(ELSEWHERE, "three"),
    ])
    .await;
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(next(&mut signals).await);
    }
    for signal in [Signal::Feed(SHARD), Signal::Inbox(SHARD), Signal::Inbox(ELSEWHERE)] {
        assert!(told.contains(&signal), "{signal:?} in {told:?}");
    }
    anna.does([event("c")]).await;
    assert_eq!(next(&mut signals).await, Signal::Feed(SHARD));
}

pub(crate) async fn a_shard_given_back_is_told(store: Store) {
    let anna = Owner::of(&store, "anna").await;
    let (mut signals, mut others) = (store.signals(), store.signals());
    store.release(SHARD, anna.me, anna.epoch).await.unwrap();
    assert_eq!(next(&mut signals).await, Signal::Free(SHARD));
    assert_eq!(next(&mut others).await, Signal::Free(SHARD));
}

pub(crate) async fn what_changes_nothing_is_not_told(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let mut signals = store.signals();
    submit(&store, "hello").await;
    assert_eq!(next(&mut signals).await, Signal::Inbox(SHARD));
    submit(&store, "hello").await;
    store.release(SHARD, instance("boris"), anna.epoch).await.unwrap();
    let refused = anna.tries([event("a"), put_inbox(SHARD, "b"), delete_job("none")]).await;
    assert!(matches!(refused, Err(CommitError::Refused(_))), "{refused:?}");
    anna.does([put("a", 0, "b"), Op::RequireDedupe { key: "c".to_owned(), seconds: 1 }]).await;
    anna.does([put_inbox(ELSEWHERE, "the next that is told")]).await;
    assert_eq!(next(&mut signals).await, Signal::Inbox(ELSEWHERE));
}

async fn next(signals: &mut Receiver<Signal>) -> Signal {
    signals.recv().await.unwrap()
}
