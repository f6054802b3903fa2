//! Nodes as stories start them, on whatever store.

use domain::limits::Limits;
use jiff::SignedDuration;
use switchboard::actors::handle::NodeHandle;
use switchboard::actors::node::{self, NodeStart};
use switchboard::actors::parts::NodeSettings;
use switchboard::clock::Clock;
use switchboard::crm::contacts::Region;
use switchboard::files::{FileLimits, Files};
use switchboard::outbound::{Outbound, OutboundSettings};
use switchboard::readmodel::ReadModel;
use switchboard::store::Store;

use crate::story::SHARDS;

/// A node on a store, as `main` would start it.
pub async fn start_node(store: &Store, clock: Clock) -> NodeHandle {
    let settings = OutboundSettings::allowing(&["127.0.0.0/8"]).unwrap();
    let read_model = ReadModel::open(None).unwrap();
    start_node_with(store, clock, read_model, Outbound::new(settings).unwrap()).await
}

/// As [`start_node`], with parts that a story has prepared.
pub async fn start_node_with(
    store: &Store,
    clock: Clock,
    read_model: ReadModel,
    outbound: Outbound,
) -> NodeHandle {
    let start = NodeStart {
        name: "story".into(),
        settings: node_settings(),
        clock,
        store: store.clone(),
        read_model,
        outbound,
        files: files_in_memory(),
        cluster: None,
    };
    node::start(start).await.unwrap()
}

pub fn node_settings() -> NodeSettings {
    NodeSettings {
        company: "Acme".into(),
        limits: Limits::default(),
        region: Region::parse("US").unwrap(),
        public_url: Some("https://hub.example".into()),
        sign_in_idle: SignedDuration::from_hours(12),
        sign_in_absolute: SignedDuration::from_hours(168),
        shards: SHARDS,
        grace_seconds: 30,
        events_kept: 1_000,
        events_stored: 10_000,
        sockets_per_operator: 5,
        commands_per_second: 100_000,
        commands_burst: 100_000,
    }
}

/// Files that are gone with the story.
pub fn files_in_memory() -> Files {
    Files::in_memory(FileLimits {
        bytes_max: 1024 * 1024,
        conversation_files_max: 20,
        conversation_bytes_max: 4 * 1024 * 1024,
    })
}
