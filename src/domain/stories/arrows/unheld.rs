//! Arrows from where nobody has it.

use crate::effect::Input;
use crate::event::RowState::{Active, Closed, Offered, Waiting};
use crate::line::UnansweredRule;
use crate::operator::Status;
use crate::stories::arrows::{active, goes, is, offered};
use crate::stories::inputs::{
    accepts, declines, finishes, hands_to, marks_spam, moves_to, picks_up, takes, takes_over,
    withdraws, wrote,
};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, nine_to_six, strictly};

/// Nobody is there.
fn waiting() -> Story {
    let mut story = Story::with([ANNA, BORIS], strictly);
    story.set_status(ANNA, Status::Away);
    story.set_status(BORIS, Status::Away);
    story.tell(0, wrote("hello"));
    story
}

/// To Anna, and nobody else is there.
fn offered_to_her_alone() -> Story {
    let mut story = offered(|_| {});
    story.set_status(BORIS, Status::Away);
    story
}

/// Anna lost it by being away; the queue has it.
fn routed_again() -> Story {
    let mut story = active(|_| {});
    story.set_status(ANNA, Status::Away);
    story.pass(60);
    story
}

#[test]
pub(super) fn waiting_to_offered_by_offer() {
    goes(waiting(), Waiting, |story| story.set_status(ANNA, Status::Available), Offered);
}

#[test]
pub(super) fn waiting_to_offered_by_opening() {
    let mut story = Story::with([ANNA], nine_to_six);
    story.tell(0, wrote("hello"));
    goes(story, Waiting, |story| story.until("09:00"), Offered);
}

#[test]
pub(super) fn waiting_to_active_by_take() {
    goes(waiting(), Waiting, is(takes(CLARA)), Active);
}

#[test]
pub(super) fn waiting_to_active_by_take_over() {
    goes(waiting(), Waiting, is(takes_over(CLARA)), Active);
}

#[test]
pub(super) fn waiting_to_active_by_return() {
    let mut story = routed_again();
    story.set_status(BORIS, Status::Away);
    goes(story, Waiting, |story| story.set_status(ANNA, Status::Busy), Active);
}

#[test]
pub(super) fn waiting_to_active_by_pick_up() {
    goes(Story::of([]), Waiting, is(picks_up(CLARA)), Active);
}

#[test]
pub(super) fn waiting_to_closed_by_spam() {
    goes(waiting(), Waiting, is(marks_spam(CLARA)), Closed);
}

#[test]
pub(super) fn waiting_to_closed_by_finish() {
    goes(waiting(), Waiting, is(finishes(CLARA)), Closed);
}

#[test]
pub(super) fn waiting_to_closed_by_move() {
    goes(waiting(), Waiting, is(moves_to(CLARA, "sales")), Closed);
}

#[test]
pub(super) fn waiting_to_closed_by_what_is_unheard() {
    let mut story = Story::of([ANNA]);
    story.customers[0].blocked = true;
    goes(story, Waiting, is(wrote("hello")), Closed);
}

#[test]
pub(super) fn offered_to_active_by_accept() {
    goes(offered(|_| {}), Offered, is(accepts(ANNA, 1)), Active);
}

#[test]
pub(super) fn offered_to_active_by_take() {
    goes(offered(|_| {}), Offered, is(takes(BORIS)), Active);
}

#[test]
pub(super) fn offered_to_active_by_take_over() {
    goes(offered(|_| {}), Offered, is(takes_over(CLARA)), Active);
}

#[test]
pub(super) fn offered_to_active_by_return() {
    goes(routed_again(), Offered, |story| story.set_status(ANNA, Status::Available), Active);
}

#[test]
pub(super) fn offered_to_active_by_transfer_that_comes_back() {
    for ends in [declines(BORIS, 2), withdraws(ANNA), Input::DeadlinePassed] {
        let mut story = active(|_| {});
        story.tell(0, hands_to(ANNA, BORIS));
        story.outage(60);
        let story = goes(story, Offered, is(ends), Active);
        assert_eq!(story.holder(0), Some(ANNA));
    }
}

#[test]
pub(super) fn offered_to_offered_by_decline() {
    let story = goes(offered(|_| {}), Offered, is(declines(ANNA, 1)), Offered);
    assert_eq!(story.offered(0), [BORIS]);
}

#[test]
pub(super) fn offered_to_offered_by_timeout() {
    let story = goes(offered(|_| {}), Offered, |story| story.pass(60), Offered);
    assert_eq!(story.offered(0), [BORIS]);
}

#[test]
pub(super) fn offered_to_offered_by_departure() {
    let leaves = |story: &mut Story| story.set_status(ANNA, Status::Away);
    let story = goes(offered(|_| {}), Offered, leaves, Offered);
    assert_eq!(story.offered(0), [BORIS]);
}

#[test]
pub(super) fn offered_to_waiting_by_decline() {
    goes(offered_to_her_alone(), Offered, is(declines(ANNA, 1)), Waiting);
}

#[test]
pub(super) fn offered_to_waiting_by_timeout() {
    let mut story = offered_to_her_alone();
    story.outage(60);
    goes(story, Offered, is(Input::DeadlinePassed), Waiting);
}

#[test]
pub(super) fn offered_to_waiting_by_unanswered_rule() {
    for rule in [UnansweredRule::Reply, UnansweredRule::Nothing] {
        let mut story = offered_to_her_alone();
        story.rules_change(|line| line.unanswered.rule = rule);
        let story = goes(story, Offered, |story| story.pass(60), Waiting);
        assert!(story.conversations[0].row().unanswered);
    }
}

#[test]
pub(super) fn offered_to_closed_by_spam() {
    goes(offered(|_| {}), Offered, is(marks_spam(ANNA)), Closed);
}

#[test]
pub(super) fn offered_to_closed_by_finish() {
    goes(offered(|_| {}), Offered, is(finishes(CLARA)), Closed);
}

#[test]
pub(super) fn offered_to_closed_by_move() {
    goes(offered(|_| {}), Offered, is(moves_to(CLARA, "sales")), Closed);
}
