//! What is decided while the round before is being written: it is written and answered after it, and
//! decided anew when that round is refused.

use std::cell::Cell;

use domain::id::ShardId;
use futures_util::future::join_all;
use switchboard::actors::handle::{Accepted, NotStored};
use switchboard::protocol::Outcome;
use switchboard::store::Store;

use crate::fakes::telegram::{Customer, Update};
use crate::story::{Desk, Story, operators, tell};

const IVAN: Customer = Customer { id: 501, name: "Ivan" };
const PETR: Customer = Customer { id: 502, name: "Petr" };
/// As much as fits into two rounds: no work is left behind them that would have the first one told.
const MANY: usize = 120;
/// Texts that Anna knows before the flood.
const KNOWN: usize = 2;

/// The store is silent until everything that can be decided is: the model, which can be told so.
pub async fn meanwhile(story: &Story) {
    let Store::Model(model) = &story.store else { return };
    model.hold();
    others_go_on().await;
    others_go_on().await;
    model.let_go();
}

/// Whatever can be done without the store is done: a round of sixty pieces is decided, too.
pub async fn others_go_on() {
    for _ in 0..1024 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_repeat_takes_nothing_with_it_of_what_was_decided_behind_it() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, conversation) = story.anna_talks().await;
            let before = story.platform.text(IVAN, "before");
            assert_eq!(story.delivered(&before).await, [Ok(Accepted::Created)]);
            story.settles().await;
            let (one, two) = (story.platform.text(IVAN, "one"), story.platform.text(IVAN, "two"));
            let ((), again, one, two, answered) = tokio::join!(
                meanwhile(story),
                story.delivered(&before),
                story.delivered(&one),
                story.delivered(&two),
                anna.replies(story, &conversation, "answer"),
            );
            assert_eq!(again, [Ok(Accepted::Duplicate)]);
            assert_eq!((one, two), (vec![Ok(Accepted::Created)], vec![Ok(Accepted::Created)]));
            assert_eq!(answered, Outcome::Done {});
            story.settles().await;
            let said = story.messages(&conversation).await;
            assert_eq!(said, ["hello", "before", "one", "two", "answer"]);
            assert_eq!(anna.texts(), ["before", "one", "two", "answer"], "seen once, in order");
        },
    );
}

#[test]
fn a_repeat_that_was_decided_ahead_is_refused_alone() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (_anna, conversation) = story.anna_talks().await;
            let before = story.platform.text(IVAN, "before");
            assert_eq!(story.delivered(&before).await, [Ok(Accepted::Created)]);
            story.settles().await;
            let (one, two) = (story.platform.text(IVAN, "one"), story.platform.text(IVAN, "two"));
            let ((), one, again, two) = tokio::join!(
                meanwhile(story),
                story.delivered(&one),
                story.delivered(&before),
                story.delivered(&two),
            );
            assert_eq!((one, two), (vec![Ok(Accepted::Created)], vec![Ok(Accepted::Created)]));
            assert_eq!(again, [Ok(Accepted::Duplicate)]);
            story.settles().await;
            let said = story.messages(&conversation).await;
            assert_eq!(said, ["hello", "before", "one", "two"]);
        },
    );
}

#[test]
fn a_customer_who_writes_while_his_conversation_is_being_finished_goes_on_with_it() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, conversation) = story.anna_talks().await;
            let (one, two) = (story.platform.text(IVAN, "one"), story.platform.text(IVAN, "two"));
            let ((), finished, one, two) = tokio::join!(
                meanwhile(story),
                anna.finishes(story, &conversation),
                story.delivered(&one),
                story.delivered(&two),
            );
            assert_eq!(finished, Outcome::Done {});
            assert_eq!((one, two), (vec![Ok(Accepted::Created)], vec![Ok(Accepted::Created)]));
            story.settles().await;
            assert_eq!(story.open_of(501).await, conversation);
            assert_eq!(story.messages(&conversation).await, ["hello", "one", "two"]);
        },
    );
}

#[test]
fn what_lies_in_the_inbox_by_then_is_not_overtaken() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (_anna, conversation) = story.anna_talks().await;
            let (one, three) =
                (story.platform.text(IVAN, "one"), story.platform.text(IVAN, "three"));
            let submitted = async {
                others_go_on().await;
                story.submits(501, "two").await;
            };
            let ((), one, three, ()) = tokio::join!(
                meanwhile(story),
                story.delivered(&one),
                story.delivered(&three),
                submitted,
            );
            assert_eq!((one, three), (vec![Ok(Accepted::Created)], vec![Ok(Accepted::Created)]));
            // The last of the inbox is found by what comes next.
            story.customer_writes(501, "four").await;
            let mut said = story.messages(&conversation).await;
            if let Store::Model(_) = &story.store {
                assert_eq!(said, ["hello", "one", "two", "three", "four"]);
            }
            said.sort();
            assert_eq!(said, ["four", "hello", "one", "three", "two"], "once each");
        },
    );
}

