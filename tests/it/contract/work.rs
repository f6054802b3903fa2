//! History, timers, jobs, and what was given up.

use jiff::Timestamp;
use switchboard::store::Store;
use switchboard::store::op::Job;

use crate::contract::words::*;

pub(crate) async fn history_is_read_in_order_and_in_pages(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([history("c1", 1, "hello"), history("c1", 2, "how are you")]).await;
    anna.does([history("c1", 3, "bye")]).await;
    assert_eq!(entries(&store, "c1", 0, 2).await, [entry(1, "hello"), entry(2, "how are you")]);
    assert_eq!(entries(&store, "c1", 2, 9).await, [entry(3, "bye")]);
    assert_eq!(entries(&store, "c1", u32::MAX, 9).await, []);
}

pub(crate) async fn histories_are_kept_apart(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([history("c1", 1, "one"), history("c10", 1, "ten"), history("c2", 1, "two")]).await;
    let mut boris = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    boris.does([history("c1", 2, "elsewhere")]).await;
    assert_eq!(entries(&store, "c1", 0, 9).await, [entry(1, "one")]);
    assert_eq!(entries(&store, "c", 0, 9).await, []);
}

pub(crate) async fn timers_come_earliest_first(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let armed = [("late", 90), ("b", 30), ("a", 30), ("early", -5)];
    anna.does(armed.map(|(key, seconds)| set_timer(key, at(seconds)))).await;
    assert_eq!(timers(&store).await, [("early", -5), ("a", 30), ("b", 30), ("late", 90)].map(due));
    assert_eq!(store.timers(ELSEWHERE).await.unwrap(), []);
}

pub(crate) async fn a_timer_moves_and_is_cleared(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([set_timer("answer", at(1)), set_timer("close", at(2))]).await;
    anna.does([set_timer("answer", at(3)), drop_timer("never armed")]).await;
    assert_eq!(timers(&store).await, [("close", 2), ("answer", 3)].map(due));
    anna.does([end_timer("answer"), drop_timer("close")]).await;
    assert_eq!(timers(&store).await, []);
}

pub(crate) async fn jobs_come_in_the_order_of_ids(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([put_job("002", "b"), put_job("010", "c"), put_job("001", "a")]).await;
    let listed = [job("001", 0, "a"), job("002", 0, "b"), job("010", 0, "c")];
    assert_eq!(store.jobs(SHARD).await.unwrap(), listed);
    assert_eq!(store.jobs(ELSEWHERE).await.unwrap(), []);
}

pub(crate) async fn a_job_is_updated_and_deleted(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([put_job("001", "a"), put_job("002", "b")]).await;
    anna.does([update_job("001", at(60), "again"), delete_job("002")]).await;
    assert_eq!(store.jobs(SHARD).await.unwrap(), [job("001", 60, "again")]);
}

pub(crate) async fn the_dead_are_kept_oldest_first(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([dead("first"), dead("second")]).await;
    Owner::of_shard(&store, ELSEWHERE, "boris").await.does([dead("elsewhere")]).await;
    anna.does([dead("third"), dead("first")]).await;
    let all = ["first", "second", "third", "first"].map(bytes);
    assert_eq!(store.dead(SHARD, usize::MAX).await.unwrap(), all);
    assert_eq!(store.dead(SHARD, 3).await.unwrap(), all[..3]);
}

pub(crate) async fn moments_are_kept_exactly(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let moment: Timestamp = "2025-06-15T12:00:00.123456789Z".parse().unwrap();
    let before: Timestamp = "1969-12-31T23:59:59.999999999Z".parse().unwrap();
    anna.does([set_timer("a", moment), set_timer("b", before)]).await;
    anna.does([put_job("001", "a"), count("sales", "anna", 1, moment)]).await;
    anna.does([update_job("001", moment, "a")]).await;
    assert_eq!(timers(&store).await, [("b".to_owned(), before), ("a".to_owned(), moment)]);
    assert_eq!(store.jobs(SHARD).await.unwrap()[0].ready_at, moment);
    assert_eq!(store.counters(line("sales")).await.unwrap()[0].last, Some(moment));
}

pub(crate) async fn moments_beyond_measure_are_kept_at_its_end(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([set_timer("never", Timestamp::MAX), set_timer("ever", Timestamp::MIN)]).await;
    let end = |nanosecond: i64| Timestamp::from_nanosecond(nanosecond.into()).unwrap();
    let kept = [("ever".to_owned(), end(i64::MIN)), ("never".to_owned(), end(i64::MAX))];
    assert_eq!(timers(&store).await, kept);
}

async fn entries(store: &Store, of: &str, after: u32, limit: usize) -> Vec<(u32, Vec<u8>)> {
    store.history(SHARD, conversation(of), after, limit).await.unwrap()
}

async fn timers(store: &Store) -> Vec<(String, Timestamp)> {
    store.timers(SHARD).await.unwrap()
}

fn entry(n: u32, text: &str) -> (u32, Vec<u8>) {
    (n, bytes(text))
}

fn due((key, seconds): (&str, i64)) -> (String, Timestamp) {
    (key.to_owned(), at(seconds))
}

fn job(id: &str, ready_at: i64, text: &str) -> Job {
    Job { id: id.to_owned(), ready_at: at(ready_at), bytes: bytes(text) }
}
