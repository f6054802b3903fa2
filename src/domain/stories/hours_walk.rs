//! Working hours against a walk minute by minute through two years: random calendars in zones
//! whose clocks are put forward and back in every way there is.
//!
//! The walk asks the zone what its clock shows and looks that up in days painted minute by minute.
//! It shares no code with what it checks.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::{FileFailurePersistence, TestRunner};

use crate::hours::{ClockTime, Holiday, Hours, HoursSettings, Interval, Week};
use crate::stories::hours::zone;

const MINUTES: usize = 2 * 365 * 24 * 60;
const MINUTES_A_DAY: usize = 24 * 60;

/// Of February 2024, to have a 29th.
const LEAP_DAY: Date = date(2024, 2, 29);

#[test]
fn berlin() {
    walk("Europe/Berlin", 2027);
}

#[test]
fn new_york() {
    walk("America/New_York", 2025);
}

/// Put forward by half an hour.
#[test]
fn lord_howe() {
    walk("Australia/Lord_Howe", 2025);
}

/// At 00:01, so that a day begins twice.
#[test]
fn st_johns() {
    walk("America/St_Johns", 2009);
}

/// Put back for Ramadan, forward after it.
#[test]
fn casablanca() {
    walk("Africa/Casablanca", 2025);
}

/// At midnight, so that a day begins at 01:00.
#[test]
fn tehran() {
    walk("Asia/Tehran", 2021);
}

/// There was no 30 December 2011.
#[test]
fn apia() {
    walk("Pacific/Apia", 2011);
}

/// A quarter of an hour off the others.
#[test]
fn chatham() {
    walk("Pacific/Chatham", 2025);
}

/// Put forward for good in 2011.
#[test]
fn moscow() {
    walk("Europe/Moscow", 2010);
}

/// Failing seeds are kept beside this file.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1,
        max_shrink_time: 60_000,
        source_file: Some(file!()),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("seeds"))),
        ..ProptestConfig::default()
    }
}

fn walk(name: &str, year: i16) {
    let first = date(year, 1, 1);
    let zone = zone(name);
    let mut runner = TestRunner::new(config());
    let samples = proptest::collection::vec((0..MINUTES, 0..20_000_usize), 500);
    let outcome = runner.run(&(calendar(first), samples), |(settings, samples)| {
        assert_eq!(settings.problems(), []);
        let hours = Hours::new(&settings, zone.clone());
        let seen = Walk::through(&settings, &zone, first);
        seen.agrees_on_every_minute(&hours);
        for minute in seen.around_changes() {
            seen.agrees_on_what_is_next(&hours, minute);
        }
        for (minute, wait) in samples {
            seen.agrees_on_what_is_next(&hours, minute);
            seen.agrees_on_the_wait(&hours, minute, wait);
        }
        Ok(())
    });
    if let Err(why) = outcome {
        panic!("{name}: {why}");
    }
}

/// What the walk saw.
struct Walk {
    start: Timestamp,
    /// For each minute from the start whether the line is open.
    open: Vec<bool>,
    /// For each minute, and for the end, how many open ones there were before.
    open_before: Vec<usize>,
    /// For each minute the first from it on that is not as it is; the end, if there is none.
    changes: Vec<usize>,
}

impl Walk {
    fn through(settings: &HoursSettings, zone: &TimeZone, first: Date) -> Self {
        let start = first.to_zoned(zone.clone()).expect("a midnight").timestamp();
        let mut painted = (Date::MIN, [false; MINUTES_A_DAY]);
        let mut open = Vec::with_capacity(MINUTES);
        for minute in 0..MINUTES {
            let clock = zone.to_datetime(start + minutes(minute));
            if painted.0 != clock.date() {
                painted = (clock.date(), paint(settings, clock.date()));
            }
            open.push(painted.1[minute_of_day(clock.hour(), clock.minute())]);
        }
        let mut open_before = vec![0];
        for is_open in &open {
            open_before.push(open_before[open_before.len() - 1] + usize::from(*is_open));
        }
        let mut changes = vec![MINUTES; MINUTES];
        for minute in (1..MINUTES).rev() {
            let changes_now = open[minute] != open[minute - 1];
            changes[minute - 1] = if changes_now { minute } else { changes[minute] };
        }
        Self { start, open, open_before, changes }
    }

