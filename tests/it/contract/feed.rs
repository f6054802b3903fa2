//! The feed: positions, the chain, trimming.

use domain::id::ShardId;
use switchboard::store::Store;
use switchboard::store::op::{Position, Submitted, Trim};

use crate::contract::words::*;

const START: Position = Position { epoch: 0, n: 0 };

pub(crate) async fn a_new_feed_is_empty(store: Store) {
    assert_eq!(read(&store, START).await, Some(vec![]));
    assert_eq!(read(&store, position(1, 1)).await, None);
    assert_eq!(store.feed_at(SHARD, START).await.unwrap(), None);
    assert_eq!(store.meta(SHARD).await.unwrap().feed_end, START);
    Owner::of(&store, "anna").await.does([]).await;
    assert_eq!(read(&store, START).await, Some(vec![]));
}

pub(crate) async fn events_are_chained(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let made = anna.does([event("a"), event("b")]).await;
    assert_eq!(made.feed_before, START);
    assert_eq!(made.appended, [position(1, 1), position(1, 2)]);
    let made = anna.does([event("c")]).await;
    assert_eq!(made.feed_before, position(1, 2));
    assert_eq!(made.appended, [position(1, 3)]);
    assert_eq!(anna.does([]).await.feed_before, position(1, 3));
    let chain =
        [("a", START, (1, 1)), ("b", position(1, 1), (1, 2)), ("c", position(1, 2), (1, 3))];
    assert_eq!(read(&store, START).await, Some(linked(&chain)));
    assert_eq!(store.meta(SHARD).await.unwrap().feed_end, position(1, 3));
}

pub(crate) async fn the_chain_goes_over_epochs(store: Store) {
    Owner::of(&store, "anna").await.does([event("a"), event("b")]).await;
    Owner::of(&store, "boris").await.does([]).await;
    let made = Owner::of(&store, "carl").await.does([event("c")]).await;
    assert_eq!(made.feed_before, position(1, 2));
    assert_eq!(made.appended, [position(3, 1)]);
    let chain = [("b", position(1, 1), (1, 2)), ("c", position(1, 2), (3, 1))];
    assert_eq!(read(&store, position(1, 1)).await, Some(linked(&chain)));
}

pub(crate) async fn the_feed_is_read_in_pages(store: Store) {
    Owner::of(&store, "anna").await.does([event("a"), event("b")]).await;
    Owner::of(&store, "boris").await.does([event("c"), event("d")]).await;
    let page = store.feed(SHARD, position(1, 1), 2).await.unwrap().unwrap();
    let positions: Vec<Position> = page.iter().map(|record| record.position).collect();
    assert_eq!(positions, [position(1, 2), position(2, 1)]);
    let page = store.feed(SHARD, START, 1).await.unwrap().unwrap();
    assert_eq!(page.len(), 1);
}

pub(crate) async fn an_unknown_position_is_told_apart_from_the_end(store: Store) {
    Owner::of(&store, "anna").await.does([event("a"), event("b")]).await;
    Owner::of(&store, "boris").await.does([event("c")]).await;
    assert_eq!(read(&store, position(2, 1)).await, Some(vec![]));
    for unknown in [(0, 1), (1, 0), (1, 3), (2, 0), (2, 2), (9, 9), (u64::MAX, u64::MAX)] {
        let unknown = position(unknown.0, unknown.1);
        assert_eq!(read(&store, unknown).await, None, "{unknown}");
        assert_eq!(store.feed_at(SHARD, unknown).await.unwrap(), None, "{unknown}");
    }
    assert_eq!(store.feed(ELSEWHERE, position(2, 1), 9).await.unwrap(), None);
}

pub(crate) async fn an_event_names_its_author(store: Store) {
    Owner::of(&store, "anna").await.does([event("a")]).await;
    Owner::of(&store, "boris").await.does([event("b")]).await;
    let record = store.feed_at(SHARD, position(1, 1)).await.unwrap().unwrap();
    assert_eq!((record.by, record.previous), (instance("anna"), START));
    let record = store.feed_at(SHARD, position(2, 1)).await.unwrap().unwrap();
    assert_eq!((record.by, record.previous), (instance("boris"), position(1, 1)));
}

pub(crate) async fn a_trimmed_feed_admits_it(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([event("a")]).await;
    anna.does([event("b")]).await;
    Owner::of(&store, "boris").await.does([event("c")]).await;
    let mut there = Owner::of_shard(&store, ELSEWHERE, "carl").await;
    there.does([event("x")]).await;
    trim(&store, SHARD, 2).await;
    assert_eq!(read(&store, START).await, None);
    assert_eq!(read(&store, position(1, 1)).await, None);
    let chain = [("c", position(1, 2), (2, 1))];
    assert_eq!(read(&store, position(1, 2)).await, Some(linked(&chain)));
    assert_eq!(store.feed(ELSEWHERE, START, 9).await.unwrap().unwrap().len(), 1);
    trim(&store, SHARD, 0).await;
    trim(&store, ELSEWHERE, 0).await;
    assert_eq!(read(&store, START).await, None);
    assert_eq!(read(&store, position(2, 1)).await, None);
    let made = there.does([event("y")]).await;
    assert_eq!((made.feed_before, made.appended), (position(1, 1), vec![position(1, 2)]));
}

