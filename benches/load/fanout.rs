//! Conversations on many screens: what each of the consoles costs that show a message.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use switchboard::clock;
use switchboard::protocol::{ClientFrame, ServerFrame};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::furnish::supervisor;
use crate::hub::{CONSOLES_OF_ONE, Hubs, Stage};
use crate::pacer::{Load, Run, Work};
use crate::report::Times;
use crate::socket::{Positions, Socket};
use crate::stamp::Stamp;
use crate::tally::{Book, Tally};

/// Each in a line of its own, whose supervisor has it on all his consoles.
const CONVERSATIONS: u16 = 10;
const WARM_UP: Load = Load { rate: 50, seconds: 2 };
const RATE: u32 = 100;
/// Longest that consoles may need to open, or to get the rest of a load.
const PATIENCE: Duration = Duration::from_secs(20);
const STEP: Duration = Duration::from_millis(10);

/// What it came to.
#[derive(Clone, Debug)]
pub(crate) struct Fanout {
    pub(crate) consoles: usize,
    pub(crate) rate: u32,
    /// From when a message was to be sent to its frame on each console.
    pub(crate) delivered: Times,
    pub(crate) lost: usize,
    pub(crate) duplicated: u64,
    pub(crate) out_of_order: u64,
    /// CPU microseconds of the hub for a message on one console: what the message itself costs is
    /// divided among all of them.
    pub(crate) hub_cpu_us: Option<f64>,
}

pub(crate) fn measure(stage: Stage, seconds: u32) -> Fanout {
    let hubs = Hubs::start(Stage { lines: CONVERSATIONS, ..stage });
    let chats = usize::from(CONVERSATIONS);
    let run = Run::begin(&hubs, Work::Talk { chats });
    let consoles = chats * CONSOLES_OF_ONE;
    let (book, ready) = (run.book().beside(), Arc::new(AtomicUsize::new(0)));
    let (end, ended) = oneshot::channel::<()>();
    let at = |n: usize| {
        let line = u16::try_from(n / CONSOLES_OF_ONE).unwrap();
        (hubs.address(n), supervisor(hubs.stage.operators, line), n)
    };
    let (places, theirs, opened) = ((0..consoles).map(at), book.clone(), ready.clone());
    let places: Vec<_> = places.collect();
    let screens = thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        for place in places {
            runtime.spawn(watches(place, theirs.clone(), opened.clone()));
        }
        let _ended = runtime.block_on(ended);
    });
    wait_until(|| ready.load(Ordering::Relaxed) == consoles);
    run.load(WARM_UP);
    let each = (RATE * seconds).div_ceil(u32::from(CONVERSATIONS));
    let each = usize::try_from(each).unwrap();
    book.begin(run.next_load(), consoles, each);
    let expected = consoles * each;
    let cpu_before = hubs.cpu();
    run.load(Load { rate: RATE, seconds });
    let arrived = || book.read(|tally| usize::try_from(tally.delivered.len()).unwrap());
    wait_until(|| arrived() == expected);
    let cpu = hubs.cpu().zip(cpu_before).map(|(after, before)| after.saturating_sub(before));
    drop(end);
    screens.join().unwrap();
    let Tally { delivered, duplicated, out_of_order, .. } = book.read(Tally::clone);
    let number = f64::from(u32::try_from(delivered.len()).unwrap().max(1));
    Fanout {
        consoles,
        rate: RATE,
        delivered: Times::of(&delivered),
        lost: expected - arrived(),
        duplicated,
        out_of_order,
        hub_cpu_us: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / number),
    }
}

/// Returns after a while, whatever there is.
fn wait_until(is_so: impl Fn() -> bool) {
    let since = clock::monotonic();
    while !is_so() && since.elapsed() < PATIENCE {
        thread::park_timeout(STEP);
    }
}

/// A console that shows the only conversation of its line.
async fn watches(
    (address, operator, number): (SocketAddr, usize, usize),
    book: Book,
    ready: Arc<AtomicUsize>,
) {
    let mut socket = Socket::open(address, operator, Positions::new()).await.unwrap();
    while let Some(text) = socket.hear().await {
        if text.starts_with("{\"type\":\"snapshot\"") {
            let ServerFrame::Snapshot { rows, .. } = serde_json::from_str(&text).unwrap() else {
                unreachable!("its type says so");
            };
            let conversation = rows.into_iter().next().map(|row| row.conversation);
            assert!(conversation.is_some(), "the line has a conversation");
            socket.say(&ClientFrame::Watch { conversation }).await.unwrap();
            ready.fetch_add(1, Ordering::Relaxed);
        }
        // Each console is a sequence of its own.
        Stamp::found_in(&text).for_each(|stamp| book.delivered(Stamp { chat: number, ..stamp }));
    }
}
