//! Small calendar files and what they come to, for a line in Berlin on 1 March 2026.

use jiff::ToSpan as _;
use jiff::civil::date;
use proptest::prelude::{any, proptest};
use proptest::sample::Index;

use super::*;

/// Each property on a line of its own; the events are parted by an empty line.
fn file(events: &str) -> String {
    let mut lines = vec!["BEGIN:VCALENDAR", "VERSION:2.0"];
    for event in events.split("\n\n") {
        lines.push("BEGIN:VEVENT");
        lines.extend(event.lines().map(str::trim).filter(|line| !line.is_empty()));
        lines.push("END:VEVENT");
    }
    lines.push("END:VCALENDAR\r\n");
    lines.join("\r\n")
}

fn read_in_berlin(ics: &str) -> Result<CalendarBody, NotRead> {
    let zone = TimeZone::get("Europe/Berlin").expect("a zone");
    read(ics, &zone, date(2026, 3, 1))
}

/// `2026-05-01..2026-05-02 yearly 09:00-13:00 May`
fn line_of(holiday: &Holiday) -> String {
    let Holiday { from, to, yearly, intervals, name, imported } = holiday;
    assert!(*imported && holiday.problem().is_none());
    let mut words = vec![format!("{from}..{to}")];
    words.extend(yearly.then(|| "yearly".to_owned()));
    words.extend(intervals.iter().map(|it| format!("{}-{}", it.from, it.to)));
    words.push(name.clone());
    words.join(" ")
}

#[track_caller]
fn check(events: &str, holidays: &[&str]) {
    let read = read_in_berlin(&file(events)).expect("read");
    assert_eq!(read.skipped, []);
    let lines: Vec<_> = read.holidays.iter().map(line_of).collect();
    assert_eq!(lines, holidays);
}

#[track_caller]
fn skipped(why: Why, event: &str) {
    let read = read_in_berlin(&file(&format!("SUMMARY:Odd\n{event}"))).expect("read");
    assert_eq!(read.skipped, [Skipped { name: "Odd".to_owned(), why }], "{event}");
    assert_eq!(read.holidays, []);
}

#[test]
fn a_day_without_a_time_is_closed() {
    check(
        "DTSTART;VALUE=DATE:20260501\nDTEND;VALUE=DATE:20260502\nSUMMARY:Labour Day",
        &["2026-05-01..2026-05-01 Labour Day"],
    );
    check("DTSTART:20260501\nSUMMARY:Labour Day", &["2026-05-01..2026-05-01 Labour Day"]);
    check("DTSTART:20260501\nDTEND:20260501", &["2026-05-01..2026-05-01 "]);
}

#[test]
fn the_end_of_a_range_is_not_of_it() {
    let days = ["2026-12-24..2026-12-26 Christmas"];
    check("DTSTART:20261224\nDTEND:20261227\nSUMMARY:Christmas", &days);
    check("DTSTART:20261224\nDURATION:P3D\nSUMMARY:Christmas", &days);
    check("DTSTART:20261224\nDURATION:P1W", &["2026-12-24..2026-12-30 "]);
}

#[test]
fn a_time_of_day_is_when_it_is_open() {
    let open = ["2026-05-02..2026-05-02 10:00-14:30 Stocktaking"];
    check("DTSTART:20260502T100000\nDTEND:20260502T143000\nSUMMARY:Stocktaking", &open);
    check("DTSTART:20260502T100000\nDURATION:PT4H30M\nSUMMARY:Stocktaking", &open);
}

#[test]
fn a_night_belongs_to_the_day_it_begins_on() {
    check(
        "DTSTART:20260502T220000\nDTEND:20260503T060000",
        &["2026-05-02..2026-05-02 22:00-06:00 "],
    );
    check(
        "DTSTART:20260502T220000\nDTEND:20260503T000000",
        &["2026-05-02..2026-05-02 22:00-24:00 "],
    );
    check(
        "DTSTART:20260502T090000\nDTEND:20260503T090000",
        &["2026-05-02..2026-05-02 09:00-09:00 "],
    );
}

#[test]
fn times_are_of_the_zone_of_the_line() {
    let zones = "
        DTSTART:20260502T080000Z
        DTEND:20260502T090000Z
        SUMMARY:UTC

        DTSTART;TZID=America/New_York:20260503T180000
        DTEND;TZID=America/New_York:20260503T200000
        SUMMARY:New York

        DTSTART;TZID=\"W. Europe Standard Time\":20260506T090000
        DTEND;TZID=\"W. Europe Standard Time\":20260506T100000
        SUMMARY:Windows";
    check(
        zones,
        &[
            "2026-05-02..2026-05-02 10:00-11:00 UTC",
            "2026-05-04..2026-05-04 00:00-02:00 New York",
            "2026-05-06..2026-05-06 09:00-10:00 Windows",
        ],
    );
}

