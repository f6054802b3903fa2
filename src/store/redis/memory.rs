//! How full the memory of the server is: looked at often, as nothing is ever thrown away when it is.

use std::sync::Arc;

use redis::{InfoDict, pipe};
use tokio::sync::watch;
use tokio::time::{Duration, MissedTickBehavior, interval};

use crate::store::redis::Shared;
use crate::store::{MEMORY_FULL, MEMORY_HIGH, MEMORY_VERY_HIGH};

/// How much of what the server may use it uses, in percent.
pub(super) type Receiver = watch::Receiver<Option<u8>>;

/// Looks as long as the store is open. Of a server that does not answer the last is known.
pub(super) async fn look_for_ever(
    on: Arc<Shared>,
    every: Duration,
    percent: watch::Sender<Option<u8>>,
) {
    let mut looks = interval(every);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before = 0;
    loop {
        looks.tick().await;
        let asked = pipe().cmd("INFO").arg("memory").to_owned();
        let Ok((info,)) = on.readers.query::<(InfoDict,)>(&asked).await else { continue };
        let Some(now) = percent_of(&info) else { continue };
        metrics::gauge!("switchboard_store_memory_percent").set(f64::from(now));
        tell(now, std::mem::replace(&mut before, now));
        percent.send_replace(Some(now));
    }
}

fn percent_of(info: &InfoDict) -> Option<u8> {
    let most = info.get::<u64>("maxmemory").filter(|most| *most > 0);
    let most = most.or_else(|| info.get("total_system_memory"))?;
    let percent = (info.get::<u64>("used_memory")? * 100).checked_div(most)?;
    Some(u8::try_from(percent).unwrap_or(u8::MAX))
}

/// Says so when it is so full that somebody should look, and when it is not any more.
fn tell(percent: u8, before: u8) {
    let passed = |mark| before < mark && percent >= mark;
    if passed(MEMORY_FULL) {
        tracing::error!(percent, "the memory of the store is full: no new conversations are taken");
    } else if passed(MEMORY_VERY_HIGH) {
        tracing::error!(percent, "the memory of the store is nearly used up");
    } else if passed(MEMORY_HIGH) {
        tracing::warn!(percent, "the memory of the store fills up");
    } else if before >= MEMORY_FULL && percent < MEMORY_FULL {
        tracing::info!(percent, "new conversations are taken again");
    }
}