    fn agrees_on_every_minute(&self, hours: &Hours) {
        for (minute, is_open) in self.open.iter().enumerate() {
            let at = self.at(minute);
            assert_eq!(
                hours.is_open(at),
                *is_open,
                "open at {}",
                at.to_zoned(hours.zone().clone())
            );
        }
    }

    /// The last minute before each change, and the first after it.
    fn around_changes(&self) -> impl Iterator<Item = usize> {
        (1..MINUTES - 1).filter(|minute| {
            self.open[minute - 1] != self.open[*minute]
                || self.open[*minute] != self.open[minute + 1]
        })
    }

    /// As of the minute's beginning and of its last nanosecond.
    fn agrees_on_what_is_next(&self, hours: &Hours, minute: usize) {
        let (is_open, changes) = (self.open[minute], self.changes[minute]);
        let begins = self.at(minute);
        for at in [begins, begins + minutes(1) - SignedDuration::from_nanos(1)] {
            let shown = at.to_zoned(hours.zone().clone());
            let (same, other) = if is_open {
                (hours.opens_next(at), hours.closes_next(at))
            } else {
                (hours.closes_next(at), hours.opens_next(at))
            };
            assert_eq!(same, Some(at), "open {is_open} at {shown}");
            self.is_at(other, changes, format_args!("open {is_open} at {shown}"));
            assert_eq!(hours.changes_next(at), other, "changes after {shown}");
        }
    }

    fn agrees_on_the_wait(&self, hours: &Hours, minute: usize, wait: usize) {
        let wanted = self.open_before[minute] + wait;
        let over = self.open_before.partition_point(|before| *before < wanted).max(minute);
        let after = hours.after_open(self.at(minute), minutes(wait));
        let shown = self.at(minute).to_zoned(hours.zone().clone());
        self.is_at(Some(after), over, format_args!("{wait} minutes from {shown}"));
    }

    /// What lies past the end the walk has not seen.
    fn is_at(&self, moment: Option<Timestamp>, minute: usize, what: std::fmt::Arguments<'_>) {
        if minute < MINUTES {
            assert_eq!(moment, Some(self.at(minute)), "{what}");
        } else {
            assert!(moment.is_none_or(|moment| moment >= self.at(MINUTES)), "{what}: {moment:?}");
        }
    }

    fn at(&self, minute: usize) -> Timestamp {
        self.start + minutes(minute)
    }
}

fn minutes(count: usize) -> SignedDuration {
    SignedDuration::from_mins(count.try_into().expect("few"))
}

fn minute_of_day(hour: i8, minute: i8) -> usize {
    usize::try_from(hour).expect("an hour") * 60 + usize::try_from(minute).expect("a minute")
}

/// The minutes of a day at which the line is open.
fn paint(settings: &HoursSettings, day: Date) -> [bool; MINUTES_A_DAY] {
    let mut open = [false; MINUTES_A_DAY];
    for Interval { from, to } in begun_on(settings, day) {
        let (from, to) = (usize::from(from.minutes()), usize::from(to.minutes()));
        let end = if from < to { to } else { MINUTES_A_DAY };
        open[from..end].fill(true);
    }
    for Interval { from, to } in begun_on(settings, day.yesterday().expect("a day before")) {
        if to <= from {
            open[..usize::from(to.minutes())].fill(true);
        }
    }
    open
}

