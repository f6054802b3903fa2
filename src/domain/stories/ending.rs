//! How it ends: finish, the window, silence, spam; and how somebody begins it anew.

use crate::conversation::State;
use crate::entry::CloseReason;
use crate::line::{ClosingRule, LineSettings};
use crate::operator::Status;
use crate::stories::inputs::{
    accepts, blocks, finishes, finishes_silently, hands_to, holds, marks_spam, names_topic,
    picks_up, replies, resumes, wrote,
};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, nine_to_six};

const TO_BORIS: [&str; 3] = ["reserve boris", "count boris +1", "offered boris"];
const ENDED: [&str; 2] = ["closed", "free"];

fn reply(line: &mut LineSettings) {
    line.closing.rule = ClosingRule::Reply;
}

/// Closes after a quarter of an hour of silence.
fn auto_close(line: &mut LineSettings) {
    line.auto_close.after_seconds = 900;
}

/// Anna has it, and has answered.
fn anna_has_it(rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with([ANNA, BORIS], rules);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "good day"));
    story
}

#[test]
fn the_customer_gets_the_closing_text_once() {
    let mut story = anna_has_it(reply);
    let finished = ["finished anna", "line: closing text", "send 6", "release anna"];
    story.then(finishes(ANNA), &finished);
    story.tell(0, wrote("one more thing"));
    story.pass(7_200);
    story.then(finishes(ANNA), &["finished anna", "release anna"]);
    story.seconds_pass(599, &[]);
    story.seconds_pass(1, &ENDED);
}

#[test]
fn who_finishes_silently_says_nothing() {
    let mut story = anna_has_it(reply);
    story.then(finishes_silently(ANNA), &["finished silently anna", "release anna"]);
    story.tell(0, wrote("one more thing"));
    // It has not been sent yet.
    let finished = ["finished anna", "line: closing text", "send 9", "release anna"];
    story.then(finishes(ANNA), &finished);
}

#[test]
fn a_reopened_conversation_is_the_same_operators_also_beyond_his_capacity() {
    let mut story = anna_has_it(|_| {});
    story.tells_news = true;
    story.person_changes(ANNA, |anna| anna.capacity = 1);
    story.then(finishes(ANNA), &["finished anna", "release anna", "over for anna"]);
    let other = story.customer_comes();
    story.tell(other, accepts(BORIS, 1));
    let another = story.customer_comes();
    story.accept(another, ANNA);
    // Who is merely busy keeps what is his.
    story.set_status(ANNA, Status::Busy);
    let reopened =
        ["customer: well", "reopened anna", "anna has it by return", "reserve anna beyond"];
    story.then(wrote("well"), &reopened);
}

#[test]
fn a_reopened_conversation_whose_operator_is_gone_is_routed_at_once() {
    let mut story = anna_has_it(|_| {});
    story.tell(0, finishes(ANNA));
    story.set_status(ANNA, Status::Away);
    let routed = ["customer: well", "reopened anna", "routed again from anna: absent"];
    story.then(wrote("well"), &[&routed[..], &TO_BORIS].concat());
    // He has not passed it: before another accepts, it is his again.
    let back = ["release boris", "count boris -1", "returned anna", "reserve anna beyond"];
    story.then_is(ANNA, Status::Available, &back);
}

#[test]
fn a_reopened_conversation_never_comes_to_somebody_disabled() {
    let mut story = anna_has_it(|line| {
        line.queue.require_available = false;
        nine_to_six(line);
        line.hours.enabled = false;
    });
    story.tell(0, finishes(ANNA));
    story.then_disabled(ANNA, &[]);
    let routed = ["customer: well", "reopened anna", "routed again from anna: disabled"];
    story.then(wrote("well"), &[&routed[..], &TO_BORIS].concat());

    let mut story = anna_has_it(|_| {});
    story.tell(0, finishes(ANNA));
    story.then_disabled(ANNA, &[]);
    story.rules_change(nine_to_six);
    let routed = ["customer: well", "reopened anna", "routed again from anna: disabled"];
    let told = ["line: off hours text", "send 9"];
    story.then(wrote("well"), &[&routed[..], &told].concat());
}

