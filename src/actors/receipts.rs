//! How messages of ours end: as the outbox found, and as platforms say afterwards.

use std::sync::Arc;

use domain::chat::Receipt;
use domain::conversation::Conversation;
use domain::effect::Input;
use domain::entry::{Attachment, Author, Body, DeliveryState, Entry, Message};
use domain::file::{FileCopy, StoredFile};
use domain::id::{ConversationId, EntryNumber};
use domain::progress::{Progress, ProgressOf};
use domain::texts::Kind;

use crate::actors::bench::{Bench, Broken};
use crate::actors::encode;
use crate::actors::group::{Group, shown_as};
use crate::actors::outbox::{GivenUp, OutboxJob};
use crate::actors::send_again::given_up;
use crate::channels;
use crate::store::op::Op;

/// Newest records of a history that are read to find what a receipt is about: what was written before
/// them is too long ago.
pub(crate) const RECORDS_MAX: u32 = 5_120;

impl Bench {
    /// The last attempt at a message is over. The platform may have said more of it before it
    /// answered.
    pub(crate) async fn job_is_over(
        &mut self,
        group: &mut Group,
        job: &OutboxJob,
        delivery: &DeliveryState,
        external_id: Option<&Arc<str>>,
    ) -> Result<(), Broken> {
        if let Some(corrects) = &job.correction {
            return self.correction_is_over(group, job, corrects, delivery).await;
        }
        let (mut delivery, mut external_id) = (delivery.clone(), external_id.cloned());
        let conversation = self.look(&job.conversation).await?;
        let early = conversation.as_ref().map(|conversation| &conversation.early);
        if delivery == DeliveryState::Unconfirmed
            && let Some(mark) = early.and_then(|early| early.mark_of(job.entry, job.parts_sent))
            && self.is_last_part(job, mark.part)
        {
            (delivery, external_id) = (DeliveryState::Sent, mark.external_id.clone());
        }
        let further = external_id
            .as_deref()
            .and_then(|own| early.and_then(|early| early.state_of(job.entry, own)))
            .filter(|further| delivery.is_before(further));
        let end = further.as_ref().unwrap_or(&delivery);
        if end.is_given_up() {
            // What failed after it was taken is sent again as a whole.
            let parts_sent = if delivery.is_given_up() { job.parts_sent } else { 0 };
            let kept = OutboxJob { parts_sent, sending: false, ..job.clone() };
            self.keep_given_up(group, kept, end);
        } else {
            settle_job(group, job.id.clone());
        }
        let (conversation, entry) = (&job.conversation, job.entry);
        let input = Input::DeliveryChanged { entry, delivery, external_id };
        let _none = self.feed(group, conversation, input, None).await?;
        if let Some(delivery) = further {
            let input = Input::DeliveryChanged { entry, delivery, external_id: None };
            let _none = self.feed(group, conversation, input, None).await?;
        }
        Ok(())
    }

    /// What the platform says of messages of ours. They are looked up in the history: a conversation
    /// does not know its messages by the platform's ids.
    pub(crate) async fn got_further(
        &mut self,
        group: &mut Group,
        conversation: &Conversation,
        progress: &Progress,
    ) -> Result<(), Broken> {
        let after = conversation.last_record.saturating_sub(RECORDS_MAX);
        let entries = self.parts.entries(&conversation.id, after).await?;
        for entry in entries.iter().filter(|entry| progress.concerns(entry)) {
            if self.job_follows(group, conversation, entry, progress).await? {
                let external_id = match &progress.of {
                    ProgressOf::Marked(mark) => mark.external_id.clone(),
                    ProgressOf::Messages(_) | ProgressOf::UpToNumber(_) | ProgressOf::UpTo(_) => {
                        None
                    }
                };
                let (n, delivery) = (entry.n, progress.state.clone());
                self.delivery_changes(group, &conversation.id, n, delivery, external_id).await?;
            }
        }
        if progress.is_early(&entries) {
            let input = Input::SaidEarly { progress: progress.clone() };
            let _none = self.feed(group, &conversation.id, input, None).await?;
        }
        Ok(())
    }

