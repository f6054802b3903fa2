//! Channels in a whole node: ratings by a button, and as whom customers see who answers.

use domain::channel::{Channel, ChannelSettings};
use domain::event::{RowRating, RowState};
use domain::id::{ChannelId, ConversationId, OperatorId};
use domain::line::{ClosingRule, LineSettings, Persona, RatingScale, ShownAs};
use serde_json::{Value, json};
use switchboard::actors::handle::{Accepted, Arrival, Change};
use switchboard::channels::webhook::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use switchboard::channels::{self, HookRequest, Meaning};

use super::webhook::KEY;
use crate::fakes::server::Server;
use crate::fakes::telegram::{Customer, Fault};
use crate::story::{Desk, Story, operators, tell};

const IVAN: Customer = Customer { id: 501, name: "Ivan" };
const FORM: &str = "form";

fn asks_for_likes(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
    line.closing.rule = ClosingRule::Rating;
}

fn like(value: u8) -> Option<RowRating> {
    Some(RowRating { scale: RatingScale::Like, value })
}

/// Ivan's conversation, which Anna has answered and finished.
async fn finished(story: &mut Story, anna: &Desk) -> ConversationId {
    story.customer_writes(IVAN.id, "hello").await;
    let (id, offer) = anna.offer();
    anna.accepts(story, (id.clone(), offer)).await;
    anna.replies(story, &id, "good morning").await;
    anna.finishes(story, &id).await;
    id
}

#[test]
fn a_customer_rates_by_a_button() {
    tell(asks_for_likes, async |story| {
        let anna = story.signs_in("anna").await;
        let id = finished(story, &anna).await;
        // The first press takes the buttons away: he is faster.
        let press = story.platform.press(IVAN, "👍");
        let other = story.platform.press(IVAN, "👎");
        assert_eq!(story.delivered(&press).await, [Ok(Accepted::Created)]);
        story.settles().await;
        let row = anna.rows()[&id].clone();
        assert_eq!((row.rating, row.state), (like(1), RowState::Closing));
        assert_eq!(story.messages(&id).await.last().unwrap(), "👍");
        assert_eq!(story.platform.waiting_presses(), 1, "he sees that it has arrived");
        let before = story.messages(&id).await;
        assert_eq!(story.delivered(&press).await, [Ok(Accepted::Duplicate)]);
        story.delivered(&other).await;
        story.settles().await;
        assert_eq!(anna.rows()[&id].rating, like(0), "the last one counts");
        assert_eq!(story.platform.waiting_presses(), 0);
        assert_eq!(story.messages(&id).await.len(), before.len() + 1, "a repeat is known");
    });
}

#[test]
fn a_press_is_stored_though_the_platform_cannot_be_told() {
    tell(asks_for_likes, async |story| {
        let anna = story.signs_in("anna").await;
        let id = finished(story, &anna).await;
        story.platform.fails("answerCallbackQuery", Fault::Status(500, "Internal Server Error"));
        let press = story.platform.press(IVAN, "👎");
        assert_eq!(story.delivered(&press).await, [Ok(Accepted::Created)]);
        story.settles().await;
        assert_eq!(anna.rows()[&id].rating, like(0));
        assert_eq!(story.platform.calls("answerCallbackQuery").len(), 1, "tried once");
    });
}

#[test]
fn an_old_button_opens_nothing_and_calls_nobody() {
    tell(asks_for_likes, async |story| {
        let anna = story.signs_in("anna").await;
        let id = finished(story, &anna).await;
        let (soon, late) = (story.platform.press(IVAN, "👍"), story.platform.press(IVAN, "👎"));
        story.time_jumps(599).await;
        story.seconds_pass(2).await;
        story.delivered(&soon).await;
        story.settles().await;
        assert_eq!((anna.state(), anna.rows()[&id].rating), (RowState::Closed, like(1)));
        story.time_jumps(86_400).await;
        story.delivered(&late).await;
        story.settles().await;
        assert_eq!((anna.state(), anna.rows()[&id].rating), (RowState::Closed, like(1)));
        assert_eq!(story.messages(&id).await.last().unwrap(), "👎", "it is stored");
        assert!(anna.offers().is_empty());
        assert_eq!(story.platform.waiting_presses(), 0);
    });
}