pub(crate) async fn the_newest_events_stay_whatever_they_were_committed_with(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([event("a"), event("b"), event("c")]).await;
    anna.does([event("d"), event("e")]).await;
    trim(&store, SHARD, 3).await;
    for (n, text) in [(3, "c"), (4, "d"), (5, "e")] {
        let record = store.feed_at(SHARD, position(1, n)).await.unwrap().unwrap();
        assert_eq!(record.bytes, bytes(text));
    }
    let newest = [("d", position(1, 3), (1, 4)), ("e", position(1, 4), (1, 5))];
    assert_eq!(read(&store, position(1, 3)).await, Some(linked(&newest)));
}

pub(crate) async fn of_each_feed_as_much_is_kept_as_is_asked_for(store: Store) {
    let mut here = Owner::of(&store, "anna").await;
    let mut there = Owner::of_shard(&store, ELSEWHERE, "carl").await;
    for _ in 0..5 {
        here.does([event("a")]).await;
        there.does([event("x")]).await;
    }
    let feed = |shard, keep| Trim { shard, end: position(1, 5), keep };
    let never_begun = Trim { shard: ShardId(60), end: START, keep: 0 };
    trim_all(&store, vec![feed(SHARD, 2), never_begun, feed(ELSEWHERE, 4)]).await;
    assert_eq!(kept(&store, SHARD).await, [4, 5]);
    assert_eq!(kept(&store, ELSEWHERE).await, [2, 3, 4, 5]);
}

pub(crate) async fn what_came_after_the_end_that_was_seen_stays(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    for _ in 0..6 {
        anna.does([event("a")]).await;
    }
    trim_all(&store, vec![Trim { shard: SHARD, end: position(1, 3), keep: 1 }]).await;
    assert_eq!(kept(&store, SHARD).await, [3, 4, 5, 6]);
    Owner::of(&store, "boris").await.does([event("b")]).await;
    trim_all(&store, vec![Trim { shard: SHARD, end: position(1, 6), keep: 0 }]).await;
    assert_eq!(kept(&store, SHARD).await, [3, 4, 5, 6], "it is under another claim by now");
    trim_all(&store, vec![Trim { shard: SHARD, end: position(2, 1), keep: 1 }]).await;
    assert!(kept(&store, SHARD).await.is_empty());
}

/// The numbers of the events that are there, of the first claim.
async fn kept(store: &Store, shard: ShardId) -> Vec<u64> {
    let mut kept = Vec::new();
    for n in 1..=9 {
        if store.feed_at(shard, position(1, n)).await.unwrap().is_some() {
            kept.push(n);
        }
    }
    kept
}

pub(crate) async fn a_feed_that_is_short_enough_is_not_trimmed(store: Store) {
    Owner::of(&store, "anna").await.does([event("a"), event("b")]).await;
    for keep in [2, 3, usize::MAX] {
        trim(&store, SHARD, keep).await;
        assert_eq!(read(&store, START).await.map(|events| events.len()), Some(2));
    }
}

pub(crate) async fn the_ends_of_feeds_are_listed(store: Store) {
    Owner::of(&store, "anna").await;
    assert_eq!(store.feed_ends().await.unwrap(), []);
    Owner::of_shard(&store, ELSEWHERE, "carl").await.does([event("x")]).await;
    Owner::of(&store, "anna").await.does([event("a"), event("b")]).await;
    Owner::of(&store, "boris").await;
    let ends = [(SHARD, position(2, 2)), (ELSEWHERE, position(1, 1))];
    assert_eq!(store.feed_ends().await.unwrap(), ends);
    trim(&store, SHARD, 0).await;
    assert_eq!(store.feed_ends().await.unwrap(), ends);
}

pub(crate) async fn tidy_forgets_keys_that_have_run_out(store: Store) {
    let day = i64::from(DAY);
    submit_at(&store, at(0), "old", "old").await;
    submit_at(&store, at(1), "young", "young").await;
    tidy(&store, at(day)).await;
    // A clock that was set back finds only the key that is still kept.
    assert_eq!(submit_at(&store, at(2), "young", "young").await, Submitted::Duplicate);
    assert_ne!(submit_at(&store, at(2), "old", "old").await, Submitted::Duplicate);
}

pub(crate) async fn what_is_much_is_dropped_piece_by_piece(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let keys = || (0..1_500).map(|n| once(&format!("{n}"))).collect::<Vec<_>>();
    anna.does(keys()).await;
    for _ in 0..26 {
        anna.does((0..100).map(|_| event("a"))).await;
    }
    trim(&store, SHARD, 100).await;
    tidy(&store, at(i64::from(DAY))).await;
    assert_eq!(read(&store, position(1, 2_500)).await, None);
    assert_eq!(read(&store, position(1, 2_501)).await.map(|events| events.len()), Some(99));
    anna.does(keys()).await;
}

/// What stands behind a position: text, previous, position.
type Event = (String, Position, Position);

async fn read(store: &Store, after: Position) -> Option<Vec<Event>> {
    let records = store.feed(SHARD, after, usize::MAX).await.unwrap()?;
    let event = |record: switchboard::store::op::FeedRecord| {
        (text(&record.bytes), record.previous, record.position)
    };
    Some(records.into_iter().map(event).collect())
}

fn linked(chain: &[(&str, Position, (u64, u64))]) -> Vec<Event> {
    chain
        .iter()
        .map(|(text, before, (e, n))| ((*text).to_owned(), *before, position(*e, *n)))
        .collect()
}