    /// What we wrote has got to the customer.
    pub(crate) async fn received(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
        entries: &[EntryNumber],
        how: Receipt,
    ) -> Result<(), Broken> {
        let delivery = match how {
            Receipt::Delivered => DeliveryState::Delivered,
            Receipt::Read => DeliveryState::Read,
        };
        for entry in entries {
            self.delivery_changes(group, id, *entry, delivery.clone(), None).await?;
        }
        Ok(())
    }

    async fn delivery_changes(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
        entry: EntryNumber,
        delivery: DeliveryState,
        external_id: Option<Arc<str>>,
    ) -> Result<(), Broken> {
        let input = Input::DeliveryChanged { entry, delivery, external_id };
        if let Err(refusal) = self.feed(group, id, input, None).await? {
            tracing::error!(conversation = %id, ?refusal, "what a platform says was refused");
        }
        Ok(())
    }

    /// Keeps the job of what failed after all, and forgets that of what arrived after all. Answers
    /// whether the whole message has come so far.
    async fn job_follows(
        &mut self,
        group: &mut Group,
        conversation: &Conversation,
        entry: &Entry,
        progress: &Progress,
    ) -> Result<bool, Broken> {
        let Body::Message(message) = &entry.body else { return Ok(false) };
        let was_given_up = message.delivery.as_ref().is_some_and(DeliveryState::is_given_up);
        let kept = if was_given_up {
            let id = OutboxJob::id_of(&conversation.id, entry.n);
            let jobs = self.parts.store.jobs(self.shard).await?;
            jobs.iter().filter_map(given_up).find(|job| job.id == id)
        } else {
            None
        };
        if progress.state.is_given_up() {
            if let Some(job) = kept.or_else(|| self.job_of(conversation, entry)) {
                self.keep_given_up(group, job, &progress.state);
            }
            return Ok(true);
        }
        let Some(job) = kept else { return Ok(true) };
        if let ProgressOf::Marked(mark) = &progress.of
            && !(mark.part == job.parts_sent && self.is_last_part(&job, mark.part))
        {
            // A part before the one that is in doubt, or the rest was never sent.
            return Ok(false);
        }
        settle_job(group, job.id);
        Ok(true)
    }

    /// The job of a message that was sent, so that it can be sent again from its beginning. None: it
    /// was written elsewhere.
    fn job_of(&self, conversation: &Conversation, entry: &Entry) -> Option<OutboxJob> {
        let Body::Message(message) = &entry.body else { return None };
        let operator = match &entry.author {
            Author::Operator { id } => Some(id),
            Author::Line => None,
            Author::Customer | Author::Elsewhere => return None,
        };
        let files = files_of(message);
        let mut job = OutboxJob::new(conversation, entry.n, &message.text, &files, entry.at);
        let directory = self.parts.directory.get();
        job.by_operator = operator.is_some();
        job.rating = message.automatic.and_then(Kind::asks_for);
        job.author = operator.and_then(|id| shown_as(id, conversation, &directory));
        Some(job)
    }

    fn keep_given_up(&self, group: &mut Group, job: OutboxJob, delivery: &DeliveryState) {
        let at = self.parts.clock.now();
        let given_up = Some(GivenUp { delivery: delivery.clone(), at });
        let job = OutboxJob { given_up, ..job };
        let bytes = encode::document(&job);
        group.ops.push(Op::PutJob { id: job.id.clone(), ready_at: at, bytes });
        group.jobs.push(job);
    }

    fn is_last_part(&self, job: &OutboxJob, part: usize) -> bool {
        let directory = self.parts.directory.get();
        directory.channels.get(&job.chat.channel).is_some_and(|channel| {
            let all = channels::parts(&channel.value.settings, &job.text, &job.files);
            part + 1 == all.len()
        })
    }
}

pub(crate) fn settle_job(group: &mut Group, id: String) {
    group.ops.push(Op::DeleteJob { id: id.clone() });
    group.settled.push(id);
}

/// The files of a message of ours.
pub(crate) fn files_of(message: &Message) -> Vec<StoredFile> {
    message.attachments.iter().filter_map(stored).collect()
}

fn stored(attachment: &Attachment) -> Option<StoredFile> {
    match attachment {
        Attachment::File { copy: Some(FileCopy::Stored { file }), .. } => Some(file.clone()),
        Attachment::File { .. }
        | Attachment::Contact { .. }
        | Attachment::Location { .. }
        | Attachment::Sticker { .. }
        | Attachment::Other { .. } => None,
    }
}
