//! The events of a calendar file, gathered by day.

use std::collections::BTreeMap;

use domain::hours::{ClockTime, Holiday, Interval, NAME_CHARS_MAX};
use jiff::civil::Date;

use crate::web::api::calendar::Why;
use crate::web::api::calendar::event::{Event, When};

#[derive(Debug, Default)]
pub(super) struct Days {
    closed: Vec<Holiday>,
    /// By the day and whether it comes every year: several events may make the hours of a day.
    open: BTreeMap<(Date, bool), Open>,
}

#[derive(Clone, Debug, Default)]
struct Open {
    names: Vec<String>,
    /// From and until, in minutes from the day's midnight; in order and apart.
    spans: Vec<(u16, u16)>,
}

impl Days {
    pub(super) fn add(&mut self, name: &str, event: Event, today: Date) -> Result<(), Why> {
        let Event { when, yearly } = event;
        let (from, to) = match when {
            When::Days(from, to) => (from, to),
            When::Minutes(day, ..) => (day, day),
        };
        if !yearly && to < today {
            return Err(Why::Past);
        }
        match when {
            When::Days(..) => self.closed.push(bounded(Holiday {
                from,
                to,
                yearly,
                intervals: Vec::new(),
                name: name.to_owned(),
                imported: true,
            })?),
            When::Minutes(day, from, until) => {
                let mut open = self.open.get(&(day, yearly)).cloned().unwrap_or_default();
                open.add(name, from, until);
                bounded(open.holiday(day, yearly)?)?;
                self.open.insert((day, yearly), open);
            }
        }
        Ok(())
    }

    /// In the order of their days. Of a day on its own that one event closes and another opens, the
    /// hours come first, so that they count.
    pub(super) fn into_holidays(self) -> Vec<Holiday> {
        let open =
            self.open.iter().filter_map(|((day, yearly), it)| it.holiday(*day, *yearly).ok());
        let mut holidays: Vec<_> = open.chain(self.closed).collect();
        holidays.sort_by_key(|holiday| holiday.from);
        holidays
    }
}

impl Open {
    fn add(&mut self, name: &str, from: u16, until: u16) {
        if !name.is_empty() && !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        self.spans.push((from, until));
        self.spans.sort_unstable();
        let spans = std::mem::take(&mut self.spans);
        for (from, until) in spans {
            match self.spans.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => self.spans.push((from, until)),
            }
        }
    }

    fn holiday(&self, day: Date, yearly: bool) -> Result<Holiday, Why> {
        let intervals: Option<_> = self.spans.iter().map(|span| interval(*span)).collect();
        Ok(Holiday {
            from: day,
            to: day,
            yearly,
            intervals: intervals.ok_or(Why::TooLong)?,
            name: self.names.join(", ").chars().take(NAME_CHARS_MAX).collect(),
            imported: true,
        })
    }
}

/// None: it is longer than 24 hours.
fn interval((from, until): (u16, u16)) -> Option<Interval> {
    const DAY: u16 = 24 * 60;
    let clock = |minute: u16| ClockTime::new(minute / 60, minute % 60);
    if until > from + DAY {
        return None;
    }
    Some(Interval { from: clock(from)?, to: clock(if until > DAY { until - DAY } else { until })? })
}

fn bounded(holiday: Holiday) -> Result<Holiday, Why> {
    if holiday.problem().is_none() { Ok(holiday) } else { Err(Why::OutOfBounds) }
}
