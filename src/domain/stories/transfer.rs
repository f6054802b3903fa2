//! Handing it on: to a colleague, to another line, to the queue; and helping without having it.

use crate::line::LineSettings;
use crate::operator::Status;
use crate::stories::inputs::{
    accepts, declines, drafts, finishes, hands_to, hands_to_absent, invites, joins, leaves,
    releases, replies, takes, takes_over, withdraws, wrote,
};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, id, strictly};

const TO_BORIS: [&str; 3] = ["release anna", "reserve boris beyond", "anna hands it to boris"];
const BACK: &str = "reserve anna beyond";

/// Anna has it, and has not answered yet.
fn anna_has_it(rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with([ANNA, BORIS], rules);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story
}

/// She has handed it to Boris.
fn handed() -> Story {
    let mut story = anna_has_it(|_| {});
    story.tell(0, hands_to(ANNA, BORIS));
    story
}

#[test]
fn a_colleague_who_accepts_it_has_it_and_it_counts() {
    let mut story = anna_has_it(|_| {});
    story.tells_news = true;
    story.person_changes(BORIS, |boris| boris.capacity = 1);
    let other = story.customer_comes();
    assert_eq!(story.offered(other), [BORIS]);
    story.then(hands_to(ANNA, BORIS), &TO_BORIS);
    let accepted =
        ["count boris +1", "boris is awake", "boris has it by transfer", "accepted boris"];
    story.then(accepts(BORIS, 2), &accepted);
    assert_eq!(story.conversations[0].held, [id(ANNA), id(BORIS)]);
}

#[test]
fn what_a_colleague_does_not_take_comes_back() {
    let mut story = handed();
    let came_back = ["release boris", "declined boris", "back to anna from boris: declined", BACK];
    story.then(declines(BORIS, 2), &came_back);

    let mut story = handed();
    story.tells_news = true;
    story.seconds_pass(59, &[]);
    let missed = ["boris sleeps", "release boris", "missed boris"];
    let came_back = ["back to anna from boris: missed", "anna has it by return", BACK];
    story.seconds_pass(1, &[&missed[..], &came_back].concat());

    let mut story = handed();
    let came_back = ["release boris", "left boris", "back to anna from boris: left", BACK];
    story.then_is(BORIS, Status::Away, &came_back);

    let mut story = handed();
    let came_back = ["release boris", "back to anna from boris: withdrawn", BACK];
    story.then(withdraws(ANNA), &came_back);
    // It was hers all the time: it does not count again.
    assert_eq!(story.ledger.received[&id(ANNA)].0, 1);
}

#[test]
fn only_the_sender_takes_it_back_and_only_before_it_is_accepted() {
    let mut story = handed();
    story.then(withdraws(CLARA), &["refused: NotNow"]);
    story.tell(0, accepts(BORIS, 2));
    let gone = ["refused: NoLongerYours { holder: Some(OperatorId(\"boris\")) }"];
    story.then(withdraws(ANNA), &gone);
    story.tell(0, finishes(BORIS));
    story.then(withdraws(ANNA), &["refused: NotNow"]);
    story.pass(600);
    story.then(withdraws(ANNA), &["refused: Closed"]);
}

#[test]
fn a_sender_who_calls_herself_away_may_still_take_it_back() {
    let mut story = handed();
    story.then_is(ANNA, Status::Away, &[]);
    let came_back = ["release boris", "back to anna from boris: withdrawn", BACK];
    story.then(withdraws(ANNA), &came_back);
    // The customer waits for somebody who is away.
    let routed = ["release anna", "routed again from anna: absent"];
    let offered = ["reserve boris", "count boris +1", "offered boris"];
    story.seconds_pass(60, &[&routed[..], &offered].concat());
}

#[test]
fn what_comes_back_to_somebody_who_is_gone_goes_to_the_queue() {
    let mut story = handed();
    story.then_is(ANNA, Status::Away, &[]);
    let came_back = ["release boris", "declined boris", "back to anna from boris: declined"];
    // Boris has had his chance; nobody else is here, and so he is asked when his minute is over.
    let routed = ["routed again from anna: sender absent", "nobody"];
    story.then(declines(BORIS, 2), &[&came_back[..], &routed].concat());
    story.seconds_pass(59, &[]);
    story.seconds_pass(1, &["reserve boris", "count boris +1", "offered boris"]);
    let again = ["release boris", "count boris -1", "returned anna", BACK];
    story.then_is(ANNA, Status::Available, &again);

    let mut story = handed();
    story.then_disabled(ANNA, &[]);
    story.rules_change(|line| line.queue.require_available = false);
    story.tell(0, declines(BORIS, 2));
    story.pass(60);
    assert_eq!(story.offered(0), [BORIS]);
}

#[test]
fn it_may_be_handed_to_somebody_who_is_not_here() {
    let mut story = anna_has_it(|_| {});
    story.tells_news = true;
    story.set_status(BORIS, Status::Away);
    story.then(hands_to_absent(ANNA, BORIS), &TO_BORIS);
    story.then_is(BORIS, Status::Available, &["ignored: it does not wait for him"]);
    // He was not here when it was put before him: it stays, and it is no miss of his.
    story.then_is(BORIS, Status::Away, &["ignored: he was not here when it was offered to him"]);
    let missed = ["release boris", "missed boris", "back to anna from boris: missed"];
    story.seconds_pass(60, &[&missed[..], &["anna has it by return", BACK]].concat());
}

