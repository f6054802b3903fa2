//! The pretend web form: signed messages to the hub, and the receiver of its answers.
//!
//! Source: `docs/WEBHOOK.md`, as an integrator would read it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::channels::webhook::{SKEW_SECONDS_MAX, sign};
use crate::demo::pretend::chats::{Button, Customer};

/// A message of a customer; an edit has the number of the message that it changes.
pub(super) fn message(from: &Customer, number: u64, at: Timestamp, content: &Value) -> Value {
    let mut message = json!({ "id": format!("form-{number}"), "date": at.as_second() });
    for (name, value) in content.as_object().into_iter().flatten() {
        message[name] = value.clone();
    }
    json!({
        "user": { "id": from.id.to_string(), "name": from.name },
        "chat": { "id": from.id.to_string() },
        "message": message,
    })
}

/// A file by its address: the hub does not fetch it.
pub(super) fn file() -> Value {
    json!({ "files": [{ "name": "invoice.pdf", "url": "https://example.com/invoice.pdf" }] })
}

/// What a pressed button says.
pub(super) fn rating(data: &str, words: &str) -> Value {
    json!({ "rating": data.parse::<u8>().ok(), "text": words })
}

/// The buttons for a rating.
pub(super) fn buttons(asked: Option<&ReceivedRating>) -> Vec<Button> {
    let scale = asked.map_or("", |asked| &*asked.scale);
    let button = |text: String, value: u8| Button { text, data: value.to_string() };
    match scale {
        "like" => vec![button("👍".to_owned(), 1), button("👎".to_owned(), 0)],
        "stars" => (1..=5).map(|n| button(format!("{n} ★"), n)).collect(),
        // A message that asks for nothing, or for what this form does not know.
        _ => Vec::new(),
    }
}

/// What the hub sends. Unknown fields may come at any time.
#[derive(Debug, Deserialize)]
pub(super) struct Received {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) data: ReceivedData,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReceivedData {
    pub(super) chat: ReceivedChat,
    pub(super) message: ReceivedMessage,
    pub(super) author: Option<ReceivedAuthor>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReceivedChat {
    pub(super) id: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReceivedMessage {
    /// As this form named it, of a message that it has.
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) text: String,
    pub(super) rating: Option<ReceivedRating>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReceivedRating {
    pub(super) scale: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReceivedAuthor {
    pub(super) name: String,
    pub(super) picture: Option<String>,
}

/// The headers of one request of the hub.
pub(super) struct Proof<'a> {
    pub(super) id: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) signatures: &'a str,
}

impl Proof<'_> {
    /// Whether the hub itself wrote that body, and just now.
    pub(super) fn holds(&self, key: &str, body: &[u8], now: Timestamp) -> bool {
        let Some(expected) = sign(key, self.id, self.timestamp, body) else { return false };
        let signed = self.signatures.split(' ').any(|given| given == expected);
        let written: Option<i64> = self.timestamp.parse().ok();
        let skew = written.map(|written| now.as_second().abs_diff(written));
        signed && skew.is_some_and(|skew| skew <= SKEW_SECONDS_MAX.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "whsec_c2VjcmV0IG9mIHRoZSBkZW1v";
    const WRITTEN: i64 = 1_772_355_600;

    #[test]
    fn only_what_the_hub_signed_just_now_is_taken() {
        let signature = sign(KEY, "job-1", &WRITTEN.to_string(), b"{}").expect("a good key");
        for (id, body, key, later_seconds, taken) in [
            ("job-1", "{}", KEY, 0, true),
            ("job-1", "{}", KEY, 300, true),
            ("job-1", "{}", KEY, 301, false),
            ("job-2", "{}", KEY, 0, false),
            ("job-1", "{ }", KEY, 0, false),
            ("job-1", "{}", "whsec_b3RoZXI=", 0, false),
            ("job-1", "{}", "", 0, false),
        ] {
            let timestamp = WRITTEN.to_string();
            let proof = Proof { id, timestamp: &timestamp, signatures: &signature };
            let now = Timestamp::from_second(WRITTEN + later_seconds).expect("in range");
            let holds = proof.holds(key, body.as_bytes(), now);
            assert_eq!(holds, taken, "{id} {body} {key} {later_seconds}");
        }
    }

    #[test]
    fn a_rating_is_asked_for_with_what_the_scale_knows() {
        let data = |scale: &str| -> String {
            let asked = ReceivedRating { scale: scale.to_owned() };
            buttons(Some(&asked)).into_iter().map(|button| button.data).collect()
        };
        assert_eq!((&*data("like"), &*data("stars"), &*data("to come")), ("10", "12345", ""));
        assert_eq!(buttons(None), []);
    }

    #[test]
    fn one_good_signature_of_several_is_enough() {
        let timestamp = WRITTEN.to_string();
        let good = sign(KEY, "job-1", &timestamp, b"{}").expect("a good key");
        let signatures = format!("v1,c3RhbGU= {good}");
        let proof = Proof { id: "job-1", timestamp: &timestamp, signatures: &signatures };
        assert!(proof.holds(KEY, b"{}", Timestamp::from_second(WRITTEN).expect("in range")));
    }
}
