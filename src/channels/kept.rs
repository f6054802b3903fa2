//! What platforms have told us and what is of use again: names, tokens, keys. In memory only.
//!
//! Losing it costs a call and nothing else. Everything is bounded and forgotten after a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::botframework::keys::KeySet;
use super::email;

use domain::id::ChannelId;
use jiff::{SignedDuration, Timestamp};

/// Names of customers remembered; beyond it all are asked for again.
const NAMES_MAX: usize = 20_000;
/// How long a name is remembered.
const NAME_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// How long it is remembered that the platform does not say it.
const NO_NAME_LASTS: SignedDuration = SignedDuration::from_mins(10);

/// Uploads remembered; beyond it all are made again.
const UPLOADS_MAX: usize = 10_000;
/// How long a platform keeps what was uploaded and not sent yet, or a little less.
const UPLOAD_LASTS: SignedDuration = SignedDuration::from_hours(1);

/// Cheap to clone; clones share what is kept.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Things>>);

#[derive(Default)]
struct Things {
    names: BTreeMap<(ChannelId, String), (String, Timestamp)>,
    /// What platforms call uploaded files that are not sent yet.
    uploads: BTreeMap<Uploaded, (String, Timestamp)>,
    long_polls: BTreeMap<ChannelId, LongPoll>,
    /// Mailboxes that are open, while nobody asks.
    mailboxes: BTreeMap<ChannelId, email::Open>,
    /// By app.
    tokens: BTreeMap<String, Arc<Exclusive<Option<Token>>>>,
    /// By the address of their metadata.
    keys: BTreeMap<String, Arc<Exclusive<Keys>>>,
}

/// A file of a message as it was uploaded for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Uploaded {
    pub(super) channel: ChannelId,
    pub(super) job: String,
    pub(super) part: usize,
    /// Counts the files of the part from 0.
    pub(super) file: usize,
}

/// Held while it is asked for anew, so that one asks and all others wait.
pub(super) type Exclusive<T> = tokio::sync::Mutex<T>;

/// An access token, until it is to be renewed.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) until: Timestamp,
}

/// Keys of an identity provider.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) set: Option<Arc<KeySet>>,
    pub(super) read_at: Option<Timestamp>,
    /// When they were last asked for, also in vain.
    pub(super) asked_at: Option<Timestamp>,
}

/// Where a platform holds its updates ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LongPoll {
    pub(super) server: String,
    pub(super) key: String,
}

impl Kept {
    fn things(&self) -> MutexGuard<'_, Things> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A customer's name, if it was asked for; empty: the platform does not say it.
    pub(super) fn name(&self, channel: &ChannelId, chat: &str, now: Timestamp) -> Option<String> {
        let things = self.things();
        let (name, until) = things.names.get(&(channel.clone(), chat.to_owned()))?;
        (now < *until).then(|| name.clone())
    }

    pub(super) fn keep_name(&self, channel: &ChannelId, chat: &str, name: String, now: Timestamp) {
        let mut things = self.things();
        if things.names.len() >= NAMES_MAX {
            things.names.clear();
        }
        let lasts = if name.is_empty() { NO_NAME_LASTS } else { NAME_LASTS };
        things.names.insert((channel.clone(), chat.to_owned()), (name, now + lasts));
    }

    /// What the platform called that file at an attempt before this one.
    pub(super) fn upload(&self, of: &Uploaded, now: Timestamp) -> Option<String> {
        let things = self.things();
        let (name, until) = things.uploads.get(of)?;
        (now < *until).then(|| name.clone())
    }

    pub(super) fn keep_upload(&self, of: Uploaded, name: String, now: Timestamp) {
        let mut things = self.things();
        if things.uploads.len() >= UPLOADS_MAX {
            things.uploads.clear();
        }
        things.uploads.insert(of, (name, now + UPLOAD_LASTS));
    }

    pub(super) fn long_poll(&self, channel: &ChannelId) -> Option<LongPoll> {
        self.things().long_polls.get(channel).cloned()
    }

    /// None: it is to be asked for again.
    pub(super) fn keep_long_poll(&self, channel: &ChannelId, found: Option<LongPoll>) {
        let mut things = self.things();
        match found {
            Some(found) => drop(things.long_polls.insert(channel.clone(), found)),
            None => drop(things.long_polls.remove(channel)),
        }
    }

    /// Whoever takes it gives it back, or it is closed.
    pub(super) fn take_mailbox(&self, channel: &ChannelId) -> Option<email::Open> {
        self.things().mailboxes.remove(channel)
    }

    pub(super) fn keep_mailbox(&self, channel: &ChannelId, open: email::Open) {
        self.things().mailboxes.insert(channel.clone(), open);
    }
}

impl Kept {
    pub(super) fn token_of(&self, app: &str) -> Arc<Exclusive<Option<Token>>> {
        self.things().tokens.entry(app.to_owned()).or_default().clone()
    }

    /// The platform does not take it any more.
    pub(super) async fn drop_token(&self, app: &str) {
        *self.token_of(app).lock().await = None;
    }

    pub(super) fn keys_of(&self, metadata_url: &str) -> Arc<Exclusive<Keys>> {
        self.things().keys.entry(metadata_url.to_owned()).or_default().clone()
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept")
    }
}
