//! `WhatsApp`: a number of the Cloud API.
//!
//! Sources: developers.facebook.com, `WhatsApp` Cloud API: webhook components, messages, error codes,
//! business-scoped user ids. A customer may have no phone: he is known by his user id where there is
//! one. That a message was taken says little: a failure comes later, as a status.

mod content;

use std::time::Duration;

use domain::channel::NO_TEMPLATE;
use domain::chat::{CustomerMessage, ElsewhereMessage, Inbound, InboundKind};
use domain::entry::DeliveryState;
use domain::line::RatingScale;
use domain::progress::{Progress, ProgressOf};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::form::{ACCOUNT, Form, Is, Rule, SECRET, TOKEN, field};
use super::json::{self, Found, first_id, id, words};
use super::mark;
use super::meta::graph::{Class, Failed, sent};
use super::meta::{self, Part};
use super::rating;
use super::sign::Sign;
use super::text::{NAME_CHARS_MAX, clean_line, split, utf16_units};
use super::{
    FileSource, HookRequest, Item, NoFile, Outgoing, Pace, Rate, Rejected, SendOutcome, reason,
};
use crate::outbound::Outbound;

pub(super) use super::meta::graph::Account;

pub const FORM: Form = Form {
    kind: "whatsapp",
    fields: &[
        field!("phone_number_id", Is::Text(ACCOUNT)),
        field!("token", Is::Secret(TOKEN)),
        field!("app_secret", Is::Secret(TOKEN)),
        field!("verify_token", Is::MadeHere(SECRET)),
        field!("api_base", Is::Base("https://graph.facebook.com/v23.0")),
        field!("template", Is::TextOr(NO_TEMPLATE, TEMPLATE)),
        field!("template_language", Is::TextOr("en", LANGUAGE)),
    ],
};

