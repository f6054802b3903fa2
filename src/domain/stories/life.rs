//! A conversation's life: every arrow from the first message to the close.

use std::sync::Arc;

use crate::chat::{CustomerMessage, ElsewhereMessage};
use crate::conversation::State;
use crate::effect::{Effect, Input};
use crate::entry::{
    Attachment, Body, Correction, CorrectionState, DeliveryState, Earlier, Record, fold,
};
use crate::event::RowState;
use crate::id::EntryNumber;
use crate::operator::Status;
use crate::stories::inputs::{accepts, declines, finishes, replies, takes, wrote};
use crate::stories::story::{ANNA, BORIS, CLARA, Story, id, strictly};

/// A story in which Anna holds the conversation.
fn anna_has_it() -> Story {
    let mut story = Story::of([ANNA, BORIS]);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story
}

#[test]
fn from_hello_to_the_close() {
    let mut story = Story::of([ANNA, BORIS]);
    let offered = ["customer: hello", "reserve anna", "count anna +1", "offered anna"];
    story.then(wrote("hello"), &offered);
    story.then(wrote("anybody?"), &["customer: anybody?"]);
    story.then(accepts(ANNA, 1), &["accepted anna"]);
    story.then(replies(ANNA, "good day"), &["anna: good day", "send 5"]);
    story.then(wrote("thanks"), &["customer: thanks"]);
    story.then(finishes(ANNA), &["finished anna", "release anna"]);
    story.seconds_pass(599, &[]);
    story.seconds_pass(1, &["closed", "free"]);
    assert!(story.conversations[0].is_closed());
    story.seconds_pass(100_000, &[]);
}

#[test]
fn the_customer_waits_until_somebody_answers() {
    let mut story = Story::of([ANNA]);
    story.tell(0, wrote("hello"));
    let asked_at = story.now;
    story.pass(10);
    story.tell(0, wrote("hello?"));
    assert_eq!(story.conversations[0].waiting_since, Some(asked_at));
    story.tell(0, accepts(ANNA, 1));
    assert_eq!(story.conversations[0].waiting_since, Some(asked_at));
    story.tell(0, replies(ANNA, "here"));
    assert_eq!(story.conversations[0].waiting_since, None);
}

#[test]
fn a_message_inside_the_window_brings_the_same_operator_back() {
    let mut story = anna_has_it();
    story.person_changes(ANNA, |anna| anna.capacity = 1);
    story.tell(0, finishes(ANNA));
    story.pass(300);
    let expected = ["customer: one more thing", "reopened anna", "reserve anna beyond"];
    story.then(wrote("one more thing"), &expected);
    assert_eq!(story.conversations[0].deadline(), None);
    story.then(replies(ANNA, "yes?"), &["anna: yes?", "send 7"]);
}

#[test]
fn a_message_reopens_as_long_as_the_close_has_not_happened() {
    let mut story = anna_has_it();
    story.tell(0, finishes(ANNA));
    story.outage(10_000);
    story.then(wrote("late"), &["customer: late", "reopened anna", "reserve anna beyond"]);
    story.then(Input::DeadlinePassed, &["ignored: no deadline is armed"]);
}

#[test]
fn without_a_window_finishing_closes() {
    let mut story = Story::with([ANNA], |line| line.closing.reopen_window_seconds = 0);
    story.tell(0, wrote("hello"));
    story.tell(0, accepts(ANNA, 1));
    story.then(finishes(ANNA), &["finished anna", "release anna", "closed", "free"]);
    let next = "ignored: it is closed: the message belongs to the next conversation";
    story.then(wrote("again"), &[next]);
}

#[test]
fn a_supervisor_finishes_what_another_holds() {
    let mut story = anna_has_it();
    story.then(finishes(CLARA), &["finished clara", "release anna"]);
    story.then(wrote("wait"), &["customer: wait", "reopened anna", "reserve anna beyond"]);
}

