//! When nobody answers: the three rules, the rounds, the text, inactive lines.

use crate::effect::Input;
use crate::line::{LineSettings, UnansweredRule};
use crate::operator::Status;
use crate::stories::inputs::{accepts, declines, releases, replies, takes, wrote};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, id, strictly};

fn reply(line: &mut LineSettings) {
    strictly(line);
    line.unanswered.rule = UnansweredRule::Reply;
}

fn nothing(line: &mut LineSettings) {
    strictly(line);
    line.unanswered.rule = UnansweredRule::Nothing;
}

fn requeue_silently(line: &mut LineSettings) {
    strictly(line);
    line.unanswered.text_on_requeue = false;
}

fn text_after_30_seconds(line: &mut LineSettings) {
    strictly(line);
    line.unanswered.after_seconds = 30;
}

const ANNA_MISSES: [&str; 4] = ["release anna", "missed anna", "nobody", "exhausted 1"];
const TO_ANNA: [&str; 3] = ["reserve anna", "count anna +1", "offered anna"];
const TO_BORIS: [&str; 3] = ["reserve boris", "count boris +1", "offered boris"];

#[test]
fn requeue_goes_round_until_somebody_accepts() {
    let mut story = Story::with([ANNA, BORIS], requeue_silently);
    story.tell(0, wrote("hello"));
    for round in 1..=20 {
        assert_eq!(story.offered(0), [ANNA], "round {round}");
        story.pass(60);
        assert_eq!(story.offered(0), [BORIS], "round {round}");
        story.pass(60);
    }
    story.accept(0, ANNA);
    assert_eq!(story.conversations[0].row().operator, Some(id(ANNA)));
}

#[test]
fn the_next_round_begins_one_offer_timeout_after_this_one_began_and_leaves_out_who_declined() {
    let mut story = Story::with([ANNA, BORIS], requeue_silently);
    story.tell(0, wrote("hello"));
    story.pass(10);
    story.tell(0, declines(ANNA, 1));
    story.pass(10);
    let declined = ["release boris", "declined boris", "nobody", "exhausted 1"];
    story.then(declines(BORIS, 2), &declined);
    story.seconds_pass(39, &[]);
    // Second 60: both have declined less than a minute ago.
    story.seconds_pass(1, &["nobody"]);
    story.seconds_pass(9, &[]);
    // Second 70: a minute after Anna declined.
    story.seconds_pass(1, &TO_ANNA);
    story.then(declines(ANNA, 3), &["release anna", "declined anna", "exhausted 2"]);
}

#[test]
fn a_queue_that_has_not_answered_is_asked_again_at_once() {
    let mut story = Story::with([ANNA], reply);
    story.tell(0, wrote("hello"));
    story.queue_is_silent = true;
    story.then(declines(ANNA, 1), &["release anna", "declined anna"]);
    story.queue_is_silent = false;
    story.seconds_pass(0, &["nobody", "exhausted 1", "line: unanswered text", "send 6"]);
    story.seconds_pass(3600, &[]);
}

#[test]
fn nor_is_it_asked_once_the_line_is_inactive() {
    let mut story = Story::with([ANNA], reply);
    story.tell(0, wrote("hello"));
    story.queue_is_silent = true;
    story.tell(0, declines(ANNA, 1));
    story.then_rules(|line| line.active = false, &[]);
    story.seconds_pass(3600, &[]);
    assert_eq!(story.conversations[0].deadline(), None);
}

#[test]
fn who_missed_is_in_the_next_round_at_once() {
    let mut story = Story::with([ANNA, BORIS], requeue_silently);
    story.tell(0, wrote("hello"));
    story.pass(50);
    story.tell(0, declines(ANNA, 1));
    let missed = ["release boris", "missed boris", "nobody", "exhausted 1"];
    // Second 110: Anna's minute is just over.
    story.seconds_pass(60, &[&missed[..], &TO_ANNA].concat());
    story.pass(59);
    story.tell(0, declines(ANNA, 3));
    story.pass(60);
    // Second 229: she declined a minute ago at second 169.
    assert_eq!(story.offered(0), [ANNA]);
}

