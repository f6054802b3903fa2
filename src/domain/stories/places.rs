//! Places: who is full, what frees a place, and what goes beyond.

use jiff::SignedDuration;

use crate::id::{ConversationId, OperatorId};
use crate::limits::Limits;
use crate::line::{LineSettings, QueueMode, UnansweredRule};
use crate::operator::Status;
use crate::routing::Reason;
use crate::stories::inputs::{
    accepts, declines, finishes, hands_to, holds, notes, replies, resumes, takes, wrote,
};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, id, strictly};

const TO_ANNA: [&str; 3] = ["reserve anna", "count anna +1", "offered anna"];

/// Anna and Boris, each with one place; a conversation frees it after a quarter of an hour.
fn with_idle_places() -> Story {
    let mut line = Story::with([ANNA, BORIS], strictly).line;
    line.closing.reopen_window_seconds = 0;
    let mut story = Story::under(Limits::default(), line);
    for name in [ANNA, BORIS] {
        story.person_changes(name, |person| person.capacity = 1);
    }
    story
}

/// Anna has the first conversation, and has answered.
fn answered() -> Story {
    let mut story = with_idle_places();
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "good day"));
    story
}

#[test]
fn an_idle_conversation_frees_its_place_and_takes_it_back_beyond_capacity() {
    let mut story = answered();
    story.set_status(BORIS, Status::Away);
    let waiting = story.opens();
    story.then_in(waiting, wrote("me too"), &["#1 customer: me too", "#1 nobody"]);
    story.seconds_pass(899, &[]);
    let offered = TO_ANNA.map(|words| format!("#1 {words}"));
    let offered: Vec<&str> = offered.iter().map(String::as_str).collect();
    story.seconds_pass(1, &[&["release anna"][..], &offered].concat());
    story.then(wrote("thank you"), &["customer: thank you", "reserve anna beyond"]);
}

#[test]
fn a_conversation_whose_customer_waits_is_never_idle() {
    let mut story = with_idle_places();
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.seconds_pass(100_000, &[]);
    story.then(notes(BORIS, "poor fellow"), &["boris notes: poor fellow"]);
    // She answers: the time begins.
    story.tell(0, replies(ANNA, "sorry"));
    story.seconds_pass(899, &[]);
    story.seconds_pass(1, &["release anna"]);
    // What she writes wakes it as well.
    story.then(
        replies(ANNA, "still there?"),
        &["anna: still there?", "send 6", "reserve anna beyond"],
    );
}

#[test]
fn with_no_idle_time_a_place_is_taken_as_long_as_it_is_hers() {
    let mut story = Story::of([ANNA]);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "good day"));
    story.seconds_pass(1_000_000, &[]);
    assert_eq!(story.conversations[0].deadline(), None);
}

#[test]
fn what_is_accepted_long_after_the_last_word_takes_no_place() {
    let mut story = answered();
    story.pass(1_000);
    story.then(hands_to(ANNA, BORIS), &["reserve boris beyond", "anna hands it to boris"]);
    story.then(accepts(BORIS, 2), &["count boris +1", "accepted boris", "release boris"]);
}

#[test]
fn a_hold_frees_the_place_until_its_time_or_the_next_message() {
    let mut story = answered();
    let until = story.now + SignedDuration::from_secs(600);
    story.then(holds(ANNA, until), &["on hold anna", "release anna"]);
    assert_eq!(story.conversations[0].row().hold_until, Some(until));
    story.seconds_pass(599, &[]);
    story.seconds_pass(1, &["hold ended anna", "reserve anna beyond"]);
    story.tell(0, holds(ANNA, until + SignedDuration::from_secs(600)));
    let woken = ["customer: hm", "hold ended anna", "reserve anna beyond"];
    story.then(wrote("hm"), &woken);
    story.then(resumes(ANNA), &["ignored: it is not on hold"]);
    // Put aside while the customer waits.
    let until = story.now + SignedDuration::from_secs(600);
    story.then(holds(ANNA, until), &["on hold anna", "release anna"]);
    story.then(resumes(ANNA), &["hold ended anna", "reserve anna beyond"]);
}

#[test]
fn a_hold_has_its_bounds() {
    let mut story = answered();
    story.then(holds(ANNA, story.now), &["refused: BadTime"]);
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    story.then(holds(ANNA, story.now + days(93)), &["refused: BadTime"]);
    story.then(
        holds(BORIS, story.now + days(1)),
        &["refused: NotYours { holder: Some(OperatorId(\"anna\")) }"],
    );
    story.then(holds(ANNA, story.now + days(92)), &["on hold anna", "release anna"]);
}

