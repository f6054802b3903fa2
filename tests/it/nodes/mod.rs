//! Several nodes over one store, in virtual time: work goes on whoever has it and whoever dies.
//!
//! Every node has a connection of its own to the store; a node whose connection is cut for good is
//! one that was killed: nobody hears of it any more.

mod aside;
mod lagging;
mod leases;
mod memory;
mod together;
mod view;
mod visitors;

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use domain::id::ShardId;
use domain::line::LineSettings;
use switchboard::actors::handle::NodeHandle;
use switchboard::actors::node::{self, Cluster, NodeStart};
use switchboard::clock::Clock;
use switchboard::cluster::lease::Runs;
use switchboard::cluster::settings::Timing;
use switchboard::outbound::{Outbound, OutboundSettings};
use switchboard::readmodel::ReadModel;
use switchboard::store::Store;
use switchboard::store::model::ModelStore;

use crate::story::{MORNING, SHARDS, Story, files_in_memory, node_settings, time_stands_still};

/// The shard of the stories' line.
pub const SHARD: ShardId = ShardId(1);
/// Time passes in steps as short as this: nodes look at each other more often than once a second.
const STEP: Duration = Duration::from_millis(50);
/// Longer than it takes nodes to share out the shards evenly, or to take over what is left behind.
const LONG_MS: u64 = 20_000;

