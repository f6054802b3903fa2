//! MAX: the messages of a bot, by webhook or by asking.
//!
//! Sources: dev.max.ru and the published schema (max-messenger/max-bot-api-schema). The address of the
//! API has moved twice, so it is a setting, which begins with what MAX's own client says. Updates have
//! no id of their own. Only dialogues are taken.

mod api;
mod files;

use std::time::Duration;

use domain::chat::{CustomerMessage, Inbound, InboundKind};
use domain::entry::Attachment;
use domain::file::StoredFile;
use domain::line::RatingScale;
use serde_json::{Value, json};

use super::file::with_text;
use super::form::{Form, Is, SECRET, TOKEN, field};
use super::json::{self, Found, file, id, other, words};
use super::proof::same;
use super::rating;
use super::text::{NAME_CHARS_MAX, clean_line, split, utf16_units};
use super::{HookRequest, Item, Pace, Part, Rate, Rejected, digest};

pub(super) use api::{Bot, connect, correct, poll, press_taken, send, sign, test};

pub const FORM: Form = Form {
    kind: "max",
    fields: &[
        field!("token", Is::Secret(TOKEN)),
        field!("secret", Is::SecretMadeHere(SECRET)),
        field!("api_base", Is::Base("https://platform-api2.max.ru")),
        field!("polling", Is::Flag(false)),
    ],
};

/// Where the platform proves itself.
pub const SECRET_HEADER: &str = "X-Max-Bot-Api-Secret";
/// The platform repeats for eight hours.
const DEDUPE_SECONDS: u32 = 48 * 60 * 60;
/// Thirty calls a second of a bot. Of a chat nothing is documented.
pub(super) const PACE: Pace = Pace {
    chat: Some(Rate { every: Duration::from_secs(1), burst: 5 }),
    channel: Some(Rate { every: Duration::from_millis(34), burst: 30 }),
};
const TEXT_UTF16_MAX: usize = 4_000;
/// Attachments of one message that are kept.
const ATTACHMENTS_MAX: usize = 20;

/// The kinds that we ask the platform for.
const ASKED_KINDS: [&str; 6] = [
    "message_created",
    "message_edited",
    "message_removed",
    "message_callback",
    "bot_started",
    "bot_stopped",
];
/// Kinds of update that carry nothing for us; each is counted under its own name.
const IGNORED_KINDS: [&str; 6] = [
    "bot_added",
    "bot_removed",
    "user_added",
    "user_removed",
    "chat_title_changed",
    "dialog_removed",
];

/// Cuts at the platform's limit. A text that fits stands with the first files.
pub(super) fn parts(text: &str, files: &[StoredFile]) -> Vec<Part> {
    let fits = utf16_units(text) <= TEXT_UTF16_MAX;
    with_text(files::albums(files), text, fits, || split(text, TEXT_UTF16_MAX, utf16_units))
}

/// One update: the body of one delivery.
pub(super) fn parse(secret: &str, request: &HookRequest<'_>) -> Result<Vec<Item>, Rejected> {
    same(secret, (request.header)(SECRET_HEADER).unwrap_or_default())?;
    let Ok(update) = serde_json::from_slice::<Value>(request.body) else {
        let original = String::from_utf8_lossy(request.body);
        let dedupe = digest(request.body);
        return Ok(vec![json::item(dedupe, DEDUPE_SECONDS, Err("malformed"), &original)]);
    };
    Ok(vec![item(&update)])
}

/// What one update means. A repeat is known by the message or the press, and when it happened.
fn item(update: &Value) -> Item {
    let original = update.to_string();
    let kind = update["update_type"].as_str().unwrap_or_default();
    let callback = id(&update["callback"]["callback_id"]);
    let about = callback
        .or_else(|| id(&update["message"]["body"]["mid"]))
        .or_else(|| id(&update["message_id"]));
    let key = about.zip(id(&update["timestamp"])).map(|(about, at)| format!("{kind}:{about}:{at}"));
    let key = key.unwrap_or_else(|| digest(original.as_bytes()));
    json::item(key, DEDUPE_SECONDS, found(update, kind), &original)
}

fn found(update: &Value, kind: &str) -> Found {
    match kind {
        "message_created" => written(update),
        "message_edited" => edited(update),
        "message_removed" => removed(update),
        "message_callback" => pressed(update),
        "bot_started" => membership(update, InboundKind::Unblocked),
        "bot_stopped" => membership(update, InboundKind::Blocked),
        kind => {
            let known = IGNORED_KINDS.into_iter().find(|known| *known == kind);
            Err(known.unwrap_or("unknown_kind"))
        }
    }
}

/// Signs that we write, or have read, want the dialogue's own id: it is where the chat's answers go.
fn written(update: &Value) -> Found {
    let message = &update["message"];
    let who = writer(message)?;
    let body = &message["body"];
    let (text, attachments) = content(message);
    let reply = &message["link"];
    let reply_to = id(&reply["message"]["mid"]).filter(|_| reply["type"] == "reply");
    let dialogue = id(&message["recipient"]["chat_id"]);
    let said = inbound(
        &who,
        &message["sender"],
        InboundKind::Message(CustomerMessage {
            external_id: id(&body["mid"]).map(Into::into),
            text,
            attachments,
            reply_to: reply_to.map(Into::into),
            sent_at: json::millis(&message["timestamp"]),
            automatic: message["sender"]["is_bot"] == true,
            ..CustomerMessage::default()
        }),
    );
    Ok(Inbound { return_to: dialogue.map(Into::into), ..said })
}

