//! Who is busy with how much, over all shards, and what each has received.

use domain::id::{ConversationId, OperatorId};
use switchboard::store::Store;
use switchboard::store::op::{CommitError, Counter, Refusal, Slot};

use crate::contract::words::*;

pub(crate) async fn an_operator_is_reserved_up_to_the_limit(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([reserve("olga", "c1", 2), reserve("olga", "c2", 2)]).await;
    assert_eq!(anna.tries([reserve("olga", "c3", 2)]).await, refused(full("olga", 2)));
    anna.does([reserve("olga", "c3", 3), reserve("pavel", "c4", 1)]).await;
    assert_eq!(anna.tries([reserve("olga", "c5", 1)]).await, refused(full("olga", 3)));
    let loads = [("olga", "c1"), ("olga", "c2"), ("olga", "c3"), ("pavel", "c4")];
    assert_eq!(store.loads(Slot::Place).await.unwrap(), loads.map(load));
}

pub(crate) async fn a_reservation_is_idempotent(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([reserve("olga", "c1", 1), reserve("olga", "c1", 1)]).await;
    anna.does([reserve("olga", "c1", 1)]).await;
    assert_eq!(store.loads(Slot::Place).await.unwrap(), [("olga", "c1")].map(load));
}

pub(crate) async fn no_limit_is_no_limit(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does(["c1", "c2", "c3"].map(|id| reserve("olga", id, 0))).await;
    assert_eq!(store.loads(Slot::Place).await.unwrap().len(), 3);
}

pub(crate) async fn a_release_makes_room(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([reserve("olga", "c1", 1)]).await;
    anna.does([release("olga", "c1")]).await;
    assert_eq!(store.loads(Slot::Place).await.unwrap(), []);
    anna.does([reserve("olga", "c2", 1)]).await;
    assert_eq!(store.loads(Slot::Place).await.unwrap(), [("olga", "c2")].map(load));
}

pub(crate) async fn a_release_of_nothing_is_harmless(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([reserve("olga", "c1", 1)]).await;
    anna.does([release("olga", "c2"), release("pavel", "c1")]).await;
    assert_eq!(store.loads(Slot::Place).await.unwrap(), [("olga", "c1")].map(load));
}

pub(crate) async fn a_release_of_nothing_makes_no_room(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([reserve("olga", "c1", 1)]).await;
    let tried = anna.tries([release("olga", "c2"), reserve("olga", "c3", 1)]).await;
    assert_eq!(tried, refused(full("olga", 1)));
}

pub(crate) async fn reservations_of_one_commit_count(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([reserve("olga", "c1", 2)]).await;
    let groups = [[reserve("olga", "c2", 2)], [reserve("olga", "c3", 2)]];
    let tried = anna.commits(groups).await;
    assert_eq!(tried, Err(CommitError::Refused(vec![(1, full("olga", 2))])));
    assert_eq!(store.loads(Slot::Place).await.unwrap(), [("olga", "c1")].map(load));
}

pub(crate) async fn releases_of_one_commit_count(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([reserve("olga", "c1", 1)]).await;
    let too_early = anna.tries([reserve("olga", "c2", 1), release("olga", "c1")]).await;
    assert_eq!(too_early, refused(full("olga", 1)));
    anna.commits([[release("olga", "c1")], [reserve("olga", "c2", 1)]]).await.unwrap();
    assert_eq!(store.loads(Slot::Place).await.unwrap(), [("olga", "c2")].map(load));
}

pub(crate) async fn reservations_of_a_refused_group_count(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let groups = [
        vec![put("c1", 5, "wrong"), reserve("olga", "c1", 1)],
        vec![reserve("olga", "c2", 1)],
        vec![release("olga", "c1"), reserve("olga", "c3", 1)],
    ];
    let tried = anna.commits(groups).await;
    let reasons = vec![(0, version("c1", 0)), (1, full("olga", 1))];
    assert_eq!(tried, Err(CommitError::Refused(reasons)));
}

pub(crate) async fn load_is_counted_over_shards(store: Store) {
    Owner::of(&store, "anna").await.does([reserve("olga", "c1", 1)]).await;
    let mut there = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    assert_eq!(there.tries([reserve("olga", "c2", 1)]).await, refused(full("olga", 1)));
}

pub(crate) async fn places_and_offers_are_counted_apart(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let offer = |of, limit| take(Slot::Offer, "olga", of, limit);
    anna.does([reserve("olga", "c1", 1), offer("c1", 2), offer("c2", 2)]).await;
    let many = Refusal::Capacity { slot: Slot::Offer, operator: operator("olga"), load: 2 };
    assert_eq!(anna.tries([offer("c3", 2)]).await, refused(many));
    assert_eq!(anna.tries([reserve("olga", "c2", 1)]).await, refused(full("olga", 1)));
    anna.does([give_back(Slot::Offer, "olga", "c1"), offer("c3", 2)]).await;
    let offers = [("olga", "c2"), ("olga", "c3")];
    assert_eq!(store.loads(Slot::Offer).await.unwrap(), offers.map(load));
    assert_eq!(store.loads(Slot::Place).await.unwrap(), [("olga", "c1")].map(load));
}

pub(crate) async fn counters_add_up(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    assert_eq!(store.counters(line("sales")).await.unwrap(), []);
    anna.does([count("sales", "olga", 1, at(1)), count("sales", "olga", 2, at(2))]).await;
    anna.does([count("sales", "olga", 1, at(3))]).await;
    assert_eq!(store.counters(line("sales")).await.unwrap(), [counter("olga", 4, Some(3))]);
    anna.does([count("sales", "olga", i64::MAX, at(4))]).await;
    assert_eq!(store.counters(line("sales")).await.unwrap(), [counter("olga", i64::MAX, Some(4))]);
}

pub(crate) async fn a_correction_is_not_a_reception(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([count("sales", "olga", 5, at(1)), count("sales", "pavel", -2, at(1))]).await;
    anna.does([count("sales", "olga", -1, at(9)), count("sales", "olga", 0, at(9))]).await;
    let counters = [counter("olga", 4, Some(1)), counter("pavel", -2, None)];
    assert_eq!(store.counters(line("sales")).await.unwrap(), counters);
}

pub(crate) async fn counters_are_listed_by_line(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([count("sales", "pavel", 1, at(1)), count("sales", "olga", 2, at(2))]).await;
    Owner::of_shard(&store, ELSEWHERE, "boris").await.does([count("help", "olga", 9, at(3))]).await;
    let counters = [counter("olga", 2, Some(2)), counter("pavel", 1, Some(1))];
    assert_eq!(store.counters(line("sales")).await.unwrap(), counters);
    assert_eq!(store.counters(line("help")).await.unwrap(), [counter("olga", 9, Some(3))]);
}

fn full(who: &str, load: u32) -> Refusal {
    Refusal::Capacity { slot: Slot::Place, operator: operator(who), load }
}

fn load((who, of): (&str, &str)) -> (OperatorId, ConversationId) {
    (operator(who), conversation(of))
}

fn counter(who: &str, received: i64, last: Option<i64>) -> Counter {
    Counter { operator: operator(who), received, last: last.map(at) }
}