#[test]
fn finishing_what_nobody_has_closes_it_at_once() {
    let mut story = Story::of([ANNA]);
    story.tell(0, wrote("buy my pills"));
    let expected = ["finished clara", "release anna", "count anna -1", "closed", "free"];
    story.then(finishes(CLARA), &expected);
    assert!(matches!(story.conversations[0].state, State::Closed { operator: None, .. }));

    let mut story = Story::of([]);
    story.then(wrote("buy my pills"), &["customer: buy my pills", "nobody"]);
    story.then(finishes(CLARA), &["finished clara", "closed", "free"]);
}

#[test]
fn a_conversation_is_taken_from_the_list() {
    let mut story = Story::with([ANNA, BORIS], strictly);
    story.tell(0, wrote("hello"));
    let taken = ["reserve boris", "count boris +1", "release anna", "count anna -1", "taken boris"];
    story.then(takes(BORIS), &taken);
    story.then(
        accepts(ANNA, 1),
        &["refused: NoLongerYours { holder: Some(OperatorId(\"boris\")) }"],
    );
    story.then(takes(ANNA), &["refused: NoLongerYours { holder: Some(OperatorId(\"boris\")) }"]);
    story.then(takes(BORIS), &["ignored: he has it already"]);

    let mut story = Story::of([]);
    story.tell(0, wrote("hello"));
    story.then(takes(BORIS), &["reserve boris", "count boris +1", "taken boris"]);
}

#[test]
fn taking_what_one_is_offered_accepts_it() {
    let mut story = Story::of([ANNA]);
    story.tell(0, wrote("hello"));
    story.then(takes(ANNA), &["accepted anna"]);
}

#[test]
fn only_who_holds_it_writes_to_the_customer() {
    let mut story = Story::of([ANNA, BORIS]);
    story.tell(0, wrote("hello"));
    let nobody_holds = ["refused: NotYours { holder: None }"];
    let anna_holds = ["refused: NotYours { holder: Some(OperatorId(\"anna\")) }"];
    story.then(replies(ANNA, "hi"), &nobody_holds);
    story.tell(0, accepts(ANNA, 1));
    story.then(replies(BORIS, "hi"), &anna_holds);
    story.then(
        Input::Note { operator: id(BORIS), text: "regular".into() },
        &["boris notes: regular"],
    );
    story.tell(0, finishes(ANNA));
    story.then(replies(ANNA, "bye"), &["refused: NotNow"]);
    story.then(finishes(ANNA), &["refused: NotNow"]);
    story.then(takes(BORIS), &["refused: NotNow"]);
}

#[test]
fn nothing_is_done_in_a_closed_conversation_but_telling_what_became_of_its_messages() {
    let mut story = anna_has_it();
    story.tell(0, replies(ANNA, "bye"));
    story.tell(0, finishes(ANNA));
    story.pass(600);
    let refused = ["refused: Closed"];
    story.then(replies(ANNA, "bye"), &refused);
    story.then(Input::Note { operator: id(ANNA), text: "x".into() }, &refused);
    story.then(finishes(ANNA), &refused);
    story.then(takes(ANNA), &refused);
    let not_hers = ["refused: NoLongerYours { holder: Some(OperatorId(\"anna\")) }"];
    story.then(accepts(ANNA, 1), &not_hers);
    story.then(declines(ANNA, 1), &not_hers);
    let sent = Input::DeliveryChanged {
        entry: EntryNumber(4),
        delivery: DeliveryState::Sent,
        external_id: Some("77".into()),
    };
    story.then(sent, &["delivery of 4: Sent"]);
    story.then(
        Input::CustomerEdited { external_id: "1".into(), text: "hallo".into() },
        &["edited: hallo"],
    );
    story.then(Input::CustomerBack, &["ignored: it is closed: nobody writes to the customer here"]);
    story.then(Input::SomebodyEligible, &["ignored: nobody is sought"]);
    story.then(Input::Reconsider, &["ignored: the change does not concern it"]);
    story.then(Input::DeadlinePassed, &["ignored: no deadline is armed"]);
}

