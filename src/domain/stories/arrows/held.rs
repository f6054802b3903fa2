//! Arrows from where somebody has it, or had it.

use crate::event::RowState::{Active, Closed, Closing, Offered, Waiting};
use crate::line::ClosingRule;
use crate::operator::Status;
use crate::stories::arrows::{active, goes, is};
use crate::stories::inputs::{
    finishes, hands_to, marks_spam, moves_to, releases, replies, takes_over, wrote,
};
use crate::stories::story::{ANNA, BORIS, CLARA, Story};

fn closing() -> Story {
    let mut story = active(|line| line.closing.rule = ClosingRule::Rating);
    story.tell(0, finishes(ANNA));
    story
}

#[test]
pub(super) fn active_to_closing_by_finish() {
    goes(active(|_| {}), Active, is(finishes(ANNA)), Closing);
}

#[test]
pub(super) fn active_to_closing_by_silence() {
    let mut story = active(|line| line.auto_close.after_seconds = 60);
    story.tell(0, replies(ANNA, "good day"));
    goes(story, Active, |story| story.pass(60), Closing);
}

#[test]
pub(super) fn active_to_offered_by_transfer() {
    goes(active(|_| {}), Active, is(hands_to(ANNA, BORIS)), Offered);
}

#[test]
pub(super) fn active_to_offered_by_departure() {
    let leaves = |story: &mut Story| {
        story.set_status(ANNA, Status::Away);
        story.pass(60);
    };
    goes(active(|_| {}), Active, leaves, Offered);
}

#[test]
pub(super) fn active_to_offered_by_answer_limit() {
    let story = active(|line| line.answer.limit_seconds = 30);
    goes(story, Active, |story| story.pass(30), Offered);
}

#[test]
pub(super) fn active_to_waiting_by_release() {
    let mut story = active(|_| {});
    for name in [ANNA, BORIS] {
        story.set_status(name, Status::Busy);
    }
    goes(story, Active, is(releases(CLARA)), Waiting);
}

#[test]
pub(super) fn active_to_active_by_take_over() {
    let story = goes(active(|_| {}), Active, is(takes_over(CLARA)), Active);
    assert_eq!(story.holder(0), Some(CLARA));
}

#[test]
pub(super) fn active_to_closed_by_spam() {
    goes(active(|_| {}), Active, is(marks_spam(ANNA)), Closed);
}

#[test]
pub(super) fn active_to_closed_by_finish_without_window() {
    let story = active(|line| line.closing.reopen_window_seconds = 0);
    goes(story, Active, is(finishes(ANNA)), Closed);
}

#[test]
pub(super) fn active_to_closed_by_move() {
    goes(active(|_| {}), Active, is(moves_to(ANNA, "sales")), Closed);
}

#[test]
pub(super) fn closing_to_active_by_message() {
    let story = goes(closing(), Closing, is(wrote("one thing")), Active);
    assert_eq!(story.holder(0), Some(ANNA));
}

#[test]
pub(super) fn closing_to_offered_by_message_when_he_is_gone() {
    let mut story = closing();
    story.set_status(ANNA, Status::Away);
    let story = goes(story, Closing, is(wrote("one thing")), Offered);
    assert_eq!(story.offered(0), [BORIS]);
}

#[test]
pub(super) fn closing_to_waiting_by_message_when_all_are_gone() {
    let mut story = closing();
    story.set_status(ANNA, Status::Away);
    story.set_status(BORIS, Status::Away);
    goes(story, Closing, is(wrote("one thing")), Waiting);
}

#[test]
pub(super) fn closing_to_closing_by_rating() {
    goes(closing(), Closing, is(wrote("1")), Closing);
}

#[test]
pub(super) fn closing_to_closed_by_deadline() {
    goes(closing(), Closing, |story| story.pass(600), Closed);
}

#[test]
pub(super) fn closing_to_closed_by_spam() {
    goes(closing(), Closing, is(marks_spam(ANNA)), Closed);
}

#[test]
pub(super) fn closed_to_closed_by_rating() {
    let mut story = closing();
    story.pass(600);
    let story = goes(story, Closed, is(wrote("1")), Closed);
    assert!(story.conversations[0].row().rating.is_some());
}

/// It is the first of the next conversation.
#[test]
pub(super) fn closed_to_closed_by_message() {
    let mut story = closing();
    story.pass(600);
    let mut story = goes(story, Closed, is(wrote("one thing")), Closed);
    let next = story.follows(0);
    story.tell(next, wrote("one thing"));
    assert_eq!(story.conversations[next].continues.as_ref(), Some(&story.conversations[0].id));
    assert_eq!(story.conversations[next].row().state, Offered);
}
