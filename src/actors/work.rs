//! What can be asked of a shard. Everything that changes a conversation enters here.

use actix::Message;
use domain::chat::InboundKind;
use domain::effect::Input;
use domain::entry::{Correction, DeliveryState};
use domain::file::{FileCopy, StoredFile};
use domain::id::{ChannelId, ChatKey, ConversationId, EntryNumber, LineId, OperatorId};
use domain::operator::Departure;
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::actors::directory::Directory;
use crate::actors::handle::{Accepted, Arrival, Change, NotStored};
use crate::actors::orders;
use crate::actors::outbox::{CopyJob, OutboxJob};
use crate::actors::post::Post;
use crate::protocol::{ClientFrame, CommandRefusal, EdgeRefusal, Outcome, TransferTo};
use crate::store::op::InboxPosition;

/// Seconds during which a repeated command is recognised.
pub(crate) const COMMAND_DEDUPE_SECONDS: u32 = 172_800;

/// One thing for a shard to work off in one of its rounds.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) enum Work {
    /// From a channel, on the fast path: not in the inbox.
    Arrive { arrival: Arrival, answer: Answer<Result<Accepted, NotStored>> },
    /// From the inbox; none: it cannot be read, or was found to be poison.
    Inbox { position: InboxPosition, bytes: Vec<u8>, post: Option<Post> },
    /// From an operator, authorised where it is carried out.
    Command { command: Command, answer: Answer<Outcome> },
    /// A stored deadline of a conversation has come.
    Due { conversation: ConversationId },
    /// Somebody in the queue can be offered what waits.
    Wake { line: LineId },
    /// An operator went away who has the conversation, or before whom it is put.
    Left { conversation: ConversationId, operator: OperatorId, departure: Departure },
    /// He is here again.
    Back { conversation: ConversationId, operator: OperatorId },
    /// An operator came back, or joined: his counter is raised.
    Raise { line: LineId, operator: OperatorId, by: i64 },
    /// Conversations are looked at again, some in each round, in that order: the rules were changed,
    /// or the line opens or closes.
    Reconsider { conversations: VecDeque<ConversationId> },
    /// The last available operator of a line has gone.
    Deserted { line: LineId },
    /// An operator came, went or was changed; none: it may have been any of them (shard 0 only).
    Attend { operator: Option<OperatorId> },
    /// Records of conversations that are over are packed, some in each round.
    Pack,
    /// Conversations of the shard are looked at, some in each round, for those whose time is over.
    FindOutlived,
    /// The time of a conversation is over, and its files are gone.
    Forget { conversation: ConversationId },
    /// The outbox is about to send, or has heard from the platform.
    Job { step: JobStep, answer: Answer<Result<(), NotStored>> },
    /// A customer's file was fetched, or not yet.
    Copy { step: CopyStep, answer: Answer<Result<(), NotStored>> },
    /// What a platform said up to there is stored.
    Polled { channel: ChannelId, position: i64, answer: Answer<Result<(), NotStored>> },
    /// People change shared documents (shard 0 only).
    Change { by: OperatorId, changes: Vec<Change>, answer: Answer<Result<(), NotStored>> },
}

impl Work {
    /// What may stand only once in a commit: dedupe keys, jobs, shared documents, and what these
    /// are judged by.
    pub(crate) fn targets(&self, directory: &Directory) -> Vec<String> {
        match self {
            Self::Arrive { arrival, .. } => vec![arrival.dedupe_key()],
            Self::Command { command, .. } => vec![command.dedupe_key()],
            Self::Job { step, .. } => vec![format!("job:{}", step.job().id)],
            Self::Copy { step, .. } => vec![format!("job:{}", step.job().id)],
            Self::Polled { channel, .. } => vec![format!("polling:{channel}")],
            Self::Inbox { post: Some(Post::Command { operator, frame, .. }), .. } => {
                let command = orders::read(frame.clone(), operator.clone());
                command.and_then(Result::ok).iter().map(Command::dedupe_key).collect()
            }
            Self::Change { changes, .. }
            | Self::Inbox { post: Some(Post::Change { changes, .. }), .. } => {
                targets(changes, directory)
            }
            Self::Inbox { .. }
            | Self::Due { .. }
            | Self::Wake { .. }
            | Self::Left { .. }
            | Self::Back { .. }
            | Self::Raise { .. }
            | Self::Deserted { .. }
            | Self::Attend { .. }
            | Self::Pack
            | Self::FindOutlived
            | Self::Forget { .. }
            | Self::Reconsider { .. } => Vec::new(),
        }
    }

