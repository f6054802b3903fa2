//! Offers: strictly in order, evenly, to all; time, decline, departure; explained decisions.

use crate::conversation::State;
use crate::effect::{Effect, Input, Refusal};
use crate::entry::{Body, Fact, Record};
use crate::line::{LineSettings, QueueMode};
use crate::operator::Status;
use crate::routing::{Counts, Explanation, Reason};
use crate::stories::inputs::{accepts, declines, finishes, wrote};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, id, operator, strictly};

const NO_LONGER_ANNAS: &str = "refused: NoLongerYours { holder: None }";

fn to_all(line: &mut LineSettings) {
    line.queue.mode = QueueMode::All;
}

#[test]
fn strictly_in_order_through_time_and_decline() {
    let mut story = Story::with([ANNA, BORIS, CLARA], strictly);
    story.tell(0, wrote("hello"));
    story.seconds_pass(59, &[]);
    let missed =
        ["release anna", "missed anna", "reserve boris", "count boris +1", "offered boris"];
    story.seconds_pass(1, &missed);
    story.then(accepts(ANNA, 1), &[NO_LONGER_ANNAS]);
    story.pass(10);
    let declined =
        ["release boris", "declined boris", "reserve clara", "count clara +1", "offered clara"];
    story.then(declines(BORIS, 2), &declined);
    story.then(accepts(CLARA, 3), &["accepted clara"]);
    let next = story.customer_comes();
    assert_eq!(story.offered(next), [ANNA]);
    let next = story.customer_comes();
    assert_eq!(story.offered(next), [ANNA]);
}

#[test]
fn only_the_current_offer_can_be_answered() {
    let mut story = Story::of([ANNA]);
    story.tell(0, wrote("hello"));
    story.then(accepts(BORIS, 1), &[NO_LONGER_ANNAS]);
    story.then(accepts(ANNA, 2), &[NO_LONGER_ANNAS]);
    story.then(declines(ANNA, 2), &[NO_LONGER_ANNAS]);
    story.pass(60);
    assert_eq!(story.conversations[0].last_offer.0, 2);
    story.then(accepts(ANNA, 1), &[NO_LONGER_ANNAS]);
    story.then(accepts(ANNA, 2), &["accepted anna"]);
    story.then(accepts(ANNA, 2), &["ignored: he has it already"]);
}

#[test]
fn an_accept_that_comes_before_the_deadline_was_noticed_has_it() {
    let mut story = Story::of([ANNA, BORIS]);
    story.tell(0, wrote("hello"));
    story.outage(3_600);
    story.then(accepts(ANNA, 1), &["accepted anna"]);
}

#[test]
fn after_an_outage_the_offer_moves_one_step_and_its_time_counts_from_now() {
    let mut story = Story::with([ANNA, BORIS, CLARA], strictly);
    story.tell(0, wrote("hello"));
    story.outage(100_000);
    story.seconds_pass(
        0,
        &["release anna", "missed anna", "reserve boris", "count boris +1", "offered boris"],
    );
    story.seconds_pass(59, &[]);
    assert_eq!(story.offered(0), [BORIS]);
}

#[test]
fn a_deadline_carries_no_authority() {
    let mut story = Story::of([ANNA]);
    story.tell(0, wrote("hello"));
    story.pass(59);
    let early = "ignored: the deadline is not reached yet";
    story.then(Input::DeadlinePassed, &[early]);
}

#[test]
fn an_offer_moves_on_when_its_operator_leaves_and_he_has_not_passed() {
    let mut story = Story::with([ANNA, BORIS], strictly);
    story.tell(0, wrote("hello"));
    let moved = ["release anna", "left anna", "reserve boris", "count boris +1", "offered boris"];
    story.then_is(ANNA, Status::Away, &moved);
    story.tell(0, declines(BORIS, 2));
    let back = ["reserve anna", "count anna +1", "offered anna"];
    story.then_is(ANNA, Status::Available, &back);
}

#[test]
fn who_is_busy_keeps_his_offer_and_gets_no_other() {
    let mut story = Story::of([ANNA]);
    story.tell(0, wrote("hello"));
    story.then_is(ANNA, Status::Busy, &[]);
    let next = story.opens();
    story.then_in(next, wrote("me too"), &["#1 customer: me too", "#1 nobody"]);
    story.then(accepts(ANNA, 1), &["accepted anna"]);
}

