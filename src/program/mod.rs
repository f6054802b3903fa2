//! Putting the layers together: what `serve`, `check` and `demo` have in common.
//!
//! Hands each layer its own section of the configuration. Decides nothing about conversations.

mod failure;
mod log;
mod running;

use std::path::Path;
use std::time::Duration;

use domain::limits::Limits;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::actors::handle::NodeHandle;
use crate::actors::node::{self, Cluster, NodeStart};
use crate::actors::parts::NodeSettings;
use crate::clock::Clock;
use crate::cluster::lease::Runs;
use crate::config::{Config, Durability, Redis, StoreKind};
use crate::files::{Bucket, FileLimits, Files};
use crate::outbound::{Outbound, OutboundSettings};
use crate::readmodel::ReadModel;
use crate::store::Store;
use crate::store::redis::{
    Durability as Promise, Finding, RedisSettings, Verdict, check as look_at_redis,
};

pub use failure::Failure;
pub use log::write_logs;
pub use running::Running;

/// Lists can be built anew from the store, so they have a file of their own beside it.
const READ_MODEL: &str = "read-model.sqlite";
/// Where files are, unless the configuration says otherwise: beside the store.
const FILES: &str = "files";
/// For all shards to be read.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// Between two looks of the recorder through what it has measured.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Opens the data directory, or the Redis. Waits for it.
pub async fn open_store(config: &Config) -> Result<Store, Failure> {
    let store = match config.store.kind {
        StoreKind::Sqlite => Store::sqlite(&config.store.directory)?,
        StoreKind::Redis => open_redis(&redis_settings(config)?)?,
    };
    let stored = store.leases().await?.into_iter().map(|(shard, _)| shard.0 + 1).max();
    match stored {
        Some(stored) if stored > config.store.shards => {
            Err(Failure::FewerShards { stored, set: config.store.shards })
        }
        Some(_) | None => Ok(store),
    }
}

/// Takes a Redis only if it promises what the settings ask for, and tells what is doubtful.
fn open_redis(settings: &RedisSettings) -> Result<Store, Failure> {
    for Finding { what, verdict } in look_at_redis(settings)? {
        match verdict {
            Verdict::Fine(_) => {}
            Verdict::Warning(why) => tracing::warn!(what, why, "the store is not as it should be"),
            Verdict::Refused(why) => return Err(Failure::StoreRefused { what, why }),
        }
    }
    Ok(Store::redis(settings)?)
}

/// Where Redis is, and what is asked of it.
pub fn redis_settings(config: &Config) -> Result<RedisSettings, Failure> {
    let Redis { url, sentinels, service, prefix, durability, allow_volatile, insecure } =
        &config.redis;
    let sentinels: Vec<String> = sentinels.iter().map(|url| url.expose().to_owned()).collect();
    let settings = if sentinels.is_empty() {
        RedisSettings::at(url.expose(), prefix)
    } else {
        RedisSettings::behind_sentinels(&sentinels, service, url.expose(), prefix)
    };
    Ok(RedisSettings {
        shards: config.store.shards,
        durability: match durability {
            Durability::Strict => Promise::Strict,
            Durability::Relaxed => Promise::Relaxed,
        },
        allow_volatile: *allow_volatile,
        insecure: *insecure,
        ..settings.map_err(|_| Failure::RedisAddress)?
    })
}

/// The way out, to public addresses and the networks of the configuration.
pub fn way_out(config: &Config) -> Result<Outbound, Failure> {
    let allow_networks = config.outbound.allow_networks.clone();
    Ok(Outbound::new(OutboundSettings { allow_networks, ..OutboundSettings::default() })?)
}

/// Where files are kept: the bucket of the configuration, else its directory. Waits for the disk.
pub fn open_files(config: &Config) -> Result<Files, Failure> {
    let set = &config.files;
    let limits = FileLimits {
        bytes_max: set.bytes_max,
        conversation_files_max: set.conversation_files_max,
        conversation_bytes_max: set.conversation_bytes_max,
    };
    if set.bucket.is_empty() {
        let beside = config.store.directory.join(FILES);
        let directory = if set.directory.as_os_str().is_empty() { &beside } else { &set.directory };
        return Ok(Files::in_directory(directory, limits)?);
    }
    let bucket = Bucket {
        name: set.bucket.clone(),
        endpoint: set.endpoint.clone(),
        region: set.region.clone(),
        access_key: set.access_key.expose().to_owned(),
        secret_key: set.secret_key.expose().to_owned(),
    };
    Ok(Files::in_bucket(&bucket, limits)?)
}

/// Starts a node in the current actix system. When it returns, all shards run.
pub async fn start_node(config: &Config, clock: Clock) -> Result<NodeHandle, Failure> {
    let store = open_store(config).await?;
    std::fs::create_dir_all(&config.store.directory)?;
    let read_model = ReadModel::open(Some(&config.store.directory.join(Path::new(READ_MODEL))))?;
    let node = node::start(NodeStart {
        name: config.cluster.node.clone(),
        settings: node_settings(config),
        clock,
        store,
        read_model,
        outbound: way_out(config)?,
        files: open_files(config)?,
        cluster: match config.store.kind {
            // One process holds the file: there is nobody to share with.
            StoreKind::Sqlite => None,
            StoreKind::Redis => {
                Some(Cluster { timing: config.cluster.timing(), runs: Runs::Apart })
            }
        },
    });
    let node = node.await?;
    tokio::time::timeout(READY_WITHIN, node.ready()).await.map_err(|_| Failure::NotReady)?;
    Ok(node)
}

/// Collects the numbers of the whole process from now on. Once a process.
pub fn count_numbers() -> Result<PrometheusHandle, Failure> {
    PrometheusBuilder::new().install_recorder().map_err(|error| Failure::Numbers(error.to_string()))
}

/// Keeps the memory of the recorder bounded, for as long as the actix system runs.
pub fn keep_up(numbers: PrometheusHandle) {
    actix::spawn(async move {
        let mut tick = tokio::time::interval(UPKEEP_EVERY);
        loop {
            tick.tick().await;
            numbers.run_upkeep();
        }
    });
}

fn node_settings(config: &Config) -> NodeSettings {
    let public = &config.server.public_url;
    NodeSettings {
        region: config.company.country,
        company: config.company.name.as_str().into(),
        limits: Limits {
            place_idle: config.capacity.idle(),
            open_offers: config.limits.open_offers,
            texts_per_hour: config.limits.texts_per_hour,
            texts_per_day: config.limits.texts_per_day,
            ..Limits::default()
        },
        public_url: public.is_https().then(|| public.as_str().to_owned()),
        sign_in_idle: config.sessions.idle(),
        sign_in_absolute: config.sessions.absolute(),
        shards: config.store.shards,
        grace_seconds: config.sessions.grace_seconds,
        events_kept: config.feed.events_per_shard_in_memory,
        events_stored: config.feed.feed_keep,
        sockets_per_operator: config.limits.sockets_per_operator,
        commands_per_second: config.limits.commands_per_second,
        commands_burst: config.limits.commands_burst,
    }
}
