//! The usual week: for each weekday the intervals that begin on it.

use jiff::SignedDuration;
use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use crate::hours::clock_time::ClockTime;

pub const INTERVALS_A_DAY_MAX: usize = 8;
/// What is accepted as the intervals of a day.
pub(super) const INTERVALS_ALLOWED: &str =
    "at most 8 intervals that do not overlap, each from 00:00..23:59 to 00:00..24:00";

/// For each weekday its intervals, in any order; none: closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Week {
    pub monday: Vec<Interval>,
    pub tuesday: Vec<Interval>,
    pub wednesday: Vec<Interval>,
    pub thursday: Vec<Interval>,
    pub friday: Vec<Interval>,
    pub saturday: Vec<Interval>,
    pub sunday: Vec<Interval>,
}

/// Open from a time of a day on, which is the day it belongs to, and until another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    pub from: ClockTime,
    /// The first minute that is closed again. Not after `from`: it is of the next day.
    pub to: ClockTime,
}

impl Week {
    /// Monday to Friday, from nine to six.
    pub fn working() -> Self {
        let day = ClockTime::new(9, 0).zip(ClockTime::new(18, 0));
        let day: Vec<_> = day.into_iter().map(|(from, to)| Interval { from, to }).collect();
        Self {
            monday: day.clone(),
            tuesday: day.clone(),
            wednesday: day.clone(),
            thursday: day.clone(),
            friday: day,
            saturday: Vec::new(),
            sunday: Vec::new(),
        }
    }

    pub fn of(&self, day: Weekday) -> &[Interval] {
        match day {
            Weekday::Monday => &self.monday,
            Weekday::Tuesday => &self.tuesday,
            Weekday::Wednesday => &self.wednesday,
            Weekday::Thursday => &self.thursday,
            Weekday::Friday => &self.friday,
            Weekday::Saturday => &self.saturday,
            Weekday::Sunday => &self.sunday,
        }
    }
}

impl Interval {
    /// From the midnight at which its day begins.
    pub(super) fn begins(self) -> SignedDuration {
        SignedDuration::from_mins(self.from.minutes().into())
    }

    /// From that same midnight; past 24 hours: on the next day.
    pub(super) fn ends(self) -> SignedDuration {
        let to = SignedDuration::from_mins(self.to.minutes().into());
        if self.to <= self.from { to + DAY } else { to }
    }
}

/// As a wall clock counts it.
pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Whether a day may have these intervals. Those of neighbouring days may overlap: the line is then
/// simply open.
pub(super) fn may_be_of_a_day(intervals: &[Interval]) -> bool {
    let mut sorted = intervals.to_vec();
    sorted.sort_by_key(|interval| interval.from);
    let overlap = sorted.windows(2).any(|pair| pair[1].begins() < pair[0].ends());
    let begin_on_it = sorted.iter().all(|interval| interval.from < ClockTime::DAYS_END);
    intervals.len() <= INTERVALS_A_DAY_MAX && begin_on_it && !overlap
}