#[test]
fn the_times_of_a_day_are_one_holiday() {
    let times = "
        DTSTART:20260502T140000
        DTEND:20260502T180000
        SUMMARY:Afternoon

        DTSTART:20260502T090000
        DTEND:20260502T130000
        SUMMARY:Morning

        DTSTART:20260502T100000
        DTEND:20260502T110000
        SUMMARY:Morning

        DTSTART:20260502T120000
        DTEND:20260502T133000

        DTSTART:20260502T180000
        DTEND:20260502T190000";
    check(times, &["2026-05-02..2026-05-02 09:00-13:30 14:00-19:00 Afternoon, Morning"]);
}

#[test]
fn days_are_in_order_and_the_hours_of_a_day_before_its_closing() {
    let events = "
        DTSTART:20261224
        SUMMARY:Christmas Eve

        DTSTART:20261224T090000
        DTEND:20261224T130000
        SUMMARY:Open

        DTSTART:20261003
        SUMMARY:Unity";
    let expected = [
        "2026-10-03..2026-10-03 Unity",
        "2026-12-24..2026-12-24 09:00-13:00 Open",
        "2026-12-24..2026-12-24 Christmas Eve",
    ];
    check(events, &expected);
}

#[test]
fn what_comes_every_year_is_yearly() {
    for rule in
        ["FREQ=YEARLY", "FREQ=YEARLY;INTERVAL=1;WKST=MO", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=6"]
    {
        check(
            &format!("DTSTART:20200106\nSUMMARY:Epiphany\nRRULE:{rule}"),
            &["2020-01-06..2020-01-06 yearly Epiphany"],
        );
    }
    check(
        "DTSTART:20201231T090000\nDTEND:20201231T120000\nRRULE:FREQ=YEARLY",
        &["2020-12-31..2020-12-31 yearly 09:00-12:00 "],
    );
    check(
        "DTSTART:20201231\nDTEND:20210103\nRRULE:FREQ=YEARLY",
        &["2020-12-31..2021-01-02 yearly "],
    );
}

#[test]
fn what_comes_otherwise_is_named() {
    for rule in [
        "RRULE:FREQ=WEEKLY",
        "RRULE:FREQ=YEARLY;INTERVAL=2",
        "RRULE:FREQ=YEARLY;COUNT=5",
        "RRULE:FREQ=YEARLY;UNTIL=20300101",
        "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=2SU",
        "RRULE:FREQ=YEARLY;BYMONTH=6",
        "RRULE:FREQ=YEARLY;BYMONTHDAY=2",
        "RRULE:nonsense",
        "RRULE:FREQ=YEARLY\nRRULE:FREQ=YEARLY",
        "RRULE:FREQ=YEARLY\nEXDATE:20270501",
        "RDATE:20270501",
        "RECURRENCE-ID:20260502",
    ] {
        skipped(Why::Repeats, &format!("DTSTART:20260501\n{rule}"));
    }
}

#[test]
fn what_is_no_holiday_is_named() {
    for (why, event) in [
        (Why::Cancelled, "DTSTART:20260501\nSTATUS:CANCELLED"),
        (Why::Past, "DTSTART:20260227\nDTEND:20260301"),
        (Why::Past, "DTSTART:20260228T090000\nDTEND:20260228T100000"),
        (Why::NoDate, "DESCRIPTION:no date"),
        (Why::NoDate, "DTSTART:20260230"),
        (Why::NoDate, "DTSTART:20260501T990000\nDTEND:20260502"),
        (Why::NoDate, "DTSTART:tomorrow"),
        (Why::NoEnd, "DTSTART:20260501T090000"),
        (Why::NoEnd, "DTSTART:20260501T090000\nDTEND:20260501T090030"),
        (Why::NoEnd, "DTSTART:20260501T090000\nDTEND:20260430T100000"),
        (Why::NoEnd, "DTSTART:20260501T090000\nDTEND:20260502"),
        (Why::TooLong, "DTSTART:20260501T090000\nDTEND:20260502T090100"),
        (Why::UnknownZone, "DTSTART;TZID=Middle-earth:20260501T090000\nDURATION:PT1H"),
        (Why::OutOfBounds, "DTSTART:99990101"),
        (Why::OutOfBounds, "DTSTART:20260501\nDTEND:20270502\nRRULE:FREQ=YEARLY"),
    ] {
        skipped(why, event);
    }
    check("DTSTART:20260228\nDTEND:20260302", &["2026-02-28..2026-03-01 "]);
}

#[test]
fn a_day_holds_only_so_many_hours() {
    let hour =
        |from: u8| format!("DTSTART:20260501T{from:02}0000\nDURATION:PT30M\nSUMMARY:From {from}");
    let hours: Vec<_> = (0..9).map(hour).collect();
    let read = read_in_berlin(&file(&hours.join("\n\n"))).expect("read");
    assert_eq!(read.holidays[0].intervals.len(), 8);
    let why = Why::OutOfBounds;
    assert_eq!(read.skipped, [Skipped { name: "From 8".to_owned(), why }]);
    let nights = "
        DTSTART:20260501T090000
        DTEND:20260502T080000
        SUMMARY:Day

        DTSTART:20260501T200000
        DTEND:20260502T100000
        SUMMARY:Night";
    let read = read_in_berlin(&file(nights)).expect("read");
    assert_eq!(
        read.holidays.iter().map(line_of).collect::<Vec<_>>(),
        ["2026-05-01..2026-05-01 09:00-08:00 Day"]
    );
    assert_eq!(read.skipped, [Skipped { name: "Night".to_owned(), why: Why::TooLong }]);
}

#[test]
fn names_are_one_line_and_not_too_long() {
    let folded =
        file("DTSTART:20260501\nSUMMARY:Labour\\nDay\\, \\; a|nd more").replace('|', "\r\n ");
    let read = read_in_berlin(&folded).expect("read");
    assert_eq!(read.holidays[0].name, "Labour Day, ; and more");
    let read = read_in_berlin(&file(&format!("DTSTART:20260501\nSUMMARY:{}", "ä".repeat(200))));
    assert_eq!(read.expect("read").holidays[0].name, "ä".repeat(100));
}

#[test]
fn what_is_no_calendar_is_refused() {
    for text in ["", "\r\n", "hello", "{\"a\": 1}", "BEGIN:VCARD\r\nFN:Ivan\r\nEND:VCARD\r\n"] {
        assert_eq!(read_in_berlin(text), Err(NotRead::NoCalendar), "{text}");
    }
    let (one, two) = (file("DTSTART:20260501"), file("DTSTART:20260502"));
    assert_eq!(read_in_berlin(&format!("{one}{two}")).expect("read").holidays.len(), 2);
    let broken = format!("{one}hello\r\n");
    assert_eq!(read_in_berlin(&broken), Err(NotRead::NoCalendar));
    let empty = "\u{feff}BEGIN:VCALENDAR\nEND:VCALENDAR\n";
    let nothing = CalendarBody { holidays: Vec::new(), skipped: Vec::new() };
    assert_eq!(read_in_berlin(empty), Ok(nothing));
}

#[test]
fn a_file_has_at_most_a_thousand_holidays() {
    let day = |n: i32| format!("DTSTART:{}", (date(2027, 1, 1) + n.days()).strftime("%Y%m%d"));
    let events = |count: i32| (0..count).map(day).collect::<Vec<_>>().join("\n\n");
    assert_eq!(read_in_berlin(&file(&events(1_000))).expect("read").holidays.len(), 1_000);
    assert_eq!(read_in_berlin(&file(&events(1_001))), Err(NotRead::TooMany));
}

/// Deeper than any calendar is.
#[test]
fn nesting_harms_nobody() {
    let deep = |end: &str| format!("{}{end}", "BEGIN:VEVENT\r\n".repeat(18_000));
    assert!(read_in_berlin(&deep("")).is_ok());
    assert!(read_in_berlin(&deep(&"END:VEVENT\r\n".repeat(18_000))).is_ok());
}

proptest! {
    /// What is spoilt anywhere is read or refused; the holidays that are read are valid.
    #[test]
    fn spoilt_files_harm_nobody(
        spoils in proptest::collection::vec((any::<Index>(), "\\PC{0,3}|[\r\n;:=\"TZ0-9-]{0,4}"), 1..9)
    ) {
        let mut text = file(
            "DTSTART;TZID=Europe/Berlin:20260501T090000\nDURATION:PT4H\nRRULE:FREQ=YEARLY\n\n\
             DTSTART;VALUE=DATE:20260501\nDTEND;VALUE=DATE:20260504\nSUMMARY:May",
        );
        for (place, spoil) in spoils {
            let at = text.floor_char_boundary(place.index(text.len()));
            text.insert_str(at, &spoil);
        }
        if let Ok(read) = read_in_berlin(&text) {
            read.holidays.iter().for_each(|holiday| drop(line_of(holiday)));
        }
    }
}
