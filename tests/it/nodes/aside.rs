//! What has to come after all that other nodes have put into an inbox waits for that, and nobody else does.

use std::cell::Cell;
use std::rc::Rc;

use domain::event::RowState;
use domain::id::{ConversationId, LineId};
use futures_util::future::join_all;
use switchboard::actors::handle::{Accepted, NodeHandle};
use switchboard::protocol::{ClientFrame, Outcome, TransferTo};
use uuid::Uuid;

use crate::ahead::others_go_on;
use crate::nodes::together::{MANY, anna_talks_at_the_owner, arrival, steps_aside};
use crate::nodes::{Among, SHARD, tell_among};
use crate::story::{CHANNEL, Desk, Sent, code, new_id, operators};

#[test]
fn a_transfer_waits_for_what_was_written_before_it_and_keeps_nobody_waiting() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let queue = behind_many_others(among).await;
            let Behind { anna, ivans, handed, .. } = &queue;
            let too_late = says(anna, ivans);
            let said = says(anna, &queue.olgas);
            queue.goes_on(among).await;
            until(|| anna.answer(said).is_some()).await;
            let left = among.inbox_entries(SHARD).await;
            assert!(left > MANY / 2, "her answer to Olga has waited: {left} are left");
            assert_eq!(anna.answer(*handed), None);
            among.settles().await;
            assert_eq!(anna.answer(said), Some(Outcome::Done {}));
            assert_eq!(anna.answer(*handed), Some(Outcome::Done {}));
            let answer = anna.answer(too_late).unwrap();
            assert_eq!(code(&answer), "closed", "it has not overtaken the transfer");
            assert_eq!(
                anna.answer(queue.said),
                Some(Outcome::Done {}),
                "nor has it overtaken that"
            );
            assert_eq!(among.messages(ivans).await, ["hello", "before", "good morning"]);
        },
    );
}

#[test]
fn nobody_waits_with_it_either_while_there_is_always_something_new() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let (_, there, anna, [ivans, olgas]) = anna_talks_with_two(among).await;
            let others = Rc::new(Cell::new(0));
            let so_far = others.clone();
            actix::spawn(async move {
                for n in 0..MANY {
                    let arrival = arrival(&n.to_string());
                    assert_eq!(there.arrive(arrival).await, Ok(Accepted::Created));
                    so_far.set(n);
                    // One or two come while a round is decided, never more than one takes.
                    for _ in 0..10 {
                        steps_aside().await;
                    }
                }
            });
            until(|| others.get() > MANY / 10).await;
            anna.says(&to_support(new_id(), &ivans));
            let said = says(&anna, &olgas);
            until(|| anna.answer(said).is_some()).await;
            assert!(others.get() < MANY / 2, "she has waited for {} others", others.get());
        },
    );
}

#[test]
fn who_waits_so_while_the_store_is_started_anew_is_told_to_repeat() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let queue = behind_many_others(among).await;
            let Behind { anna, ivans, handed, .. } = &queue;
            queue.goes_on(among).await;
            queue.some_are_done(among).await;
            assert_eq!(anna.answer(*handed), None);
            among.store_is_started_anew();
            among.passes(1_000).await;
            assert_eq!(code(&anna.answer(*handed).unwrap()), "unavailable");
            assert_eq!(anna.rows()[ivans].state, RowState::Active);
            assert_eq!(anna.hands_to_line(among, ivans, "support").await, Outcome::Done {});
            assert_eq!(among.messages(ivans).await, ["hello", "before"]);
        },
    );
}

#[test]
fn who_goes_down_in_order_does_what_waits_so_before() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let queue = behind_many_others(among).await;
            queue.goes_on(among).await;
            queue.some_are_done(among).await;
            among.node(queue.owner).drain().await;
            among.stands_at(among.other_than_owner_of(SHARD).await);
            among.passes(1_000).await;
            assert_eq!(among.row(&queue.ivans).await.state, RowState::Closed);
            assert_eq!(among.messages(&queue.ivans).await, ["hello", "before", "good morning"]);
        },
    );
}

