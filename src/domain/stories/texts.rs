//! What the line says by itself: welcome, consent, placeholders, and how often at most.

use jiff::SignedDuration;

use crate::effect::Input;
use crate::limits::Limits;
use crate::line::{ClosingRule, LineSettings, Persona, ShownAs};
use crate::stories::inputs::{accepts, finishes, replies, wrote};
use crate::stories::story::{ANNA, Story, id, nine_to_six};

const HOUR: i64 = 3_600;
const CONCERNS_NOTHING: &str = "ignored: the change does not concern it";
const TO_ANNA: [&str; 3] = ["reserve anna", "count anna +1", "offered anna"];

fn welcome(line: &mut LineSettings) {
    line.welcome.enabled = true;
}

fn welcome_each(line: &mut LineSettings) {
    line.welcome.enabled = true;
    line.welcome.each_conversation = true;
    line.closing.reopen_window_seconds = 0;
}

fn consent(line: &mut LineSettings) {
    line.consent.enabled = true;
}

fn ask(line: &mut LineSettings) {
    line.closing.rule = ClosingRule::Reply;
    line.closing.text = Some("Yours, {operator}. Bye {customer}! {company}".to_owned());
}

/// The customer writes, and a supervisor finishes it.
fn comes_and_goes(story: &mut Story, n: usize) {
    story.tell(n, wrote("hello"));
    story.tell(n, finishes("chief"));
}

#[test]
fn the_first_message_ever_is_welcomed_before_it_is_routed() {
    let mut story = Story::with([ANNA], welcome);
    let welcomed = ["customer: hello", "line: welcome text", "send 2"];
    story.then(wrote("hello"), &[&welcomed[..], &TO_ANNA].concat());
    assert_eq!(story.sent(), ["Hello! Thank you for writing to Acme. We will answer you shortly."]);
    story.then(wrote("hello?"), &["customer: hello?"]);
    story.tell(0, finishes("chief"));
    story.pass(48 * HOUR);
    let next = story.follows(0);
    let offered = ["#1 reserve anna", "#1 count anna +1", "#1 offered anna"];
    story.then_in(next, wrote("again"), &[&["#1 customer: again"][..], &offered].concat());
}

#[test]
fn each_conversation_may_have_its_welcome() {
    let mut story = Story::with([], welcome_each);
    comes_and_goes(&mut story, 0);
    story.pass(HOUR);
    let next = story.follows(0);
    let welcomed = ["#1 customer: again", "#1 line: welcome text", "#1 send 2", "#1 nobody"];
    story.then_in(next, wrote("again"), &welcomed);
}

#[test]
fn a_reopened_conversation_is_not_welcomed_again() {
    let mut story = Story::with([ANNA], |line| {
        welcome_each(line);
        line.closing.reopen_window_seconds = 600;
    });
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, finishes(ANNA));
    let reopened = ["customer: well", "reopened anna", "reserve anna beyond"];
    story.then(wrote("well"), &reopened);
}

#[test]
fn a_line_need_not_welcome_anybody() {
    let mut story = Story::of([]);
    story.then(wrote("hello"), &["customer: hello", "nobody"]);
}

#[test]
fn the_off_hours_text_stands_for_the_welcome() {
    let mut story = Story::with([], |line| {
        welcome(line);
        nine_to_six(line);
    });
    story.then(wrote("hello"), &["customer: hello", "line: off hours text", "send 2"]);
    story.at("09:00", &["nobody"]);
    story.then(wrote("good morning"), &["customer: good morning"]);
}

#[test]
fn an_inactive_line_welcomes_nobody() {
    let mut story = Story::with([], |line| {
        welcome(line);
        consent(line);
        line.active = false;
    });
    story.then(wrote("hello"), &["customer: hello"]);
    story.then_rules(|line| line.active = true, &["nobody"]);
    story.then(wrote("well?"), &["customer: well?"]);
}

#[test]
fn consent_is_told_once_to_a_customer_with_the_welcome() {
    let mut story = Story::with([], |line| {
        welcome(line);
        consent(line);
    });
    story.tells_news = true;
    let told = ["line: consent text", "send 2", "consented", "line: welcome text", "send 3"];
    story.then(wrote("hello"), &[&["customer: hello"][..], &told, &["nobody"]].concat());
    story.then(wrote("hello?"), &["customer: hello?"]);
    story.tell(0, finishes("chief"));
    story.pass(HOUR);
    let next = story.follows(0);
    story.customers[next].consented = true;
    story.then_in(next, wrote("again"), &["#1 customer: again", "#1 nobody"]);
}

#[test]
fn consent_is_told_while_the_line_is_closed_too() {
    let mut story = Story::with([], |line| {
        consent(line);
        nine_to_six(line);
    });
    story.tells_news = true;
    let told = ["customer: hello", "line: consent text", "send 2", "consented"];
    let closed = ["line: off hours text", "send 3"];
    story.then(wrote("hello"), &[&told[..], &closed].concat());
}

#[test]
fn who_was_not_told_has_not_consented() {
    let mut line = LineSettings::new("support", Vec::new(), "UTC");
    consent(&mut line);
    let mut story = Story::under(Limits { texts_per_hour: 0, ..Limits::default() }, line);
    story.tells_news = true;
    let suppressed = ["suppressed: consent text", "suppressed: welcome text"];
    story.then(wrote("hello"), &[&["customer: hello"][..], &suppressed, &["nobody"]].concat());
}

