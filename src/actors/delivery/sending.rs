//! What a platform is given for a job: its next part, with files and where to answer; or a
//! correction.

use domain::channel::Channel;
use domain::chat::Chat;
use domain::file::StoredFile;

use crate::actors::encode;
use crate::actors::outbox::{Corrects, OutboxJob, Writer};
use crate::actors::parts::Shared;
use crate::channels::correcting::{self, Correcting};
use crate::channels::{self, Outgoing, OutgoingFile, SendOutcome};
use crate::files::{self, Owner};
use crate::store::Unavailable;
use crate::store::op::DocumentKind;

pub(super) async fn send(parts: &Shared, channel: &Channel, job: &OutboxJob) -> SendOutcome {
    if let Some(corrects) = &job.correction {
        return correct(parts, channel, job, corrects).await;
    }
    let all = channels::parts(&channel.settings, &job.text, &job.files);
    let Some(part) = all.get(job.parts_sent) else {
        return SendOutcome::Sent { external_id: None };
    };
    let Ok(chat) = chat_of(parts, channel, job).await else {
        return SendOutcome::RetryLater { reason: "the store did not answer".to_owned() };
    };
    let owner = Owner::Conversation(job.conversation.clone());
    let mut files = Vec::with_capacity(part.files.len());
    for file in job.files.get(part.files.clone()).unwrap_or_default() {
        match outgoing_file(parts, &owner, file).await {
            Ok(file) => files.push(file),
            Err(outcome) => return outcome,
        }
    }
    let outgoing = Outgoing {
        job: &job.id,
        part: job.parts_sent,
        attempt: job.attempts,
        chat: &job.chat.external,
        text: &part.text,
        files: &files,
        author: job.author.as_ref().map(Writer::shown),
        by_operator: job.by_operator,
        return_to: chat.as_ref().and_then(|chat| chat.return_to.as_deref()),
        heard_at: chat.as_ref().and_then(|chat| chat.heard_at),
        rating: job.rating,
        written_at: job.created_at,
        now: parts.clock.now(),
        conversation: &job.conversation,
        entry: job.entry,
    };
    channels::send(&parts.outbound, &parts.kept, channel, &outgoing).await
}

async fn correct(
    parts: &Shared,
    channel: &Channel,
    job: &OutboxJob,
    corrects: &Corrects,
) -> SendOutcome {
    let Ok(chat) = chat_of(parts, channel, job).await else {
        return SendOutcome::RetryLater { reason: "the store did not answer".to_owned() };
    };
    let correcting = Correcting {
        job: &job.id,
        chat: &job.chat.external,
        correction: &corrects.correction,
        external_id: corrects.external_id.as_deref().unwrap_or_default(),
        has_files: corrects.has_files,
        return_to: chat.as_ref().and_then(|chat| chat.return_to.as_deref()),
        written_at: job.created_at,
        now: parts.clock.now(),
        conversation: &job.conversation,
        entry: job.entry,
    };
    correcting::correct(&parts.outbound, &parts.kept, channel, &correcting).await
}

/// What is known of the chat, for platforms that say with each message where answers go, or mind when
/// it came. `Err`: the store did not answer.
async fn chat_of(
    parts: &Shared,
    channel: &Channel,
    job: &OutboxJob,
) -> Result<Option<Chat>, Unavailable> {
    if !channel.settings.says_where_to_answer() && !channel.settings.minds_silence() {
        return Ok(None);
    }
    let (shard, id) = (channel.shard, job.chat.to_string());
    let found = parts.store.document(shard, DocumentKind::Chat, id).await?;
    Ok(found.and_then(|found| encode::read::<Chat>("chat", &found.bytes)))
}

async fn outgoing_file<'a>(
    parts: &'a Shared,
    owner: &'a Owner,
    file: &'a StoredFile,
) -> Result<OutgoingFile<'a>, SendOutcome> {
    let link = match &parts.settings.public_url {
        None => None,
        Some(public) => match parts.files.link(owner, &file.id).await {
            Ok(secret) => secret.map(|secret| files::link(public, owner, &file.id, &secret)),
            Err(error) => return Err(SendOutcome::RetryLater { reason: error.to_string() }),
        },
    };
    Ok(OutgoingFile { file, link, files: &parts.files, owner })
}
