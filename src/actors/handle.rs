//! How the edge talks to the actors: everything that `web` may ask of a node.

pub mod attendance;
pub mod audit;
pub mod channels;
mod elsewhere;
pub mod lines;
pub mod recording;
pub mod undelivered;
mod visitor_files;
pub mod visitors;

use std::fmt;
use std::sync::Arc;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix::{Handler, Message, Recipient};
use bytestring::ByteString;
use domain::account::{Account, SignIn};
use domain::audit::{Deed, Subject};
use domain::channel::Channel;
use domain::chat::{Inbound, InboundKind};
use domain::conversation::{Conversation, Draft};
use domain::customer::RecordKind;
use domain::entry::Entry;
use domain::event::{Row, RowState};
use domain::id::{ChannelId, ChatKey, ConversationId, LineId, OperatorId, ShardId};
use domain::line::Line;
use domain::operator::{Operator, Role, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::actors::copying::SettleCopying;
use crate::actors::delivery::{PressTaken, SettleDelivery};
use crate::actors::directory::Directory;
use crate::actors::encode::{self, Place};
use crate::actors::feed::{AskEnds, EndSessions, Ends, Feed, Missed, Since};
use crate::actors::node::{Attention, GiveAll, Node, SocketCame};
use crate::actors::operator_session::OperatorSession;
use crate::actors::parts::{Shared, TooMuch};
use crate::actors::post::Post;
use crate::actors::presence::Came;
use crate::actors::shard::{Bell, Settle};
use crate::actors::visitor::chat::chat;
use crate::actors::work::{Answer, Command, Order, Work};
use crate::channels::press;
use crate::clock::Clock;
use crate::files::Files;
use crate::protocol::{CommandRefusal, EdgeRefusal, FeedPosition, Me, Outcome, ServerFrame};
use crate::readmodel::conversations::{ListQuery, Oversees, Visibility};
use crate::store::Unavailable;
use crate::store::op::{SharedKind, Submitted};

/// Shared documents changed in one step.
pub const CHANGES_MAX: usize = 50;
/// Attempts to set somebody away whose document others change meanwhile.
const SET_AWAY_TRIES: usize = 5;
/// How often it is looked whether other nodes own the rest.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// One thing that arrived on a channel and was verified.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub channel: ChannelId,
    /// What makes a repeated delivery recognisable, within the channel.
    pub dedupe: String,
    pub dedupe_seconds: u32,
    pub inbound: Inbound,
}

impl Arrival {
    /// Under which a repeat is recognised.
    pub(crate) fn dedupe_key(&self) -> String {
        format!("{}:{}", self.channel, self.dedupe)
    }
}

/// An arrival that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    Created,
    /// It had arrived before; nothing was written.
    Duplicate,
}

/// An arrival or a change that is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotStored {
    /// Too much is waiting: come back in 2 seconds.
    #[error("too much is waiting")]
    Full,
    /// The store did not answer; whether it was stored is unknown. Repeat it.
    #[error("the store did not answer")]
    Unavailable,
    /// A shared document is of another version by now.
    #[error("changed meanwhile by somebody else")]
    Stale,
}

/// A change of shared documents by a person. `version` is the one that was read; 0: it is new.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Line {
        version: u64,
        line: Line,
    },
    /// A new line from what another one, or another hub, has exported.
    ImportedLine {
        line: Line,
    },
    Channel {
        version: u64,
        channel: Channel,
    },
    Operator {
        version: u64,
        operator: Operator,
    },
    Account {
        version: u64,
        login: String,
        account: Account,
    },
    SignIn {
        version: u64,
        digest: String,
        sign_in: SignIn,
    },
    EndSignIn {
        version: u64,
        digest: String,
    },
    /// Is in the audit log only: its documents are changed beside it.
    Noted {
        what: Deed,
        subject: Subject,
    },
    /// A customer's card, a lead, or what a customer is known by, as `actors::customers` makes it.
    Record {
        version: u64,
        kind: RecordKind,
        id: String,
        bytes: Arc<[u8]>,
    },
}

impl Change {
    /// The document that it is about.
    pub(crate) fn target(&self) -> String {
        match self {
            Self::Line { line, .. } | Self::ImportedLine { line } => target_of_line(&line.id),
            Self::Channel { channel, .. } => format!("channel:{}", channel.id),
            Self::Operator { operator, .. } => format!("operator:{}", operator.id),
            Self::Account { login, .. } => format!("account:{login}"),
            Self::SignIn { digest, .. } | Self::EndSignIn { digest, .. } => {
                format!("sign_in:{digest}")
            }
            Self::Noted { what, subject } => format!("noted:{what:?}:{subject:?}"),
            Self::Record { kind, id, .. } => format!("{}:{id}", SharedKind::from(*kind).as_str()),
        }
    }

