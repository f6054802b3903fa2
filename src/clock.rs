//! The one place that reads clocks, makes ids and draws chance. Handed down, never global.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use std::time::Duration;

/// Where time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    Wall,
    /// Time that moves only with the runtime's (paused and advanced by stories).
    Virtual {
        start: Timestamp,
        since: tokio::time::Instant,
    },
}

#[expect(clippy::disallowed_methods, reason = "this is the one place")]
impl Clock {
    /// A clock that stands at `start` and follows the runtime's timers.
    pub fn from(start: Timestamp) -> Self {
        Self::Virtual { start, since: tokio::time::Instant::now() }
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Self::Wall => Timestamp::now(),
            Self::Virtual { start, since } => {
                *start + SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::MAX)
            }
        }
    }

    /// How long until `at`; zero when it has passed.
    pub fn until(&self, at: Timestamp) -> Duration {
        at.duration_since(self.now()).try_into().unwrap_or(Duration::ZERO)
    }
}

/// The IANA name of the time zone in which this machine stands, if it says so.
pub fn zone_of_machine() -> Option<String> {
    TimeZone::try_system().ok()?.iana_name().map(str::to_owned)
}

/// A new unique text that sorts by time of making.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn new_uuid() -> String {
    Uuid::now_v7().to_string()
}

/// Bytes nobody can guess.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn secret_bytes<const N: usize>() -> [u8; N] {
    rand::random()
}

/// A number of 0..below, for jitter.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn jitter(below: u64) -> u64 {
    if below == 0 { 0 } else { rand::random::<u64>() % below }
}

/// A real monotonic moment, for measuring how long things take.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn monotonic() -> std::time::Instant {
    std::time::Instant::now()
}

/// A moment of the runtime's monotonic clock, which a story may move.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn tick() -> tokio::time::Instant {
    tokio::time::Instant::now()
}
