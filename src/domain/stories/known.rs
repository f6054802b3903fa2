//! Whom the customer knows: his responsible, and the operator he had.

use jiff::SignedDuration;

use crate::customer::{CustomerFacts, KnownOperator};
use crate::effect::{Effect, Input};
use crate::entry::{Body, Fact, Record};
use crate::line::LineSettings;
use crate::operator::Status;
use crate::routing::{Explanation, Reason, Via};
use crate::stories::inputs::{accepts, declines, takes, wrote};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, id, operator, strictly};

const TO_ANNA: [&str; 3] = ["reserve anna", "count anna +1", "offered anna"];
const TO_BORIS: [&str; 3] = ["reserve boris", "count boris +1", "offered boris"];
const TO_CLARA: [&str; 2] = ["reserve clara beyond", "offered clara"];

/// Anna and Boris are the queue; Clara is not in it and owns the customer.
fn claras_customer(rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with([ANNA, BORIS], |line| {
        strictly(line);
        line.unanswered.text_on_requeue = false;
    });
    story.rules_change(rules);
    story.people.insert(id(CLARA), (operator(CLARA), true));
    story.customers[0].responsible = Some(id(CLARA));
    story.restart_queue();
    story
}

/// Boris had the customer's last conversation, that many days ago; none: he has another one now.
fn knows_boris(days_ago: Option<i64>) -> Story {
    let mut story = Story::with([ANNA, BORIS], strictly);
    // So that days ago were after the beginning.
    story.pass(400 * 24 * 3_600);
    let ago = |days: i64| story.now - SignedDuration::from_hours(24 * days);
    let finished_at = days_ago.map(ago);
    story.customers[0].known = Some(KnownOperator { operator: id(BORIS), finished_at });
    story
}