#[test]
fn what_is_reopened_goes_beyond_capacity() {
    let mut story = with_idle_places();
    story.rules_change(|line| line.closing.reopen_window_seconds = 600);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, finishes(ANNA));
    let other = story.customer_comes();
    assert_eq!(story.offered(other), [ANNA]);
    story.then(wrote("well"), &["customer: well", "reopened anna", "reserve anna beyond"]);
}

#[test]
fn an_open_offer_takes_a_place_but_one_to_all_does_not() {
    let mut story = with_idle_places();
    story.tell(0, wrote("hello"));
    let other = story.customer_comes();
    assert_eq!((story.offered(0), story.offered(other)), (vec![ANNA.into()], vec![BORIS.into()]));
    let third = story.opens();
    story.then_in(third, takes(ANNA), &["full: anna"]);

    let mut story = with_idle_places();
    story.rules_change(|line| line.queue.mode = QueueMode::All);
    story.tell(0, wrote("hello"));
    let other = story.customer_comes();
    assert_eq!(story.offered(0), [ANNA, BORIS]);
    assert_eq!(story.offered(other), [ANNA, BORIS]);
    story.accept(0, ANNA);
    let offer = story.conversations[other].last_offer.0;
    story.then_in(other, accepts(ANNA, offer), &["full: anna"]);
    story.then_in(
        other,
        accepts(BORIS, offer),
        &["#1 reserve boris", "#1 count boris +1", "#1 accepted boris"],
    );
}

#[test]
fn taking_by_hand_obeys_capacity_but_from_the_unanswered_list() {
    let mut story = with_idle_places();
    story.rules_change(|line| line.unanswered.rule = UnansweredRule::Nothing);
    story.tell(0, wrote("hello"));
    story.accept(0, ANNA);
    let other = story.customer_comes();
    story.then_in(other, takes(ANNA), &["full: anna"]);
    story.tell(other, declines(BORIS, 1));
    assert!(story.conversations[other].row().unanswered);
    let taken = ["#1 reserve anna beyond", "#1 count anna +1", "#1 taken anna"];
    story.then_in(other, takes(ANNA), &taken);
}

#[test]
fn nobody_has_more_offers_open_than_allowed() {
    let mut story = Story::with([ANNA, BORIS], strictly);
    let all: Vec<usize> = (0..12).map(|_| story.customer_comes()).collect();
    let before = |story: &Story, name: &str| {
        all.iter().filter(|n| story.offered(**n).iter().any(|who| who == name)).count()
    };
    assert_eq!((before(&story, ANNA), before(&story, BORIS)), (5, 5));
    let reason = story.queue.next(&crate::routing::Seek::default(), crate::queue::Reach::None);
    assert_eq!(reason.explanation.candidates[0].reason, Reason::TooManyOffers { offers: 5 });
    // The moment one is answered the next is put before her, oldest first.
    story.accept(all[0], ANNA);
    assert_eq!((before(&story, ANNA), before(&story, BORIS)), (5, 5));
    assert_eq!((story.offered(all[10]), story.offered(all[11])), (vec![ANNA.into()], vec![]));
    let mut to_all = Story::with([ANNA], |line| line.queue.mode = QueueMode::All);
    let all: Vec<usize> = (0..6).map(|_| to_all.customer_comes()).collect();
    assert!(to_all.offered(all[5]).is_empty());
}

#[test]
fn offers_and_places_of_other_lines_count() {
    let mut story = with_idle_places();
    let elsewhere: Vec<ConversationId> =
        (0..5).map(|n| ConversationId::new(format!("7-{n}"))).collect();
    story.queue.hold(&id(ANNA), &elsewhere[0], true);
    let next = |story: &Story| -> Vec<OperatorId> {
        story.queue.next(&crate::routing::Seek::default(), crate::queue::Reach::None).operators
    };
    assert_eq!(next(&story), [id(BORIS)]);
    for conversation in &elsewhere {
        story.queue.offered(conversation, &[id(BORIS), id(CLARA)]);
    }
    assert!(next(&story).is_empty());
    story.queue.offered(&elsewhere[4], &[]);
    assert_eq!(next(&story), [id(BORIS)]);
}

#[test]
fn a_transfer_goes_beyond_capacity() {
    let mut story = answered();
    let other = story.customer_comes();
    assert_eq!(story.offered(other), [BORIS]);
    let handed = ["release anna", "reserve boris beyond", "anna hands it to boris"];
    story.then(hands_to(ANNA, BORIS), &handed);
}

#[test]
fn a_note_is_no_word_in_it() {
    let mut story = answered();
    story.pass(800);
    story.tell(0, notes(BORIS, "a regular"));
    story.seconds_pass(100, &["release anna"]);
}

/// So that the rules of these stories are seen to be those of a line.
#[test]
fn the_line_of_these_stories_is_valid() {
    let line: LineSettings = with_idle_places().line;
    assert_eq!(line.problems(&(60..=1_800)), []);
}
