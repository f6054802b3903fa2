//! Groups of Telegram, where a channel takes them, and what becomes of one that gets another id.

use domain::channel::ChannelSettings;
use domain::entry::{Body, Message};
use domain::id::ConversationId;
use domain::line::LineSettings;
use serde_json::{Value, json};
use switchboard::actors::handle::Accepted;

use crate::fakes::telegram::{Customer, Update};
use crate::story::{CHANNEL, Desk, Story, operators, tell};

const IVAN: Customer = Customer { id: 501, name: "Ivan" };
const OLGA: Customer = Customer { id: 502, name: "Olga" };
const GROUP: i64 = -500;
const SUPERGROUP: i64 = -1_005;

fn anna_alone(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

fn group(id: i64) -> Value {
    let kind = if id == GROUP { "group" } else { "supergroup" };
    json!({ "id": id, "type": kind, "title": "Family" })
}

fn written(story: &Story, from: Customer, chat: i64, text: &str) -> Update {
    story.platform.message(from, &json!({ "chat": group(chat), "text": text }))
}

async fn takes_groups(story: &Story) {
    story
        .changes_channel(CHANNEL, |channel| {
            if let ChannelSettings::Telegram { groups, .. } = &mut channel.settings {
                *groups = true;
            }
        })
        .await;
}

async fn posts(story: &Story, update: &Update) {
    let taken = story.delivered(update).await;
    assert_eq!(taken, [Ok(Accepted::Created)]);
    story.settles().await;
}

/// Ivan has written in the group, and Anna has it.
async fn anna_has_the_group(story: &Story) -> (Desk, ConversationId) {
    takes_groups(story).await;
    let anna = story.signs_in("anna").await;
    posts(story, &written(story, IVAN, GROUP, "hello")).await;
    let id = anna.accepts_it(story).await;
    (anna, id)
}

async fn said(story: &Story, id: &ConversationId) -> Vec<Message> {
    let entries = story.entries(id).await.into_iter();
    let messages = entries.filter_map(|entry| match entry.body {
        Body::Message(message) => Some(message),
        Body::Note { .. } | Body::Fact(_) => None,
    });
    messages.collect()
}

#[test]
fn a_group_is_one_chat_that_says_who_wrote() {
    tell(anna_alone, async |story| {
        assert_eq!(story.delivered(&written(story, IVAN, GROUP, "hello")).await, []);
        let (anna, id) = anna_has_the_group(story).await;
        posts(story, &written(story, OLGA, GROUP, "me too")).await;
        anna.replies(story, &id, "good morning all").await;
        assert_eq!(anna.rows()[&id].customer_name, "Family");
        let said = said(story, &id).await;
        let said: Vec<_> = said.iter().map(|it| (it.writer.as_deref(), &*it.text)).collect();
        let expected =
            [(Some("Ivan"), "hello"), (Some("Olga"), "me too"), (None, "good morning all")];
        assert_eq!(said, expected);
        assert_eq!(story.platform.sent_to(GROUP), ["good morning all"]);
    });
}

/// What everybody says of a migration, in any order and more than once.
#[test]
fn a_group_goes_on_under_its_new_id() {
    tell(anna_alone, async |story| {
        let (anna, id) = anna_has_the_group(story).await;
        let customer = story.customer_of(&id).await.card.id.clone();
        let old = json!({ "chat": group(GROUP), "migrate_to_chat_id": SUPERGROUP });
        let new = json!({ "chat": group(SUPERGROUP), "migrate_from_chat_id": GROUP });
        for told in [&old, &new, &old] {
            posts(story, &story.platform.message(IVAN, told)).await;
        }
        posts(story, &written(story, OLGA, SUPERGROUP, "here we are")).await;
        anna.replies(story, &id, "I see you").await;
        assert_eq!(story.platform.sent_to(SUPERGROUP), ["I see you"]);
        assert_eq!(anna.rows().len(), 1, "nothing else has begun");
        assert_eq!(story.customer_of(&id).await.card.id, customer, "the same card");
        anna.finishes(story, &id).await;
        story.minutes_pass(15).await;
        posts(story, &written(story, IVAN, SUPERGROUP, "one more thing")).await;
        let next = anna.accepts_it(story).await;
        assert_eq!(story.customer_of(&next).await.card.id, customer, "the next one too");
    });
}

#[test]
fn what_is_sent_to_the_old_id_arrives_under_the_new_one() {
    tell(anna_alone, async |story| {
        let (anna, id) = anna_has_the_group(story).await;
        story.platform.migrates(GROUP, SUPERGROUP);
        anna.replies(story, &id, "are you there?").await;
        anna.replies(story, &id, "hello?").await;
        assert_eq!(story.platform.sent_to(SUPERGROUP), ["are you there?", "hello?"]);
        assert_eq!(story.platform.sent_to(GROUP), [""; 0]);
        assert_eq!(story.platform.calls("sendMessage").len(), 3, "one had to learn it");
        posts(story, &written(story, OLGA, SUPERGROUP, "yes")).await;
        assert_eq!(said(story, &id).await.len(), 4);
        story.restarts().await;
        let anna = story.signs_in("anna").await;
        anna.replies(story, &id, "fine").await;
        assert_eq!(story.platform.sent_to(SUPERGROUP).len(), 3);
    });
}

#[test]
fn a_group_is_sent_twenty_messages_a_minute_at_most() {
    tell(anna_alone, async |story| {
        let (anna, id) = anna_has_the_group(story).await;
        for n in 0..30 {
            anna.replies(story, &id, &n.to_string()).await;
        }
        let mut sent = vec![story.platform.sent_to(GROUP).len()];
        for _ in 0..100 {
            story.seconds_pass(1).await;
            sent.push(story.platform.sent_to(GROUP).len());
        }
        assert_eq!(sent[100], 30);
        let in_a_minute = sent.iter().zip(&sent[60..]).map(|(before, after)| after - before);
        assert!(in_a_minute.max() <= Some(20), "{sent:?}");
        assert!(sent[0] <= 20);
    });
}

/// The group gets its new id while messages for the old one wait for their turn.
#[test]
fn what_is_written_after_a_migration_does_not_overtake_what_was_written_before() {
    for restarts in [false, true] {
        tell(anna_alone, async |story| {
            let (anna, id) = anna_has_the_group(story).await;
            for n in 0..8 {
                anna.replies(story, &id, &n.to_string()).await;
            }
            assert_eq!(story.platform.sent_to(GROUP), ["0", "1", "2", "3", "4"]);
            story.platform.migrates(GROUP, SUPERGROUP);
            let old = json!({ "chat": group(GROUP), "migrate_to_chat_id": SUPERGROUP });
            posts(story, &story.platform.message(IVAN, &old)).await;
            anna.replies(story, &id, "8").await;
            if restarts {
                story.restarts().await;
            }
            story.minutes_pass(1).await;
            assert_eq!(story.platform.sent_to(SUPERGROUP), ["5", "6", "7", "8"]);
        });
    }
}
