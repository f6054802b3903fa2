//! What all scenarios stand on: a Redis, a platform, a furnished store, and hubs that are not started.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use switchboard::store::Store;
use switchboard::store::redis::RedisSettings;

use crate::checker::Findings;
use crate::hubs::Hubs;
use crate::platform::Platform;
use crate::proxy::Proxy;
use crate::redis::Redis;
use crate::{HUBS, SHARDS, setup};

pub(crate) struct Stage {
    directory: PathBuf,
    pub(crate) redis: Redis,
    pub(crate) platform: Platform,
    pub(crate) proxies: Vec<Proxy>,
    pub(crate) hubs: Hubs,
    /// Past all proxies.
    pub(crate) store: Store,
}

impl Stage {
    pub(crate) async fn set(seed: u64) -> Self {
        let directory = tempfile::tempdir().unwrap().keep();
        println!("torture: seed={seed} logs in {}", directory.display());
        let redis = Redis::start(&directory.join("redis"));
        let platform = Platform::start().await;
        setup::furnish(&redis.url(), &platform.address).await;
        let mut proxies = Vec::new();
        for n in 0..HUBS {
            proxies.push(Proxy::start(redis.port, seed.wrapping_add(n as u64)).await);
        }
        let hubs = Hubs::new(&directory, &proxies);
        let at = RedisSettings::at(&redis.url(), "sb:").unwrap();
        let store = Store::redis(&RedisSettings { shards: SHARDS, ..at }).unwrap();
        Self { directory, redis, platform, proxies, hubs, store }
    }

    pub(crate) async fn start_hubs(&mut self, hubs: usize) {
        for n in 0..hubs {
            self.hubs.start(n);
        }
        for n in 0..hubs {
            self.hubs.is_ready(n, Duration::from_mins(2)).await;
        }
    }

    /// Logs and the store are kept when something was found.
    pub(crate) fn ends(self, findings: &Findings) -> ExitCode {
        let directory = self.directory.clone();
        drop(self);
        if findings.is_clean() {
            std::fs::remove_dir_all(&directory).unwrap();
            return ExitCode::SUCCESS;
        }
        ExitCode::FAILURE
    }
}
