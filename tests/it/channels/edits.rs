//! What customers change and take back on their platforms, and what the console shows of it.

use domain::entry::{Body, Message};
use domain::id::ConversationId;
use domain::line::LineSettings;
use serde_json::{Value, json};
use switchboard::actors::handle::Accepted;
use switchboard::protocol::Event;

use super::platform::Platform;
use super::rows::{BOT_FRAMEWORK, FACEBOOK, INSTAGRAM, MAX, VK, WHATSAPP};
use crate::fakes::{botframework, bots, meta, vk};
use crate::story::{Desk, Story, operators, tell};

/// What a platform sends when somebody writes, corrects himself and takes it back; no deletion: the
/// platform does not tell of any.
struct Said {
    platform: Platform,
    hello: Value,
    edit: Value,
    deletion: Option<Value>,
}

fn edit(of: &str) -> Value {
    json!({
        "sender": { "id": "77" }, "recipient": { "id": of },
        "timestamp": 1_795_000_000_001_u64,
        "message_edit": { "mid": "m1", "text": "hello", "num_edit": 1 },
    })
}

fn unsent(of: &str) -> Value {
    let mut gone = meta::message(of, "77", "m1", "");
    gone["message"] = json!({ "mid": "m1", "is_deleted": true });
    gone
}

fn all() -> Vec<Said> {
    let page = |event: Value| meta::messaging("page", meta::PAGE, &[event]);
    let account = |event: Value| meta::messaging("instagram", meta::ACCOUNT, &[event]);
    let whatsapp = |id: &str, kind: &str, what: Value| {
        let mut event = meta::whatsapp_text("16505551234", id, "");
        let message = &mut event["entry"][0]["changes"][0]["value"]["messages"][0];
        (message["type"], message[kind]) = (kind.into(), what);
        event
    };
    let text = json!({ "type": "text", "text": { "body": "hello" } });
    let activity = |kind: &str| {
        let mut activity = botframework::message("http://127.0.0.1:9/", "a1", "hello");
        activity["type"] = kind.into();
        activity
    };
    let mut max_edit = bots::max_text(42, "mid.1", "hello");
    (max_edit["update_type"], max_edit["timestamp"]) = ("message_edited".into(), 8.into());
    let mut vk_edit = vk::message_new(77, 1, "hello")["object"]["message"].clone();
    vk_edit["update_time"] = 1_795_000_001.into();
    vec![
        Said {
            platform: VK,
            hello: vk::message_new(77, 1, "helo"),
            edit: vk::event("message_edit", "edit-1", &vk_edit),
            deletion: None,
        },
        Said {
            platform: FACEBOOK,
            hello: page(meta::message(meta::PAGE, "77", "m1", "helo")),
            edit: page(edit(meta::PAGE)),
            deletion: Some(page(unsent(meta::PAGE))),
        },
        Said {
            platform: INSTAGRAM,
            hello: account(meta::message(meta::ACCOUNT, "77", "m1", "helo")),
            edit: account(edit(meta::ACCOUNT)),
            deletion: Some(account(unsent(meta::ACCOUNT))),
        },
        Said {
            platform: WHATSAPP,
            hello: meta::whatsapp_text("16505551234", "m1", "helo"),
            edit: whatsapp("m2", "edit", json!({ "original_message_id": "m1", "message": text })),
            deletion: Some(whatsapp("m3", "revoke", json!({ "original_message_id": "m1" }))),
        },
        Said {
            platform: BOT_FRAMEWORK,
            hello: botframework::message("http://127.0.0.1:9/", "a1", "helo"),
            edit: activity("messageUpdate"),
            deletion: Some(activity("messageDelete")),
        },
        Said {
            platform: MAX,
            hello: bots::max_text(42, "mid.1", "helo"),
            edit: max_edit,
            deletion: Some(bots::max_update(
                "message_removed",
                9,
                &json!({ "message_id": "mid.1", "chat_id": 100, "user_id": 42 }),
            )),
        },
    ]
}

fn anna_answers(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

async fn first_message(story: &Story, id: &ConversationId) -> Message {
    match story.entries(id).await.remove(0).body {
        Body::Message(message) => message,
        other => panic!("a message: {other:?}"),
    }
}

/// The last message as lists have it, live and when they are asked for.
async fn previewed(story: &Story, anna: &Desk, id: &ConversationId) -> (String, Option<String>) {
    let live = anna.rows()[id].clone();
    let again = story.signs_in("anna").await;
    let read = again.rows()[id].clone();
    assert_eq!((&live.preview, &live.preview_kind), (&read.preview, &read.preview_kind));
    (live.preview, live.preview_kind)
}

#[test]
fn an_edit_and_a_deletion_are_shown_and_what_stood_there_is_kept() {
    for Said { platform, hello, edit, deletion } in all() {
        tell(anna_answers, async |story| {
            let running = (platform.starts)();
            platform.connects(story, &running.base).await;
            let anna = story.signs_in("anna").await;
            platform.posts(story, &hello).await;
            let id = anna.accepts_it(story).await;
            let before = anna.rows()[&id].clone();
            for expected in [Accepted::Created, Accepted::Duplicate] {
                assert_eq!(platform.posts(story, &edit).await, [expected], "{}", platform.kind);
            }
            let edited = first_message(story, &id).await;
            assert_eq!((&*edited.text, edited.edited_at), ("hello", Some(story.now())));
            let earlier: Vec<&str> = edited.earlier.iter().map(|it| &*it.text).collect();
            assert_eq!(earlier, ["helo"], "{}", platform.kind);
            assert_eq!(previewed(story, &anna, &id).await, ("hello".to_owned(), None));
            let Some(deletion) = deletion.clone() else { return };
            for expected in [Accepted::Created, Accepted::Duplicate] {
                assert_eq!(platform.posts(story, &deletion).await, [expected], "{}", platform.kind);
            }
            let deleted = first_message(story, &id).await;
            assert_eq!((&*deleted.text, deleted.deleted_at), ("hello", Some(story.now())));
            let gone = (String::new(), Some("deleted".to_owned()));
            assert_eq!(previewed(story, &anna, &id).await, gone);
            let told = anna.events().into_iter();
            let told = told.filter(|event| matches!(event, Event::Deleted { .. }));
            assert_eq!(told.count(), 1, "{}", platform.kind);
            let after = anna.rows()[&id].clone();
            assert_eq!(after.last_entry, before.last_entry, "it is no entry of its own");
            assert_eq!(
                after.waiting_since, before.waiting_since,
                "he waits for an answer as before"
            );
        });
    }
}

#[test]
fn what_is_deleted_after_all_is_over_opens_nothing() {
    tell(anna_answers, async |story| {
        let said = all().remove(3);
        let running = (said.platform.starts)();
        said.platform.connects(story, &running.base).await;
        let anna = story.signs_in("anna").await;
        said.platform.posts(story, &said.hello).await;
        let id = anna.accepts_it(story).await;
        anna.replies(story, &id, "good bye").await;
        anna.finishes(story, &id).await;
        story.minutes_pass(60).await;
        said.platform.posts(story, &said.deletion.unwrap()).await;
        assert!(first_message(story, &id).await.deleted_at.is_some());
        assert!(anna.offers().is_empty());
    });
}
