//! Files on their way: a customer's to us, an operator's to the customer.

use actix_web::web::Bytes;
use domain::entry::{Attachment, Body};
use domain::file::{FileCopy, FileProblem, StoredFile};
use domain::id::ConversationId;
use domain::line::LineSettings;
use serde_json::{Value, json};
use switchboard::files::{self, Owner};
use switchboard::protocol::{ClientFrame, Event, Outcome};

use crate::fakes::telegram::{Customer, Fault};
use crate::story::{Desk, Story, code, new_id, operators, tell};

const IVAN: Customer = Customer { id: 501, name: "Ivan" };
/// The smallest picture that decoders take: one pixel.
pub(crate) const PIXEL: &[u8] = include_bytes!("../fixtures/files/pixel.png");

fn anna_sells(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

/// Ivan sends a document, and Anna takes the conversation.
async fn document(story: &mut Story, id: &str) -> (Desk, ConversationId) {
    let anna = story.signs_in("anna").await;
    let content = json!({ "document": { "file_id": id, "file_name": "../price list.txt" } });
    let update = story.platform.message(IVAN, &content);
    story.delivered(&update).await;
    story.settles().await;
    let conversation = anna.accepts_it(story).await;
    (anna, conversation)
}

async fn copy(story: &Story, conversation: &ConversationId) -> FileCopy {
    let first = story.entries(conversation).await.remove(0);
    let Body::Message(message) = first.body else { panic!("a message") };
    match message.attachments.into_iter().next() {
        Some(Attachment::File { copy: Some(copy), .. }) => copy,
        other => panic!("no copy: {other:?}"),
    }
}

pub(crate) async fn uploaded(
    story: &Story,
    conversation: &ConversationId,
    content: &[u8],
) -> StoredFile {
    let owner = Owner::Conversation(conversation.clone());
    let files = story.node.files();
    let mut receiving = files.receive(&owner, files::new_id()).await.unwrap();
    receiving.push(Bytes::copy_from_slice(content)).await.unwrap();
    receiving.finish(Some("photo of it"), story.now()).await.unwrap()
}

pub(crate) async fn sends(
    anna: &Desk,
    story: &Story,
    conversation: &ConversationId,
    text: &str,
    files: &[&StoredFile],
) -> Outcome {
    let files = files.iter().map(|file| file.id.clone()).collect();
    let (cmd_id, text) = (new_id(), text.to_owned());
    let reply = ClientFrame::Reply { cmd_id, conversation: conversation.clone(), text, files };
    anna.commands(story, reply).await
}

#[test]
fn a_customer_s_file_is_fetched_and_kept() {
    tell(anna_sells, async |story| {
        let id = story.platform.keeps("apples 1, pears 2");
        let (anna, conversation) = document(story, &id).await;
        let FileCopy::Stored { file } = copy(story, &conversation).await else {
            panic!("it is not there")
        };
        let seen = (&*file.name, &*file.media_type, file.size_bytes);
        assert_eq!(seen, ("price list.txt", "text/plain", 17));
        let owner = Owner::Conversation(conversation.clone());
        let kept = story.node.files().read(&owner, &file.id).await.unwrap();
        assert_eq!(kept.unwrap(), "apples 1, pears 2");
        // Who reads it later finds it at once; who was there saw it come.
        drop(anna);
        let update = story.platform.message(IVAN, &json!({ "document": { "file_id": id } }));
        let late = story.signs_in("anna").await;
        story.delivered(&update).await;
        story.settles().await;
        let is_kept = |event: &Event| {
            matches!(event, Event::File { attachment: 0, copy: FileCopy::Stored { .. }, .. })
        };
        assert!(late.events().iter().any(is_kept), "{:?}", late.events());
    });
}

#[test]
fn a_platform_that_fails_is_asked_again() {
    tell(anna_sells, async |story| {
        let id = story.platform.keeps("hello");
        story.platform.fails("getFile", Fault::Status(502, "Bad Gateway"));
        let wait = Fault::TooManyRequests { retry_after_seconds: 60 };
        story.platform.fails("getFile", wait);
        let (_anna, conversation) = document(story, &id).await;
        assert_eq!(copy(story, &conversation).await, FileCopy::Loading);
        story.seconds_pass(10).await;
        assert_eq!(story.platform.calls("getFile").len(), 2);
        story.seconds_pass(50).await;
        assert_eq!(story.platform.calls("getFile").len(), 2, "it asked for a minute");
        story.seconds_pass(20).await;
        assert!(matches!(copy(story, &conversation).await, FileCopy::Stored { .. }));
    });
}

#[test]
fn what_cannot_be_kept_says_why() {
    let large = vec![b'a'; 1024 * 1024 + 1];
    for (content, why) in [
        (Some(large), FileProblem::TooLarge),
        (Some(b"MZ\x90\0\x03\0\0\0".to_vec()), FileProblem::NotAllowed),
        (Some(Vec::new()), FileProblem::Empty),
        (None, FileProblem::Gone),
    ] {
        tell(anna_sells, async |story| {
            let id = content.clone().map_or("none".to_owned(), |it| story.platform.keeps(it));
            let (_anna, conversation) = document(story, &id).await;
            assert_eq!(copy(story, &conversation).await, FileCopy::Missing { why });
        });
    }
}

#[test]
fn a_platform_that_never_answers_is_given_up() {
    tell(anna_sells, async |story| {
        for _ in 0..6 {
            story.platform.fails("getFile", Fault::Status(500, "Internal Server Error"));
        }
        let id = story.platform.keeps("hello");
        let (_anna, conversation) = document(story, &id).await;
        for _ in 0..20 {
            story.minutes_pass(1).await;
        }
        let why = FileProblem::Unreachable;
        assert_eq!(copy(story, &conversation).await, FileCopy::Missing { why });
        assert_eq!(story.platform.calls("getFile").len(), 6);
    });
}

#[test]
fn a_file_that_was_not_fetched_before_a_restart_is_fetched_after_it() {
    tell(anna_sells, async |story| {
        let id = story.platform.keeps("hello");
        story.platform.fails("getFile", Fault::Status(500, "Internal Server Error"));
        let (_anna, conversation) = document(story, &id).await;
        assert_eq!(copy(story, &conversation).await, FileCopy::Loading);
        story.restarts().await;
        story.seconds_pass(10).await;
        assert!(matches!(copy(story, &conversation).await, FileCopy::Stored { .. }));
    });
}

#[test]
fn a_blocked_customer_s_file_stays_where_it_is() {
    tell(anna_sells, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN.id, "hello").await;
        let conversation = anna.accepts_it(story).await;
        anna.blocks(story, &conversation).await;
        let id = story.platform.keeps("hello");
        let update = story.platform.message(IVAN, &json!({ "document": { "file_id": id } }));
        story.delivered(&update).await;
        story.settles().await;
        assert_eq!(story.platform.calls("getFile").len(), 0);
    });
}

