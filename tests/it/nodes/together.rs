//! Work that goes on over several nodes as if there were one.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use domain::chat::{CustomerMessage, Inbound, InboundKind};
use domain::event::RowState;
use domain::id::{ChannelId, ConversationId, LineId, ShardId};
use domain::line::{LineSettings, QueueMode};
use futures_util::future::join_all;
use serde_json::json;
use switchboard::actors::handle::{Accepted, Arrival, Change, NodeHandle, NotStored};
use switchboard::protocol::{ClientFrame, Outcome, TransferTo};

use crate::ahead::others_go_on;
use crate::nodes::{Among, SHARD, tell_among};
use crate::story::{CHANNEL, Desk, Sent, code, new_id, operators};

#[test]
fn a_customer_and_an_operator_at_nodes_that_do_not_own_the_line() {
    tell_among(
        ["a", "b", "c"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            assert_eq!(among.shares().await.iter().max(), Some(&1), "each shard is elsewhere");
            let owner = among.owner_of(SHARD).await.unwrap();
            let [at_desk, at_hook] =
                ["a", "b", "c"].into_iter().filter(|n| *n != owner).collect::<Vec<_>>()[..]
            else {
                panic!("two others")
            };
            among.stands_at(at_desk);
            let anna = among.signs_in("anna").await;
            among.passes(1_000).await;
            among.stands_at(at_hook);
            among.customer_writes(501, "hello").await;
            let (conversation, offer) = anna.offer();
            assert_eq!(anna.accepts(among, (conversation.clone(), offer)).await, Outcome::Done {});
            assert_eq!(anna.replies(among, &conversation, "good morning").await, Outcome::Done {});
            among.customer_writes(501, "thank you").await;
            assert_eq!(anna.finishes(among, &conversation).await, Outcome::Done {});
            assert_eq!(among.platform.sent_to(501), ["good morning"]);
            assert_eq!(anna.texts(), ["good morning", "thank you"]);
            let told = ["hello", "good morning", "thank you"];
            assert_eq!(among.messages(&conversation).await, told);
            assert_eq!(anna.state(), RowState::Closing);
            let _gapless = anna.positions();
        },
    );
}

#[test]
fn of_two_who_accept_at_different_nodes_one_has_it() {
    tell_among(
        ["a", "b"],
        |line| {
            line.queue.operators = operators(["anna", "boris"]);
            line.queue.mode = QueueMode::All;
        },
        async |among| {
            among.stands_at("a");
            let anna = among.signs_in("anna").await;
            among.stands_at("b");
            let boris = among.signs_in("boris").await;
            among.passes(1_000).await;
            among.customer_writes(501, "hello").await;
            let accept = |desk: &Desk| {
                let (cmd_id, (conversation, offer)) = (new_id(), desk.offer());
                desk.says(&ClientFrame::Accept { cmd_id, conversation, offer });
                cmd_id
            };
            let asked = [accept(&anna), accept(&boris)];
            among.settles().await;
            let answers = [anna.answer(asked[0]).unwrap(), boris.answer(asked[1]).unwrap()];
            let taken = answers.iter().filter(|answer| **answer == Outcome::Done {}).count();
            assert_eq!(taken, 1, "{answers:?}");
            let refused = answers.iter().find(|answer| **answer != Outcome::Done {}).unwrap();
            assert_eq!(code(refused), "no_longer_yours");
        },
    );
}

#[test]
fn what_arrives_at_the_owner_is_not_kept_waiting_by_what_comes_from_other_nodes() {
    tell_among(
        ["a", "b"],
        |_| (),
        async |among| {
            let owner = among.node(among.owner_of(SHARD).await.unwrap());
            let other = among.node(among.other_than_owner_of(SHARD).await);
            let others = Rc::new(Cell::new(0));
            let taken = others.clone();
            actix::spawn(async move {
                for n in 0..MANY {
                    // So many that at any moment another entry may be in the inbox.
                    assert_eq!(other.arrive(arrival(&n.to_string())).await, Ok(Accepted::Created));
                    taken.set(n);
                    steps_aside().await;
                }
            });
            assert_eq!(owner.arrive(arrival("direct")).await, Ok(Accepted::Created));
            assert!(others.get() < MANY / 2, "it has waited for {} others", others.get());
        },
    );
}

