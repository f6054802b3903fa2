//! What a visitor writes: once, not too much, and only after what he is asked first.

use std::sync::Arc;

use domain::channel::widget::Ask;
use serde_json::json;
use switchboard::actors::handle::ListFilter;
use switchboard::protocol::visitor::{VisitorFrame, VisitorOutcome, VisitorRefusal};

use super::page::{DONE, Page, anna};
use crate::story::{Story, new_id, tell};

fn refused(outcome: &VisitorOutcome) -> String {
    let json = serde_json::to_value(outcome).unwrap();
    json["code"].as_str().unwrap_or("done").to_owned()
}

#[test]
fn a_message_that_is_repeated_is_there_once() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let page = story.visits("ivan").await;
        let message = VisitorFrame::Message { id: new_id(), text: "hello".into(), files: vec![] };
        for _ in 0..3 {
            page.says(&message);
        }
        story.settles().await;
        let posted = story.posts_as(&page.visitor, message).await;
        assert_eq!(posted, DONE, "whoever repeats it is told that it is stored");
        assert_eq!(page.lines(), ["me: hello"]);
    });
}

#[test]
fn two_pages_of_one_visitor_show_the_same() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let (one, other) = (story.visits("ivan").await, story.visits("ivan").await);
        one.writes(story, "hello").await;
        other.writes(story, "anybody here?").await;
        assert_eq!(one.lines(), ["me: hello", "me: anybody here?"]);
        assert_eq!(one.lines(), other.lines());
    });
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let page = story.visits("ivan").await;
        for text in [String::new(), " \n".to_owned(), "x".repeat(4_001)] {
            assert_eq!(refused(&page.writes(story, &text).await), "bad_value");
        }
        for text in ["", "{", "[]", r#"{"type":"x"}"#, r#"{"type":"typing","more":1}"#] {
            page.says_text(text);
        }
        story.settles().await;
        assert_eq!((page.lines(), page.closed()), (vec![], None));
        assert_eq!(page.writes(story, &"ы".repeat(4_000)).await, DONE);
    });
}

#[test]
fn nobody_writes_before_he_says_who_he_is() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let page = Page::open(story, story.visitor("ivan"));
        page.says(&VisitorFrame::Message { id: new_id(), text: "hello".into(), files: vec![] });
        story.settles().await;
        assert!(format!("{:?}", page.frames()).contains("HelloExpected"));
        let forged = VisitorFrame::Hello { token: format!("{}x", page.token()), after: None };
        page.says(&forged);
        story.settles().await;
        assert!(format!("{:?}", page.frames()).contains("BadToken"));
        assert_eq!(page.closed(), Some(4_401));
        let silent = Page::open(story, story.visitor("olga"));
        story.seconds_pass(11).await;
        assert_eq!(silent.closed(), Some(4_008));
    });
}

#[test]
fn who_writes_too_much_waits() {
    tell(anna, async |story| {
        story.has_a_widget(|widget| widget.limits.messages_per_10_seconds = 2).await;
        let (ivan, olga) = (story.visits("ivan").await, story.visits("olga").await);
        assert_eq!(ivan.writes(story, "one").await, DONE);
        assert_eq!(ivan.writes(story, "two").await, DONE);
        let third = ivan.writes(story, "three").await;
        let VisitorOutcome::Refused { why: VisitorRefusal::TooFast { seconds } } = third else {
            panic!("{third:?}");
        };
        assert!((1..=6).contains(&seconds));
        assert_eq!(olga.writes(story, "hello").await, DONE, "others write");
        assert_eq!(ivan.lines(), ["me: one", "me: two"]);
    });
}

#[test]
fn an_address_begins_only_so_many_conversations() {
    tell(anna, async |story| {
        story.has_a_widget(|widget| widget.limits.conversations_per_hour = 2).await;
        for visitor in ["one", "two"] {
            let page = story.visits(visitor).await;
            assert_eq!(page.writes(story, "hello").await, DONE);
            assert_eq!(page.writes(story, "are you there?").await, DONE, "that begins nothing");
        }
        let page = story.visits("three").await;
        assert_eq!(refused(&page.writes(story, "hello").await), "too_fast");
    });
}

