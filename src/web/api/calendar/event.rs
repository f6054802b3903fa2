//! One event of a calendar file: when it is, in the zone of the line.

use calcard::common::PartialDateTime;
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarDuration, ICalendarEntry, ICalendarFrequency,
    ICalendarProperty, ICalendarRecurrenceRule, ICalendarStatus, ICalendarValue,
};
use domain::hours::NAME_CHARS_MAX;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Zoned};

use crate::actors::directory::time_zone;
use crate::web::api::calendar::Why;

#[derive(Debug)]
pub(super) struct Event {
    pub(super) when: When,
    pub(super) yearly: bool,
}

#[derive(Debug)]
pub(super) enum When {
    /// Without a time: from one day to another, that one included.
    Days(Date, Date),
    /// With a time: minutes from the midnight at which the day begins, the later ones perhaps on
    /// another day.
    Minutes(Date, u16, u16),
}

/// The zones that a file names, and that of the line.
pub(super) struct Zones<'a> {
    named: TzResolver<&'a str>,
    line: &'a TimeZone,
}

/// A date as written.
enum Written {
    Day(Date),
    Moment(Zoned),
}

/// As it is shown.
pub(super) fn name(event: &ICalendarComponent) -> String {
    let summary = event.property(&ICalendarProperty::Summary);
    let text = summary.and_then(|entry| entry.values.first()?.as_text()).unwrap_or_default();
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(NAME_CHARS_MAX).collect()
}

impl Event {
    pub(super) fn read(event: &ICalendarComponent, zones: &Zones<'_>) -> Result<Self, Why> {
        if event.status() == Some(&ICalendarStatus::Cancelled) {
            return Err(Why::Cancelled);
        }
        let begins = zones.date(event, &ICalendarProperty::Dtstart)?.ok_or(Why::NoDate)?;
        let ends = zones.date(event, &ICalendarProperty::Dtend)?;
        let ends = ends.or_else(|| begins.after(duration(event)?));
        let (first, when) = match begins {
            Written::Day(day) => (day, days(day, ends)),
            Written::Moment(begins) => (begins.date(), minutes(&begins, ends)?),
        };
        Ok(Self { when, yearly: is_yearly(event, first)? })
    }
}

impl<'a> Zones<'a> {
    pub(super) fn of(calendar: &'a ICalendar, line: &'a TimeZone) -> Self {
        Self { named: calendar.build_tz_resolver(), line }
    }

    /// None: the event has no such date.
    fn date(
        &self,
        event: &ICalendarComponent,
        property: &ICalendarProperty,
    ) -> Result<Option<Written>, Why> {
        let Some(entry) = event.property(property) else { return Ok(None) };
        let value = entry.values.first().and_then(ICalendarValue::as_partial_date_time);
        let value = value.ok_or(Why::NoDate)?;
        let day = day_of(value).ok_or(Why::NoDate)?;
        if !value.has_time() {
            return Ok(Some(Written::Day(day)));
        }
        let moment = day.to_datetime(time_of(value).ok_or(Why::NoDate)?);
        let moment = moment.to_zoned(self.of_date(entry, value)?).map_err(|_| Why::NoDate)?;
        Ok(Some(Written::Moment(moment.with_time_zone(self.line.clone()))))
    }

    /// Without a zone it is what the wall clock of the line shows.
    fn of_date(&self, entry: &ICalendarEntry, value: &PartialDateTime) -> Result<TimeZone, Why> {
        if value.has_zone() {
            return offset_of(value).map(TimeZone::fixed).ok_or(Why::NoDate);
        }
        let Some(id) = entry.tz_id() else { return Ok(self.line.clone()) };
        // Also names of Windows; the library knows which zones those are.
        let name = self.named.resolve(id).and_then(|zone| zone.name());
        name.and_then(|name| time_zone(&name)).ok_or(Why::UnknownZone)
    }
}

