//! Which intervals begin on a day: those of the holiday that counts, or else of the week.

use jiff::civil::Date;

use crate::hours::holiday::Holiday;
use crate::hours::settings::HoursSettings;
use crate::hours::week::{Interval, Week};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Calendar {
    week: Week,
    /// The first that covers a day is the one that counts.
    holidays: Vec<Holiday>,
}

impl Calendar {
    pub(super) fn of(settings: &HoursSettings) -> Self {
        let mut holidays = settings.holidays.clone();
        // Stable: of equals the one that was entered first counts.
        holidays.sort_by_key(Holiday::rank);
        Self { week: settings.week.clone(), holidays }
    }

    pub(super) fn on(&self, date: Date) -> &[Interval] {
        let holiday = self.holidays.iter().find(|holiday| holiday.covers(date));
        holiday.map_or_else(|| self.week.of(date.weekday()), |holiday| &holiday.intervals)
    }
}