#[test]
fn absence_does_not_count_where_it_is_not_asked_for() {
    let mut story = Story::with([ANNA, BORIS], |line| {
        strictly(line);
        line.queue.require_available = false;
    });
    story.set_status(ANNA, Status::Away);
    story.then(
        wrote("hello"),
        &["customer: hello", "reserve anna", "count anna +1", "offered anna"],
    );
    story.set_status(ANNA, Status::Available);
    story.then_is(ANNA, Status::Away, &["ignored: absence moves nothing in this line"]);
    story.person_changes(ANNA, |anna| anna.status = Status::Available);
    story.person_changes(ANNA, |anna| anna.enabled = false);
    assert_eq!(story.offered(0), [BORIS]);
}

#[test]
fn one_place_is_one_offer_and_the_next_waits_for_the_moment_it_is_free() {
    let mut story = Story::of([ANNA]);
    story.person_changes(ANNA, |anna| anna.capacity = 1);
    story.tell(0, wrote("first"));
    let second = story.customer_comes();
    assert!(story.offered(second).is_empty());
    story.tell(0, accepts(ANNA, 1));
    assert!(story.offered(second).is_empty());
    story.tell(0, finishes(ANNA));
    assert_eq!(story.offered(second), [ANNA]);
}

#[test]
fn the_oldest_waiting_goes_first() {
    let mut story = Story::of([ANNA]);
    story.person_changes(ANNA, |anna| {
        anna.capacity = 2;
        anna.status = Status::Away;
    });
    story.tell(0, wrote("first"));
    story.pass(1);
    let second = story.customer_comes();
    story.pass(1);
    let third = story.customer_comes();
    story.set_status(ANNA, Status::Available);
    let offered = [0, second, third].map(|n| story.offered(n).len());
    assert_eq!(offered, [1, 1, 0]);
}

#[test]
fn offered_to_all_the_first_accept_has_it() {
    let names: Vec<String> = (0..100).map(|n| format!("op{n:03}")).collect();
    let mut story = Story::with([], to_all);
    for name in &names {
        story.people.insert(id(name), (operator(name), true));
    }
    story.line.queue.operators = names.iter().map(|name| id(name)).collect();
    story.restart_queue();
    story.tell(0, wrote("hello"));
    assert_eq!(story.offered(0).len(), 100);
    for name in names.iter().rev() {
        story.accept(0, name);
    }
    let winner = Fact::Accepted { operator: id("op099") };
    let is_accept = |fact: &&Fact| matches!(fact, Fact::Accepted { .. });
    assert_eq!(facts(&story).filter(is_accept).collect::<Vec<_>>(), [&winner]);
    let refused = Effect::Refuse(Refusal::NoLongerYours { holder: Some(id("op099")) });
    assert_eq!(story.effects.iter().filter(|(_, effect)| *effect == refused).count(), 99);
    let received: i64 = counts(&story);
    assert_eq!(received, 1);
}

#[test]
fn an_offer_to_all_takes_a_place_only_when_it_is_accepted() {
    let mut story = Story::with([ANNA, BORIS, CLARA], to_all);
    story.then(wrote("hello"), &["customer: hello", "offered anna boris clara"]);
    story.then(declines(ANNA, 1), &["declined anna"]);
    story.then_is(BORIS, Status::Away, &["left boris"]);
    story.then(accepts(CLARA, 1), &["reserve clara", "count clara +1", "accepted clara"]);
    let mut story = Story::with([ANNA, BORIS], to_all);
    story.tell(0, wrote("hello"));
    story.then(accepts(ANNA, 1), &["reserve anna", "count anna +1", "accepted anna"]);
}

#[test]
fn offers_to_all_run_out_together() {
    let mut story = Story::with([ANNA, BORIS], to_all);
    story.tell(0, wrote("hello"));
    let ended = ["missed anna boris", "nobody", "exhausted 1", "line: unanswered text", "send 6"];
    let next_round = ["offered anna boris"];
    story.seconds_pass(60, &[&ended[..], &next_round].concat());
}

