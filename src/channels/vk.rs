//! VK: messages of communities (API 5.199), by Callback API or by Bots Long Poll.
//!
//! Sources: dev.vk.com (Callback API, Bots Long Poll, `messages.send`) and VK's published schema of
//! objects and errors. A delivery proves itself by a secret inside its body and is answered with
//! exactly `ok`: any other body counts as an error, and `remove` would take our address away.
//!
//! Only private dialogues are taken. `object` is `{message, client_info}` or, in older versions and
//! in edits and replies even now, the message itself.

mod api;
mod content;
mod files;
mod rating;

use std::time::Duration;

use domain::chat::{CustomerMessage, ElsewhereMessage, Inbound, InboundKind};
use domain::entry::DeliveryState;
use domain::file::StoredFile;
use domain::progress::{Progress, ProgressOf};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::file::with_text;
use super::form::{ACCOUNT, Form, Is, SECRET, TOKEN, field};
use super::json::{self, Found, first_id, id, words};
use super::text::{split, utf16_units};
use super::{
    Acknowledgement, AnswerBody, HookRequest, Item, Meaning, Pace, Part, Rate, Rejected, digest,
};

pub(super) use api::{Community, connect, correct, name_of, poll, send, sign, test};

pub const FORM: Form = Form {
    kind: "vk",
    fields: &[
        field!("group_id", Is::Text(ACCOUNT)),
        field!("token", Is::Secret(TOKEN)),
        field!("secret", Is::MadeHere(SECRET)),
        field!("confirmation", Is::TextOr("none", ACCOUNT)),
        field!("api_base", Is::Base("https://api.vk.com")),
        field!("polling", Is::Flag(false)),
    ],
};

/// Deliveries are repeated for less than three hours after `Retry-After`; two days are ample.
const DEDUPE_SECONDS: u32 = 48 * 60 * 60;
/// Twenty calls a second of a community. Of a chat nothing is documented.
pub(super) const PACE: Pace = Pace {
    chat: Some(Rate { every: Duration::from_secs(1), burst: 5 }),
    channel: Some(Rate { every: Duration::from_millis(50), burst: 20 }),
};
/// The platform takes 9000 characters, but cuts long texts into several messages itself; below
/// this it never does.
const TEXT_UTF16_MAX: usize = 4096;
/// Chats of several people have ids from here on.
const GROUP_CHATS_FROM: i64 = 2_000_000_000;

/// Kinds of event that carry nothing for us; each is counted under its own name.
const IGNORED_KINDS: [&str; 4] =
    ["message_event", "message_reaction_event", "like_add", "like_remove"];

/// Cuts at the platform's limit. A text that fits stands with the first files.
pub(super) fn parts(text: &str, files: &[StoredFile]) -> Vec<Part> {
    let albums = files::albums(files);
    let takes_it =
        albums.first().is_some_and(|album| files::take_a_text(&files[album.files.clone()]));
    let fits = takes_it && utf16_units(text) <= TEXT_UTF16_MAX;
    with_text(albums, text, fits, || split(text, TEXT_UTF16_MAX, utf16_units))
}

/// What is read before anything is believed.
#[derive(Deserialize)]
struct Proof {
    #[serde(default)]
    secret: Value,
    #[serde(default)]
    group_id: Value,
}

/// One event: the body of one delivery.
pub(super) fn parse(
    group_id: &str,
    secret: &str,
    request: &HookRequest<'_>,
) -> Result<Vec<Item>, Rejected> {
    let text = std::str::from_utf8(request.body).map_err(|_| Rejected::NotGenuine)?;
    let proof: Proof = serde_json::from_str(text).map_err(|_| Rejected::NotGenuine)?;
    let given = proof.secret.as_str().unwrap_or_default();
    let same: bool = secret.as_bytes().ct_eq(given.as_bytes()).into();
    if !same || secret.is_empty() || id(&proof.group_id).as_deref() != Some(group_id) {
        return Err(Rejected::NotGenuine);
    }
    let event: Value = serde_json::from_str(text).map_err(|_| Rejected::NotGenuine)?;
    if event["type"] == "confirmation" {
        let dedupe = digest(request.body);
        let meaning = Meaning::Confirmation;
        return Ok(vec![Item { dedupe, dedupe_seconds: 0, account: None, meaning }]);
    }
    Ok(vec![item(&event)])
}

/// Exactly what VK wants to read: the code that an administrator entered, or `ok`.
pub(super) fn acknowledge(confirmation: &str, items: &[Item]) -> Acknowledgement {
    let confirms = items.iter().any(|item| item.meaning == Meaning::Confirmation);
    let answer = if confirms { confirmation } else { "ok" };
    Acknowledgement { status: 200, body: AnswerBody::Text(answer.to_owned()) }
}

