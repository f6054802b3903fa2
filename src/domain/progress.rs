//! What platforms say of messages of ours: that they have come, were read, or failed after all.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entry::{Author, Body, DeliveryState, Entry};
use crate::id::{ConversationId, EntryNumber};

/// Things said too early that a conversation remembers; of more the oldest is forgotten.
const EARLY_MAX: usize = 16;

/// What the platform says of messages that were sent to the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub of: ProgressOf,
    pub state: DeliveryState,
}

/// Which messages it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgressOf {
    /// Those with these ids of the platform.
    Messages(Vec<Arc<str>>),
    /// The one that was sent with this mark, which the platform gives back.
    Marked(Mark),
    /// All up to the one with this number, on platforms that number their messages.
    UpToNumber(i64),
    /// All that were sent until then.
    UpTo(Timestamp),
}

/// What goes out with a part of a message, to know it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub conversation: ConversationId,
    pub entry: EntryNumber,
    /// Counts from 0.
    pub part: usize,
    /// What the platform calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Arc<str>>,
}

impl Progress {
    /// Whether it tells something new of an entry of the conversation that it is about. Platforms
    /// repeat themselves and mix the order up.
    pub fn concerns(&self, entry: &Entry) -> bool {
        let Some((delivery, own)) = on_its_way(entry) else { return false };
        // While it is being sent, what is said of it is early, or about an attempt before.
        *delivery != DeliveryState::Pending
            && delivery.is_before(&self.state)
            && match &self.of {
                ProgressOf::UpTo(at) => was_taken(delivery) && entry.at <= *at,
                ProgressOf::Marked(mark) if *delivery == DeliveryState::Unconfirmed => {
                    mark.entry == entry.n
                }
                ProgressOf::Messages(_) | ProgressOf::Marked(_) | ProgressOf::UpToNumber(_) => {
                    self.is_of(entry.n, own)
                }
            }
    }

    /// Whether it may be about a message whose send is not answered yet: then it is to be
    /// remembered until it is.
    pub fn is_early(&self, entries: &[Entry]) -> bool {
        let sent = || entries.iter().filter_map(|entry| Some((entry.n, on_its_way(entry)?)));
        let is_pending = |delivery: &DeliveryState| *delivery == DeliveryState::Pending;
        match &self.of {
            ProgressOf::Messages(_) => {
                sent().any(|(_, (delivery, _))| is_pending(delivery))
                    && !sent().any(|(n, (_, own))| self.is_of(n, own))
            }
            ProgressOf::Marked(mark) => {
                sent().any(|(n, (delivery, _))| n == mark.entry && is_pending(delivery))
            }
            ProgressOf::UpToNumber(_) => sent().any(|(_, (delivery, _))| is_pending(delivery)),
            // A moment does not tell what was sent before it from what is being sent.
            ProgressOf::UpTo(_) => false,
        }
    }

    /// Whether it is about the message with these names. Of a message in several parts the platform's
    /// id is that of the last, and it has arrived when that has; it fails with any of them.
    fn is_of(&self, entry: EntryNumber, own: Option<&str>) -> bool {
        match &self.of {
            ProgressOf::Messages(ids) => own.is_some_and(|own| ids.iter().any(|id| **id == *own)),
            ProgressOf::Marked(mark) => {
                let failed = matches!(self.state, DeliveryState::Failed { .. });
                mark.entry == entry && (failed || mark.external_id.as_deref() == own)
            }
            ProgressOf::UpToNumber(newest) => {
                own.and_then(|own| own.parse::<i64>().ok()).is_some_and(|own| own <= *newest)
            }
            ProgressOf::UpTo(_) => false,
        }
    }
}

/// What was said of messages before we knew what the platform calls them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Early(Vec<Progress>);

impl Early {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn keep(&mut self, progress: Progress) {
        if self.0.contains(&progress) {
            return;
        }
        if self.0.len() >= EARLY_MAX {
            self.0.remove(0);
        }
        self.0.push(progress);
    }

    /// How far the message has come of which we just hear that the platform took it.
    pub fn state_of(&self, entry: EntryNumber, external_id: &str) -> Option<DeliveryState> {
        let said = self.0.iter().filter(|said| said.is_of(entry, Some(external_id)));
        said.map(|said| &said.state).fold(None, |furthest, state| match furthest {
            Some(before) if !DeliveryState::is_before(&before, state) => Some(before),
            Some(_) | None => Some(state.clone()),
        })
    }

    /// What was said of a part of which we do not know whether the platform took it.
    pub fn mark_of(&self, entry: EntryNumber, part: usize) -> Option<&Mark> {
        self.0.iter().find_map(|said| match &said.of {
            ProgressOf::Marked(mark) if mark.entry == entry && mark.part == part => Some(mark),
            ProgressOf::Marked(_)
            | ProgressOf::Messages(_)
            | ProgressOf::UpToNumber(_)
            | ProgressOf::UpTo(_) => None,
        })
    }

    /// The message is known by now: what is said of it from now on finds it.
    pub(crate) fn known(&mut self, entry: EntryNumber, external_id: &str) {
        self.0.retain(|said| match &said.of {
            ProgressOf::Marked(mark) => mark.entry != entry,
            ProgressOf::Messages(_) => !said.is_of(entry, Some(external_id)),
            // It may hold for the next message too.
            ProgressOf::UpToNumber(_) | ProgressOf::UpTo(_) => true,
        });
    }
}

/// State and name of a message of ours.
fn on_its_way(entry: &Entry) -> Option<(&DeliveryState, Option<&str>)> {
    let Body::Message(message) = &entry.body else { return None };
    let delivery = message.delivery.as_ref().filter(|_| entry.author != Author::Customer)?;
    Some((delivery, message.external_id.as_deref()))
}

/// The platform has it, as far as we know.
fn was_taken(delivery: &DeliveryState) -> bool {
    match delivery {
        DeliveryState::Sent | DeliveryState::Delivered | DeliveryState::Read => true,
        DeliveryState::Pending | DeliveryState::Failed { .. } | DeliveryState::Unconfirmed => false,
    }
}
