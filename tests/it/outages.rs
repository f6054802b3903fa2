//! What a fault inside the hub must not do: lose, repeat, leak or leave somebody waiting.

use std::time::Duration;

use domain::channel::ChannelSettings;
use domain::entry::{Body, DeliveryState};
use domain::id::{ChannelId, ShardId};
use domain::line::{LineSettings, QueueMode};
use futures_util::future::join_all;
use serde_json::json;
use switchboard::actors::handle::{Accepted, Change, NotStored};
use switchboard::clock::Clock;
use switchboard::outbound::{Outbound, OutboundSettings};
use switchboard::protocol::{ClientFrame, Outcome, ServerFrame};
use switchboard::readmodel::{Changed, ReadModel};
use switchboard::store::Store;
use switchboard::store::op::{Commit, INBOX_MAX, InstanceId, Op, Position, Room, SharedKind};

use crate::fakes::telegram::{Customer, Fault};
use crate::story::{self, CHANNEL, Desk, Sent, Story, code, new_id, operators, tell, to_line};

/// The shard of the stories' line.
const SHARD: ShardId = ShardId(1);
const IVAN: Customer = Customer { id: 501, name: "Ivan" };

#[test]
fn what_lies_in_the_inbox_is_neither_overtaken_nor_repeated() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            for n in 0..10 {
                let (queued, handed) = (format!("queued {n}"), format!("handed over {n}"));
                let update = story.platform.text(IVAN, &handed);
                let ((), taken) =
                    tokio::join!(story.submits(501, &queued), story.delivered(&update));
                assert!(taken[0].is_ok(), "{taken:?}");
            }
            // The last of the inbox is found by what comes next.
            story.customer_writes(501, "goodbye").await;
            let (conversation, _) = anna.offer();
            let mut messages = story.messages(&conversation).await;
            assert_eq!(messages.len(), 22, "{messages:?}");
            assert_eq!(messages.last().unwrap(), "goodbye");
            messages.sort();
            messages.dedup();
            assert_eq!(messages.len(), 22, "nothing is repeated");
        },
    );
}

#[test]
fn an_outcome_that_is_known_survives_a_shard_that_is_read_anew() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            let (conversation, offer) = anna.offer();
            anna.accepts(story, (conversation.clone(), offer)).await;
            // Long enough for the store to go another way than memory meanwhile.
            story.platform.fails("sendMessage", Fault::Delay(Duration::from_secs(1)));
            anna.says(&ClientFrame::Reply {
                cmd_id: new_id(),
                conversation: conversation.clone(),
                text: "answer".into(),
                files: Vec::new(),
            });
            while !is_sending(&story.store).await {
                tokio::task::yield_now().await;
            }
            story.loses_track(SHARD.0).await;
            story.breaks_and_recovers().await;
            story.seconds_pass(30).await;
            assert_eq!(story.platform.sent_to(501), ["answer"], "once");
            let transcript = story.node.transcript(&conversation).await.unwrap().unwrap();
            let delivery = transcript.entries.into_iter().find_map(|entry| match entry.body {
                Body::Message(message) => message.delivery,
                Body::Note { .. } | Body::Fact(_) => None,
            });
            assert_eq!(delivery, Some(DeliveryState::Sent), "known is not perhaps");
        },
    );
}

async fn is_sending(store: &Store) -> bool {
    let jobs = store.jobs(SHARD).await.unwrap();
    jobs.iter().any(|job| String::from_utf8_lossy(&job.bytes).contains(r#""sending":true"#))
}

#[test]
fn who_missed_more_than_a_megabyte_still_catches_up() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            anna.accepts(story, anna.offer()).await;
            let positions = anna.positions();
            anna.is_cut();
            let text = "x".repeat(4_000);
            for _ in 0..300 {
                story.posts(501, &text).await;
            }
            story.settles().await;
            let again = Desk::open(&story.node, "anna");
            again.says_hello(positions);
            story.sees(&again, |frame| *frame == ServerFrame::CaughtUp {}).await;
            assert_eq!(again.closed(), None);
            assert_eq!(again.texts().len(), 300);
        },
    );
}

