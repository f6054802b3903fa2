//! Shards that come and go: kills, drains, joins, and a store that does not answer.

use domain::event::RowState;
use domain::id::ShardId;
use futures_util::future::join_all;
use switchboard::actors::handle::{Accepted, NotStored};
use switchboard::protocol::Outcome;

use crate::ahead::others_go_on;
use crate::fakes::telegram::Customer;
use crate::nodes::{SHARD, tell_among};
use crate::story::{CHANNEL, Sent, operators};

const IVAN: Customer = Customer { id: 501, name: "Ivan" };

#[test]
fn who_survives_takes_over_and_nothing_is_lost() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let (owner, survivor) =
                (among.owner_of(SHARD).await.unwrap(), among.other_than_owner_of(SHARD).await);
            among.stands_at(survivor);
            let anna = among.signs_in("anna").await;
            among.passes(1_000).await;
            among.customer_writes(501, "hello").await;
            let (conversation, offer) = anna.offer();
            anna.accepts(among, (conversation.clone(), offer)).await;
            among.is_killed(owner);
            // The platform is told that it is stored, though nobody works it off yet.
            among.customer_writes(501, "are you there?").await;
            assert_eq!(anna.texts(), [""; 0]);
            let took = among.passes_until(async || anna.texts().len() == 1).await;
            assert!((2_500..=4_000).contains(&took), "lease and a second: {took} ms");
            assert_eq!(among.owner_of(SHARD).await, Some(survivor));
            assert_eq!(anna.replies(among, &conversation, "yes").await, Outcome::Done {});
            assert_eq!(among.platform.sent_to(501), ["yes"]);
            assert_eq!(among.messages(&conversation).await, ["hello", "are you there?", "yes"]);
            let _gapless = anna.positions();
        },
    );
}

#[test]
fn who_was_only_stopped_does_no_harm_when_it_goes_on() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let (owner, survivor) =
                (among.owner_of(SHARD).await.unwrap(), among.other_than_owner_of(SHARD).await);
            among.stands_at(owner);
            let stopped = among.signs_in("anna").await;
            among.customer_writes(501, "hello").await;
            let (conversation, offer) = stopped.offer();
            stopped.accepts(among, (conversation.clone(), offer)).await;
            among.is_killed(owner);
            among.passes(6_000).await;
            assert_eq!(among.owner_of(SHARD).await, Some(survivor));
            among.comes_to(owner);
            among.passes(2_000).await;
            // Its browser sees what happened meanwhile, without a gap.
            among.stands_at(survivor);
            among.customer_writes(501, "still here").await;
            among.passes(1_000).await;
            assert_eq!(stopped.texts(), ["still here"]);
            assert_eq!(stopped.replies(among, &conversation, "so am I").await, Outcome::Done {});
            assert_eq!(among.messages(&conversation).await, ["hello", "still here", "so am I"]);
            let _gapless = stopped.positions();
        },
    );
}

#[test]
fn who_cannot_reach_the_store_stops_by_himself_and_goes_on_with_it() {
    tell_among(
        ["a"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let anna = among.signs_in("anna").await;
            among.is_killed("a");
            let update = among.platform.text(IVAN, "hello");
            let stopped = among.passes_until(async || !among.node("a").is_ready()).await;
            assert!(stopped <= 2_100, "the self-fence: {stopped} ms");
            assert_eq!(among.delivered(&update).await, [Err(NotStored::Unavailable)]);
            among.passes(10_000).await;
            assert!(!among.node("a").is_ready());
            among.comes_to("a");
            let again = among.passes_until(async || among.node("a").is_ready()).await;
            assert!(again <= 1_500, "at once: {again} ms");
            assert_eq!(among.delivered(&update).await, [Ok(Accepted::Created)]);
            among.settles().await;
            among.passes(500).await;
            let (conversation, _) = anna.offer();
            assert_eq!(among.messages(&conversation).await, ["hello"]);
        },
    );
}

