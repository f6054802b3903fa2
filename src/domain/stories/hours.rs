//! Stories of working hours: each is a calendar and the times at which the line is open.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::hours::{Holiday, Hours, HoursRule, HoursSettings, Interval, Week};
use crate::id::LineId;

const NEVER: &[&str] = &[];

/// Zones come from the table compiled into the tests, whatever the machine has.
pub(super) fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).expect("a zone")
}

/// Intervals written as `09:00-13:00 14:00-18:00`.
pub(super) fn intervals(text: &str) -> Vec<Interval> {
    let interval = |text: &str| {
        let (from, to) = text.split_once('-').expect("from and to");
        Interval { from: from.parse().expect("a time"), to: to.parse().expect("a time") }
    };
    text.split_whitespace().map(interval).collect()
}

/// The same intervals from Monday to Friday.
pub(super) fn workdays(text: &str) -> HoursSettings {
    let day = || intervals(text);
    let (monday, tuesday, wednesday, thursday, friday) = (day(), day(), day(), day(), day());
    let week = Week { monday, tuesday, wednesday, thursday, friday, ..Week::default() };
    HoursSettings { enabled: true, week, ..HoursSettings::new("Europe/Berlin") }
}

/// The same intervals every day.
pub(super) fn every_day(text: &str) -> HoursSettings {
    let mut settings = workdays(text);
    (settings.week.saturday, settings.week.sunday) = (intervals(text), intervals(text));
    settings
}

/// A one-off holiday, entered by hand.
pub(super) fn holiday(from: &str, to: &str, open: &str) -> Holiday {
    Holiday {
        from: from.parse().expect("a day"),
        to: to.parse().expect("a day"),
        yearly: false,
        intervals: intervals(open),
        name: String::new(),
        imported: false,
    }
}

pub(super) fn yearly(from: &str, to: &str, open: &str) -> Holiday {
    Holiday { yearly: true, ..holiday(from, to, open) }
}

pub(super) fn with(holidays: impl Into<Vec<Holiday>>, settings: HoursSettings) -> HoursSettings {
    HoursSettings { holidays: holidays.into(), ..settings }
}