/// Tells a story of these nodes, each of which has its share of the shards when it begins.
pub fn tell_among<const N: usize>(
    names: [&'static str; N],
    settings: impl Fn(&mut LineSettings),
    story: impl AsyncFn(&mut Among),
) {
    actix::System::new().block_on(async {
        let _standing_still = time_stands_still();
        let mut among = Among::begin(&names, &settings).await;
        story(&mut among).await;
        among.settles().await;
        among.books_are_in_order().await;
    });
}

/// A node, and its connection to the store.
struct Member {
    name: &'static str,
    node: NodeHandle,
    store: ModelStore,
}

/// A story that is told at one of several nodes.
pub struct Among {
    story: Story,
    model: ModelStore,
    members: Vec<Member>,
}

impl Deref for Among {
    type Target = Story;

    fn deref(&self) -> &Story {
        &self.story
    }
}

impl DerefMut for Among {
    fn deref_mut(&mut self) -> &mut Story {
        &mut self.story
    }
}

impl Among {
    async fn begin(names: &[&'static str], settings: &impl Fn(&mut LineSettings)) -> Self {
        let model = ModelStore::default();
        let clock = Clock::from(MORNING.parse().unwrap());
        let first = start(names[0], &model.connect(), clock).await;
        while !first.node.is_ready() {
            first.node.settle().await;
            tokio::time::advance(STEP).await;
        }
        let all = Store::Model(model.clone());
        let mut story = Story::begin_at(first.node.clone(), all, settings).await;
        // Whichever of them the story stands at, all of them settle.
        story.others.push(first.node.clone());
        let mut among = Self { story, model, members: vec![first] };
        for name in &names[1..] {
            among.joins(name).await;
        }
        if names.len() > 1 {
            among.passes(LONG_MS).await;
        }
        among
    }

    /// Another node begins.
    pub async fn joins(&mut self, name: &'static str) {
        let store = self.model.connect();
        self.joins_over(name, store).await;
    }

    /// Another node begins, which never hears of anything by a signal.
    pub async fn joins_deaf(&mut self, name: &'static str) {
        let store = self.model.connect_without_signals();
        self.joins_over(name, store).await;
    }

    async fn joins_over(&mut self, name: &'static str, store: ModelStore) {
        let member = start(name, &store, self.story.node.clock().clone()).await;
        self.story.others.push(member.node.clone());
        self.members.push(member);
        self.settles().await;
    }

    /// From now on everything is said and asked there.
    pub fn stands_at(&mut self, name: &str) {
        self.story.node = self.node(name);
    }

    pub fn node(&self, name: &str) -> NodeHandle {
        self.member(name).node.clone()
    }

    fn member(&self, name: &str) -> &Member {
        self.members.iter().find(|member| member.name == name).expect("it has joined")
    }

    /// Lets time pass in short steps, and everything that falls due happen.
    pub async fn passes(&self, ms: u64) {
        for _ in 0..ms.div_ceil(u64::try_from(STEP.as_millis()).unwrap()) {
            tokio::time::advance(STEP).await;
            self.settles().await;
        }
    }

    /// Lets time pass until it is so. Answers how many milliseconds that took.
    pub async fn passes_until(&self, so: impl AsyncFn() -> bool) -> u64 {
        let since = self.now();
        while !so().await {
            self.passes(1).await;
            let ms = self.now().duration_since(since).as_millis();
            assert!(ms < LONG_MS.into(), "it does not come to that");
        }
        u64::try_from(self.now().duration_since(since).as_millis()).unwrap()
    }

    /// The node is killed: it neither writes nor reads any more.
    pub fn is_killed(&self, name: &str) {
        self.member(name).store.cut();
    }

    /// It was not dead: it goes on as if nothing had been.
    pub fn comes_to(&self, name: &str) {
        self.member(name).store.mend();
    }

    /// The store takes what the node writes, and does not answer.
    pub fn waits_for_the_store(&self, name: &str) {
        self.member(name).store.hold();
    }

    /// The store answers what the node has written.
    pub fn hears_from_the_store(&self, name: &str) {
        self.member(name).store.let_go();
    }

    /// The nodes hear that the store has begun anew, perhaps with less than it had.
    pub fn store_is_started_anew(&self) {
        self.model.tells_of_a_start();
    }

    /// From now on so much of the store's memory is used.
    pub fn memory_fills(&self, percent: u8) {
        self.model.fills(percent);
    }

    /// How many entries of an inbox are still to be worked off.
    pub async fn inbox_entries(&self, shard: ShardId) -> usize {
        let at = self.story.store.meta(shard).await.unwrap().inbox_at;
        self.story.store.inbox(shard, at, usize::MAX).await.unwrap().len()
    }

    /// How many entries have been put into an inbox so far.
    pub async fn inbox_end(&self, shard: ShardId) -> u64 {
        let at = self.story.store.meta(shard).await.unwrap().inbox_at;
        at.0 + self.inbox_entries(shard).await as u64
    }

    /// Who has a shard, as the store says.
    pub async fn owner_of(&self, shard: ShardId) -> Option<&'static str> {
        let leases = self.story.store.leases().await.unwrap();
        let lease = leases.into_iter().find(|(id, _)| *id == shard)?.1;
        let owner = lease.owner?;
        let name = owner.0.split('#').next().unwrap();
        self.members.iter().find(|member| member.name == name).map(|member| member.name)
    }

    /// Who does not have the shard.
    pub async fn other_than_owner_of(&self, shard: ShardId) -> &'static str {
        let owner = self.owner_of(shard).await;
        let other = self.members.iter().find(|member| Some(member.name) != owner);
        other.expect("there are several").name
    }

    /// How many shards each node has, in the order of their joining.
    pub async fn shares(&self) -> Vec<usize> {
        let mut owners = Vec::new();
        for shard in 0..SHARDS {
            owners.push(self.owner_of(ShardId(shard)).await);
        }
        let has = |member: &Member| owners.iter().filter(|o| **o == Some(member.name)).count();
        self.members.iter().map(has).collect()
    }
}

async fn start(name: &'static str, store: &ModelStore, clock: Clock) -> Member {
    let settings = OutboundSettings::allowing(&["127.0.0.0/8"]).unwrap();
    let start = NodeStart {
        name: name.into(),
        settings: node_settings(),
        clock,
        store: Store::Model(store.clone()),
        read_model: ReadModel::open(None).unwrap(),
        outbound: Outbound::new(settings).unwrap(),
        files: files_in_memory(),
        cluster: Some(Cluster { timing: Timing::default(), runs: Runs::Here }),
    };
    Member { name, node: node::start(start).await.unwrap(), store: store.clone() }
}