    /// What else says whether it may be: of those that are judged by the same, one is made at a time.
    pub(crate) fn judged_by(&self, directory: &Directory) -> Option<String> {
        match self {
            Self::Channel { channel, .. } => Some(target_of_line(&channel.line)),
            Self::Line { line, .. } => {
                line.settings.hours.calendar_of.as_ref().map(|_| "calendars".to_owned())
            }
            Self::Operator { operator, .. } => {
                directory.ends_an_administrator(operator).then(|| "administrators".to_owned())
            }
            Self::ImportedLine { .. }
            | Self::Account { .. }
            | Self::SignIn { .. }
            | Self::EndSignIn { .. }
            | Self::Noted { .. }
            | Self::Record { .. } => None,
        }
    }
}

fn target_of_line(line: &LineId) -> String {
    format!("line:{line}")
}

/// Which conversations a list shows, newest change first.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    pub line: Option<LineId>,
    /// Empty: all.
    pub states: Vec<RowState>,
    /// Only those with a change before this one's: the last row of the page before.
    pub before: Option<(Timestamp, ConversationId)>,
    pub limit: usize,
}

/// A conversation with its entries as they stand, and the position of the feed at which that is
/// true at least.
#[derive(Clone, Debug)]
pub struct Transcript {
    pub row: Row,
    pub entries: Vec<Entry>,
    /// What whoever has it was just writing.
    pub draft: Option<Draft>,
    /// When the customer last wrote, where that decides for how long he may be written to.
    pub heard_at: Option<Timestamp>,
    pub position: FeedPosition,
}

/// Frames for a socket, in order. The pipe sends each as one text frame.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct Deliver(pub Vec<ByteString>);

/// The session ends the socket.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct CloseSocket {
    pub code: u16,
    pub reason: &'static str,
}

/// A text frame from the browser.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct Received(pub ByteString);

/// The browser's socket is gone.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct SocketClosed;

/// The session's side of a socket. The pipe keeps it and sends only through it.
#[derive(Clone, Debug)]
pub struct SessionLink {
    pub received: Recipient<Received>,
    pub closed: Recipient<SocketClosed>,
}

/// The socket's side of a session.
#[derive(Clone, Debug)]
pub struct SocketLink {
    pub deliver: Recipient<Deliver>,
    /// Asks for a last frame and the end. A pipe whose peer does not read does not hear it.
    pub close: Recipient<CloseSocket>,
    pub cut: Cut,
}

/// Ends the connection under a socket at once and without a last frame, whatever its peer does.
/// Harmless when it has ended already. The default cuts nothing.
#[derive(Clone, Default)]
pub struct Cut(Option<Arc<dyn Fn() + Send + Sync>>);

impl Cut {
    pub fn new(cut: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(cut)))
    }

    pub fn cut(&self) {
        if let Some(cut) = &self.0 {
            cut();
        }
    }
}

impl fmt::Debug for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cut")
    }
}

/// A node, as the edge sees it. Cheap to clone; usable from any thread.
#[derive(Clone, Debug)]
pub struct NodeHandle {
    parts: Shared,
}

impl NodeHandle {
    pub(crate) fn new(parts: Shared) -> Self {
        Self { parts }
    }

    pub(crate) fn parts(&self) -> &Shared {
        &self.parts
    }

    pub fn clock(&self) -> &Clock {
        &self.parts.clock
    }

    /// Lines, channels, operators, accounts and sign-ins as of now.
    pub fn directory(&self) -> Arc<Directory> {
        self.parts.directory.get()
    }

    /// Whether all shards of this node run and it has come to know the others', and the store answers
    /// and is to be trusted. That others' shards just change hands is no reason to send nobody here.
    pub fn is_ready(&self) -> bool {
        let trusted = self.parts.store.trouble().is_none();
        trusted && !self.parts.is_draining() && self.parts.runs_its_shards()
    }

    /// Returns when all shards are owned, and those of this node run.
    pub async fn ready(&self) {
        loop {
            // Made before the look, so that no change falls between the two.
            let changed = self.parts.shards_changed.notified();
            if self.parts.runs_all_shards() {
                return;
            }
            // What other nodes own is nowhere told.
            let _look_again = tokio::time::timeout(LOOK_EVERY, changed).await;
        }
    }

