//! The whole generator: opens everything, then hands out each message at its time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use switchboard::clock;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::desk::{self, Readiness};
use crate::hub::Hub;
use crate::poster::post_all;
use crate::stamp::Stamp;
use crate::tally::{Book, Tally};
use crate::{CHATS, OPERATORS};

/// Longest that a hub may take to become ready, or be silent while something is left of a load.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many conversations are opened a second, before the load.
const OPENING_RATE: u32 = 200;
const STEP: Duration = Duration::from_millis(1);

/// A rate of messages over all chats, for so long.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) rate: u32,
    pub(crate) seconds: u32,
}

/// A generator that is connected, with every conversation accepted.
pub(crate) struct Run {
    chats: Vec<UnboundedSender<Stamp>>,
    book: Book,
    loads: AtomicUsize,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Run {
    pub(crate) fn begin(hub: &Hub, lines: u16) -> Self {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        let (book, readiness) = (Book::new(CHATS), Readiness::default());
        for n in 0..OPERATORS {
            runtime.spawn(desk::open(hub.address, n, readiness.clone(), book.clone()));
        }
        let mut chats = Vec::new();
        for _ in 0..CHATS {
            let (sender, stamps) = unbounded_channel();
            runtime.spawn(post_all(hub.address, lines, stamps, book.clone()));
            chats.push(sender);
        }
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let _stopped = runtime.block_on(stopped);
        });
        wait_for("the consoles", || readiness.caught_up.load(Ordering::Relaxed) == OPERATORS);
        let (stop, thread) = (Some(stop), Some(thread));
        let run = Self { chats, book, loads: AtomicUsize::new(0), stop, thread };
        let seconds = u32::try_from(CHATS).unwrap().div_ceil(OPENING_RATE);
        run.load(Load { rate: OPENING_RATE, seconds });
        wait_for("the accepts", || readiness.accepted.load(Ordering::Relaxed) == CHATS);
        run
    }

    /// Hands out the messages of a load, each at its time or as soon after as can be, and waits for
    /// what becomes of them.
    pub(crate) fn load(&self, Load { rate, seconds }: Load) -> Tally {
        let total = u64::from(rate) * u64::from(seconds);
        let number = self.loads.fetch_add(1, Ordering::Relaxed) + 1;
        let load = u32::try_from(number).unwrap();
        let chats = u64::try_from(CHATS).unwrap();
        self.book.begin(load, CHATS, usize::try_from(total.div_ceil(chats)).unwrap());
        let begins = self.book.now() + u64::try_from(STEP.as_nanos()).unwrap();
        for i in 0..total {
            let intended = begins + i * 1_000_000_000 / u64::from(rate);
            self.wait_until(intended);
            let (n, chat) = (i / chats, i % chats);
            let (n, chat) = (usize::try_from(n).unwrap(), usize::try_from(chat).unwrap());
            self.chats[chat].send(Stamp { load, chat, n, intended }).unwrap();
        }
        self.wait_for_the_rest(total);
        self.book.read(Tally::clone)
    }

    /// What is still on its way while the hub works is not lost.
    fn wait_for_the_rest(&self, total: u64) {
        let (mut done, mut moved) = (0, clock::monotonic());
        while done < total && moved.elapsed() < PATIENCE {
            thread::park_timeout(STEP);
            let now_done = self.book.read(|tally| tally.delivered.len() + tally.refused);
            if now_done != done {
                (done, moved) = (now_done, clock::monotonic());
            }
        }
    }

    fn wait_until(&self, moment: u64) {
        loop {
            let left = moment.saturating_sub(self.book.now());
            if left == 0 {
                return;
            }
            thread::park_timeout(Duration::from_nanos(left));
        }
    }
}

/// The connections end before the hub does.
impl Drop for Run {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn wait_for(what: &str, ready: impl Fn() -> bool) {
    let since: Instant = clock::monotonic();
    while !ready() {
        assert!(since.elapsed() < PATIENCE, "{what} are not ready");
        thread::park_timeout(STEP);
    }
}