#[test]
fn nor_is_what_arrives_or_is_said_there_when_much_of_it_lies_in_the_inbox_already() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let (owner, [here, there], anna, conversation) = anna_talks_at_the_owner(among).await;
            among.waits_for_the_store(owner);
            let first = actix::spawn(async move { here.arrive(arrival("first")).await });
            others_go_on().await;
            for n in 0..MANY {
                assert_eq!(there.arrive(arrival(&n.to_string())).await, Ok(Accepted::Created));
            }
            let here = among.node(owner);
            let direct = actix::spawn(async move { here.arrive(arrival("direct")).await });
            let (cmd_id, text) = (new_id(), "good morning".to_owned());
            anna.says(&ClientFrame::Reply { cmd_id, conversation, text, files: Vec::new() });
            others_go_on().await;
            among.hears_from_the_store(owner);
            let (mut arrived, mut said) = (None, None);
            for _ in 0..1_000_000 {
                if arrived.is_some() && said.is_some() {
                    break;
                }
                steps_aside().await;
                if direct.is_finished() && arrived.is_none() {
                    arrived = Some(among.inbox_entries(SHARD).await);
                }
                if anna.answer(cmd_id).is_some() && said.is_none() {
                    said = Some(among.inbox_entries(SHARD).await);
                }
            }
            assert_eq!(first.await.unwrap(), Ok(Accepted::Created));
            assert_eq!(direct.await.unwrap(), Ok(Accepted::Created));
            assert_eq!(anna.answer(cmd_id), Some(Outcome::Done {}));
            let left = [arrived, said].map(Option::unwrap);
            assert!(left.iter().all(|left| *left > MANY / 2), "so many were left: {left:?}");
        },
    );
}

#[test]
fn what_is_written_behind_a_transfer_from_another_node_goes_with_it() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let other = among.other_than_owner_of(SHARD).await;
            let (owner, there) = (among.owner_of(SHARD).await.unwrap(), among.node(other));
            among.stands_at(other);
            let support = |line: &mut LineSettings| line.queue.operators = operators(["boris"]);
            among.hires("boris", |_| {}).await;
            among.opens_line(("support", SHARD.0), "helpdesk", support).await;
            let [anna, boris] = [among.signs_in("anna").await, among.signs_in("boris").await];
            among.passes(1_000).await;
            among.arrives(CHANNEL, "501", Sent::Text("hello")).await.unwrap();
            let conversation = anna.accepts_it(among).await;
            among.waits_for_the_store(owner);
            let here = among.node(owner);
            actix::spawn(async move { here.arrive(arrival("first")).await });
            others_go_on().await;
            let handed = new_id();
            anna.says(&ClientFrame::Transfer {
                cmd_id: handed,
                conversation: conversation.clone(),
                to: TransferTo::Line { id: LineId::new("support") },
                comment: None,
                confirmed: true,
            });
            others_go_on().await;
            for text in ["one", "two"] {
                let arrival = among.arrival(CHANNEL, "501", Sent::Text(text));
                assert_eq!(there.arrive(arrival).await, Ok(Accepted::Created));
            }
            among.hears_from_the_store(owner);
            among.passes(1_000).await;
            assert_eq!(anna.answer(handed), Some(Outcome::Done {}));
            assert_eq!(among.messages(&conversation).await, ["hello"]);
            let (next, _) = boris.offer();
            assert_eq!(among.messages(&next).await, ["one", "two"]);
        },
    );
}

#[test]
fn what_arrives_goes_by_the_inbox_only_while_others_fill_it() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let (owner, [here, there], _anna, _) = anna_talks_at_the_owner(among).await;
            let mut arrivals: Vec<Arrival> = (0..6 * MANY)
                .map(|n| among.arrival(CHANNEL, "501", Sent::Text(&n.to_string())))
                .collect();
            let (others, own) = (arrivals.split_off(5 * MANY), arrivals);
            among.waits_for_the_store(owner);
            let first = actix::spawn(async move { here.arrive(arrival("first")).await });
            others_go_on().await;
            for arrival in others {
                assert_eq!(there.arrive(arrival).await, Ok(Accepted::Created));
            }
            among.hears_from_the_store(owner);
            // So fast that more lies there than a round takes, as long as it goes there.
            let mut answers = Vec::new();
            for together in own.chunks(50) {
                while among.inbox_entries(SHARD).await > MANY / 2 {
                    steps_aside().await;
                }
                for arrival in together.iter().cloned() {
                    let here = among.node(owner);
                    answers.push(actix::spawn(async move { here.arrive(arrival).await }));
                }
                steps_aside().await;
            }
            for answer in join_all(answers).await {
                assert_eq!(answer.unwrap(), Ok(Accepted::Created));
            }
            assert_eq!(first.await.unwrap(), Ok(Accepted::Created));
            among.settles().await;
            let by_inbox = among.store.meta(SHARD).await.unwrap().inbox_at.0;
            let most = MANY + own.len() / 2;
            assert!(by_inbox > MANY as u64, "others filled it, so what arrived went there too");
            assert!(by_inbox < most as u64, "so many went by the inbox: {by_inbox}");
        },
    );
}

