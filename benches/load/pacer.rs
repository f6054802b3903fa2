//! The whole generator: opens everything, then hands out each message at its time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use switchboard::clock;
use tokio::runtime::{Builder, Handle};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::desk::{self, Readiness};
use crate::furnish::site;
use crate::hub::Hubs;
use crate::page::write_all;
use crate::poster::post_all;
use crate::stamp::Stamp;
use crate::tally::{Book, Tally};

/// Connections of the platform, among which chats are dealt out.
pub(crate) const CONNECTIONS: usize = 200;
/// Longest that a hub may take to become ready, or be silent while something is left of a load.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many conversations are opened a second, before the load.
const OPENING_RATE: u32 = 100;
const STEP: Duration = Duration::from_millis(1);
/// Least pause between messages that are handed out: waking up for each would cost more than the
/// messages. By that much some are late, which counts as theirs.
const STRIDE: Duration = Duration::from_micros(500);

/// What customers and operators do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Messages in so many conversations, all accepted before the load.
    Talk { chats: usize },
    /// The same of so many visitors of a site, each on a page with a socket.
    Pages { visitors: usize },
    /// Each message is a new customer's: offered, accepted, finished.
    Arrivals,
    /// So many customers, each of whom begins another conversation after so many messages. Whoever
    /// has it finishes it with the last of them.
    Visits { customers: usize, messages: usize },
}

impl Work {
    /// Sequences of messages, each of which must arrive in order.
    pub(crate) fn sequences(self) -> usize {
        match self {
            Self::Talk { chats } => chats,
            Self::Pages { visitors } => visitors,
            Self::Arrivals => CONNECTIONS,
            Self::Visits { customers, .. } => customers,
        }
    }

    /// Connections over which the messages come: of the platform, or a page of each visitor.
    fn entrances(self) -> usize {
        match self {
            Self::Pages { visitors } => visitors,
            Self::Talk { .. } | Self::Arrivals | Self::Visits { .. } => CONNECTIONS,
        }
    }

    /// Conversations that begin and are accepted before the load.
    pub(crate) fn accepted_before(self) -> usize {
        match self {
            Self::Talk { chats } => chats,
            Self::Pages { visitors } => visitors,
            Self::Arrivals | Self::Visits { .. } => 0,
        }
    }

    /// Whether a conversation is to be finished that shows this message as its newest. The visits of
    /// customers end at different times.
    pub(crate) fn ends_with(self, newest: Option<Stamp>) -> bool {
        match (self, newest) {
            (Self::Talk { .. } | Self::Pages { .. }, _) | (Self::Visits { .. }, None) => false,
            (Self::Arrivals, _) => true,
            (Self::Visits { messages, .. }, Some(Stamp { chat, n, .. })) => {
                (chat + n) % messages == messages - 1
            }
        }
    }
}

/// A rate of messages, for so long.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) rate: u32,
    pub(crate) seconds: u32,
}

