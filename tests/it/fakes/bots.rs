//! Viber and MAX: the APIs that a bot calls, and what is posted to it.

use actix_web::web::Bytes;
use serde_json::{Value, json};

use super::form::Form;
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
    /// Type, name and content of everything that was uploaded to MAX; its place is its token.
    pub(crate) uploaded: Vec<(String, String, Bytes)>,
    base: String,
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
    let max = Scripted::start(State::default(), max_answers);
    let base = max.base();
    max.with(|state| state.base = base);
    max
}

fn max_answers(state: &mut State, request: &Request) -> Reply {
    if let Some(kind) = request.path.strip_prefix("/upload/") {
        return max_upload(state, kind, request);
    }
    if request.headers.get("authorization").map(String::as_str) != Some(MAX_TOKEN) {
        let refusal = json!({ "code": "verify.token", "message": "Invalid access_token" });
        return Reply::of(401, refusal.to_string());
    }
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let attached = body["attachments"].as_array().into_iter().flatten();
    if !attached.clone().all(|one| is_known(state, one)) {
        let refusal = json!({ "code": "proto.payload", "message": "Unknown attachment" });
        return Reply::of(400, refusal.to_string());
    }
    if path == "/messages" && request.method != "POST" {
        return max_corrects(state, query, request);
    }
    let answer = match path {
        "/uploads" => {
            let kind = query.strip_prefix("type=").expect("a type");
            let (number, url) = (state.uploaded.len(), format!("{}/upload/{kind}", state.base));
            match kind {
                "video" | "audio" => json!({ "url": url, "token": format!("token-{number}") }),
                _ => json!({ "url": url }),
            }
        }
        "/me" => json!({ "user_id": 1, "first_name": "Our shop", "is_bot": true }),
        "/subscriptions" if request.body.is_empty() => json!({ "subscriptions": [] }),
        "/updates" => json!({ "updates": state.updates, "marker": 77 }),
        "/messages" => {
            json!({ "message": { "body": { "mid": format!("mid.{}", state.taken.len()) } } })
        }
        _ => json!({ "success": true }),
    };
    state.taken.push((request.path.clone(), body));
    Reply::of(200, answer.to_string())
}

/// Deleted messages stand in nobody's dialogue.
fn max_corrects(state: &mut State, query: &str, request: &Request) -> Reply {
    let number = query.strip_prefix("message_id=mid.").and_then(|n| n.parse::<usize>().ok());
    let Some((path, body)) = number.and_then(|number| state.taken.get_mut(number)) else {
        let refusal = json!({ "code": "not.found", "message": "no such message" });
        return Reply::of(404, refusal.to_string());
    };
    match &*request.method {
        "PUT" => {
            let given: Value = serde_json::from_slice(&request.body).expect("json");
            body["text"] = given["text"].clone();
        }
        _ => path.clear(),
    }
    Reply::of(200, json!({ "success": true }).to_string())
}

/// The answer holds the token of a picture or a file; that of a sound was given before.
fn max_upload(state: &mut State, kind: &str, request: &Request) -> Reply {
    let (name, content) = Form::read(request).file("data").expect("a file");
    if kind == "image" && !content.starts_with(b"\x89PNG") {
        return Reply::of(400, json!({ "error_code": "4", "error_msg": "no picture" }).to_string());
    }
    let token = format!("token-{}", state.uploaded.len());
    state.uploaded.push((kind.to_owned(), name, content));
    Reply::of(
        200,
        match kind {
            "image" => json!({ "photos": { "hash=": { "token": token } } }).to_string(),
            "file" => json!({ "fileId": 1, "token": token }).to_string(),
            _ => "<retval>1</retval>".to_owned(),
        },
    )
}

/// Buttons, or a file that was uploaded as such.
fn is_known(state: &State, attached: &Value) -> bool {
    let payload = &attached["payload"];
    let token = payload["token"].as_str().or(payload["photos"]["hash="]["token"].as_str());
    let number = token.and_then(|token| token.strip_prefix("token-")?.parse::<usize>().ok());
    attached["type"] == "inline_keyboard"
        || number.is_some_and(|n| state.uploaded.get(n).is_some_and(|f| attached["type"] == *f.0))
}

/// The contents that a message to a customer carries, in their order.
pub(crate) fn max_contents(state: &State, body: &Value) -> Vec<(String, Bytes)> {
    let attached = body["attachments"].as_array().into_iter().flatten();
    let token = |one: &Value| {
        let payload = &one["payload"];
        let token = payload["token"].as_str().or(payload["photos"]["hash="]["token"].as_str());
        token?.strip_prefix("token-")?.parse::<usize>().ok()
    };
    let file = |number: usize| (state.uploaded[number].0.clone(), state.uploaded[number].2.clone());
    attached.filter_map(token).map(file).collect()
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