#[test]
fn who_goes_down_in_order_gives_everything_away_at_once() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let (owner, other) =
                (among.owner_of(SHARD).await.unwrap(), among.other_than_owner_of(SHARD).await);
            among.stands_at(other);
            let anna = among.signs_in("anna").await;
            among.passes(1_000).await;
            among.customer_writes(501, "hello").await;
            let (conversation, offer) = anna.offer();
            anna.accepts(among, (conversation.clone(), offer)).await;
            among.node(owner).drain().await;
            among.customer_writes(501, "and now?").await;
            let took = among.passes_until(async || anna.texts().len() == 1).await;
            assert!(took <= 500, "the gap: {took} ms");
            assert_eq!(among.owner_of(SHARD).await, Some(other));
            assert_eq!(among.owner_of(ShardId(0)).await, Some(other));
            assert_eq!(anna.finishes(among, &conversation).await, Outcome::Done {});
            assert_eq!(anna.state(), RowState::Closing);
        },
    );
}

#[test]
fn what_is_being_written_while_its_shard_is_given_away_is_answered_and_told_once() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let (owner, other) =
                (among.owner_of(SHARD).await.unwrap(), among.other_than_owner_of(SHARD).await);
            let leaving = among.node(owner);
            among.stands_at(other);
            let anna = among.signs_in("anna").await;
            among.passes(1_000).await;
            among.customer_writes(501, "hello").await;
            let (conversation, offer) = anna.offer();
            anna.accepts(among, (conversation.clone(), offer)).await;
            among.customer_writes(501, "second").await;
            let sent = ["one", "two", "three"]
                .map(|text| leaving.arrive(among.arrival(CHANNEL, "501", Sent::Text(text))));
            among.waits_for_the_store(owner);
            let lets_go = async {
                others_go_on().await;
                among.hears_from_the_store(owner);
            };
            // One is being written, the others are decided behind it.
            let goes = async {
                others_go_on().await;
                tokio::join!(leaving.drain(), lets_go);
            };
            let (answers, ()) = tokio::join!(join_all(sent), goes);
            assert!(answers.iter().all(|answer| *answer == Ok(Accepted::Created)), "{answers:?}");
            among.passes(500).await;
            assert_eq!(among.owner_of(SHARD).await, Some(other));
            among.customer_writes(501, "after").await;
            let told = ["hello", "second", "one", "two", "three", "after"];
            assert_eq!(among.messages(&conversation).await, told);
            assert_eq!(anna.texts(), told[1..], "each once, in order");
        },
    );
}

#[test]
fn who_joins_gets_its_share_and_work_goes_on() {
    tell_among(
        ["a"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let anna = among.signs_in("anna").await;
            among.customer_writes(501, "hello").await;
            let (conversation, offer) = anna.offer();
            anna.accepts(among, (conversation.clone(), offer)).await;
            assert_eq!(among.shares().await, [2]);
            among.joins("b").await;
            among.passes(9_000).await;
            assert_eq!(among.shares().await, [2, 0], "who has just come asks for nothing");
            among.passes(6_000).await;
            assert_eq!(among.shares().await, [1, 1]);
            among.customer_writes(501, "still there?").await;
            among.passes(500).await;
            assert_eq!(anna.replies(among, &conversation, "yes").await, Outcome::Done {});
            assert_eq!(among.messages(&conversation).await, ["hello", "still there?", "yes"]);
            among.passes(60_000).await;
            assert_eq!(among.shares().await, [1, 1], "and that stays so");
        },
    );
}

#[test]
fn offers_go_on_when_the_node_that_made_them_dies() {
    tell_among(
        ["a", "b"],
        |line| {
            line.queue.operators = operators(["anna", "boris"]);
            line.queue.offer_timeout_seconds = 60;
        },
        async |among| {
            let (owner, survivor) =
                (among.owner_of(SHARD).await.unwrap(), among.other_than_owner_of(SHARD).await);
            among.stands_at(survivor);
            let anna = among.signs_in("anna").await;
            let boris = among.signs_in("boris").await;
            among.passes(1_000).await;
            among.customer_writes(501, "hello").await;
            let first = [&anna, &boris].into_iter().position(|desk| !desk.offers().is_empty());
            among.is_killed(owner);
            among.passes(61_000).await;
            let then = [&anna, &boris].into_iter().position(|desk| !desk.offers().is_empty());
            assert_eq!((first.is_some(), then), (true, first.map(|first| 1 - first)));
        },
    );
}
