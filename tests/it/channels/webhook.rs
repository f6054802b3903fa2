//! What comes in through our own webhook: proofs, the promised form, and errors that point.

use std::collections::BTreeSet;

use domain::channel::{Channel, ChannelSettings};
use domain::chat::{Inbound, InboundKind};
use domain::entry::Attachment;
use serde_json::{Value, json};
use switchboard::channels::webhook::sign;
use switchboard::channels::{self, AnswerBody, Item, Meaning, Rejected, Taken};

use super::{channel, now, request};

/// The pair of the published example of Standard Webhooks.
pub(super) const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(super) const OLD_KEY: &str = "whsec_b2xkIGtleSBvZiB0aGUgd2ViaG9vaw==";

fn webhook(keys: &[&str]) -> Channel {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    channel(ChannelSettings::Webhook { keys, outgoing_url: None })
}

/// Signs `body` as an integrator would, under `id` with `extra` headers, and posts it.
fn post_as(id: &str, extra: &[(&str, &str)], body: &Value) -> Result<Vec<Item>, Rejected> {
    let (body, timestamp) = (body.to_string(), now().as_second().to_string());
    let signature = sign(KEY, id, &timestamp, body.as_bytes()).expect("a good key");
    let mut headers = vec![
        ("webhook-id", id),
        ("webhook-timestamp", &*timestamp),
        ("webhook-signature", &*signature),
    ];
    headers.extend(extra);
    request(&webhook(&[KEY]), &headers, body.as_bytes())
}

fn post(body: &Value) -> Result<Vec<Item>, Rejected> {
    post_as("msg_1", &[], body)
}

/// How the one message of `body` is recognised when it comes in the request `id`.
fn dedupe(id: &str, body: &Value) -> String {
    post_as(id, &[], body).unwrap().remove(0).dedupe
}

fn hello() -> Value {
    json!({
        "user": { "id": "u1", "name": "Vera", "last_name": "Lind" },
        "message": { "id": "m1", "date": 1_790_000_000, "text": "hello" },
        "chat": { "id": "c1" },
    })
}

fn inbound(item: &Item) -> &Inbound {
    match &item.meaning {
        Meaning::Inbound(inbound) => inbound,
        Meaning::Ignored(word) => panic!("ignored: {word}"),
        Meaning::Letter(_) | Meaning::Writing { .. } | Meaning::Confirmation => {
            panic!("nothing to store")
        }
    }
}

fn json_of(body: AnswerBody) -> String {
    let AnswerBody::Json(json) = body else { panic!("no JSON: {body:?}") };
    json
}

#[test]
fn the_signature_is_that_of_the_published_example() {
    let signature =
        sign(KEY, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
    assert_eq!(signature.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    let bare = sign(&KEY[6..], "a", "1", b"");
    assert_eq!(bare, sign(KEY, "a", "1", b""), "the prefix may be left out");
    for unusable in ["", "whsec_", "whsec_not base64!", "!"] {
        assert_eq!(sign(unusable, "a", "1", b""), None);
    }
}

/// What is tried, the keys of the channel, id, time and signature; and whether it is genuine.
type Attempt<'a> = (&'a str, &'a [&'a str], &'a str, String, &'a str, bool);

