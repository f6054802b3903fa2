//! History, timers, jobs, and what was given up.

use jiff::Timestamp;
use switchboard::store::Store;
use switchboard::store::op::{Job, Refusal};

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

pub(crate) async fn a_long_history_is_read_from_anywhere(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    // Two conversations grow at once.
    for n in 1..=50 {
        anna.does([history("c1", n, &n.to_string()), history("c2", n, "of another")]).await;
    }
    anna.does([history("c1", 3, "three"), history("c1", 50, "fifty")]).await;
    let some = [entry(2, "2"), entry(3, "three"), entry(4, "4")];
    assert_eq!(entries(&store, "c1", 1, 3).await, some);
    let last = [entry(48, "48"), entry(49, "49"), entry(50, "fifty")];
    assert_eq!(entries(&store, "c1", 47, 9).await, last);
    let packed = pack(&store, "c1", 20).await;
    anna.does([packed]).await;
    assert_eq!(entries(&store, "c1", 1, 3).await, some);
    assert_eq!(entries(&store, "c1", 47, 9).await, last);
    assert_eq!(entries(&store, "c1", 0, 99).await.len(), 50);
    anna.does([forget_history("c1"), history("c1", 1, "anew")]).await;
    assert_eq!(entries(&store, "c1", 0, 99).await, [entry(1, "anew")]);
    assert_eq!(entries(&store, "c2", 0, 99).await.len(), 50);
}

pub(crate) async fn what_one_commit_does_to_a_history_it_does_in_order(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([history("c1", 1, "one"), history("c2", 1, "ten"), history("c1", 2, "two")]).await;
    assert_eq!(entries(&store, "c1", 0, 9).await, [entry(1, "one"), entry(2, "two")]);
    assert_eq!(entries(&store, "c2", 0, 9).await, [entry(1, "ten")]);
    let before = pack(&store, "c1", 9).await;
    anna.does([history("c1", 2, "instead"), before, history("c1", 3, "three")]).await;
    let whole = [entry(1, "one"), entry(2, "two"), entry(3, "three")];
    assert_eq!(entries(&store, "c1", 0, 9).await, whole);
    anna.does([history("c1", 4, "four"), forget_history("c1"), history("c1", 1, "anew")]).await;
    assert_eq!(entries(&store, "c1", 0, 9).await, [entry(1, "anew")]);
}

pub(crate) async fn a_packed_history_reads_as_before(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let texts = ["one", "", "three", "four", "five"];
    anna.does((1..).zip(texts).map(|(n, text)| history("c1", n, text))).await;
    anna.does([history("c2", 1, "another")]).await;
    let before = entries(&store, "c1", 0, 9).await;
    let all = pack(&store, "c1", 9).await;
    anna.does([all]).await;
    assert_eq!(entries(&store, "c1", 0, 9).await, before);
    assert_eq!(entries(&store, "c1", 0, 2).await, before[..2]);
    assert_eq!(entries(&store, "c1", 2, 2).await, before[2..4]);
    assert_eq!(entries(&store, "c1", 4, usize::MAX).await, before[4..]);
    assert_eq!(entries(&store, "c1", 5, 9).await, []);
    assert_eq!(entries(&store, "c1", 1, 0).await, []);
    assert_eq!(entries(&store, "c2", 0, 9).await, [entry(1, "another")]);
    assert_eq!(store.history(ELSEWHERE, conversation("c1"), 0, 9).await.unwrap(), []);
}

pub(crate) async fn a_history_goes_on_beside_its_pack(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([history("c1", 1, "one"), history("c1", 2, "two")]).await;
    let all = pack(&store, "c1", 9).await;
    anna.does([all, history("c1", 3, "with it")]).await;
    anna.does([history("c1", 4, "later"), history("c1", 1, "instead")]).await;
    let whole = [entry(1, "instead"), entry(2, "two"), entry(3, "with it"), entry(4, "later")];
    assert_eq!(entries(&store, "c1", 0, 9).await, whole);
    assert_eq!(entries(&store, "c1", 0, 3).await, whole[..3]);
    assert_eq!(entries(&store, "c1", 1, 2).await, whole[1..3]);
    assert_eq!(entries(&store, "c1", 3, 9).await, whole[3..]);
}