#[test]
fn only_who_has_it_hands_it_on_and_to_somebody_else() {
    let mut story = anna_has_it(|_| {});
    story.then(hands_to(ANNA, ANNA), &["refused: SameOperator"]);
    let annas = ["refused: NotYours { holder: Some(OperatorId(\"anna\")) }"];
    story.then(hands_to(BORIS, CLARA), &annas);
    story.tell(0, hands_to(ANNA, BORIS));
    story.then(hands_to(ANNA, CLARA), &["refused: NotYours { holder: None }"]);
}

#[test]
fn nobody_else_takes_meanwhile_what_is_handed_to_a_colleague_but_by_right() {
    let mut story = handed();
    story.then(takes(CLARA), &["refused: NotNow"]);
    story.then(takes(ANNA), &["refused: NotNow"]);
    let over = ["count clara +1", "release boris", "taken clara", "reserve clara beyond"];
    story.then(takes_over(CLARA), &over);
    let claras = ["refused: NoLongerYours { holder: Some(OperatorId(\"clara\")) }"];
    story.then(accepts(BORIS, 2), &claras);
}

#[test]
fn a_transfer_is_no_search_and_sends_no_text() {
    let mut story = anna_has_it(|line| line.unanswered.after_seconds = 30);
    story.tell(0, hands_to(ANNA, BORIS));
    story.then_rules(
        |line| line.name = "sales".into(),
        &["ignored: the change does not concern it"],
    );
    story.then(wrote("hello?"), &["customer: hello?"]);
    story.seconds_pass(59, &[]);
}

#[test]
fn it_is_taken_over_from_whoever_has_it() {
    let mut story = anna_has_it(|_| {});
    story.person_changes(BORIS, |boris| boris.capacity = 1);
    let other = story.customer_comes();
    story.accept(other, BORIS);
    let over =
        ["release anna", "count boris +1", "taken over boris from anna", "reserve boris beyond"];
    story.then(takes_over(BORIS), &over);
    story.then(takes_over(BORIS), &["ignored: he has it already"]);
    story.tell(0, finishes(BORIS));
    story.then(takes_over(ANNA), &["refused: NotNow"]);
    story.pass(600);
    story.then(takes_over(ANNA), &["refused: Closed"]);
}

#[test]
fn taking_over_what_one_is_offered_counts_once() {
    let mut story = Story::with([ANNA], strictly);
    story.tell(0, wrote("hello"));
    story.then(takes_over(ANNA), &["taken anna"]);
    assert_eq!(story.ledger.received[&id(ANNA)].0, 1);
    story.then(finishes(ANNA), &["finished anna", "release anna"]);
}

#[test]
fn colleagues_help_without_having_it() {
    let mut story = anna_has_it(|_| {});
    story
        .then(invites(BORIS, CLARA), &["refused: NotYours { holder: Some(OperatorId(\"anna\")) }"]);
    story.then(invites(ANNA, ANNA), &["refused: SameOperator"]);
    story.then(invites(ANNA, BORIS), &["anna invites boris"]);
    story.then(invites(ANNA, BORIS), &["ignored: he takes part already"]);
    story.then(joins(ANNA), &["ignored: he has it himself"]);
    story.then(joins(CLARA), &["joined clara"]);
    story.then(replies(BORIS, "let me see"), &["boris: let me see", "send 6"]);
    assert_eq!(story.conversations[0].waiting_since, None);
    story.then(leaves(CLARA), &["left again clara"]);
    story.then(leaves(CLARA), &["ignored: he takes no part"]);
    story.then(
        replies(CLARA, "me too"),
        &["refused: NotYours { holder: Some(OperatorId(\"anna\")) }"],
    );
    // Who gets it takes part no more, but has it.
    story.tell(0, takes_over(BORIS));
    assert!(story.conversations[0].joined.is_empty());
    story.tell(0, finishes(BORIS));
    story.then(joins(CLARA), &["refused: NotNow"]);
}

#[test]
fn not_too_many_help() {
    let mut story = anna_has_it(|_| {});
    for n in 0..20 {
        story.tell(0, joins(&format!("op{n}")));
    }
    story.then(joins(CLARA), &["refused: TooMany"]);
}

#[test]
fn a_supervisor_gives_it_back_to_the_queue() {
    let mut story = Story::with([ANNA, BORIS], strictly);
    story.tell(0, wrote("hello"));
    story.then(releases(CLARA), &["refused: NotNow"]);
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, drafts(ANNA, "dear"));
    story.set_status(ANNA, Status::Busy);
    let released = ["release anna", "routed again from anna: supervisor clara"];
    let offered = ["reserve boris", "count boris +1", "offered boris"];
    story.then(releases(CLARA), &[&released[..], &offered].concat());
    assert_eq!(story.conversations[0].draft.as_ref().map(|draft| &*draft.text), Some("dear"));
    // It does not come back to Anna by itself.
    story.set_status(ANNA, Status::Away);
    story.then_is(ANNA, Status::Available, &[]);
    story.tell(0, accepts(BORIS, 2));
    story.tell(0, finishes(BORIS));
    story.then(releases(CLARA), &["refused: NotNow"]);
    story.pass(600);
    story.then(releases(CLARA), &["refused: Closed"]);
}
