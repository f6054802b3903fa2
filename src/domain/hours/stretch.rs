//! A stretch of time during which a line is surely open, or surely closed.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::hours::calendar::Calendar;
use crate::hours::week::DAY;

#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) is_open: bool,
    begins: Timestamp,
    /// By the clock, if nobody puts it forward or back.
    lasts: SignedDuration,
}

impl Stretch {
    /// Open for as long as there is time.
    pub(super) fn open(begins: Timestamp) -> Self {
        Self { is_open: true, begins, lasts: SignedDuration::MAX }
    }

    /// The stretch from a moment on, at the longest until midnight, if closed.
    pub(super) fn at(begins: Timestamp, calendar: &Calendar, zone: &TimeZone) -> Self {
        let shown = zone.to_datetime(begins);
        let today = shown.date();
        let clock = shown.duration_since(today.into());
        let begun_before = today.yesterday().map_or(&[][..], |yesterday| calendar.on(yesterday));
        let begun_before = begun_before.iter().map(|i| (i.begins() - DAY, i.ends() - DAY));
        let begin_today = calendar.on(today).iter().map(|i| (i.begins(), i.ends()));
        let (mut closes, mut opens) = (clock, DAY);
        for (begins, ends) in begun_before.chain(begin_today) {
            if clock < begins {
                opens = opens.min(begins);
            } else {
                closes = closes.max(ends);
            }
        }
        let is_open = clock < closes;
        let lasts = if is_open { closes } else { opens } - clock;
        Self { is_open, begins, lasts }
    }

    /// When it ends: later than it begins, unless time itself ends. What follows may be of the same
    /// kind.
    ///
    /// The end can be reckoned from the clock only up to the moment at which the zone's clock is
    /// put forward or back, so it ends there at the latest.
    pub(super) fn until(self, zone: &TimeZone) -> Timestamp {
        let until = self.begins.checked_add(self.lasts).unwrap_or(Timestamp::MAX);
        let change = zone.following(self.begins).next();
        change.map_or(until, |change| until.min(change.timestamp()))
    }
}
