//! Who misses offers is set away.

use jiff::{SignedDuration, Timestamp};

use crate::line::QueueMode;
use crate::operator::{Misses, Status};
use crate::stories::inputs::{accepts, declines, hands_to, takes, wrote};
use crate::stories::story::{ANNA, BORIS, Story, id, operator, strictly};

fn watched<const N: usize>(names: [&str; N]) -> Story {
    let mut story = Story::with(names, |line| {
        strictly(line);
        line.unanswered.text_on_requeue = false;
    });
    story.judges_misses();
    story
}

fn status(story: &Story, name: &str) -> Status {
    story.people[&id(name)].0.status
}

fn after(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

#[test]
fn two_missed_offers_in_a_row_set_her_away() {
    let mut story = watched([ANNA]);
    story.tell(0, wrote("hello"));
    story.pass(60);
    assert_eq!(status(&story, ANNA), Status::Available);
    story.pass(60);
    assert_eq!(status(&story, ANNA), Status::Away);
    // It waits for her, and the count begins anew.
    story.then_is(ANNA, Status::Available, &["reserve anna", "count anna +1", "offered anna"]);
    story.pass(60);
    assert_eq!(status(&story, ANNA), Status::Available);
}

#[test]
fn an_answer_breaks_the_row() {
    for declined in [false, true] {
        let mut story = watched([ANNA]);
        story.tell(0, wrote("hello"));
        story.pass(60);
        if declined {
            story.tell(0, declines(ANNA, 2));
            story.pass(60);
        } else {
            story.tell(0, accepts(ANNA, 2));
            story.customer_comes();
        }
        story.pass(60);
        assert_eq!(status(&story, ANNA), Status::Available);
        story.pass(60);
        assert_eq!(status(&story, ANNA), Status::Away);
    }
}

#[test]
fn offers_that_run_out_within_a_minute_of_each_other_are_one_miss() {
    let mut story = watched([ANNA, BORIS]);
    story.tell(0, wrote("hello"));
    for _ in 0..4 {
        story.pass(14);
        story.customer_comes();
    }
    // Five offers to Anna run out within 56 seconds.
    story.pass(60);
    assert_eq!(status(&story, ANNA), Status::Available);

    let mut misses = Misses::default();
    for (seconds, away) in [(0, false), (59, false), (60, true)] {
        assert_eq!(misses.missed(after(seconds)), away, "{seconds}");
    }
    misses.answered();
    assert!(!misses.missed(after(200)));
    assert!(misses.missed(after(260)));
}

#[test]
fn offers_to_all_are_none() {
    let mut story = watched([ANNA]);
    story.rules_change(|line| line.queue.mode = QueueMode::All);
    story.tell(0, wrote("hello"));
    story.pass(10_000);
    assert_eq!(status(&story, ANNA), Status::Available);
}

#[test]
fn offers_made_while_she_was_not_available_are_none() {
    let mut story = watched([ANNA]);
    story.rules_change(|line| line.queue.require_available = false);
    story.set_status(ANNA, Status::Busy);
    story.tell(0, wrote("hello"));
    story.pass(10_000);
    assert_eq!(status(&story, ANNA), Status::Busy);

    // The responsible is asked although she is busy.
    let mut story = watched([BORIS]);
    story.people.insert(id(ANNA), (operator(ANNA), true));
    story.set_status(ANNA, Status::Busy);
    for _ in 0..3 {
        let n = story.opens();
        story.customers[n].responsible = Some(id(ANNA));
        story.tell(n, wrote("hello"));
        assert_eq!(story.offered(n), [ANNA]);
        story.pass(60);
        story.tell(n, takes(BORIS));
    }
    assert_eq!(status(&story, ANNA), Status::Busy);
}

#[test]
fn offers_of_colleagues_count() {
    let mut story = watched([ANNA]);
    story.people.insert(id(BORIS), (operator(BORIS), true));
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, hands_to(ANNA, BORIS));
    story.pass(60);
    story.tell(0, hands_to(ANNA, BORIS));
    story.pass(60);
    assert_eq!(status(&story, BORIS), Status::Away);
    assert_eq!(story.holder(0), Some(ANNA));
}

#[test]
fn an_offer_that_moved_on_because_she_left_is_none() {
    let mut story = watched([ANNA]);
    story.tell(0, wrote("hello"));
    for _ in 0..5 {
        story.pass(50);
        story.set_status(ANNA, Status::Away);
        story.set_status(ANNA, Status::Available);
    }
    story.pass(60);
    assert_eq!(status(&story, ANNA), Status::Available);
}
