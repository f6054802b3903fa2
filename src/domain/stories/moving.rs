//! A conversation goes on in another line.

use crate::conversation::{Continuation, Conversation, State};
use crate::effect::Effect;
use crate::id::ConversationId;
use crate::line::{ClosingRule, LineSettings, RatingScale, UnansweredRule};
use crate::operator::Status;
use crate::routing::PassedHow;
use crate::stories::inputs::{
    accepts, came_from, declines, drafts, finishes, joins, moves_to, names_topic, presses, replies,
    wrote,
};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, id, nine_to_six, strictly};

/// What the first part made of itself.
fn continuation(story: &Story) -> Continuation {
    let next = story.effects.iter().rev().find_map(|(_, effect)| {
        let Effect::Continue(next) = effect else { return None };
        Some((**next).clone())
    });
    next.expect("it goes on")
}

/// The second line, where the part goes on as conversation 1. It knows Anna.
fn goes_on<const N: usize>(from: &Story, names: [&str; N], rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with(names, rules);
    let next = Conversation::resume(continuation(from), from.now);
    (story.now, story.tells_news) = (from.now, true);
    story.set_the_clock();
    story.begins(next);
    story
}

/// Anna has answered, and the customer has written again.
fn anna_has_it() -> Story {
    let mut story = Story::with([ANNA, BORIS], |line| line.topics = vec!["delivery".to_owned()]);
    story.tells_news = true;
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "good day"));
    story.pass(100);
    story.tell(0, wrote("where is my parcel?"));
    story.pass(50);
    story
}

#[test]
fn this_part_is_over_and_the_next_one_begins() {
    let mut story = anna_has_it();
    let moved = ["release anna", "anna moves it to sales: 1-next", "goes on in sales as 1-next"];
    story.then(moves_to(ANNA, "sales"), &moved);
    let conversation = &story.conversations[0];
    assert!(conversation.is_closed());
    assert_eq!(conversation.moved_to().map(ConversationId::as_str), Some("1-next"));
    assert_eq!(conversation.holder(), Some(&id(ANNA)));
    story.then(moves_to(ANNA, "sales"), &["refused: Closed"]);
    let mut second = goes_on(&story, [CLARA], strictly);
    let begun = [
        "#1 anna sends it from support",
        "#1 reserve clara",
        "#1 count clara +1",
        "#1 offered clara",
    ];
    second.then_in(1, came_from(ANNA, "support"), &begun);
    second.then_in(1, came_from(ANNA, "support"), &["#1 ignored: it has begun already"]);
}

#[test]
fn it_carries_all_that_was_said_and_done() {
    let mut story = anna_has_it();
    let (began, asked) = (story.conversations[0].started_at, story.conversations[0].waiting_since);
    story.tell(0, names_topic(ANNA, "delivery"));
    story.tell(0, joins(CLARA));
    story.tell(0, drafts(ANNA, "it is"));
    story.tell(0, moves_to(ANNA, "sales"));
    let next = Conversation::resume(continuation(&story), story.now);
    assert_eq!((next.started_at, next.waiting_since), (began, asked));
    assert_eq!((&next.held, &next.writers), (&vec![id(ANNA)], &vec![id(ANNA)]));
    assert_eq!(next.topic.as_deref(), Some("delivery"));
    assert_eq!(next.draft.as_ref().map(|draft| &*draft.text), Some("it is"));
    assert_eq!(next.preview, "where is my parcel?");
    assert_eq!(next.continues.as_ref(), Some(&story.conversations[0].id));
    assert_eq!(next.chat, story.conversations[0].chat);
    assert!(next.joined.is_empty());
    let mut second = goes_on(&story, [], strictly);
    second.tell(1, came_from(ANNA, "support"));
    let State::Waiting { search } = &second.conversations[1].state else { panic!("it waits") };
    assert_eq!(Some(search.since), asked);
    assert_eq!(search.passed[0].how, PassedHow::Sent);
}

#[test]
fn a_rating_that_was_asked_for_is_given_in_the_other_line_too() {
    let mut story = Story::with([ANNA, BORIS], |line| {
        line.closing.rule = ClosingRule::Rating;
        line.rating.scale = RatingScale::Stars;
    });
    story.tells_news = true;
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "good day"));
    story.tell(0, finishes(ANNA));
    story.tell(0, wrote("one thing"));
    story.tell(0, moves_to(ANNA, "sales"));
    let mut second = goes_on(&story, [CLARA], strictly);
    second.tell(1, came_from(ANNA, "support"));
    second.tell(1, presses(4));
    let given = second.conversations[1].rating.given.as_ref().expect("a rating");
    assert_eq!((given.value, given.of.as_ref()), (4, Some(&id(ANNA))));
}

