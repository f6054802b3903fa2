//! Operators who go away and come back: what moves on, what waits for them, and for how long.

use crate::effect::Input;
use crate::line::LineSettings;
use crate::operator::{Departure, Status};
use crate::stories::inputs::{accepts, declines, drafts, notes, replies, takes, wrote};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, id, nine_to_six, strictly};

const TO_BORIS: [&str; 3] = ["reserve boris", "count boris +1", "offered boris"];
const ROUTED: [&str; 2] = ["release anna", "routed again from anna: absent"];

/// Anna has it, and the customer waits.
fn anna_has_it(rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with([ANNA, BORIS], rules);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story
}

/// Anna has answered.
fn answered(rules: fn(&mut LineSettings)) -> Story {
    let mut story = anna_has_it(rules);
    story.tell(0, replies(ANNA, "good day"));
    story
}

fn disregards_absence(line: &mut LineSettings) {
    strictly(line);
    line.queue.require_available = false;
}

#[test]
fn offers_made_while_she_was_here_move_on_at_once() {
    type Change = fn(&mut Story);
    let away: Change = |story| story.set_status(ANNA, Status::Away);
    let offline: Change = |story| story.presence_changes(ANNA, |_, present| *present = false);
    let disabled: Change = |story| story.person_changes(ANNA, |anna| anna.enabled = false);
    for goes in [away, offline, disabled] {
        let mut story = Story::with([ANNA, BORIS], strictly);
        story.tell(0, wrote("hello"));
        goes(&mut story);
        assert_eq!(story.offered(0), [BORIS]);
    }
    let mut story = Story::with([ANNA, BORIS], strictly);
    story.tell(0, wrote("hello"));
    story.then_is(ANNA, Status::Busy, &[]);
    assert_eq!(story.offered(0), [ANNA]);
}

#[test]
fn it_stays_hers_while_the_customer_does_not_wait() {
    let mut story = answered(|_| {});
    story.then_is(ANNA, Status::Away, &[]);
    story.seconds_pass(1_000_000, &[]);
    // He writes: from now on it is time.
    story.then(wrote("are you there?"), &["customer: are you there?"]);
    story.seconds_pass(59, &[]);
    story.seconds_pass(1, &[&ROUTED[..], &TO_BORIS].concat());
}

#[test]
fn where_the_customer_waits_she_has_the_time_of_an_offer_to_come_back() {
    let mut story = anna_has_it(|line| line.queue.offer_timeout_seconds = 90);
    story.pass(1_000);
    story.then_is(ANNA, Status::Away, &[]);
    story.seconds_pass(89, &[]);
    story.then_is(ANNA, Status::Busy, &[]);
    story.seconds_pass(1_000, &[]);
    story.then_is(ANNA, Status::Away, &[]);
    story.seconds_pass(89, &[]);
    story.seconds_pass(1, &[&ROUTED[..], &TO_BORIS].concat());
}

#[test]
fn each_absence_has_its_own_time() {
    let mut story = anna_has_it(|_| {});
    story.then_is(ANNA, Status::Away, &[]);
    story.pass(50);
    story.then_is(ANNA, Status::Available, &[]);
    story.pass(5);
    story.then_is(ANNA, Status::Away, &[]);
    story.seconds_pass(59, &[]);
    story.seconds_pass(1, &[&ROUTED[..], &TO_BORIS].concat());
}

#[test]
fn what_is_routed_again_has_waited_since_the_customer_does() {
    let mut story = anna_has_it(|_| {});
    story.person_changes(BORIS, |boris| (boris.status, boris.capacity) = (Status::Away, 1));
    story.pass(100);
    story.set_status(ANNA, Status::Away);
    story.pass(10);
    let younger = story.customer_comes();
    story.pass(50);
    story.set_status(BORIS, Status::Available);
    assert_eq!([0, younger].map(|n| story.offered(n).len()), [1, 0]);
}

#[test]
fn it_is_routed_again_with_draft_and_notes_and_she_has_not_passed_it() {
    let mut story = anna_has_it(|_| {});
    story.tell(0, drafts(ANNA, "dear"));
    story.tell(0, notes(ANNA, "a regular"));
    let entries = story.conversations[0].last_entry;
    story.set_status(ANNA, Status::Away);
    story.pass(60);
    let conversation = &story.conversations[0];
    assert_eq!(conversation.draft.as_ref().map(|draft| &*draft.text), Some("dear"));
    assert!(conversation.last_entry > entries);
    // Nobody else is left when she is here again, and it is hers anyway.
    story.tell(0, declines(BORIS, 2));
    story.then_is(ANNA, Status::Available, &["returned anna", "reserve anna beyond"]);
    assert_eq!(story.conversations[0].draft.as_ref().map(|draft| &*draft.text), Some("dear"));
}