#[test]
fn where_machines_answer_machines_one_answer_is_enough_for_a_while() {
    let mut line = LineSettings::new("support", Vec::new(), "UTC");
    consent(&mut line);
    let answers_apart = SignedDuration::from_hours(4);
    let mut story = Story::under(Limits { answers_apart, ..Limits::default() }, line);
    story.tells_news = true;
    let told = ["customer: hello", "line: consent text", "send 2", "consented"];
    story.then(wrote("hello"), &[&told[..], &["suppressed: welcome text", "nobody"]].concat());
}

#[test]
fn placeholders_are_filled_in_with_what_customers_may_read() {
    let persona = Persona { operator: id(ANNA), name: "Alice".to_owned(), picture: None };
    for (shown_as, personas, expected) in [
        (ShownAs::Name, vec![], "Yours, Anna. Bye Ivan! Acme"),
        (ShownAs::Name, vec![persona.clone()], "Yours, Anna. Bye Ivan! Acme"),
        (ShownAs::Persona, vec![persona.clone()], "Yours, Alice. Bye Ivan! Acme"),
        (ShownAs::Persona, vec![], "Yours, Acme. Bye Ivan! Acme"),
        (ShownAs::Hidden, vec![persona], "Yours, Acme. Bye Ivan! Acme"),
    ] {
        let mut story = Story::with([ANNA], ask);
        (story.line.operator_shown_as, story.line.personas) = (shown_as, personas);
        story.tell(0, wrote("hello"));
        story.tell(0, accepts(ANNA, 1));
        story.tell(0, finishes("chief"));
        assert_eq!(story.sent(), [expected]);
    }
}

#[test]
fn where_nobody_has_it_the_operator_is_the_company() {
    let mut story = Story::with([ANNA], |line| {
        welcome(line);
        line.welcome.text = Some("{operator} will answer".to_owned());
        ask(line);
    });
    story.tell(0, wrote("hello"));
    story.tell(0, finishes("chief"));
    assert_eq!(story.sent(), ["Acme will answer", "Yours, Acme. Bye Ivan! Acme"]);
}

#[test]
fn a_customer_is_no_placeholder_and_an_operator_writes_what_he_writes() {
    let mut story = Story::with([ANNA], ask);
    let n = story.opens_with(|opening| opening.customer_name = "{company}".to_owned());
    story.tell(n, wrote("hello"));
    story.accept(n, ANNA);
    story.tell(n, replies(ANNA, "your name is {customer}?"));
    story.tell(n, finishes(ANNA));
    let expected = ["your name is {customer}?", "Yours, Anna. Bye {company}! Acme"];
    assert_eq!(story.sent(), expected);
}

#[test]
fn a_chat_gets_each_kind_once_an_hour() {
    let mut story = Story::with([], welcome_each);
    comes_and_goes(&mut story, 0);
    story.pass(HOUR - 1);
    let soon = story.follows(0);
    story.then_in(
        soon,
        wrote("1"),
        &["#1 customer: 1", "#1 suppressed: welcome text", "#1 nobody"],
    );
    story.tell(soon, finishes("chief"));
    // What was not sent does not count.
    story.pass(1);
    let later = story.follows(soon);
    let sent = ["#2 customer: 2", "#2 line: welcome text", "#2 send 2", "#2 nobody"];
    story.then_in(later, wrote("2"), &sent);
    // Another chat, another hour.
    let other = story.opens();
    let sent = ["#3 customer: 3", "#3 line: welcome text", "#3 send 2", "#3 nobody"];
    story.then_in(other, wrote("3"), &sent);
}

#[test]
fn a_chat_gets_each_kind_ten_times_a_day() {
    let mut story = Story::with([], welcome_each);
    let began = story.now;
    let mut n = 0;
    for _ in 0..12 {
        comes_and_goes(&mut story, n);
        story.pass(HOUR);
        n = story.follows(n);
    }
    assert_eq!(story.sent().len(), 10);
    let day_later = began + SignedDuration::from_hours(24);
    story.pass(day_later.duration_since(story.now).as_secs() - 1);
    comes_and_goes(&mut story, n);
    assert_eq!(story.sent().len(), 10);
    story.pass(1);
    n = story.follows(n);
    comes_and_goes(&mut story, n);
    assert_eq!(story.sent().len(), 11);
}

#[test]
fn kinds_are_counted_apart() {
    let mut story = Story::with([ANNA], |line| {
        welcome(line);
        ask(line);
    });
    story.tell(0, wrote("hello"));
    story.tell(0, finishes("chief"));
    assert_eq!(story.sent().len(), 2);
}

#[test]
fn what_is_due_goes_out_once_however_often_and_late_it_is_noticed() {
    let mut story = Story::with([], |line| line.unanswered.after_seconds = 30);
    story.tell(0, wrote("hello"));
    story.outage(1_000_000);
    story.then(Input::DeadlinePassed, &["line: unanswered text", "send 3"]);
    story.then(Input::DeadlinePassed, &["ignored: no deadline is armed"]);
    story.restart_queue();
    story.then_rules(|line| line.unanswered.after_seconds = 60, &[CONCERNS_NOTHING]);
    story.then(wrote("hello?"), &["customer: hello?"]);
    story.seconds_pass(1_000_000, &[]);
}