#[test]
fn a_channel_that_is_switched_off_is_polled_no_more() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            let mut channel = story.bot();
            if let ChannelSettings::Telegram { polling, .. } = &mut channel.settings {
                *polling = true;
            }
            change_channel(story, channel.clone()).await;
            story.platform.queues([story.platform.text(IVAN, "one")]);
            let offered = |frame: &ServerFrame| {
                serde_json::to_string(frame).unwrap().contains(r#""state":"offered""#)
            };
            story.sees(&anna, offered).await;
            // It has asked for more by now, and is held back.
            story.platform.called("getUpdates", 2).await;
            channel.enabled = false;
            change_channel(story, channel.clone()).await;
            story.platform.queues([story.platform.text(IVAN, "while it is off")]);
            story.minutes_pass(2).await;
            let conversation = anna.rows().into_keys().next().unwrap();
            let messages = story.messages(&conversation).await;
            assert!(!messages.contains(&"while it is off".to_owned()), "{messages:?}");
            assert_eq!(story.platform.calls("getUpdates").len(), 2, "nobody asks");
        },
    );
}

async fn change_channel(story: &Story, channel: domain::channel::Channel) {
    let version = story.node.directory().channels[&ChannelId::new(CHANNEL)].version;
    story.node.change(&story::chief(), vec![Change::Channel { version, channel }]).await.unwrap();
    story.settles().await;
}

#[test]
fn who_is_taken_out_of_a_queue_reads_no_further_and_who_joins_sees_what_waits() {
    tell(
        |line| {
            line.queue.operators = operators(["anna", "boris"]);
            line.queue.mode = QueueMode::Strictly;
        },
        async |story| {
            let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
            story.customer_writes(501, "hello").await;
            let (conversation, _) = anna.offer();
            anna.says(&ClientFrame::Watch { conversation: Some(conversation) });
            story.line_is_changed(|line| line.queue.operators = operators(["boris"])).await;
            story.seconds_pass(61).await;
            assert_eq!(boris.offers().len(), 1);
            story.customer_writes(501, "secret").await;
            assert!(!anna.texts().contains(&"secret".to_owned()));
            assert!(anna.rows().is_empty(), "it is gone from her screen");
            story.line_is_changed(|line| line.queue.operators = operators(["boris", "anna"])).await;
            // Each change of her lines begins her screen anew: the sign-in, out, and in again.
            story.sees_times(&anna, 3, |f| matches!(f, ServerFrame::Snapshot { .. })).await;
            story.settles().await;
            assert_eq!(anna.rows().len(), 1, "who joins a queue sees what waits in it");
        },
    );
}

#[actix_web::test]
async fn a_read_model_that_knows_more_than_the_store_harms_nobody() {
    let read_model = ReadModel::open(None).unwrap();
    read_model.project(SHARD, Position { epoch: 1, n: 5 }, 7, Changed::default());
    let outbound = Outbound::new(OutboundSettings::default()).unwrap();
    let node = story::start_node_with(&Store::model(), Clock::Wall, read_model, outbound).await;
    while !node.is_ready() {
        tokio::task::yield_now().await;
    }
    let now = node.clock().now();
    node.change(&story::chief(), story::person("anna", now)).await.unwrap();
    let desk = Desk::open(&node, "anna");
    desk.says_hello(Vec::new());
    let since = switchboard::clock::monotonic();
    while !desk.frames().contains(&ServerFrame::CaughtUp {}) {
        assert!(since.elapsed().as_secs() < 10, "{:?} {:?}", desk.closed(), desk.frames());
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_socket_that_says_nothing_is_closed() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let desk = Desk::open(&story.node, "anna");
            story.seconds_pass(11).await;
            assert_eq!(desk.closed(), Some(4008));
        },
    );
}

#[test]
fn the_last_place_is_given_once_though_two_lines_want_it() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            story.operator_is_changed("anna", |anna| anna.capacity = 1).await;
            story.another_line("support", "second", "anna").await;
            story.customer_writes(501, "to sales").await;
            story.customer_writes_to("second", 502, "to support").await;
            let anna = story.signs_in("anna").await;
            story.settles().await;
            let (conversation, offer) = anna.offer();
            let accepted = anna.accepts(story, (conversation.clone(), offer)).await;
            assert_eq!(accepted, Outcome::Done {});
            assert!(anna.offers().is_empty(), "one place is one conversation");
            anna.finishes(story, &conversation).await;
            assert_eq!(anna.offers().len(), 1, "the place is free for the other line");
        },
    );
}

/// What another process of the hub would write, of which this one has not heard.
pub(crate) async fn elsewhere(story: &Story, ops: Vec<Op>) {
    let (shard, owner) = (ShardId(7), InstanceId("elsewhere".into()));
    let leases = story.store.leases().await.unwrap().into_iter();
    let seen = leases.filter(|(id, _)| *id == shard).map(|(_, lease)| lease).next();
    let seen = seen.unwrap_or_default();
    let lease = story.store.claim(shard, owner.clone(), seen, 0).await.unwrap().unwrap();
    let after_commits = story.store.meta(shard).await.unwrap().commits;
    let (epoch, at, groups) = (lease.epoch, story.now(), vec![ops]);
    let commit = Commit { shard, owner, epoch, after_commits, at, groups };
    story.store.commit(commit).await.unwrap();
}