#[test]
fn reply_sends_the_text_once_and_lets_it_be_taken() {
    let mut story = Story::with([ANNA], reply);
    story.tell(0, wrote("hello"));
    story.seconds_pass(60, &[&ANNA_MISSES[..], &["line: unanswered text", "send 6"]].concat());
    assert!(story.conversations[0].row().unanswered);
    assert_eq!(story.conversations[0].deadline(), None);
    story.seconds_pass(100_000, &[]);
    // A message starts a new round; the text is not sent again.
    story.then(wrote("hello?"), &[&["customer: hello?"][..], &TO_ANNA].concat());
    assert!(!story.conversations[0].row().unanswered);
    story.then(wrote("hello??"), &["customer: hello??"]);
    story.seconds_pass(60, &["release anna", "missed anna", "nobody", "exhausted 2"]);
    story.person_changes(ANNA, |anna| anna.capacity = 1);
    story.then(takes(BORIS), &["reserve boris beyond", "count boris +1", "taken boris"]);
}

#[test]
fn nothing_is_silent() {
    let mut story = Story::with([ANNA], nothing);
    story.tell(0, wrote("hello"));
    story.seconds_pass(60, &ANNA_MISSES);
    assert!(story.conversations[0].row().unanswered);
    story.seconds_pass(100_000, &[]);
}

#[test]
fn a_message_right_after_a_decline_waits_for_those_left_out() {
    let mut story = Story::with([ANNA], nothing);
    story.tell(0, wrote("hello"));
    story.pass(5);
    story.then(declines(ANNA, 1), &["release anna", "declined anna", "nobody", "exhausted 1"]);
    story.pass(20);
    story.then(wrote("well?"), &["customer: well?", "nobody"]);
    story.then(wrote("well??"), &["customer: well??"]);
    story.seconds_pass(39, &[]);
    story.seconds_pass(1, &TO_ANNA);
}

#[test]
fn whoever_has_not_passed_is_offered_it_when_he_comes_under_every_rule() {
    for rule in [requeue_silently, reply, nothing] {
        let mut story = Story::with([ANNA, BORIS], rule);
        story.set_status(BORIS, Status::Away);
        story.tell(0, wrote("hello"));
        story.tell(0, declines(ANNA, 1));
        story.pass(5);
        story.then_is(BORIS, Status::Available, &TO_BORIS);
    }
}

#[test]
fn who_has_passed_and_comes_back_is_not_offered_it_in_that_round() {
    let mut story = Story::with([ANNA, BORIS], nothing);
    story.set_status(BORIS, Status::Away);
    story.tell(0, wrote("hello"));
    story.pass(60);
    story.then_is(ANNA, Status::Away, &[]);
    story.then_is(ANNA, Status::Available, &[]);
}

#[test]
fn nobody_eligible_is_no_exhausted_round() {
    let mut story = Story::with([ANNA], reply);
    story.set_status(ANNA, Status::Away);
    story.then(wrote("hello"), &["customer: hello", "nobody"]);
    story.then(wrote("anybody?"), &["customer: anybody?"]);
    story.seconds_pass(100_000, &[]);
    assert!(!story.conversations[0].row().unanswered);
    story.then_is(ANNA, Status::Available, &TO_ANNA);
    // The round went on: one "nobody" is enough.
    story.seconds_pass(
        60,
        &["release anna", "missed anna", "exhausted 1", "line: unanswered text", "send 7"],
    );
}

#[test]
fn who_merely_left_has_not_exhausted_the_round() {
    let mut story = Story::with([ANNA], reply);
    story.tell(0, wrote("hello"));
    story.then_is(ANNA, Status::Away, &["release anna", "left anna", "nobody"]);
    assert!(!story.conversations[0].row().unanswered);
    story.then_is(ANNA, Status::Available, &TO_ANNA);
}

