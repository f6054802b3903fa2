//! Working hours: whether a line is open, when that changes, and how long it has been open.
//!
//! One sentence decides everything: a line is open at a moment if the wall clock of its zone then
//! shows a time inside an interval that begins on that civil day or on the one before. So a clock
//! that is put forward skips what lies in the gap, and one that is put back shows the same hour
//! twice, open or closed both times. Knows no zone by name: whoever reads the settings looks it up.

mod calendar;
mod clock_time;
mod holiday;
mod settings;
mod stretch;
mod week;

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::hours::calendar::Calendar;
use crate::hours::stretch::Stretch;

pub use crate::hours::clock_time::ClockTime;
pub use crate::hours::holiday::{Holiday, NAME_CHARS_MAX};
pub use crate::hours::settings::{HOLIDAYS_MAX, HoursRule, HoursSettings};
pub use crate::hours::week::{INTERVALS_A_DAY_MAX, Interval, Week};

/// How far ahead an opening or a closing is sought: three years. A line that opens less often
/// counts as closed for good.
pub const HORIZON: SignedDuration = SignedDuration::from_hours(3 * 366 * 24);

/// The hours of a line, ready to be asked. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    zone: TimeZone,
    /// None: round the clock.
    calendar: Option<Arc<Calendar>>,
}

impl Hours {
    /// Always open; its days are those of UTC.
    pub fn round_the_clock() -> Self {
        Self { zone: TimeZone::UTC, calendar: None }
    }

    /// `zone` is the one that `settings.timezone` names. A line that uses another's calendar passes
    /// [`HoursSettings::with_calendar`].
    pub fn new(settings: &HoursSettings, zone: TimeZone) -> Self {
        let calendar = settings.enabled.then(|| Calendar::of(settings).into());
        Self { zone, calendar }
    }

    /// Whether the hours are switched off, and the line thus never closes.
    pub fn is_always_open(&self) -> bool {
        self.calendar.is_none()
    }

    /// In which the line's days are counted and its times are shown.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether the line is open at that moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.stretch(at).is_open
    }

    /// The first moment from `at` on at which it is open. None: not within [`HORIZON`].
    pub fn opens_next(&self, at: Timestamp) -> Option<Timestamp> {
        self.first(at, |stretch| stretch.is_open)
    }

    /// The first moment from `at` on at which it is closed. None: not within [`HORIZON`].
    pub fn closes_next(&self, at: Timestamp) -> Option<Timestamp> {
        self.first(at, |stretch| !stretch.is_open)
    }

    /// The first moment after `at` at which it is open and was not just before, or the other way
    /// round. None: not within [`HORIZON`].
    pub fn changes_next(&self, at: Timestamp) -> Option<Timestamp> {
        if self.is_open(at) { self.closes_next(at) } else { self.opens_next(at) }
    }

    /// The moment at which the line has been open for `wait` since `from`; that may be the very
    /// moment at which it closes. [`Timestamp::MAX`]: never, for it is closed for good before.
    /// Where there is nothing to wait for it is `from`, open or not.
    pub fn after_open(&self, from: Timestamp, wait: SignedDuration) -> Timestamp {
        let (mut from, mut left) = (from, wait);
        while left.is_positive() {
            let Some(opens) = self.opens_next(from) else { return Timestamp::MAX };
            let closes = self.stretch(opens).until(&self.zone);
            let open = closes.duration_since(opens);
            if left <= open || closes == Timestamp::MAX {
                return opens.checked_add(left).unwrap_or(Timestamp::MAX);
            }
            left -= open;
            from = closes;
        }
        from
    }

    /// The first moment from `at` on that lies in such a stretch.
    fn first(&self, at: Timestamp, wanted: impl Fn(&Stretch) -> bool) -> Option<Timestamp> {
        let horizon = at.checked_add(HORIZON).unwrap_or(Timestamp::MAX);
        let mut next = at;
        loop {
            let stretch = self.stretch(next);
            if wanted(&stretch) {
                return Some(next);
            }
            next = stretch.until(&self.zone);
            if next >= horizon {
                return None;
            }
        }
    }

    fn stretch(&self, at: Timestamp) -> Stretch {
        let calendar = self.calendar.as_deref();
        calendar.map_or(Stretch::open(at), |calendar| Stretch::at(at, calendar, &self.zone))
    }
}
