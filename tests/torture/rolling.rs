//! An upgrade under load: one hub after the other is told to end, and started again, each when the one
//! before is ready. In front of them stands what a proxy does: who is not ready gets nothing new.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::checker::Feeds;
use crate::customers::Customers;
use crate::desks::Desks;
use crate::proxy::Proxy;
use crate::rotation::Rotation;
use crate::stage::Stage;
use crate::watch::Watch;
use crate::{HUBS, checker, ms, percentile};

const ROUNDS: usize = 2;
const BETWEEN: Duration = Duration::from_secs(2);

pub(crate) async fn restarts(seed: u64) -> ExitCode {
    let mut stage = Stage::set(seed).await;
    stage.proxies.iter().for_each(Proxy::behaves);
    stage.start_hubs(HUBS).await;
    let calm = Arc::new(AtomicBool::new(false));
    let watch = Watch::begin(stage.store.clone());
    let rotation = Rotation::of_ready(&stage.hubs.addresses());
    let customers = Customers::begin(&rotation, seed, &calm);
    let desks = Desks::begin(&stage.hubs.addresses(), seed, &calm);
    let mut drains = Vec::new();
    for n in (0..ROUNDS).flat_map(|_| 0..HUBS) {
        tokio::time::sleep(BETWEEN).await;
        let _gaps_before = watch.gaps();
        stage.hubs.goes_down(n).await;
        stage.hubs.start(n);
        stage.hubs.is_ready(n, Duration::from_mins(2)).await;
        drains.extend(watch.gaps().into_iter().map(ms));
    }
    calm.store(true, Ordering::Relaxed);
    let (acked, heard) = customers.ended().await;
    checker::rest(&stage.store, &desks).await;
    let desks = desks.ended().await;
    let mut findings =
        checker::check(&stage.store, &acked, &desks, &stage.platform, Feeds::default(), 0).await;
    if heard.broken > 0 {
        findings.problem(format!("{} requests were broken off", heard.broken));
    }
    findings.tell();
    println!(
        "rolling: restarts={} acked={} processed={} taken={} later={} refused={} broken={} late={} \
         lost={} duplicated={} out_of_order={} drain_p95_ms={} drain_p100_ms={}",
        ROUNDS * HUBS,
        findings.acked,
        findings.processed,
        heard.taken,
        heard.later,
        heard.refused,
        heard.broken,
        heard.late,
        findings.lost,
        findings.duplicated,
        findings.out_of_order,
        percentile(&mut drains, 95),
        percentile(&mut drains, 100),
    );
    stage.ends(&findings)
}
