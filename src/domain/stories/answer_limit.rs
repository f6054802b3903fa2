//! How long a customer may wait for an answer of whoever has his conversation.

use crate::line::{AnswerRule, LineSettings};
use crate::operator::Status;
use crate::stories::inputs::{
    accepts, declines, finishes, hands_to, joins, replies, takes_over, wrote,
};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, nine_to_six, strictly};

const ROUTED: [&str; 2] = ["release anna", "routed again from anna: answer limit"];
const TO_BORIS: [&str; 3] = ["reserve boris", "count boris +1", "offered boris"];

fn five_minutes(line: &mut LineSettings) {
    line.answer.limit_seconds = 300;
}

fn alert(line: &mut LineSettings) {
    five_minutes(line);
    line.answer.rule = AnswerRule::Alert;
}

fn anna_has_it(rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with([ANNA, BORIS], rules);
    story.tell(0, wrote("hello"));
    story.pass(30);
    story.tell(0, accepts(ANNA, 1));
    story
}

#[test]
fn who_has_not_written_a_word_loses_it() {
    let mut story = anna_has_it(five_minutes);
    story.seconds_pass(299, &[]);
    story.seconds_pass(1, &[&ROUTED[..], &TO_BORIS].concat());
}

#[test]
fn she_has_not_passed_it_and_it_does_not_come_back_by_itself() {
    let mut story = Story::with([ANNA, BORIS], |line| {
        five_minutes(line);
        strictly(line);
    });
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.pass(300);
    // The first of the list is asked again, and nobody is treated as having passed.
    assert_eq!(story.offered(0), [ANNA]);
    story.tell(0, declines(ANNA, 2));
    story.set_status(ANNA, Status::Away);
    story.then_is(ANNA, Status::Available, &[]);
    assert_eq!(story.offered(0), [BORIS]);
}

#[test]
fn who_has_written_keeps_it_and_is_told_once() {
    let mut story = anna_has_it(five_minutes);
    story.tell(0, replies(ANNA, "one moment"));
    story.seconds_pass(10_000, &[]);
    story.tell(0, wrote("well?"));
    story.pass(10);
    // Another message changes nothing.
    story.tell(0, wrote("well??"));
    story.seconds_pass(289, &[]);
    story.seconds_pass(1, &["late anna"]);
    assert!(story.conversations[0].row().late);
    story.seconds_pass(10_000, &[]);
    story.tell(0, replies(ANNA, "here"));
    assert!(!story.conversations[0].row().late);
    story.tell(0, wrote("and?"));
    story.seconds_pass(300, &["late anna"]);
}

#[test]
fn who_wrote_before_a_reopening_or_a_transfer_has_written_in_it() {
    let mut story = anna_has_it(five_minutes);
    story.tell(0, replies(ANNA, "good day"));
    story.tell(0, finishes(ANNA));
    story.tell(0, wrote("one more thing"));
    story.seconds_pass(300, &["late anna"]);

    let mut story = anna_has_it(five_minutes);
    story.tell(0, replies(ANNA, "good day"));
    story.tell(0, wrote("yes?"));
    story.tell(0, hands_to(ANNA, BORIS));
    story.tell(0, declines(BORIS, 2));
    story.seconds_pass(300, &["late anna"]);
}

#[test]
fn a_colleagues_word_is_not_hers_but_answers_the_customer() {
    let mut story = anna_has_it(five_minutes);
    story.tell(0, joins(BORIS));
    story.tell(0, replies(BORIS, "one moment"));
    story.seconds_pass(1_000, &[]);
    story.tell(0, wrote("well?"));
    story.seconds_pass(300, &[&ROUTED[..], &TO_BORIS].concat());
}

#[test]
fn the_line_may_only_alert() {
    let mut story = anna_has_it(alert);
    story.seconds_pass(300, &["late anna"]);
    assert_eq!(story.holder(0), Some(ANNA));
}

#[test]
fn an_inactive_line_takes_nothing_away() {
    let mut story = anna_has_it(five_minutes);
    story.rules_change(|line| line.active = false);
    story.seconds_pass(300, &["late anna"]);
}

#[test]
fn it_is_counted_from_when_she_has_it() {
    let mut story = anna_has_it(five_minutes);
    story.pass(200);
    story.tell(0, takes_over(CLARA));
    story.seconds_pass(299, &[]);
    let routed = ["release clara", "routed again from clara: answer limit"];
    story.seconds_pass(1, &[&routed[..], &TO_BORIS].concat());
}

#[test]
fn without_a_limit_nobody_is_late() {
    let mut story = anna_has_it(|_| {});
    story.seconds_pass(1_000_000, &[]);
}

#[test]
fn only_open_hours_count() {
    let mut story = anna_has_it(|line| {
        five_minutes(line);
        strictly(line);
    });
    story.rules_change(nine_to_six);
    story.at("09:04:59", &[]);
    story.at("09:05", &[&ROUTED[..], &["reserve anna", "count anna +1", "offered anna"]].concat());
}

#[test]
fn a_limit_that_ends_at_the_closing_waits_for_the_opening() {
    let mut story = Story::with([ANNA, BORIS], |line| {
        five_minutes(line);
        nine_to_six(line);
    });
    story.until("17:55");
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.at("18:00", &[]);
    story.at("08:59:59", &[]);
    story.at("09:00", &[&ROUTED[..], &TO_BORIS].concat());
}

#[test]
fn a_changed_limit_takes_hold_at_once() {
    let mut story = anna_has_it(five_minutes);
    story.pass(200);
    story.then_rules(|line| line.answer.limit_seconds = 100, &[]);
    story.seconds_pass(0, &[&ROUTED[..], &TO_BORIS].concat());
}