#[test]
fn who_is_asked_for_his_consent_agrees_first() {
    let asks = |line: &mut domain::line::LineSettings| {
        anna(line);
        line.consent.enabled = true;
    };
    tell(asks, async |story| {
        story.has_a_widget(|widget| widget.form.email = Ask::No).await;
        let page = story.visits("ivan").await;
        assert_eq!(refused(&page.writes(story, "hello").await), "consent_needed");
        let no = page.does(story, json!({ "type": "introduce", "consent": false })).await;
        assert_eq!(refused(&no), "consent_needed");
        assert_eq!(page.position(), None, "a refusal stores nothing");
        let yes = page.does(story, json!({ "type": "introduce", "consent": true })).await;
        assert!(matches!(yes, VisitorOutcome::Done { token: Some(_) }), "{yes:?}");
        assert_eq!(page.writes(story, "hello").await, DONE);
        assert_eq!(page.lines(), ["me: hello"], "he is not told once more");
        let card = card(story).await;
        assert!(card.consented_at.is_some());
    });
}

#[test]
fn what_is_asked_from_now_on_is_asked_when_the_next_conversation_begins() {
    tell(anna, async |story| {
        let (anna, page, id) = story.anna_talks_on_a_page().await;
        story.line_is_changed(|line| line.consent.enabled = true).await;
        assert_eq!(page.writes(story, "are you there?").await, DONE, "it goes on");
        anna.finishes(story, &id).await;
        story.minutes_pass(11).await;
        assert_eq!(refused(&page.writes(story, "one thing more").await), "consent_needed");
        assert_eq!(page.lines(), ["me: hello", "me: are you there?"]);
    });
}

#[test]
fn the_form_before_the_chat_goes_to_the_card() {
    tell(anna, async |story| {
        story
            .has_a_widget(|widget| {
                widget.form.before_chat = true;
                widget.form.name = Ask::Required;
                widget.form.phone = Ask::Optional;
            })
            .await;
        let page = story.visits("ivan").await;
        assert_eq!(refused(&page.writes(story, "hello").await), "form_needed");
        for (form, field) in [
            (json!({ "email": "ivan@shop.example" }), "name"),
            (json!({ "name": "Ivan" }), "email"),
            (json!({ "name": "Ivan", "email": "ivan" }), "email"),
            (json!({ "name": "Ivan", "email": "ivan@shop.example", "phone": "12" }), "phone"),
            (json!({ "name": "I".repeat(201), "email": "ivan@shop.example" }), "name"),
        ] {
            let mut frame = form;
            frame["type"] = "introduce".into();
            let outcome = page.does(story, frame).await;
            let why = VisitorRefusal::BadValue { field: field.to_owned() };
            assert_eq!(outcome, VisitorOutcome::Refused { why });
        }
        let form = json!({
            "type": "introduce", "name": " Ivan  Petrov", "email": "Ivan@Shop.example",
            "phone": "+1 202 555 0143",
        });
        assert!(matches!(page.does(story, form).await, VisitorOutcome::Done { token: Some(_) }));
        assert_eq!(page.writes(story, "hello").await, DONE);
        let card = card(story).await;
        assert_eq!((&*card.name, &*card.surname), ("Ivan", "Petrov"));
        assert_eq!(card.emails[0].value, "ivan@shop.example");
        assert_eq!(card.phones[0].value, "+12025550143");
        assert_eq!(card.emails[0].standing, domain::customer::Standing::Claimed);
        assert!(card.lead.is_some(), "he can be reached again");
    });
}

#[test]
fn who_only_chats_leaves_no_lead() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let page = story.visits("ivan").await;
        page.writes(story, "hello").await;
        assert!(card(story).await.lead.is_none(), "he cannot be reached again");
        page.writes(story, "write to ivan@shop.example").await;
        assert!(card(story).await.lead.is_some());
    });
}

/// The card of the only customer.
pub(super) async fn card(story: &Story) -> domain::customer::Customer {
    let directory = story.node.directory();
    let chief = &directory.operators[&crate::story::chief()].value;
    let filter = ListFilter { limit: 10, ..ListFilter::default() };
    let row = story.node.conversations(chief, filter).await.unwrap().pop();
    let row = row.expect("a conversation");
    Arc::unwrap_or_clone(story.customer_of(&row.conversation).await.card)
}
