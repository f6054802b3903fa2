//! What a change means that the platform tells of: messages, echoes of ours, statuses.

use domain::chat::{CustomerMessage, ElsewhereMessage, Inbound, InboundKind};
use domain::entry::DeliveryState;
use domain::progress::{Progress, ProgressOf};
use serde_json::Value;

use super::super::json::{self, Found, first_id, id, words};
use super::super::mark;
use super::super::meta::Part;
use super::super::rating;
use super::super::reason;
use super::super::text::{NAME_CHARS_MAX, clean_line};
use super::content;

/// Characters of a sign: some are built of several.
const SIGN_CHARS_MAX: usize = 10;
/// Kinds of message that carry nothing for us; each is counted under its own name.
const IGNORED_KINDS: [&str; 1] = ["system"];

pub(super) fn of_entry(entry: &Value) -> Vec<Part> {
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