#[test]
fn it_waits_where_it_waited_and_is_the_oldest_there_too() {
    let mut story = anna_has_it();
    story.tell(0, moves_to(ANNA, "sales"));
    let mut second = goes_on(&story, [CLARA], strictly);
    second.person_changes(CLARA, |clara| {
        clara.capacity = 1;
        clara.status = Status::Away;
    });
    let younger = second.customer_comes();
    second.pass(10);
    second.tell(1, came_from(ANNA, "support"));
    second.set_status(CLARA, Status::Available);
    assert_eq!([1, younger].map(|n| second.offered(n).len()), [1, 0]);
}

#[test]
fn the_sender_has_passed_the_first_round_only() {
    let mut story = anna_has_it();
    story.tell(0, moves_to(ANNA, "sales"));
    let mut second = goes_on(&story, [ANNA, BORIS], |line| {
        strictly(line);
        line.unanswered.text_on_requeue = false;
    });
    second.tell(1, came_from(ANNA, "support"));
    assert_eq!(second.offered(1), [BORIS]);
    second.pass(60);
    assert_eq!(second.offered(1), [ANNA]);
}

#[test]
fn whom_the_round_leaves_out_does_not_exhaust_it() {
    let mut story = anna_has_it();
    story.tell(0, moves_to(ANNA, "sales"));
    let mut second = goes_on(&story, [ANNA, BORIS], |line| {
        strictly(line);
        line.unanswered.rule = UnansweredRule::Reply;
    });
    second.tells_news = false;
    second.tell(1, came_from(ANNA, "support"));
    let left = ["#1 release boris", "#1 left boris", "#1 nobody"];
    second.then_is(BORIS, Status::Away, &left);
    assert!(!second.conversations[1].row().unanswered);
    // Nobody but her remains: her round begins when an offer would have run out.
    let offered = ["#1 reserve anna", "#1 count anna +1", "#1 offered anna"];
    second.seconds_pass(60, &offered);
}

#[test]
fn the_rules_hours_and_texts_are_the_new_lines() {
    let mut story = anna_has_it();
    story.tell(0, moves_to(ANNA, "sales"));
    let mut second = goes_on(&story, [CLARA], |line| {
        nine_to_six(line);
        line.welcome.enabled = true;
        line.welcome.each_conversation = true;
        line.closing.rule = ClosingRule::Reply;
        line.closing.text = Some("Sales says goodbye".to_owned());
    });
    let told = ["#1 anna sends it from support", "#1 line: off hours text", "#1 send 2"];
    second.then_in(1, came_from(ANNA, "support"), &told);
    second.until("09:00");
    second.accept(1, CLARA);
    // No second welcome.
    second.then_in(1, wrote("good morning"), &["#1 customer: good morning"]);
    second.tell(1, finishes(CLARA));
    assert_eq!(second.sent().last(), Some(&"Sales says goodbye"));
}

#[test]
fn what_is_said_once_is_not_said_again_in_another_line() {
    let mut story = Story::with([ANNA], |line| line.closing.rule = ClosingRule::Rating);
    story.tell(0, wrote("hello"));
    story.tell(0, declines(ANNA, 1));
    story.pass(60);
    story.accept(0, ANNA);
    story.tell(0, finishes(ANNA));
    story.tell(0, wrote("and my invoice?"));
    assert_eq!(story.sent().len(), 3);
    story.tell(0, moves_to(ANNA, "sales"));
    story.pass(7_200);
    let mut second = goes_on(&story, [CLARA], |line| line.closing.rule = ClosingRule::Rating);
    second.tell(1, came_from(ANNA, "support"));
    second.tell(1, declines(CLARA, 1));
    second.pass(60);
    second.accept(1, CLARA);
    second.tell(1, finishes(CLARA));
    assert_eq!(second.sent(), [""; 0]);
}

#[test]
fn also_what_nobody_has_is_moved() {
    let mut story = Story::of([ANNA]);
    story.tell(0, wrote("hello"));
    let moved = ["release anna", "count anna -1", "chief moves it to sales: 1-next"];
    story.then(moves_to("chief", "sales"), &moved);
    let mut closing = anna_has_it();
    closing.tell(0, finishes(ANNA));
    closing.then(moves_to(ANNA, "sales"), &["refused: NotNow"]);
}