#[test]
fn a_form_is_asked_and_rates() {
    let receiver = Server::answering(200, "");
    tell(asks_for_likes, async |story| {
        connects_form(story, &receiver).await;
        let anna = story.signs_in("anna").await;
        form_posts(story, "m1", &json!({ "text": "hello" })).await;
        let (id, offer) = anna.offer();
        anna.accepts(story, (id.clone(), offer)).await;
        anna.finishes(story, &id).await;
        let asking = last_sent(&receiver);
        assert_eq!(asking["message"]["rating"], json!({ "scale": "like" }));
        assert_eq!(asking["author"], Value::Null, "the line itself asks");
        form_posts(story, "m2", &json!({ "rating": 1 })).await;
        assert_eq!(anna.rows()[&id].rating, like(1));
    });
}

#[test]
fn a_form_sees_a_persona_with_its_picture() {
    let receiver = Server::answering(200, "");
    let personas = |line: &mut LineSettings| {
        line.queue.operators = operators(["anna", "boris"]);
        line.operator_shown_as = ShownAs::Persona;
        line.personas = vec![Persona {
            operator: OperatorId::new("anna"),
            name: "Alice".to_owned(),
            picture: Some("https://shop.example/alice.png".to_owned()),
        }];
    };
    tell(personas, async |story| {
        connects_form(story, &receiver).await;
        let anna = story.signs_in("anna").await;
        form_posts(story, "m1", &json!({ "text": "hello" })).await;
        let (id, offer) = anna.offer();
        anna.accepts(story, (id.clone(), offer)).await;
        anna.replies(story, &id, "good morning").await;
        let shown = json!({ "name": "Alice", "picture": "https://shop.example/alice.png" });
        assert_eq!(last_sent(&receiver)["author"], shown);
        story.line_is_changed(|line| line.personas.clear()).await;
        anna.replies(story, &id, "one moment").await;
        assert_eq!(last_sent(&receiver)["author"], Value::Null, "without one: the company");
    });
}

/// A webhook channel of the line, whose messages go to `receiver`.
async fn connects_form(story: &Story, receiver: &Server) {
    let outgoing_url = Some(receiver.base());
    let settings = ChannelSettings::Webhook { keys: vec![KEY.to_owned()], outgoing_url };
    let channel = Channel { id: ChannelId::new(FORM), settings, ..story.bot() };
    story
        .node
        .change(&OperatorId::new("chief"), vec![Change::Channel { version: 0, channel }])
        .await
        .unwrap();
    story.settles().await;
}

/// Posts a message of the form's one customer, signed as `docs/WEBHOOK.md` says.
async fn form_posts(story: &Story, id: &str, message: &Value) {
    let mut body = json!({ "user": { "id": "u1" }, "chat": { "id": "c1" }, "message": message });
    body["message"]["id"] = id.into();
    let (body, at) = (body.to_string(), story.now().as_second().to_string());
    let signature = sign(KEY, id, &at, body.as_bytes()).unwrap();
    let header = |name: &str| match name {
        ID_HEADER => Some(id),
        TIMESTAMP_HEADER => Some(&*at),
        SIGNATURE_HEADER => Some(&*signature),
        _ => None,
    };
    let request =
        HookRequest { header: &header, body: body.as_bytes(), keys: None, now: story.now() };
    let directory = story.node.directory();
    let channel = &directory.channels[&ChannelId::new(FORM)].value;
    let item = channels::parse(channel, &request).unwrap().remove(0);
    let Meaning::Inbound(inbound) = item.meaning else { panic!("a message") };
    let (channel, dedupe, dedupe_seconds) = (channel.id.clone(), item.dedupe, item.dedupe_seconds);
    let arrival = Arrival { channel, dedupe, dedupe_seconds, inbound: *inbound };
    assert_eq!(story.node.arrive(arrival).await, Ok(Accepted::Created));
    story.settles().await;
}

/// `data` of the last message that was sent.
fn last_sent(receiver: &Server) -> Value {
    let last = receiver.requests().pop().expect("something was sent");
    serde_json::from_slice::<Value>(&last.body).unwrap()["data"].take()
}
