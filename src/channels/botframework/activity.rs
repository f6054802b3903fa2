//! What one activity means.

use domain::chat::{CustomerMessage, Inbound, InboundKind};
use domain::entry::{Attachment, DeliveryState};
use domain::progress::{Progress, ProgressOf};
use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{Found, file, id, other, words};
use super::super::text::{NAME_CHARS_MAX, clean_line};

/// Kinds of activity that carry nothing for us; each is counted under its own name.
const IGNORED_KINDS: [&str; 7] = [
    "conversationUpdate",
    "messageReaction",
    "typing",
    "event",
    "invoke",
    "endOfConversation",
    "deleteUserData",
];
/// Attachments of one message that are kept.
const ATTACHMENTS_MAX: usize = 20;
/// The name of an event of Teams.
const READ: &str = "application/vnd.microsoft.readReceipt";
/// A file of the customer's in Teams.
const FILE_INFO: &str = "application/vnd.microsoft.teams.file.download.info";

/// `address`: where answers go. It was proved with the activity.
pub(super) fn found(activity: &Value, address: &str) -> Found {
    let kind = activity["type"].as_str().unwrap_or_default();
    let kind = kind.strip_prefix("activity/").unwrap_or(kind);
    if activity["deliveryMode"] == "expectReplies" {
        return Err("expects_replies");
    }
    let what = match kind {
        "message" => written(activity),
        "messageUpdate" => edited(activity)?,
        "messageDelete" => deleted(activity)?,
        "event" if activity["name"] == READ => read(activity)?,
        "contactRelationUpdate" | "installationUpdate" => match activity["action"].as_str() {
            Some("remove") => InboundKind::Blocked,
            Some("add") => InboundKind::Unblocked,
            _ => return Err("unknown_action"),
        },
        kind => {
            let known = IGNORED_KINDS.into_iter().find(|known| *known == kind);
            return Err(known.unwrap_or("unknown_kind"));
        }
    };
    Ok(Inbound {
        chat: private_chat(activity)?.into(),
        customer_name: name(&activity["from"]),
        what,
        original: None,
        return_to: Some(address.into()),
    })
}

/// The customer is writing; in which dialogue.
pub(super) fn written_just_now(activity: &Value) -> Option<String> {
    let is_it = activity["type"] == "typing";
    private_chat(activity).ok().filter(|_| is_it)
}

fn private_chat(activity: &Value) -> Result<String, &'static str> {
    let conversation = &activity["conversation"];
    let chat = id(&conversation["id"]).ok_or("no_chat")?;
    let kind = conversation["conversationType"].as_str();
    let is_group = conversation["isGroup"] == true || chat.starts_with("19:");
    match kind {
        Some("channel" | "groupChat") => Err("group_chat"),
        _ if is_group => Err("group_chat"),
        _ => Ok(chat),
    }
}

fn name(person: &Value) -> String {
    let said = clean_line(person["name"].as_str().unwrap_or_default(), NAME_CHARS_MAX);
    if said.is_empty() { id(&person["id"]).unwrap_or_default() } else { said }
}

fn written(activity: &Value) -> InboundKind {
    let text = without_mentions(activity);
    let attached = activity["attachments"].as_array().into_iter().flatten();
    let mut attachments: Vec<_> = attached.take(ATTACHMENTS_MAX).filter_map(attachment).collect();
    if text.is_empty() && attachments.is_empty() {
        // Something was written that no field of ours shows: say so instead of losing it.
        attachments.push(other("unsupported"));
    }
    InboundKind::Message(CustomerMessage {
        external_id: id(&activity["id"]).map(Into::into),
        text,
        attachments,
        reply_to: id(&activity["replyToId"]).map(Into::into),
        sent_at: moment(&activity["timestamp"]),
        automatic: activity["from"]["role"] == "bot",
        ..CustomerMessage::default()
    })
}

fn edited(activity: &Value) -> Result<InboundKind, &'static str> {
    let external_id = id(&activity["id"]).ok_or("edit_without_id")?;
    let text = without_mentions(activity);
    if text.is_empty() {
        return Err("edit_without_text");
    }
    Ok(InboundKind::Edited { external_id: external_id.into(), text })
}

fn deleted(activity: &Value) -> Result<InboundKind, &'static str> {
    let gone = id(&activity["id"]).ok_or("deletion_without_id")?;
    Ok(InboundKind::Deleted { external_ids: vec![gone.into()] })
}

/// Teams numbers its messages: all up to that one are read.
fn read(activity: &Value) -> Result<InboundKind, &'static str> {
    let newest = id(&activity["value"]["lastReadMessageId"]);
    let newest = newest.and_then(|newest| newest.parse().ok()).ok_or("receipt_of_nothing")?;
    let of = ProgressOf::UpToNumber(newest);
    Ok(InboundKind::Progress(Progress { of, state: DeliveryState::Read }))
}

/// With 3 or 7 digits of a second, and perhaps an offset.
fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// The text without mentions of the bot: those that are listed, and those that carry its id.
fn without_mentions(activity: &Value) -> String {
    let bot = id(&activity["recipient"]["id"]).unwrap_or_default();
    let mut text = words(&activity["text"]).unwrap_or_default().to_owned();
    let entities = activity["entities"].as_array().into_iter().flatten();
    let mentions = entities.filter(|entity| entity["type"] == "mention");
    for mention in mentions.filter(|mention| mention["mentioned"]["id"] == *bot) {
        if let Some(said) = words(&mention["text"]) {
            text = text.replace(said, "");
        }
    }
    let unlisted = format!("<at id=\"{bot}\">");
    if let Some((before, rest)) = text.split_once(&unlisted)
        && let Some((_, after)) = rest.split_once("</at>")
    {
        text = format!("{before}{after}");
    }
    text.trim().to_owned()
}

/// None: a twin of the text in another form.
fn attachment(attached: &Value) -> Option<Attachment> {
    let kind = attached["contentType"].as_str().unwrap_or_default();
    let size = &Value::Null;
    let named = |what: &str| file(what, &attached["name"], size, &attached["contentUrl"]);
    match kind.split('/').next().unwrap_or_default() {
        "text" if kind == "text/html" => None,
        _ if kind == FILE_INFO => {
            Some(file("document", &attached["name"], size, &attached["content"]["downloadUrl"]))
        }
        "image" => Some(named("photo")),
        "video" => Some(named("video")),
        "audio" => Some(named("audio")),
        _ if kind.starts_with("application/vnd.microsoft.card") => Some(other("card")),
        _ if attached["contentUrl"].is_string() => Some(named("document")),
        _ => Some(other("unsupported")),
    }
}