impl Written {
    fn after(&self, duration: &ICalendarDuration) -> Option<Self> {
        let seconds = SignedDuration::from_secs(duration.as_seconds());
        match self {
            Self::Day(day) => day.checked_add(seconds).ok().map(Self::Day),
            Self::Moment(moment) => moment.checked_add(seconds).ok().map(Self::Moment),
        }
    }

    fn date(&self) -> Date {
        match self {
            Self::Day(day) => *day,
            Self::Moment(moment) => moment.date(),
        }
    }
}

fn duration(event: &ICalendarComponent) -> Option<&ICalendarDuration> {
    let value = event.property(&ICalendarProperty::Duration)?.values.first()?;
    if let ICalendarValue::Duration(duration) = value { Some(duration) } else { None }
}

/// The day it ends on is not one of it, but there is at least the one it begins on.
fn days(first: Date, ends: Option<Written>) -> When {
    let last = ends.and_then(|ends| ends.date().yesterday().ok());
    When::Days(first, last.map_or(first, |last| last.max(first)))
}

fn minutes(begins: &Zoned, ends: Option<Written>) -> Result<When, Why> {
    let Some(Written::Moment(ends)) = ends else { return Err(Why::NoEnd) };
    let minute = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
    let nights = (ends.date() - begins.date()).get_days();
    let from = minute(begins.time());
    let until = nights.saturating_mul(24 * 60).saturating_add(minute(ends.time()));
    if until <= from {
        return Err(Why::NoEnd);
    }
    let (from, until) = (u16::try_from(from), u16::try_from(until));
    let (from, until) = from.ok().zip(until.ok()).ok_or(Why::TooLong)?;
    Ok(When::Minutes(begins.date(), from, until))
}

/// Whether it comes every year on the same day. Whatever comes otherwise more than once, and what
/// changes one of several times, is refused.
fn is_yearly(event: &ICalendarComponent, first: Date) -> Result<bool, Why> {
    use ICalendarProperty as P;
    let odd = [P::Rdate, P::Exdate, P::Exrule, P::RecurrenceId];
    if odd.iter().any(|property| event.has_property(property)) {
        return Err(Why::Repeats);
    }
    let mut rules = event.properties(&P::Rrule).flat_map(|entry| &entry.values);
    match (rules.next(), rules.next()) {
        (None, _) => Ok(false),
        (Some(ICalendarValue::RecurrenceRule(rule)), None) if is_plain(rule, first) => Ok(true),
        (Some(_), _) => Err(Why::Repeats),
    }
}

/// A rule that says no more than "every year on that day".
fn is_plain(rule: &ICalendarRecurrenceRule, first: Date) -> bool {
    let months = rule.bymonth.iter().all(|it| i8::try_from(it.month()) == Ok(first.month()));
    let plain = ICalendarRecurrenceRule {
        freq: ICalendarFrequency::Yearly,
        interval: rule.interval.filter(|interval| *interval == 1),
        bymonth: if months { rule.bymonth.clone() } else { Vec::new() },
        bymonthday: rule.bymonthday.iter().copied().filter(|day| *day == first.day()).collect(),
        wkst: rule.wkst,
        ..ICalendarRecurrenceRule::default()
    };
    *rule == plain
}

fn day_of(value: &PartialDateTime) -> Option<Date> {
    let year = value.year?.try_into().ok()?;
    Date::new(year, value.month?.try_into().ok()?, value.day?.try_into().ok()?).ok()
}

/// To the minute, as a line's hours are.
fn time_of(value: &PartialDateTime) -> Option<Time> {
    Time::new(value.hour?.try_into().ok()?, value.minute?.try_into().ok()?, 0, 0).ok()
}

fn offset_of(value: &PartialDateTime) -> Option<Offset> {
    let minutes = i32::from(value.tz_hour?) * 60 + i32::from(value.tz_minute.unwrap_or(0));
    Offset::from_seconds(if value.tz_minus { -minutes * 60 } else { minutes * 60 }).ok()
}
