//! The start of a node: what it is made of, and in which order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock, RwLock};

use actix::Actor;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::actors::answers::Answers;
use crate::actors::at_work::AtWork;
use crate::actors::attendance::were_here;
use crate::actors::copying::Copying;
use crate::actors::delivery::Delivery;
use crate::actors::directory::{Directory, DirectoryCell};
use crate::actors::feed::Feed;
use crate::actors::handle::NodeHandle;
use crate::actors::health::Health;
use crate::actors::node::Node;
use crate::actors::node::tidying::Tidying;
use crate::actors::parts::{NodeSettings, Parts};
use crate::actors::presence::Presence;
use crate::actors::rebuild::rebuild;
use crate::actors::signs::Signs;
use crate::actors::visitor::limits::Limits;
use crate::channels::kept::Kept;
use crate::clock::{self, Clock};
use crate::cluster::lease::{Leases, News, Runs};
use crate::cluster::settings::Timing;
use crate::files::Files;
use crate::outbound::Outbound;
use crate::readmodel::ReadModel;
use crate::store::op::{InstanceId, SharedKind};
use crate::store::{Store, Unavailable};

/// Shared documents read at a time.
const PAGE: usize = 256;

/// What a node is made of.
pub struct NodeStart {
    pub name: String,
    pub settings: NodeSettings,
    pub clock: Clock,
    pub store: Store,
    pub read_model: ReadModel,
    pub outbound: Outbound,
    pub files: Files,
    /// None: this node is alone with its store, and owns all shards from start to end.
    pub cluster: Option<Cluster>,
}

/// How a node lives with others over one store.
#[derive(Clone, Copy, Debug)]
pub struct Cluster {
    pub timing: Timing,
    pub runs: Runs,
}

/// Starts a node on the running actix system. Its shards become ready by themselves.
pub async fn start(start: NodeStart) -> Result<NodeHandle, Unavailable> {
    let boot = u32::from_be_bytes(clock::secret_bytes());
    let me = InstanceId(format!("{}#{boot:08x}", start.name).into());
    let (leases, news) = match start.cluster {
        Some(cluster) => {
            let (leases, news) = keep_leases(&start, &me, cluster)?;
            (Some(leases), Some(news))
        }
        None => (None, None),
    };
    let slots = (0..start.settings.shards).map(|_| RwLock::new(None)).collect();
    let parts = Arc::new(Parts {
        me,
        leases,
        answers: Answers::default(),
        settings: start.settings,
        clock: start.clock,
        store: start.store,
        directory: DirectoryCell::default(),
        records: Arc::default(),
        read_model: start.read_model,
        presence: Presence::default(),
        shards: slots,
        shards_changed: Notify::new(),
        draining: AtomicBool::new(false),
        feed: OnceLock::new(),
        delivery: OnceLock::new(),
        copying: OnceLock::new(),
        node: OnceLock::new(),
        outbound: start.outbound,
        kept: Kept::default(),
        health: Health::default(),
        files: start.files,
        visitor_limits: Limits::default(),
        signs: Signs::default(),
        at_work: AtWork::default(),
    });
    for operator in were_here(&parts.store).await? {
        parts.presence.was_here(&operator, parts.clock.now());
    }
    // The directory is read last: the feed goes on from where the read model is.
    let known = rebuild(&parts).await?;
    let read = read_directory(&parts.store).await?;
    parts.directory.change(|empty| *empty = read);
    let feed = Feed::start(parts.clone(), known);
    let _first = parts.feed.set(feed);
    let _first = parts.delivery.set(Delivery::start(parts.clone()));
    let _first = parts.copying.set(Copying::start(parts.clone()));
    let node = Node {
        parts: parts.clone(),
        shards: BTreeMap::new(),
        news,
        polling: false,
        tidying: Tidying::default(),
        lines: BTreeMap::new(),
        pollers: BTreeMap::new(),
        connecting: BTreeSet::new(),
        connect_again: BTreeSet::new(),
        misses: BTreeMap::new(),
    };
    let _first = parts.node.set(node.start());
    Ok(NodeHandle::new(parts))
}

fn keep_leases(
    start: &NodeStart,
    me: &InstanceId,
    cluster: Cluster,
) -> Result<(Leases, UnboundedReceiver<News>), Unavailable> {
    let Cluster { timing, runs } = cluster;
    Leases::start(&start.store, me.clone(), start.settings.shards, timing, runs)
        .map_err(|error| Unavailable(format!("the leases cannot be kept: {error}")))
}

pub(crate) async fn read_directory(store: &Store) -> Result<Directory, Unavailable> {
    let kinds = [
        SharedKind::Line,
        SharedKind::Channel,
        SharedKind::Operator,
        SharedKind::Account,
        SharedKind::SignIn,
    ];
    let mut directory = Directory::default();
    for kind in kinds {
        let mut after = None;
        loop {
            let page = store.shared_all(kind, after.take(), PAGE).await?;
            for document in &page {
                directory.take(kind.as_str(), &document.id, document.version, &document.bytes);
            }
            if page.len() < PAGE {
                break;
            }
            after = page.last().map(|document| document.id.clone());
        }
    }
    Ok(directory)
}