const TEMPLATE: Rule = Rule {
    allows: |text| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        (1..=512).contains(&text.len()) && text.bytes().all(plain)
    },
    words: "1..512 of a-z, 0-9 and _, or none",
};
const LANGUAGE: Rule = Rule {
    allows: |text| {
        (2..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
    },
    words: "as the platform calls it: en, en_US, ru",
};

const OBJECT: &str = "whatsapp_business_account";
/// The platform repeats for seven days.
const DEDUPE_SECONDS: u32 = 8 * 24 * 60 * 60;
/// A message in six seconds to a number, of which 45 may come at once, and eighty a second of ours.
pub(super) const PACE: Pace = Pace {
    chat: Some(Rate { every: Duration::from_secs(6), burst: 40 }),
    channel: Some(Rate { every: Duration::from_millis(13), burst: 75 }),
};
const TEXT_UTF16_MAX: usize = 4_096;
/// How long after the customer's last message he may be written to freely.
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Longest words in a template.
const TEMPLATE_CHARS_MAX: usize = 1_024;

/// Characters of a sign: some are built of several.
const SIGN_CHARS_MAX: usize = 10;

/// Kinds of message that carry nothing for us; each is counted under its own name.
const IGNORED_KINDS: [&str; 1] = ["system"];

pub(super) fn parts(text: &str) -> Vec<String> {
    split(text, TEXT_UTF16_MAX, utf16_units)
}

pub(super) fn parse(
    phone_number_id: &str,
    app_secret: &str,
    request: &HookRequest<'_>,
) -> Result<Vec<Item>, Rejected> {
    meta::parse(app_secret, OBJECT, phone_number_id, DEDUPE_SECONDS, request, of_entry)
}

fn of_entry(entry: &Value) -> Vec<Part> {
    entry["changes"].as_array().into_iter().flatten().flat_map(of_change).collect()
}

fn of_change(change: &Value) -> Vec<Part> {
    let value = &change["value"];
    let account = id(&value["metadata"]["phone_number_id"]);
    let list = |field: &str| value[field].as_array().into_iter().flatten();
    let part = |key, found, original: &Value| Part {
        account: account.clone(),
        key,
        found,
        original: original.clone(),
    };
    let key = |message: &Value| id(&message["id"]).map(|id| format!("m:{id}"));
    let messages =
        list("messages").map(|message| part(key(message), found(message, value), message));
    let echoes =
        list("message_echoes").map(|message| part(key(message), written_by_us(message), message));
    let statuses = list("statuses").map(|status| {
        let word = status["status"].as_str().unwrap_or_default();
        let key = id(&status["id"]).map(|id| format!("s:{id}:{word}"));
        part(key, got_further(status, word), status)
    });
    let parts: Vec<Part> = messages.chain(echoes).chain(statuses).collect();
    if parts.is_empty() { vec![part(None, Err("another_field"), change)] } else { parts }
}

/// How far a message of ours has got, perhaps not far.
fn got_further(status: &Value, word: &str) -> Found {
    let state = match word {
        "delivered" => DeliveryState::Delivered,
        "read" | "played" => DeliveryState::Read,
        "failed" => {
            let error = &status["errors"][0];
            let said = [&error["error_data"]["details"], &error["title"], &error["message"]];
            let said = said.into_iter().find_map(words).unwrap_or("no description");
            let code = error["code"].as_i64().unwrap_or(0);
            DeliveryState::Failed { reason: format!("{code}: {}", reason(said)) }
        }
        // Known from the answer, if there was one.
        "sent" => DeliveryState::Sent,
        _ => return Err("status_unknown"),
    };
    let recipients = [&status["recipient_user_id"], &status["recipient_id"]];
    let chat = first_id(recipients).ok_or("no_chat")?.into();
    let external_id = id(&status["id"]).ok_or("status_without_id")?;
    let mark = words(&status["biz_opaque_callback_data"]);
    let of = match mark.and_then(|mark| mark::read(mark, Some(external_id.clone()))) {
        Some(mark) => ProgressOf::Marked(mark),
        None if state == DeliveryState::Sent => return Err("status_sent"),
        None => ProgressOf::Messages(vec![external_id.into()]),
    };
    let what = InboundKind::Progress(Progress { of, state });
    Ok(Inbound { chat, customer_name: String::new(), what, original: None, return_to: None })
}

/// A message of a customer's, with the contacts that stand beside it.
fn found(message: &Value, value: &Value) -> Found {
    if id(&message["group_id"]).is_some() {
        return Err("group_chat");
    }
    let kind = message["type"].as_str().unwrap_or_default();
    if let Some(known) = IGNORED_KINDS.into_iter().find(|known| *known == kind) {
        return Err(known);
    }
    let who = Who::of(message, value).ok_or("no_chat")?;
    match kind {
        "edit" => return edited(message, who),
        "revoke" => return revoked(message, who),
        "reaction" => return reacted(message, who),
        _ => {}
    }
    let (text, attachments) = content::of(message, who.phone.as_deref());
    let reply = &message["interactive"];
    let pressed = [&reply["button_reply"]["id"], &reply["list_reply"]["id"]];
    let what = InboundKind::Message(CustomerMessage {
        external_id: id(&message["id"]).map(Into::into),
        text,
        attachments,
        reply_to: id(&message["context"]["id"]).map(Into::into),
        sent_at: json::seconds(&message["timestamp"]),
        rating: pressed.into_iter().filter_map(words).find_map(rating::value_of),
        phone: who.phone.as_deref().map(Into::into),
        ..CustomerMessage::default()
    });
    Ok(who.inbound(what))
}

fn edited(message: &Value, who: Who) -> Found {
    let edit = &message["edit"];
    let external_id = id(&edit["original_message_id"]).ok_or("edit_without_id")?;
    let (text, _) = content::of(&edit["message"], None);
    if text.is_empty() {
        return Err("edit_without_text");
    }
    Ok(who.inbound(InboundKind::Edited { external_id: external_id.into(), text }))
}

fn revoked(message: &Value, who: Who) -> Found {
    let gone = id(&message["revoke"]["original_message_id"]).ok_or("deletion_without_id")?;
    Ok(who.inbound(InboundKind::Deleted { external_ids: vec![gone.into()] }))
}

/// A sign under a message; without one it is taken back.
fn reacted(message: &Value, who: Who) -> Found {
    let reaction = &message["reaction"];
    let external_id = id(&reaction["message_id"]).ok_or("reaction_without_id")?;
    let sign = clean_line(reaction["emoji"].as_str().unwrap_or_default(), SIGN_CHARS_MAX);
    Ok(who.inbound(InboundKind::Reacted { external_id: external_id.into(), reaction: sign }))
}

/// What the owner wrote in the app on his phone. What is sent through the API has no echo.
fn written_by_us(message: &Value) -> Found {
    let chat = first_id([&message["to_user_id"], &message["to"]]).ok_or("no_chat")?;
    let kind = message["type"].as_str().unwrap_or_default();
    if let Some(known) = IGNORED_KINDS.into_iter().find(|known| *known == kind) {
        return Err(known);
    }
    match kind {
        "edit" => return edited(message, Who { chat, name: String::new(), phone: None }),
        "revoke" => return revoked(message, Who { chat, name: String::new(), phone: None }),
        // Ours under a customer's.
        "reaction" => return Err("own_reaction"),
        _ => {}
    }
    let (text, attachments) = content::of(message, None);
    let what = InboundKind::Elsewhere(ElsewhereMessage {
        external_id: id(&message["id"]).map(Into::into),
        text,
        attachments,
        sent_at: json::seconds(&message["timestamp"]),
    });
    let chat = chat.into();
    Ok(Inbound { chat, customer_name: String::new(), what, original: None, return_to: None })
}

/// Who wrote: his user id where there is one, else his phone.
struct Who {
    chat: String,
    name: String,
    /// As the platform knows it: digits without a plus.
    phone: Option<String>,
}

impl Who {
    fn of(message: &Value, value: &Value) -> Option<Self> {
        let contacts = value["contacts"].as_array();
        let contact = contacts.and_then(|list| list.first()).unwrap_or(&Value::Null);
        let ours = id(&value["metadata"]["phone_number_id"]);
        let from = id(&message["from"]).filter(|from| Some(from) != ours.as_ref());
        let phone = from.or_else(|| id(&contact["wa_id"]));
        let user = first_id([&message["from_user_id"], &contact["user_id"]]);
        let chat = user.or_else(|| phone.clone())?;
        let said = |field: &str| words(&contact["profile"][field]).unwrap_or_default();
        let name = [said("name"), said("username")].map(|name| clean_line(name, NAME_CHARS_MAX));
        let name = name.into_iter().find(|name| !name.is_empty());
        let unknown = || format!("+{}", phone.as_deref().unwrap_or(&chat));
        let name = name.unwrap_or_else(unknown);
        Some(Self { chat, name, phone })
    }

    fn inbound(self, what: InboundKind) -> Inbound {
        Inbound {
            chat: self.chat.into(),
            customer_name: self.name,
            what,
            original: None,
            return_to: None,
        }
    }
}

/// A text that the platform has approved, with one place for words of ours.
#[derive(Clone, Copy)]
pub(super) struct Template<'a> {
    name: &'a str,
    language: &'a str,
}

