//! Working hours as settings; what a calendar comes to is told in `hours` and `hours_settings`.

use serde_json::Value;

use crate::hours::{HoursRule, HoursSettings};
use crate::id::LineId;
use crate::line::{FieldProblem, LineSettings};
use crate::stories::hours::{holiday, intervals};
use crate::stories::inputs::wrote;
use crate::stories::settings::{choices, line, problems, text_bounds};
use crate::stories::story::{ANNA, Story, nine_to_six};

const TO_ANNA: [&str; 3] = ["reserve anna", "count anna +1", "offered anna"];

/// It is Thursday, the first of January 1970, and a customer writes at noon.
fn at_noon(rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with([ANNA], |line| line.hours.timezone = "UTC".to_owned());
    story.rules_change(|line| line.hours.enabled = true);
    story.rules_change(rules);
    story.until("12:00");
    story.tell(0, wrote("hello"));
    story
}

fn allows(field: &'static str, allowed: &str, change: fn(&mut HoursSettings)) {
    let mut line = line();
    change(&mut line.hours);
    assert_eq!(problems(&line), [FieldProblem { field, allowed: allowed.to_owned() }]);
}

#[test]
pub(super) fn hours_enabled() {
    assert!(!line().hours.enabled);
    let mut story = Story::with([ANNA], nine_to_six);
    story.rules_change(|line| line.hours.enabled = false);
    story.then(wrote("hello"), &[&["customer: hello"][..], &TO_ANNA].concat());
    let mut story = Story::with([ANNA], nine_to_six);
    story.then(wrote("hello"), &["customer: hello", "line: off hours text", "send 2"]);
}

#[test]
pub(super) fn hours_timezone() {
    // The server's, by its IANA name; whether there is such a zone, the edge knows.
    assert_eq!(line().hours.timezone, "Europe/Berlin");
    let mut story = Story::with([ANNA], |line| {
        nine_to_six(line);
        line.hours.timezone = "Asia/Tokyo".to_owned();
    });
    // At midnight in London it is nine in Tokyo.
    story.then(wrote("hello"), &[&["customer: hello"][..], &TO_ANNA].concat());
}

#[test]
pub(super) fn hours_week() {
    let week = serde_json::to_value(line().hours.week).expect("a week");
    let day = serde_json::json!([{"from": "09:00", "to": "18:00"}]);
    for workday in ["monday", "tuesday", "wednesday", "thursday", "friday"] {
        assert_eq!(week[workday], day);
    }
    assert_eq!((&week["saturday"], &week["sunday"]), (&Value::from([""; 0]), &week["saturday"]));
    let allowed = "at most 8 intervals that do not overlap, each from 00:00..23:59 to 00:00..24:00";
    allows("hours.week.sunday", allowed, |hours| {
        hours.week.sunday = intervals("09:00-12:00 11:00-13:00");
    });
    assert_eq!(at_noon(|_| {}).offered(0), [ANNA]);
    let lunch = at_noon(|line| line.hours.week.thursday = intervals("09:00-12:00 13:00-18:00"));
    assert!(lunch.offered(0).is_empty());
}

#[test]
pub(super) fn hours_holidays() {
    assert_eq!(line().hours.holidays, []);
    let backwards = "number 1: from a day to the same or a later one";
    allows("hours.holidays", backwards, |hours| {
        hours.holidays = vec![holiday("2026-01-02", "2026-01-01", "")];
    });
    allows("hours.holidays", "at most 1000", |hours| {
        hours.holidays = vec![holiday("2026-01-01", "2026-01-01", ""); 1_001];
    });
    let closed = at_noon(|line| {
        line.hours.holidays = vec![holiday("1970-01-01", "1970-01-01", "")];
    });
    assert!(closed.offered(0).is_empty());
}

#[test]
pub(super) fn hours_rule() {
    choices("/hours/rule", &["reply", "nothing"]);
    for (rule, texts) in [(HoursRule::Reply, 1), (HoursRule::Nothing, 0)] {
        let mut story = Story::with([], nine_to_six);
        story.rules_change(|line| line.hours.rule = rule);
        story.tell(0, wrote("hello"));
        assert_eq!(story.sent().len(), texts, "{rule:?}");
    }
}

#[test]
pub(super) fn hours_text() {
    assert_eq!(line().hours.text, None);
    let set: fn(&mut LineSettings, Option<String>) = |line, text| line.hours.text = text;
    text_bounds("hours.text", "{opens_at}, {operator}, {company}, {customer}", set);
    let mut story = Story::with([], |line| {
        nine_to_six(line);
        line.hours.text = Some("We open {opens_at}".to_owned());
    });
    story.tell(0, wrote("hello"));
    assert_eq!(story.sent(), ["We open today at 09:00"]);
}

#[test]
pub(super) fn hours_calendar_of() {
    // Whether there is such a line, the edge knows.
    assert_eq!(line().hours.calendar_of, None);
    let mut borrower = line();
    borrower.hours.calendar_of = Some(LineId::new("other"));
    assert_eq!(problems(&borrower), []);
    let other = HoursSettings { timezone: "Asia/Tokyo".to_owned(), ..line().hours };
    let used = borrower.hours.with_calendar(&other);
    assert_eq!((&*used.timezone, used.enabled), ("Asia/Tokyo", false));
}