    /// Whether the guarded way out would ever call that address; if not, why. Names are judged
    /// only when they are called, so that an address that passes may still lead nowhere.
    pub fn may_call(&self, url: &str) -> Result<(), String> {
        self.parts.outbound.check(url).map_err(|fault| fault.to_string())
    }

    /// Files of customers and operators. Who may see one is for the asker to know.
    pub fn files(&self) -> &Files {
        &self.parts.files
    }

    /// How many shards a new line or channel can choose from.
    pub fn shards(&self) -> u16 {
        self.parts.settings.shards
    }

    /// Whether other nodes go on when this one ends.
    pub fn is_among_others(&self) -> bool {
        self.parts.leases.is_some()
    }

    /// Stores an arrival. Durable when it returns `Ok`.
    pub async fn arrive(&self, arrival: Arrival) -> Result<Accepted, NotStored> {
        if self.parts.is_draining() && !self.is_among_others() {
            return Err(NotStored::Unavailable);
        }
        let directory = self.directory();
        let channel = directory.channels.get(&arrival.channel).ok_or(NotStored::Unavailable)?;
        let channel = channel.value.clone();
        if !self.parts.store.has_room() && self.begins_something(&channel, &arrival).await? {
            return Err(NotStored::Full);
        }
        let is_press = press(&channel.settings, &arrival.inbound).is_some();
        let pressed = is_press.then(|| arrival.inbound.clone());
        let inbound = self.named(&channel, arrival.inbound).await;
        let accepted = self.store_arrival(channel.shard, Arrival { inbound, ..arrival }).await?;
        self.parts.health.arrived(&channel.id, self.parts.clock.now());
        if let (Some(inbound), Some(delivery)) = (pressed, self.parts.delivery.get()) {
            let _too_many = delivery.try_send(PressTaken { channel, inbound });
        }
        Ok(accepted)
    }

    /// Whether an arrival would begin a conversation, as far as it can be told before it is decided.
    async fn begins_something(
        &self,
        channel: &Channel,
        arrival: &Arrival,
    ) -> Result<bool, NotStored> {
        let InboundKind::Message(_) = arrival.inbound.what else { return Ok(false) };
        // One that has arrived before begins nothing again.
        let (store, now) = (&self.parts.store, self.parts.clock.now());
        let known = store.knows(channel.shard, arrival.dedupe_key(), now).await;
        if known.map_err(|_| NotStored::Unavailable)? {
            return Ok(false);
        }
        let key = ChatKey { channel: channel.id.clone(), external: arrival.inbound.chat.clone() };
        Ok(chat(self, &key).await?.is_none_or(|chat| chat.open.is_none()))
    }

    async fn store_arrival(&self, shard: ShardId, arrival: Arrival) -> Result<Accepted, NotStored> {
        // A shard that is just given away may be another's before it answers.
        if !self.runs(shard) || self.parts.is_draining() {
            return self.submit(shard, arrival).await;
        }
        let (answer, answered) = Answer::new();
        match self.parts.hand_to(shard, Work::Arrive { arrival, answer }) {
            Some(Ok(())) => answered.await.unwrap_or(Err(NotStored::Unavailable)),
            Some(Err(TooMuch)) => Err(NotStored::Full),
            None => Err(NotStored::Unavailable),
        }
    }

    /// Whether a shard runs here now.
    fn runs(&self, shard: ShardId) -> bool {
        self.parts.with_shard(shard, |_| ()).is_some()
    }

    /// Puts an arrival into the inbox: its shard is just being read anew, or another node's.
    async fn submit(&self, shard: ShardId, arrival: Arrival) -> Result<Accepted, NotStored> {
        let key = arrival.dedupe_key();
        let stored = Post::Arrival { channel: arrival.channel, inbound: arrival.inbound };
        let now = self.parts.clock.now();
        let bytes = encode::document(&stored);
        let submitted =
            self.parts.store.submit(shard, key, arrival.dedupe_seconds, now, bytes).await;
        self.parts.with_shard(shard, |addr| addr.do_send(Bell));
        match submitted {
            Ok(Submitted::Accepted(_)) => Ok(Accepted::Created),
            Ok(Submitted::Duplicate) => Ok(Accepted::Duplicate),
            Ok(Submitted::Full) => Err(NotStored::Full),
            Err(_) => Err(NotStored::Unavailable),
        }
    }

