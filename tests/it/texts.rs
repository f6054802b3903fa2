//! What the line itself says to customers, and how they see whoever answers them.

use domain::event::RowState;
use domain::id::OperatorId;
use domain::line::{ClosingRule, LineSettings, Persona, RatingScale, ShownAs};
use serde_json::Value;
use switchboard::protocol::Outcome;

use crate::fakes::server::Server;
use crate::fakes::telegram::{Customer, Fault};
use crate::story::{CHANNEL, Sent, Story, open_at, operators, tell, webhook};

const IVAN: i64 = 501;

fn anna_alone(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
    line.unanswered.text_on_requeue = false;
}

fn welcomes(line: &mut LineSettings) {
    anna_alone(line);
    line.welcome.enabled = true;
    line.welcome.text = Some("welcome to {company}".into());
}

/// What Anna does from a customer's first message to the end of the window.
async fn a_whole_talk(story: &mut Story, text: &str) {
    let anna = story.signs_in("anna").await;
    story.customer_writes(IVAN, text).await;
    let conversation = anna.accepts_it(story).await;
    anna.replies(story, &conversation, "good morning").await;
    anna.finishes(story, &conversation).await;
    story.waits(600).await;
    anna.is_cut();
}

#[test]
fn a_customer_is_welcomed_at_his_first_message_ever() {
    tell(welcomes, async |story| {
        a_whole_talk(story, "hello").await;
        story.time_jumps(3_600).await;
        a_whole_talk(story, "hello again").await;
        let expected = ["welcome to Acme", "good morning", "good morning"];
        assert_eq!(story.platform.sent_to(IVAN), expected);
        story.line_is_changed(|line| line.welcome.each_conversation = true).await;
        story.time_jumps(3_600).await;
        story.customer_writes(IVAN, "and again").await;
        assert_eq!(story.platform.sent_to(IVAN).last().unwrap(), "welcome to Acme");
        story.customer_writes(IVAN, "hello?").await;
        assert_eq!(story.platform.sent_to(IVAN).len(), 4, "once in a conversation");
    });
}

#[test]
fn the_off_hours_text_stands_for_the_welcome() {
    tell(
        |line| {
            welcomes(line);
            open_at(&mut line.hours, [("10:00", "18:00")]);
        },
        async |story| {
            story.customer_writes(IVAN, "hello").await;
            story.customer_writes(IVAN, "is anybody there?").await;
            assert_eq!(story.platform.sent_to(IVAN), ["closed until today at 10:00"]);
            story.waits(3_600).await;
            assert_eq!(story.platform.sent_to(IVAN).len(), 1, "nor is he welcomed later");
        },
    );
}

#[test]
fn a_finished_customer_is_told_once_and_not_when_it_is_silent() {
    tell(
        |line| {
            anna_alone(line);
            line.closing.rule = ClosingRule::Reply;
            line.closing.text = Some("{operator} thanks you".into());
        },
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(IVAN, "hello").await;
            let conversation = anna.accepts_it(story).await;
            anna.finishes(story, &conversation).await;
            story.customer_writes(IVAN, "one more thing").await;
            assert_eq!(anna.has(), [conversation.clone()], "it is hers again");
            anna.finishes(story, &conversation).await;
            assert_eq!(story.platform.sent_to(IVAN), ["anna thanks you"]);
            story.customer_writes(502, "hello").await;
            let conversation = anna.accepts_it(story).await;
            let silent = serde_json::json!({ "silent": true });
            let finished = anna.asks(story, "finish", &conversation, silent).await;
            assert_eq!(finished, Outcome::Done {});
            assert_eq!(story.platform.sent_to(502), [""; 0]);
        },
    );
}

#[test]
fn a_silent_customer_is_told_and_may_rate() {
    tell(
        |line| {
            anna_alone(line);
            line.auto_close.after_seconds = 300;
            line.auto_close.rule = ClosingRule::Rating;
            line.auto_close.text = Some("we close".into());
            line.rating.scale = RatingScale::Stars;
        },
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(IVAN, "hello").await;
            let conversation = anna.accepts_it(story).await;
            story.waits(299).await;
            anna.replies(story, &conversation, "good morning").await;
            story.waits(299).await;
            assert_eq!(story.row(&conversation).await.state, RowState::Active);
            story.seconds_pass(1).await;
            assert_eq!(story.row(&conversation).await.state, RowState::Closing);
            let sent = story.platform.sent_to(IVAN);
            assert_eq!((sent.len(), &*sent[1]), (3, "we close"), "{sent:?}");
            story.customer_writes(IVAN, "4").await;
            let row = story.row(&conversation).await;
            assert_eq!(row.rating.map(|rating| rating.value), Some(4));
            assert_eq!(row.state, RowState::Closing, "a rating reopens nothing");
            story.customer_writes(IVAN, "I am here").await;
            assert_eq!(anna.has(), [conversation]);
        },
    );
}