#[test]
fn a_card_that_somebody_else_has_changed_meanwhile_keeps_both_changes() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            let conversation = anna.accepts_it(story).await;
            for (n, phone) in ["202-555-0123", "202-555-0124"].into_iter().enumerate() {
                let id = story.customer_of(&conversation).await.card.id.to_string();
                let kind = SharedKind::Customer;
                let stored = story.store.shared(kind, id.clone()).await.unwrap().unwrap();
                let mut card: domain::customer::Customer =
                    serde_json::from_slice(&stored.bytes).unwrap();
                card.note = format!("note {n}");
                let (expected, bytes) = (stored.version, serde_json::to_vec(&card).unwrap());
                elsewhere(story, vec![Op::PutShared { kind, id, expected, bytes }]).await;
                story.customer_writes(501, phone).await;
                let card = story.customer_of(&conversation).await.card;
                assert_eq!((card.note.clone(), card.phones.len()), (format!("note {n}"), n + 1));
            }
            let written = ["hello", "202-555-0123", "202-555-0124"];
            assert_eq!(story.messages(&conversation).await, written, "each once");
        },
    );
}

#[test]
fn two_shards_that_change_a_card_in_the_same_moment_both_have_their_way() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.hires("clara", |_| {}).await;
            let serves = |line: &mut LineSettings| line.queue.operators = operators(["clara"]);
            story.opens_line(("support", 0), "helpdesk", serves).await;
            let mut arrivals = Vec::new();
            for n in 0..8 {
                let customer = 501 + n;
                story.customer_writes(customer, "hello").await;
                let first = story.open_of(customer).await;
                anna.takes(story, &first).await;
                anna.hands_to_line(story, &first, "support").await;
                let phone = format!("202-555-012{n}");
                let sent = Sent::Text(&phone);
                arrivals.push(story.arrival(CHANNEL, &customer.to_string(), sent));
            }
            let clara = story.signs_in("clara").await;
            let waiting: Vec<_> = clara.rows().into_keys().collect();
            assert_eq!(waiting.len(), 8);
            for conversation in &waiting {
                clara.begins("take", conversation, json!({}));
            }
            let accepted = arrivals.into_iter().map(|arrival| story.node.arrive(arrival));
            for accepted in join_all(accepted).await {
                accepted.unwrap();
            }
            story.settles().await;
            for conversation in &waiting {
                let card = story.customer_of(conversation).await.card;
                assert_eq!(card.phones.len(), 1);
                assert_eq!(card.open[0].operator, Some(clara.name.clone()));
                assert_eq!(story.messages(conversation).await.len(), 1);
            }
        },
    );
}

#[test]
fn a_full_inbox_of_another_shard_refuses_what_goes_there_and_nothing_else() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.opens_line(("support", 0), "helpdesk", |_| {}).await;
            story.customer_writes(501, "one").await;
            let first = anna.accepts_it(story).await;
            anna.hands_to_line(story, &first, "support").await;
            story.customer_writes(502, "hello").await;
            let second = anna.accepts_it(story).await;
            story.owner_dies(0).await;
            let junk =
                Op::PutInbox { shard: ShardId(0), room: Room::Common, bytes: b"junk".to_vec() };
            for _ in 0..INBOX_MAX / 1_000 {
                elsewhere(story, vec![junk.clone(); 1_000]).await;
            }
            let update = story.platform.text(IVAN, "two");
            assert_eq!(story.delivered(&update).await, [Err(NotStored::Full)]);
            let asked = anna.begins("transfer", &second, to_line("support"));
            story.settles().await;
            assert_eq!(code(&anna.answer(asked).unwrap()), "unavailable");
            assert_eq!(anna.has(), [second.clone()], "it is hers still");
            story.customer_writes(502, "are you there?").await;
            assert_eq!(anna.replies(story, &second, "yes").await, Outcome::Done {});
            let [anna] = story.restarts_with(["anna"]).await;
            assert_eq!(story.delivered(&update).await, [Ok(Accepted::Created)], "tried again");
            anna.repeats(asked, "transfer", &second, to_line("support"));
            story.settles().await;
            assert_eq!(anna.answer(asked), Some(Outcome::Done {}));
            let (moved, other) = (story.open_of(501).await, story.open_of(502).await);
            assert_eq!(story.messages_of_all_parts(&moved).await, ["one", "two"]);
            let written = ["hello", "are you there?", "yes"];
            assert_eq!(story.messages_of_all_parts(&other).await, written);
        },
    );
}