    /// Where it lies in the inbox, if it comes from there.
    pub(crate) fn position(&self) -> Option<InboxPosition> {
        if let Self::Inbox { position, .. } = self { Some(*position) } else { None }
    }

    /// The chat in which something has arrived.
    pub(crate) fn chat(&self) -> Option<ChatKey> {
        let (channel, inbound) = match self {
            Self::Arrive { arrival, .. } => (&arrival.channel, &arrival.inbound),
            Self::Inbox { post: Some(Post::Arrival { channel, inbound }), .. } => {
                (channel, inbound)
            }
            Self::Inbox { .. }
            | Self::Command { .. }
            | Self::Due { .. }
            | Self::Wake { .. }
            | Self::Left { .. }
            | Self::Back { .. }
            | Self::Raise { .. }
            | Self::Deserted { .. }
            | Self::Attend { .. }
            | Self::Pack
            | Self::FindOutlived
            | Self::Forget { .. }
            | Self::Reconsider { .. }
            | Self::Job { .. }
            | Self::Copy { .. }
            | Self::Polled { .. }
            | Self::Change { .. } => return None,
        };
        Some(ChatKey { channel: channel.clone(), external: inbound.chat.clone() })
    }

    /// Whether it is from a channel, and not in the inbox.
    pub(crate) fn arrives(&self) -> bool {
        matches!(self, Self::Arrive { .. })
    }

    /// The conversation that it alone is about, if its order among others about it matters.
    pub(crate) fn conversation(&self) -> Option<&ConversationId> {
        match self {
            Self::Command { command, .. } => Some(&command.conversation),
            Self::Due { conversation }
            | Self::Left { conversation, .. }
            | Self::Back { conversation, .. }
            | Self::Forget { conversation } => Some(conversation),
            Self::Arrive { .. }
            | Self::Inbox { .. }
            | Self::Wake { .. }
            | Self::Raise { .. }
            | Self::Deserted { .. }
            | Self::Attend { .. }
            | Self::Pack
            | Self::FindOutlived
            | Self::Reconsider { .. }
            | Self::Job { .. }
            | Self::Copy { .. }
            | Self::Polled { .. }
            | Self::Change { .. } => None,
        }
    }

    /// Whether it changes shared documents itself, and does not only rest on them.
    pub(crate) fn changes_documents(&self) -> bool {
        matches!(self, Self::Change { .. } | Self::Inbox { post: Some(Post::Change { .. }), .. })
    }

    /// Whether it puts away or deletes what is over.
    pub(crate) fn keeps_house(&self) -> bool {
        matches!(self, Self::Pack | Self::FindOutlived | Self::Forget { .. })
    }

    /// Whether it is decided by what the shard's actors hold and by what only others write, so that no
    /// round of the shard which is not stored yet is missed.
    pub(crate) fn knows_enough(&self) -> bool {
        match self {
            Self::Arrive { arrival, .. } => matches!(arrival.inbound.what, InboundKind::Message(_)),
            Self::Command { command, .. } => matches!(command.order, Order::Input(_)),
            Self::Due { .. } | Self::Wake { .. } => true,
            Self::Inbox { .. }
            | Self::Left { .. }
            | Self::Back { .. }
            | Self::Raise { .. }
            | Self::Deserted { .. }
            | Self::Attend { .. }
            | Self::Pack
            | Self::FindOutlived
            | Self::Forget { .. }
            | Self::Reconsider { .. }
            | Self::Job { .. }
            | Self::Copy { .. }
            | Self::Polled { .. }
            | Self::Change { .. } => false,
        }
    }

    /// Whose command it is.
    pub(crate) fn commands(&self) -> Option<&OperatorId> {
        match self {
            Self::Command { command, .. } => Some(&command.operator),
            Self::Inbox { post: Some(Post::Command { operator, .. }), .. } => Some(operator),
            Self::Inbox { .. }
            | Self::Arrive { .. }
            | Self::Due { .. }
            | Self::Wake { .. }
            | Self::Left { .. }
            | Self::Back { .. }
            | Self::Raise { .. }
            | Self::Deserted { .. }
            | Self::Attend { .. }
            | Self::Pack
            | Self::FindOutlived
            | Self::Forget { .. }
            | Self::Reconsider { .. }
            | Self::Job { .. }
            | Self::Copy { .. }
            | Self::Polled { .. }
            | Self::Change { .. } => None,
        }
    }