#[test]
fn it_is_hers_again_if_she_is_back_before_another_accepts() {
    let mut story = anna_has_it(|_| {});
    story.tells_news = true;
    story.set_status(ANNA, Status::Away);
    story.pass(90);
    assert_eq!(story.offered(0), [BORIS]);
    story.person_changes(ANNA, |anna| anna.capacity = 1);
    let other = story.customer_comes();
    story.tell(other, takes(ANNA));
    let taken_back = ["release boris", "count boris -1", "anna has it by return"];
    let hers = ["returned anna", "reserve anna beyond"];
    story.then_is(ANNA, Status::Available, &[&taken_back[..], &hers].concat());
    assert_eq!(story.ledger.received[&id(ANNA)].0, 2);
    story.tell(0, replies(ANNA, "here I am"));
    story.seconds_pass(10_000, &[]);
}

#[test]
fn who_comes_back_too_late_finds_it_with_another() {
    let mut story = anna_has_it(|_| {});
    story.set_status(ANNA, Status::Away);
    story.pass(60);
    story.tell(0, accepts(BORIS, 2));
    story.then_is(ANNA, Status::Available, &[]);
    assert_eq!(story.holder(0), Some(BORIS));
    let late = ["refused: NoLongerYours { holder: Some(OperatorId(\"boris\")) }"];
    story.then(accepts(ANNA, 1), &late);
}

#[test]
fn whoever_is_disabled_loses_all_at_once_and_does_not_get_it_back() {
    let mut story = answered(|_| {});
    let lost = ["release anna", "routed again from anna: disabled"];
    story.then_disabled(ANNA, &[&lost[..], &TO_BORIS].concat());
    story.person_changes(ANNA, |anna| anna.enabled = true);
    assert_eq!(story.offered(0), [BORIS]);
    // Also if he is away already.
    let mut story = answered(|_| {});
    story.set_status(ANNA, Status::Away);
    story.then_disabled(ANNA, &[&lost[..], &TO_BORIS].concat());
}

#[test]
fn where_absence_is_disregarded_it_moves_nothing() {
    let mut story = anna_has_it(disregards_absence);
    story.then_is(ANNA, Status::Away, &["ignored: absence moves nothing in this line"]);
    story.then(wrote("hello?"), &["customer: hello?"]);
    story.seconds_pass(1_000_000, &[]);
    assert_eq!(story.holder(0), Some(ANNA));
    let lost = ["release anna", "routed again from anna: disabled"];
    story.then_disabled(ANNA, &[&lost[..], &TO_BORIS].concat());
}

#[test]
fn it_is_no_miss_where_absence_is_disregarded() {
    let mut story = Story::with([ANNA, BORIS], disregards_absence);
    story.tells_news = true;
    story.tell(0, wrote("hello"));
    // She was here when it was put before her, and then was not.
    story.then_is(ANNA, Status::Away, &[]);
    assert_eq!(story.offered(0), [ANNA]);
    let missed = ["release anna", "missed anna"];
    story.seconds_pass(60, &[&missed[..], &TO_BORIS].concat());
    let missed = ["boris sleeps", "release boris", "missed boris"];
    let round = ["nobody", "exhausted 1", "line: unanswered text", "send 8"];
    let to_anna = ["reserve anna", "count anna +1", "offered anna"];
    story.seconds_pass(60, &[&missed[..], &round, &to_anna].concat());
    // This one was made while she was away.
    story.seconds_pass(60, &[&["release anna", "missed anna"][..], &TO_BORIS].concat());
}

#[test]
fn a_rule_that_changes_finds_who_is_gone() {
    let mut story = anna_has_it(disregards_absence);
    story.set_status(ANNA, Status::Away);
    story.pass(1_000);
    story.then_rules(|line| line.queue.require_available = true, &[]);
    story.seconds_pass(30, &[]);
    let same = ["ignored: the change does not concern it"];
    story.then_rules(|line| line.queue.require_available = false, &same);
    story.seconds_pass(1_000, &[]);
    story.then_rules(|line| line.queue.require_available = true, &[]);
    story.seconds_pass(59, &[]);
    story.seconds_pass(1, &[&ROUTED[..], &TO_BORIS].concat());
}