impl<'a> Template<'a> {
    /// None: the channel has none.
    pub(super) fn of(name: &'a str, language: &'a str) -> Option<Self> {
        (name != NO_TEMPLATE).then_some(Self { name, language })
    }
}

/// Sends one part. When the customer has been silent for longer than the platform allows, what an
/// operator writes goes in the template, if there is one.
pub(super) async fn send(
    outbound: &Outbound,
    number: Account<'_>,
    template: Option<Template<'_>>,
    message: &Outgoing<'_>,
) -> SendOutcome {
    if message.text.trim().is_empty() && message.files.is_empty() {
        return SendOutcome::Sent { external_id: None };
    }
    let template = template.filter(|_| message.by_operator && message.files.is_empty());
    let silent = message.heard_at.is_some_and(|at| message.now.duration_since(at) >= OPEN_FOR);
    if let (Some(template), true) = (template, silent) {
        return send_in(outbound, number, template, message).await;
    }
    let body = match body_of(message) {
        Ok(body) => body,
        Err(outcome) => return outcome,
    };
    match (number.post(outbound, "messages", &body).await, template) {
        (Ok(answer), _) => sent(id(&answer["messages"][0]["id"])),
        (Err(Failed::Error(error)), Some(template))
            if class(error.code, error.subcode) == Class::WindowClosed =>
        {
            send_in(outbound, number, template, message).await
        }
        (Err(failed), _) => failed.outcome(class),
    }
}

/// The platform takes no line breaks in the place of a template.
async fn send_in(
    outbound: &Outbound,
    number: Account<'_>,
    template: Template<'_>,
    message: &Outgoing<'_>,
) -> SendOutcome {
    let words = clean_line(message.text, TEXT_UTF16_MAX);
    if words.chars().count() > TEMPLATE_CHARS_MAX {
        let reason =
            "the customer has been silent for a day, and a template takes 1,024 characters";
        return SendOutcome::Refused { reason: reason.to_owned() };
    }
    let mut body = addressed(message);
    body["type"] = "template".into();
    body["template"] = json!({
        "name": template.name, "language": { "code": template.language },
        "components": [{ "type": "body", "parameters": [{ "type": "text", "text": words }] }],
    });
    match number.post(outbound, "messages", &body).await {
        Ok(answer) => sent(id(&answer["messages"][0]["id"])),
        Err(failed) => failed.outcome(class),
    }
}

/// To whom it goes, with our mark.
fn addressed(message: &Outgoing<'_>) -> Value {
    let is_phone = message.chat.bytes().all(|b| b.is_ascii_digit());
    let recipient = if is_phone { "to" } else { "recipient" };
    let mut body = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual",
        "biz_opaque_callback_data": mark::of(message),
    });
    body[recipient] = message.chat.into();
    body
}