    /// Too much is waiting: whoever asks from outside is told to come back. What our own timers
    /// and queues ask for is bounded by the conversations there are: it is given back, for later.
    pub(crate) fn turned_away(self) -> Option<Self> {
        match self {
            Self::Arrive { mut answer, .. } => answer.give(Err(NotStored::Full)),
            Self::Command { mut answer, .. } => {
                let why = CommandRefusal::Edge(EdgeRefusal::Unavailable {});
                answer.give(Outcome::refused(why));
            }
            Self::Job { mut answer, .. }
            | Self::Copy { mut answer, .. }
            | Self::Polled { mut answer, .. }
            | Self::Change { mut answer, .. } => {
                answer.give(Err(NotStored::Full));
            }
            Self::Inbox { .. }
            | Self::Due { .. }
            | Self::Wake { .. }
            | Self::Left { .. }
            | Self::Back { .. }
            | Self::Raise { .. }
            | Self::Deserted { .. }
            | Self::Attend { .. }
            | Self::Pack
            | Self::FindOutlived
            | Self::Forget { .. }
            | Self::Reconsider { .. } => return Some(self),
        }
        None
    }
}

fn targets(changes: &[Change], directory: &Directory) -> Vec<String> {
    let judged_by = changes.iter().filter_map(|change| change.judged_by(directory));
    changes.iter().map(Change::target).chain(judged_by).collect()
}

/// Where the answer goes once it is true, that is, after the commit.
#[derive(Debug)]
pub(crate) struct Answer<T>(Option<oneshot::Sender<T>>);

impl<T> Answer<T> {
    pub(crate) fn new() -> (Self, oneshot::Receiver<T>) {
        let (sender, receiver) = oneshot::channel();
        (Self(Some(sender)), receiver)
    }

    /// Answers once; whoever asked may be gone.
    pub(crate) fn give(&mut self, value: T) {
        if let Some(sender) = self.0.take() {
            let _gone = sender.send(value);
        }
    }
}

/// A command of an operator on a conversation.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) id: Uuid,
    pub(crate) operator: OperatorId,
    pub(crate) conversation: ConversationId,
    pub(crate) order: Order,
    /// What it was read from, for the inbox of a shard that runs on another node.
    pub(crate) frame: ClientFrame,
    /// The files that it names, for the same.
    pub(crate) files: Vec<StoredFile>,
}

/// What an operator wants of a conversation.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    /// What the conversation itself can answer.
    Input(Input),
    /// Needs to know how the target stands.
    Transfer { to: TransferTo, comment: Option<String>, confirmed: bool },
    /// Concerns the chat: begins its next conversation.
    PickUp,
    /// Sends a message again that was given up.
    SendAgain { entry: EntryNumber },
    /// Edits or deletes a message of his own.
    Correct { entry: EntryNumber, correction: Correction },
}

impl Command {
    /// With the files that its frame names.
    pub(crate) fn with_files(mut self, found: Vec<StoredFile>) -> Self {
        if let Order::Input(Input::Reply { files, .. }) = &mut self.order {
            files.clone_from(&found);
        }
        self.files = found;
        self
    }

    /// Under which a repeat is recognised.
    pub(crate) fn dedupe_key(&self) -> String {
        format!("cmd:{}", self.id)
    }
}

/// What the outbox wants remembered of a job.
#[derive(Clone, Debug)]
pub(crate) enum JobStep {
    /// Before a send: whoever finds the job like this knows that it may have been sent.
    Sending(OutboxJob),
    /// Not now: try again at `ready_at`; also after one of several parts was sent.
    Later { job: OutboxJob, ready_at: Timestamp },
    /// Over, one way or the other.
    Over { job: OutboxJob, delivery: DeliveryState, external_id: Option<Arc<str>>, gone: bool },
    /// Nobody wanted it to be sent again, and there are too many like it.
    Forget(OutboxJob),
}

impl JobStep {
    fn job(&self) -> &OutboxJob {
        match self {
            Self::Sending(job)
            | Self::Later { job, .. }
            | Self::Over { job, .. }
            | Self::Forget(job) => job,
        }
    }
}

/// What is to be remembered of a file that is fetched.
#[derive(Clone, Debug)]
pub(crate) enum CopyStep {
    /// Try again at `ready_at`.
    Later { job: CopyJob, ready_at: Timestamp },
    /// Over, one way or the other.
    Over { job: CopyJob, copy: FileCopy },
}

impl CopyStep {
    pub(crate) fn job(&self) -> &CopyJob {
        match self {
            Self::Later { job, .. } | Self::Over { job, .. } => job,
        }
    }
}
