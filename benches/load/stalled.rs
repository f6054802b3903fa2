//! A hundred consoles, and one of them stops reading: what the others notice of it, and when the hub
//! lets it go. Several times, as a single percentile of a few seconds is uneven by itself.

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
/// Seldom enough not to be noticed by those who read.
const STEP: Duration = Duration::from_millis(500);

/// What it came to.
pub(crate) struct Stalled {
    /// While everybody reads.
    all_read: Vec<Rung>,
    /// Each time right afterwards, while one does not.
    one_stalls: Vec<Rung>,
    /// From the moment when one stopped reading, the longest; none: one was never let go.
    pub(crate) gone_after: Option<Duration>,
}

impl Stalled {
    /// In milliseconds, while everybody reads and while one does not: of the times the middle one.
    pub(crate) fn p99(&self) -> (f64, f64) {
        let middle = |rungs: &[Rung]| {
            let mut all: Vec<_> = rungs.iter().map(|rung| rung.delivered.p99).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        (middle(&self.all_read), middle(&self.one_stalls))
    }

    /// How many times as long as while everybody reads the slowest but one in a hundred takes.
    pub(crate) fn times(&self) -> f64 {
        let (all_read, one_stalls) = self.p99();
        one_stalls / all_read
    }
}

/// One stalls so many times, each time another, for so many seconds of load.
pub(crate) fn measure(hubs: &Hubs, run: &Run, (times, seconds): (usize, u32)) -> Stalled {
    let caught_up = Arc::new(AtomicUsize::new(0));
    let opened = CONSOLES - OPERATORS;
    let (stall, stalls): (Vec<_>, Vec<_>) = (0..times).map(|_| oneshot::channel()).unzip();
    let (end, ended) = oneshot::channel::<()>();
    let at: Vec<_> = (0..opened).map(|n| (hubs.address(n), n % OPERATORS)).collect();
    let counted = caught_up.clone();
    let consoles = thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        let mut stalls = stalls.into_iter();
        for (address, operator) in at {
            runtime.spawn(reads(address, operator, stalls.next(), counted.clone()));
        }
        let _ended = runtime.block_on(ended);
    });
    while caught_up.load(Ordering::Relaxed) < opened {
        thread::sleep(STEP);
    }
    let load = Load { rate: RATE, seconds };
    let (mut all_read, mut one_stalls) = (Vec::new(), Vec::new());
    let mut gone_after = Some(Duration::ZERO);
    for stall in stall {
        let open = hubs.sockets();
        all_read.push(rung(hubs, run, load));
        let (stalled_at, _asked) = (clock::monotonic(), stall.send(()));
        let gone = thread::scope(|scope| {
            let gone = scope.spawn(|| {
                while hubs.sockets() >= open && stalled_at.elapsed() < PATIENCE {
                    thread::sleep(STEP);
                }
                (hubs.sockets() < open).then(|| stalled_at.elapsed())
            });
            one_stalls.push(rung(hubs, run, load));
            gone.join().unwrap()
        });
        gone_after = gone_after.zip(gone).map(|(longest, gone)| longest.max(gone));
    }
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
