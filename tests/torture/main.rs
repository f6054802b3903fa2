//! Three hubs over one Redis, and everything that can happen to them, while customers write and
//! operators answer. Then the whole history is checked.
//!
//! `make torture`, or `DURATION=1200 SEED=7 make torture`. The last line holds the counts; whatever
//! is not zero there is a fault of the hub, and the exit code says so. `make rolling` restarts the hubs
//! one after the other, `make reconnect` breaks all sockets at once.

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
mod reconnect;
mod redis;
mod rolling;
mod rotation;
mod setup;
mod stage;
mod watch;
mod ws;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::rt::System;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::checker::{Feeds, Findings};
use crate::customers::Customers;
use crate::desks::Desks;
use crate::proxy::Proxy;
use crate::rotation::Rotation;
use crate::stage::Stage;
use crate::watch::Watch;

pub(crate) const HUBS: usize = 3;
/// Each with a line, its channel and its shard.
pub(crate) const LINES: u16 = 6;
pub(crate) const SHARDS: u16 = 6;
pub(crate) const CUSTOMERS: usize = 60;
pub(crate) const OPERATORS: usize = 12;

/// What has happened, for the last line.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) takeovers_ms: Vec<u64>,
    pub(crate) drains_ms: Vec<u64>,
    /// How often a hub stood still.
    pub(crate) stops: usize,
    /// Shards that were taken over although their owner lived: a stalled Redis, or a hub that stood
    /// still itself, had made him seem silent.
    pub(crate) taken_from_living: usize,
}

fn main() -> ExitCode {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("DURATION").unwrap_or(90);
    let seed = number("SEED").unwrap_or_else(|| u64::from(std::process::id()));
    match std::env::args().nth(1).as_deref() {
        None => System::new().block_on(torture(Duration::from_secs(seconds), seed)),
        Some("rolling") => System::new().block_on(rolling::restarts(seed)),
        Some("reconnect") => System::new().block_on(reconnect::all_at_once(seed)),
        Some(other) => panic!("there is no {other}"),
    }
}

async fn torture(duration: Duration, seed: u64) -> ExitCode {
    let mut stage = Stage::set(seed).await;
    stage.start_hubs(HUBS).await;
    let calm = Arc::new(AtomicBool::new(false));
    let watch = Watch::begin(stage.store.clone());
    let addresses = stage.hubs.addresses();
    let customers = Customers::begin(&Rotation::of_all(&addresses), seed, &calm);
    let desks = Desks::begin(&addresses, seed, &calm);
    let chance = StdRng::seed_from_u64(seed);
    let mut feeds = Feeds::default();
    let mut figures = nemesis::rages(duration, chance, &mut stage, (&watch, &mut feeds)).await;
    stage.proxies.iter().for_each(Proxy::behaves);
    calm.store(true, Ordering::Relaxed);
    let (acked, _heard) = customers.ended().await;
    checker::rest(&stage.store, &desks).await;
    let (desks, stops) = (desks.ended().await, figures.stops);
    let mut findings =
        checker::check(&stage.store, &acked, &desks, &stage.platform, feeds, stops).await;
    if figures.taken_from_living > 0 {
        findings
            .problem(format!("{} shards were taken from the living", figures.taken_from_living));
    }
    findings.tell();
    report(duration, &findings, &mut figures);
    stage.ends(&findings)
}

fn report(duration: Duration, findings: &Findings, figures: &mut Figures) {
    println!(
        "view: sessions={} gaps={} repeated={} sends={} sends_repeated={} sends_late={} \
         feeds_broken={} taken_from_living={} drain_p100_ms={}",
        findings.sessions,
        findings.gaps,
        findings.seen_twice,
        findings.sends,
        findings.sends_repeated,
        findings.sends_late,
        findings.feeds_broken,
        figures.taken_from_living,
        percentile(&mut figures.drains_ms, 100),
    );
    println!(
        "torture: seconds={} acked={} processed={} lost={} duplicated={} out_of_order={} \
         double_assigned={} orphaned={} takeover_p100_ms={} drain_p95_ms={}",
        duration.as_secs(),
        findings.acked,
        findings.processed,
        findings.lost,
        findings.duplicated,
        findings.out_of_order,
        findings.double_assigned,
        findings.orphaned,
        percentile(&mut figures.takeovers_ms, 100),
        percentile(&mut figures.drains_ms, 95),
    );
}

/// What so many of a hundred do not exceed; 0 of nothing.
pub(crate) fn percentile(of: &mut [u64], percent: usize) -> u64 {
    of.sort_unstable();
    let at = (of.len() * percent).div_ceil(100).saturating_sub(1);
    of.get(at).copied().unwrap_or_default()
}

pub(crate) fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}