#[test]
fn the_text_goes_out_by_the_clock_while_nobody_is_eligible() {
    let mut story = Story::with([], text_after_30_seconds);
    story.then(wrote("hello"), &["customer: hello", "nobody"]);
    story.seconds_pass(29, &[]);
    story.seconds_pass(1, &["line: unanswered text", "send 3"]);
    story.seconds_pass(100_000, &[]);
    assert!(!story.conversations[0].row().unanswered);
    let same = ["ignored: the change does not concern it"];
    story.then_rules(|line| line.name = "sales".into(), &same);
    assert_eq!(story.conversations[0].deadline(), None);
}

#[test]
fn the_text_goes_out_by_the_clock_while_it_is_offered() {
    let mut story = Story::with([ANNA], text_after_30_seconds);
    story.tell(0, wrote("hello"));
    story.seconds_pass(30, &["line: unanswered text", "send 3"]);
    assert_eq!(story.offered(0), [ANNA]);
    story.seconds_pass(30, &[&ANNA_MISSES[..], &TO_ANNA].concat());
}

#[test]
fn the_text_goes_out_with_the_round_if_that_ends_first() {
    let mut story = Story::with([ANNA], |line| {
        strictly(line);
        line.unanswered.after_seconds = 300;
    });
    story.tell(0, wrote("hello"));
    let text = ["line: unanswered text", "send 6"];
    story.seconds_pass(60, &[&ANNA_MISSES[..], &text, &TO_ANNA].concat());
    story.accept(0, ANNA);
    story.seconds_pass(1_000, &[]);
}

#[test]
fn the_text_is_not_for_somebody_who_was_answered() {
    let mut story = Story::with([ANNA], text_after_30_seconds);
    story.tell(0, wrote("hello"));
    story.then(accepts(ANNA, 1), &["accepted anna"]);
    story.seconds_pass(1_000, &[]);
}

#[test]
fn an_inactive_line_stores_and_routes_when_it_is_switched_on() {
    let mut story = Story::with([ANNA], |line| {
        text_after_30_seconds(line);
        line.active = false;
    });
    story.then(wrote("hello"), &["customer: hello"]);
    story.pass(5);
    let second = story.opens();
    story.then_in(second, wrote("me too"), &["#1 customer: me too"]);
    story.then(Input::SomebodyEligible, &["ignored: the line does not route now"]);
    story.seconds_pass(1_000, &[]);
    let both = [
        "reserve anna",
        "count anna +1",
        "offered anna",
        "#1 reserve anna",
        "#1 count anna +1",
        "#1 offered anna",
    ];
    story.then_rules(|line| line.active = true, &both);
    // The wait for the text begins with the routing.
    story.seconds_pass(29, &[]);
    story.seconds_pass(
        1,
        &["line: unanswered text", "send 3", "#1 line: unanswered text", "#1 send 3"],
    );
}

#[test]
fn a_line_switched_off_lets_open_offers_end_and_stops_there() {
    let mut story = Story::with([ANNA, BORIS], text_after_30_seconds);
    story.tell(0, wrote("hello"));
    story.then_rules(|line| line.active = false, &[]);
    story.seconds_pass(60, &["release anna", "missed anna"]);
    story.seconds_pass(1_000, &[]);
    story.then(wrote("hm"), &["customer: hm"]);
    // As at an opening the round goes on with whoever has not passed.
    let to_boris = ["reserve boris", "count boris +1", "offered boris"];
    story.then_rules(|line| line.active = true, &to_boris);
}

#[test]
fn a_deadline_that_comes_before_the_news_of_the_switch_finds_the_line_off() {
    let mut waiting = Story::with([], text_after_30_seconds);
    waiting.tell(0, wrote("hello"));
    waiting.line.active = false;
    waiting.seconds_pass(1_000, &[]);

    let mut offered = Story::with([ANNA], text_after_30_seconds);
    offered.tell(0, wrote("hello"));
    offered.line.active = false;
    offered.seconds_pass(59, &[]);
    assert_eq!(offered.offered(0), [ANNA]);

    let mut between_rounds = Story::with([ANNA], requeue_silently);
    between_rounds.tell(0, wrote("hello"));
    between_rounds.tell(0, declines(ANNA, 1));
    between_rounds.line.active = false;
    between_rounds.seconds_pass(1_000, &[]);
}

