//! The promised form of what comes in, checked field by field.

use std::sync::Arc;

use domain::chat::{CustomerMessage, Inbound, InboundKind};
use domain::entry::Attachment;
use domain::line::RatingScale;

use super::super::text::{NAME_CHARS_MAX, clean_line};
use super::super::{Item, Meaning, Rejected, digest};
use super::pointer::At;

/// Most messages in one request.
const MESSAGES_MAX: usize = 100;
const FILES_MAX: usize = 20;
const TEXT_CHARS_MAX: usize = 10_000;
/// How long senders may repeat a message.
const DEDUPE_SECONDS: u32 = 48 * 60 * 60;

/// The messages of a body; `request_id` stands in for the ids that they lack.
pub(super) fn read(body: &[u8], request_id: &str) -> Result<Vec<Item>, Rejected> {
    let root = serde_json::from_slice(body).map_err(|_| At::ROOT.wrong("not json"))?;
    let root = At::root(&root);
    root.object()?;
    let Some(list) = root.find("messages") else {
        return Ok(vec![item(&root, 0, request_id)?]);
    };
    let elements = list.elements(MESSAGES_MAX)?;
    if elements.is_empty() {
        return Err(list.wrong("empty"));
    }
    elements.iter().enumerate().map(|(index, element)| item(element, index, request_id)).collect()
}

/// The id under which an item is acknowledged: its sender's own where there is one.
pub(super) fn external_id(item: &Item) -> &str {
    let own = match &item.meaning {
        Meaning::Inbound(inbound) => match &inbound.what {
            InboundKind::Message(message) => message.external_id.as_deref(),
            InboundKind::Edited { external_id, .. } | InboundKind::Reacted { external_id, .. } => {
                Some(&**external_id)
            }
            InboundKind::Deleted { external_ids } => external_ids.first().map(|id| &**id),
            InboundKind::Blocked
            | InboundKind::Unblocked
            | InboundKind::Migrated { .. }
            | InboundKind::Progress(_)
            | InboundKind::Elsewhere(_)
            | InboundKind::Received { .. }
            | InboundKind::Introduced(_) => None,
        },
        Meaning::Letter(_)
        | Meaning::Ignored(_)
        | Meaning::Confirmation
        | Meaning::Writing { .. } => None,
    };
    own.unwrap_or(&item.dedupe)
}

fn item(at: &At<'_>, index: usize, request_id: &str) -> Result<Item, Rejected> {
    at.object()?;
    let (user, chat, message) = (at.need("user")?, at.need("chat")?, at.need("message")?);
    for part in [&user, &chat, &message] {
        part.object()?;
    }
    let chat = chat.need("id")?.id()?;
    let customer_name = name(&user)?;
    let what = what(&message)?;
    let dedupe = dedupe(&chat, &what).unwrap_or_else(|| {
        // Equal texts may be two messages, and equal edits two edits: only ids tell.
        format!("request:{index}:{}", digest(request_id.as_bytes()))
    });
    let original = Some(at.value.to_string().into());
    let inbound = Inbound { chat, customer_name, what, original, return_to: None };
    let meaning = Meaning::Inbound(Box::new(inbound));
    Ok(Item { dedupe, dedupe_seconds: DEDUPE_SECONDS, account: None, meaning })
}

/// Ids are unique within their chat. Every edit of a message is an event of its own.
fn dedupe(chat: &str, what: &InboundKind) -> Option<String> {
    let own = match what {
        InboundKind::Message(message) => message.external_id.as_deref(),
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
    };
    own.map(|id| digest(format!("{}:{chat}:{id}", chat.len()).as_bytes()))
}

fn what(message: &At<'_>) -> Result<InboundKind, Rejected> {
    let external_id = message.find("id").map(|id| id.id()).transpose()?;
    let text = message.find("text").map(|text| text.text(TEXT_CHARS_MAX)).transpose()?;
    let edited = message.find("edited").map(|flag| flag.flag()).transpose()?;
    if edited == Some(true) {
        let external_id = external_id.ok_or_else(|| message.lacks("id"))?;
        let text = text.ok_or_else(|| message.lacks("text"))?.to_owned();
        return Ok(InboundKind::Edited { external_id, text });
    }
    if message.find("deleted").map(|flag| flag.flag()).transpose()? == Some(true) {
        let external_id = external_id.ok_or_else(|| message.lacks("id"))?;
        return Ok(InboundKind::Deleted { external_ids: vec![external_id] });
    }
    let attachments = message.find("files").map(|files| attachments(&files)).transpose()?;
    let attachments = attachments.unwrap_or_default();
    let rating = message.find("rating").map(|value| rating(&value)).transpose()?;
    let automatic = message.find("automatic").map(|flag| flag.flag()).transpose()?;
    let text = text.filter(|text| !text.trim().is_empty()).map(str::to_owned);
    let text = text.or_else(|| rating.map(|value| value.to_string()));
    if text.is_none() && attachments.is_empty() {
        return Err(message.wrong("neither text nor files"));
    }
    Ok(InboundKind::Message(CustomerMessage {
        external_id,
        text: text.unwrap_or_default(),
        attachments,
        reply_to: message.find("reply_to").map(|id| id.id()).transpose()?,
        sent_at: message.find("date").map(|date| date.moment()).transpose()?,
        automatic: automatic.unwrap_or(false),
        rating,
        ..CustomerMessage::default()
    }))
}

/// A value of any scale: which one is asked for, the conversation knows.
fn rating(at: &At<'_>) -> Result<u8, Rejected> {
    let value = at.value.as_u64().and_then(|value| u8::try_from(value).ok());
    let scales = [RatingScale::Like, RatingScale::Stars];
    let allowed = |value: &u8| scales.iter().any(|scale| scale.allows(*value));
    value.filter(allowed).ok_or_else(|| at.wrong("not a whole number from 0 to 5"))
}

/// Their addresses are fetched later.
fn attachments(files: &At<'_>) -> Result<Vec<Attachment>, Rejected> {
    let attachment = |file: &At<'_>| {
        file.object()?;
        let name = file.find("name").map(|name| name.text(TEXT_CHARS_MAX)).transpose()?;
        Ok(Attachment::File {
            what: "file".to_owned(),
            name: name.map(|name| clean_line(name, NAME_CHARS_MAX)),
            size_bytes: None,
            external_id: Some(file.need("url")?.url()?),
            copy: None,
        })
    };
    files.elements(FILES_MAX)?.iter().map(attachment).collect()
}

fn name(user: &At<'_>) -> Result<String, Rejected> {
    let id: Arc<str> = user.need("id")?.id()?;
    let part = |field| user.find(field).map(|name| name.text(TEXT_CHARS_MAX)).transpose();
    let full = format!("{} {}", part("name")?.unwrap_or(""), part("last_name")?.unwrap_or(""));
    let full = clean_line(&full, NAME_CHARS_MAX);
    Ok(if full.is_empty() { format!("User {}", clean_line(&id, NAME_CHARS_MAX)) } else { full })
}
