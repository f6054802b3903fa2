//! What is allowed in the settings of working hours, and how they are stored.

use serde_json::{Value, json};

use crate::hours::{Holiday, HoursSettings, Interval, Week};
use crate::line::{FieldProblem, LineSettings};
use crate::stories::hours::{holiday, intervals, with, workdays, yearly};

#[test]
fn settings_are_stored_as_documented() {
    let mut settings = HoursSettings::new("Europe/Berlin");
    settings.week = Week { monday: intervals("09:00-24:00"), ..Week::default() };
    settings.holidays = vec![yearly("2026-12-31", "2026-01-02", "22:00-06:00")];
    let stored = json!({
        "enabled": false,
        "timezone": "Europe/Berlin",
        "week": {
            "monday": [{"from": "09:00", "to": "24:00"}],
            "tuesday": [], "wednesday": [], "thursday": [], "friday": [],
            "saturday": [], "sunday": [],
        },
        "holidays": [{
            "from": "2026-12-31", "to": "2026-01-02", "yearly": true,
            "intervals": [{"from": "22:00", "to": "06:00"}],
            "name": "", "imported": false,
        }],
        "rule": "reply", "text": null, "calendar_of": null,
    });
    assert_eq!(serde_json::to_value(&settings).expect("serialised"), stored);
    assert_eq!(serde_json::from_value::<HoursSettings>(stored).expect("read"), settings);
}

#[test]
fn only_times_of_a_day_are_times() {
    let read = |text: &str| serde_json::from_value::<Interval>(json!({"from": text, "to": text}));
    for time in ["00:00", "09:05", "23:59", "24:00"] {
        assert_eq!(read(time).expect("a time").from.to_string(), time);
    }
    for wrong in ["", "9:00", "09:60", "24:01", "25:00", "09:00:00", "+9:00", "0900", "09:0 "] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    let more: Value = json!({"from": "09:00", "to": "10:00", "note": ""});
    assert!(serde_json::from_value::<Interval>(more).is_err());
}

#[track_caller]
fn refused(settings: &HoursSettings, field: &'static str, allowed: &str) {
    assert_eq!(settings.problems(), [FieldProblem { field, allowed: allowed.to_owned() }]);
}

#[test]
fn a_new_line_has_a_working_week_at_hand() {
    let new = HoursSettings::new("Europe/Berlin");
    assert!(!new.enabled);
    assert_eq!(new.problems(), []);
    assert_eq!(HoursSettings { enabled: true, ..new }, workdays("09:00-18:00"));
}

#[test]
fn the_intervals_of_a_day_do_not_overlap() {
    let allowed = "at most 8 intervals that do not overlap, each from 00:00..23:59 to 00:00..24:00";
    for wrong in [
        "09:00-13:00 12:59-18:00",
        "20:00-02:00 22:00-23:00",
        "09:00-09:00 22:00-23:00",
        "24:00-06:00",
        "00:00-01:00 01:00-02:00 02:00-03:00 03:00-04:00 04:00-05:00 05:00-06:00 06:00-07:00 \
         07:00-08:00 08:00-09:00",
    ] {
        let mut settings = workdays("");
        settings.week.sunday = intervals(wrong);
        refused(&settings, "hours.week.sunday", allowed);
        let right = holiday("2026-01-01", "2026-01-01", "");
        let wrong = holiday("2026-01-01", "2026-01-01", wrong);
        let settings = with([right, wrong.clone(), wrong], workdays(""));
        refused(&settings, "hours.holidays", &format!("number 2: {allowed}"));
    }
}

#[test]
fn holidays_are_bounded() {
    let long_name = Holiday { name: "ä".repeat(101), ..holiday("2026-01-01", "2026-01-01", "") };
    for (wrong, allowed) in [
        (holiday("2026-01-02", "2026-01-01", ""), "from a day to the same or a later one"),
        (yearly("2026-01-02", "2027-01-02", ""), "yearly: less than a year from day to day"),
        (holiday("1969-12-31", "2026-01-01", ""), "days of the years 1970..9998"),
        (yearly("9999-12-31", "9999-12-31", ""), "days of the years 1970..9998"),
        (long_name, "a name of at most 100 characters"),
    ] {
        refused(&with([wrong], workdays("")), "hours.holidays", &format!("number 1: {allowed}"));
    }
    let yearlong = yearly("2026-01-02", "2027-01-01", "");
    assert_eq!(with([yearlong.clone()], workdays("")).problems(), []);
    refused(&with(vec![yearlong; 1_001], workdays("")), "hours.holidays", "at most 1000");
}

#[test]
fn the_text_is_bounded() {
    let problems = |text: String| {
        let mut line = LineSettings::new("support", Vec::new(), "UTC");
        line.hours.text = Some(text);
        line.problems(&(60..=1_800))
    };
    assert_eq!(problems("ä".repeat(2_000)), []);
    for wrong in [String::new(), " ".to_owned(), "ä".repeat(2_001)] {
        let allowed = "1..2000 characters, or null for the default text".to_owned();
        assert_eq!(problems(wrong), [FieldProblem { field: "hours.text", allowed }]);
    }
}