/// What one event means. The secret is not kept with the original.
fn item(event: &Value) -> Item {
    let mut kept = event.clone();
    if let Some(fields) = kept.as_object_mut() {
        fields.remove("secret");
    }
    let original = kept.to_string();
    let key = id(&event["event_id"]).unwrap_or_else(|| digest(original.as_bytes()));
    match written_just_now(event) {
        Some(chat) => json::writing(key, DEDUPE_SECONDS, chat),
        None => json::item(key, DEDUPE_SECONDS, found(event), &original),
    }
}

/// The customer is writing. The platform says it of dialogues alone.
fn written_just_now(event: &Value) -> Option<String> {
    let object = &event["object"];
    let from = object["from_id"].as_i64().filter(|from| *from > 0)?;
    let is_it = event["type"] == "message_typing_state" && object["state"] == "typing";
    is_it.then(|| from.to_string())
}

fn found(event: &Value) -> Found {
    let object = &event["object"];
    let message = if object["message"].is_object() { &object["message"] } else { object };
    match event["type"].as_str().unwrap_or_default() {
        "message_new" if is_ours(message) => written_by_us(message),
        "message_new" => written(message),
        "message_reply" => written_by_us(message),
        "message_edit" => edited(message),
        "message_read" => read(object),
        "message_deny" => membership(object, InboundKind::Blocked),
        "message_allow" => membership(object, InboundKind::Unblocked),
        kind => {
            let known = IGNORED_KINDS.into_iter().find(|known| *known == kind);
            Err(known.unwrap_or("unknown_kind"))
        }
    }
}

fn written(message: &Value) -> Found {
    let chat = private_chat(message)?;
    let (text, attachments) = content::of(message)?;
    Ok(inbound(
        chat,
        InboundKind::Message(CustomerMessage {
            external_id: message_id(message).map(Into::into),
            text,
            attachments,
            reply_to: message_id(&message["reply_message"]).map(Into::into),
            sent_at: json::seconds(&message["date"]),
            // A community writes, not a person.
            automatic: message["from_id"].as_i64().is_some_and(|from| from < 0),
            rating: rating::value_of(&message["payload"]),
            ..CustomerMessage::default()
        }),
    ))
}

/// What the community sent. Ours is known by its mark, or by a random id without an author: a
/// manager has an author, and what he writes in VK has no random id.
fn written_by_us(message: &Value) -> Found {
    let chat = private_chat(message)?;
    let random = message["random_id"].as_i64().unwrap_or(0) != 0;
    let by_manager = id(&message["admin_author_id"]).is_some();
    if rating::is_marked(&message["payload"]) || (random && !by_manager) {
        return Err("own_echo");
    }
    let (text, attachments) = content::of(message)?;
    Ok(inbound(
        chat,
        InboundKind::Elsewhere(ElsewhereMessage {
            external_id: message_id(message).map(Into::into),
            text,
            attachments,
            sent_at: json::seconds(&message["date"]),
        }),
    ))
}

fn edited(message: &Value) -> Found {
    let chat = private_chat(message)?;
    let external_id = message_id(message).ok_or("edit_without_id")?;
    let Some(text) = words(&message["text"]) else { return Err("edit_without_text") };
    let what = InboundKind::Edited { external_id: external_id.into(), text: text.to_owned() };
    Ok(inbound(chat, what))
}

/// The customer has read all up to a message. What the community has read is its own affair.
fn read(object: &Value) -> Found {
    if object["from_id"].as_i64().is_some_and(|from| from < 0) {
        return Err("own_read");
    }
    let newest = object["read_message_id"].as_i64().ok_or("receipt_of_nothing")?;
    let of = ProgressOf::UpToNumber(newest);
    let receipt = Progress { of, state: DeliveryState::Read };
    Ok(inbound(private_chat(object)?, InboundKind::Progress(receipt)))
}

/// The customer forbids the community to write to him, or allows it.
fn membership(object: &Value, what: InboundKind) -> Found {
    Ok(inbound(id(&object["user_id"]).ok_or("no_chat")?, what))
}

/// The platform does not say names here: an empty one is asked for later.
fn inbound(chat: String, what: InboundKind) -> Inbound {
    Inbound {
        chat: chat.into(),
        customer_name: String::new(),
        what,
        original: None,
        return_to: None,
    }
}

fn is_ours(message: &Value) -> bool {
    message["out"] == 1
}

fn private_chat(message: &Value) -> Result<String, &'static str> {
    let peer = first_id([&message["peer_id"], &message["from_id"]]).ok_or("no_chat")?;
    match peer.parse::<i64>() {
        Ok(number) if number >= GROUP_CHATS_FROM => Err("group_chat"),
        Ok(_) => Ok(peer),
        Err(_) => Err("no_chat"),
    }
}

/// Some messages have a number within their chat only.
fn message_id(message: &Value) -> Option<String> {
    let own = id(&message["id"]).filter(|id| id != "0");
    own.or_else(|| id(&message["conversation_message_id"]).map(|id| format!("c{id}")))
}
