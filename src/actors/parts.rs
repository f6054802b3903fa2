//! What all actors of a node share. Handed to each when it starts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use actix::Addr;
use domain::conversation::Conversation;
use domain::entry::{Entry, Record, fold};
use domain::event::Row;
use domain::id::{ConversationId, OperatorId, ShardId};
use domain::limits::Limits as LineLimits;
use domain::operator::Operator;
use jiff::SignedDuration;
use tokio::sync::Notify;

use crate::actors::answers::Answers;
use crate::actors::at_work::AtWork;
use crate::actors::copying::Copying;
use crate::actors::customers::Records;
use crate::actors::delivery::Delivery;
use crate::actors::directory::{DirectoryCell, Versioned};
use crate::actors::encode;
use crate::actors::feed::Feed;
use crate::actors::health::Health;
use crate::actors::node::Node;
use crate::actors::presence::Presence;
use crate::actors::shard::Shard;
use crate::actors::signs::Signs;
use crate::actors::visitor::limits::Limits;
use crate::actors::work::Work;
use crate::channels::kept::Kept;
use crate::clock::Clock;
use crate::cluster::lease::Leases;
use crate::crm::contacts::Region;
use crate::readmodel::ReadModel;
use crate::readmodel::conversations::{Oversees, Visibility};
use crate::store::op::{DocumentKind, InstanceId};
use crate::store::{Store, Unavailable};

/// Records of a history read at a time.
const RECORDS_AT_A_TIME: usize = 256;

/// What `main` decides for the actors.
#[derive(Clone, Debug)]
pub struct NodeSettings {
    /// Where phone numbers without a country code are at home.
    pub region: Region,
    /// The company's name, as customers read it.
    pub company: Arc<str>,
    /// Bounds that hold for all lines.
    pub limits: LineLimits,
    /// Scheme and host under which platforms reach us; none: they cannot.
    pub public_url: Option<String>,
    /// Number of shards of the installation.
    pub shards: u16,
    /// How long a lost connection does not count.
    pub grace_seconds: u32,
    /// Newest events of each shard kept in memory for returning browsers.
    pub events_kept: usize,
    /// Newest events of each shard kept in the store.
    pub events_stored: usize,
    pub sockets_per_operator: usize,
    /// A sign-in that nobody used for that long has ended, and so have its sockets.
    pub sign_in_idle: SignedDuration,
    /// A sign-in ends after that long whatever happens.
    pub sign_in_absolute: SignedDuration,
    /// Commands a second of one socket, sustained and at once.
    pub commands_per_second: u32,
    pub commands_burst: u32,
}

/// The parts of a node.
pub(crate) struct Parts {
    pub(crate) me: InstanceId,
    pub(crate) settings: NodeSettings,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) directory: DirectoryCell,
    pub(crate) records: Arc<Records>,
    pub(crate) read_model: ReadModel,
    pub(crate) presence: Presence,
    /// By shard; none while it is not running here.
    pub(crate) shards: Vec<RwLock<Option<Addr<Shard>>>>,
    /// Told whenever one of them starts or stops.
    pub(crate) shards_changed: Notify,
    /// The node goes down: nothing new is taken.
    pub(crate) draining: AtomicBool,
    pub(crate) feed: OnceLock<Addr<Feed>>,
    pub(crate) delivery: OnceLock<Addr<Delivery>>,
    pub(crate) copying: OnceLock<Addr<Copying>>,
    pub(crate) node: OnceLock<Addr<Node>>,
    pub(crate) outbound: crate::outbound::Outbound,
    /// What platforms have told us.
    pub(crate) kept: Kept,
    /// How the channels are.
    pub(crate) health: Health,
    pub(crate) files: crate::files::Files,
    pub(crate) visitor_limits: Limits,
    /// What platforms were told beside messages.
    pub(crate) signs: Signs,
    /// What is done at the edge before a shard knows of it.
    pub(crate) at_work: AtWork,
    /// None: this node is alone and has all shards.
    pub(crate) leases: Option<Leases>,
    /// What other nodes were asked for.
    pub(crate) answers: Answers,
}

/// A shard's mailbox is full.
pub(crate) struct TooMuch;

/// The parts, shared.
pub(crate) type Shared = Arc<Parts>;

impl Parts {
    /// Hands work to a shard without waiting. `Err`: too much is waiting. None: it does not run
    /// here now, and the work is lost.
    pub(crate) fn hand_to(&self, shard: ShardId, work: Work) -> Option<Result<(), TooMuch>> {
        self.with_shard(shard, |addr| match addr.try_send(work) {
            Ok(()) => Ok(()),
            Err(_) => Err(TooMuch),
        })
    }

