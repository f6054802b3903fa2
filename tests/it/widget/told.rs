//! What a page is told by the feed while its visitor is answered: what is stored, and nothing else.

use domain::line::ClosingRule;
use domain::operator::Status;
use serde_json::json;
use switchboard::protocol::Outcome;
use switchboard::store::Store;

use super::page::{DONE, Page, anna};
use crate::story::{Story, open_at, operators, tell};

#[test]
fn while_a_visitor_is_answered_nothing_is_read_for_him() {
    tell(anna, async |story| {
        let (anna, page, id) = story.anna_talks_on_a_page().await;
        let Store::Model(model) = &story.store else { return };
        let before = model.reads();
        anna.replies(story, &id, "good morning").await;
        page.writes(story, "is it in stock?").await;
        anna.replies(story, &id, "it is").await;
        assert_eq!(model.reads(), before);
        let said = ["me: hello", "anna: good morning", "me: is it in stock?", "anna: it is"];
        assert_eq!(page.lines(), said);
    });
}

#[test]
fn a_page_that_hangs_is_not_told_what_a_message_said_before() {
    tell(anna, async |story| {
        let (anna, page, id) = story.anna_talks_on_a_page().await;
        page.hangs();
        anna.replies(story, &id, "good morning").await;
        anna.replies(story, &id, "my secret").await;
        let last = story.entries(&id).await.pop().expect("an answer").n;
        let edit = json!({ "entry": last, "text": "what can I do?" });
        assert_eq!(anna.asks(story, "edit", &id, edit).await, Outcome::Done {});
        page.takes_in(story).await;
        assert_eq!(page.lines(), ["me: hello", "anna: good morning", "anna: what can I do?"]);
        assert!(!format!("{:?}", page.frames()).contains("secret"));
    });
}

#[test]
fn a_page_that_takes_things_in_again_is_told_all_that_came_meanwhile() {
    for answers in [1, 3, 100] {
        tell(anna, async |story| {
            let (anna, page, id) = story.anna_talks_on_a_page().await;
            page.hangs();
            for n in 0..=answers {
                anna.replies(story, &id, &format!("answer {n}")).await;
            }
            assert_eq!(page.lines(), ["me: hello", "anna: answer 0"]);
            page.takes_in(story).await;
            let said = page.lines();
            assert_eq!(said.len(), answers + 2);
            assert_eq!(said[answers + 1], format!("anna: answer {answers}"));
            shows_what_is_stored(story, &page).await;
        });
    }
}

/// What is on the page is what a page shows that knows nothing, and one that was there is told nothing more.
async fn shows_what_is_stored(story: &Story, page: &Page) {
    for (knows, shown) in [(None, page.items()), (page.position(), vec![])] {
        let other = Page::open(story, page.visitor.clone());
        other.says_hello(knows);
        story.settles().await;
        assert_eq!((other.items(), other.state()), (shown, page.state()));
        other.is_cut();
        story.settles().await;
    }
}

#[test]
fn a_page_shows_what_is_stored_whatever_is_done() {
    let rates = |line: &mut domain::line::LineSettings| {
        line.queue.operators = operators(["anna", "boris"]);
        line.closing.rule = ClosingRule::Rating;
    };
    tell(rates, async |story| {
        story.has_a_widget(|_| {}).await;
        let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
        boris.is(story, Status::Away).await;
        let page = story.visits("ivan").await;
        page.writes(story, "hello").await;
        shows_what_is_stored(story, &page).await;
        let id = anna.accepts_it(story).await;
        shows_what_is_stored(story, &page).await;
        let read = json!({ "type": "received", "conversation": id, "up_to": 9, "how": "read" });
        for round in 1..=2 {
            anna.replies(story, &id, &format!("answer {round}")).await;
            shows_what_is_stored(story, &page).await;
            page.says_text(&read.to_string());
            anna.asks(story, "note", &id, json!({ "text": "a difficult one" })).await;
            shows_what_is_stored(story, &page).await;
            page.writes(story, &format!("question {round}")).await;
            shows_what_is_stored(story, &page).await;
        }
        boris.is(story, Status::Available).await;
        assert_eq!(anna.hands_to(story, &id, "boris").await, Outcome::Done {});
        shows_what_is_stored(story, &page).await;
        boris.accepts_it(story).await;
        shows_what_is_stored(story, &page).await;
        assert_eq!(page.state().with.unwrap().name, "boris");
        story.line_is_changed(|line| open_at(&mut line.hours, [("10:00", "11:00")])).await;
        story.operator_is_changed("boris", |boris| boris.name = "Boris Orlov".into()).await;
        boris.replies(story, &id, "here I am").await;
        shows_what_is_stored(story, &page).await;
        assert!(!page.state().hours.open);
        assert_eq!(page.state().with.unwrap().name, "Boris Orlov");
        boris.finishes(story, &id).await;
        shows_what_is_stored(story, &page).await;
        assert_eq!(page.does(story, json!({ "type": "rate", "value": 1 })).await, DONE);
        shows_what_is_stored(story, &page).await;
        let said = ["me: hello", "anna: answer 1", "me: question 1", "anna: answer 2"];
        assert_eq!(page.lines()[..4], said);
        assert_eq!(page.lines()[4..6], ["me: question 2", "Boris Orlov: here I am"]);
    });
}