    /// Changes shared documents, all or none. When it returns `Ok`, `directory()` shows them.
    /// At most [`CHANGES_MAX`] at a time, each about another document. `by`: who wants it so, for
    /// the audit log.
    pub async fn change(&self, by: &OperatorId, changes: Vec<Change>) -> Result<(), NotStored> {
        let targets: BTreeSet<_> = changes.iter().map(Change::target).collect();
        if changes.len() > CHANGES_MAX || targets.len() < changes.len() {
            return Err(NotStored::Full);
        }
        if self.is_elsewhere(ShardId(0)) {
            return self.change_elsewhere(by, changes).await;
        }
        let (answer, answered) = Answer::new();
        let work = Work::Change { by: by.clone(), changes, answer };
        self.parts
            .hand_to(ShardId(0), work)
            .ok_or(NotStored::Unavailable)?
            .map_err(|_| NotStored::Full)?;
        answered.await.unwrap_or(Err(NotStored::Unavailable))
    }

    /// Carries out a command and answers when its outcome is true.
    pub(crate) async fn command(&self, command: Command) -> Outcome {
        let unavailable = || Outcome::refused(CommandRefusal::Edge(EdgeRefusal::Unavailable {}));
        let under_way = self.parts.at_work.begin();
        let shard = match self.carried_out_in(&command).await {
            Ok(Some(shard)) => shard,
            Ok(None) => {
                let why = EdgeRefusal::UnknownConversation {};
                return Outcome::refused(CommandRefusal::Edge(why));
            }
            Err(_) => return unavailable(),
        };
        if matches!(command.order, Order::PickUp) && !self.parts.store.has_room() {
            return unavailable();
        }
        if self.is_elsewhere(shard) {
            drop(under_way);
            return self.command_elsewhere(shard, command).await;
        }
        let (answer, answered) = Answer::new();
        let handed = self.parts.hand_to(shard, Work::Command { command, answer });
        drop(under_way);
        match handed {
            Some(Ok(())) => answered.await.unwrap_or_else(|_| unavailable()),
            Some(Err(_)) | None => unavailable(),
        }
    }

    /// The shard that has what a command decides on: the conversation, or its chat. None: there is
    /// none of either.
    async fn carried_out_in(&self, command: &Command) -> Result<Option<ShardId>, NotStored> {
        match command.order {
            Order::Input(_)
            | Order::Transfer { .. }
            | Order::SendAgain { .. }
            | Order::Correct { .. } => {
                Ok(command.conversation.shard().filter(|shard| shard.0 < self.shards()))
            }
            Order::PickUp => {
                let found = self.stored_conversation(&command.conversation).await?;
                let directory = self.directory();
                let channel = found.and_then(|c| directory.channels.get(&c.chat.channel));
                Ok(channel.map(|channel| channel.value.shard))
            }
        }
    }

    /// Changes what an operator says of himself.
    pub(crate) async fn set_status(
        &self,
        id: &OperatorId,
        status: Status,
        reason: Option<String>,
    ) -> Outcome {
        let directory = self.directory();
        let Some(found) = directory.operators.get(id) else {
            return Outcome::refused(CommandRefusal::Edge(EdgeRefusal::Forbidden {}));
        };
        let now_so = (*found.value).clone();
        let operator = Operator { status, status_reason: reason, set_away: false, ..now_so };
        let change = Change::Operator { version: found.version, operator };
        match self.change(id, vec![change]).await {
            Ok(()) => {
                // Also if he says once more what he said before: he is awake.
                let (operator, at) = (id.clone(), self.clock().now());
                self.node_send(Attention { operator, missed: false, at });
                Outcome::Done {}
            }
            Err(NotStored::Full | NotStored::Unavailable | NotStored::Stale) => {
                Outcome::refused(CommandRefusal::Edge(EdgeRefusal::Unavailable {}))
            }
        }
    }

    /// Sets somebody away who lets his offers run out, unless he says meanwhile what he is. Answers
    /// whether that is settled.
    pub(crate) async fn set_away(&self, id: &OperatorId) -> bool {
        let mut said = None;
        for _ in 0..SET_AWAY_TRIES {
            let directory = self.directory();
            let Some(found) = directory.operators.get(id) else { return false };
            let says = (found.value.status, found.value.set_away);
            if says.0 == Status::Away || said.replace(says).is_some_and(|before| before != says) {
                return true;
            }
            let now_so = (*found.value).clone();
            let operator =
                Operator { status: Status::Away, status_reason: None, set_away: true, ..now_so };
            let change = Change::Operator { version: found.version, operator };
            match self.change(id, vec![change]).await {
                Ok(()) => return true,
                Err(NotStored::Stale) => {}
                Err(NotStored::Full | NotStored::Unavailable) => return false,
            }
        }
        false
    }

