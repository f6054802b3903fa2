//! Bounds that hold for all lines; set in the configuration.

use jiff::SignedDuration;

/// Bounds that hold for all lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a conversation in which nothing is written, and whose customer does not wait,
    /// still takes a place of its operator. Zero: as long as he has it.
    pub place_idle: SignedDuration,
    /// Most offers that stand before one operator at a time, over all lines.
    pub open_offers: usize,
    /// How often a chat gets an automatic message of one kind, in an hour and in a day.
    pub texts_per_hour: usize,
    pub texts_per_day: usize,
    /// Least time between two automatic answers to a customer, whatever their kinds. Zero: none, where
    /// no machine would answer them in turn.
    pub answers_apart: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            place_idle: SignedDuration::from_secs(900),
            open_offers: 5,
            texts_per_hour: 1,
            texts_per_day: 10,
            answers_apart: SignedDuration::ZERO,
        }
    }
}
