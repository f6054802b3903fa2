//! The inbox: order, dedupe, cursor, backpressure.

use futures_util::future::join_all;
use switchboard::store::Store;
use switchboard::store::op::{INBOX_MAX, InboxPosition, Submitted};

use crate::contract::words::*;

pub(crate) async fn entries_come_out_in_order(store: Store) {
    assert_eq!(waiting(&store, 0).await, []);
    for (n, text) in ["one", "two", "three"].into_iter().enumerate() {
        let position = InboxPosition(n as u64 + 1);
        assert_eq!(submit(&store, text).await, Submitted::Accepted(position));
    }
    let all = [(1, "one".to_owned()), (2, "two".to_owned()), (3, "three".to_owned())];
    assert_eq!(waiting(&store, 0).await, all);
    assert_eq!(waiting(&store, 2).await, all[2..]);
    assert_eq!(waiting(&store, u64::MAX).await, []);
}

pub(crate) async fn entries_behind_a_position_are_read_in_pages(store: Store) {
    for text in ["one", "two", "three", "four"] {
        submit(&store, text).await;
    }
    let page = store.inbox(SHARD, InboxPosition(1), 2).await.unwrap();
    let positions: Vec<u64> = page.iter().map(|entry| entry.position.0).collect();
    assert_eq!(positions, [2, 3]);
}

pub(crate) async fn a_repeated_submission_is_a_duplicate(store: Store) {
    submit(&store, "hello").await;
    assert_eq!(submit(&store, "hello").await, Submitted::Duplicate);
    assert_eq!(waiting(&store, 0).await, [(1, "hello".to_owned())]);
}

pub(crate) async fn a_key_is_forgotten_when_its_time_is_over(store: Store) {
    let day = i64::from(DAY);
    submit_at(&store, at(0), "key", "hello").await;
    let repeated = submit_at(&store, at(day - 1), "key", "hello").await;
    assert_eq!(repeated, Submitted::Duplicate);
    let anew = submit_at(&store, at(day), "key", "hello").await;
    assert_eq!(anew, Submitted::Accepted(InboxPosition(2)));
    let repeated = submit_at(&store, at(2 * day - 1), "key", "hello").await;
    assert_eq!(repeated, Submitted::Duplicate);
}

pub(crate) async fn a_key_belongs_to_its_shard(store: Store) {
    submit(&store, "hello").await;
    let there = store.submit(ELSEWHERE, "hello".to_owned(), DAY, at(0), bytes("hello")).await;
    assert_eq!(there, Ok(Submitted::Accepted(InboxPosition(1))));
    assert_eq!(waiting(&store, 0).await.len(), 1);
}

pub(crate) async fn advancing_drops_what_is_done(store: Store) {
    for text in ["one", "two", "three"] {
        submit(&store, text).await;
    }
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([advance(0, 2)]).await;
    assert_eq!(waiting(&store, 0).await, [(3, "three".to_owned())]);
    assert_eq!(store.meta(SHARD).await.unwrap().inbox_at, InboxPosition(2));
    anna.does([advance(2, 2)]).await;
    assert_eq!(waiting(&store, 0).await.len(), 1);
}

pub(crate) async fn positions_go_on_after_everything_is_done(store: Store) {
    submit(&store, "one").await;
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([advance(0, 1)]).await;
    assert_eq!(submit(&store, "one").await, Submitted::Duplicate);
    assert_eq!(submit(&store, "two").await, Submitted::Accepted(InboxPosition(2)));
}

pub(crate) async fn a_full_inbox_takes_nothing(store: Store) {
    fill(&store).await;
    assert_eq!(submit(&store, "too much").await, Submitted::Full);
    assert_eq!(waiting(&store, 0).await.len(), INBOX_MAX);
    let there = store.submit(ELSEWHERE, "room".to_owned(), DAY, at(0), bytes("room")).await;
    assert_eq!(there, Ok(Submitted::Accepted(InboxPosition(1))));
}

pub(crate) async fn a_full_inbox_still_knows_its_duplicates(store: Store) {
    fill(&store).await;
    assert_eq!(submit(&store, "entry 0").await, Submitted::Duplicate);
}

pub(crate) async fn advancing_makes_room(store: Store) {
    fill(&store).await;
    assert_eq!(submit(&store, "late").await, Submitted::Full);
    Owner::of(&store, "anna").await.does([advance(0, 1)]).await;
    let position = InboxPosition(INBOX_MAX as u64 + 1);
    assert_eq!(submit(&store, "late").await, Submitted::Accepted(position));
    assert_eq!(submit(&store, "later").await, Submitted::Full);
}

/// Fills the inbox of [`SHARD`], many at a time, as a store may write them together.
async fn fill(store: &Store) {
    let texts: Vec<String> = (0..INBOX_MAX).map(|n| format!("entry {n}")).collect();
    for together in texts.chunks(500) {
        let answers = join_all(together.iter().map(|text| submit(store, text))).await;
        assert!(answers.iter().all(|answer| matches!(answer, Submitted::Accepted(_))));
    }
}