#[test]
fn only_what_is_signed_now_with_a_key_of_the_channel_is_genuine() {
    const BODY: &[u8] = br#"{"user":{"id":1},"message":{"text":"x"},"chat":{"id":1}}"#;
    let (id, at) = ("msg_1", now().as_second());
    let time = |offset: i64| (at + offset).to_string();
    let signed = |key: &str, offset: i64| sign(key, id, &time(offset), BODY).unwrap();
    let good = signed(KEY, 0);
    let both = format!("v1,AAAA v2,{} {}", &good[3..], signed(OLD_KEY, 0));
    let many = format!("{}{good}", "v1,AAAA ".repeat(10));
    let (unversioned, second) = (good[3..].to_owned(), format!("v2,{}", &good[3..]));
    let (lower, other_id) = (good.to_lowercase(), sign(KEY, "msg_2", &time(0), BODY).unwrap());
    let float = format!("{}.0", time(0));
    let table: [Attempt<'_>; 24] = [
        ("signed", &[KEY], id, time(0), &good, true),
        ("second key", &[OLD_KEY, KEY], id, time(0), &good, true),
        ("old key during the change", &[KEY, OLD_KEY], id, time(0), &signed(OLD_KEY, 0), true),
        ("several signatures", &[OLD_KEY], id, time(0), &both, true),
        ("five minutes old", &[KEY], id, time(-300), &signed(KEY, -300), true),
        ("five minutes ahead", &[KEY], id, time(300), &signed(KEY, 300), true),
        ("stale", &[KEY], id, time(-301), &signed(KEY, -301), false),
        ("from the future", &[KEY], id, time(301), &signed(KEY, 301), false),
        ("old key after the change", &[KEY], id, time(0), &signed(OLD_KEY, 0), false),
        ("no keys", &[], id, time(0), &good, false),
        ("empty key", &[""], id, time(0), &good, false),
        ("empty key with its prefix", &["whsec_"], id, time(0), &good, false),
        ("key that is no key", &["whsec_!"], id, time(0), &good, false),
        ("another id", &[KEY], "msg_2", time(0), &good, false),
        ("signature of another id", &[KEY], id, time(0), &other_id, false),
        ("another time", &[KEY], id, time(1), &good, false),
        ("no signature", &[KEY], id, time(0), "", false),
        ("unversioned signature", &[KEY], id, time(0), &unversioned, false),
        ("another version", &[KEY], id, time(0), &second, false),
        ("lower case", &[KEY], id, time(0), &lower, false),
        ("cut signature", &[KEY], id, time(0), &good[..20], false),
        ("after ten others", &[KEY], id, time(0), &many, false),
        ("time in milliseconds", &[KEY], id, format!("{}000", time(0)), &good, false),
        ("time that is no number", &[KEY], id, float, &good, false),
    ];
    for (case, keys, id, time, signature, genuine) in table {
        let headers =
            [("webhook-id", id), ("webhook-timestamp", &time), ("webhook-signature", signature)];
        let answer = request(&webhook(keys), &headers, BODY);
        assert_eq!(answer != Err(Rejected::NotGenuine), genuine, "{case}: {answer:?}");
    }
}

#[test]
fn each_header_and_each_byte_counts() {
    let (body, time) = (hello().to_string(), now().as_second().to_string());
    let signature = sign(KEY, "msg_1", &time, body.as_bytes()).unwrap();
    let headers =
        [("webhook-id", "msg_1"), ("webhook-timestamp", &*time), ("webhook-signature", &signature)];
    let channel = webhook(&[KEY]);
    assert!(request(&channel, &headers, body.as_bytes()).is_ok());
    for missing in 0..headers.len() {
        let mut headers = headers.to_vec();
        headers.remove(missing);
        let answer = request(&channel, &headers, body.as_bytes());
        assert_eq!(answer, Err(Rejected::NotGenuine));
    }
    for at in 0..body.len() {
        let mut changed = body.clone().into_bytes();
        changed[at] ^= 1;
        assert_eq!(request(&channel, &headers, &changed), Err(Rejected::NotGenuine));
    }
    let spaced = format!("{body} ");
    assert_eq!(request(&channel, &headers, spaced.as_bytes()), Err(Rejected::NotGenuine));
}

