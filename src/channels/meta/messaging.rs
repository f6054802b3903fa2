//! Events and messages of Messenger and Instagram, which have one shape.
//!
//! Sources: developers.facebook.com, Messenger Platform: webhook events, Send API, error codes.

use domain::chat::{CustomerMessage, ElsewhereMessage, Inbound, InboundKind};
use domain::entry::{Attachment, DeliveryState};
use domain::line::RatingScale;
use domain::progress::{Progress, ProgressOf};
use serde_json::{Value, json};

use super::super::json::{self, Found, file, first_id, id, other, words};
use super::super::mark;
use super::super::rating::{self, MARK};
use super::super::sign::Sign;
use super::super::text::{NAME_CHARS_MAX, clean_line};
use super::super::{Outgoing, SendOutcome};
use super::graph::{Account, Class, Failed, GraphError, sent};
use super::{Part, account_of};
use crate::outbound::Outbound;

/// What is done with events of the past, and with what is not for us.
const IGNORED_KINDS: [&str; 10] = [
    "referral",
    "optin",
    "account_linking",
    "policy-enforcement",
    "pass_thread_control",
    "take_thread_control",
    "request_thread_control",
    "app_roles",
    "feature",
    "typing",
];
/// Attachments of a message that are kept.
const ATTACHMENTS_MAX: usize = 20;
/// Messages of one receipt.
const RECEIPTS_MAX: usize = 100;
/// Characters of a sign: some are built of several.
const SIGN_CHARS_MAX: usize = 10;
/// A guest of the chat plugin has a reference instead of an id.
const GUEST: &str = "user_ref:";

pub(in crate::channels) fn of_entry(entry: &Value) -> Vec<Part> {
    let account = account_of(entry);
    let list = |field: &str| entry[field].as_array().into_iter().flatten();
    let page = account.clone().unwrap_or_default();
    let part = |key, found, original: &Value| Part {
        account: account.clone(),
        key,
        found,
        original: original.clone(),
    };
    let events = list("messaging").map(|event| part(key_of(event), found(event, &page), event));
    // Somebody else has the thread.
    let standby = list("standby").map(|event| part(None, Err("standby"), event));
    let changes = list("changes").map(|change| part(None, Err("changes"), change));
    events.chain(standby).chain(changes).collect()
}

/// Every edit of a message is an event of its own.
fn key_of(event: &Value) -> Option<String> {
    let kind = if event["message"]["is_deleted"] == true { "d" } else { "m" };
    id(&event["message"]["mid"])
        .map(|mid| format!("{kind}:{mid}"))
        .or_else(|| id(&event["postback"]["mid"]).map(|mid| format!("p:{mid}")))
}

fn found(event: &Value, page: &str) -> Found {
    if event["message"].is_object() {
        message(event, page)
    } else if event["message_edit"].is_object() {
        edited(event)
    } else if event["postback"].is_object() {
        postback(event)
    } else if event["reaction"].is_object() {
        reacted(event)
    } else if event["delivery"].is_object() {
        got_further(event, &event["delivery"], DeliveryState::Delivered)
    } else if event["read"].is_object() {
        got_further(event, &event["read"], DeliveryState::Read)
    } else {
        let known = IGNORED_KINDS.into_iter().find(|kind| event.get(kind).is_some());
        Err(known.unwrap_or("unknown_kind"))
    }
}

fn message(event: &Value, page: &str) -> Found {
    let message = &event["message"];
    if message["is_deleted"] == true {
        let gone = id(&message["mid"]).ok_or("deletion_without_id")?;
        let what = InboundKind::Deleted { external_ids: vec![gone.into()] };
        return Ok(inbound(customer(event)?, what));
    }
    if message["is_echo"] == true {
        return echo(event, page);
    }
    let (text, attachments) = content(message);
    let what = InboundKind::Message(CustomerMessage {
        external_id: id(&message["mid"]).map(Into::into),
        text,
        attachments,
        reply_to: id(&message["reply_to"]["mid"]).map(Into::into),
        sent_at: json::millis(&event["timestamp"]),
        rating: words(&message["quick_reply"]["payload"]).and_then(rating::value_of),
        ..CustomerMessage::default()
    });
    Ok(inbound(customer(event)?, what))
}

