//! Days that are not as usual.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::hours::week::{INTERVALS_ALLOWED, Interval, may_be_of_a_day};

pub const NAME_CHARS_MAX: usize = 100;

/// A day or a range of days with hours of their own instead of those of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub from: Date,
    /// The last day of it.
    pub to: Date,
    /// Every year from that day and month to that day and month, over the new year if `to` is the
    /// earlier one; the years written do not count. 29 February is a holiday in leap years only,
    /// as the end of a range too.
    pub yearly: bool,
    /// In any order; none: closed.
    pub intervals: Vec<Interval>,
    pub name: String,
    /// From a calendar file; what is entered by hand goes before it.
    pub imported: bool,
}

impl Holiday {
    /// Whether it has a say on that day.
    pub(super) fn covers(&self, date: Date) -> bool {
        if !self.yearly {
            return self.from <= date && date <= self.to;
        }
        let of_year = |date: Date| (date.month(), date.day());
        let (day, from, to) = (of_year(date), of_year(self.from), of_year(self.to));
        if from <= to { from <= day && day <= to } else { from <= day || day <= to }
    }

    /// Of all that cover a day the least one counts: the one-off goes before the yearly, then the
    /// shorter before the longer, then what was entered by hand before the imported.
    pub(super) fn rank(&self) -> (bool, i32, bool) {
        (self.yearly, self.days(), self.imported)
    }

    /// What would be accepted in place of what is not. None: it is valid.
    pub fn problem(&self) -> Option<&'static str> {
        let years = [self.from.year(), self.to.year()];
        let less_than_a_year =
            self.from.checked_add(1.year()).is_ok_and(|year_later| self.to < year_later);
        if years.iter().any(|year| !(1970..=9998).contains(year)) {
            Some("days of the years 1970..9998")
        } else if !self.yearly && self.from > self.to {
            Some("from a day to the same or a later one")
        } else if self.yearly && !less_than_a_year {
            Some("yearly: less than a year from day to day")
        } else if self.name.chars().count() > NAME_CHARS_MAX {
            Some("a name of at most 100 characters")
        } else if !may_be_of_a_day(&self.intervals) {
            Some(INTERVALS_ALLOWED)
        } else {
            None
        }
    }

    /// From the first to the last day; of a yearly one in a leap year, which has every day.
    fn days(&self) -> i32 {
        if !self.yearly {
            return (self.to - self.from).get_days();
        }
        let in_2024 = |date: Date| Date::new(2024, date.month(), date.day()).unwrap_or(date);
        let days = (in_2024(self.to) - in_2024(self.from)).get_days();
        if days < 0 { days + 366 } else { days }
    }
}