#[test]
fn evenly_means_that_a_thousand_conversations_differ_by_one_at_most() {
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let mut story = Story::of(names);
    let mut received = [0_u32; 7];
    for n in 1..=1_000 {
        story.pass(1);
        let conversation = story.customer_comes();
        let offered = story.offered(conversation);
        let who = names.iter().position(|name| offered == [*name]).unwrap();
        received[who] += 1;
        let (min, max) = (received.iter().min().unwrap(), received.iter().max().unwrap());
        assert!(max - min <= 1, "{received:?} after {n}");
        // Everybody takes his time, but not too long.
        if let Some(earlier) = conversation.checked_sub(n % 30) {
            accept_if_offered(&mut story, earlier);
        }
        if let Some(oldest) = conversation.checked_sub(30) {
            accept_if_offered(&mut story, oldest);
        }
    }
}

fn accept_if_offered(story: &mut Story, n: usize) {
    if let Some(who) = story.offered(n).first() {
        story.accept(n, who);
    }
}

#[test]
fn nobody_is_flooded_for_having_been_away() {
    let mut story = Story::of([ANNA, BORIS]);
    story.set_status(BORIS, Status::Away);
    for _ in 0..50 {
        let n = story.customer_comes();
        story.accept(n, ANNA);
    }
    story.set_status(BORIS, Status::Available);
    let mut boris = 0;
    for _ in 0..10 {
        let n = story.customer_comes();
        let who = story.offered(n).remove(0);
        boris += usize::from(who == BORIS);
        story.accept(n, &who);
    }
    assert_eq!(boris, 5);
}

#[test]
fn a_decision_that_offers_says_why() {
    let mut story = Story::with([ANNA, BORIS, CLARA], strictly);
    story.person_changes(ANNA, |anna| anna.status = Status::Busy);
    story.person_changes(BORIS, |boris| boris.capacity = 1);
    story.tell(0, wrote("hello"));
    let second = story.customer_comes();
    let declined_at = story.now;
    story.tell(second, declines(CLARA, 1));
    let Explanation { mode, candidates, others } = last_explanation(&story);
    assert_eq!(mode, QueueMode::Strictly);
    let reasons: Vec<(&str, Reason)> =
        candidates.iter().map(|c| (c.operator.as_str(), c.reason.clone())).collect();
    let expected = [
        (CLARA, Reason::Declined { at: declined_at }),
        (ANNA, Reason::Unavailable),
        (BORIS, Reason::AtCapacity { load: 1, capacity: 1 }),
    ];
    assert_eq!(reasons, expected);
    assert!(others.is_empty());
    story.tell(0, declines(BORIS, 1));
    let chosen = last_explanation(&story).candidates.remove(0);
    assert_eq!((chosen.operator, chosen.reason), (id(BORIS), Reason::FirstInOrder { place: 2 }));
}

#[test]
fn an_explanation_names_a_few_and_counts_the_others() {
    let names: Vec<String> = (0..60).map(|n| format!("op{n:03}")).collect();
    let mut story = Story::with([], strictly);
    for (n, name) in names.iter().enumerate() {
        let mut person = operator(name);
        person.status = if n < 30 { Status::Busy } else { Status::Available };
        story.people.insert(id(name), (person, true));
    }
    story.line.queue.operators = names.iter().map(|name| id(name)).collect();
    story.restart_queue();
    story.tell(0, wrote("hello"));
    let explanation = last_explanation(&story);
    assert_eq!(explanation.candidates.len(), 21);
    assert_eq!(explanation.candidates[0].reason, Reason::FirstInOrder { place: 31 });
    assert_eq!(explanation.others, Counts { eligible: 29, unavailable: 10, at_capacity: 0 });
}

fn facts(story: &Story) -> impl Iterator<Item = &Fact> {
    story.effects.iter().filter_map(|(_, effect)| {
        let Effect::Append(Record::Entry { entry, .. }) = effect else { return None };
        let Body::Fact(fact) = &entry.body else { return None };
        Some(fact)
    })
}

fn last_explanation(story: &Story) -> Explanation {
    let routed = facts(story).filter_map(|fact| {
        let Fact::Routed { explanation, .. } = fact else { return None };
        Some(explanation.clone())
    });
    routed.last().unwrap()
}

fn counts(story: &Story) -> i64 {
    story.effects.iter().map(|(_, e)| if let Effect::Count { by, .. } = e { *by } else { 0 }).sum()
}

#[test]
fn every_offer_has_a_deadline_of_its_own() {
    let mut story = Story::of([ANNA]);
    story.tell(0, wrote("hello"));
    let State::Offered { open, .. } = &story.conversations[0].state else { panic!("offered") };
    assert_eq!(story.conversations[0].deadline(), Some(open[0].until));
}
