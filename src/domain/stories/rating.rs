//! Ratings: asked once, by button, digit or thumb, while it closes and after.

use crate::conversation::State;
use crate::effect::Input;
use crate::line::{ClosingRule, LineSettings, RatingScale};
use crate::stories::inputs::{
    accepts, finishes, hands_to, notes, presses, replies, reviews, wrote,
};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, id};

const NEXT: &str = "ignored: it is closed: the message belongs to the next conversation";

fn stars(line: &mut LineSettings) {
    line.closing.rule = ClosingRule::Rating;
    line.rating.scale = RatingScale::Stars;
}

fn like(line: &mut LineSettings) {
    line.closing.rule = ClosingRule::Rating;
}

/// Anna has answered.
fn answered(rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with([ANNA, BORIS], rules);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "good day"));
    story
}

/// Anna has finished, and the customer is asked.
fn asked(rules: fn(&mut LineSettings)) -> Story {
    let mut story = answered(rules);
    story.tell(0, finishes(ANNA));
    story
}

fn given(story: &Story) -> Option<(u8, &str)> {
    let given = story.conversations[0].rating.given.as_ref()?;
    Some((given.value, given.of.as_ref().map_or("nobody", |of| of.as_str())))
}

#[test]
fn a_rating_is_asked_for_after_the_closing_text() {
    let mut story = answered(stars);
    let asked = [
        "finished anna",
        "line: closing text",
        "send 6",
        "line: rate stars text",
        "send 7 with buttons",
        "rating asked: stars",
        "release anna",
    ];
    story.then(finishes(ANNA), &asked);
    let mut story = answered(like);
    story.tell(0, finishes(ANNA));
    assert!(story.sent()[2].ends_with("(1: yes, 0: no)"));
}

#[test]
fn it_is_given_by_a_button_a_digit_or_a_thumb() {
    type Rules = fn(&mut LineSettings);
    for (rules, input, value) in [
        (stars as Rules, presses(4), 4),
        (stars, wrote(" 3 "), 3),
        (stars, wrote("👎"), 1),
        (like, presses(0), 0),
        (like, wrote("1"), 1),
        (like, wrote("👍🏽"), 1),
    ] {
        let mut story = asked(rules);
        story.tell(0, input);
        assert_eq!(given(&story), Some((value, ANNA)));
        assert!(matches!(story.conversations[0].state, State::Closing { .. }));
        assert_eq!(story.conversations[0].waiting_since, None);
    }
}

#[test]
fn a_rating_does_not_end_the_window_and_the_last_one_counts() {
    let mut story = asked(stars);
    story.pass(300);
    story.then(wrote("5"), &["customer: 5", "rated 5 of stars"]);
    story.then(wrote("2"), &["customer: 2", "rated 2 of stars"]);
    assert_eq!(given(&story), Some((2, ANNA)));
    story.seconds_pass(299, &[]);
    story.seconds_pass(1, &["closed", "free"]);
}

#[test]
fn anything_else_reopens_it() {
    for text in ["6", "10", "1 please", "thanks", "👍👍"] {
        let mut story = asked(stars);
        let reopened = [&*format!("customer: {text}"), "reopened anna", "reserve anna beyond"];
        story.then(wrote(text), &reopened);
    }
}

#[test]
fn a_button_is_never_anything_but_a_rating() {
    const STORED: &[&str] = &["customer, unasked rating: "];
    // Of another scale.
    let mut story = asked(like);
    story.then(presses(3), STORED);
    // The customer had something to add, and nobody has answered him yet.
    let mut story = asked(like);
    story.tell(0, wrote("one thing"));
    story.then(presses(1), &["customer: ", "rated 1 of like"]);
    assert_eq!((given(&story), story.holder(0)), (Some((1, ANNA)), Some(ANNA)));
    // Now somebody has.
    story.tell(0, replies(ANNA, "which?"));
    let waits = story.conversations[0].waiting_since;
    story.then(presses(0), STORED);
    assert_eq!((given(&story), story.conversations[0].waiting_since), (Some((1, ANNA)), waits));
    story.tell(0, finishes(ANNA));
    story.then(presses(0), STORED);
    assert!(matches!(story.conversations[0].state, State::Closing { .. }), "it reopens nothing");
    // The time for it is over.
    let mut story = asked(like);
    story.pass(86_400);
    story.then(presses(1), STORED);
    assert!(story.conversations[0].is_closed());
}

