//! What operators see at any node: everything, once, in order.

use domain::event::RowState;

use crate::nodes::{SHARD, tell_among};
use crate::story::operators;

#[test]
fn a_node_that_hears_no_signal_sees_everything_a_moment_later() {
    tell_among(
        ["a"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            among.joins_deaf("b").await;
            among.passes(20_000).await;
            among.stands_at("b");
            let anna = among.signs_in("anna").await;
            among.passes(1_000).await;
            among.stands_at("a");
            among.customer_writes(501, "hello").await;
            among.passes(1_000).await;
            let (conversation, offer) = anna.offer();
            anna.says(&switchboard::protocol::ClientFrame::Accept {
                cmd_id: crate::story::new_id(),
                conversation: conversation.clone(),
                offer,
            });
            among.passes(1_000).await;
            assert_eq!(anna.state(), RowState::Active);
            for n in 0..10 {
                among.customer_writes(501, &format!("message {n}")).await;
            }
            among.passes(500).await;
            assert_eq!(anna.texts().len(), 10);
            let _gapless = anna.positions();
        },
    );
}

#[test]
fn browsers_at_all_nodes_see_the_same_whatever_happens_to_the_nodes() {
    tell_among(
        ["a", "b", "c"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let mut desks = Vec::new();
            for name in ["a", "b", "c"] {
                among.stands_at(name);
                desks.push(among.signs_in("chief").await);
            }
            let anna = among.signs_in("anna").await;
            among.passes(1_000).await;
            let victim = among.owner_of(SHARD).await.unwrap();
            let witness = ["a", "b", "c"].into_iter().find(|name| *name != victim).unwrap();
            among.stands_at(witness);
            among.customer_writes(501, "one").await;
            among.is_killed(victim);
            among.customer_writes(501, "two").await;
            among.passes(5_000).await;
            among.comes_to(victim);
            among.customer_writes(501, "three").await;
            among.passes(5_000).await;
            among.customer_writes(502, "four").await;
            among.passes(1_000).await;
            let rows = desks[0].rows();
            assert_eq!(rows.len(), 2);
            for desk in &desks {
                assert_eq!(desk.rows(), rows);
                let _gapless = desk.positions();
            }
            let _gapless = anna.positions();
        },
    );
}