#[test]
fn a_digit_after_the_close_is_a_rating_once() {
    tell(
        |line| {
            anna_alone(line);
            line.closing.rule = ClosingRule::Rating;
            line.rating.time_limit_seconds = 3_600;
        },
        async |story| {
            a_whole_talk(story, "hello").await;
            let all = story.conversations().await;
            let conversation = all[0].id.clone();
            let [anna] = story.restarts_with(["anna"]).await;
            let update = story.platform.text(Customer { id: IVAN, name: "Ivan" }, "1");
            story.delivered(&update).await;
            let [anna_again] = story.restarts_with(["anna"]).await;
            story.delivered(&update).await;
            story.settles().await;
            assert_eq!(story.times("rated", &conversation).await, 1);
            let rating = story.row(&conversation).await.rating.map(|rating| rating.value);
            assert_eq!(rating, Some(1));
            assert!(anna.offers().is_empty() && anna_again.offers().is_empty());
            assert_eq!(story.conversations().await.len(), 1, "it opens nothing");
            story.waits(3_000).await;
            story.customer_writes(IVAN, "1").await;
            assert_eq!(anna_again.offers().len(), 1, "too late: it is a message");
        },
    );
}

#[test]
fn what_the_platform_has_not_taken_is_sent_by_the_next_process_once_and_in_order() {
    tell(welcomes, async |story| {
        let anna = story.signs_in("anna").await;
        story.platform.fails("sendMessage", Fault::TooManyRequests { retry_after_seconds: 30 });
        story.customer_writes(IVAN, "hello").await;
        let conversation = anna.accepts_it(story).await;
        anna.replies(story, &conversation, "good morning").await;
        assert_eq!(story.platform.calls("sendMessage").len(), 1, "the second waits behind it");
        story.dies().await;
        let [anna] = story.restarts_with(["anna"]).await;
        anna.finishes(story, &conversation).await;
        assert_eq!(story.platform.sent_to(IVAN), [""; 0]);
        story.waits(30).await;
        assert_eq!(story.platform.sent_to(IVAN), ["welcome to Acme", "good morning"]);
        story.restarts().await;
        story.waits(60).await;
        assert_eq!(story.platform.sent_to(IVAN).len(), 2);
    });
}

#[test]
fn customers_see_an_operator_as_the_line_shows_him() {
    tell(
        |line| {
            anna_alone(line);
            line.closing.rule = ClosingRule::Reply;
            line.closing.text = Some("bye from {operator}".into());
            let (operator, name) = (OperatorId::new("anna"), "Agent Smith".to_owned());
            line.personas = vec![Persona { operator, name, picture: None }];
        },
        async |story| {
            let receiver = Server::answering(200, "");
            let settings = webhook(receiver.base());
            story.changes_channel(CHANNEL, |channel| channel.settings = settings).await;
            let anna = story.signs_in("anna").await;
            for (chat, shown_as) in [
                ("name", ShownAs::Name),
                ("persona", ShownAs::Persona),
                ("hidden", ShownAs::Hidden),
            ] {
                story.line_is_changed(|line| line.operator_shown_as = shown_as).await;
                story.arrives(CHANNEL, chat, Sent::Text("hello")).await.unwrap();
                let conversation = anna.accepts_it(story).await;
                anna.replies(story, &conversation, "good morning").await;
                anna.finishes(story, &conversation).await;
            }
            let sent: Vec<Value> =
                receiver.requests().iter().map(|request| data(&request.body)).collect();
            let said = |n: usize| {
                let (author, text) = (&sent[n]["author"]["name"], &sent[n]["message"]["text"]);
                (author.as_str(), text.as_str().unwrap())
            };
            assert_eq!(said(0), (Some("anna"), "good morning"));
            assert_eq!(said(1), (None, "bye from anna"));
            assert_eq!(said(2), (Some("Agent Smith"), "good morning"));
            assert_eq!(said(3), (None, "bye from Agent Smith"));
            assert_eq!(said(4), (None, "good morning"));
            assert_eq!(said(5), (None, "bye from Acme"));
            let hidden = serde_json::to_string(&sent[4..]).unwrap();
            assert!(!hidden.contains("anna") && !hidden.contains("Smith"), "{hidden}");
        },
    );
}

fn data(body: &[u8]) -> Value {
    serde_json::from_slice::<Value>(body).unwrap()["data"].take()
}
