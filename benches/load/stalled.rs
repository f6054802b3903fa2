//! A hundred consoles, and one of them stops reading: what the others notice of it, and when the hub
//! lets it go.

#![expect(clippy::disallowed_methods, reason = "consoles and hubs are real, and so is their time")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use switchboard::clock;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::furnish::OPERATORS;
use crate::hub::Hubs;
use crate::ladder::rung;
use crate::pacer::{Load, Run};
use crate::report::Rung;
use crate::socket::{Positions, Socket};

/// Each operator has ten: a message is shown on all of these.
const CONSOLES: usize = 100;
const RATE: u32 = 500;
/// The hub is expected to let go within 20 s.
const PATIENCE: Duration = Duration::from_secs(40);
const STEP: Duration = Duration::from_millis(100);

/// What it came to.
pub(crate) struct Stalled {
    /// While everybody reads.
    pub(crate) all_read: Rung,
    /// While one does not.
    pub(crate) one_stalls: Rung,
    /// From the moment when it stopped reading; none: it was never let go.
    pub(crate) gone_after: Option<Duration>,
}

pub(crate) fn measure(hubs: &Hubs, run: &Run, seconds: u32) -> Stalled {
    let (open, caught_up) = (hubs.sockets(), Arc::new(AtomicUsize::new(0)));
    let opened = CONSOLES - OPERATORS;
    let (stall, stalls) = oneshot::channel();
    let (end, ended) = oneshot::channel::<()>();
    let at: Vec<_> = (0..opened).map(|n| (hubs.address(n), n % OPERATORS)).collect();
    let counted = caught_up.clone();
    let consoles = thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        let mut stalls = Some(stalls);
        for (address, operator) in at {
            runtime.spawn(reads(address, operator, stalls.take(), counted.clone()));
        }
        let _ended = runtime.block_on(ended);
    });
    while caught_up.load(Ordering::Relaxed) < opened {
        thread::sleep(STEP);
    }
    let load = Load { rate: RATE, seconds };
    let all_read = rung(hubs, run, load);
    let with_all = open + opened;
    let (stalled_at, _asked) = (clock::monotonic(), stall.send(()));
    let one_stalls = rung(hubs, run, load);
    while hubs.sockets() >= with_all && stalled_at.elapsed() < PATIENCE {
        thread::sleep(STEP);
    }
    let gone_after = (hubs.sockets() < with_all).then(|| stalled_at.elapsed());
    drop(end);
    consoles.join().unwrap();
    Stalled { all_read, one_stalls, gone_after }
}

/// Reads until it is told to stop, if it can be told, and is open for ever.
async fn reads(
    address: SocketAddr,
    operator: usize,
    stalls: Option<oneshot::Receiver<()>>,
    caught_up: Arc<AtomicUsize>,
) {
    let mut socket = Socket::open(address, operator, Positions::new()).await.unwrap();
    let reading = async {
        while let Some(text) = socket.hear().await {
            let is_it = text.starts_with("{\"type\":\"caught_up\"");
            caught_up.fetch_add(usize::from(is_it), Ordering::Relaxed);
        }
    };
    match stalls {
        None => reading.await,
        Some(told) => tokio::select! {
            () = reading => {}
            _told = told => {}
        },
    }
    std::future::pending::<()>().await;
}