fn edited(update: &Value) -> Found {
    let message = &update["message"];
    let who = writer(message)?;
    let external_id = id(&message["body"]["mid"]).ok_or("edit_without_id")?;
    let text = words(&message["body"]["text"]).ok_or("edit_without_text")?;
    let what = InboundKind::Edited { external_id: external_id.into(), text: text.to_owned() };
    Ok(inbound(&who, &message["sender"], what))
}

/// In a dialogue it is the customer's own message, so he is whose chat it is.
fn removed(update: &Value) -> Found {
    let gone = id(&update["message_id"]).ok_or("deletion_without_id")?;
    let who = id(&update["user_id"]).ok_or("no_chat")?;
    let what = InboundKind::Deleted { external_ids: vec![gone.into()] };
    Ok(inbound(&who, &Value::Null, what))
}

/// A button of a rating request. The message under which it stands may be gone.
fn pressed(update: &Value) -> Found {
    let callback = &update["callback"];
    let payload = callback["payload"].as_str().unwrap_or_default();
    let value = rating::value_of(payload).ok_or("message_callback")?;
    let who = id(&callback["user"]["user_id"]).ok_or("no_chat")?;
    Ok(inbound(
        &who,
        &callback["user"],
        InboundKind::Message(CustomerMessage {
            external_id: id(&callback["callback_id"]).map(Into::into),
            text: value.to_string(),
            rating: Some(value),
            ..CustomerMessage::default()
        }),
    ))
}

/// The press that whoever pressed sees as waiting until the platform is told that it is taken.
pub(super) fn press(inbound: &Inbound) -> Option<&str> {
    match &inbound.what {
        InboundKind::Message(message) => message.rating.and(message.external_id.as_deref()),
        InboundKind::Edited { .. }
        | InboundKind::Blocked
        | InboundKind::Unblocked
        | InboundKind::Migrated { .. }
        | InboundKind::Deleted { .. }
        | InboundKind::Reacted { .. }
        | InboundKind::Progress(_)
        | InboundKind::Elsewhere(_)
        | InboundKind::Received { .. }
        | InboundKind::Introduced(_) => None,
    }
}

fn membership(update: &Value, what: InboundKind) -> Found {
    let who = id(&update["user"]["user_id"]).ok_or("no_chat")?;
    Ok(inbound(&who, &update["user"], what))
}

/// Customers are written to by their own id, so that is what the chat is called.
fn writer(message: &Value) -> Result<String, &'static str> {
    match message["recipient"]["chat_type"].as_str() {
        Some("chat" | "channel") => Err("group_chat"),
        _ => id(&message["sender"]["user_id"]).ok_or("no_chat"),
    }
}

fn inbound(chat: &str, person: &Value, what: InboundKind) -> Inbound {
    let part = |field: &str| clean_line(person[field].as_str().unwrap_or_default(), NAME_CHARS_MAX);
    let full = format!("{} {}", part("first_name"), part("last_name"));
    let names = [full.trim().to_owned(), part("name"), part("username")];
    let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    Inbound { chat: chat.into(), customer_name: name, what, original: None, return_to: None }
}

/// The message's own, else what it forwards.
fn content(message: &Value) -> (String, Vec<Attachment>) {
    let (mut text, mut attachments) = content_of(&message["body"]);
    if text.is_empty() && attachments.is_empty() && message["link"]["type"] == "forward" {
        (text, attachments) = content_of(&message["link"]["message"]);
    }
    if text.is_empty() && attachments.is_empty() {
        // Something was written that no field of ours shows: say so instead of losing it.
        attachments.push(other("unsupported"));
    }
    (text, attachments)
}

fn content_of(body: &Value) -> (String, Vec<Attachment>) {
    let text = body["text"].as_str().unwrap_or_default().to_owned();
    let attached = body["attachments"].as_array().into_iter().flatten();
    (text, attached.take(ATTACHMENTS_MAX).filter_map(attachment).collect())
}

fn attachment(attached: &Value) -> Option<Attachment> {
    let payload = &attached["payload"];
    let media = |what: &str| file(what, &attached["filename"], &attached["size"], &payload["url"]);
    Some(match attached["type"].as_str().unwrap_or_default() {
        "image" => media("photo"),
        "video" => media("video"),
        "audio" => media("voice"),
        "file" => media("document"),
        "sticker" => Attachment::Sticker { emoji: String::new() },
        "contact" => contact(payload),
        "location" => {
            let (latitude, longitude) =
                (attached["latitude"].as_f64(), attached["longitude"].as_f64());
            match latitude.zip(longitude) {
                Some((latitude, longitude)) => {
                    Attachment::Location { latitude, longitude, title: None }
                }
                None => other("location"),
            }
        }
        // Our own buttons come back with their message.
        "inline_keyboard" => return None,
        "" => other("unsupported"),
        named => other(&named.chars().take(32).collect::<String>()),
    })
}

/// A card of the kind that address books exchange: the lines of name and phone.
fn contact(payload: &Value) -> Attachment {
    let card = payload["vcf_info"].as_str().unwrap_or_default();
    let line = |name: &str| {
        let found = card
            .lines()
            .find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', ';'])));
        found.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value)
    };
    Attachment::Contact {
        name: clean_line(line("FN"), NAME_CHARS_MAX),
        phone: clean_line(line("TEL"), 32),
        own: false,
    }
}

/// One row of buttons under the message.
fn keyboard(scale: RatingScale) -> Value {
    let button = |(words, value)| json!({ "type": "callback", "text": words, "payload": rating::data_of(value) });
    let row: Vec<Value> = rating::buttons(scale).into_iter().map(button).collect();
    json!({ "type": "inline_keyboard", "payload": { "buttons": [row] } })
}