/// What was sent in the page's name. The mark comes back with what we sent: the platform has it. In
/// recorded events the two sides are not always swapped, so the customer is whoever is not the page.
fn echo(event: &Value, page: &str) -> Found {
    let message = &event["message"];
    let mark = words(&message["metadata"]).and_then(|metadata| metadata.strip_prefix(MARK));
    if mark.is_none() && message["is_self"] == true {
        return Err("self");
    }
    let sides = [&event["recipient"]["id"], &event["sender"]["id"]];
    let chat = sides.into_iter().filter_map(id).find(|side| side != page).ok_or("no_chat")?;
    if let Some(mark) = mark {
        let mark = mark::read(mark, id(&message["mid"])).ok_or("own_echo")?;
        let (of, state) = (ProgressOf::Marked(mark), DeliveryState::Sent);
        return Ok(inbound(chat, InboundKind::Progress(Progress { of, state })));
    }
    let (text, attachments) = content(message);
    let what = InboundKind::Elsewhere(ElsewhereMessage {
        external_id: id(&message["mid"]).map(Into::into),
        text,
        attachments,
        sent_at: json::millis(&event["timestamp"]),
    });
    Ok(inbound(chat, what))
}

fn edited(event: &Value) -> Found {
    let edit = &event["message_edit"];
    let external_id = id(&edit["mid"]).ok_or("edit_without_id")?;
    let text = words(&edit["text"]).ok_or("edit_without_text")?;
    let what = InboundKind::Edited { external_id: external_id.into(), text: text.to_owned() };
    Ok(inbound(customer(event)?, what))
}

/// A button of the page's menu: whoever pressed it says what stands on it.
fn postback(event: &Value) -> Found {
    let postback = &event["postback"];
    let said = words(&postback["title"]).or_else(|| words(&postback["payload"]));
    let what = InboundKind::Message(CustomerMessage {
        external_id: id(&postback["mid"]).map(Into::into),
        text: said.ok_or("postback_without_words")?.to_owned(),
        sent_at: json::millis(&event["timestamp"]),
        rating: words(&postback["payload"]).and_then(rating::value_of),
        ..CustomerMessage::default()
    });
    Ok(inbound(customer(event)?, what))
}

/// A sign under a message, or it is taken back.
fn reacted(event: &Value) -> Found {
    let reaction = &event["reaction"];
    let external_id = id(&reaction["mid"]).ok_or("reaction_without_id")?;
    let is_there = reaction["action"] != "unreact";
    let sign = reaction["emoji"].as_str().filter(|_| is_there).unwrap_or_default();
    let reaction = clean_line(sign, SIGN_CHARS_MAX);
    let what = InboundKind::Reacted { external_id: external_id.into(), reaction };
    Ok(inbound(customer(event)?, what))
}

/// Either platform says it in its own way: by messages, or by the moment up to which it holds.
fn got_further(event: &Value, said: &Value, state: DeliveryState) -> Found {
    let listed = said["mids"].as_array().into_iter().flatten().chain([&said["mid"]]);
    let ids: Vec<_> = listed.filter_map(id).take(RECEIPTS_MAX).map(Into::into).collect();
    let of = if ids.is_empty() {
        ProgressOf::UpTo(json::millis(&said["watermark"]).ok_or("receipt_of_nothing")?)
    } else {
        ProgressOf::Messages(ids)
    };
    Ok(inbound(customer(event)?, InboundKind::Progress(Progress { of, state })))
}

fn customer(event: &Value) -> Result<String, &'static str> {
    let guest = || first_id([&event["sender"]["user_ref"]]).map(|guest| format!("{GUEST}{guest}"));
    id(&event["sender"]["id"]).or_else(guest).ok_or("no_chat")
}

/// Names are asked for later.
fn inbound(chat: String, what: InboundKind) -> Inbound {
    Inbound {
        chat: chat.into(),
        customer_name: String::new(),
        what,
        original: None,
        return_to: None,
    }
}

fn content(message: &Value) -> (String, Vec<Attachment>) {
    let text = message["text"].as_str().unwrap_or_default().to_owned();
    let attached = message["attachments"].as_array().into_iter().flatten();
    let mut attachments: Vec<_> = attached.take(ATTACHMENTS_MAX).map(attachment).collect();
    if text.is_empty() && attachments.is_empty() {
        // Something was written that no field of ours shows: say so instead of losing it.
        attachments.push(other("unsupported"));
    }
    (text, attachments)
}

fn attachment(attached: &Value) -> Attachment {
    let payload = &attached["payload"];
    let nothing = &Value::Null;
    match attached["type"].as_str().unwrap_or_default() {
        _ if payload["sticker_id"].is_number() => Attachment::Sticker { emoji: String::new() },
        "image" => file("photo", nothing, nothing, &payload["url"]),
        "video" | "ig_reel" | "reel" => file("video", &payload["title"], nothing, &payload["url"]),
        "audio" => file("audio", nothing, nothing, &payload["url"]),
        "file" => file("document", &attached["title"], nothing, &payload["url"]),
        "location" => place(attached),
        "" | "unsupported_type" => other("unsupported"),
        named => other(&named.chars().take(32).collect::<String>()),
    }
}

fn place(attached: &Value) -> Attachment {
    let at = &attached["payload"]["coordinates"];
    match (at["lat"].as_f64(), at["long"].as_f64()) {
        (Some(latitude), Some(longitude)) => {
            let title = words(&attached["title"]).map(str::to_owned);
            Attachment::Location { latitude, longitude, title }
        }
        (_, _) => other("location"),
    }
}