#[test]
fn a_rating_is_recorded_on_a_closed_one_and_opens_nothing() {
    let mut story = asked(|line| {
        stars(line);
        line.rating.time_limit_seconds = 7_200;
    });
    story.pass(7_199);
    assert!(story.conversations[0].is_closed());
    story.then(wrote("5"), &["customer: 5", "rated 5 of stars"]);
    assert!(story.conversations[0].is_closed());
    story.then(wrote("thanks"), &[NEXT]);
    story.pass(1);
    story.then(wrote("4"), &[NEXT]);
    assert_eq!(given(&story), Some((5, ANNA)));
}

#[test]
fn without_a_window_it_is_rated_when_it_is_closed() {
    let mut story = asked(|line| {
        like(line);
        line.closing.reopen_window_seconds = 0;
    });
    story.then(wrote("0"), &["customer: 0", "rated 0 of like"]);
}

#[test]
fn in_an_active_conversation_a_digit_is_an_answer() {
    let mut story = asked(stars);
    story.tell(0, wrote("one thing"));
    story.then(wrote("5"), &["customer: 5"]);
    assert_eq!(given(&story), None);
    let mut story = answered(stars);
    story.then(wrote("5"), &["customer: 5"]);
    // Nobody has written since the request: it stands, and is not repeated.
    let mut story = asked(stars);
    story.tell(0, wrote("one thing"));
    story.then(finishes(ANNA), &["finished anna", "release anna"]);
    story.then(wrote("5"), &["customer: 5", "rated 5 of stars"]);
}

#[test]
fn it_is_none_once_somebody_of_us_has_written_and_it_is_asked_once() {
    let mut story = asked(stars);
    story.tell(0, wrote("one thing"));
    story.tell(0, replies(ANNA, "which?"));
    story.pass(7_200);
    story.then(finishes(ANNA), &["finished anna", "release anna"]);
    story.then(wrote("5"), &["customer: 5", "reopened anna", "reserve anna beyond"]);
}

#[test]
fn a_note_is_not_written_to_the_customer() {
    let mut story = asked(stars);
    story.tell(0, notes(ANNA, "was content"));
    story.then(wrote("5"), &["customer: 5", "rated 5 of stars"]);
}

#[test]
fn nothing_is_a_rating_where_none_was_asked() {
    let mut story = asked(|line| line.closing.rule = ClosingRule::Reply);
    story.then(wrote("5"), &["customer: 5", "reopened anna", "reserve anna beyond"]);
}

#[test]
fn a_request_that_was_suppressed_was_not_made() {
    let mut story = asked(|line| {
        stars(line);
        line.closing.reopen_window_seconds = 0;
    });
    let next = story.follows(0);
    story.tell(next, wrote("again"));
    story.accept(next, BORIS);
    let finished = [
        "#1 finished boris",
        "#1 suppressed: closing text",
        "#1 suppressed: rate stars text",
        "#1 release boris",
        "#1 closed",
        "#1 free",
    ];
    story.then_in(next, finishes(BORIS), &finished);
    story.then_in(next, wrote("5"), &[&*format!("#1 {NEXT}")]);
}

#[test]
fn a_rating_is_asked_for_although_the_closing_text_was_sent() {
    let mut story = asked(|line| line.closing.rule = ClosingRule::Reply);
    story.tell(0, wrote("one thing"));
    story.rules_change(stars);
    let asked = [
        "finished anna",
        "line: rate stars text",
        "send 10 with buttons",
        "rating asked: stars",
        "release anna",
    ];
    story.then(finishes(ANNA), &asked);
}

#[test]
fn the_rating_is_of_whoever_finished() {
    let mut story = answered(stars);
    story.tell(0, hands_to(ANNA, BORIS));
    story.accept(0, BORIS);
    story.tell(0, finishes(BORIS));
    story.tell(0, wrote("5"));
    assert_eq!(given(&story), Some((5, BORIS)));

    let mut story = answered(stars);
    story.tell(0, finishes(CLARA));
    story.tell(0, wrote("5"));
    assert_eq!(given(&story), Some((5, CLARA)));

    let mut story = answered(|line| {
        line.auto_close.after_seconds = 60;
        line.auto_close.rule = ClosingRule::Rating;
    });
    story.pass(60);
    story.tell(0, wrote("1"));
    assert_eq!(given(&story), Some((1, ANNA)));
}

#[test]
fn a_supervisor_gives_his_opinion_apart_from_it() {
    let mut story = asked(stars);
    story.then(reviews(CLARA, 2), &["clara gives 2"]);
    story.pass(600);
    story.then(reviews(CLARA, 3), &["clara gives 3"]);
    let row = story.conversations[0].row();
    assert_eq!((row.review, row.rating, row.operator), (Some(3), None, Some(id(ANNA))));
}

#[test]
fn spam_is_not_rated() {
    let mut story = asked(stars);
    story.tell(0, Input::Spam { operator: id(ANNA), block: false });
    story.then(wrote("5"), &[NEXT]);
}
