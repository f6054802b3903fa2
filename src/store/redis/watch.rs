//! Looks every now and then whether the server is still one that may be trusted.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::store::redis::checks::{Verdict, judge};
use crate::store::redis::door::Door;
use crate::store::redis::facts::Facts;
use crate::store::redis::script::Scripts;
use crate::store::redis::settings::RedisSettings;

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
