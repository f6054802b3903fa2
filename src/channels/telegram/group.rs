//! Groups: one chat each, whoever writes in it.

use domain::chat::{Inbound, InboundKind};

use super::super::json::tree::Tree;
use super::super::text::{NAME_CHARS_MAX, clean_line};
use super::{id, inbound, named};

/// In a group, in the place of who wrote.
const ANONYMOUS_ADMINISTRATOR: &str = "1087968824";

/// A group becomes a supergroup: it is told in both, as the old one and as the new one.
pub(super) fn migrated(message: &Tree<'_>, chat: &str) -> Option<Inbound> {
    let [from, to] =
        ["migrate_from_chat_id", "migrate_to_chat_id"].map(|field| id(&message[field]));
    let (old, new) = match (from, to) {
        (Some(old), _) => (old, chat.to_owned()),
        (None, Some(new)) => (chat.to_owned(), new),
        (None, None) => return None,
    };
    let what = InboundKind::Migrated { to: new.into() };
    Some(Inbound { chat: old.into(), ..inbound(message, &message["from"], chat, what) })
}

/// Who wrote in a group: a person, or a chat in whose name he writes.
pub(super) fn writer(message: &Tree<'_>) -> Option<String> {
    let chat = clean_line(message["sender_chat"]["title"].as_str().unwrap_or(""), NAME_CHARS_MAX);
    if chat.is_empty() { named(&message["from"]) } else { Some(chat) }
}

/// An administrator who writes in the name of the group has a bot's name.
pub(super) fn is_administrator(message: &Tree<'_>) -> bool {
    is_group(message) && id(&message["from"]["id"]).as_deref() == Some(ANONYMOUS_ADMINISTRATOR)
}

pub(super) fn is_group(holder: &Tree<'_>) -> bool {
    matches!(holder["chat"]["type"].as_str(), Some("group" | "supergroup"))
}

/// Ids of groups are negative, those of people are not.
pub(super) fn is_group_id(chat: &str) -> bool {
    chat.starts_with('-')
}