fn hours(settings: &HoursSettings) -> Hours {
    assert_eq!(settings.problems(), []);
    Hours::new(settings, zone(&settings.timezone))
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// From that midnight on, for so many days, the line is open at these times and at no others.
#[track_caller]
fn check(settings: &HoursSettings, day: &str, days: i32, expected: &[&str]) {
    let hours = hours(settings);
    let day: jiff::civil::Date = day.parse().expect("a day");
    let midnight = |date: jiff::civil::Date| {
        date.to_zoned(hours.zone().clone()).expect("a midnight").timestamp()
    };
    let (mut now, end) = (midnight(day), midnight(day + days.days()));
    let shown =
        |at: Timestamp| at.to_zoned(hours.zone().clone()).strftime("%a %H:%M %Z").to_string();
    let mut seen = Vec::new();
    while let Some(opens) = hours.opens_next(now).filter(|opens| *opens < end) {
        let closes = hours.closes_next(opens).unwrap_or(end).min(end);
        assert!(hours.is_open(opens) && hours.is_open(closes - SignedDuration::from_nanos(1)));
        seen.push(format!("{} - {}", shown(opens), shown(closes)));
        now = closes;
    }
    assert_eq!(seen, expected);
}

#[test]
fn lunch_closes_the_line() {
    check(
        &workdays("14:00-18:00 09:00-13:00"),
        "2026-01-09",
        4,
        &[
            "Fri 09:00 CET - Fri 13:00 CET",
            "Fri 14:00 CET - Fri 18:00 CET",
            "Mon 09:00 CET - Mon 13:00 CET",
            "Mon 14:00 CET - Mon 18:00 CET",
        ],
    );
}

#[test]
fn intervals_that_touch_are_one_time() {
    let settings = every_day("09:00-13:00 13:00-24:00");
    let expected = ["Fri 09:00 CET - Sat 00:00 CET", "Sat 09:00 CET - Sun 00:00 CET"];
    check(&settings, "2026-01-09", 2, &expected);
    let settings = every_day("00:00-24:00");
    check(&settings, "2026-01-09", 2, &["Fri 00:00 CET - Sun 00:00 CET"]);
    assert_eq!(hours(&settings).closes_next(at("2026-01-09T12:00Z")), None);
    assert_eq!(hours(&settings).changes_next(at("2026-01-09T12:00Z")), None);
}

#[test]
fn a_night_shift_belongs_to_the_day_it_begins_on() {
    let expected = ["Fri 00:00 CET - Fri 06:00 CET", "Fri 22:00 CET - Sat 06:00 CET"];
    let nights = workdays("22:00-06:00");
    check(&nights, "2026-01-09", 3, &expected);
    let closed_saturday = with([holiday("2026-01-10", "2026-01-10", "")], nights.clone());
    check(&closed_saturday, "2026-01-09", 3, &expected);
    let closed_friday = with([holiday("2026-01-09", "2026-01-09", "")], nights);
    check(&closed_friday, "2026-01-09", 3, &expected[..1]);
}

#[test]
fn a_day_round_begins_and_ends_at_its_time() {
    let mut settings = workdays("");
    settings.week.friday = intervals("09:00-09:00");
    check(&settings, "2026-01-09", 3, &["Fri 09:00 CET - Sat 09:00 CET"]);
    settings.week.friday = intervals("09:00-00:00");
    check(&settings, "2026-01-09", 3, &["Fri 09:00 CET - Sat 00:00 CET"]);
}

#[test]
fn a_saturday_can_be_worked() {
    let holidays = [holiday("2026-01-10", "2026-01-10", "10:00-14:00")];
    let expected = ["Fri 09:00 CET - Fri 18:00 CET", "Sat 10:00 CET - Sat 14:00 CET"];
    check(&with(holidays, workdays("09:00-18:00")), "2026-01-09", 3, &expected);
}

#[test]
fn a_yearly_range_crosses_the_new_year() {
    for (from, to) in [("2020-12-31", "2021-01-02"), ("2030-12-31", "2030-01-02")] {
        let settings = with([yearly(from, to, "")], every_day("09:00-18:00"));
        let expected = ["Tue 09:00 CET - Tue 18:00 CET", "Sat 09:00 CET - Sat 18:00 CET"];
        check(&settings, "2025-12-30", 5, &expected);
    }
}

#[test]
fn the_29th_of_february_is_in_leap_years_only() {
    let leap_day = with([yearly("2024-02-29", "2024-02-29", "10:00-11:00")], workdays(""));
    check(&leap_day, "2027-02-27", 4, NEVER);
    check(&leap_day, "2028-02-27", 4, &["Tue 10:00 CET - Tue 11:00 CET"]);
    let range = with([yearly("2024-02-29", "2024-03-01", "10:00-11:00")], workdays(""));
    check(&range, "2027-02-27", 4, &["Mon 10:00 CET - Mon 11:00 CET"]);
}

#[test]
fn the_more_particular_holiday_counts() {
    let day = |holiday: Holiday| Holiday { imported: true, ..holiday };
    let all = [
        yearly("2020-05-01", "2020-05-10", "01:00-02:00"),
        day(yearly("2020-05-05", "2020-05-06", "02:00-03:00")),
        yearly("2020-05-05", "2020-05-06", "03:00-04:00"),
        holiday("2026-05-01", "2026-07-10", "04:00-05:00"),
        day(holiday("2026-05-05", "2026-05-06", "05:00-06:00")),
        holiday("2026-05-05", "2026-05-06", "06:00-07:00"),
    ];
    // The more of them there are, the later in the day the line is open.
    for count in 1..=all.len() {
        let expected = format!("Tue {count:02}:00 CEST - Tue {:02}:00 CEST", count + 1);
        let mut holidays = all[..count].to_vec();
        check(&with(holidays.clone(), workdays("")), "2026-05-05", 1, &[&*expected]);
        holidays.reverse();
        check(&with(holidays, workdays("")), "2026-05-05", 1, &[&*expected]);
    }
}

#[test]
fn a_range_over_the_new_year_is_as_short_as_its_days() {
    for (from, to) in [("2020-12-30", "2021-01-02"), ("2024-12-30", "2024-01-02")] {
        let short = yearly(from, to, "02:00-03:00");
        let long = yearly("2020-12-20", "2020-12-31", "01:00-02:00");
        let settings = with([long, short], workdays(""));
        check(&settings, "2026-12-30", 1, &["Wed 02:00 CET - Wed 03:00 CET"]);
    }
}

#[test]
fn of_equals_the_first_counts() {
    let holidays = ["01:00-02:00", "02:00-03:00"].map(|o| holiday("2026-05-05", "2026-05-05", o));
    check(&with(holidays, workdays("")), "2026-05-05", 1, &["Tue 01:00 CEST - Tue 02:00 CEST"]);
}

/// On 29 March 2026 at 02:00 it is 03:00.
#[test]
fn what_lies_in_a_gap_is_not_there() {
    for (open, expected) in [
        ("02:00-03:00", NEVER),
        ("01:00-02:30", &["Sun 01:00 CET - Sun 03:00 CEST"]),
        ("02:30-04:00", &["Sun 03:00 CEST - Sun 04:00 CEST"]),
        ("00:00-24:00", &["Sun 00:00 CET - Mon 00:00 CEST"]),
    ] {
        let mut settings = workdays("");
        settings.week.sunday = intervals(open);
        check(&settings, "2026-03-29", 1, expected);
    }
}

/// On 25 October 2026 at 03:00 it is 02:00 again.
#[test]
fn an_hour_that_comes_twice_is_open_twice() {
    for (open, expected) in [
        ("02:00-03:00", &["Sun 02:00 CEST - Sun 03:00 CET"][..]),
        ("02:15-02:30", &["Sun 02:15 CEST - Sun 02:30 CEST", "Sun 02:15 CET - Sun 02:30 CET"]),
        ("01:00-02:30", &["Sun 01:00 CEST - Sun 02:30 CEST", "Sun 02:00 CET - Sun 02:30 CET"]),
        ("02:30-04:00", &["Sun 02:30 CEST - Sun 02:00 CET", "Sun 02:30 CET - Sun 04:00 CET"]),
    ] {
        let mut settings = workdays("");
        settings.week.sunday = intervals(open);
        check(&settings, "2026-10-25", 1, expected);
    }
}

#[test]
fn open_time_is_counted_over_nights_and_weekends() {
    let hours = hours(&workdays("09:00-13:00 14:00-18:00"));
    let friday = at("2026-01-09T17:30+01");
    for (minutes, expected) in [
        (0, "2026-01-09T17:30+01"),
        (29, "2026-01-09T17:59+01"),
        // At the closing, not at the opening after it.
        (30, "2026-01-09T18:00+01"),
        (31, "2026-01-12T09:01+01"),
        (30 + 8 * 60, "2026-01-12T18:00+01"),
        (30 + 5 * 8 * 60 + 1, "2026-01-19T09:01+01"),
    ] {
        let wait = SignedDuration::from_mins(minutes);
        assert_eq!(hours.after_open(friday, wait), at(expected), "{minutes}");
    }
    let saturday = at("2026-01-10T12:00+01");
    assert_eq!(hours.after_open(saturday, SignedDuration::ZERO), saturday);
    let nanosecond = SignedDuration::from_nanos(1);
    assert_eq!(hours.after_open(saturday, nanosecond), at("2026-01-12T09:00+01") + nanosecond);
}

#[test]
fn without_hours_it_is_always_open() {
    let settings = HoursSettings { enabled: false, ..workdays("") };
    let now = at("2026-01-10T03:00Z");
    for hours in [Hours::round_the_clock(), hours(&settings)] {
        assert!(hours.is_always_open() && hours.is_open(now));
        assert_eq!(hours.opens_next(now), Some(now));
        assert_eq!(hours.closes_next(now), None);
        assert_eq!(hours.changes_next(now), None);
        let wait = SignedDuration::from_hours(2);
        assert_eq!(hours.after_open(now, wait), at("2026-01-10T05:00Z"));
        assert_eq!(hours.after_open(now, SignedDuration::MAX), Timestamp::MAX);
    }
    assert_eq!(hours(&settings).zone().iana_name(), Some("Europe/Berlin"));
}

#[test]
fn closed_for_good_is_never_open() {
    let hours = hours(&workdays(""));
    let now = at("2026-01-10T03:00Z");
    assert!(!hours.is_always_open() && !hours.is_open(now));
    assert_eq!((hours.opens_next(now), hours.changes_next(now)), (None, None));
    assert_eq!(hours.closes_next(now), Some(now));
    assert_eq!(hours.after_open(now, SignedDuration::from_nanos(1)), Timestamp::MAX);
}

#[test]
fn an_opening_is_sought_for_three_years() {
    let opens = holiday("2029-01-09", "2029-01-09", "09:00-10:00");
    let hours = hours(&with([opens], workdays("")));
    let opening = at("2029-01-09T09:00+01");
    for (now, found) in [("2026-01-09T09:00+01", true), ("2026-01-05T00:00+01", false)] {
        let now = at(now);
        assert_eq!(hours.opens_next(now), found.then_some(opening));
        assert_eq!(hours.changes_next(now), found.then_some(opening));
        let after = hours.after_open(now, SignedDuration::from_mins(1));
        let expected = if found { opening + SignedDuration::from_mins(1) } else { Timestamp::MAX };
        assert_eq!(after, expected);
    }
}

#[test]
fn at_the_ends_of_time_there_is_an_answer_too() {
    for open in ["", "00:00-24:00", "22:00-06:00"] {
        let hours = hours(&every_day(open));
        for end in [Timestamp::MIN, Timestamp::MAX] {
            let is_open = hours.is_open(end);
            assert_eq!(hours.opens_next(end) == Some(end), is_open);
            assert_eq!(hours.closes_next(end) == Some(end), !is_open);
        }
        assert_eq!(hours.changes_next(Timestamp::MAX), None);
        assert_eq!(hours.after_open(Timestamp::MAX, SignedDuration::MAX), Timestamp::MAX);
    }
}

#[test]
fn a_line_may_use_the_calendar_of_another() {
    let other = with([holiday("2026-01-10", "2026-01-10", "")], every_day("10:00-11:00"));
    let other = HoursSettings { timezone: "Asia/Tokyo".into(), enabled: false, ..other };
    let own = HoursSettings {
        rule: HoursRule::Nothing,
        text: Some("closed".to_owned()),
        calendar_of: Some(LineId::new("other")),
        ..workdays("09:00-18:00")
    };
    let used = own.with_calendar(&other);
    assert_eq!((&used.timezone, &used.week), (&other.timezone, &other.week));
    assert_eq!(used.holidays, other.holidays);
    assert_eq!(
        used,
        HoursSettings {
            timezone: used.timezone.clone(),
            week: used.week.clone(),
            holidays: used.holidays.clone(),
            ..own
        }
    );
}