#[test]
fn what_the_owner_decides_ahead_does_not_overtake_what_another_node_has_taken_by_then() {
    another_node_takes_a_message_before(1);
}

#[test]
fn nor_does_a_whole_round_that_the_owner_has_ready() {
    another_node_takes_a_message_before(80);
}

fn another_node_takes_a_message_before(many: usize) {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let (owner, [here, there], _anna, conversation) = anna_talks_at_the_owner(among).await;
            among.settles().await;
            // It changes the card, and nothing is decided behind what does.
            among.arrives(CHANNEL, "501", Sent::Text("second")).await.unwrap();
            let behind: Vec<String> = (0..many).map(|n| format!("behind {n}")).collect();
            let mut sent = vec![among.arrival(CHANNEL, "501", Sent::Text("one"))];
            sent.extend(behind.iter().map(|text| among.arrival(CHANNEL, "501", Sent::Text(text))));
            let elsewhere = among.arrival(CHANNEL, "501", Sent::Text("elsewhere"));
            among.waits_for_the_store(owner);
            let meanwhile = async {
                others_go_on().await;
                assert_eq!(there.arrive(elsewhere).await, Ok(Accepted::Created));
                others_go_on().await;
                among.hears_from_the_store(owner);
            };
            let arrive = join_all(sent.into_iter().map(|arrival| here.arrive(arrival)));
            let (answers, ()) = tokio::join!(arrive, meanwhile);
            assert!(answers.iter().all(|answer| *answer == Ok(Accepted::Created)), "{answers:?}");
            among.settles().await;
            let earlier = ["hello", "second", "one", "elsewhere"].map(str::to_owned);
            let told: Vec<String> = earlier.into_iter().chain(behind).collect();
            assert_eq!(among.messages(&conversation).await, told);
        },
    );
}

#[test]
fn who_waits_while_the_store_is_started_anew_is_told_to_repeat_and_nothing_is_done_twice() {
    tell_among(
        ["a"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let (node, anna) = (among.node("a"), among.signs_in("anna").await);
            among.arrives(CHANNEL, "501", Sent::Text("hello")).await.unwrap();
            let conversation = anna.accepts_it(among).await;
            among.arrives(CHANNEL, "501", Sent::Text("second")).await.unwrap();
            let [one, two] =
                ["one", "two"].map(|text| among.arrival(CHANNEL, "501", Sent::Text(text)));
            among.waits_for_the_store("a");
            let started_anew = async {
                others_go_on().await;
                among.store_is_started_anew();
                others_go_on().await;
                among.hears_from_the_store("a");
            };
            let (first, second, ()) =
                tokio::join!(node.arrive(one.clone()), node.arrive(two.clone()), started_anew);
            assert_eq!((first, second), (Err(NotStored::Unavailable), Err(NotStored::Unavailable)));
            among.passes(1_000).await;
            assert_eq!(node.arrive(one).await, Ok(Accepted::Duplicate), "it was written");
            assert_eq!(node.arrive(two).await, Ok(Accepted::Created));
            among.settles().await;
            let told = ["hello", "second", "one", "two"];
            assert_eq!(among.messages(&conversation).await, told);
            assert_eq!(anna.texts(), ["second", "one", "two"]);
        },
    );
}

/// Anna talks with a customer at the node that owns the shard: that one's name, it and the other, her, and
/// the conversation.
pub(super) async fn anna_talks_at_the_owner(
    among: &mut Among,
) -> (&'static str, [NodeHandle; 2], Desk, ConversationId) {
    let owner = among.owner_of(SHARD).await.unwrap();
    let nodes = [owner, among.other_than_owner_of(SHARD).await].map(|name| among.node(name));
    among.stands_at(owner);
    let anna = among.signs_in("anna").await;
    among.passes(1_000).await;
    among.arrives(CHANNEL, "501", Sent::Text("hello")).await.unwrap();
    let conversation = anna.accepts_it(among).await;
    (owner, nodes, anna, conversation)
}