#[test]
fn a_conversation_reopened_at_night_stays_with_who_is_gone() {
    let mut story = anna_has_it(|_| {});
    story.tell(0, finishes(ANNA));
    story.set_status(ANNA, Status::Away);
    story.rules_change(nine_to_six);
    let reopened = ["customer: well", "reopened anna", "line: off hours text", "send 8"];
    story.then(wrote("well"), &[&reopened[..], &["reserve anna beyond"]].concat());
    story.at("09:00:59", &[]);
    let routed = ["release anna", "routed again from anna: absent"];
    story.at("09:01", &[&routed[..], &TO_BORIS].concat());
}

#[test]
fn silence_closes_it_through_the_window() {
    let mut story = anna_has_it(auto_close);
    story.tells_news = true;
    story.seconds_pass(899, &[]);
    story.seconds_pass(1, &["silent too long", "release anna", "over for anna"]);
    let reopened =
        ["customer: well", "reopened anna", "anna has it by return", "reserve anna beyond"];
    story.then(wrote("well"), &reopened);
    // The customer waits: that is no silence of his.
    story.seconds_pass(10_000, &[]);
    story.tell(0, replies(ANNA, "yes?"));
    story.pass(900 + 599);
    story.seconds_pass(1, &ENDED);
    let State::Closed { reason, .. } = &story.conversations[0].state else { panic!("closed") };
    assert_eq!(*reason, CloseReason::Silence);
}

#[test]
fn silence_has_its_own_text() {
    for (rule, said) in [
        (ClosingRule::Nothing, &[][..]),
        (ClosingRule::Reply, &["line: auto close text", "send 6"]),
        (
            ClosingRule::Rating,
            &[
                "line: auto close text",
                "send 6",
                "line: rate like text",
                "send 7 with buttons",
                "rating asked: like",
            ],
        ),
    ] {
        let mut story = anna_has_it(auto_close);
        story.rules_change(|line| line.auto_close.rule = rule);
        let closes = [&["silent too long"][..], said, &["release anna"]].concat();
        story.seconds_pass(900, &closes);
    }
}

#[test]
fn texts_of_silence_wait_for_the_opening() {
    for (rule, at, said) in [
        (ClosingRule::Nothing, "00:15", &[][..]),
        (ClosingRule::Reply, "09:00", &["line: auto close text", "send 6"]),
    ] {
        let mut story = anna_has_it(auto_close);
        story.rules_change(|line| line.auto_close.rule = rule);
        story.rules_change(nine_to_six);
        let closes = [&["silent too long"][..], said, &["release anna"]].concat();
        story.at(at, &closes);
    }
}

#[test]
fn a_silence_that_is_noticed_at_night_waits_for_the_opening() {
    let mut story = Story::with([ANNA], |line| {
        auto_close(line);
        nine_to_six(line);
        line.auto_close.rule = ClosingRule::Reply;
    });
    story.until("17:40");
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "good day"));
    story.outage(3 * 3_600);
    story.seconds_pass(0, &[]);
    let closes = ["silent too long", "line: auto close text", "send 6", "release anna"];
    story.at("09:00", &closes);
}

#[test]
fn silence_is_counted_on_when_it_changes_hands() {
    let mut story = anna_has_it(auto_close);
    story.pass(600);
    story.tell(0, hands_to(ANNA, BORIS));
    story.pass(60);
    assert_eq!(story.holder(0), Some(ANNA));
    story.tell(0, hands_to(ANNA, BORIS));
    story.accept(0, BORIS);
    story.seconds_pass(239, &[]);
    story.seconds_pass(1, &["silent too long", "release boris"]);
}