fn begun_on(settings: &HoursSettings, day: Date) -> Vec<Interval> {
    let mut holidays: Vec<_> = settings.holidays.iter().filter(|h| falls_on(h, day)).collect();
    if holidays.iter().any(|holiday| !holiday.yearly) {
        holidays.retain(|holiday| !holiday.yearly);
    }
    let shortest = holidays.iter().map(|holiday| length(holiday)).min();
    holidays.retain(|holiday| Some(length(holiday)) == shortest);
    if holidays.iter().any(|holiday| !holiday.imported) {
        holidays.retain(|holiday| !holiday.imported);
    }
    let week = &settings.week;
    match (holidays.first(), day.weekday()) {
        (Some(holiday), _) => holiday.intervals.clone(),
        (None, Weekday::Monday) => week.monday.clone(),
        (None, Weekday::Tuesday) => week.tuesday.clone(),
        (None, Weekday::Wednesday) => week.wednesday.clone(),
        (None, Weekday::Thursday) => week.thursday.clone(),
        (None, Weekday::Friday) => week.friday.clone(),
        (None, Weekday::Saturday) => week.saturday.clone(),
        (None, Weekday::Sunday) => week.sunday.clone(),
    }
}

fn falls_on(holiday: &Holiday, day: Date) -> bool {
    let same_day = |other: Date| (other.month(), other.day()) == (day.month(), day.day());
    days(holiday).into_iter().any(|of| if holiday.yearly { same_day(of) } else { of == day })
}

fn length(holiday: &Holiday) -> usize {
    days(holiday).len()
}

/// Day by day; those of a yearly one in leap years, from 2024 into 2028, where there is each.
fn days(holiday: &Holiday) -> Vec<Date> {
    let Holiday { from, to, .. } = holiday;
    if !holiday.yearly {
        return from.series(1.day()).take_while(|day| day <= to).collect();
    }
    let mut days = Vec::new();
    for day in date(2024, from.month(), from.day()).series(1.day()) {
        let day = if day.year() == 2025 { date(2028, day.month(), day.day()) } else { day };
        days.push(day);
        if (day.month(), day.day()) == (to.month(), to.day()) {
            return days;
        }
    }
    unreachable!("a leap year has every day");
}

fn calendar(first: Date) -> impl Strategy<Value = HoursSettings> {
    let week = [(); 7].map(|()| intervals());
    let holidays = proptest::collection::vec(holiday(first), 0..12);
    (week, holidays).prop_map(|(week, holidays)| {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = week;
        let week = Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday };
        HoursSettings { enabled: true, week, holidays, ..HoursSettings::new("") }
    })
}

/// Up to three intervals, the last of them perhaps over midnight; often in the small hours, where
/// clocks are put forward and back.
fn intervals() -> impl Strategy<Value = Vec<Interval>> {
    let minute = prop_oneof![3 => 0..=1_440_u16, 3 => 0..200_u16, 1 => Just(1_440), 1 => Just(0)];
    let bounds = proptest::collection::btree_set(minute, 0..6);
    let over_midnight = prop_oneof![2 => Just(None), 1 => (0..=1_000_u16).prop_map(Some)];
    (bounds, over_midnight).prop_map(|(bounds, over_midnight)| between(&bounds, over_midnight))
}

fn between(bounds: &BTreeSet<u16>, over_midnight: Option<u16>) -> Vec<Interval> {
    let time = |minute: u16| ClockTime::new(minute / 60, minute % 60).expect("a time");
    let bounds: Vec<_> = bounds.iter().copied().map(time).collect();
    let pairs = bounds.as_chunks::<2>().0.iter();
    let mut intervals: Vec<_> = pairs.map(|&[from, to]| Interval { from, to }).collect();
    if let (Some(last), Some(to)) = (intervals.last_mut(), over_midnight) {
        last.to = time(to).min(last.from);
    }
    intervals
}

/// In a few places only, so that many overlap.
fn holiday(first: Date) -> impl Strategy<Value = Holiday> {
    let day = move |offset: i32| first + offset.days();
    let from = prop_oneof![
        8 => (select(vec![0, 82, 86, 88, 298, 302, 360, 420, 450]), 0..5).prop_map(|(a, b)| a + b).prop_map(day),
        2 => (362..366).prop_map(day),
        1 => Just(LEAP_DAY),
    ];
    let days = prop_oneof![2 => Just(0), 2 => 0..4, 1 => 0..40];
    (from, days, any::<bool>(), intervals(), any::<bool>()).prop_map(
        |(from, days, yearly, intervals, imported)| {
            let (to, name) = (from + days.days(), String::new());
            Holiday { from, to, yearly, intervals, name, imported }
        },
    )
}
