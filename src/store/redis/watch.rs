//! Looks every now and then whether the server is still one that may be trusted.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::store::redis::checks::{Verdict, judge};
use crate::store::redis::door::Door;
use crate::store::redis::facts::Facts;
use crate::store::redis::script::Scripts;
use crate::store::redis::settings::RedisSettings;

/// Of the memory that the server may use, in percent: somebody should look, and soon.
const MEMORY_HIGH: u64 = 60;
const MEMORY_VERY_HIGH: u64 = 80;

/// What is wrong, for whoever asks.
pub(super) type Receiver = watch::Receiver<Option<String>>;

pub(super) struct Watch {
    door: Arc<Door>,
    settings: RedisSettings,
    scripts: Arc<Scripts>,
    pub(super) store_id: String,
    trouble: watch::Sender<Option<String>>,
}

impl Watch {
    pub(super) fn new(door: Arc<Door>, settings: RedisSettings, scripts: Arc<Scripts>) -> Self {
        let trouble = watch::Sender::new(None);
        Self { door, settings, scripts, store_id: String::new(), trouble }
    }

    pub(super) fn trouble(&self) -> Receiver {
        self.trouble.subscribe()
    }

    pub(super) async fn look_for_ever(self) {
        let mut looks = interval(self.settings.look_every);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first is at once: whoever started this has just looked.
        looks.tick().await;
        loop {
            looks.tick().await;
            // A server that does not answer is noticed by everybody who asks it for something.
            if let Ok(facts) = Facts::look(&self.door, &self.settings, &self.scripts).await {
                self.weigh(&facts);
            }
        }
    }

    fn weigh(&self, facts: &Facts) {
        let findings = judge(facts, &self.settings, Some(&self.store_id));
        let refused = findings.into_iter().find_map(|finding| match finding.verdict {
            Verdict::Refused(why) => Some(format!("{}: {why}", finding.what)),
            Verdict::Fine(_) | Verdict::Warning(_) => None,
        });
        match facts.memory_percent() {
            Some(percent @ MEMORY_VERY_HIGH..) => {
                tracing::error!(percent, "the memory of the store is nearly used up");
            }
            Some(percent @ MEMORY_HIGH..) => {
                tracing::warn!(percent, "the memory of the store fills up");
            }
            Some(_) | None => {}
        }
        self.trouble.send_if_modified(|before| {
            let differs = *before != refused;
            if differs {
                if let Some(why) = &refused {
                    tracing::error!(why, "the store is not to be trusted any more");
                } else {
                    tracing::info!("the store is to be trusted again");
                }
                *before = refused;
            }
            differs
        });
    }
}

impl Facts {
    /// How much of what the server may use it uses.
    fn memory_percent(&self) -> Option<u64> {
        let number = |key: &str| self.info.get(key)?.parse::<u64>().ok();
        let most = number("maxmemory").filter(|most| *most > 0);
        let most = most.or_else(|| number("total_system_memory"))?;
        (number("used_memory")? * 100).checked_div(most)
    }
}
