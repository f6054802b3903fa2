//! Which hubs requests are sent to: all of them, or, as a proxy in front of them does it, those that
//! say they are ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;

use crate::http;

const LOOK_EVERY: Duration = Duration::from_millis(100);

#[derive(Clone)]
pub(crate) struct Rotation {
    hubs: Arc<[Hub]>,
}

struct Hub {
    address: String,
    is_in: AtomicBool,
}

impl Rotation {
    pub(crate) fn of_all(addresses: &[String]) -> Self {
        let hub = |address: &String| Hub { address: address.clone(), is_in: AtomicBool::new(true) };
        Self { hubs: addresses.iter().map(hub).collect() }
    }

    /// Who does not say that he is ready, or does not say anything, is left out.
    pub(crate) fn of_ready(addresses: &[String]) -> Self {
        let rotation = Self::of_all(addresses);
        for n in 0..addresses.len() {
            let hubs = rotation.hubs.clone();
            tokio::spawn(async move {
                let hub = &hubs[n];
                let request = http::get(&hub.address, "/readyz");
                loop {
                    let answer = http::ask(&hub.address, &request, Duration::from_secs(1)).await;
                    hub.is_in.store(answer.is(200), Ordering::Relaxed);
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            });
        }
        rotation
    }

    /// None: nobody is ready.
    pub(crate) fn next(&self, chance: &mut StdRng) -> Option<String> {
        let is_in = |hub: &&Hub| hub.is_in.load(Ordering::Relaxed);
        let ready: Vec<&Hub> = self.hubs.iter().filter(is_in).collect();
        let n = (!ready.is_empty()).then(|| chance.random_range(0..ready.len()))?;
        Some(ready[n].address.clone())
    }
}