#[test]
fn a_message_between_two_rounds_hastens_nothing() {
    let mut story = Story::with([ANNA], requeue_silently);
    story.tell(0, wrote("hello"));
    story.pass(5);
    story.tell(0, declines(ANNA, 1));
    story.then(wrote("well?"), &["customer: well?"]);
    story.seconds_pass(54, &[]);
    story.seconds_pass(1, &["nobody"]);
    story.seconds_pass(5, &TO_ANNA);
}

#[test]
fn a_line_switched_off_between_rounds_goes_on_later() {
    let mut story = Story::with([ANNA], requeue_silently);
    story.tell(0, wrote("hello"));
    story.pass(20);
    story.tell(0, declines(ANNA, 1));
    story.then_rules(|line| line.active = false, &[]);
    story.seconds_pass(1_000, &[]);
    story.then_rules(|line| line.active = true, &TO_ANNA);
}

#[test]
fn a_changed_rule_takes_hold_of_what_is_unanswered() {
    let mut story = Story::with([ANNA], nothing);
    story.tell(0, wrote("hello"));
    story.pass(100);
    let same = ["ignored: the change does not concern it"];
    story.then_rules(|line| line.name = "sales".into(), &same);
    story.then_rules(
        |line| line.unanswered.rule = UnansweredRule::Reply,
        &["line: unanswered text", "send 6"],
    );
    story.then_rules(|line| line.unanswered.rule = UnansweredRule::Requeue, &[]);
    story.seconds_pass(0, &TO_ANNA);
}

#[test]
fn after_an_outage_one_round_is_missed_and_not_many() {
    let mut story = Story::with([ANNA, BORIS], requeue_silently);
    story.tell(0, wrote("hello"));
    story.outage(1_000_000);
    story.seconds_pass(0, &[&["release anna", "missed anna"][..], &TO_BORIS].concat());
    story.outage(1_000_000);
    let missed = ["release boris", "missed boris", "nobody", "exhausted 1"];
    story.seconds_pass(0, &[&missed[..], &TO_ANNA].concat());
    story.seconds_pass(59, &[]);
}

#[test]
fn everybody_of_a_longer_list_is_asked_before_the_round_ends() {
    let mut story = Story::with([ANNA, BORIS, CLARA], nothing);
    story.tell(0, wrote("hello"));
    story.pass(180);
    let asked: Vec<String> = story.offers_made().iter().map(|who| who[0].to_string()).collect();
    assert_eq!(asked, [ANNA, BORIS, CLARA]);
    assert!(story.conversations[0].row().unanswered);
}

#[test]
fn who_begins_to_wait_later_waits_for_the_text_from_then_on() {
    let mut story = Story::with([ANNA], text_after_30_seconds);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "good day"));
    story.set_status(ANNA, Status::Busy);
    story.tell(0, releases("chief"));
    story.seconds_pass(1_000, &[]);
    story.then(wrote("well?"), &["customer: well?"]);
    story.seconds_pass(29, &[]);
    story.seconds_pass(1, &["line: unanswered text", "send 8"]);
}

#[test]
fn whoever_is_left_to_an_older_conversation_has_not_passed_the_younger_one() {
    let mut story = Story::with([ANNA, BORIS], reply);
    story.set_status(BORIS, Status::Away);
    story.tell(0, wrote("hello"));
    story.tell(0, declines(ANNA, 1));
    story.pass(1);
    let younger = story.customer_comes();
    // Boris comes, and Anna declines before the line has asked him.
    story.person_comes_unnoticed(BORIS);
    let declined = ["#1 release anna", "#1 declined anna", "#1 nobody"];
    let both = [
        "reserve boris",
        "count boris +1",
        "offered boris",
        "#1 reserve boris",
        "#1 count boris +1",
        "#1 offered boris",
    ];
    story.then_in(younger, declines(ANNA, 1), &[&declined[..], &both].concat());
}