#[test]
fn a_hold_suspends_it() {
    let mut story = anna_has_it(auto_close);
    let until = story.now + jiff::SignedDuration::from_secs(5_000);
    story.then(holds(ANNA, until), &["on hold anna", "release anna"]);
    story.seconds_pass(4_999, &[]);
    // It takes its place again, and the silence counts anew.
    story.seconds_pass(1, &["hold ended anna", "reserve anna beyond"]);
    story.seconds_pass(899, &[]);
    story.seconds_pass(1, &["silent too long", "release anna"]);

    let mut story = anna_has_it(auto_close);
    let until = story.now + jiff::SignedDuration::from_secs(5_000);
    story.tell(0, holds(ANNA, until));
    story.pass(2_000);
    story.then(resumes(ANNA), &["hold ended anna", "reserve anna beyond"]);
    story.seconds_pass(900, &["silent too long", "release anna"]);
}

#[test]
fn spam_ends_it_in_every_open_state() {
    let spam = |by: &str| [format!("spam {by}"), format!("spam, says {by}")];
    let check = |story: &mut Story, let_go: &[&str]| {
        story.tells_news = true;
        let words = spam(CLARA);
        let said: Vec<&str> = words.iter().map(String::as_str).collect();
        story.then(marks_spam(CLARA), &[let_go, &said, &ENDED].concat());
        story.then(marks_spam(CLARA), &["refused: Closed"]);
    };
    let mut waiting = Story::of([]);
    waiting.tell(0, wrote("buy my pills"));
    check(&mut waiting, &[]);
    let mut offered = Story::of([ANNA]);
    offered.tell(0, wrote("buy my pills"));
    check(&mut offered, &["release anna", "count anna -1"]);
    check(&mut anna_has_it(|_| {}), &["release anna"]);
    let mut closing = anna_has_it(|_| {});
    closing.tell(0, finishes(ANNA));
    check(&mut closing, &[]);
}

#[test]
fn a_customer_is_blocked_with_his_spam() {
    let mut story = anna_has_it(reply);
    story.tells_news = true;
    let blocked = ["release anna", "spam and blocked boris", "spam, says boris, and blocks"];
    story.then(blocks(BORIS), &[&blocked[..], &ENDED].concat());
}

#[test]
fn a_topic_may_be_required() {
    let mut story = anna_has_it(|line| {
        line.topics = vec!["delivery".to_owned(), "payment".to_owned()];
        line.topic_required = true;
    });
    story.then(finishes(ANNA), &["refused: TopicRequired"]);
    story.then(names_topic(ANNA, "weather"), &["refused: UnknownTopic"]);
    story.then(names_topic(ANNA, "delivery"), &["topic delivery"]);
    story.then(names_topic(ANNA, "delivery"), &["ignored: that is its topic already"]);
    story.then(finishes(ANNA), &["finished anna", "release anna"]);
    story.then(names_topic(ANNA, ""), &["no topic"]);
    story.pass(600);
    story.then(names_topic(ANNA, "delivery"), &["refused: Closed"]);
}

#[test]
fn an_operator_picks_up_a_closed_one_and_writes_first() {
    let mut story = anna_has_it(|line| {
        line.welcome.enabled = true;
        line.welcome.each_conversation = true;
    });
    story.tell(0, finishes(ANNA));
    story.pass(3_600);
    story.tells_news = true;
    story.person_changes(BORIS, |boris| boris.capacity = 1);
    let other = story.customer_comes();
    assert_eq!(story.offered(other), [BORIS]);
    let next = story.follows(0);
    let picked_up = [
        "#2 count boris +1",
        "#2 boris has it by hand",
        "#2 picked up boris",
        "#2 reserve boris beyond",
    ];
    story.then_in(next, picks_up(BORIS), &picked_up);
    story.then_in(next, picks_up(BORIS), &["#2 refused: NotNow"]);
    story.then_in(
        next,
        replies(BORIS, "about your order"),
        &["#2 boris: about your order", "#2 send 2"],
    );
    // Nobody is welcomed to what we began.
    story.then_in(next, wrote("yes?"), &["#2 customer: yes?"]);
}