#[test]
fn a_customer_who_left_and_came_back_is_in_the_log() {
    let mut story = anna_has_it();
    story.then(Input::CustomerGone { reason: "blocked".into() }, &["unreachable: blocked"]);
    story.then(Input::CustomerBack, &["reachable"]);
}

#[test]
fn an_answer_that_somebody_gave_elsewhere_ends_the_waiting_and_no_more() {
    let mut story = anna_has_it();
    let elsewhere = |text: &str| Input::WrittenElsewhere {
        message: ElsewhereMessage { text: text.into(), ..ElsewhereMessage::default() },
        original: None,
    };
    story.then(wrote("are you there?"), &["customer: are you there?"]);
    assert!(story.conversations[0].waiting_since.is_some());
    story.then(elsewhere("yes"), &["elsewhere: yes"]);
    let conversation = &story.conversations[0];
    assert_eq!((conversation.waiting_since, &*conversation.preview), (None, "yes"));
    assert_eq!(conversation.holder(), Some(&id(ANNA)));
}

#[test]
fn a_delivery_of_something_never_written_is_ignored() {
    let mut story = anna_has_it();
    for n in [0, 99] {
        let delivery = DeliveryState::Sent;
        let input = Input::DeliveryChanged { entry: EntryNumber(n), delivery, external_id: None };
        story.then(input, &["ignored: there is no such entry"]);
    }
}

#[test]
fn records_count_every_append_and_entries_only_themselves() {
    let mut story = anna_has_it();
    story.tell(0, replies(ANNA, "good day"));
    let delivery = DeliveryState::Delivered;
    let entry = EntryNumber(4);
    story.tell(0, Input::DeliveryChanged { entry, delivery, external_id: Some("9".into()) });
    story.tell(0, Input::CustomerEdited { external_id: "9".into(), text: "hm".into() });
    let conversation = &story.conversations[0];
    assert_eq!((conversation.last_entry, conversation.last_record), (EntryNumber(4), 6));
    let records: Vec<Record> = story.effects.iter().filter_map(|(_, e)| appended(e)).collect();
    assert_eq!(records.len(), 6);
    let entries = fold(records);
    let numbers: Vec<u32> = entries.iter().map(|entry| entry.n.0).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    let Body::Message(message) = &entries[3].body else { panic!("the reply is a message") };
    assert_eq!(message.delivery, Some(DeliveryState::Delivered));
}

#[test]
fn what_a_message_said_before_is_kept_whatever_becomes_of_it() {
    let mut story = anna_has_it();
    let first = CustomerMessage {
        external_id: Some("7".into()),
        text: "helo".into(),
        ..CustomerMessage::default()
    };
    story.tell(0, Input::CustomerWrote { message: first, original: None });
    let edit = |text: &str| Input::CustomerEdited { external_id: "7".into(), text: text.into() };
    story.tell(0, edit("hello"));
    story.tell(0, edit("hello"));
    let external_ids = vec!["8".into(), "7".into()];
    story.then(Input::CustomerDeleted { external_ids }, &["deleted: 8, 7"]);
    assert!(story.conversations[0].waiting_since.is_some(), "he still waits for an answer");
    let newest = |story: &Story| {
        let records = story.effects.iter().filter_map(|(_, effect)| appended(effect));
        let entries = fold(records).into_iter().rev();
        let mut messages = entries.filter_map(|entry| match entry.body {
            Body::Message(message) => Some(message),
            Body::Note { .. } | Body::Fact(_) => None,
        });
        messages.next().expect("a message")
    };
    let deleted = newest(&story);
    assert_eq!((&*deleted.text, deleted.deleted_at), ("hello", Some(story.now)));
    assert_eq!(deleted.earlier, [Earlier { text: "helo".into(), until: story.now }]);
    for n in 0..40 {
        story.tell(0, edit(&n.to_string()));
    }
    let edited = newest(&story);
    assert_eq!((&*edited.text, edited.deleted_at), ("39", None), "an edit brings it back");
    let kept: Vec<&str> = edited.earlier.iter().map(|earlier| &*earlier.text).collect();
    assert_eq!((kept.len(), kept[0], kept[1], kept[19]), (20, "helo", "20", "38"));
}