#[test]
fn a_message_says_who_what_and_where() {
    let mut body = hello();
    body["message"]["reply_to"] = json!("m0");
    body["message"]["files"] =
        json!([{ "url": "https://shop.example/lamp.pdf", "name": "lamp\u{202e}.pdf" }]);
    body["message"]["disable_crm"] = json!("Y");
    let items = post(&body).unwrap();
    let mut inbound = inbound(&items[0]).clone();
    let original: Value = serde_json::from_str(&inbound.original.take().unwrap()).unwrap();
    assert_eq!(original, body);
    insta::assert_json_snapshot!(inbound, @r#"
    {
      "chat": "c1",
      "customer_name": "Vera Lind",
      "what": {
        "kind": "message",
        "external_id": "m1",
        "text": "hello",
        "attachments": [
          {
            "kind": "file",
            "what": "file",
            "name": "lamp.pdf",
            "external_id": "https://shop.example/lamp.pdf"
          }
        ],
        "reply_to": "m0",
        "sent_at": "2026-09-21T14:13:20Z"
      }
    }
    "#);
}

#[test]
fn an_edit_is_an_edit() {
    let mut body = hello();
    body["message"] = json!({ "id": 7, "text": "hello!", "edited": true });
    let items = post(&body).unwrap();
    let edited = InboundKind::Edited { external_id: "7".into(), text: "hello!".to_owned() };
    assert_eq!(inbound(&items[0]).what, edited);
    body["message"]["edited"] = json!(false);
    assert!(matches!(inbound(&post(&body).unwrap()[0]).what, InboundKind::Message(_)));
}

#[test]
fn ids_may_be_numbers_and_dates_may_be_text() {
    let body = json!({
        "user": { "id": 9_007_199_254_740_993_u64 }, "chat": { "id": 12 },
        "message": { "id": 34, "text": "x", "date": "2026-11-22T13:00:00+01:00" },
    });
    let items = post(&body).unwrap();
    let inbound = inbound(&items[0]);
    assert_eq!((&*inbound.chat, &*inbound.customer_name), ("12", "User 9007199254740993"));
    let InboundKind::Message(message) = &inbound.what else { panic!("a message") };
    assert_eq!((message.external_id.as_deref(), message.sent_at), (Some("34"), Some(now())));
}

#[test]
fn files_alone_are_a_message() {
    let mut body = hello();
    body["message"] = json!({ "files": [{ "url": "http://10.0.0.1/never-fetched" }] });
    let items = post(&body).unwrap();
    let InboundKind::Message(message) = &inbound(&items[0]).what else { panic!("a message") };
    assert!(matches!(message.attachments[..], [Attachment::File { name: None, .. }]));
}

#[test]
fn an_error_points_at_the_place() {
    let text = |text: String| json!({ "id": "m", "text": text });
    let file = |url: &str| json!({ "files": [{ "url": "https://a.example" }, { "url": url }] });
    let table = [
        ("/user", json!(null), "/user", "missing"),
        ("/user", json!("vera"), "/user", "not an object"),
        ("/user/id", json!(null), "/user/id", "missing"),
        ("/user/id", json!(1.5), "/user/id", "neither a string nor a whole number"),
        ("/user/name", json!(7), "/user/name", "not a string"),
        ("/chat", json!([]), "/chat", "not an object"),
        ("/chat/id", json!(""), "/chat/id", "not 1 to 128 bytes without control characters"),
        ("/chat/id", json!("a\nb"), "/chat/id", "not 1 to 128 bytes without control characters"),
        (
            "/chat/id",
            json!("x".repeat(129)),
            "/chat/id",
            "not 1 to 128 bytes without control characters",
        ),
        ("/message", json!(null), "/message", "missing"),
        ("/message", json!({}), "/message", "neither text nor files"),
        ("/message", json!({ "text": " \n" }), "/message", "neither text nor files"),
        ("/message/text", json!(["x"]), "/message/text", "not a string"),
        ("/message", text("x".repeat(10_001)), "/message/text", "too long"),
        (
            "/message/date",
            json!(1_790_000_000_000_i64),
            "/message/date",
            "neither seconds since 1970 nor rfc 3339",
        ),
        (
            "/message/date",
            json!("yesterday"),
            "/message/date",
            "neither seconds since 1970 nor rfc 3339",
        ),
        ("/message", json!({ "edited": true, "text": "x" }), "/message/id", "missing"),
        ("/message", json!({ "edited": true, "id": "m" }), "/message/text", "missing"),
        ("/message", json!({ "edited": "yes", "id": "m" }), "/message/edited", "not true or false"),
        ("/message/automatic", json!(1), "/message/automatic", "not true or false"),
        ("/message/rating", json!(6), "/message/rating", "not a whole number from 0 to 5"),
        ("/message/rating", json!(-1), "/message/rating", "not a whole number from 0 to 5"),
        ("/message/rating", json!(4.5), "/message/rating", "not a whole number from 0 to 5"),
        ("/message/rating", json!("5"), "/message/rating", "not a whole number from 0 to 5"),
        ("/message", json!({ "files": {} }), "/message/files", "not an array"),
        ("/message", json!({ "files": [7] }), "/message/files/0", "not an object"),
        ("/message", json!({ "files": [{}] }), "/message/files/0/url", "missing"),
        ("/message", file("file:///etc/passwd"), "/message/files/1/url", "not an http address"),
        ("/message", json!({ "files": vec![json!({}); 21] }), "/message/files", "too many"),
    ];
    for (place, value, pointer, problem) in table {
        let mut body = hello();
        let (parent, key) = place.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[key] = value;
        let refused = Rejected::Malformed { pointer: pointer.to_owned(), problem };
        assert_eq!(post(&body), Err(refused.clone()), "{place}");
        let Rejected::Malformed { pointer, problem } = refused else { unreachable!() };
        let batch = json!({ "messages": [hello(), body] });
        let pointer = format!("/messages/1{pointer}");
        assert_eq!(post(&batch), Err(Rejected::Malformed { pointer, problem }));
    }
}

#[test]
fn a_message_may_be_a_machines_or_a_rating() {
    let posted = |message: Value| {
        let mut body = hello();
        body["message"] = message;
        let items = post(&body).unwrap();
        let InboundKind::Message(message) = inbound(&items[0]).what.clone() else { panic!() };
        (message.text, message.automatic, message.rating)
    };
    let text = |text: &str| text.to_owned();
    let sent = |more: Value| {
        let mut message = json!({ "text": "ok" });
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        posted(message)
    };
    assert_eq!(sent(json!({})), (text("ok"), false, None));
    assert_eq!(sent(json!({ "automatic": true })), (text("ok"), true, None));
    assert_eq!(sent(json!({ "automatic": null, "rating": null })), (text("ok"), false, None));
    assert_eq!(sent(json!({ "rating": 0 })), (text("ok"), false, Some(0)));
    assert_eq!(posted(json!({ "rating": 5 })), (text("5"), false, Some(5)), "it says itself");
    assert_eq!(posted(json!({ "rating": 1, "text": " " })), (text("1"), false, Some(1)));
}

#[test]
fn a_batch_has_1_to_100_messages() {
    let batch = |count: usize| post(&json!({ "messages": vec![hello(); count] }));
    assert_eq!(batch(100).unwrap().len(), 100);
    let wrong = |problem| Err(Rejected::Malformed { pointer: "/messages".to_owned(), problem });
    assert_eq!(batch(0), wrong("empty"));
    assert_eq!(batch(101), wrong("too many"));
    let root = |problem| Err(Rejected::Malformed { pointer: String::new(), problem });
    assert_eq!(post(&json!([hello()])), root("not an object"));
    assert_eq!(post(&json!("hello")), root("not an object"));
}

#[test]
fn a_repeat_is_known_by_the_id_in_its_chat() {
    let key = |body: &Value| post(body).unwrap()[0].dedupe.clone();
    let (mut reworded, mut elsewhere) = (hello(), hello());
    reworded["message"]["text"] = json!("hello again");
    elsewhere["chat"]["id"] = json!("c2");
    assert_eq!(key(&hello()), key(&reworded));
    assert_ne!(key(&hello()), key(&elsewhere));
    let with_key = post_as("msg_2", &[("Idempotency-Key", "k")], &hello()).unwrap();
    assert_eq!(with_key[0].dedupe, key(&hello()), "the id of the message is stronger");
    assert_eq!(with_key[0].dedupe_seconds, 48 * 60 * 60);
}

#[test]
fn without_ids_a_repeat_is_known_by_its_request() {
    let without = |text: &str| json!({ "user": { "id": 1 }, "chat": { "id": 1 }, "message": { "text": text } });
    let item = |id: &str, key: Option<&str>| {
        let header = key.map(|key| ("Idempotency-Key", key));
        post_as(id, header.as_slice(), &without("a")).unwrap().remove(0)
    };
    assert_eq!(item("msg_1", Some("k")).dedupe, item("msg_2", Some("k")).dedupe);
    assert_ne!(item("msg_1", Some("k")).dedupe, item("msg_1", Some("l")).dedupe);
    assert_eq!(item("msg_1", None).dedupe, item("msg_1", None).dedupe);
    assert_eq!(item("msg_1", None).dedupe_seconds, 48 * 60 * 60);
    let batch = json!({ "messages": [without("a"), without("a")] });
    let items = post(&batch).unwrap();
    assert_ne!(items[0].dedupe, items[1].dedupe, "two messages of one request are two");
}

#[test]
fn equal_texts_and_equal_edits_are_each_their_own() {
    let message = |message: Value| {
        let mut body = hello();
        body["message"] = message;
        body
    };
    let ok = message(json!({ "text": "ok" }));
    assert_ne!(dedupe("msg_1", &ok), dedupe("msg_2", &ok), "two entries");
    let edit = |text: &str| message(json!({ "id": "m1", "text": text, "edited": true }));
    let edits = [("msg_1", "A"), ("msg_2", "B"), ("msg_3", "A")];
    let mut known: BTreeSet<_> = edits.map(|(id, text)| dedupe(id, &edit(text))).into();
    known.insert(dedupe("msg_4", &hello()));
    assert_eq!(known.len(), 4, "there, back, and no repeat of the message itself");
    assert_eq!(dedupe("msg_1", &edit("A")), dedupe("msg_1", &edit("A")), "a repeat is known");
}

#[test]
fn the_answer_says_what_was_new() {
    let mut second = hello();
    second["message"]["id"] = json!("m2");
    let items = post(&json!({ "messages": [hello(), second] })).unwrap();
    let taken = [Taken::Duplicate, Taken::Created];
    let answer = channels::acknowledge(&webhook(&[KEY]).settings, &items, &taken);
    assert_eq!(answer.status, 202);
    let json: Value = serde_json::from_str(&json_of(answer.body)).unwrap();
    let accepted =
        json!([{ "id": "m1", "status": "duplicate" }, { "id": "m2", "status": "created" }]);
    assert_eq!(json, json!({ "accepted": accepted }));
}

/// The example of `docs/WEBHOOK.md` must be true to the letter.
#[test]
fn the_document_tells_the_truth() {
    const DOCUMENT: &str = include_str!("../../../docs/WEBHOOK.md");
    let blocks: Vec<&str> = DOCUMENT.split("```").collect();
    let json = blocks.iter().filter_map(|block| block.strip_prefix("json\n"));
    let json: Vec<&str> = json.map(str::trim_end).collect();
    let [signed, full, edit, rated, _outgoing, _asking, _correction] = json[..] else {
        panic!("seven examples")
    };
    let time = now().as_second().to_string();
    let signature = sign(KEY, "msg_1", &time, signed.as_bytes()).unwrap();
    assert!(DOCUMENT.contains(&format!("the timestamp `{time}`")));
    assert!(DOCUMENT.contains(&format!("webhook-signature: {signature}\n")), "{signature}");
    for example in [signed, full, edit, rated] {
        let body = serde_json::from_str(example).unwrap();
        assert_eq!(post(&body).unwrap().len(), 1);
    }
}
