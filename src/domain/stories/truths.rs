//! What is true whenever everything that had to happen has happened.

use crate::conversation::{Conversation, Held, Search, State};
use crate::hours::HoursRule;
use crate::id::OperatorId;
use crate::line::UnansweredRule;
use crate::operator::Departure;
use crate::routing::Via;
use crate::stories::story::Story;

pub(super) fn check(story: &Story) {
    for conversation in story.conversations.iter().filter(|c| c.last_entry.0 > 0) {
        match &conversation.state {
            State::Waiting { search } => {
                nobody_waits_without_reason(story, conversation, search);
                is_told_that_the_line_is_closed(story, conversation);
            }
            State::Offered { open, .. } => assert!(!open.is_empty()),
            State::Active(held) => {
                nobody_waits_for_somebody_gone(story, conversation, held);
                a_place_is_taken_while_something_goes_on(story, conversation, held);
            }
            State::Closing { until, .. } => {
                assert_eq!(conversation.deadline(), Some(*until));
                assert_eq!(conversation.waiting_since, None);
            }
            State::Closed { .. } => assert_eq!(conversation.deadline(), None),
        }
    }
    nobody_is_asked_too_much(story);
}

fn routes(story: &Story) -> bool {
    story.line.active && story.is_open
}

/// On an active line that is open somebody is asked if anybody can be, and a search that goes on by
/// itself has its moment.
fn nobody_waits_without_reason(story: &Story, conversation: &Conversation, search: &Search) {
    assert!(search.asked_at.is_none() || story.queue_is_silent, "the queue has not answered");
    if !routes(story) {
        // Nothing runs; a deadline may be left that finds the line so.
        return;
    }
    let eligible = story.ledger.eligible(&story.line, &story.limits, &story.people, &search.passed);
    assert!(eligible.is_empty(), "{eligible:?} could be offered {}", conversation.id);
    if search.exhausted {
        let goes_on = story.line.unanswered.rule == UnansweredRule::Requeue;
        assert_eq!(search.next_round_at.is_some(), goes_on);
    }
}

fn is_told_that_the_line_is_closed(story: &Story, conversation: &Conversation) {
    let is_closed = story.line.active && !story.is_open;
    let waits = conversation.waiting_since.is_some();
    if is_closed && waits && story.line.hours.rule == HoursRule::Reply {
        let told = conversation.off_hours_told.expect("told that the line is closed");
        let hours = &story.hours;
        assert_eq!(hours.opens_next(told), hours.opens_next(story.now), "told when it opens");
    }
}

/// Whoever is gone has nothing where the customer waits, or not for long.
fn nobody_waits_for_somebody_gone(story: &Story, conversation: &Conversation, held: &Held) {
    match departure(story, &held.operator) {
        None => {}
        Some(Departure::Disabled) => panic!("a disabled operator has {}", conversation.id),
        Some(Departure::Absent) => {
            let minds = story.line.queue.require_available && story.line.active;
            if minds && conversation.waiting_since.is_some() {
                assert!(held.reroute_at.is_some(), "{} waits without end", conversation.id);
                is_told_that_the_line_is_closed(story, conversation);
            }
        }
    }
}

fn departure(story: &Story, operator: &OperatorId) -> Option<Departure> {
    let (person, present) = &story.people[operator];
    person.departure(*present)
}

fn a_place_is_taken_while_something_goes_on(
    story: &Story,
    conversation: &Conversation,
    held: &Held,
) {
    if conversation.deadline().is_some_and(|at| at <= story.now) {
        return;
    }
    let idle = story.limits.place_idle;
    let goes_on = conversation.waiting_since.is_some()
        || idle.is_zero()
        || conversation.last_word_at + idle > story.now;
    assert_eq!(held.place, goes_on && held.hold_until.is_none(), "{held:?}");
}

/// A colleague may hand on more than the queue may offer.
fn nobody_is_asked_too_much(story: &Story) {
    for operator in story.people.keys() {
        let is_asked = |conversation: &&Conversation| match &conversation.state {
            State::Offered { open, via, .. } => {
                *via != Via::Transfer && open.iter().any(|offer| offer.operator == *operator)
            }
            State::Waiting { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => false,
        };
        let asked = story.conversations.iter().filter(is_asked).count();
        assert!(asked <= story.limits.open_offers, "{operator} is asked {asked} times");
    }
}