    /// Conversations that `who` may see in a list.
    pub async fn conversations(
        &self,
        who: &Operator,
        filter: ListFilter,
    ) -> Result<Vec<Row>, NotStored> {
        let query = ListQuery {
            visibility: self.visibility(who),
            line: filter.line,
            states: filter.states,
            before: filter.before,
            limit: filter.limit,
        };
        self.parts.read_model.list(query).await.map_err(|_| NotStored::Unavailable)
    }

    /// Whose lists show what.
    pub(crate) fn visibility(&self, who: &Operator) -> Visibility {
        let oversees = match who.role {
            Role::Administrator => Oversees::Everything,
            Role::Supervisor => Oversees::Lines(who.supervises.clone()),
            Role::Operator => Oversees::Lines(Vec::new()),
        };
        let queues = self.directory().queues_of(&who.id).to_vec();
        Visibility { operator: who.id.clone(), queues, oversees }
    }

    /// A conversation with its entries. Whether somebody may read it is the caller's question to
    /// `domain::permission`.
    pub async fn transcript(&self, id: &ConversationId) -> Result<Option<Transcript>, NotStored> {
        let Some(shard) = id.shard().filter(|shard| shard.0 < self.shards()) else {
            return Ok(None);
        };
        // The position is read first: entries that come meanwhile are there twice, never missing.
        let ends = self.ends().await.map_err(|_| NotStored::Unavailable)?;
        let Some(conversation) = self.conversation(id).await else { return Ok(None) };
        let entries = self.entries(id).await?;
        let place = ends.0.get(&shard).copied().unwrap_or_default();
        let position = encode::feed_position(shard, place);
        let heard_at = self.heard_at(&conversation.chat).await?;
        let (row, draft) = (conversation.row(), conversation.draft);
        Ok(Some(Transcript { row, entries, draft, heard_at, position }))
    }

    async fn heard_at(&self, key: &ChatKey) -> Result<Option<Timestamp>, NotStored> {
        let directory = self.directory();
        let channel = directory.channels.get(&key.channel);
        if channel.is_none_or(|channel| channel.value.settings.reply_window().is_none()) {
            return Ok(None);
        }
        Ok(chat(self, key).await?.and_then(|chat| chat.heard_at))
    }

    /// All entries of a conversation as they stand.
    async fn entries(&self, id: &ConversationId) -> Result<Vec<Entry>, NotStored> {
        self.parts.entries(id, 0).await.map_err(|_| NotStored::Unavailable)
    }

    /// The conversation as lists show it, as stored.
    pub(crate) async fn row(&self, id: &ConversationId) -> Option<Row> {
        self.conversation(id).await.map(|conversation| conversation.row())
    }

    /// The chat of a conversation.
    pub async fn chat_of(&self, id: &ConversationId) -> Option<ChatKey> {
        self.conversation(id).await.map(|conversation| conversation.chat)
    }

    async fn conversation(&self, id: &ConversationId) -> Option<Conversation> {
        self.stored_conversation(id).await.ok()?
    }

    /// A conversation as it is stored, open or not.
    pub(crate) async fn stored_conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<Conversation>, NotStored> {
        self.parts.stored_conversation(id).await.map_err(|_| NotStored::Unavailable)
    }

    /// Starts an operator session on this thread for a socket that was just opened by the sign-in
    /// of that digest. None: the operator has too many sockets, or the node goes down.
    pub fn open_session(
        &self,
        operator: &OperatorId,
        sign_in: &str,
        socket: SocketLink,
    ) -> Option<SessionLink> {
        if self.parts.is_draining() {
            return None;
        }
        let came = self.parts.presence.came(operator, self.parts.settings.sockets_per_operator)?;
        let session =
            OperatorSession::start(self.clone(), operator.clone(), sign_in.into(), socket);
        match came {
            // Whether he is here is news to nobody else.
            Came::WithOthers => {}
            Came::First => self.node_send(SocketCame(operator.clone())),
        }
        Some(SessionLink { received: session.clone().recipient(), closed: session.recipient() })
    }