/// A generator that is connected, with every conversation accepted.
pub(crate) struct Run {
    work: Work,
    readiness: Readiness,
    connections: Vec<UnboundedSender<Stamp>>,
    book: Book,
    loads: AtomicU32,
    spawner: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Run {
    pub(crate) fn begin(hubs: &Hubs, work: Work) -> Self {
        let run = Self::of_customers(hubs, work);
        run.open_consoles(hubs);
        let chats = work.accepted_before();
        if chats > 0 {
            let seconds = u32::try_from(chats).unwrap().div_ceil(OPENING_RATE);
            // A first message is offered by its row, and counts as nothing that was delivered.
            run.hand_out(Load { rate: u32::try_from(chats).unwrap() / seconds, seconds });
            wait_for("the accepts", || run.done() >= chats);
        }
        run
    }

    /// One without operators.
    pub(crate) fn of_customers(hubs: &Hubs, work: Work) -> Self {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        let (book, readiness) = (Book::new(work.sequences()), Readiness::default());
        let mut connections = Vec::new();
        let (lines, entrances) = (hubs.stage.lines, work.entrances());
        for n in 0..entrances {
            let (sender, stamps) = unbounded_channel();
            let (address, book) = (hubs.address(n), book.clone());
            match work {
                Work::Pages { .. } => {
                    let widget = site(u16::try_from(n).unwrap() % lines);
                    runtime.spawn(write_all(address, (widget, n), stamps, book));
                }
                Work::Talk { .. } | Work::Arrivals | Work::Visits { .. } => {
                    runtime.spawn(post_all(address, (lines, work), stamps, book));
                }
            }
            connections.push(sender);
        }
        let (stop, stopped) = oneshot::channel();
        let spawner = runtime.handle().clone();
        let thread = thread::spawn(move || {
            let _stopped = runtime.block_on(stopped);
        });
        let (stop, thread) = (Some(stop), Some(thread));
        let loads = AtomicU32::new(0);
        Self { work, readiness, connections, book, loads, spawner, stop, thread }
    }

    /// Opens the consoles of all who serve the lines, and returns when they show what there is.
    pub(crate) fn open_consoles(&self, hubs: &Hubs) {
        let operators = hubs.stage.operators;
        for n in 0..operators {
            let (readiness, book) = (self.readiness.clone(), self.book.clone());
            self.spawner.spawn(desk::serve(hubs.address(n), n, self.work, readiness, book));
        }
        let caught_up = || self.readiness.caught_up.load(Ordering::Relaxed);
        wait_for("the consoles", || caught_up() == operators);
    }

    /// The number of the load that comes next.
    pub(crate) fn next_load(&self) -> u32 {
        self.loads.load(Ordering::Relaxed) + 1
    }

    pub(crate) fn book(&self) -> &Book {
        &self.book
    }

    /// Carries out something else beside, until this ends.
    pub(crate) fn spawn(&self, other: impl Future<Output = ()> + Send + 'static) {
        self.spawner.spawn(other);
    }

    /// Hands out the messages of a load, and waits for what becomes of them.
    pub(crate) fn load(&self, load: Load) -> Tally {
        let before = self.done();
        let total = u64::from(load.rate) * u64::from(load.seconds);
        let commands = match self.work {
            Work::Talk { .. } | Work::Pages { .. } | Work::Visits { .. } => 0,
            // Accepted and finished.
            Work::Arrivals => usize::try_from(total).unwrap() * 2,
        };
        let since = clock::monotonic();
        self.hand_out(load);
        let is_done = || self.done() - before >= commands;
        let until = self.wait_for_the_rest(total, is_done);
        let undone = commands.saturating_sub(self.done() - before);
        let mut tally = self.book.read(Tally::clone);
        tally.undone = undone;
        tally.within = until.duration_since(since);
        tally
    }

    /// Hands out the messages of a load, each at its time or as soon after as can be.
    fn hand_out(&self, Load { rate, seconds }: Load) {
        let total = u64::from(rate) * u64::from(seconds);
        let load = self.next_load();
        self.loads.store(load, Ordering::Relaxed);
        let chats = u64::try_from(self.work.sequences()).unwrap();
        let each = usize::try_from(total.div_ceil(chats)).unwrap();
        self.book.begin(load, self.work.sequences(), each);
        let begins = self.book.now() + u64::try_from(STEP.as_nanos()).unwrap();
        for i in 0..total {
            let intended = begins + i * 1_000_000_000 / u64::from(rate);
            self.wait_until(intended);
            let (n, chat) = (i / chats, i % chats);
            let (n, chat) = (usize::try_from(n).unwrap(), usize::try_from(chat).unwrap());
            self.connections[chat % self.connections.len()]
                .send(Stamp { load, chat, n, intended })
                .unwrap();
        }
    }

    /// Commands of operators that were carried out.
    pub(crate) fn done(&self) -> usize {
        self.readiness.done.load(Ordering::Relaxed)
    }

    /// What is still on its way while the hub works is not lost. Returns when the last of it came.
    fn wait_for_the_rest(&self, total: u64, is_done: impl Fn() -> bool) -> Instant {
        let heard = || {
            let of =
                |tally: &Tally| tally.delivered.len().min(tally.acknowledged.len()) + tally.refused;
            self.book.read(of)
        };
        let (mut stood, mut moved) = ((0, 0), clock::monotonic());
        while moved.elapsed() < PATIENCE {
            let stands = (heard(), self.done());
            if stands != stood {
                (stood, moved) = (stands, clock::monotonic());
            }
            if stands.0 >= total && is_done() {
                break;
            }
            thread::park_timeout(STEP);
        }
        moved
    }

    fn wait_until(&self, moment: u64) {
        loop {
            let left = moment.saturating_sub(self.book.now());
            if left == 0 {
                return;
            }
            thread::park_timeout(Duration::from_nanos(left).max(STRIDE));
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
