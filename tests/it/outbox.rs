//! The outbox: order in each chat, the pace of the platform, and what is given up.

use std::collections::BTreeMap;

use domain::entry::{Body, DeliveryState};
use domain::id::{ConversationId, EntryNumber};
use domain::line::LineSettings;
use serde_json::json;
use switchboard::protocol::Outcome;

use crate::fakes::telegram::Fault;
use crate::story::{Desk, Story, code, operators, tell};

const IVAN: i64 = 501;
const OLGA: i64 = 502;

fn anna_and_boris(line: &mut LineSettings) {
    line.queue.operators = operators(["anna", "boris"]);
}

async fn talks_to(story: &mut Story, anna: &Desk, customer: i64) -> ConversationId {
    story.customer_writes(customer, "hello").await;
    anna.accepts_it(story).await
}

/// How far each of Anna's messages has come.
async fn deliveries(story: &Story, id: &ConversationId) -> Vec<(EntryNumber, DeliveryState)> {
    let entries = story.entries(id).await.into_iter();
    let sent = entries.filter_map(|entry| match entry.body {
        Body::Message(message) => message.delivery.map(|delivery| (entry.n, delivery)),
        Body::Note { .. } | Body::Fact(_) => None,
    });
    sent.collect()
}

async fn sends_again(desk: &Desk, story: &Story, id: &ConversationId, n: EntryNumber) -> Outcome {
    desk.asks(story, "send_again", id, json!({ "entry": n })).await
}

#[test]
fn a_chat_is_not_sent_to_faster_than_its_platform_takes() {
    tell(anna_and_boris, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        for n in 0..8 {
            anna.replies(story, &conversation, &n.to_string()).await;
        }
        let sent = |story: &Story| story.platform.sent_to(IVAN).len();
        assert_eq!(sent(story), 5, "as many as may come at once");
        for expected in [6, 7, 8] {
            story.seconds_pass(1).await;
            assert_eq!(sent(story), expected);
        }
        assert_eq!(story.platform.sent_to(IVAN), ["0", "1", "2", "3", "4", "5", "6", "7"]);
    });
}

#[test]
fn a_chat_that_is_held_back_slows_no_other_and_keeps_its_order() {
    tell(anna_and_boris, async |story| {
        let (anna, slow) = story.anna_talks().await;
        let quick = talks_to(story, &anna, OLGA).await;
        let wait = Fault::TooManyRequests { retry_after_seconds: 90 };
        story.platform.fails("sendMessage", wait);
        for text in ["one", "two", "three"] {
            anna.replies(story, &slow, text).await;
            anna.replies(story, &quick, text).await;
        }
        assert_eq!(story.platform.sent_to(OLGA), ["one", "two", "three"]);
        assert_eq!(story.platform.sent_to(IVAN), [""; 0]);
        story.seconds_pass(89).await;
        assert_eq!(story.platform.sent_to(IVAN), [""; 0], "it was asked to wait");
        story.seconds_pass(10).await;
        assert_eq!(story.platform.sent_to(IVAN), ["one", "two", "three"]);
    });
}

#[test]
fn what_is_refused_waits_for_a_person_and_is_sent_again() {
    tell(anna_and_boris, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        let refused = Fault::Status(400, "Bad Request: chat not found");
        story.platform.fails("sendMessage", refused);
        anna.replies(story, &conversation, "lost").await;
        anna.replies(story, &conversation, "after it").await;
        let before = deliveries(story, &conversation).await;
        let [(lost, DeliveryState::Failed { .. }), (_, DeliveryState::Sent)] = before[..] else {
            panic!("{before:?}")
        };
        let waiting = story.node.undelivered(10).await.unwrap();
        let seen: Vec<_> = waiting.iter().map(|it| (&*it.text, it.entry)).collect();
        assert_eq!(seen, [("lost", lost)]);
        story.restarts().await;
        let anna = story.signs_in("anna").await;
        assert_eq!(sends_again(&anna, story, &conversation, lost).await, Outcome::Done {});
        assert_eq!(story.platform.sent_to(IVAN), ["after it", "lost"]);
        assert_eq!(deliveries(story, &conversation).await[0].1, DeliveryState::Sent);
        assert_eq!(story.node.undelivered(10).await.unwrap().len(), 0);
        let again = sends_again(&anna, story, &conversation, lost).await;
        assert_eq!(code(&again), "not_now", "it is sent");
    });
}

#[test]
fn what_is_unconfirmed_is_sent_again_only_by_a_person() {
    tell(anna_and_boris, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        story.platform.fails("sendMessage", Fault::AnswerLost);
        anna.replies(story, &conversation, "perhaps").await;
        story.minutes_pass(10).await;
        assert_eq!(story.platform.sent_to(IVAN), ["perhaps"]);
        let [(n, DeliveryState::Unconfirmed)] = deliveries(story, &conversation).await[..] else {
            panic!("it is not known")
        };
        let boris = story.signs_in("boris").await;
        let refused = sends_again(&boris, story, &conversation, n).await;
        assert_eq!(code(&refused), "unknown_conversation", "it is none of his");
        assert_eq!(sends_again(&anna, story, &conversation, n).await, Outcome::Done {});
        assert_eq!(story.platform.sent_to(IVAN), ["perhaps", "perhaps"]);
    });
}

/// Whatever goes wrong: each chat has its messages in their order, none twice, and each message ends
/// as sent, failed or unconfirmed.
#[test]
fn a_platform_full_of_faults_loses_and_reorders_nothing() {
    const CHATS: i64 = 4;
    const MESSAGES: usize = 12;
    tell(anna_and_boris, async |story| {
        let anna = story.signs_in("anna").await;
        let mut talks = BTreeMap::new();
        for customer in 600..600 + CHATS {
            talks.insert(customer, talks_to(story, &anna, customer).await);
        }
        for n in 0..20 {
            story.platform.fails(
                "sendMessage",
                match n % 5 {
                    0 => Fault::TooManyRequests { retry_after_seconds: 7 },
                    1 => Fault::Status(502, "Bad Gateway"),
                    2 => Fault::AnswerLost,
                    3 => Fault::RequestLost,
                    _ => Fault::Status(500, "Internal Server Error"),
                },
            );
        }
        for n in 0..MESSAGES {
            for conversation in talks.values() {
                anna.replies(story, conversation, &n.to_string()).await;
            }
        }
        for _ in 0..60 {
            story.seconds_pass(60).await;
        }
        for (customer, conversation) in &talks {
            let arrived = story.platform.sent_to(*customer);
            let numbers: Vec<usize> = arrived.iter().map(|text| text.parse().unwrap()).collect();
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(numbers, sorted, "in order, and none twice");
            let states = deliveries(story, conversation).await;
            assert_eq!(states.len(), MESSAGES);
            for (n, (_, state)) in states.iter().enumerate() {
                let is_there = numbers.contains(&n);
                let holds = match state {
                    DeliveryState::Sent => is_there,
                    DeliveryState::Unconfirmed => true,
                    DeliveryState::Failed { .. } => !is_there,
                    DeliveryState::Pending | DeliveryState::Delivered | DeliveryState::Read => {
                        false
                    }
                };
                assert!(holds, "{n} is {state:?}");
            }
        }
    });
}
