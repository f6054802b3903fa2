//! What is stored and heard by nobody: blocked customers, and machines.

use crate::conversation::{State, unheard};
use crate::effect::{Effect, Input};
use crate::entry::{Body, CloseReason, Record, Unheard};
use crate::line::{ClosingRule, LineSettings};
use crate::stories::inputs::{accepts, finishes, replies, wrote, wrote_itself};
use crate::stories::story::{ANNA, Story, nine_to_six};

fn talkative(line: &mut LineSettings) {
    line.welcome.enabled = true;
    line.consent.enabled = true;
    line.closing.rule = ClosingRule::Rating;
}

fn answered() -> Story {
    let mut story = Story::with([ANNA], talkative);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "good day"));
    story
}

#[test]
fn what_a_blocked_customer_writes_opens_nothing_and_gets_nothing() {
    for closed in [false, true] {
        let mut story = Story::with([ANNA], talkative);
        story.tells_news = true;
        if closed {
            story.rules_change(nine_to_six);
        }
        story.customers[0].blocked = true;
        let stored = ["customer, blocked: buy my pills", "closed", "free"];
        story.then(wrote("buy my pills"), &stored);
        let State::Closed { operator: None, reason, .. } = &story.conversations[0].state else {
            panic!("it is over at once, and nobody had it")
        };
        assert_eq!(*reason, CloseReason::Unheard);
        assert_eq!(story.conversations[0].preview, "buy my pills");
        story.then(wrote("now!"), &["customer, blocked: now!"]);
    }
}

#[test]
fn what_a_machine_writes_opens_nothing_and_gets_nothing() {
    let mut story = Story::with([ANNA], talkative);
    story.tells_news = true;
    let stored = ["customer, automatic: I am on holiday", "closed", "free"];
    story.then(wrote_itself("I am on holiday"), &stored);
}

#[test]
fn they_are_stored_in_what_is_open_and_move_nothing() {
    let mut story = answered();
    let before = story.conversations[0].clone();
    story.pass(100);
    story.then(wrote_itself("I am on holiday"), &["customer, automatic: I am on holiday"]);
    story.customers[0].blocked = true;
    // Whoever is blocked is so whatever wrote it.
    story.then(wrote_itself("buy"), &["customer, blocked: buy"]);
    let after = &story.conversations[0];
    assert_eq!((&after.state, after.waiting_since), (&before.state, None));
    assert_eq!((&after.preview, after.last_word_at), (&before.preview, before.last_word_at));
}

#[test]
fn they_start_no_round_and_are_told_nothing_at_night() {
    let mut story = Story::with([], |line| line.hours.enabled = false);
    story.tell(0, wrote("hello"));
    story.rules_change(nine_to_six);
    story.then(wrote_itself("away"), &["customer, automatic: away"]);
}

#[test]
fn they_do_not_reopen_and_are_no_rating() {
    let mut story = answered();
    story.tell(0, finishes(ANNA));
    let deadline = story.conversations[0].deadline();
    story.then(wrote_itself("1"), &["customer, automatic: 1"]);
    story.customers[0].blocked = true;
    story.then(wrote("1"), &["customer, blocked: 1"]);
    assert_eq!(story.conversations[0].rating.given, None);
    assert_eq!(story.conversations[0].deadline(), deadline);
    story.seconds_pass(600, &["closed", "free"]);
    story.then(wrote("1"), &["customer, blocked: 1"]);
    assert!(story.conversations[0].is_closed());
}

#[test]
fn a_blocked_customer_is_told_nothing_by_itself() {
    let mut story = answered();
    story.rules_change(|line| line.auto_close.rule = ClosingRule::Rating);
    story.customers[0].blocked = true;
    story.then(finishes(ANNA), &["finished anna", "release anna"]);

    let mut story = Story::with([], |line| line.unanswered.after_seconds = 30);
    story.tell(0, wrote("hello"));
    story.customers[0].blocked = true;
    story.seconds_pass(30, &[]);
    story.rules_change(nine_to_six);
    story.seconds_pass(100_000, &[]);
}

#[test]
fn whoever_is_no_longer_blocked_is_heard() {
    let mut story = answered();
    story.customers[0].blocked = true;
    story.tell(0, wrote("let me out"));
    story.customers[0].blocked = false;
    story.then(wrote("thank you"), &["customer: thank you"]);
    assert!(story.conversations[0].waiting_since.is_some());
}

#[test]
fn the_message_says_why_it_was_not_heard() {
    let mut story = answered();
    story.tell(0, wrote_itself("I am on holiday"));
    let Some((_, Effect::Append(Record::Entry { entry, .. }))) = story.effects.last() else {
        panic!("a message is an entry")
    };
    let Body::Message(message) = &entry.body else { panic!("a message is a message") };
    assert_eq!(message.unheard, Some(Unheard::Automatic));
    let Input::CustomerWrote { message, .. } = wrote("hello") else { panic!("he wrote") };
    assert_eq!(unheard(&message, &story.customers[0]), None);
}
