//! What happens to a customer who waits: until somebody has him, and until somebody answers.

use crate::line::{AnswerRule, LineSettings, UnansweredRule};
use crate::stories::inputs::{accepts, wrote};
use crate::stories::settings::{bounds, choices, line, text_bounds};
use crate::stories::story::{ANNA, BORIS, Story, strictly};

/// Anna misses the first offer.
fn missed(rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with([ANNA], rules);
    story.tell(0, wrote("hello"));
    story.pass(60);
    story
}

#[test]
pub(super) fn unanswered_rule() {
    choices("/unanswered/rule", &["requeue", "reply", "nothing"]);
    for (rule, texts, unanswered) in [
        (UnansweredRule::Requeue, 1, false),
        (UnansweredRule::Reply, 1, true),
        (UnansweredRule::Nothing, 0, true),
    ] {
        let mut story = Story::of([ANNA]);
        story.rules_change(|line| line.unanswered.rule = rule);
        story.tell(0, wrote("hello"));
        story.pass(60);
        assert_eq!(story.sent().len(), texts, "{rule:?}");
        assert_eq!(story.conversations[0].row().unanswered, unanswered, "{rule:?}");
        assert_eq!(story.offered(0).is_empty(), unanswered, "{rule:?}");
    }
}

#[test]
pub(super) fn unanswered_after_seconds() {
    assert_eq!(line().unanswered.after_seconds, 180);
    let set: fn(&mut LineSettings, u32) = |line, value| line.unanswered.after_seconds = value;
    let (good, bad) = ([0, 30, 86_400], [1, 29, 86_401]);
    bounds("unanswered.after_seconds", "0 or 30..86400", set, &good, &bad);
    let mut story = Story::with([], |line| line.unanswered.after_seconds = 30);
    story.tell(0, wrote("hello"));
    story.seconds_pass(29, &[]);
    story.seconds_pass(1, &["line: unanswered text", "send 3"]);
    // 0: at the end of the round.
    assert_eq!(missed(|_| {}).sent().len(), 1);
    let mut story = Story::of([]);
    story.tell(0, wrote("hello"));
    story.seconds_pass(100_000, &[]);
}

#[test]
pub(super) fn unanswered_text_on_requeue() {
    assert!(line().unanswered.text_on_requeue);
    assert_eq!(missed(|line| line.unanswered.text_on_requeue = false).sent().len(), 0);
    let reply = missed(|line| {
        line.unanswered.text_on_requeue = false;
        line.unanswered.rule = UnansweredRule::Reply;
    });
    assert_eq!(reply.sent().len(), 1);
}

#[test]
pub(super) fn unanswered_text() {
    assert_eq!(line().unanswered.text, None);
    let set: fn(&mut LineSettings, Option<String>) = |line, text| line.unanswered.text = text;
    text_bounds("unanswered.text", "{operator}, {company}, {customer}", set);
    let story = missed(|line| line.unanswered.text = Some("Please wait, {customer}".to_owned()));
    assert_eq!(story.sent(), ["Please wait, Ivan"]);
    assert!(missed(|_| {}).sent()[0].starts_with("Thank you for waiting."));
}

#[test]
pub(super) fn answer_limit_seconds() {
    assert_eq!(line().answer.limit_seconds, 600);
    let set: fn(&mut LineSettings, u32) = |line, value| line.answer.limit_seconds = value;
    let (good, bad) = ([0, 30, 86_400], [1, 29, 86_401]);
    bounds("answer.limit_seconds", "0 or 30..86400", set, &good, &bad);
    let mut story = Story::with([ANNA], |line| line.answer.limit_seconds = 30);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.seconds_pass(29, &[]);
    story.pass(1);
    assert_eq!(story.holder(0), None);
}

#[test]
pub(super) fn answer_rule() {
    choices("/answer/rule", &["requeue", "alert"]);
    for (rule, holder) in [(AnswerRule::Requeue, None), (AnswerRule::Alert, Some(ANNA))] {
        let mut story = Story::with([ANNA, BORIS], |line| {
            strictly(line);
            line.answer.limit_seconds = 30;
        });
        story.rules_change(|line| line.answer.rule = rule);
        story.tell(0, wrote("hello"));
        story.tell(0, accepts(ANNA, 1));
        story.pass(30);
        assert_eq!(story.holder(0), holder, "{rule:?}");
        assert_eq!(story.conversations[0].row().late, holder.is_some());
    }
}
