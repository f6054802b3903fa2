//! How fast nodes beat, watch and give up. Checked at start: an owner must have stopped before
//! anybody can take his shards.

use std::time::Duration;

/// Slack for a thread that is scheduled late.
const SCHEDULING: Duration = Duration::from_millis(500);

/// What `main` decides for the leases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long a candidate sees the same beat before it takes a shard.
    pub lease: Duration,
    /// How often a node renews what it owns and says that it is there.
    pub beat_every: Duration,
    /// How long after it has sent its last successful renewal an owner stops by itself.
    pub self_fence: Duration,
    /// How often a node looks at all leases and at the ends of all feeds.
    pub poll: Duration,
    /// How much longer than the preferred node all others wait before they take a shard.
    pub second_choice: Duration,
    /// How long a call for the leases waits for the store.
    pub answer_within: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(3),
            beat_every: Duration::from_millis(500),
            self_fence: Duration::from_secs(2),
            poll: Duration::from_millis(250),
            second_choice: Duration::from_secs(1),
            answer_within: Duration::from_secs(1),
        }
    }
}

impl Timing {
    /// What is wrong with them, if anything is.
    pub fn check(&self) -> Result<(), &'static str> {
        let rules = [
            (!self.poll.is_zero() && !self.beat_every.is_zero(), "poll and beat_every are above 0"),
            (self.self_fence + SCHEDULING < self.lease, "self_fence + 500 ms is below lease"),
            (self.answer_within < self.self_fence, "answer_within is below self_fence"),
            (self.beat_every * 2 < self.self_fence, "two beats are below self_fence"),
            (self.poll * 4 < self.lease, "four polls are below lease"),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, rule)| Err(rule))
    }

    /// Two good polls further apart than this say nothing of what was between them.
    pub(super) fn poll_gap(&self) -> Duration {
        self.poll * 2 + Duration::from_millis(200)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_hold() {
        assert_eq!(Timing::default().check(), Ok(()));
    }

    #[test]
    fn an_owner_that_stops_too_late_is_refused() {
        let ms = Duration::from_millis;
        let good = Timing::default();
        let bad = [
            Timing { self_fence: ms(2_500), ..good },
            Timing { lease: ms(2_500), ..good },
            Timing { answer_within: ms(2_000), ..good },
            Timing { beat_every: ms(1_000), ..good },
            Timing { poll: ms(750), ..good },
            Timing { poll: ms(0), ..good },
        ];
        for timing in bad {
            assert!(timing.check().is_err(), "{timing:?}");
        }
    }
}