#[test]
fn an_operator_s_files_reach_the_customer_in_their_order() {
    tell(anna_sells, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN.id, "show me").await;
        let conversation = anna.accepts_it(story).await;
        let picture = uploaded(story, &conversation, PIXEL).await;
        let text = uploaded(story, &conversation, b"apples 1").await;
        assert_eq!(picture.media_type, "image/png");
        assert!(picture.picture.is_some(), "browsers are shown it");
        let files = [&picture, &picture, &text];
        assert_eq!(sends(&anna, story, &conversation, "Here:", &files).await, Outcome::Done {});
        anna.replies(story, &conversation, "Do you like it?").await;
        let sent = story.platform.files_sent_to(IVAN.id);
        let contents: Vec<Vec<&[u8]>> =
            sent.iter().map(|album| album.iter().map(|(_, it)| &**it).collect()).collect();
        assert_eq!(contents, [vec![PIXEL, PIXEL], vec![&b"apples 1"[..]]]);
        assert_eq!(story.platform.sent_to(IVAN.id), ["Here:", "", "Do you like it?"]);
        let (album, document) = (&sent[0], &sent[1]);
        assert_eq!((&*album[0].0, &*document[0].0), ("photo of it", "photo of it"));
    });
}

#[test]
fn a_picture_that_is_no_photo_to_the_platform_goes_as_a_file() {
    tell(anna_sells, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN.id, "show me").await;
        let conversation = anna.accepts_it(story).await;
        let picture = uploaded(story, &conversation, PIXEL).await;
        let refused = Fault::Status(400, "Bad Request: PHOTO_INVALID_DIMENSIONS");
        story.platform.fails("sendPhoto", refused);
        sends(&anna, story, &conversation, "", &[&picture]).await;
        assert_eq!(story.platform.calls("sendDocument").len(), 1);
        assert_eq!(story.platform.files_sent_to(IVAN.id).len(), 1);
    });
}

#[test]
fn only_files_of_the_conversation_can_be_sent_in_it() {
    tell(anna_sells, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN.id, "show me").await;
        let conversation = anna.accepts_it(story).await;
        story.customer_writes(777, "and me").await;
        let other = anna.accepts_it(story).await;
        let foreign = uploaded(story, &other, b"of another").await;
        let refused = sends(&anna, story, &conversation, "", &[&foreign]).await;
        assert_eq!(code(&refused), "bad_value");
        let eleven = [&foreign; 11];
        let refused = sends(&anna, story, &other, "", &eleven).await;
        assert_eq!(code(&refused), "bad_value");
        assert_eq!(code(&sends(&anna, story, &other, " ", &[]).await), "bad_value");
        assert_eq!(story.platform.files_sent_to(IVAN.id).len(), 0);
    });
}

#[test]
fn a_conversation_has_so_many_files_and_no_more() {
    tell(anna_sells, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN.id, "show me").await;
        let conversation = anna.accepts_it(story).await;
        for _ in 0..20 {
            uploaded(story, &conversation, b"one of many").await;
        }
        let owner = Owner::Conversation(conversation);
        let refused = story.node.files().receive(&owner, files::new_id()).await;
        assert!(refused.is_err_and(|why| why.to_string().contains("too_many")));
    });
}

#[test]
fn a_customer_s_signs_stand_under_the_message() {
    tell(anna_sells, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN.id, "hello").await;
        let conversation = anna.accepts_it(story).await;
        anna.replies(story, &conversation, "Good day").await;
        let thumb = |new: Value| story.platform.reacts(IVAN, &new);
        let reaction = thumb(json!([{ "type": "emoji", "emoji": "👍" }]));
        story.delivered(&reaction).await;
        story.settles().await;
        assert_eq!(reaction_of(story, &conversation).await.as_deref(), Some("👍"));
        let none = thumb(json!([]));
        story.delivered(&none).await;
        story.settles().await;
        assert_eq!(reaction_of(story, &conversation).await, None);
    });
}

async fn reaction_of(story: &Story, conversation: &ConversationId) -> Option<String> {
    let entries = story.entries(conversation).await;
    entries.into_iter().rev().find_map(|entry| match entry.body {
        Body::Message(message) if message.text == "Good day" => Some(message.reaction),
        _ => None,
    })?
}
