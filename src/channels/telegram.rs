//! Telegram: bots of the Bot API (10.2), by webhook or by asking.
//!
//! Sources: the Bot API reference (core.telegram.org/bots/api) for updates, methods and errors,
//! and the server's own code (tdlib/telegram-bot-api, `WebhookActor.cpp`, `Client.cpp`) for
//! deliveries: a non-2xx answer is repeated for 24 hours and blocks the chat meanwhile, and a JSON
//! answer with `method` is executed. So whatever is genuine is acknowledged with an empty body.
//!
//! Only private chats are taken, and groups where the channel allows it. An update is JSON whose fields
//! may all be missing or strange: one unknown value must not lose the message around it.

mod api;
mod content;
mod files;
mod group;
mod rating;

use std::sync::Arc;
use std::time::Duration;

use domain::chat::{CustomerMessage, Inbound, InboundKind};
use domain::entry::Attachment;
use domain::file::StoredFile;
use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::file::with_text;
use super::form::{Form, Is, Rule, SECRET, field};
use super::json::tree::Tree;
use super::text::{NAME_CHARS_MAX, clean_line, split, utf16_units};
use super::{HookRequest, Item, Meaning, Pace, Part, Rate, Rejected, digest};

pub use api::Bot;
pub(super) use api::{connect, correct, poll, press_taken, send, test, writing};
pub(super) use files::locate;

pub const FORM: Form = Form {
    kind: "telegram",
    fields: &[
        field!("token", Is::Secret(BOT_TOKEN)),
        field!("secret", Is::SecretMadeHere(SECRET)),
        field!("api_base", Is::Base("https://api.telegram.org")),
        field!("polling", Is::Flag(false)),
        field!("groups", Is::Flag(false)),
    ],
};

/// A token becomes a part of addresses: nothing that could change their meaning.
const BOT_TOKEN: Rule = Rule {
    allows: |text| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-');
        (1..=256).contains(&text.len()) && text.bytes().all(plain)
    },
    words: "as the platform gave it",
};

/// Where the platform proves itself.
pub const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
/// The platform repeats for 24 hours; ids restart from a random number after a week of silence.
pub const DEDUPE_SECONDS: u32 = 48 * 60 * 60;
/// A message a second in a chat, where a few at once do no harm.
const OF_CHAT: Rate = Rate { every: Duration::from_secs(1), burst: 5 };
/// Twenty messages in any minute to one group.
const OF_GROUP: Rate = Rate { every: Duration::from_secs(4), burst: 5 };
/// Thirty a second of a bot.
const OF_BOT: Rate = Rate { every: Duration::from_millis(34), burst: 30 };
/// Longest text of a message, in UTF-16 units.
pub const TEXT_UTF16_MAX: usize = 4096;

/// Messages that are deleted at once.
const DELETED_MAX: usize = 100;
/// Signs under one message, and the characters of each: some are built of several.
const SIGNS_MAX: usize = 10;
const SIGN_CHARS_MAX: usize = 10;

/// Kinds of update that carry nothing for us yet; each is counted under its own name.
const IGNORED_KINDS: [&str; 15] = [
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
];

/// The kinds that we ask the platform for.
const ASKED_KINDS: [&str; 8] = [
    "message",
    "edited_message",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "callback_query",
    "message_reaction",
    "my_chat_member",
];
/// In a chat's id: what follows is a topic of it, or the account of a business through which its
/// owner's private chat reaches us.
const TOPIC_MARK: char = '/';
const BUSINESS_MARK: char = '@';

/// Which chats are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Private,
    /// And groups: each is one chat, whoever writes in it.
    WithGroups,
}

impl Taken {
    pub(super) fn of(groups: bool) -> Self {
        if groups { Self::WithGroups } else { Self::Private }
    }
}

/// How fast may be sent there.
pub(super) fn pace(chat: &str) -> Pace {
    let of_chat = if group::is_group_id(chat) { OF_GROUP } else { OF_CHAT };
    Pace { chat: Some(of_chat), channel: Some(OF_BOT) }
}

/// Topics of a chat count as the chat.
pub(super) fn without_topic(chat: &str) -> &str {
    chat.split_once(TOPIC_MARK).map_or(chat, |(chat, _)| chat)
}