/// Lets everybody who can go on do one step.
pub(super) async fn steps_aside() {
    let mut has_waited = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// More than can come before somebody's turn.
pub(super) const MANY: usize = 400;

/// A message of a customer of that name.
pub(super) fn arrival(customer: &str) -> Arrival {
    let message = CustomerMessage { text: "hello".to_owned(), ..CustomerMessage::default() };
    let inbound = Inbound {
        chat: customer.into(),
        customer_name: customer.to_owned(),
        what: InboundKind::Message(message),
        original: None,
        return_to: None,
    };
    let (channel, dedupe) = (ChannelId::new(CHANNEL), customer.to_owned());
    Arrival { channel, dedupe, dedupe_seconds: 60, inbound }
}

#[test]
fn a_command_that_is_repeated_at_another_node_is_carried_out_once() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            among.stands_at("a");
            let first = among.signs_in("anna").await;
            among.passes(1_000).await;
            among.customer_writes(501, "hello").await;
            let (conversation, offer) = first.offer();
            first.accepts(among, (conversation.clone(), offer)).await;
            among.stands_at("b");
            let second = among.signs_in("anna").await;
            let cmd_id = new_id();
            let text = "good morning".to_owned();
            let reply = ClientFrame::Reply {
                cmd_id,
                conversation: conversation.clone(),
                text,
                files: Vec::new(),
            };
            for desk in [&first, &second, &first, &second] {
                desk.says(&reply);
            }
            among.settles().await;
            let answers = [first.answer(cmd_id).unwrap(), second.answer(cmd_id).unwrap()];
            assert!(answers.contains(&Outcome::Repeated {}), "{answers:?}");
            assert_eq!(among.messages(&conversation).await, ["hello", "good morning"]);
            assert_eq!(among.platform.sent_to(501), ["good morning"]);
        },
    );
}

#[test]
fn what_people_change_at_one_node_all_nodes_know() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let elsewhere = among.other_than_owner_of(ShardId(0)).await;
            among.stands_at(elsewhere);
            among.operator_is_changed("anna", |anna| anna.capacity = 7).await;
            among.hires("boris", |_| {}).await;
            for name in ["a", "b"] {
                let directory = among.node(name).directory();
                let capacity = |name: &str| {
                    let found = directory.operators.iter().find(|(id, _)| id.as_str() == name);
                    found.map(|(_, operator)| operator.value.capacity)
                };
                assert_eq!((capacity("anna"), capacity("boris")), (Some(7), Some(0)), "at {name}");
            }
        },
    );
}

#[test]
fn a_change_that_comes_too_late_is_stale_at_every_node() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let elsewhere = among.other_than_owner_of(ShardId(0)).await;
            among.stands_at(elsewhere);
            let directory = among.node(elsewhere).directory();
            let (_, anna) =
                directory.operators.iter().find(|(id, _)| id.as_str() == "anna").unwrap();
            among.operator_is_changed("anna", |anna| anna.capacity = 7).await;
            let operator = (*anna.value).clone();
            let late = vec![Change::Operator { version: anna.version, operator }];
            let by = crate::story::chief();
            let changed = among.node(elsewhere).change(&by, late).await;
            assert_eq!(changed, Err(NotStored::Stale));
        },
    );
}

#[test]
fn an_operator_who_left_one_node_is_still_at_another() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            among.stands_at("a");
            let first = among.signs_in("anna").await;
            among.stands_at("b");
            let second = among.signs_in("anna").await;
            among.passes(1_000).await;
            first.is_cut();
            among.passes(40_000).await;
            among.customer_writes(501, "hello").await;
            let _offered = second.offer();
            second.is_cut();
            among.passes(40_000).await;
            among.customer_writes(502, "hello").await;
            among.stands_at("a");
            let back = among.signs_in("anna").await;
            assert_eq!(back.rows().len(), 2);
        },
    );
}

#[test]
fn a_command_that_was_refused_at_another_node_may_be_given_again() {
    tell_among(
        ["a", "b"],
        |line| line.queue.operators = operators(["anna"]),
        async |among| {
            let elsewhere = among.other_than_owner_of(SHARD).await;
            among.stands_at(elsewhere);
            let anna = among.signs_in("anna").await;
            among.passes(1_000).await;
            among.customer_writes(501, "hello").await;
            among.passes(1_000).await;
            let (talk, offer) = anna.offer();
            let text = || json!({ "text": "good morning" });
            let asked = anna.begins("reply", &talk, text());
            among.passes(1_000).await;
            let refused = anna.answer(asked).expect("an answer");
            assert!(matches!(refused, Outcome::Refused { .. }), "she has not accepted it");
            anna.begins("accept", &talk, json!({ "offer": offer }));
            among.passes(1_000).await;
            for outcome in [Outcome::Done {}, Outcome::Repeated {}] {
                anna.repeats(asked, "reply", &talk, text());
                among.passes(1_000).await;
                assert_eq!(anna.answer(asked), Some(outcome));
            }
            assert_eq!(among.messages(&talk).await, ["hello", "good morning"]);
        },
    );
}
