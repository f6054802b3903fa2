//! The Graph API as pages, Instagram accounts and numbers of `WhatsApp` call it, and their events.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::scripted::Scripted;
use super::server::{Reply, Request};

pub(crate) const TOKEN: &str = "EAAtest_token-of-the-fake";
pub(crate) const APP_SECRET: &str = "secret_of_the_app_0123456789";
pub(crate) const VERIFY: &str = "verify_token_of_the_app";
pub(crate) const PAGE: &str = "12345654332";
pub(crate) const ACCOUNT: &str = "17841400000000098";
pub(crate) const NUMBER: &str = "106540352242922";

#[derive(Default)]
pub(crate) struct State {
    /// What was sent, as it was sent.
    pub(crate) sent: Vec<Value>,
    /// Profiles by the customer's id.
    pub(crate) people: BTreeMap<String, Value>,
    /// Signs that somebody writes or has read.
    pub(crate) signs: Vec<Value>,
    /// Only messages with this tag are taken: the 24 hours are over.
    pub(crate) closed: bool,
}

pub(crate) type Meta = Scripted<State>;

pub(crate) fn start() -> Meta {
    Scripted::start(State::default(), answer)
}

fn answer(state: &mut State, request: &Request) -> Reply {
    // Clients of others send it in the address.
    let bearer = request.headers.get("authorization").map(String::as_str);
    let in_address = request.path.contains(&format!("access_token={TOKEN}"));
    if bearer != Some(&format!("Bearer {TOKEN}")) && !in_address {
        return error(190, 0, "Invalid OAuth access token");
    }
    let path = request.path.split('?').next().unwrap_or_default();
    if path.ends_with("/messages") {
        return send(state, request);
    }
    if path.ends_with("/subscribed_apps") {
        return Reply::of(200, json!({ "success": true }).to_string());
    }
    let id = path.rsplit('/').next().unwrap_or_default();
    if [PAGE, ACCOUNT, NUMBER].contains(&id) {
        let shown =
            json!({ "name": "Our shop", "username": "ourshop", "verified_name": "Our shop" });
        return Reply::of(200, shown.to_string());
    }
    match state.people.get(id) {
        Some(person) => Reply::of(200, person.to_string()),
        None => error(100, 33, "Unsupported get request"),
    }
}

fn send(state: &mut State, request: &Request) -> Reply {
    let body: Value = serde_json::from_slice(&request.body).expect("json");
    if state.closed && body["messaging_product"] == "whatsapp" && body["type"] != "template" {
        return error(131_047, 0, "Re-engagement message");
    }
    if state.closed && body["messaging_product"] != "whatsapp" && body["tag"] != "HUMAN_AGENT" {
        return error(10, 2_018_278, "This message is sent outside of allowed window");
    }
    if body["sender_action"].is_string() || body["status"] == "read" {
        state.signs.push(body);
        return Reply::of(200, json!({ "success": true }).to_string());
    }
    state.sent.push(body.clone());
    let id = state.sent.len();
    let answer = if body["messaging_product"] == "whatsapp" {
        json!({ "messaging_product": "whatsapp", "messages": [{ "id": format!("wamid.{id}") }] })
    } else {
        json!({ "recipient_id": body["recipient"]["id"], "message_id": format!("mid.{id}") })
    };
    Reply::of(200, answer.to_string())
}

fn error(code: i64, subcode: i64, words: &str) -> Reply {
    let error = json!({ "code": code, "error_subcode": subcode, "message": words });
    Reply::of(400, json!({ "error": error }).to_string())
}

/// An answer that refuses, for a fault.
pub(crate) fn refusal(code: i64, subcode: i64) -> &'static str {
    let words = format!("no {TOKEN}");
    let error = json!({ "code": code, "error_subcode": subcode, "message": words });
    Box::leak(json!({ "error": error }).to_string().into_boxed_str())
}

/// One request with these events of one account.
pub(crate) fn messaging(object: &str, account: &str, events: &[Value]) -> Value {
    let entry = json!({ "id": account, "time": 1_795_000_000_000_u64, "messaging": events });
    json!({ "object": object, "entry": [entry] })
}

/// A customer writes to a page, or to an account of Instagram.
pub(crate) fn message(account: &str, from: &str, mid: &str, text: &str) -> Value {
    json!({
        "sender": { "id": from }, "recipient": { "id": account },
        "timestamp": 1_795_000_000_000_u64, "message": { "mid": mid, "text": text },
    })
}

/// What was sent in the account's name, with what the sender wrote beside it.
pub(crate) fn echo(account: &str, to: &str, mid: &str, text: &str, metadata: &Value) -> Value {
    json!({
        "sender": { "id": account }, "recipient": { "id": to },
        "timestamp": 1_795_000_060_000_u64,
        "message": { "mid": mid, "text": text, "is_echo": true, "metadata": metadata },
    })
}

/// One request of a number with these fields of its value.
pub(crate) fn whatsapp(field: &str, value: &Value) -> Value {
    let mut value = value.clone();
    value["messaging_product"] = "whatsapp".into();
    value["metadata"] = json!({ "display_phone_number": "15550783881", "phone_number_id": NUMBER });
    let change = json!({ "field": field, "value": value });
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [change] }] })
}

/// A customer with that phone writes to the number.
pub(crate) fn whatsapp_text(phone: &str, id: &str, text: &str) -> Value {
    let message = json!({
        "from": phone, "id": id, "timestamp": "1795000000", "type": "text",
        "text": { "body": text },
    });
    let contacts = json!([{ "profile": { "name": "Pablo" }, "wa_id": phone }]);
    whatsapp("messages", &json!({ "contacts": contacts, "messages": [message] }))
}