fn appended(effect: &Effect) -> Option<Record> {
    if let Effect::Append(record) = effect { Some(record.clone()) } else { None }
}

#[test]
fn the_preview_is_what_a_person_wrote_last() {
    let mut story = Story::with([ANNA], |line| line.queue.offer_timeout_seconds = 60);
    story.tell(0, wrote(&"ы".repeat(150)));
    assert_eq!(story.conversations[0].preview, "ы".repeat(100));
    story.pass(61);
    assert!(story.conversations[0].unanswered_text_sent);
    assert_eq!(story.conversations[0].preview, "ы".repeat(100));
    let attachments = vec![Attachment::Location { latitude: 1.0, longitude: 2.0, title: None }];
    let message = CustomerMessage { attachments, ..CustomerMessage::default() };
    story.tell(0, Input::CustomerWrote { message, original: None });
    assert_eq!(previewed(&story), ("", Some("location")));
    story.tell(0, takes(ANNA));
    story.tell(0, replies(ANNA, "I see you"));
    assert_eq!(previewed(&story), ("I see you", None));
    let attachments = vec![Attachment::Sticker { emoji: "👍".into() }];
    let message = CustomerMessage { attachments, ..CustomerMessage::default() };
    story.tell(0, Input::CustomerWrote { message, original: None });
    assert_eq!(previewed(&story), ("👍", None));
}

#[test]
fn the_preview_follows_what_becomes_of_the_last_message() {
    let mut story = Story::with([ANNA], |_| {});
    let wrote = |external_id: &str, text: &str| {
        let (external_id, text) = (Some(external_id.into()), text.to_owned());
        let message = CustomerMessage { external_id, text, ..CustomerMessage::default() };
        Input::CustomerWrote { message, original: None }
    };
    let edited = |external_id: &str, text: &str| Input::CustomerEdited {
        external_id: external_id.into(),
        text: text.to_owned(),
    };
    let deleted = |ids: &[&str]| Input::CustomerDeleted {
        external_ids: ids.iter().map(|id| (*id).into()).collect(),
    };
    story.tell(0, wrote("1", "helo"));
    story.tell(0, edited("1", "hello"));
    assert_eq!(previewed(&story), ("hello", None));
    story.tell(0, wrote("2", "are you there?"));
    story.tell(0, edited("1", "hello!"));
    story.tell(0, deleted(&["1"]));
    assert_eq!(previewed(&story), ("are you there?", None), "it is not the last one");
    story.tell(0, deleted(&["1", "2"]));
    assert_eq!(previewed(&story), ("", Some("deleted")));
    story.tell(0, edited("2", "are you here?"));
    assert_eq!(previewed(&story), ("are you here?", None), "an edit brings it back");
    story.tell(0, accepts(ANNA, 1));
    story.tell(0, replies(ANNA, "yes"));
    story.tell(0, edited("2", "hm"));
    assert_eq!(previewed(&story), ("yes", None));
}

fn previewed(story: &Story) -> (&str, Option<&str>) {
    let conversation = &story.conversations[0];
    (&conversation.preview, conversation.preview_kind.as_deref())
}

#[test]
fn the_platforms_words_are_kept_with_the_message() {
    let mut story = Story::of([]);
    let message = CustomerMessage {
        external_id: Some("5".into()),
        text: "hello".into(),
        reply_to: Some("4".into()),
        sent_at: Some(story.now),
        ..CustomerMessage::default()
    };
    let original: Arc<str> = "{\"id\":5}".into();
    story.tell(0, Input::CustomerWrote { message, original: Some(original.clone()) });
    let Some(Record::Entry { entry, original: kept }) = appended(&story.effects[0].1) else {
        panic!("a message is an entry");
    };
    let Body::Message(message) = entry.body.clone() else { panic!("a message is a message") };
    assert_eq!((message.external_id, message.reply_to), (Some("5".into()), Some("4".into())));
    assert_eq!((message.delivery, kept), (None, Some(original)));
}

