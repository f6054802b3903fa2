//! A stretch of time during which a line is surely open, or surely closed.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::hours::calendar::Calendar;
use crate::hours::week::DAY;

#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) is_open: bool,
    /// Later than the moment that was asked about, unless time ends there. The stretch that begins
    /// then may be of the same kind.
    pub(super) until: Timestamp,
}

impl Stretch {
    /// The stretch at a moment. It ends at the latest at midnight, if closed, and whenever the
    /// zone's clock is put forward or back: up to then the clock goes as time does, so that what it
    /// says can be reckoned without asking it.
    pub(super) fn at(at: Timestamp, calendar: &Calendar, zone: &TimeZone) -> Self {
        let shown = zone.to_datetime(at);
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
        Self { is_open, until: with_this_clock(at, lasts, zone) }
    }
}

/// When so much time has passed, or the zone's clock is put forward or back before that.
fn with_this_clock(at: Timestamp, lasts: SignedDuration, zone: &TimeZone) -> Timestamp {
    let until = at.checked_add(lasts).unwrap_or(Timestamp::MAX);
    zone.following(at).next().map_or(until, |change| until.min(change.timestamp()))
}