    /// The shard of a new line: the one with the fewest.
    pub fn shard_for_new_line(&self) -> ShardId {
        let directory = self.directory();
        let lines_in = |shard: &ShardId| {
            directory.lines.values().filter(|line| line.value.shard == *shard).count()
        };
        (0..self.shards()).map(ShardId).min_by_key(lines_in).unwrap_or(ShardId(0))
    }

    /// Sends the browsers away, finishes what is at hand, and gives the shards to the other nodes.
    /// Takes as long as the store does.
    pub async fn drain(&self) {
        self.parts.draining.store(true, Ordering::Relaxed);
        self.feed_send(EndSessions::All);
        match (&self.parts.leases, self.parts.node.get()) {
            (Some(_), Some(node)) => {
                let _stopped = node.send(GiveAll).await;
            }
            (None, _) | (_, None) => self.settle().await,
        }
    }

    /// Returns when nothing is left to be done now: no round, no send, nothing that one of them
    /// caused. Timers do not count.
    pub async fn settle(&self) {
        let mut before = None;
        loop {
            for shard in (0..self.shards()).map(ShardId) {
                let (done, settled) = oneshot::channel();
                self.parts.with_shard(shard, |addr| addr.do_send(Settle(done)));
                let _not_running = settled.await;
            }
            if let Some(delivery) = self.parts.delivery.get() {
                let (done, settled) = oneshot::channel();
                delivery.do_send(SettleDelivery(done));
                let _stopped = settled.await;
            }
            if let Some(copying) = self.parts.copying.get() {
                let (done, settled) = oneshot::channel();
                copying.do_send(SettleCopying(done));
                let _stopped = settled.await;
            }
            self.parts.at_work.rests().await;
            let ends = self.ends().await.ok();
            if ends == before {
                return;
            }
            before = ends;
        }
    }

    pub(crate) fn feed_send<M>(&self, message: M)
    where
        M: Message<Result = ()> + Send + 'static,
        Feed: Handler<M>,
    {
        if let Some(feed) = self.parts.feed.get() {
            feed.do_send(message);
        }
    }

    pub(crate) fn node_send<M>(&self, message: M)
    where
        M: Message<Result = ()> + Send + 'static,
        Node: Handler<M>,
    {
        if let Some(node) = self.parts.node.get() {
            node.do_send(message);
        }
    }

    /// Where all feeds stand.
    pub(crate) async fn ends(&self) -> Result<Ends, Unavailable> {
        let stopped = || Unavailable("the feed has stopped".into());
        let feed = self.parts.feed.get().ok_or_else(stopped)?;
        feed.send(AskEnds).await.map_err(|_| stopped())
    }

    /// What happened behind these places, as far as memory has it. None: one of them is in a shard of
    /// which nothing is known here.
    pub(crate) async fn since(
        &self,
        known: BTreeMap<ShardId, Place>,
    ) -> Result<Option<Missed>, Unavailable> {
        let stopped = || Unavailable("the feed has stopped".into());
        let feed = self.parts.feed.get().ok_or_else(stopped)?;
        feed.send(Since(known)).await.map_err(|_| stopped())
    }

    /// The person as he sees himself.
    pub(crate) fn me(&self, who: &Operator) -> Me {
        let directory = self.directory();
        let supervises = match who.role {
            Role::Administrator => directory.lines.keys().cloned().collect(),
            Role::Supervisor | Role::Operator => who.supervises.clone(),
        };
        Me {
            id: who.id.clone(),
            name: who.name.clone(),
            role: who.role,
            status: who.status,
            status_reason: who.status_reason.clone(),
            set_away: who.set_away,
            queues: directory.queues_of(&who.id).to_vec(),
            supervises,
        }
    }

    pub(crate) fn snapshot_frame(
        &self,
        from: &BTreeMap<ShardId, Place>,
        rows: Vec<Row>,
    ) -> ServerFrame {
        let directory = self.directory();
        let place = |(shard, place): (&ShardId, &Place)| encode::feed_position(*shard, *place);
        ServerFrame::Snapshot {
            positions: from.iter().map(place).collect(),
            lines: directory.lines.values().map(|l| encode::line_view(&l.value)).collect(),
            channels: directory.channels.values().map(|c| encode::channel_view(&c.value)).collect(),
            operators: directory
                .operators
                .values()
                .map(|o| encode::operator_view(&o.value))
                .collect(),
            rows,
        }
    }
}
