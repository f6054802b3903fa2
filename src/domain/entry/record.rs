//! The history of a conversation, and the entries as it makes them.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::encoded::Encoded;
use crate::entry::{Body, Correction, CorrectionState, DeliveryState, Entry, Message};
use crate::file::FileCopy;
use crate::id::EntryNumber;

/// One record of a conversation's history, in the order of what happened.
///
/// The history is append-only: what happens to an entry later is a record of its own, and
/// [`fold`] makes the entries as they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    Entry {
        entry: Encoded<Entry>,
        /// The platform's own JSON, kept for what we do not understand yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        original: Option<Arc<str>>,
    },
    Edited {
        external_id: Arc<str>,
        text: String,
        at: Timestamp,
    },
    Delivery {
        entry: EntryNumber,
        delivery: DeliveryState,
        /// The platform's id of the sent message, once known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_id: Option<Arc<str>>,
        at: Timestamp,
    },
    /// A file of an entry was fetched, or given up.
    Copied {
        entry: EntryNumber,
        /// Counts the attachments of the message from 0.
        attachment: u16,
        copy: FileCopy,
        at: Timestamp,
    },
    /// Messages were taken back on the platform.
    Deleted {
        external_ids: Vec<Arc<str>>,
        at: Timestamp,
    },
    /// The customer put signs under a message, instead of those before.
    Reacted {
        external_id: Arc<str>,
        /// Empty: he took them back.
        reaction: String,
        at: Timestamp,
    },
    /// Its author corrects a message of ours, or what came of that.
    Corrected {
        entry: EntryNumber,
        correction: Correction,
        state: CorrectionState,
        at: Timestamp,
    },
}

/// The entries as they stand after all records, in the order of their numbers.
pub fn fold(records: impl IntoIterator<Item = Record>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for record in records {
        match record {
            Record::Entry { entry, original: _ } => entries.push(entry.into_inner()),
            Record::Edited { external_id, text, at } => {
                if let Some(message) = message_by_external_id(&mut entries, &external_id) {
                    message.edited(text, at);
                }
            }
            Record::Corrected { entry, correction, state, at } => {
                if let Some(message) = message_by_number(&mut entries, entry) {
                    message.corrected(correction, state, at);
                }
            }
            Record::Delivery { entry, delivery, external_id, at: _ } => {
                if let Some(message) = message_by_number(&mut entries, entry) {
                    message.delivery = Some(delivery);
                    message.external_id = external_id.or(message.external_id.take());
                }
            }
            Record::Copied { entry, attachment, copy, at: _ } => {
                if let Some(message) = message_by_number(&mut entries, entry) {
                    message.copied(attachment, copy);
                }
            }
            Record::Deleted { external_ids, at } => {
                for id in external_ids {
                    if let Some(message) = message_by_external_id(&mut entries, &id) {
                        message.deleted_at = Some(at);
                    }
                }
            }
            Record::Reacted { external_id, reaction, at: _ } => {
                if let Some(message) = message_by_external_id(&mut entries, &external_id) {
                    message.reaction = Some(reaction).filter(|signs| !signs.is_empty());
                }
            }
        }
    }
    entries
}

fn message_by_number(entries: &mut [Entry], n: EntryNumber) -> Option<&mut Message> {
    let found = entries.iter_mut().find(|entry| entry.n == n)?;
    match &mut found.body {
        Body::Message(message) => Some(message),
        Body::Note { .. } | Body::Fact(_) => None,
    }
}

fn message_by_external_id<'a>(entries: &'a mut [Entry], id: &str) -> Option<&'a mut Message> {
    entries.iter_mut().rev().find_map(|entry| match &mut entry.body {
        Body::Message(message) if message.external_id.as_deref() == Some(id) => Some(message),
        Body::Message(_) | Body::Note { .. } | Body::Fact(_) => None,
    })
}
