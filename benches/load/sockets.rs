//! Many consoles at once: opened, idle, cut all together, back again.

#![expect(
    clippy::disallowed_methods,
    reason = "browsers wait, each as long as chance will have it"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rand::Rng as _;
use switchboard::clock;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;

use crate::furnish::BYSTANDERS;
use crate::hub::{CONSOLES_OF_ONE, Hubs};
use crate::socket::{Positions, Socket};

/// Half of what each who has nothing to do may open: who comes back may be there before the hub knows
/// that he was gone.
pub(crate) const CONSOLES_MAX: usize = BYSTANDERS * CONSOLES_OF_ONE / 2;
/// Consoles that are being opened at any moment, in the beginning.
const OPENING: usize = 64;
/// Before memory and CPU are read, and for how long CPU is.
const IDLE: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(5);
/// Longest that opening or coming back may last.
const PATIENCE: Duration = Duration::from_mins(1);
/// A browser comes back after a pause of up to so long, twice as long after each attempt.
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(16);

/// What many consoles came to.
#[derive(Clone, Debug)]
pub(crate) struct Crowd {
    pub(crate) sockets: usize,
    pub(crate) opened_per_second: f64,
    pub(crate) kib_per_socket: Option<f64>,
    /// CPU microseconds of the hubs for each second, without any.
    pub(crate) bare_cpu_us: Option<f64>,
    /// What each second and socket adds to that.
    pub(crate) cpu_us: Option<f64>,
    /// From the cut of all to the moment when the last was back and caught up.
    pub(crate) back_seconds: f64,
}

/// One browser.
struct Browser {
    address: SocketAddr,
    operator: usize,
    /// How often one has caught up.
    caught_up: Arc<AtomicUsize>,
    /// Permits to open for the first time.
    opening: Arc<Semaphore>,
    cuts: watch::Receiver<u32>,
}

pub(crate) fn measure(hubs: &Hubs, sockets: usize) -> Crowd {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build().unwrap();
    let (cut, cuts) = watch::channel(0);
    let (caught_up, opening) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(OPENING)));
    let bare_cpu_us = runtime.block_on(cpu_us_of_a_second(hubs));
    let resident_before = hubs.resident_kib();
    let began = clock::monotonic();
    for n in 0..sockets {
        let (caught_up, opening, cuts) = (caught_up.clone(), opening.clone(), cuts.clone());
        let operator = hubs.stage.operators + n % BYSTANDERS;
        let browser = Browser { address: hubs.address(n), operator, caught_up, opening, cuts };
        runtime.spawn(browser.stays());
    }
    runtime.block_on(reaches(&caught_up, sockets));
    let opened = began.elapsed();
    runtime.block_on(async { sleep(IDLE).await });
    let cpu_us = runtime.block_on(cpu_us_of_a_second(hubs));
    let resident = hubs.resident_kib().zip(resident_before);
    let resident = resident.map(|(after, before)| after.saturating_sub(before));
    let cut_at = clock::monotonic();
    let before = caught_up.load(Ordering::Relaxed);
    cut.send_replace(1);
    runtime.block_on(reaches(&caught_up, before + sockets));
    let number = f64::from(u32::try_from(sockets).unwrap());
    Crowd {
        sockets,
        opened_per_second: number / opened.as_secs_f64(),
        kib_per_socket: resident.map(|kib| f64::from(u32::try_from(kib).unwrap()) / number),
        bare_cpu_us,
        cpu_us: cpu_us.zip(bare_cpu_us).map(|(all, bare)| (all - bare).max(0.0) / number),
        back_seconds: cut_at.elapsed().as_secs_f64(),
    }
}

/// CPU microseconds of the hubs in a second, while nothing is done.
async fn cpu_us_of_a_second(hubs: &Hubs) -> Option<f64> {
    let before = hubs.cpu()?;
    sleep(IDLE).await;
    Some(hubs.cpu()?.saturating_sub(before).as_secs_f64() * 1e6 / IDLE.as_secs_f64())
}

async fn reaches(caught_up: &AtomicUsize, number: usize) {
    let since = clock::monotonic();
    while caught_up.load(Ordering::Relaxed) < number {
        let far = caught_up.load(Ordering::Relaxed);
        assert!(since.elapsed() < PATIENCE, "{far} of {number}: are enough files allowed?");
        sleep(STEP).await;
    }
}

impl Browser {
    async fn stays(mut self) {
        let mut permit = self.opening.clone().acquire_owned().await.ok();
        let (mut positions, mut pause) = (Positions::new(), PAUSE);
        loop {
            if let Some(mut socket) =
                Socket::open(self.address, self.operator, positions.clone()).await
            {
                if self.is_open(&mut socket, &mut permit).await {
                    pause = PAUSE;
                }
                positions = std::mem::take(&mut socket.positions);
            }
            let jitter = rand::rng().random_range(0.0..1.0);
            sleep(pause.mul_f64(jitter)).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// Until the console is cut, by the hub or here. Answers whether it had caught up.
    async fn is_open<P>(&mut self, socket: &mut Socket, permit: &mut Option<P>) -> bool {
        let mut caught_up = false;
        loop {
            tokio::select! {
                text = socket.hear() => {
                    let Some(text) = text else { break };
                    if !caught_up && text.starts_with("{\"type\":\"caught_up\"") {
                        caught_up = true;
                        *permit = None;
                        self.caught_up.fetch_add(1, Ordering::Relaxed);
                    }
                }
                _cut = self.cuts.changed() => break,
            }
        }
        caught_up
    }
}
