//! Jobs of the outbox, as stored.

use std::sync::Arc;

use domain::conversation::Conversation;
use domain::entry::{Correction, DeliveryState};
use domain::file::{StoredFile, WantedFile};
use domain::id::{ChatKey, ConversationId, EntryNumber, FileId, ShardId};
use domain::line::{RatingScale, Shown};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actors::copying::Copies;
use crate::actors::delivery::Jobs;
use crate::actors::encode;
use crate::actors::parts::Parts;
use crate::files;
use crate::store::Unavailable;

/// One message on its way to a customer. Ids sort in the order of the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutboxJob {
    pub(crate) id: String,
    pub(crate) chat: ChatKey,
    pub(crate) conversation: ConversationId,
    pub(crate) entry: EntryNumber,
    pub(crate) text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) files: Vec<StoredFile>,
    /// Who wrote it, as the customer may see him; none for automatic texts.
    pub(crate) author: Option<Writer>,
    /// A person wrote it, whoever customers see.
    #[serde(default)]
    pub(crate) by_operator: bool,
    /// It asks for a rating on this scale: with buttons, where the channel has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rating: Option<RatingScale>,
    /// It is no message, but corrects the one of that entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) correction: Option<Corrects>,
    pub(crate) created_at: Timestamp,
    /// When a person had it sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) again_at: Option<Timestamp>,
    /// It is not sent any more, unless a person wants it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) given_up: Option<GivenUp>,
    /// Parts that the platform has taken; a long text is sent in several.
    pub(crate) parts_sent: usize,
    /// Attempts at the next part.
    pub(crate) attempts: u32,
    pub(crate) sending: bool,
}

/// What a job does to a message that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Corrects {
    pub(crate) correction: Correction,
    /// What the platform calls the message.
    pub(crate) external_id: Option<Arc<str>>,
    /// The message has files, and its text stands under them.
    pub(crate) has_files: bool,
}

/// How a message ended that did not arrive, as far as we know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GivenUp {
    pub(crate) delivery: DeliveryState,
    pub(crate) at: Timestamp,
}

/// A customer's file to be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CopyJob {
    pub(crate) id: String,
    pub(crate) chat: ChatKey,
    pub(crate) conversation: ConversationId,
    pub(crate) entry: EntryNumber,
    /// Counts the attachments of the message from 0.
    pub(crate) attachment: u16,
    pub(crate) wanted: WantedFile,
    /// Under which it will be kept.
    pub(crate) file: FileId,
    pub(crate) created_at: Timestamp,
    pub(crate) attempts: u32,
}

/// Who wrote a message, as he was shown when he wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Writer {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
}

impl From<Shown<'_>> for Writer {
    fn from(shown: Shown<'_>) -> Self {
        Self { name: shown.name.to_owned(), picture: shown.picture.map(str::to_owned) }
    }
}

impl Writer {
    pub(crate) fn shown(&self) -> Shown<'_> {
        Shown { name: &self.name, picture: self.picture.as_deref() }
    }
}

impl OutboxJob {
    /// A message that nobody has tried to send yet.
    pub(crate) fn new(
        of: &Conversation,
        entry: EntryNumber,
        text: &str,
        files: &[StoredFile],
        now: Timestamp,
    ) -> Self {
        Self {
            id: Self::id_of(&of.id, entry),
            chat: of.chat.clone(),
            conversation: of.id.clone(),
            entry,
            text: text.to_owned(),
            files: files.to_vec(),
            author: None,
            by_operator: false,
            rating: None,
            correction: None,
            created_at: now,
            again_at: None,
            given_up: None,
            parts_sent: 0,
            attempts: 0,
            sending: false,
        }
    }

    /// Corrects a message of that conversation, after all that was written before it.
    pub(crate) fn correcting(
        of: &Conversation,
        entry: EntryNumber,
        corrects: Corrects,
        now: Timestamp,
    ) -> Self {
        let text = match &corrects.correction {
            Correction::Edit { text } => text,
            Correction::Delete => "",
        };
        let job = Self::new(of, entry, text, &[], now);
        let id = format!("{}c{:010}", Self::id_of(&of.id, of.last_entry), of.last_record);
        Self { id, correction: Some(corrects), by_operator: true, ..job }
    }

    /// Since when it is worth sending.
    pub(crate) fn since(&self) -> Timestamp {
        self.again_at.unwrap_or(self.created_at)
    }

    /// The id of an entry's job. Conversations of a chat follow one another, wherever they live, and
    /// their ids sort by time behind the shard: so ids of a chat's jobs sort in the order in which
    /// the messages were written.
    pub(crate) fn id_of(conversation: &ConversationId, entry: EntryNumber) -> String {
        format!("{}-{:08}", unique(conversation), entry.0)
    }
}

impl CopyJob {
    /// With which the ids of these jobs begin, and of no others.
    pub(crate) const PREFIX: &str = "copy-";

    pub(crate) fn new(
        of: &Conversation,
        entry: EntryNumber,
        attachment: u16,
        wanted: &WantedFile,
        now: Timestamp,
    ) -> Self {
        let id = format!("{}{}-{:08}-{attachment:05}", Self::PREFIX, unique(&of.id), entry.0);
        Self {
            id,
            chat: of.chat.clone(),
            conversation: of.id.clone(),
            entry,
            attachment,
            wanted: wanted.clone(),
            file: files::new_id(),
            created_at: now,
            attempts: 0,
        }
    }
}

/// The part of an id behind the shard.
fn unique(conversation: &ConversationId) -> &str {
    let id = conversation.as_str();
    id.split_once('-').map_or(id, |(_shard, unique)| unique)
}

/// Jobs of a shard as the store has them, each with when it is due.
pub(crate) async fn found_jobs(
    parts: &Parts,
    shard: ShardId,
) -> Result<(Jobs, Copies), Unavailable> {
    let (mut jobs, mut copies) = (Vec::new(), Vec::new());
    for stored in parts.store.jobs(shard).await? {
        if stored.id.starts_with(CopyJob::PREFIX) {
            copies
                .extend(encode::read("copy job", &stored.bytes).map(|job| (job, stored.ready_at)));
        } else {
            jobs.extend(encode::read("job", &stored.bytes).map(|job| (job, stored.ready_at)));
        }
    }
    Ok((Jobs { shard, jobs }, Copies { shard, jobs: copies }))
}
