//! Three hubs over one Redis, and everything that can happen to them, while customers write and
//! operators answer. Then the whole history is checked.
//!
//! `make torture`, or `DURATION=1200 SEED=7 make torture`. The last line holds the counts; whatever
//! is not zero there is a fault of the hub, and the exit code says so.

#![expect(clippy::unwrap_used, reason = "a torture fails by panicking")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "real processes live in real time")]

mod checker;
mod customers;
mod desks;
mod http;
mod hubs;
mod nemesis;
mod platform;
mod proxy;
mod redis;
mod setup;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::customers::Customers;
use crate::desks::Desks;
use crate::hubs::Hubs;
use crate::platform::Platform;
use crate::proxy::Proxy;
use crate::redis::Redis;
use crate::watch::Watch;

pub(crate) const HUBS: usize = 3;
/// Each with a line, its channel and its shard.
pub(crate) const LINES: u16 = 6;
pub(crate) const SHARDS: u16 = 6;
pub(crate) const CUSTOMERS: usize = 60;
pub(crate) const OPERATORS: usize = 12;
/// How long everything has to come to rest when the last fault is over.
const REST: Duration = Duration::from_secs(20);

/// What has happened, for the last line.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) takeovers_ms: Vec<u64>,
    pub(crate) drains_ms: Vec<u64>,
}

fn main() -> ExitCode {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("DURATION").unwrap_or(90);
    let seed = number("SEED").unwrap_or_else(|| u64::from(std::process::id()));
    actix_web::rt::System::new().block_on(torture(Duration::from_secs(seconds), seed))
}

async fn torture(duration: Duration, seed: u64) -> ExitCode {
    let directory = tempfile::tempdir().unwrap().keep();
    println!(
        "torture: seed={seed} duration={} logs in {}",
        duration.as_secs(),
        directory.display()
    );
    let redis = Redis::start(&directory.join("redis"));
    let platform = Platform::start().await;
    setup::furnish(&redis.url(), &platform.address).await;
    let proxies = proxies(&redis, seed).await;
    let mut hubs = Hubs::new(&directory, &proxies);
    for n in 0..HUBS {
        hubs.start(n);
    }
    for n in 0..HUBS {
        hubs.is_ready(n, Duration::from_mins(1)).await;
    }
    let calm = Arc::new(AtomicBool::new(false));
    let watch = Watch::begin(&redis.url());
    let customers = Customers::begin(&hubs.addresses(), seed, &calm);
    let desks = Desks::begin(&hubs.addresses(), seed, &calm);
    let chance = StdRng::seed_from_u64(seed);
    let figures = nemesis::rages(duration, chance, &mut hubs, &redis, &proxies, &watch).await;
    proxies.iter().for_each(Proxy::behaves);
    calm.store(true, Ordering::Relaxed);
    let acked = customers.ended().await;
    tokio::time::sleep(REST).await;
    let desks = desks.ended().await;
    let findings = checker::check(&redis.url(), &acked, &desks, &platform).await;
    drop((hubs, redis));
    report(duration, &findings, &figures);
    if findings.is_clean() {
        std::fs::remove_dir_all(&directory).unwrap();
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

async fn proxies(redis: &Redis, seed: u64) -> Vec<Proxy> {
    let mut proxies = Vec::new();
    for n in 0..HUBS {
        proxies.push(Proxy::start(redis.port, seed.wrapping_add(n as u64)).await);
    }
    proxies
}

fn report(duration: Duration, findings: &checker::Findings, figures: &Figures) {
    for problem in findings.problems.iter().take(20) {
        println!("found: {problem}");
    }
    let takeover = figures.takeovers_ms.iter().max().copied().unwrap_or_default();
    let mut drains = figures.drains_ms.clone();
    drains.sort_unstable();
    let p95 = drains.get((drains.len() * 95).div_ceil(100).saturating_sub(1));
    println!(
        "view: sessions={} gaps={} repeated={} sends={} sends_repeated={} feeds_broken={}",
        findings.sessions,
        findings.gaps,
        findings.seen_twice,
        findings.sends,
        findings.sends_repeated,
        findings.feeds_broken,
    );
    println!(
        "torture: seconds={} acked={} processed={} lost={} duplicated={} out_of_order={} \
         double_assigned={} orphaned={} takeover_p100_ms={takeover} drain_p95_ms={}",
        duration.as_secs(),
        findings.acked,
        findings.processed,
        findings.lost,
        findings.duplicated,
        findings.out_of_order,
        findings.double_assigned,
        findings.orphaned,
        p95.copied().unwrap_or_default(),
    );
}
