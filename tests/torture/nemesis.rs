//! What happens to the hubs and their Redis, one thing after the other, as chance wants it.

use std::time::{Duration, Instant};

use rand::Rng as _;
use rand::rngs::StdRng;

use crate::checker::Feeds;
use crate::hubs::Hubs;
use crate::stage::Stage;
use crate::watch::Watch;
use crate::{Figures, HUBS, ms};

/// A hub that was started is ready by then, also on a machine that is busy otherwise.
const READY_WITHIN: Duration = Duration::from_mins(2);
/// A shard that nobody takes in that time is taken by nobody. How long it took is told at the end.
const TAKEN_WITHIN: Duration = Duration::from_mins(1);
/// Longer than a lease.
const ALL_STOPPED: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug)]
enum Fault {
    KillHub,
    StopHub,
    /// As when the machine of all of them sleeps.
    StopAllHubs,
    TerminateHub,
    KillRedis,
    StopRedis,
    CutConnections,
}

const FAULTS: [Fault; 9] = [
    Fault::KillHub,
    Fault::KillHub,
    Fault::StopHub,
    Fault::StopAllHubs,
    Fault::TerminateHub,
    Fault::TerminateHub,
    Fault::KillRedis,
    Fault::StopRedis,
    Fault::CutConnections,
];

/// Rages for that long; when it ends, everything runs.
pub(crate) async fn rages(
    duration: Duration,
    mut chance: StdRng,
    stage: &mut Stage,
    (watch, feeds): (&Watch, &mut Feeds),
) -> Figures {
    let Stage { hubs, redis, proxies, store, .. } = stage;
    let since = Instant::now();
    let mut figures = Figures::default();
    let mut order = Vec::new();
    while since.elapsed() < duration {
        tokio::time::sleep(Duration::from_millis(chance.random_range(500..3_000))).await;
        if order.is_empty() {
            order = FAULTS.to_vec();
        }
        let fault = order.swap_remove(chance.random_range(0..order.len()));
        let hub = one_with_shards(hubs, watch, &mut chance);
        println!("{:>6.1}s {fault:?} {hub}", since.elapsed().as_secs_f32());
        let _gaps_before = watch.gaps();
        let before = takeovers(hubs).await;
        match fault {
            Fault::KillHub => kill(hub, hubs, watch, &mut figures).await,
            Fault::StopHub => {
                let time = Duration::from_millis(chance.random_range(3_500..9_000));
                hubs.stands_still(hub, time, feeds.shorten(store)).await;
                figures.stops += 1;
            }
            Fault::StopAllHubs => {
                hubs.all_stand_still(hub, ALL_STOPPED).await;
                figures.stops += 1;
            }
            Fault::TerminateHub => terminate(hub, hubs, watch, &mut figures).await,
            Fault::KillRedis => redis.is_killed_and_restarts(),
            Fault::StopRedis => redis.stands_still(Duration::from_secs(10)).await,
            Fault::CutConnections => proxies[hub].cuts(),
        }
        for n in 0..HUBS {
            hubs.is_ready(n, READY_WITHIN).await;
        }
        assert!(watch.all_live(TAKEN_WITHIN).await, "shards have nobody");
        let after = takeovers(hubs).await;
        figures.taken_from_living += match fault {
            // Nobody could say that he lived.
            Fault::KillRedis | Fault::StopRedis | Fault::StopAllHubs => {
                (0..HUBS).map(|n| after[n] - before[n]).sum()
            }
            // It did not look while it stood still.
            Fault::StopHub => after[hub] - before[hub],
            // Whoever is gone loses what was his, and so may who was cut off.
            Fault::KillHub | Fault::TerminateHub | Fault::CutConnections => 0,
        };
    }
    figures
}

/// Whoever has nothing to lose is no victim, as long as there are others.
fn one_with_shards(hubs: &Hubs, watch: &Watch, chance: &mut StdRng) -> usize {
    let has_shards = |hub: &usize| !watch.shards_of(hubs.name(*hub)).is_empty();
    let first = chance.random_range(0..HUBS);
    (0..HUBS).map(|next| (first + next) % HUBS).find(has_shards).unwrap_or(first)
}

async fn takeovers(hubs: &Hubs) -> [usize; HUBS] {
    let mut of = [0; HUBS];
    for (n, takeovers) in of.iter_mut().enumerate() {
        *takeovers = hubs.takeovers(n).await;
    }
    of
}

async fn kill(hub: usize, hubs: &mut Hubs, watch: &Watch, figures: &mut Figures) {
    let shards = watch.shards_of(hubs.name(hub));
    hubs.is_killed(hub);
    let since = Instant::now();
    assert!(watch.others_have(&shards, TAKEN_WITHIN).await, "nobody takes over {shards:?}");
    if !shards.is_empty() {
        figures.takeovers_ms.push(ms(since.elapsed()));
    }
    hubs.start(hub);
}

async fn terminate(hub: usize, hubs: &mut Hubs, watch: &Watch, figures: &mut Figures) {
    let shards = watch.shards_of(hubs.name(hub));
    hubs.goes_down(hub).await;
    assert!(watch.others_have(&shards, TAKEN_WITHIN).await, "nobody takes {shards:?}");
    figures.drains_ms.extend(watch.gaps().into_iter().map(ms));
    hubs.start(hub);
}
