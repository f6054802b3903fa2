//! A line that opens and closes: what waits, what is said, and what goes on.

use crate::effect::{Effect, Input};
use crate::hours::HoursRule;
use crate::line::{LineSettings, UnansweredRule};
use crate::operator::Status;
use crate::stories::inputs::{accepts, declines, replies, takes, wrote};
use crate::stories::story::{ANNA, BORIS, Story, nine_to_six, strictly};

const TO_ANNA: [&str; 3] = ["reserve anna", "count anna +1", "offered anna"];
const TO_BORIS: [&str; 3] = ["reserve boris", "count boris +1", "offered boris"];

fn by_day(line: &mut LineSettings) {
    nine_to_six(line);
    strictly(line);
}

fn by_day_reply(line: &mut LineSettings) {
    by_day(line);
    line.unanswered.rule = UnansweredRule::Reply;
}

#[test]
fn a_closed_line_says_once_when_it_opens_and_routes_then() {
    let mut story = Story::with([ANNA], by_day);
    story.then(wrote("hello"), &["customer: hello", "line: off hours text", "send 2"]);
    let Some((_, Effect::Send { text, .. })) = story.effects.last() else { panic!("a text") };
    assert!(text.ends_with("we are back: today at 09:00."), "{text}");
    story.pass(4_000);
    story.then(wrote("anybody?"), &["customer: anybody?"]);
    story.at("08:59:59", &[]);
    story.at("09:00", &TO_ANNA);
}

#[test]
fn each_conversation_is_told_in_each_closed_period() {
    let mut story = Story::with([], by_day);
    story.tell(0, wrote("hello"));
    let second = story.opens();
    let told = ["#1 customer: me too", "#1 line: off hours text", "#1 send 2"];
    story.then_in(second, wrote("me too"), &told);
    story.at("09:00", &["nobody", "#1 nobody"]);
    story.at("17:59:59", &[]);
    // Both still wait when the line closes again.
    let again = ["line: off hours text", "send 4", "#1 line: off hours text", "#1 send 4"];
    story.at("18:00", &again);
    story.then(wrote("well?"), &["customer: well?"]);
    story.at("09:00", &[]);
    story.at("18:00", &["line: off hours text", "send 6", "#1 line: off hours text", "#1 send 5"]);
}

#[test]
fn a_line_may_say_nothing() {
    let mut story = Story::with([ANNA], |line| {
        by_day(line);
        line.hours.rule = HoursRule::Nothing;
    });
    story.then(wrote("hello"), &["customer: hello"]);
    story.at("09:00", &TO_ANNA);
}

#[test]
fn an_inactive_line_says_nothing_either() {
    let mut story = Story::with([ANNA], |line| {
        by_day(line);
        line.active = false;
    });
    story.then(wrote("hello"), &["customer: hello"]);
    story.until("09:00");
    story.then_rules(|line| line.active = true, &TO_ANNA);
    story.tell(0, declines(ANNA, 1));
    story.then_rules(|line| line.active = false, &[]);
    story.at("18:00", &[]);
    story.then(wrote("well?"), &["customer: well?"]);
    // Switched on at night it is told, and routed in the morning.
    story.then_rules(|line| line.active = true, &["line: off hours text", "send 8"]);
    story.at("09:00", &TO_ANNA);

    let mut story = Story::with([ANNA], by_day);
    story.until("17:59:30");
    story.tell(0, wrote("hello"));
    story.rules_change(|line| line.active = false);
    story.until("18:00:10");
    story.then(wrote("well?"), &["customer: well?"]);
}

#[test]
fn an_open_offer_ends_normally_and_nothing_new_is_offered() {
    let mut story = Story::with([ANNA, BORIS], by_day);
    story.until("17:59:30");
    story.then(wrote("hello"), &[&["customer: hello"][..], &TO_ANNA].concat());
    story.at("18:00", &[]);
    assert_eq!(story.offered(0), [ANNA]);
    let told = ["release anna", "missed anna", "line: off hours text", "send 4"];
    story.at("18:00:30", &told);
    story.at("08:59:59", &[]);
    // In the morning the round goes on with whoever has not passed.
    story.at("09:00", &["reserve boris", "count boris +1", "offered boris"]);

    let mut story = Story::with([ANNA, BORIS], by_day);
    story.until("17:59:30");
    story.tell(0, wrote("hello"));
    story.until("18:00:10");
    // Who writes while he is offered is told, too, and the offer stands.
    let told = ["customer: well?", "line: off hours text", "send 4"];
    story.then(wrote("well?"), &told);
    story.then(accepts(ANNA, 1), &["accepted anna"]);
}

#[test]
fn a_decline_and_a_departure_move_nothing_on_while_it_is_closed() {
    let mut story = Story::with([ANNA, BORIS], by_day);
    story.until("17:59:30");
    story.tell(0, wrote("hello"));
    story.until("18:00");
    let told = ["release anna", "declined anna", "line: off hours text", "send 4"];
    story.then(declines(ANNA, 1), &told);
    story.then(Input::SomebodyEligible, &["ignored: the line does not route now"]);

    let mut story = Story::with([ANNA, BORIS], by_day);
    story.until("17:59:30");
    story.tell(0, wrote("hello"));
    story.until("18:00");
    let told = ["release anna", "left anna", "line: off hours text", "send 4"];
    story.then_is(ANNA, Status::Away, &told);
    story.then_is(ANNA, Status::Available, &[]);
    story.at("09:00", &TO_ANNA);
}