/// Cuts at the platform's limits. A short text stands under the first files.
pub(super) fn parts(text: &str, files: &[StoredFile]) -> Vec<Part> {
    let fits = utf16_units(text) <= files::CAPTION_UTF16_MAX;
    with_text(files::albums(files), text, fits, || split(text, TEXT_UTF16_MAX, utf16_units))
}

/// One update: the body of one delivery.
pub(super) fn parse(
    secret: &str,
    taken: Taken,
    request: &HookRequest<'_>,
) -> Result<Vec<Item>, Rejected> {
    verify(secret, (request.header)(SECRET_HEADER))?;
    Ok(vec![match std::str::from_utf8(request.body) {
        Ok(text) => item_of(text, taken),
        Err(_) => ignored(digest(request.body), "malformed"),
    }])
}

fn verify(secret: &str, given: Option<&str>) -> Result<(), Rejected> {
    let given = given.unwrap_or_default();
    let same: bool = secret.as_bytes().ct_eq(given.as_bytes()).into();
    if same && !secret.is_empty() { Ok(()) } else { Err(Rejected::NotGenuine) }
}

/// What should be the JSON of one update.
fn item_of(text: &str, taken: Taken) -> Item {
    match serde_json::from_str::<Tree<'_>>(text) {
        Ok(update) if update.is_object() => item(&update, text, taken),
        Ok(_) | Err(_) => ignored(digest(text.as_bytes()), "malformed"),
    }
}

fn item(update: &Tree<'_>, text: &str, taken: Taken) -> Item {
    let dedupe = id(&update["update_id"]).unwrap_or_else(|| digest(text.as_bytes()));
    let found = if update["message"].is_object() {
        message(&update["message"], taken)
    } else if update["edited_message"].is_object() {
        edited(&update["edited_message"], taken)
    } else if update["business_message"].is_object() {
        business(&update["business_message"], taken)
    } else if update["edited_business_message"].is_object() {
        edited_in_business(&update["edited_business_message"], taken)
    } else if update["deleted_business_messages"].is_object() {
        deleted(&update["deleted_business_messages"], taken)
    } else if update["callback_query"].is_object() {
        pressed(&update["callback_query"], taken)
    } else if update["message_reaction"].is_object() {
        reacted(&update["message_reaction"], taken)
    } else if update["my_chat_member"].is_object() {
        membership(&update["my_chat_member"], taken)
    } else {
        Err(kind_word(update))
    };
    match found {
        Ok(mut inbound) => {
            inbound.original = Some(Arc::from(text));
            let meaning = Meaning::Inbound(Box::new(inbound));
            Item { dedupe, dedupe_seconds: DEDUPE_SECONDS, account: None, meaning }
        }
        Err(word) => ignored(dedupe, word),
    }
}

fn ignored(dedupe: String, word: &'static str) -> Item {
    let meaning = Meaning::Ignored(word);
    Item { dedupe, dedupe_seconds: DEDUPE_SECONDS, account: None, meaning }
}

