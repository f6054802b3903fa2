//! Viber and MAX: the APIs that a bot calls, and what is posted to it.

use serde_json::{Value, json};

use super::scripted::Scripted;
use super::server::{Reply, Request};

pub(crate) const VIBER_TOKEN: &str = "4453b6ac-viber_token-of-the-fake";
pub(crate) const MAX_TOKEN: &str = "max_token-of-the-fake";
pub(crate) const MAX_SECRET: &str = "secret_of_the_max_bot";

#[derive(Default)]
pub(crate) struct State {
    /// Path and body of everything that was taken.
    pub(crate) taken: Vec<(String, Value)>,
    /// What asking for updates finds.
    pub(crate) updates: Vec<Value>,
}

pub(crate) fn viber() -> Scripted<State> {
    Scripted::start(State::default(), |state, request| {
        let body: Value = serde_json::from_slice(&request.body).expect("json");
        if request.headers.get("x-viber-auth-token").map(String::as_str) != Some(VIBER_TOKEN) {
            return Reply::of(200, json!({ "status": 2, "status_message": "bad" }).to_string());
        }
        state.taken.push((request.path.clone(), body));
        let token = 5_741_311_803_571_721_087_i64;
        let answer = json!({
            "status": 0, "status_message": "ok", "message_token": token, "name": "Our shop",
        });
        Reply::of(200, answer.to_string())
    })
}

pub(crate) fn max() -> Scripted<State> {
    Scripted::start(State::default(), max_answers)
}

fn max_answers(state: &mut State, request: &Request) -> Reply {
    if request.headers.get("authorization").map(String::as_str) != Some(MAX_TOKEN) {
        let refusal = json!({ "code": "verify.token", "message": "Invalid access_token" });
        return Reply::of(401, refusal.to_string());
    }
    let path = request.path.split('?').next().unwrap_or_default();
    let answer = match path {
        "/me" => json!({ "user_id": 1, "first_name": "Our shop", "is_bot": true }),
        "/subscriptions" if request.body.is_empty() => json!({ "subscriptions": [] }),
        "/updates" => json!({ "updates": state.updates, "marker": 77 }),
        "/messages" => {
            json!({ "message": { "body": { "mid": format!("mid.{}", state.taken.len()) } } })
        }
        _ => json!({ "success": true }),
    };
    let body = serde_json::from_slice(&request.body).unwrap_or_default();
    state.taken.push((request.path.clone(), body));
    Reply::of(200, answer.to_string())
}

/// An event of Viber's.
pub(crate) fn viber_event(event: &str, token: i64, more: &Value) -> Value {
    let mut body = json!({
        "event": event, "timestamp": 1_795_000_000_000_u64, "message_token": token,
    });
    for (field, value) in more.as_object().into_iter().flatten() {
        body[field] = value.clone();
    }
    body
}

pub(crate) fn viber_text(from: &str, token: i64, text: &str) -> Value {
    let sender = json!({ "id": from, "name": "Olga" });
    let message = json!({ "type": "text", "text": text });
    viber_event("message", token, &json!({ "sender": sender, "message": message }))
}

/// An update of MAX.
pub(crate) fn max_update(kind: &str, at: u64, more: &Value) -> Value {
    let mut body = json!({ "update_type": kind, "timestamp": at });
    for (field, value) in more.as_object().into_iter().flatten() {
        body[field] = value.clone();
    }
    body
}

pub(crate) fn max_text(from: u64, mid: &str, text: &str) -> Value {
    let message = json!({
        "sender": { "user_id": from, "first_name": "Игорь", "is_bot": false },
        "recipient": { "chat_id": 100, "chat_type": "dialog" }, "timestamp": 1_795_000_000_000_u64,
        "body": { "mid": mid, "seq": 112_233_445_566_778_899_u64, "text": text },
    });
    max_update("message_created", 1_795_000_000_000, &json!({ "message": message }))
}