#[test]
fn what_waits_longest_is_routed_first_at_the_opening() {
    let mut story = Story::with([ANNA], by_day);
    story.person_changes(ANNA, |anna| anna.capacity = 2);
    story.pass(60);
    let (second, third) = (story.customer_comes(), story.opens());
    story.pass(60);
    story.tell(0, wrote("hello"));
    story.pass(60);
    story.tell(third, wrote("hello"));
    let fourth = story.customer_comes();
    story.until("09:00");
    // They wait since they were opened: the first from midnight, then the second and the third.
    let offered = [0, second, third, fourth].map(|n| story.offered(n).len());
    assert_eq!(offered, [1, 1, 0, 0]);
    story.tell(0, declines(ANNA, 1));
    let offered = [0, second, third, fourth].map(|n| story.offered(n).len());
    assert_eq!(offered, [0, 1, 1, 0]);
}

#[test]
fn an_activated_line_routes_what_waits_longest_first() {
    let mut story = Story::with([ANNA], |line| line.active = false);
    story.person_changes(ANNA, |anna| anna.capacity = 1);
    let younger = story.opens();
    story.conversations.swap(0, younger);
    story.pass(60);
    story.tell(younger, wrote("hello"));
    story.tell(0, wrote("hello"));
    story.rules_change(|line| line.active = true);
    assert_eq!([0, younger].map(|n| story.offered(n).len()), [0, 1]);
}

#[test]
fn no_round_begins_while_it_is_closed() {
    let mut story = Story::with([ANNA], by_day);
    story.until("17:59");
    story.tell(0, wrote("hello"));
    story.tell(0, declines(ANNA, 1));
    // The minute of the round and Anna's own are over as the line closes.
    story.at("18:00", &["line: off hours text", "send 7"]);
    story.at("08:59:59", &[]);
    story.at("09:00", &TO_ANNA);
}

#[test]
fn the_wait_for_the_text_counts_open_hours() {
    let mut story = Story::with([], |line| {
        by_day(line);
        line.unanswered.after_seconds = 90;
    });
    story.until("17:59");
    story.then(wrote("hello"), &["customer: hello", "nobody"]);
    story.at("18:00", &["line: off hours text", "send 3"]);
    story.at("09:00:29", &[]);
    story.at("09:00:30", &["line: unanswered text", "send 4"]);

    // Over at the very closing, it is due at the opening.
    let mut story = Story::with([], |line| {
        by_day(line);
        line.unanswered.after_seconds = 60;
    });
    story.until("17:59");
    story.tell(0, wrote("hello"));
    story.at("18:00", &["line: off hours text", "send 3"]);
    story.at("08:59:59", &[]);
    story.at("09:00", &["line: unanswered text", "send 4"]);
}

#[test]
fn what_is_unanswered_is_routed_at_the_opening() {
    let mut story = Story::with([ANNA], by_day_reply);
    story.until("17:00");
    story.tell(0, wrote("hello"));
    story.until("17:01");
    assert!(story.conversations[0].row().unanswered);
    story.at("18:00", &["line: off hours text", "send 7"]);
    assert!(!story.conversations[0].row().unanswered);
    story.at("09:00", &TO_ANNA);
    story.pass(60);
    assert!(story.conversations[0].row().unanswered);
}

#[test]
fn who_writes_at_night_has_a_new_round_in_the_morning() {
    let mut story = Story::with([ANNA], by_day_reply);
    story.until("17:58");
    story.tell(0, wrote("hello"));
    story.until("17:59");
    assert!(story.conversations[0].row().unanswered);
    story.until("20:00");
    story.then(wrote("well?"), &["customer: well?"]);
    story.at("09:00", &TO_ANNA);
}

#[test]
fn it_is_taken_by_hand_while_the_line_is_closed() {
    let mut story = Story::with([ANNA], by_day);
    story.person_changes(ANNA, |anna| anna.capacity = 1);
    story.tell(0, wrote("hello"));
    let second = story.customer_comes();
    story.then(takes(ANNA), &["reserve anna", "count anna +1", "taken anna"]);
    story.then_in(second, takes(ANNA), &["full: anna"]);
    story.at("09:00", &["#1 nobody"]);
}

#[test]
fn an_active_conversation_is_not_interrupted() {
    let mut story = Story::with([ANNA, BORIS], |line| {
        by_day(line);
        line.answer.limit_seconds = 600;
    });
    story.until("17:55");
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.at("18:00", &[]);
    story.then(wrote("still there?"), &["customer: still there?"]);
    story.at("08:59:59", &[]);
    story.then(replies(ANNA, "good morning"), &["anna: good morning", "send 5"]);
    story.tell(0, wrote("good morning"));
    // Ten minutes in open hours, and she has written in it: she is told.
    story.at("09:09:59", &[]);
    story.at("09:10", &["late anna"]);
}

#[test]
fn a_deadline_that_comes_before_the_news_of_the_closing_finds_the_line_closed() {
    let mut story = Story::with([ANNA], by_day);
    story.until("17:59:50");
    story.tell(0, wrote("hello"));
    story.tell(0, declines(ANNA, 1));
    story.outage(100);
    story.handle(0, Input::DeadlinePassed);
    assert_eq!(story.conversations[0].deadline(), None);
    assert!(story.conversations[0].off_hours_told.is_some());
    story.at("09:00", &TO_ANNA);
}

#[test]
fn after_a_night_of_outage_it_goes_on_where_it_was() {
    let mut story = Story::with([ANNA, BORIS], by_day);
    story.until("17:59:50");
    story.tell(0, wrote("hello"));
    story.outage(16 * 3_600);
    let moved = ["release anna", "missed anna"];
    story.seconds_pass(0, &[&moved[..], &TO_BORIS].concat());
}
