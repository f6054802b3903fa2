//! Whether, how and to whom a line routes.

use jiff::SignedDuration;

use crate::customer::KnownOperator;
use crate::line::{FieldProblem, LineSettings, QueueMode};
use crate::operator::Status;
use crate::stories::inputs::{declines, wrote};
use crate::stories::settings::{bounds, choices, line, problems};
use crate::stories::story::{ANNA, BORIS, Story, id, strictly};
use crate::texts::Language;

const TO_ANNA: [&str; 3] = ["reserve anna", "count anna +1", "offered anna"];

#[test]
pub(super) fn name() {
    assert_eq!(line().name, "Acme");
    let longest = "ä".repeat(100);
    for (name, fits) in [("a", true), (&*longest, true), ("", false), (" ", false)] {
        let named = LineSettings { name: name.to_owned(), ..line() };
        assert_eq!(problems(&named).is_empty(), fits, "{name}");
    }
    let too_long = LineSettings { name: "ä".repeat(101), ..line() };
    let allowed = "1..100 characters".to_owned();
    assert_eq!(problems(&too_long), [FieldProblem { field: "name", allowed }]);
    // It is in no text to customers.
    let mut story = Story::with([], |line| line.welcome.enabled = true);
    story.rules_change(|line| line.name = "the difficult ones".to_owned());
    story.tell(0, wrote("hello"));
    assert!(!story.sent()[0].contains("difficult"));
}

#[test]
pub(super) fn active() {
    assert!(line().active);
    let mut story = Story::with([ANNA], |line| line.active = false);
    story.then(wrote("hello"), &["customer: hello"]);
    story.then_rules(|line| line.active = true, &TO_ANNA);
}

#[test]
pub(super) fn language() {
    choices("/language", &["en", "ru"]);
    let mut story = Story::with([], |line| {
        line.welcome.enabled = true;
        line.language = Language::Ru;
    });
    story.tell(0, wrote("привет"));
    assert_eq!(story.sent(), ["Здравствуйте! Спасибо, что написали в Acme. Скоро мы вам ответим."]);
}

#[test]
pub(super) fn queue_mode() {
    choices("/queue/mode", &["evenly", "strictly", "all"]);
    for (mode, offered) in [
        (QueueMode::Evenly, [&[ANNA][..], &[BORIS]]),
        (QueueMode::Strictly, [&[ANNA], &[ANNA]]),
        (QueueMode::All, [&[ANNA, BORIS], &[ANNA, BORIS]]),
    ] {
        let mut story = Story::of([ANNA, BORIS]);
        story.rules_change(|line| line.queue.mode = mode);
        let (first, second) = (story.customer_comes(), story.customer_comes());
        assert_eq!([story.offered(first), story.offered(second)], offered, "{mode:?}");
    }
}

#[test]
pub(super) fn queue_operators() {
    assert_eq!(line().queue.operators, [id(ANNA)]);
    let set: fn(&mut LineSettings, usize) = |line, count| {
        line.queue.operators = (0..count).map(|n| id(&n.to_string())).collect();
    };
    bounds("queue.operators", "at most 1000", set, &[0, 1_000], &[1_001]);
    let set: fn(&mut LineSettings, [&str; 2]) = |line, names| {
        line.queue.operators = names.map(id).to_vec();
    };
    let (good, bad) = ([[ANNA, BORIS]], [[ANNA, ANNA]]);
    bounds("queue.operators", "each operator once", set, &good, &bad);
    // Their order is that of offers.
    let mut story = Story::with([ANNA, BORIS], strictly);
    story.rules_change(|line| line.queue.operators.reverse());
    story.tell(0, wrote("hello"));
    assert_eq!(story.offered(0), [BORIS]);
}

#[test]
pub(super) fn queue_offer_timeout_seconds() {
    assert_eq!(line().queue.offer_timeout_seconds, 60);
    let set: fn(&mut LineSettings, u32) = |line, value| line.queue.offer_timeout_seconds = value;
    bounds("queue.offer_timeout_seconds", "60..1800", set, &[60, 1_800], &[0, 59, 1_801]);
    // The configuration may widen the bounds.
    let mut short = line();
    short.queue.offer_timeout_seconds = 2;
    assert_eq!(short.problems(&(1..=1_800)), []);
    assert_eq!(short.problems(&(3..=9))[0].allowed, "3..9");
    let mut story = Story::with([ANNA, BORIS], |line| {
        strictly(line);
        line.queue.offer_timeout_seconds = 90;
    });
    story.tell(0, wrote("hello"));
    story.seconds_pass(89, &[]);
    story.pass(1);
    assert_eq!(story.offered(0), [BORIS]);
}

#[test]
pub(super) fn queue_require_available() {
    assert!(line().queue.require_available);
    let mut story = Story::with([ANNA], |line| line.queue.require_available = false);
    story.set_status(ANNA, Status::Away);
    story.tell(0, wrote("hello"));
    assert_eq!(story.offered(0), [ANNA]);
    let mut story = Story::of([ANNA]);
    story.set_status(ANNA, Status::Away);
    story.then(wrote("hello"), &["customer: hello", "nobody"]);
}

#[test]
pub(super) fn queue_known_operator_days() {
    assert_eq!(line().queue.known_operator_days, 7);
    let set: fn(&mut LineSettings, u32) = |line, value| line.queue.known_operator_days = value;
    bounds("queue.known_operator_days", "0..365", set, &[0, 365], &[366]);
    for (days, offered) in [(0, ANNA), (1, ANNA), (2, BORIS), (365, BORIS)] {
        let mut story = Story::with([ANNA, BORIS], strictly);
        story.pass(1_000_000);
        story.rules_change(|line| line.queue.known_operator_days = days);
        let finished_at = Some(story.now - SignedDuration::from_hours(24));
        story.customers[0].known = Some(KnownOperator { operator: id(BORIS), finished_at });
        story.tell(0, wrote("hello"));
        assert_eq!(story.offered(0), [offered], "{days}");
        story.tell(0, declines(offered, 1));
    }
}