#[test]
fn whoever_waits_for_a_round_of_which_nothing_is_known_or_for_the_next_is_told_to_repeat() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let Store::Model(model) = story.store.clone() else { return };
            let (_anna, conversation) = story.anna_talks().await;
            let (one, two) = (story.platform.text(IVAN, "one"), story.platform.text(IVAN, "two"));
            let cut = async {
                meanwhile(story).await;
                model.cut();
            };
            let ((), first, second) =
                tokio::join!(cut, story.delivered(&one), story.delivered(&two));
            let told = [Err(NotStored::Unavailable)];
            assert_eq!((first.as_slice(), second.as_slice()), (told.as_slice(), told.as_slice()));
            model.mend();
            story.breaks_and_recovers().await;
            assert_eq!(story.delivered(&one).await, [Ok(Accepted::Duplicate)], "it was written");
            assert_eq!(story.delivered(&two).await, [Ok(Accepted::Created)]);
            story.settles().await;
            assert_eq!(story.messages(&conversation).await, ["hello", "one", "two"]);
        },
    );
}

#[test]
fn a_repeat_before_a_whole_round_takes_nothing_of_it_with_it() {
    a_repeat_among_many(0);
}

#[test]
fn a_repeat_within_a_whole_round_that_was_decided_ahead_is_refused_alone() {
    a_repeat_among_many(30);
}

#[test]
fn whole_rounds_come_one_after_the_other_and_each_is_told_once_it_is_stored() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let Store::Model(model) = story.store.clone() else { return };
            let Flood { anna, shard, before: _, sent } = Flood::gathers(story).await;
            let stored = || async { story.store.meta(shard).await.unwrap().commits };
            let answered = Cell::new(0);
            let delivered = join_all(sent.iter().map(async |update| {
                assert_eq!(story.delivered(update).await, [Ok(Accepted::Created)]);
                answered.set(answered.get() + 1);
            }));
            let steps = async {
                let rounds = stored().await;
                model.hold();
                others_go_on().await;
                for (round, told) in [(1, 0), (2, 1), (3, 61)] {
                    assert_eq!(stored().await, rounds + round, "one is written at a time");
                    assert_eq!(answered.get(), told, "while round {round} is written");
                    assert_eq!(anna.texts().len(), KNOWN + told, "while round {round} is written");
                    model.let_one_go();
                    others_go_on().await;
                }
                model.let_go();
            };
            tokio::join!(steps, delivered);
            story.settles().await;
            assert_eq!(anna.texts(), Flood::seen(&[]));
        },
    );
}

fn a_repeat_among_many(before_it: usize) {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let Flood { anna, before, mut sent, .. } = Flood::gathers(story).await;
            sent.insert(before_it, before);
            let delivered = join_all(sent.iter().map(|update| story.delivered(update)));
            let ((), heard) = tokio::join!(meanwhile(story), delivered);
            for (n, heard) in heard.into_iter().enumerate() {
                let repeated = n == before_it;
                let expected = if repeated { Accepted::Duplicate } else { Accepted::Created };
                assert_eq!(heard, [Ok(expected)], "{n}");
            }
            story.settles().await;
            let last = story.platform.text(IVAN, "last");
            assert_eq!(story.delivered(&last).await, [Ok(Accepted::Created)]);
            story.settles().await;
            assert_eq!(anna.texts(), Flood::seen(&["last"]));
        },
    );
}

/// Petr is about to write once, and Ivan so much that the rounds behind that are full. Both have
/// written twice: the second message changes a card, and nothing is decided behind a round that does.
struct Flood {
    anna: Desk,
    shard: ShardId,
    /// What Ivan wrote second.
    before: Update,
    sent: Vec<Update>,
}

impl Flood {
    async fn gathers(story: &mut Story) -> Self {
        let (anna, conversation) = story.anna_talks().await;
        story.customer_writes(PETR.id, "hello").await;
        anna.accepts_it(story).await;
        let early = story.platform.text(PETR, "early");
        let before = story.platform.text(IVAN, "before");
        for update in [&early, &before] {
            assert_eq!(story.delivered(update).await, [Ok(Accepted::Created)]);
        }
        story.settles().await;
        let mut sent = vec![story.platform.text(PETR, "only")];
        sent.extend(texts().map(|text| story.platform.text(IVAN, &text)));
        let shard = conversation.shard().expect("of a shard");
        Self { anna, shard, before, sent }
    }

    /// What Anna has seen after it, and after `more`.
    fn seen(more: &[&str]) -> Vec<String> {
        let first = ["early", "before", "only"].map(str::to_owned);
        first.into_iter().chain(texts()).chain(more.iter().map(|text| (*text).to_owned())).collect()
    }
}

fn texts() -> impl Iterator<Item = String> {
    (0..MANY).map(|n| format!("text {n}"))
}