#[test]
fn a_row_says_who_and_since_when() {
    let mut story = Story::of([ANNA, BORIS]);
    story.tell(0, wrote("hello"));
    let row = story.conversations[0].row();
    assert_eq!((row.state, row.operator, row.unanswered), (RowState::Offered, None, false));
    assert_eq!(row.offers[0].operator, id(ANNA));
    assert_eq!(story.conversations[0].audience().0, [id(ANNA)]);
    story.tell(0, declines(ANNA, 1));
    assert_eq!(story.conversations[0].audience().0, [id(BORIS)]);
    story.tell(0, accepts(BORIS, 2));
    let row = story.conversations[0].row();
    assert_eq!((row.state, row.operator), (RowState::Active, Some(id(BORIS))));
    assert_eq!((row.offers.len(), row.held), (0, vec![id(BORIS)]));
    story.pass(5);
    story.tell(0, finishes(BORIS));
    let conversation = &story.conversations[0];
    assert_eq!(conversation.row().updated_at, story.now);
    assert_eq!(conversation.audience().0, [id(BORIS)]);
    assert_eq!(conversation.waiting_since, None);
}

#[test]
fn a_stored_conversation_goes_on_where_it_was() {
    let mut story = Story::of([ANNA, BORIS]);
    story.tell(0, wrote("hello"));
    story.tell(0, declines(ANNA, 1));
    let stored = serde_json::to_string(&story.conversations[0]).unwrap();
    story.conversations[0] = serde_json::from_str(&stored).unwrap();
    story.restart_queue();
    let ended = [
        "release boris",
        "missed boris",
        "nobody",
        "exhausted 1",
        "line: unanswered text",
        "send 8",
    ];
    let next_round = ["reserve anna", "count anna +1", "offered anna"];
    story.seconds_pass(60, &[&ended[..], &next_round].concat());
}

#[test]
fn an_operator_who_leaves_keeps_what_he_holds_unless_he_is_disabled() {
    let mut story = anna_has_it();
    story.tell(0, replies(ANNA, "good day"));
    story.then_is(ANNA, Status::Away, &[]);
    story.seconds_pass(100_000, &[]);
    assert_eq!(story.conversations[0].row().operator, Some(id(ANNA)));
    let lost = ["release anna", "routed again from anna: disabled"];
    let to_boris = ["reserve boris", "count boris +1", "offered boris"];
    story.then_disabled(ANNA, &[&lost[..], &to_boris].concat());
}

#[test]
fn a_message_stands_as_before_until_the_customer_sees_its_correction() {
    let mut story = anna_has_it();
    story.tell(0, replies(ANNA, "helo"));
    let entry = story.conversations[0].last_entry;
    let correction = Correction::Edit { text: "hello".to_owned() };
    let correct = |operator: &str| Input::Correct {
        operator: id(operator),
        entry,
        correction: correction.clone(),
    };
    let over = |state| Input::CorrectionOver { entry, correction: correction.clone(), state };
    let not_his = ["refused: NotYours { holder: Some(OperatorId(\"anna\")) }"];
    story.then(correct(BORIS), &not_his);
    story.tell(0, correct(ANNA));
    assert_eq!(previewed(&story), ("helo", None));
    story.tell(0, over(CorrectionState::Failed { reason: "too old".to_owned() }));
    assert_eq!(previewed(&story), ("helo", None));
    story.tell(0, correct(ANNA));
    story.tell(0, finishes(ANNA));
    story.tell(0, over(CorrectionState::Done));
    assert_eq!(previewed(&story), ("hello", None), "also after the finish");
    story.then(correct(ANNA), &["refused: NotNow"]);
}