/// Sends one part. Outside the 24 hours of the platform an operator's answer goes as a person's, if
/// the page may do that.
pub(in crate::channels) async fn send(
    outbound: &Outbound,
    account: Account<'_>,
    human_agent: bool,
    message: &Outgoing<'_>,
) -> SendOutcome {
    if message.text.trim().is_empty() && message.files.is_empty() {
        return SendOutcome::Sent { external_id: None };
    }
    let mut body = match body_of(message) {
        Ok(body) => body,
        Err(outcome) => return outcome,
    };
    let first = account.post(outbound, "messages", &body).await;
    let closed = matches!(&first, Err(Failed::Error(GraphError { code, subcode, .. }))
        if class(*code, *subcode) == Class::WindowClosed);
    let answered = if closed && human_agent && message.by_operator {
        body["messaging_type"] = "MESSAGE_TAG".into();
        body["tag"] = "HUMAN_AGENT".into();
        account.post(outbound, "messages", &body).await
    } else {
        first
    };
    match answered {
        Ok(answer) => sent(id(&answer["message_id"])),
        Err(failed) => failed.outcome(class),
    }
}

/// A text or one file, which the platform fetches.
fn body_of(message: &Outgoing<'_>) -> Result<Value, SendOutcome> {
    let metadata = format!("{MARK}{}", mark::of(message));
    let mut inner = json!({ "metadata": metadata });
    match message.files.first() {
        None => inner["text"] = message.text.into(),
        Some(file) => {
            let payload = json!({ "url": file.address()?, "is_reusable": false });
            let kind = file.family().unwrap_or("file");
            inner["attachment"] = json!({ "type": kind, "payload": payload });
        }
    }
    if let Some(scale) = message.rating {
        inner["quick_replies"] = quick_replies(scale);
    }
    Ok(
        json!({ "recipient": recipient(message.chat), "messaging_type": "RESPONSE", "message": inner }),
    )
}

fn quick_replies(scale: RatingScale) -> Value {
    let button = |(words, value)| {
        let payload = rating::data_of(value);
        json!({ "content_type": "text", "title": words, "payload": payload })
    };
    rating::buttons(scale).into_iter().map(button).collect::<Vec<_>>().into()
}

/// Shows that somebody is writing, for twenty seconds at most, or that all was read.
pub(in crate::channels) async fn sign(
    outbound: &Outbound,
    account: Account<'_>,
    sign: Sign,
    chat: &str,
) -> Result<(), String> {
    let action = match sign {
        Sign::Writing => "typing_on",
        Sign::Read => "mark_seen",
    };
    let body = json!({ "recipient": recipient(chat), "sender_action": action });
    let done = account.post(outbound, "messages", &body).await;
    done.map(|_| ()).map_err(Failed::words)
}

fn recipient(chat: &str) -> Value {
    match chat.strip_prefix(GUEST) {
        Some(guest) => json!({ "user_ref": guest }),
        None => json!({ "id": chat }),
    }
}

/// By the published list of errors of the Send API.
fn class(code: i64, subcode: i64) -> Class {
    match (code, subcode) {
        (1, 1_357_046) => Class::PerhapsSent,
        (10, 2_018_278 | 2_018_065) => Class::WindowClosed,
        (551, _) | (100, 2_018_001) => Class::Unreachable,
        (1 | 2 | 4 | 32 | 341 | 613 | 1200, _) => Class::Later,
        (190 | 200 | 230 | 368, _) => Class::ChannelDead,
        (_, _) => Class::Refused,
    }
}

/// A customer's name; `fields` in the order in which they are joined.
pub(in crate::channels) async fn name_of(
    outbound: &Outbound,
    account: Account<'_>,
    customer: &str,
    fields: [&str; 2],
) -> Option<String> {
    let found = account.get(outbound, customer, &fields.join(",")).await.ok()?;
    let part = |field: &str| found[field].as_str().unwrap_or_default();
    let full = if fields[0] == "first_name" {
        format!("{} {}", part(fields[0]), part(fields[1]))
    } else {
        let name = part(fields[0]);
        if name.is_empty() { part(fields[1]).to_owned() } else { name.to_owned() }
    };
    Some(clean_line(&full, NAME_CHARS_MAX)).filter(|name| !name.is_empty())
}

/// What the account is called, if token and id are good.
pub(in crate::channels) async fn test(
    outbound: &Outbound,
    account: Account<'_>,
    field: &str,
) -> Result<String, String> {
    let found = account.get(outbound, account.id, field).await.map_err(Failed::words)?;
    Ok(clean_line(found[field].as_str().unwrap_or_default(), NAME_CHARS_MAX))
}