fn hello(then: &[&'static str]) -> Vec<&'static str> {
    [&["customer: hello"][..], then].concat()
}

fn last_routed(story: &Story) -> (Via, Explanation) {
    let routed = story.effects.iter().rev().find_map(|(_, effect)| {
        let Effect::Append(Record::Entry { entry, .. }) = effect else { return None };
        let Body::Fact(Fact::Routed { via, explanation, .. }) = &entry.body else { return None };
        Some((*via, explanation.clone()))
    });
    routed.expect("a decision")
}

#[test]
fn the_responsible_is_asked_first_beyond_capacity_and_membership() {
    let mut story = claras_customer(|_| {});
    story.tells_news = true;
    story.person_changes(CLARA, |clara| clara.capacity = 1);
    let other = story.opens();
    story.tell(other, takes(CLARA));
    story.then(wrote("hello"), &hello(&TO_CLARA));
    let (via, explanation) = last_routed(&story);
    assert_eq!((via, &explanation.candidates[0].reason), (Via::Responsible, &Reason::Responsible));
    // It counts when she accepts it.
    let accepted =
        ["count clara +1", "clara is awake", "clara has it by responsible", "accepted clara"];
    story.then(accepts(CLARA, 1), &accepted);
}

#[test]
fn then_comes_the_queue_and_she_is_not_asked_again() {
    let mut story = claras_customer(|_| {});
    story.tell(0, wrote("hello"));
    let declined = ["release clara", "declined clara"];
    story.then(declines(CLARA, 1), &[&declined[..], &TO_ANNA].concat());
    for _ in 0..10 {
        story.pass(60);
        assert!(story.offered(0) != [CLARA]);
    }

    let mut story = claras_customer(|_| {});
    story.tell(0, wrote("hello"));
    let missed = ["release clara", "missed clara"];
    story.seconds_pass(60, &[&missed[..], &TO_ANNA].concat());

    let mut story = claras_customer(|_| {});
    story.tell(0, wrote("hello"));
    let left = ["release clara", "left clara"];
    story.then_is(CLARA, Status::Away, &[&left[..], &TO_ANNA].concat());
}

#[test]
fn a_busy_responsible_is_asked_and_that_he_does_not_answer_is_no_miss() {
    let mut story = claras_customer(|_| {});
    story.tells_news = true;
    story.set_status(CLARA, Status::Busy);
    story.then(wrote("hello"), &hello(&TO_CLARA));
    // It was put before her while she was not available: it stays before her.
    story.then_is(CLARA, Status::Away, &["ignored: he was not here when it was offered to him"]);
    let missed = ["release clara", "missed clara"];
    story.seconds_pass(60, &[&missed[..], &TO_ANNA].concat());
}

#[test]
fn an_absent_responsible_has_it_in_her_list_while_the_queue_is_asked() {
    let mut story = claras_customer(|_| {});
    story.tells_news = true;
    story.person_changes(CLARA, |clara| (clara.status, clara.capacity) = (Status::Away, 1));
    let other = story.opens();
    story.tell(other, takes(CLARA));
    let asked = ["reserve anna", "count anna +1", "offered anna, listed for clara"];
    story.then(wrote("hello"), &hello(&asked));
    let conversation = &story.conversations[0];
    assert_eq!(conversation.row().listed_for, Some(id(CLARA)));
    assert_eq!(conversation.audience().0, [id(ANNA), id(CLARA)]);
    let reason = last_routed(&story).1.candidates.remove(0).reason;
    assert_eq!(reason, Reason::ResponsibleAway);
    // The first to accept has it, also beyond her capacity, also in a later round.
    story.pass(60);
    story.tell(0, declines(BORIS, 2));
    story.pass(0);
    assert_eq!(story.offered(0), [ANNA]);
    let taken = [
        "reserve clara beyond",
        "count clara +1",
        "release anna",
        "count anna -1",
        "clara has it by responsible",
        "taken clara",
    ];
    story.then(takes(CLARA), &taken);
}

#[test]
fn it_is_listed_where_the_queue_has_nobody() {
    let mut story = claras_customer(|_| {});
    story.set_status(CLARA, Status::Away);
    story.set_status(ANNA, Status::Away);
    story.set_status(BORIS, Status::Away);
    story.then(wrote("hello"), &hello(&["nobody, listed for clara"]));
    story.then_is(BORIS, Status::Available, &TO_BORIS);
    story.tell(0, accepts(BORIS, 1));
    assert_eq!(story.conversations[0].row().listed_for, None);
}

#[test]
fn a_responsible_who_is_no_operator_here_is_not_asked() {
    let mut story = claras_customer(|_| {});
    story.person_changes(CLARA, |clara| clara.enabled = false);
    story.then(wrote("hello"), &hello(&TO_ANNA));
    let reason = last_routed(&story).1.candidates.remove(0).reason;
    assert_eq!(reason, Reason::ResponsibleDisabled);

    let mut story = claras_customer(|_| {});
    story.customers[0].responsible = Some(id("somebody of the sales department"));
    story.then(wrote("hello"), &hello(&TO_ANNA));
}

#[test]
fn a_responsible_with_enough_to_answer_has_it_in_her_list() {
    let mut story = claras_customer(|_| {});
    for _ in 0..5 {
        let n = story.opens();
        story.customers[n].responsible = Some(id(CLARA));
        story.tell(n, wrote("hello"));
        assert_eq!(story.offered(n), [CLARA]);
    }
    let asked = ["reserve anna", "count anna +1", "offered anna, listed for clara"];
    story.then(wrote("hello"), &hello(&asked));
    let reason = last_routed(&story).1.candidates.remove(0).reason;
    assert_eq!(reason, Reason::TooManyOffers { offers: 5 });
    story.tell(0, takes(CLARA));
    assert_eq!(story.holder(0), Some(CLARA));
}

#[test]
fn a_line_need_not_ask_the_responsible() {
    let mut story = claras_customer(|line| line.crm.forward_to_responsible = false);
    story.then(wrote("hello"), &hello(&TO_ANNA));
    let mut story = claras_customer(|line| line.crm.check = false);
    story.then(wrote("hello"), &hello(&TO_ANNA));
}

#[test]
fn a_responsible_who_is_found_late_is_asked_while_it_waits() {
    let mut story = Story::with([], strictly);
    story.people.insert(id(CLARA), (operator(CLARA), true));
    story.restart_queue();
    story.then(wrote("hello"), &hello(&["nobody"]));
    story.customers[0].responsible = Some(id(CLARA));
    story.then(Input::SomebodyEligible, &TO_CLARA);
}

#[test]
fn a_new_search_asks_the_responsible_again() {
    let mut story = claras_customer(|_| {});
    story.tell(0, wrote("hello"));
    story.tell(0, declines(CLARA, 1));
    story.tell(0, accepts(ANNA, 2));
    story.set_status(ANNA, Status::Away);
    let routed = ["release anna", "routed again from anna: absent"];
    story.seconds_pass(60, &[&routed[..], &TO_CLARA].concat());
}

#[test]
fn the_operator_of_the_last_conversation_is_asked_first_if_eligible() {
    for days_ago in [None, Some(0), Some(6)] {
        let mut story = knows_boris(days_ago);
        story.then(wrote("hello"), &hello(&TO_BORIS));
        let (via, explanation) = last_routed(&story);
        assert_eq!((via, &explanation.candidates[0].reason), (Via::Known, &Reason::Known));
    }
    for days_ago in [7, 30] {
        let mut story = knows_boris(Some(days_ago));
        story.then(wrote("hello"), &hello(&TO_ANNA));
    }
    let mut story = knows_boris(Some(1));
    story.rules_change(|line| line.queue.known_operator_days = 0);
    story.then(wrote("hello"), &hello(&TO_ANNA));
}

#[test]
fn a_known_operator_who_is_not_eligible_is_not_asked() {
    type Change = fn(&mut Story);
    let busy: Change = |story| story.set_status(BORIS, Status::Busy);
    let elsewhere: Change =
        |story| story.rules_change(|line| line.queue.operators.retain(|who| *who != id(BORIS)));
    let full: Change = |story| {
        story.person_changes(BORIS, |boris| boris.capacity = 1);
        let other = story.opens();
        story.tell(other, takes(BORIS));
    };
    for happens in [busy, elsewhere, full] {
        let mut story = knows_boris(Some(1));
        happens(&mut story);
        story.then(wrote("hello"), &hello(&TO_ANNA));
    }
}

#[test]
fn the_known_operator_is_asked_first_once() {
    let mut story = knows_boris(Some(1));
    story.rules_change(|line| line.unanswered.text_on_requeue = false);
    story.tell(0, wrote("hello"));
    story.pass(60);
    assert_eq!(story.offered(0), [ANNA]);
    story.pass(60);
    // The next round begins with the head of the list.
    assert_eq!(story.offered(0), [ANNA]);
}

#[test]
fn a_responsible_goes_before_whom_the_customer_knows() {
    let mut story = claras_customer(|_| {});
    story.customers[0] = CustomerFacts {
        known: Some(KnownOperator { operator: id(BORIS), finished_at: None }),
        ..story.customers[0].clone()
    };
    story.tell(0, wrote("hello"));
    story.then(declines(CLARA, 1), &[&["release clara", "declined clara"][..], &TO_ANNA].concat());
}