#[test]
fn nor_does_an_operator_wait_for_what_has_arrived_at_the_owner_itself() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let queue = behind_many_others(among).await;
            queue.goes_on(among).await;
            queue.some_are_done(among).await;
            let here = among.node(queue.owner);
            let own = (MANY..2 * MANY).map(|n| {
                let (here, arrival) = (here.clone(), arrival(&n.to_string()));
                actix::spawn(async move { here.arrive(arrival).await })
            });
            for answer in join_all(own).await {
                assert_eq!(answer.unwrap(), Ok(Accepted::Created));
            }
            while among.inbox_entries(SHARD).await > MANY / 2 {
                steps_aside().await;
            }
            let end = among.inbox_end(SHARD).await;
            let last = actix::spawn(async move { here.arrive(arrival("last")).await });
            let said = says(&queue.anna, &queue.olgas);
            until(|| queue.anna.answer(said).is_some()).await;
            let left = among.inbox_entries(SHARD).await;
            assert!(left > 0, "she has waited for all of them");
            assert_eq!(last.await.unwrap(), Ok(Accepted::Created));
            assert_eq!(
                among.inbox_end(SHARD).await,
                end,
                "it has not gone there, as nobody else fills it"
            );
        },
    );
}

/// Many messages lie in the inbox of a shard, the last of them from Ivan, when Anna, who talks with him at the
/// owner, hands him over to the support. The store does not answer the owner.
struct Behind {
    owner: &'static str,
    there: NodeHandle,
    anna: Desk,
    ivans: ConversationId,
    olgas: ConversationId,
    /// What she said to him, and her command, right behind it.
    said: Uuid,
    handed: Uuid,
}

/// Anna talks with Ivan and with Olga at the node that owns the shard: that one's name, the other, her, and the
/// conversations. There is a support, in another shard.
async fn anna_talks_with_two(
    among: &mut Among,
) -> (&'static str, NodeHandle, Desk, [ConversationId; 2]) {
    let (owner, [_, there], anna, ivans) = anna_talks_at_the_owner(among).await;
    among.opens_line(("support", 0), "helpdesk", |_| ()).await;
    among.arrives(CHANNEL, "502", Sent::Text("hello")).await.unwrap();
    let olgas = anna.accepts_it(among).await;
    (owner, there, anna, [ivans, olgas])
}

async fn behind_many_others(among: &mut Among) -> Behind {
    let (owner, there, anna, [ivans, olgas]) = anna_talks_with_two(among).await;
    let here = among.node(owner);
    among.waits_for_the_store(owner);
    actix::spawn(async move { here.arrive(arrival("first")).await });
    others_go_on().await;
    let [said, handed] = [new_id(), new_id()];
    let mut queue = Behind { owner, there, anna, ivans, olgas, said, handed };
    for n in 0..MANY {
        queue.one_more(n).await;
    }
    let before = among.arrival(CHANNEL, "501", Sent::Text("before"));
    assert_eq!(queue.there.arrive(before).await, Ok(Accepted::Created));
    queue.said = says(&queue.anna, &queue.ivans);
    queue.anna.says(&to_support(queue.handed, &queue.ivans));
    queue
}

impl Behind {
    /// Somebody writes at the other node.
    async fn one_more(&self, n: usize) {
        assert_eq!(self.there.arrive(arrival(&n.to_string())).await, Ok(Accepted::Created));
    }

    /// The store answers.
    async fn goes_on(&self, among: &Among) {
        others_go_on().await;
        among.hears_from_the_store(self.owner);
    }

    /// The owner has worked off some of what lay there, so that the transfer was tried.
    async fn some_are_done(&self, among: &Among) {
        while among.inbox_entries(SHARD).await > MANY / 2 {
            steps_aside().await;
        }
    }
}

fn to_support(cmd_id: Uuid, conversation: &ConversationId) -> ClientFrame {
    let to = TransferTo::Line { id: LineId::new("support") };
    let conversation = conversation.clone();
    ClientFrame::Transfer { cmd_id, conversation, to, comment: None, confirmed: true }
}

fn says(anna: &Desk, conversation: &ConversationId) -> Uuid {
    let (cmd_id, text) = (new_id(), "good morning".to_owned());
    let conversation = conversation.clone();
    anna.says(&ClientFrame::Reply { cmd_id, conversation, text, files: Vec::new() });
    cmd_id
}

/// Lets everybody go on until it is so.
async fn until(so: impl Fn() -> bool) {
    for _ in 0..1_000_000 {
        if so() {
            return;
        }
        steps_aside().await;
    }
    panic!("it does not come to that");
}
