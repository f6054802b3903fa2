//! What became of each message of a load, and how long it took.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use switchboard::clock;

use crate::stamp::Stamp;

const LONGEST: Duration = Duration::from_mins(1);

/// Shared by whoever sends and whoever receives.
#[derive(Clone)]
pub(crate) struct Book {
    /// All moments are counted from it.
    pub(crate) began: Instant,
    tally: Arc<Mutex<Tally>>,
}

/// Figures of one load, in nanoseconds.
#[derive(Clone)]
pub(crate) struct Tally {
    load: u32,
    chats: Vec<Chat>,
    /// From when a message could be sent to when it was: what the generator itself is late.
    pub(crate) slip: Histogram<u64>,
    /// From when it was to be sent to the answer.
    pub(crate) acknowledged: Histogram<u64>,
    /// From when it was to be sent to the operator's frame.
    pub(crate) delivered: Histogram<u64>,
    pub(crate) sent: u64,
    /// Answered with something else than 200.
    pub(crate) refused: u64,
    pub(crate) duplicated: u64,
    pub(crate) out_of_order: u64,
    /// Commands of operators that were not carried out in the end.
    pub(crate) undone: usize,
    /// From the first message until the last that came.
    pub(crate) within: Duration,
}

/// The messages of one chat, by their number.
#[derive(Clone, Default)]
struct Chat {
    acknowledged: Vec<bool>,
    delivered: Vec<bool>,
    /// All that is to come has this number or a higher one, if nothing overtakes.
    next: usize,
}

impl Book {
    pub(crate) fn new(chats: usize) -> Self {
        let tally = Arc::new(Mutex::new(Tally::new(0, chats, 1)));
        Self { began: clock::monotonic(), tally }
    }

    /// Another one of the same moments, for others who receive.
    pub(crate) fn beside(&self) -> Self {
        Self { began: self.began, tally: Arc::new(Mutex::new(Tally::new(0, 0, 0))) }
    }

    /// Nanoseconds since the run began.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap()
    }

    /// Begins a load of at most so many messages in each chat.
    pub(crate) fn begin(&self, load: u32, chats: usize, each: usize) {
        *self.tally.lock().unwrap() = Tally::new(load, chats, each);
    }

    pub(crate) fn read<T>(&self, read: impl FnOnce(&Tally) -> T) -> T {
        read(&self.tally.lock().unwrap())
    }

    /// `free`: since when nothing but the generator stood in the way.
    pub(crate) fn sent(&self, stamp: Stamp, free: u64) {
        let slip = self.now().saturating_sub(free.max(stamp.intended));
        self.of(stamp, |tally| {
            tally.sent += 1;
            tally.slip.saturating_record(slip);
        });
    }

    pub(crate) fn answered(&self, stamp: Stamp, status: u16) {
        let took = self.now().saturating_sub(stamp.intended);
        self.of(stamp, |tally| {
            if status != 200 {
                tally.refused += 1;
                return;
            }
            tally.acknowledged.saturating_record(took);
            tally.chats[stamp.chat].acknowledged[stamp.n] = true;
        });
    }

    pub(crate) fn delivered(&self, stamp: Stamp) {
        let took = self.now().saturating_sub(stamp.intended);
        self.of(stamp, |tally| {
            let chat = &mut tally.chats[stamp.chat];
            let again = std::mem::replace(&mut chat.delivered[stamp.n], true);
            let overtaken = stamp.n < chat.next;
            chat.next = chat.next.max(stamp.n + 1);
            if again {
                tally.duplicated += 1;
                return;
            }
            tally.out_of_order += u64::from(overtaken);
            tally.delivered.saturating_record(took);
        });
    }

    /// The first message of a conversation is offered. Each is somebody else's, so that there is no
    /// order among them, and the offer may be told again when something else of it changes.
    pub(crate) fn offered(&self, stamp: Stamp) {
        let took = self.now().saturating_sub(stamp.intended);
        self.of(stamp, |tally| {
            let delivered = &mut tally.chats[stamp.chat].delivered[stamp.n];
            if !std::mem::replace(delivered, true) {
                tally.delivered.saturating_record(took);
            }
        });
    }

    /// What comes late belongs to no load any more.
    fn of(&self, stamp: Stamp, with: impl FnOnce(&mut Tally)) {
        let mut tally = self.tally.lock().unwrap();
        if tally.load == stamp.load {
            with(&mut tally);
        }
    }
}

impl Tally {
    fn new(load: u32, chats: usize, each: usize) -> Self {
        let longest = u64::try_from(LONGEST.as_nanos()).unwrap();
        let histogram = Histogram::new_with_bounds(1_000, longest, 3).unwrap();
        let chat = Chat { acknowledged: vec![false; each], delivered: vec![false; each], next: 0 };
        Self {
            load,
            chats: vec![chat; chats],
            slip: histogram.clone(),
            acknowledged: histogram.clone(),
            delivered: histogram,
            sent: 0,
            refused: 0,
            duplicated: 0,
            out_of_order: 0,
            undone: 0,
            within: Duration::ZERO,
        }
    }

    /// Acknowledged and not delivered.
    pub(crate) fn lost(&self) -> usize {
        let pairs = self.chats.iter().flat_map(|c| c.acknowledged.iter().zip(&c.delivered));
        pairs.filter(|(acknowledged, delivered)| **acknowledged && !**delivered).count()
    }
}