fn kind_word(update: &Tree<'_>) -> &'static str {
    let known = IGNORED_KINDS.into_iter().find(|kind| update.get(kind).is_some());
    let ours = || ASKED_KINDS.iter().any(|kind| update.get(kind).is_some());
    known.unwrap_or_else(|| if ours() { "malformed" } else { "unknown_kind" })
}

/// What came in, or the word under which it is ignored.
type Found = Result<Inbound, &'static str>;

fn message(message: &Tree<'_>, taken: Taken) -> Found {
    let chat = taken_chat(message, taken)?;
    if let Some(migrated) = group::migrated(message, &chat) {
        return Ok(migrated);
    }
    let (text, attachments) = content::of(message)?;
    let from = &message["from"];
    let in_group = group::is_group(message);
    Ok(inbound(
        message,
        from,
        &chat,
        InboundKind::Message(CustomerMessage {
            external_id: id(&message["message_id"]).map(Arc::from),
            text,
            attachments,
            reply_to: id(&message["reply_to_message"]["message_id"]).map(Arc::from),
            album: id(&message["media_group_id"]).map(Arc::from),
            sent_at: seconds(&message["date"]),
            automatic: is_bot(from) && !group::is_administrator(message)
                || message["is_automatic_forward"].as_bool() == Some(true),
            writer: in_group.then(|| group::writer(message)).flatten().map(Arc::from),
            ..CustomerMessage::default()
        }),
    ))
}

/// A message in a private chat of somebody whose business account the bot is connected to. What the
/// owner writes there himself is none of the customer's.
fn business(written: &Tree<'_>, taken: Taken) -> Found {
    if written["sender_business_bot"].is_object() {
        return Err("own_message");
    }
    if is_owner(written) { Err("own_message") } else { message(written, taken) }
}

/// The owner corrects himself: nobody here has to know.
fn edited_in_business(message: &Tree<'_>, taken: Taken) -> Found {
    if is_owner(message) { Err("own_edit") } else { edited(message, taken) }
}

/// In a private chat the customer's id is the chat's.
fn is_owner(message: &Tree<'_>) -> bool {
    let (from, chat) = (id(&message["from"]["id"]), id(&message["chat"]["id"]));
    from.is_some() && from != chat
}

/// A button of a rating request. It stands under a message of the bot's in the chat with whoever
/// pressed it.
fn pressed(query: &Tree<'_>, taken: Taken) -> Found {
    let data = query["data"].as_str().unwrap_or_default();
    let button = rating::read(data).ok_or("callback_query")?;
    let (from, message) = (&query["from"], &query["message"]);
    let chat = taken_chat(message, taken)?;
    Ok(inbound(
        message,
        from,
        &chat,
        InboundKind::Message(CustomerMessage {
            external_id: id(&query["id"]).map(Arc::from),
            text: rating::words_of(data, message).unwrap_or_else(|| button.value.to_string()),
            reply_to: id(&message["message_id"]).map(Arc::from),
            automatic: is_bot(from),
            rating: Some(button.value),
            asked: button.asked.map(Box::new),
            ..CustomerMessage::default()
        }),
    ))
}

/// The press that whoever pressed sees as waiting until the platform is told that it is taken.
pub(super) fn press(inbound: &Inbound) -> Option<&str> {
    press_in(inbound).map(|(press, _)| press)
}

/// The press, and the message under which its button stands.
fn press_in(inbound: &Inbound) -> Option<(&str, Option<&str>)> {
    match &inbound.what {
        InboundKind::Message(message) => {
            message.rating?;
            Some((message.external_id.as_deref()?, message.reply_to.as_deref()))
        }
        InboundKind::Edited { .. }
        | InboundKind::Migrated { .. }
        | InboundKind::Deleted { .. }
        | InboundKind::Reacted { .. }
        | InboundKind::Blocked
        | InboundKind::Unblocked
        | InboundKind::Progress(_)
        | InboundKind::Elsewhere(_)
        | InboundKind::Received { .. }
        | InboundKind::Introduced(_) => None,
    }
}

/// A live location moves by edits of its message, every few seconds.
fn edited(message: &Tree<'_>, taken: Taken) -> Found {
    let chat = taken_chat(message, taken)?;
    if message["location"].is_object() {
        return Err("live_location");
    }
    let external_id = id(&message["message_id"]).ok_or("edit_without_id")?;
    let (text, attachments) = content::of(message)?;
    let media = attachments.iter().any(|found| matches!(found, Attachment::File { .. }));
    if text.is_empty() && !media {
        return Err("edit_without_text");
    }
    let what = InboundKind::Edited { external_id: external_id.into(), text };
    Ok(inbound(message, &message["from"], &chat, what))
}

/// Only in chats of business accounts; which side deleted is not said.
fn deleted(gone: &Tree<'_>, taken: Taken) -> Found {
    let chat = taken_chat(gone, taken)?;
    let ids = gone["message_ids"].as_array().into_iter().flatten();
    let external_ids: Vec<_> = ids.filter_map(id).take(DELETED_MAX).map(Arc::from).collect();
    if external_ids.is_empty() {
        return Err("deletion_without_ids");
    }
    Ok(inbound(gone, &gone["chat"], &chat, InboundKind::Deleted { external_ids }))
}

/// All signs that the customer has under a message now. Those that are pictures of their own have
/// no letter, and are shown as one star.
fn reacted(reaction: &Tree<'_>, taken: Taken) -> Found {
    let chat = taken_chat(reaction, taken)?;
    let external_id = id(&reaction["message_id"]).ok_or("reaction_without_id")?;
    let signs = reaction["new_reaction"].as_array().ok_or("reaction_without_signs")?;
    let letter =
        |sign: &Tree<'_>| clean_line(sign["emoji"].as_str().unwrap_or("⭐"), SIGN_CHARS_MAX);
    let reaction_now = signs.iter().take(SIGNS_MAX).map(letter).collect();
    let what = InboundKind::Reacted { external_id: external_id.into(), reaction: reaction_now };
    Ok(inbound(reaction, &reaction["user"], &chat, what))
}

/// The customer stopped the bot or started it again.
fn membership(member: &Tree<'_>, taken: Taken) -> Found {
    let chat = taken_chat(member, taken)?;
    let what = match member["new_chat_member"]["status"].as_str() {
        Some("kicked") => InboundKind::Blocked,
        Some("left") if group::is_group(member) => InboundKind::Blocked,
        Some("member") => InboundKind::Unblocked,
        Some("administrator") if group::is_group(member) => InboundKind::Unblocked,
        _ => return Err("my_chat_member"),
    };
    Ok(inbound(member, &member["from"], &chat, what))
}

fn inbound(holder: &Tree<'_>, from: &Tree<'_>, chat: &str, what: InboundKind) -> Inbound {
    Inbound {
        chat: thread(holder, chat).into(),
        customer_name: customer_name(from, &holder["chat"], chat),
        what,
        original: None,
        return_to: None,
    }
}

/// The chat's id. A chat of no known type is taken: only what is surely a group is left out.
fn taken_chat(holder: &Tree<'_>, taken: Taken) -> Result<String, &'static str> {
    match holder["chat"]["type"].as_str() {
        Some("group" | "supergroup") if taken == Taken::Private => Err("group_chat"),
        Some("channel") => Err("channel_chat"),
        _ => id(&holder["chat"]["id"]).ok_or("no_chat"),
    }
}

/// Bots may divide a private chat into topics: each is a thread of its own, and so is the chat of
/// each business account.
fn thread(holder: &Tree<'_>, chat: &str) -> String {
    let mut thread = chat.to_owned();
    let is_topic = holder["is_topic_message"].as_bool() == Some(true);
    let topic = id(&holder["message_thread_id"]).filter(|_| is_topic);
    let business = id(&holder["business_connection_id"]);
    for (mark, id) in [(TOPIC_MARK, topic), (BUSINESS_MARK, business)] {
        let Some(id) = id else { continue };
        thread.push(mark);
        thread.push_str(&id);
    }
    thread
}

/// First and last name, else the user name.
fn named(person: &Tree<'_>) -> Option<String> {
    let part = |field| clean_line(person[field].as_str().unwrap_or(""), NAME_CHARS_MAX);
    let (first, last) = (part("first_name"), part("last_name"));
    let mut name = match (first.is_empty(), last.is_empty()) {
        (false, false) => format!("{first} {last}"),
        (false, true) => first,
        (true, false) => last,
        (true, true) => part("username"),
    };
    // It may have been cut behind a word.
    name.truncate(name.trim_end().len());
    (!name.is_empty()).then_some(name)
}

/// A person's name, else the id; a group's title: never empty.
fn customer_name(from: &Tree<'_>, chat: &Tree<'_>, chat_id: &str) -> String {
    let title = clean_line(chat["title"].as_str().unwrap_or(""), NAME_CHARS_MAX);
    if !title.is_empty() {
        return title;
    }
    let number = || id(&from["id"]).unwrap_or_else(|| chat_id.to_owned());
    named(from).or_else(|| named(chat)).unwrap_or_else(|| format!("Telegram user {}", number()))
}

fn is_bot(from: &Tree<'_>) -> bool {
    from["is_bot"].as_bool().unwrap_or(false)
}

/// An id as text, whether it came as a number or as a text.
fn id(value: &Tree<'_>) -> Option<String> {
    match value {
        Tree::Number(number) => {
            let negative = || number.as_i64().map(|id| id.to_string());
            number.as_u64().map(|id| id.to_string()).or_else(negative)
        }
        Tree::String(text) if (1..=64).contains(&text.len()) => Some(text.to_string()),
        Tree::Null | Tree::Bool(_) | Tree::String(_) | Tree::Array(_) | Tree::Object(_) => None,
    }
}

/// A moment in seconds; 0 is what the platform writes when it does not know.
fn seconds(value: &Tree<'_>) -> Option<Timestamp> {
    let seconds = value.as_i64().filter(|seconds| *seconds > 0)?;
    Timestamp::from_second(seconds).ok()
}
