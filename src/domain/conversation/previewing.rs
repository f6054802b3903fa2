//! The last message that a person wrote, as lists show it: it follows what becomes of the message.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::conversation::Conversation;
use crate::entry::{Attachment, Correction, Message};
use crate::event::{PREVIEW_CHARS, PREVIEW_OF_DELETED};
use crate::id::EntryNumber;

/// The message whose beginning lists show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previewed {
    pub entry: EntryNumber,
    /// What the platform calls it, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Arc<str>>,
    /// What it is beside its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl Conversation {
    /// Shows a message that is just being written, as the next entry.
    pub(super) fn previews(&mut self, message: &Message) {
        let kind = message.attachments.first().map(kind_of);
        self.previewed = Some(Previewed {
            entry: self.last_entry.next(),
            external_id: message.external_id.clone(),
            kind: kind.clone(),
        });
        match message.attachments.first() {
            // A sticker's emoji is a text.
            Some(Attachment::Sticker { emoji }) if is_blank(&message.text) && !emoji.is_empty() => {
                self.preview_says(emoji, None);
            }
            Some(_) | None => self.preview_says(&message.text, kind),
        }
    }

    pub(super) fn preview_is_named(&mut self, entry: EntryNumber, external_id: &Arc<str>) {
        if let Some(previewed) = self.previewed.as_mut().filter(|it| it.entry == entry) {
            previewed.external_id = Some(external_id.clone());
        }
    }

    pub(super) fn preview_is_edited(&mut self, external_id: &Arc<str>, text: &str) {
        self.preview_is_now(text, |it| it.external_id.as_ref() == Some(external_id));
    }

    pub(super) fn preview_is_corrected(&mut self, entry: EntryNumber, correction: &Correction) {
        match correction {
            Correction::Edit { text } => self.preview_is_now(text, |it| it.entry == entry),
            Correction::Delete => self.preview_is_gone(|it| it.entry == entry),
        }
    }

    fn preview_is_now(&mut self, text: &str, is_it: impl Fn(&Previewed) -> bool) {
        if let Some(previewed) = self.previewed.as_ref().filter(|it| is_it(it)) {
            let kind = previewed.kind.clone();
            self.preview_says(text, kind);
        }
    }

    fn preview_is_gone(&mut self, is_it: impl Fn(&Previewed) -> bool) {
        if self.previewed.as_ref().is_some_and(is_it) {
            self.preview_says("", Some(PREVIEW_OF_DELETED.to_owned()));
        }
    }

    pub(super) fn preview_is_deleted(&mut self, external_ids: &[Arc<str>]) {
        self.preview_is_gone(|it| {
            it.external_id.as_ref().is_some_and(|id| external_ids.contains(id))
        });
    }

    /// The text, or what the message is if it has none.
    fn preview_says(&mut self, text: &str, kind: Option<String>) {
        let has_text = !is_blank(text);
        self.preview = if has_text { first_characters(text) } else { String::new() };
        self.preview_kind = kind.filter(|_| !has_text);
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn first_characters(text: &str) -> String {
    let end = text.char_indices().nth(PREVIEW_CHARS).map_or(text.len(), |(end, _)| end);
    text[..end].to_owned()
}

fn kind_of(attachment: &Attachment) -> String {
    let kind = match attachment {
        Attachment::Contact { .. } => "contact",
        Attachment::Location { .. } => "location",
        Attachment::Sticker { .. } => "sticker",
        Attachment::File { what, .. } | Attachment::Other { what } => what,
    };
    first_characters(kind)
}
