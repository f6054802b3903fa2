//! `WhatsApp`: a number of the Cloud API.
//!
//! Sources: developers.facebook.com, `WhatsApp` Cloud API: webhook components, messages, error codes,
//! business-scoped user ids. A customer may have no phone: he is known by his user id where there is
//! one. That a message was taken says little: a failure comes later, as a status.

mod change;
mod content;

use std::time::Duration;

use domain::channel::NO_TEMPLATE;
use domain::line::RatingScale;
use jiff::SignedDuration;
use serde_json::{Value, json};

use self::change::of_entry;
use super::form::{ACCOUNT, Form, Is, Rule, SECRET, TOKEN, field};
use super::json::{id, words};
use super::mark;
use super::meta;
use super::meta::graph::{Class, Failed, sent};
use super::rating;
use super::sign::Sign;
use super::text::{NAME_CHARS_MAX, clean_line, split, utf16_units};
use super::{FileSource, HookRequest, Item, NoFile, Outgoing, Pace, Rate, Rejected, SendOutcome};
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