#[test]
fn while_the_line_is_closed_it_stays_hers_and_the_customer_is_told() {
    let mut story = answered(|_| {});
    story.rules_change(nine_to_six);
    story.set_status(ANNA, Status::Away);
    let told = ["customer: hello?", "line: off hours text", "send 6"];
    story.then(wrote("hello?"), &told);
    story.then(wrote("hello??"), &["customer: hello??"]);
    story.at("09:00:59", &[]);
    assert_eq!(story.holder(0), Some(ANNA));
    story.at("09:01", &[&ROUTED[..], &TO_BORIS].concat());
}

#[test]
fn who_waits_for_her_at_the_closing_or_when_she_goes_is_told_too() {
    let mut story = anna_has_it(|_| {});
    story.rules_change(nine_to_six);
    story.until("09:00");
    story.until("17:59:30");
    story.then_is(ANNA, Status::Away, &[]);
    story.at("18:00", &["line: off hours text", "send 4"]);
    // Half of her time was over.
    story.at("09:00:29", &[]);
    story.at("09:00:30", &[&ROUTED[..], &TO_BORIS].concat());

    let mut story = anna_has_it(|_| {});
    story.rules_change(nine_to_six);
    story.then_is(ANNA, Status::Away, &["line: off hours text", "send 4"]);
    story.then_is(ANNA, Status::Available, &[]);
    story.then_is(ANNA, Status::Away, &[]);

    // Who does not wait is told nothing.
    let mut story = answered(|_| {});
    story.rules_change(nine_to_six);
    story.then_is(ANNA, Status::Away, &[]);
}

#[test]
fn her_time_does_not_end_at_the_closing_or_at_night() {
    let mut story = anna_has_it(|_| {});
    story.rules_change(nine_to_six);
    story.until("17:59");
    story.set_status(ANNA, Status::Away);
    story.at("18:00", &["line: off hours text", "send 4"]);
    assert_eq!(story.holder(0), Some(ANNA));
    story.at("09:00", &[&ROUTED[..], &TO_BORIS].concat());

    let mut story = anna_has_it(|_| {});
    story.rules_change(nine_to_six);
    story.until("17:58");
    story.set_status(ANNA, Status::Away);
    story.outage(3_600);
    story.handle(0, Input::DeadlinePassed);
    assert_eq!(story.holder(0), Some(ANNA));
    story.seconds_pass(0, &["line: off hours text", "send 4"]);
    story.at("09:00", &[&ROUTED[..], &TO_BORIS].concat());
}

#[test]
fn an_inactive_line_takes_nothing_from_her_until_it_is_switched_on() {
    let mut story = anna_has_it(|line| line.active = true);
    story.then_rules(|line| line.active = false, &["ignored: the change does not concern it"]);
    story.then_is(ANNA, Status::Away, &[]);
    story.seconds_pass(1_000, &[]);
    story.then_rules(|line| line.active = true, &[]);
    story.seconds_pass(0, &[&ROUTED[..], &TO_BORIS].concat());
}

#[test]
fn after_an_outage_she_may_be_back() {
    let mut story = anna_has_it(|_| {});
    story.set_status(ANNA, Status::Away);
    story.people.get_mut(&id(ANNA)).unwrap().0.status = Status::Available;
    story.outage(1_000);
    story.seconds_pass(0, &[]);
    assert_eq!(story.holder(0), Some(ANNA));
}

#[test]
fn what_does_not_concern_it_is_ignored() {
    let mut story = answered(|_| {});
    let (operator, departure) = (id(CLARA), Departure::Absent);
    let nothing = ["ignored: he does not have it and is not asked"];
    story.then(Input::OperatorLeft { operator, departure }, &nothing);
    let nobody = ["ignored: it does not wait for him"];
    story.then(Input::OperatorBack { operator: id(CLARA) }, &nobody);
    story.then(Input::OperatorBack { operator: id(ANNA) }, &nobody);
    let mut story = Story::of([ANNA]);
    story.tell(0, wrote("hello"));
    let (operator, departure) = (id(CLARA), Departure::Absent);
    story
        .then(Input::OperatorLeft { operator, departure }, &["ignored: nothing is offered to him"]);
}
