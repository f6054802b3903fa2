//! How long what is over is kept: a line may keep its closed conversations for so many days only. Then
//! they are deleted, with their records, files and chats, and in all lists. Cards of customers stay.

use domain::conversation::Conversation;
use domain::event::FeedEvent;
use domain::id::ConversationId;
use jiff::{SignedDuration, Timestamp};

use crate::actors::bench::{Bench, Broken};
use crate::actors::copying::ForgetFiles;
use crate::actors::encode;
use crate::actors::group::Group;
use crate::actors::post::Post;
use crate::actors::send_again::given_up;
use crate::store::op::{DocumentKind, Op};

/// How often all closed conversations are looked at.
const LOOK_EVERY: SignedDuration = SignedDuration::from_hours(6);
/// Conversations looked at in one round.
const LOOKED_AT: usize = 64;
/// Parts of a conversation that are followed to its end.
const PARTS_MAX: usize = 20;

/// How far a shard has come with it.
#[derive(Debug, Default)]
pub(crate) struct Keeping {
    /// When it last began with the first.
    begun_at: Option<Timestamp>,
    /// The last one that was looked at.
    after: Option<String>,
    /// There are others to look at.
    pub(crate) goes_on: bool,
}

impl Keeping {
    /// Begins with the first again, if that is long ago.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        let is_due = self.begun_at.is_none_or(|at| now.duration_since(at) >= LOOK_EVERY);
        if is_due {
            *self = Self { begun_at: Some(now), after: None, goes_on: true };
        }
    }
}

impl Bench {
    /// Looks for those whose time is over. Their files go first: of one that cannot be finished all
    /// that leads to its files is still there.
    pub(crate) async fn find_outlived(&mut self) -> Result<(), Broken> {
        let after = self.keeping.after.take();
        if !self.keeps_some_for_a_while() {
            return Ok(());
        }
        let store = self.parts.store.clone();
        let page = store.documents(self.shard, DocumentKind::Archive, after, LOOKED_AT).await?;
        self.keeping.goes_on = page.len() == LOOKED_AT;
        self.keeping.after = page.last().map(|found| found.id.clone());
        let mut conversations = Vec::new();
        for found in page {
            if let Some(read) = encode::read::<Conversation>("conversation", &found.bytes)
                && self.is_outlived(&read).await?
            {
                conversations.push(read.id);
            }
        }
        if let (false, Some(copying)) = (conversations.is_empty(), self.parts.copying.get()) {
            copying.do_send(ForgetFiles { shard: self.shard, conversations });
        }
        Ok(())
    }

    /// Deletes a conversation whose files are gone. Ends its round: nobody else touches it there.
    pub(crate) async fn forget(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
    ) -> Result<(), Broken> {
        let (store, kind) = (self.parts.store.clone(), DocumentKind::Archive);
        let Some(found) = store.document(self.shard, kind, id.to_string()).await? else {
            return Ok(());
        };
        let read = encode::read::<Conversation>("conversation", &found.bytes);
        let Some(conversation) = read.filter(|_| !self.touched.contains(id)) else { return Ok(()) };
        if !self.is_outlived(&conversation).await? {
            return Ok(());
        }
        self.conversations.remove(id);
        let of_kind = |kind, expected| Op::DeleteDocument { kind, id: id.to_string(), expected };
        group.ops.push(of_kind(kind, found.version));
        let unpacked = DocumentKind::Unpacked;
        let to_be_packed = store.document(self.shard, unpacked, id.to_string()).await?;
        group.ops.extend(to_be_packed.map(|found| of_kind(unpacked, found.version)));
        group.ops.push(Op::DeleteHistory { conversation: id.clone() });
        // What of it could not be sent waited for a person.
        let jobs = store.jobs(self.shard).await?;
        let left = jobs.iter().filter_map(given_up).filter(|job| job.conversation == *id);
        group.ops.extend(left.map(|job| Op::DeleteJob { id: job.id }));
        group.show(FeedEvent::Forgotten { conversation: id.clone() });
        metrics::counter!("switchboard_conversations_outlived_total").increment(1);
        let chat = conversation.chat;
        let post = Post::ChatOutlived { chat: chat.clone(), conversation: id.clone() };
        self.tell_chat_shard(group, &chat, post).await
    }

    fn keeps_some_for_a_while(&self) -> bool {
        let directory = self.parts.directory.get();
        let mut own = directory.lines.values().filter(|line| line.value.shard == self.shard);
        own.any(|line| line.value.settings.retention.ends())
    }

    async fn is_outlived(&self, conversation: &Conversation) -> Result<bool, Broken> {
        let directory = self.parts.directory.get();
        let line = directory.lines.get(&conversation.line);
        let now = self.parts.clock.now();
        let has_ended =
            line.is_some_and(|line| line.value.settings.retention.has_ended(conversation, now));
        Ok(has_ended && !self.goes_on_still(conversation).await?)
    }

    /// It was handed to another line, where it is open still: what was said before belongs to it.
    async fn goes_on_still(&self, part: &Conversation) -> Result<bool, Broken> {
        let mut next = part.moved_to().cloned();
        for _ in 0..PARTS_MAX {
            let Some(id) = next.take() else { break };
            let Some(found) = self.parts.stored_conversation(&id).await? else { break };
            if !found.is_closed() {
                return Ok(true);
            }
            next = found.moved_to().cloned();
        }
        Ok(false)
    }
}