    /// Uses a shard's address without cloning it (each clone has a mailbox slot of its own).
    pub(crate) fn with_shard<T>(
        &self,
        shard: ShardId,
        with: impl FnOnce(&Addr<Shard>) -> T,
    ) -> Option<T> {
        let slot = self.shards.get(usize::from(shard.0))?;
        slot.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(with)
    }

    pub(crate) fn set_shard(&self, shard: ShardId, addr: Option<Addr<Shard>>) {
        if let Some(slot) = self.shards.get(usize::from(shard.0)) {
            *slot.write().unwrap_or_else(PoisonError::into_inner) = addr;
        }
        self.shards_changed.notify_waiters();
    }

    pub(crate) fn is_present(&self, operator: &OperatorId) -> bool {
        let grace = SignedDuration::from_secs(self.settings.grace_seconds.into());
        self.presence.is_present(operator, self.clock.now(), grace)
    }

    /// All operators, each with whether he is present.
    pub(crate) fn standings(&self) -> Vec<(Arc<Operator>, bool)> {
        let directory = self.directory.get();
        let stands = |(id, operator): (&OperatorId, &Versioned<Operator>)| {
            (operator.value.clone(), self.is_present(id))
        };
        directory.operators.iter().map(stands).collect()
    }

    /// An operator with whether he is present.
    pub(crate) fn standing(&self, id: &OperatorId) -> Option<(Arc<Operator>, bool)> {
        let directory = self.directory.get();
        directory.operators.get(id).map(|o| (o.value.clone(), self.is_present(id)))
    }

    /// The open conversations of all shards, as the read model has them.
    pub(crate) async fn open_rows(&self) -> Result<Vec<Row>, Unavailable> {
        let everything = Visibility {
            operator: OperatorId::new(""),
            queues: Vec::new(),
            oversees: Oversees::Everything,
        };
        let snapshot = self.read_model.snapshot(everything).await;
        let snapshot =
            snapshot.map_err(|_| Unavailable("the read model does not answer".into()))?;
        Ok(snapshot.rows)
    }

    /// A conversation of any shard as it is stored, open or not.
    pub(crate) async fn stored_conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<Conversation>, Unavailable> {
        let Some(shard) = id.shard().filter(|shard| shard.0 < self.settings.shards) else {
            return Ok(None);
        };
        for kind in [DocumentKind::Conversation, DocumentKind::Archive] {
            if let Some(found) = self.store.document(shard, kind, id.to_string()).await? {
                return Ok(encode::read("conversation", &found.bytes));
            }
        }
        Ok(None)
    }

    /// The entries of a conversation of any shard, as the records after that one leave them.
    pub(crate) async fn entries(
        &self,
        id: &ConversationId,
        mut after: u32,
    ) -> Result<Vec<Entry>, Unavailable> {
        let Some(shard) = id.shard().filter(|shard| shard.0 < self.settings.shards) else {
            return Ok(Vec::new());
        };
        let mut records = Vec::new();
        loop {
            let page = self.store.history(shard, id.clone(), after, RECORDS_AT_A_TIME).await?;
            let is_last = page.len() < RECORDS_AT_A_TIME;
            for (n, bytes) in page {
                after = n;
                records.extend(encode::read::<Record>("record", &bytes));
            }
            if is_last {
                return Ok(fold(records));
            }
        }
    }

    /// The node goes down.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Whether all shards are owned, and those of this node run.
    pub(crate) fn runs_all_shards(&self) -> bool {
        let mut shards = (0..self.settings.shards).map(ShardId);
        let runs = |shard| self.with_shard(shard, |_| ()).is_some();
        match &self.leases {
            None => shards.all(runs),
            Some(leases) => {
                leases.all_owned() && shards.all(|shard| !leases.is_ours(shard) || runs(shard))
            }
        }
    }

    /// Whether all shards that are surely this node's run, and it has come to know the others'.
    pub(crate) fn runs_its_shards(&self) -> bool {
        let Some(leases) = &self.leases else { return self.runs_all_shards() };
        let runs = |shard| self.with_shard(shard, |_| ()).is_some();
        let mut shards = (0..self.settings.shards).map(ShardId);
        leases.has_joined() && shards.all(|shard| !leases.is_ours(shard) || runs(shard))
    }

    /// Whether this node does for a shard what only one may: it runs here, or this node is alone.
    pub(crate) fn serves(&self, shard: ShardId) -> bool {
        self.leases.is_none() || self.with_shard(shard, |_| ()).is_some()
    }

    /// Whether nobody else can have a shard that runs here: looked at before anything is sent out.
    pub(crate) fn surely_owns(&self, shard: ShardId) -> bool {
        self.leases.as_ref().is_none_or(|leases| leases.is_ours(shard))
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parts({})", self.me)
    }
}
