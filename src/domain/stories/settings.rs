//! Every setting of a line: its default, what is allowed in it, and what it does.
//!
//! Each field has a test named after it, and a table that knows them all: a field that is added
//! without a test fails here.

mod calendar;
mod customers;
mod ending;
mod greeting;
mod routing;
mod waiting;

use std::fmt::Debug;

use serde_json::Value;

use crate::line::{FieldProblem, LineSettings};
use crate::stories::story::{ANNA, id};

/// Names of tests in a submodule, each with the test itself: what is listed exists.
macro_rules! tests_of {
    ($module:ident: $($test:ident),* $(,)?) => {
        [$((stringify!($test), $module::$test as fn())),*].as_slice()
    };
}

/// A test is named after its field, with `_` for the dots.
fn tests() -> Vec<(&'static str, fn())> {
    let all = [
        tests_of![routing: name, active, language, queue_mode, queue_operators,
            queue_offer_timeout_seconds, queue_require_available, queue_known_operator_days],
        tests_of![waiting: unanswered_rule, unanswered_after_seconds, unanswered_text_on_requeue,
            unanswered_text, answer_limit_seconds, answer_rule],
        tests_of![calendar: hours_enabled, hours_timezone, hours_week, hours_holidays, hours_rule,
            hours_text, hours_calendar_of],
        tests_of![greeting: welcome_enabled, welcome_text, welcome_each_conversation,
            consent_enabled, consent_text, operator_shown_as, personas],
        tests_of![ending: closing_rule, closing_text, closing_reopen_window_seconds,
            auto_close_after_seconds, auto_close_rule, auto_close_text, rating_scale,
            rating_time_limit_seconds, topics, topic_required, retention_days],
        tests_of![customers: crm_check, crm_forward_to_responsible, crm_create,
            crm_transfer_changes_responsible, crm_track_contacts],
    ];
    all.concat()
}

#[test]
fn every_setting_has_a_test_named_after_it() {
    let mut fields = Vec::new();
    gather("", &serde_json::to_value(line()).expect("settings"), &mut fields);
    let mut tested: Vec<&str> = tests().into_iter().map(|(name, _)| name).collect();
    fields.sort_unstable();
    tested.sort_unstable();
    assert_eq!(fields, tested);
}

/// The names of all fields below, groups opened. The days of the week are one field.
fn gather(name: &str, value: &Value, fields: &mut Vec<String>) {
    let group = value.as_object().filter(|_| name != "hours_week");
    let Some(group) = group else { return fields.push(name.to_owned()) };
    for (field, value) in group {
        let name = if name.is_empty() { field.clone() } else { format!("{name}_{field}") };
        gather(&name, value, fields);
    }
}

/// A line as it comes out of the box.
fn line() -> LineSettings {
    LineSettings::new("Acme", vec![id(ANNA)], "Europe/Berlin")
}

fn problems(line: &LineSettings) -> Vec<FieldProblem> {
    line.problems(&(60..=1_800))
}

/// The good values are accepted; of a bad one the field is named, with what is allowed.
#[track_caller]
fn bounds<T: Copy + Debug>(
    field: &'static str,
    allowed: &str,
    set: fn(&mut LineSettings, T),
    good: &[T],
    bad: &[T],
) {
    for (values, expected) in [(good, None), (bad, Some(allowed))] {
        for value in values {
            let mut line = line();
            set(&mut line, *value);
            let allowed = expected.map(str::to_owned);
            let expected: Vec<_> =
                allowed.into_iter().map(|allowed| FieldProblem { field, allowed }).collect();
            assert_eq!(problems(&line), expected, "{value:?}");
        }
    }
}

/// What is allowed in every text to customers. `placeholders`: as they are listed when another one
/// is refused.
#[track_caller]
fn text_bounds(
    field: &'static str,
    placeholders: &str,
    set: fn(&mut LineSettings, Option<String>),
) {
    let longest = "ä".repeat(2_000);
    for text in [None, Some("a"), Some(&*longest), Some(placeholders)] {
        let mut line = line();
        set(&mut line, text.map(str::to_owned));
        assert_eq!(problems(&line), [], "{text:?}");
    }
    let long = "ä".repeat(2_001);
    let unknown = format!("no {{colour}}; only {placeholders}");
    let chars = "1..2000 characters, or null for the default text";
    for (text, allowed) in [("", chars), (" \n", chars), (&*long, chars), ("{colour}", &*unknown)] {
        let mut line = line();
        set(&mut line, Some(text.to_owned()));
        assert_eq!(problems(&line), [FieldProblem { field, allowed: allowed.to_owned() }]);
    }
}

/// These words can be read, and no other; the first is the default.
#[track_caller]
fn choices(pointer: &str, words: &[&str]) {
    let settings = serde_json::to_value(line()).expect("settings");
    assert_eq!(settings.pointer(pointer), Some(&Value::from(words[0])), "the default");
    let reads = |word: &str| {
        let mut settings = settings.clone();
        *settings.pointer_mut(pointer).expect("a field") = word.into();
        serde_json::from_value::<LineSettings>(settings).is_ok()
    };
    for word in words {
        assert!(reads(word), "{word}");
    }
    assert!(!reads("sometimes") && !reads(""));
}
