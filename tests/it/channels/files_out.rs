//! Files of operators on platforms that want them uploaded first: VK and MAX.

use std::time::Duration;

use domain::entry::{Body, DeliveryState};
use domain::file::StoredFile;
use domain::id::ConversationId;
use domain::line::LineSettings;

use super::platform::Platform;
use super::rows::{MAX, VK};
use crate::fakes::bots::{self, max_contents};
use crate::fakes::scripted::Scripted;
use crate::fakes::telegram::Fault;
use crate::fakes::vk::{self, Vk};
use crate::files::{PIXEL, sends, uploaded};
use crate::story::{Desk, Story, operators, tell};

/// Begins like a sound in the container that messengers use.
const SOUND: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0OpusHead";
const LIST: &[u8] = b"apples 1";

fn anna_sells(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

/// A customer has written, and Anna has a picture, a list and a sound for him.
async fn anna_has_files(
    story: &Story,
    platform: &Platform,
    base: &str,
    hello: &serde_json::Value,
) -> (Desk, ConversationId, [StoredFile; 3]) {
    platform.connects(story, base).await;
    let anna = story.signs_in("anna").await;
    platform.posts(story, hello).await;
    let id = anna.accepts_it(story).await;
    let files = [
        uploaded(story, &id, PIXEL).await,
        uploaded(story, &id, LIST).await,
        uploaded(story, &id, SOUND).await,
    ];
    assert_eq!(files[2].media_type, "audio/ogg");
    (anna, id, files)
}

async fn newest_delivery(story: &Story, id: &ConversationId) -> Option<DeliveryState> {
    let entries = story.entries(id).await.into_iter().rev();
    let mut messages = entries.filter_map(|entry| match entry.body {
        Body::Message(message) => Some(message.delivery),
        Body::Note { .. } | Body::Fact(_) => None,
    });
    messages.next().expect("a message")
}

/// Text of a message, and kind and content of each of its files.
type Said = (String, Vec<(String, Vec<u8>)>);

/// Each message in the dialogue.
fn dialogue(vk: &Vk) -> Vec<Said> {
    vk.with(|state| {
        let messages = state.sent.iter().map(|sent| {
            let files = sent.attached.iter();
            let files = files.map(|file| (file.kind.clone(), file.content.to_vec())).collect();
            (sent.text.clone(), files)
        });
        messages.collect()
    })
}

fn said(text: &str, files: &[(&str, &[u8])]) -> Said {
    let files = files.iter().map(|(kind, content)| ((*kind).to_owned(), content.to_vec()));
    (text.to_owned(), files.collect())
}

#[test]
fn a_picture_a_document_and_a_voice_message_arrive_in_vk_in_their_order() {
    tell(anna_sells, async |story| {
        let vk = vk::start();
        let hello = vk::message_new(77, 1, "show me");
        let (anna, id, [picture, list, sound]) =
            anna_has_files(story, &VK, &vk.base(), &hello).await;
        sends(&anna, story, &id, "Here:", &[&picture, &list, &sound]).await;
        anna.replies(story, &id, "Do you like it?").await;
        let expected = [
            said("Here:", &[("photo", PIXEL), ("doc", LIST)]),
            said("", &[("audio_message", SOUND)]),
            said("Do you like it?", &[]),
        ];
        assert_eq!(dialogue(&vk), expected);
        let names = vk.with(|state| state.sent[0].attached[0].name.clone());
        assert_eq!(names, "photo of it");
        assert_eq!(newest_delivery(story, &id).await, Some(DeliveryState::Sent));
        let in_addresses = vk.requests("").iter().any(|request| request.path.contains(vk::TOKEN));
        assert!(!in_addresses, "the token stands in no address");
    });
}

#[test]
fn what_vk_does_not_take_as_a_picture_goes_as_a_document_and_else_it_fails_in_words() {
    tell(anna_sells, async |story| {
        let vk = vk::start();
        let hello = vk::message_new(77, 1, "show me");
        let (anna, id, [picture, list, sound]) =
            anna_has_files(story, &VK, &vk.base(), &hello).await;
        vk.fails("/upload/photo", Fault::Status(200, r#"{"server":7,"photo":"[]","hash":"h"}"#));
        sends(&anna, story, &id, "", &[&picture]).await;
        assert_eq!(dialogue(&vk), [said("", &[("doc", PIXEL)])]);
        let refusal = r#"{"error":"unknown","error_descr":"this kind is not allowed"}"#;
        vk.fails("/upload/doc", Fault::Status(200, refusal));
        sends(&anna, story, &id, "and the list", &[&list]).await;
        let reason = "this kind is not allowed".to_owned();
        assert_eq!(newest_delivery(story, &id).await, Some(DeliveryState::Failed { reason }));
        vk.fails("/upload/audio_message", Fault::Status(413, ""));
        vk.fails("/upload/doc", Fault::Status(413, ""));
        sends(&anna, story, &id, "", &[&sound]).await;
        let reason = "the file is too large".to_owned();
        assert_eq!(newest_delivery(story, &id).await, Some(DeliveryState::Failed { reason }));
        assert_eq!(dialogue(&vk).len(), 1, "nothing of it was shown");
    });
}

#[test]
fn what_was_uploaded_to_vk_is_not_uploaded_again() {
    tell(anna_sells, async |story| {
        let vk = vk::start();
        let hello = vk::message_new(77, 1, "show me");
        let (anna, id, [picture, list, _]) = anna_has_files(story, &VK, &vk.base(), &hello).await;
        let busy = r#"{"error":{"error_code":6,"error_msg":"Too many requests per second"}}"#;
        vk.fails("docs.save", Fault::Status(200, r#"{"error":{"error_code":105}}"#));
        vk.fails("messages.send", Fault::Status(200, busy));
        sends(&anna, story, &id, "Here:", &[&picture, &list]).await;
        anna.replies(story, &id, "Do you like it?").await;
        assert_eq!(dialogue(&vk), [], "what follows waits");
        story.seconds_pass(4).await;
        let expected =
            [said("Here:", &[("photo", PIXEL), ("doc", LIST)]), said("Do you like it?", &[])];
        assert_eq!(dialogue(&vk), expected);
        assert_eq!(vk.requests("/upload/").len(), 3, "only what was not saved comes again");
    });
}

/// Each message to the customer.
fn max_dialogue(max: &Scripted<bots::State>) -> Vec<Said> {
    max.with(|state| {
        let sent = state.taken.iter().filter(|(path, _)| path == "/messages?user_id=42");
        let message = |(_, body): &(String, serde_json::Value)| {
            let files = max_contents(state, body).into_iter();
            let files = files.map(|(kind, content)| (kind, content.to_vec())).collect();
            (body["text"].as_str().unwrap_or_default().to_owned(), files)
        };
        sent.map(message).collect()
    })
}

#[test]
fn files_arrive_in_max_in_their_order_however_long_the_platform_works_on_them() {
    tell(anna_sells, async |story| {
        let max = bots::max();
        let hello = bots::max_text(42, "mid.1", "show me");
        let (anna, id, [picture, list, sound]) =
            anna_has_files(story, &MAX, &max.base(), &hello).await;
        let not_ready = r#"{"code":"attachment.not.ready","message":"wait"}"#;
        for _ in 0..2 {
            max.fails("/messages", Fault::Status(400, not_ready));
        }
        sends(&anna, story, &id, "Here:", &[&picture, &picture, &list, &sound]).await;
        anna.replies(story, &id, "Do you like it?").await;
        assert_eq!(max_dialogue(&max), [], "what follows waits");
        story.seconds_pass(10).await;
        let expected = [
            said("Here:", &[("image", PIXEL), ("image", PIXEL)]),
            said("", &[("file", LIST)]),
            said("", &[("audio", SOUND)]),
            said("Do you like it?", &[]),
        ];
        assert_eq!(max_dialogue(&max), expected);
        assert_eq!(max.requests("/upload/").len(), 4, "each is uploaded once");
        let uploads = max.requests("/upload/");
        assert!(uploads.iter().all(|upload| !upload.headers.contains_key("authorization")));
    });
}

#[test]
fn what_max_does_not_take_fails_in_words() {
    tell(anna_sells, async |story| {
        let max = bots::max();
        let hello = bots::max_text(42, "mid.1", "show me");
        let (anna, id, [picture, list, _]) = anna_has_files(story, &MAX, &max.base(), &hello).await;
        max.fails("/upload/image", Fault::Status(400, ""));
        sends(&anna, story, &id, "", &[&picture]).await;
        assert_eq!(max_dialogue(&max), [said("", &[("file", PIXEL)])]);
        max.fails("/uploads", Fault::Status(403, r#"{"code":"no","message":"not for this bot"}"#));
        sends(&anna, story, &id, "", &[&list]).await;
        let reason = "403: not for this bot".to_owned();
        assert_eq!(newest_delivery(story, &id).await, Some(DeliveryState::Failed { reason }));
        for fault in [Fault::Delay(Duration::from_millis(1)), Fault::AnswerLost] {
            max.fails("/upload/file", fault);
        }
        sends(&anna, story, &id, "", &[&list]).await;
        sends(&anna, story, &id, "once more", &[&list]).await;
        story.seconds_pass(5).await;
        let expected = [said("", &[("file", PIXEL)]), said("", &[("file", LIST)])];
        assert_eq!(max_dialogue(&max)[..2], expected);
        assert_eq!(max_dialogue(&max)[2..], [said("once more", &[("file", LIST)])]);
    });
}

/// Each call that a message with a file takes, what goes wrong with it, and what is uploaded for it.
const OF_A_PICTURE: [&str; 4] =
    ["photos.getMessagesUploadServer", "/upload/photo", "saveMessagesPhoto", "messages.send"];
const OF_A_LIST: [&str; 4] =
    ["docs.getMessagesUploadServer", "/upload/doc", "docs.save", "messages.send"];

fn faults() -> [Fault; 5] {
    [
        Fault::Delay(Duration::from_millis(3)),
        Fault::TooManyRequests { retry_after_seconds: 40 },
        Fault::Status(503, ""),
        Fault::RequestLost,
        Fault::AnswerLost,
    ]
}

/// Time passes until what was asked for is over, and what stood there just before.
async fn passes<T>(story: &Story, looks: impl Fn() -> T) -> T {
    story.time_jumps(39).await;
    let before = looks();
    for _ in 0..4 {
        story.time_jumps(2).await;
    }
    before
}

#[test]
fn whichever_call_of_an_upload_to_vk_fails_the_message_arrives_once_and_in_its_order() {
    tell(anna_sells, async |story| {
        let vk = vk::start();
        let hello = vk::message_new(77, 1, "show me");
        let (anna, id, [picture, list, _]) = anna_has_files(story, &VK, &vk.base(), &hello).await;
        let mut expected = Vec::new();
        let steps = OF_A_PICTURE.map(|step| (step, &picture, ("photo", PIXEL)));
        let more = OF_A_LIST.map(|step| (step, &list, ("doc", LIST)));
        for (step, file, content) in steps.into_iter().chain(more) {
            for fault in faults() {
                let asks = matches!(fault, Fault::TooManyRequests { .. });
                let words = format!("{step}: {fault:?}");
                vk.fails(step, fault);
                sends(&anna, story, &id, &words, &[file]).await;
                anna.replies(story, &id, "Do you like it?").await;
                let calls = vk.requests("").len();
                let before = passes(story, || vk.requests("").len()).await;
                assert!(!asks || before == calls, "{words}: it was asked to wait");
                expected.extend([said(&words, &[content]), said("Do you like it?", &[])]);
                assert_eq!(dialogue(&vk), expected);
                assert_eq!(newest_delivery(story, &id).await, Some(DeliveryState::Sent));
            }
        }
    });
}

#[test]
fn whichever_call_of_an_upload_to_max_fails_the_message_arrives_once_and_in_its_order() {
    tell(anna_sells, async |story| {
        let max = bots::max();
        let hello = bots::max_text(42, "mid.1", "show me");
        let (anna, id, [picture, list, _]) = anna_has_files(story, &MAX, &max.base(), &hello).await;
        let mut expected = Vec::new();
        let steps = ["/uploads", "/upload/image", "/messages"];
        let steps = steps.map(|step| (step, &picture, ("image", PIXEL)));
        let more =
            ["/uploads", "/upload/file", "/messages"].map(|step| (step, &list, ("file", LIST)));
        for (step, file, content) in steps.into_iter().chain(more) {
            for fault in faults() {
                let asks = matches!(fault, Fault::TooManyRequests { .. });
                // Nobody knows whether the message itself arrived, so it is not sent again.
                let is_unknown = step == "/messages" && matches!(fault, Fault::RequestLost);
                let words = format!("{step}: {fault:?}");
                // A text does not stand with what is no picture, and the first call is its.
                let text = if content.0 == "image" { &*words } else { "" };
                max.fails(step, fault);
                sends(&anna, story, &id, text, &[file]).await;
                anna.replies(story, &id, "Do you like it?").await;
                let calls = max.requests("").len();
                let before = passes(story, || max.requests("").len()).await;
                assert!(!asks || before == calls, "{words}: it was asked to wait");
                expected.extend((!is_unknown).then(|| said(text, &[content])));
                expected.push(said("Do you like it?", &[]));
                assert_eq!(max_dialogue(&max), expected, "{words}");
            }
        }
    });
}
