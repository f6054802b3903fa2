//! The pretend Telegram: updates as its Bot API documents them, and answers to its methods.
//!
//! Source: the Bot API reference (core.telegram.org/bots/api). Knows JSON only; who delivers it is
//! not its matter.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::demo::pretend::chats::{Button, Customer, Message};

const BOT_ID: u64 = 7_000_000_000;
const BOT_NAME: &str = "Demo bot";
/// Longest text of a message, in UTF-16 units.
const TEXT_UTF16_MAX: usize = 4_096;
/// Most of what a button may send back, in bytes.
const DATA_BYTES_MAX: usize = 64;

/// A new message: `content` holds its fields beside those that every message has.
pub(super) fn message(
    update_id: i64,
    from: &Customer,
    number: u64,
    at: Timestamp,
    content: &Value,
) -> Value {
    json!({ "update_id": update_id, "message": with(message_of(from, number, at), content) })
}

/// A message that its author has changed.
pub(super) fn edited(
    update_id: i64,
    from: &Customer,
    (number, written): (u64, Timestamp),
    at: Timestamp,
    text: &str,
) -> Value {
    let change = json!({ "edit_date": at.as_second(), "text": text });
    json!({
        "update_id": update_id,
        "edited_message": with(message_of(from, number, written), &change),
    })
}

/// The customer stopped the bot or started it again: as `from.blocked` says.
pub(super) fn membership(update_id: i64, from: &Customer, at: Timestamp) -> Value {
    let member = |status: &str| json!({ "user": bot(), "status": status, "until_date": 0 });
    let (old, new) = if from.blocked { ("member", "kicked") } else { ("kicked", "member") };
    json!({
        "update_id": update_id,
        "my_chat_member": {
            "chat": chat(from),
            "from": user(from),
            "date": at.as_second(),
            "old_chat_member": member(old),
            "new_chat_member": member(new),
        },
    })
}

/// A button under a message of the bot's was pressed; the platform waits to hear of it as `id`.
pub(super) fn pressed(
    update_id: i64,
    from: &Customer,
    id: &str,
    under: &Message,
    data: &str,
) -> Value {
    json!({
        "update_id": update_id,
        "callback_query": {
            "id": id,
            "from": user(from),
            "message": sent(from, under.id, under.at, &under.text, &under.buttons),
            "chat_instance": from.id.to_string(),
            "data": data,
        },
    })
}

/// A shared contact: the customer's own.
pub(super) fn own_contact(from: &Customer) -> Value {
    let (first_name, _) = names(from);
    json!({ "contact": {
        "phone_number": "+12025550142",
        "first_name": first_name,
        "user_id": from.id,
    } })
}

/// A place in Berlin.
pub(super) fn location() -> Value {
    json!({ "location": { "latitude": 52.520_008, "longitude": 13.404_954 } })
}

pub(super) fn sticker() -> Value {
    json!({ "sticker": {
        "file_id": "CAACAgIAAxkBAAEBpretendsticker",
        "file_unique_id": "AgADpretend",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": false,
        "is_video": false,
        "emoji": "🎉",
    } })
}

/// The bot itself: the answer to `getMe`.
pub(super) fn bot() -> Value {
    json!({ "id": BOT_ID, "is_bot": true, "first_name": BOT_NAME, "username": "demo_pretend_bot" })
}

/// What `sendMessage` answers with: the message as sent.
pub(super) fn sent(
    to: &Customer,
    number: u64,
    at: Timestamp,
    text: &str,
    buttons: &[Button],
) -> Value {
    let message = json!({
        "message_id": number,
        "from": bot(),
        "chat": chat(to),
        "date": at.as_second(),
        "text": text,
    });
    let button = |button: &Button| json!({ "text": button.text, "callback_data": button.data });
    let row: Vec<Value> = buttons.iter().map(button).collect();
    let markup = json!({ "reply_markup": { "inline_keyboard": [row] } });
    if buttons.is_empty() { message } else { with(message, &markup) }
}

/// The buttons that the bot wants under a message, in one row; none: they are not as they must be.
pub(super) fn buttons(asked: &Value) -> Option<Vec<Button>> {
    let rows = asked["reply_markup"]["inline_keyboard"].as_array();
    let buttons = rows.into_iter().flatten().filter_map(Value::as_array).flatten();
    buttons.map(button).collect()
}

fn button(asked: &Value) -> Option<Button> {
    let field = |name: &str| asked[name].as_str().map(str::to_owned);
    let (text, data) = (field("text")?, field("callback_data")?);
    let fits = !text.is_empty() && (1..=DATA_BYTES_MAX).contains(&data.len());
    fits.then_some(Button { text, data })
}

/// Why a text is not sent; none: it is.
pub(super) fn problem_of(text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        return Some("Bad Request: message text is empty");
    }
    let long = text.encode_utf16().count() > TEXT_UTF16_MAX;
    long.then_some("Bad Request: message is too long")
}

fn message_of(from: &Customer, number: u64, at: Timestamp) -> Value {
    json!({
        "message_id": number,
        "from": user(from),
        "chat": chat(from),
        "date": at.as_second(),
    })
}

fn user(customer: &Customer) -> Value {
    let (first_name, last_name) = names(customer);
    let user = json!({
        "id": customer.id,
        "is_bot": false,
        "first_name": first_name,
        "language_code": "en",
    });
    with(user, &last_name.map_or(json!({}), |last| json!({ "last_name": last })))
}

fn chat(customer: &Customer) -> Value {
    let (first_name, last_name) = names(customer);
    let chat = json!({ "id": customer.id, "type": "private", "first_name": first_name });
    with(chat, &last_name.map_or(json!({}), |last| json!({ "last_name": last })))
}

fn names(customer: &Customer) -> (&str, Option<&str>) {
    match customer.name.split_once(' ') {
        Some((first, last)) => (first, Some(last)),
        None => (&customer.name, None),
    }
}

fn with(mut object: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
    object
}