/// Marks the customer's newest message as read, where somebody writes with dots under it.
pub(super) async fn sign(
    outbound: &Outbound,
    number: Account<'_>,
    sign: Sign,
    newest: &str,
) -> Result<(), String> {
    let mut body =
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": newest });
    if sign == Sign::Writing {
        body["typing_indicator"] = json!({ "type": "text" });
    }
    number.post(outbound, "messages", &body).await.map(|_| ()).map_err(Failed::words)
}

/// A text or one file, which the platform fetches.
fn body_of(message: &Outgoing<'_>) -> Result<Value, SendOutcome> {
    let mut body = addressed(message);
    if let Some(file) = message.files.first() {
        let kind = file.family().unwrap_or("document");
        body["type"] = kind.into();
        body[kind] = json!({ "link": file.address()? });
        if kind == "document" {
            body[kind]["filename"] = file.file.name.as_str().into();
        }
        return Ok(body);
    }
    match message.rating {
        None => {
            body["type"] = "text".into();
            body["text"] = json!({ "body": message.text, "preview_url": false });
        }
        Some(scale) => {
            body["type"] = "interactive".into();
            body["interactive"] = buttons(scale, message.text);
        }
    }
    Ok(body)
}

/// Three buttons are the most; five stars are a list.
fn buttons(scale: RatingScale, text: &str) -> Value {
    let answers = rating::buttons(scale).into_iter();
    let answers = answers.map(|(words, n)| json!({ "id": rating::data_of(n), "title": words }));
    let body = json!({ "text": text });
    match scale {
        RatingScale::Like => {
            let both = answers.map(|answer| json!({ "type": "reply", "reply": answer }));
            let buttons: Vec<Value> = both.collect();
            json!({ "type": "button", "body": body, "action": { "buttons": buttons } })
        }
        RatingScale::Stars => {
            let rows: Vec<Value> = answers.collect();
            let action = json!({ "button": "⭐", "sections": [{ "title": "⭐", "rows": rows }] });
            json!({ "type": "list", "body": body, "action": action })
        }
    }
}

/// Media have an id; their address holds for minutes, and wants our token.
pub(super) async fn locate(
    outbound: &Outbound,
    number: Account<'_>,
    media: &str,
) -> Result<FileSource, NoFile> {
    let found = match number.get(outbound, media, "url,file_size").await {
        Ok(found) => found,
        Err(failed) => {
            return Err(match failed.outcome(class) {
                SendOutcome::RetryAfter(wait) => NoFile::RetryAfter(wait),
                SendOutcome::RetryLater { reason }
                | SendOutcome::RetryIn { reason, .. }
                | SendOutcome::Unknown { reason } => NoFile::RetryLater { reason },
                SendOutcome::Unreachable { reason }
                | SendOutcome::ChannelDead { reason }
                | SendOutcome::Refused { reason } => NoFile::Gone { reason },
                SendOutcome::Sent { .. } | SendOutcome::Migrated { .. } => {
                    NoFile::RetryLater { reason: String::new() }
                }
            });
        }
    };
    let url = words(&found["url"])
        .ok_or_else(|| NoFile::Gone { reason: "the platform names no address".to_owned() })?;
    let headers = vec![("authorization", format!("Bearer {}", number.token))];
    Ok(FileSource::Address { url: url.to_owned(), headers })
}

/// By the published list of errors of the Cloud API.
fn class(code: i64, _subcode: i64) -> Class {
    match code {
        1 | 2 | 4 | 80_007 | 130_429 | 131_000 | 131_016 | 131_048 | 131_056 | 131_057
        | 133_016 => Class::Later,
        131_047 | 470 => Class::WindowClosed,
        131_026 | 131_030 | 131_049 | 131_050 | 130_472 => Class::Unreachable,
        3 | 10 | 190 | 200..=299 | 131_005 | 131_031 | 131_042 | 368 => Class::ChannelDead,
        _ => Class::Refused,
    }
}

/// What the number is called, if token and id are good.
pub(super) async fn test(outbound: &Outbound, number: Account<'_>) -> Result<String, String> {
    let fields = "verified_name,display_phone_number";
    let found = number.get(outbound, number.id, fields).await.map_err(Failed::words)?;
    let part = |field: &str| found[field].as_str().unwrap_or_default();
    let name = format!("{} {}", part("verified_name"), part("display_phone_number"));
    Ok(clean_line(&name, NAME_CHARS_MAX))
}
