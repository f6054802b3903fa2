//! How far a browser is: what was handed to it, and what it has said it took in.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::id::ShardId;
use jiff::Timestamp;

use crate::actors::encode::Place;

/// Bytes that a browser may leave unacknowledged.
const BYTES_MAX: usize = 1024 * 1024;
/// Seconds that it may leave them unacknowledged.
const SECONDS_MAX: i64 = 15;

/// The places of a browser in the shards, and the frames that it has not acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Shared with all browsers that are at the same places.
    sent: Arc<BTreeMap<ShardId, Place>>,
    unacknowledged: VecDeque<Unacknowledged>,
    bytes: usize,
    /// A beat has told the browser where it is, and was the last that was due.
    told: bool,
}

#[derive(Debug)]
struct Unacknowledged {
    shard: ShardId,
    to: Place,
    bytes: usize,
    at: Timestamp,
}

impl Progress {
    /// A browser that is at these places and owes nothing.
    pub(crate) fn from(places: BTreeMap<ShardId, Place>) -> Self {
        Self { sent: Arc::new(places), ..Self::default() }
    }

    /// Where the browser is in a shard, as far as frames were handed to it.
    pub(crate) fn at(&self, shard: ShardId) -> Place {
        self.sent.get(&shard).copied().unwrap_or_default()
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = (&ShardId, &Place)> {
        self.sent.iter()
    }

    /// Whether the browser was handed everything up to there, and nothing behind.
    pub(crate) fn is_at(&mut self, ends: &Arc<BTreeMap<ShardId, Place>>) -> bool {
        let is_there = self.sent == *ends;
        if is_there {
            self.sent.clone_from(ends);
        }
        is_there
    }

    /// Whether a beat that is due now may be left out: the last one said the same. The next may not,
    /// as a browser that hears nothing for long takes its connection for dead.
    pub(crate) fn leaves_out_beat(&mut self) -> bool {
        std::mem::take(&mut self.told)
    }

    /// A beat says where the browser is.
    pub(crate) fn tell(&mut self) {
        self.told = true;
    }

    /// A frame up to that place was handed over.
    pub(crate) fn handed(&mut self, shard: ShardId, to: Place, bytes: usize, at: Timestamp) {
        Arc::make_mut(&mut self.sent).insert(shard, to);
        self.told = false;
        self.bytes += bytes;
        self.unacknowledged.push_back(Unacknowledged { shard, to, bytes, at });
    }

    /// What was handed over so far does not count by its size: it was missed, and is bounded by
    /// the replay, not by what a browser in step may leave.
    pub(crate) fn forgive_size(&mut self) {
        self.bytes = 0;
        for waiting in &mut self.unacknowledged {
            waiting.bytes = 0;
        }
    }

    /// The browser has taken in everything up to these places.
    pub(crate) fn acknowledged(&mut self, places: &BTreeMap<ShardId, Place>) {
        let bytes = &mut self.bytes;
        self.unacknowledged.retain(|waiting| {
            let place = places.get(&waiting.shard);
            let taken = place.is_some_and(|place| place.position >= waiting.to.position);
            if taken {
                *bytes = bytes.saturating_sub(waiting.bytes);
            }
            !taken
        });
    }

    /// Too many bytes are on their way.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes > BYTES_MAX
    }

    /// Something has been on its way for too long.
    pub(crate) fn is_late(&self, now: Timestamp) -> bool {
        let oldest = self.unacknowledged.front();
        oldest.is_some_and(|oldest| now.duration_since(oldest.at).as_secs() > SECONDS_MAX)
    }
}