pub(crate) async fn a_history_is_packed_again(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([history("c1", 1, "one"), history("c1", 2, "two")]).await;
    let first = pack(&store, "c1", 9).await;
    anna.does([first]).await;
    anna.does([history("c1", 2, "instead"), history("c1", 3, "three")]).await;
    let second = pack(&store, "c1", 9).await;
    anna.does([second]).await;
    let whole = [entry(1, "one"), entry(2, "instead"), entry(3, "three")];
    assert_eq!(entries(&store, "c1", 0, 9).await, whole);
}

pub(crate) async fn a_shorter_pack_loses_nothing(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([history("c1", 1, "one"), history("c1", 2, "two")]).await;
    let (shorter, all) = (pack(&store, "c1", 1).await, pack(&store, "c1", 9).await);
    anna.does([all.clone(), shorter.clone()]).await;
    let whole = [entry(1, "one"), entry(2, "two")];
    assert_eq!(entries(&store, "c1", 0, 9).await, whole);
    anna.does([shorter]).await;
    assert_eq!(entries(&store, "c1", 0, 9).await, whole);
    anna.does([forget_history("c1"), all]).await;
    assert_eq!(entries(&store, "c1", 0, 9).await, whole);
}

pub(crate) async fn a_part_of_a_history_is_packed(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([history("c1", 1, "one"), history("c1", 2, "two"), history("c1", 3, "three")]).await;
    let whole = entries(&store, "c1", 0, 9).await;
    let part = pack(&store, "c1", 2).await;
    anna.does([part]).await;
    assert_eq!(entries(&store, "c1", 0, 9).await, whole);
    assert_eq!(entries(&store, "c1", 1, 1).await, whole[1..2]);
    assert_eq!(entries(&store, "c1", 2, 1).await, whole[2..]);
}

pub(crate) async fn a_deleted_history_is_gone(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([history("c1", 1, "one"), history("c10", 1, "ten")]).await;
    let all = pack(&store, "c1", 9).await;
    anna.does([all]).await;
    anna.does([history("c1", 2, "two")]).await;
    anna.does([forget_history("c1"), forget_history("never there")]).await;
    assert_eq!(entries(&store, "c1", 0, 9).await, []);
    assert_eq!(entries(&store, "c10", 0, 9).await, [entry(1, "ten")]);
    anna.does([history("c1", 1, "anew")]).await;
    assert_eq!(entries(&store, "c1", 0, 9).await, [entry(1, "anew")]);
}

pub(crate) async fn a_refused_commit_packs_and_deletes_nothing(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([history("c1", 1, "one"), history("c1", 2, "two"), history("c2", 1, "ten")]).await;
    let part = pack(&store, "c1", 1).await;
    let missing = refused(Refusal::Timer);
    assert_eq!(anna.tries([part, forget_history("c2"), end_timer("none")]).await, missing);
    assert_eq!(entries(&store, "c1", 0, 9).await, [entry(1, "one"), entry(2, "two")]);
    assert_eq!(entries(&store, "c2", 0, 9).await, [entry(1, "ten")]);
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
    anna.does([set_timer("a", at(1)), drop_timer("a"), drop_timer("b"), set_timer("b", at(2))])
        .await;
    assert_eq!(timers(&store).await, [("b", 2)].map(due), "the last of one commit holds");
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

async fn timers(store: &Store) -> Vec<(String, Timestamp)> {
    store.timers(SHARD).await.unwrap()
}

fn due((key, seconds): (&str, i64)) -> (String, Timestamp) {
    (key.to_owned(), at(seconds))
}

fn job(id: &str, ready_at: i64, text: &str) -> Job {
    Job { id: id.to_owned(), ready_at: at(ready_at), bytes: bytes(text) }
}
