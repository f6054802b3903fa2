//! Viber and MAX: how they are answered, and what a bot is told of itself.

use std::time::Duration;

use domain::chat::InboundKind;
use domain::id::ConversationId;
use domain::line::{LineSettings, RatingScale};
use serde_json::{Value, json};
use switchboard::actors::handle::Accepted;
use switchboard::channels::kept::Kept;
use switchboard::channels::proof::hmac_hex;
use switchboard::channels::{self, Meaning, PollError, SendOutcome};

use super::platform::Platform;
use super::rows::{MAX, VIBER};
use super::{now, outbound_to_fakes, outgoing};
use crate::fakes::bots::{self, State};
use crate::fakes::scripted::Scripted;
use crate::fakes::telegram::Fault;
use crate::story::{operators, tell};

async fn send(platform: &Platform, fake: &Scripted<State>, chat: &str) -> SendOutcome {
    let conversation = ConversationId::new("0-c1");
    let mut message = outgoing(chat, "hello", &conversation);
    message.rating = Some(RatingScale::Like);
    let channel = platform.channel(&fake.base());
    channels::send(&outbound_to_fakes(), &Kept::default(), &channel, &message).await
}

fn press(platform: &Platform, event: &Value) -> domain::chat::Inbound {
    let item = platform.parse(&(platform.signed)(event, now())).unwrap().remove(0);
    let Meaning::Inbound(inbound) = item.meaning else { panic!("{item:?}") };
    *inbound
}

#[test]
fn the_signature_of_viber_is_that_of_a_known_example() {
    let body =
        r#"{"event":"webhook","timestamp":4977069964384421269,"message_token":1478683725125}"#;
    let token = "0123456789abcdef-0123456789abcdef-0123456789abcdef";
    let expected = "366673cd3fe5aa9efc218f43643063e8835bb20ba4c687e1e6b37c6c5fd82672";
    assert_eq!(hmac_hex(token, body.as_bytes()), expected);
}

#[actix_web::test]
async fn viber_is_answered_under_the_operators_name() {
    let viber = bots::viber();
    let sent = send(&VIBER, &viber, "Q1==").await;
    assert_eq!(sent, SendOutcome::Sent { external_id: Some("5741311803571721087".to_owned()) });
    let (path, body) = viber.with(|state| state.taken[0].clone());
    assert_eq!((&*path, &body["receiver"]), ("/send_message", &json!("Q1==")));
    assert_eq!(body["sender"]["name"], "Anna");
    let button = &body["keyboard"]["Buttons"][0];
    assert_eq!(
        (&button["Text"], &button["ActionBody"]),
        (&json!("👍"), &json!("switchboard:rating:1"))
    );
    let pressed = press(&VIBER, &bots::viber_text("Q1==", 9, "switchboard:rating:1"));
    let InboundKind::Message(message) = pressed.what else { panic!("a message") };
    assert_eq!((&*message.text, message.rating), ("1", Some(1)));
}

#[actix_web::test]
async fn each_status_of_viber_has_its_class() {
    for (status, class) in
        [(2, "dead"), (7, "dead"), (5, "gone"), (6, "gone"), (12, "later"), (3, "no")]
    {
        let viber = bots::viber();
        let body = format!(r#"{{"status":{status},"status_message":"words"}}"#);
        viber.fails("send_message", Fault::Status(200, Box::leak(body.into_boxed_str())));
        let found = match send(&VIBER, &viber, "Q1==").await {
            SendOutcome::ChannelDead { .. } => "dead",
            SendOutcome::Unreachable { .. } => "gone",
            SendOutcome::RetryLater { .. } => "later",
            SendOutcome::Refused { reason } => {
                assert_eq!(reason, "3: words");
                "no"
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(found, class, "{status}");
    }
    let viber = bots::viber();
    viber.fails("send_message", Fault::AnswerLost);
    assert!(matches!(send(&VIBER, &viber, "Q1==").await, SendOutcome::Unknown { .. }));
}

#[actix_web::test]
async fn max_is_answered_by_the_customers_id() {
    let max = bots::max();
    let sent = send(&MAX, &max, "42").await;
    assert_eq!(sent, SendOutcome::Sent { external_id: Some("mid.0".to_owned()) });
    let (path, body) = max.with(|state| state.taken[0].clone());
    assert_eq!((&*path, &body["text"]), ("/messages?user_id=42", &json!("hello")));
    let data = body["attachments"][0]["payload"]["buttons"][0][1]["payload"].clone();
    let callback = json!({
        "callback_id": "cb1", "payload": data, "user": { "user_id": 42, "first_name": "Игорь" },
    });
    let update =
        bots::max_update("message_callback", 7, &json!({ "callback": callback, "message": null }));
    let pressed = press(&MAX, &update);
    let settings = MAX.channel(&max.base());
    assert_eq!(channels::press(&settings.settings, &pressed), Some("cb1"));
    assert_eq!(channels::press_taken(&outbound_to_fakes(), &settings, &pressed).await, Ok(()));
    assert_eq!(max.requests("/answers?callback_id=cb1").len(), 1);
}

#[actix_web::test]
async fn each_answer_of_max_has_its_class() {
    let outcome = async |fault: Fault| {
        let max = bots::max();
        max.fails("/messages", fault);
        send(&MAX, &max, "42").await
    };
    let not_ready = r#"{"code":"attachment.not.ready","message":"wait"}"#;
    for fault in [Fault::Status(400, not_ready), Fault::Status(503, "")] {
        assert!(matches!(outcome(fault).await, SendOutcome::RetryLater { .. }));
    }
    let waits = outcome(Fault::TooManyRequests { retry_after_seconds: 2 }).await;
    assert_eq!(waits, SendOutcome::RetryAfter(Duration::from_secs(2)));
    assert!(matches!(outcome(Fault::Status(401, "")).await, SendOutcome::ChannelDead { .. }));
    assert!(matches!(outcome(Fault::Status(403, "")).await, SendOutcome::Unreachable { .. }));
    assert!(matches!(outcome(Fault::Status(400, "{}")).await, SendOutcome::Refused { .. }));
    assert!(matches!(outcome(Fault::RequestLost).await, SendOutcome::Unknown { .. }));
}

#[actix_web::test]
async fn bots_are_told_where_to_deliver_and_tested() {
    let (viber, max) = (bots::viber(), bots::max());
    let outbound = outbound_to_fakes();
    for (platform, fake, method) in [(VIBER, &viber, "set_webhook"), (MAX, &max, "/subscriptions")]
    {
        let channel = platform.channel(&fake.base());
        let hook = "https://hub.example/hooks/shop";
        assert_eq!(channels::connect(&outbound, &channel, Some(hook)).await, Ok(()));
        let asked = &fake.requests(method)[0].body;
        assert_eq!(serde_json::from_slice::<Value>(asked).unwrap()["url"], hook);
        let tested = channels::test(&outbound, &Kept::default(), &channel, now()).await;
        assert_eq!(tested, Ok("Our shop".to_owned()));
    }
}

#[actix_web::test]
async fn max_is_asked_from_its_marker_on() {
    let max = bots::max();
    let channel = MAX.channel(&max.base());
    max.with(|state| state.updates.push(bots::max_text(42, "mid.1", "hello")));
    let (outbound, kept) = (outbound_to_fakes(), Kept::default());
    let polled =
        channels::poll(&outbound, &kept, &channel, Some(3), Duration::ZERO, now()).await.unwrap();
    assert_eq!((polled.items.len(), polled.next_offset), (1, Some(77)));
    assert!(max.requests("/updates")[0].path.contains("marker=3"));
    max.fails("/updates", Fault::Status(401, "{}"));
    let dead = channels::poll(&outbound, &kept, &channel, None, Duration::ZERO, now()).await;
    assert!(matches!(dead, Err(PollError::ChannelDead { .. })), "{dead:?}");
}

fn asks_anna(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

#[test]
fn bots_talk_with_their_customers() {
    tell(asks_anna, async |story| {
        let (viber, max) = (bots::viber(), bots::max());
        VIBER.connects(story, &viber.base()).await;
        MAX.connects(story, &max.base()).await;
        let anna = story.signs_in("anna").await;
        let hello = bots::viber_text("Q1==", 1, "hello");
        assert_eq!(VIBER.posts(story, &hello).await, [Accepted::Created]);
        assert_eq!(VIBER.posts(story, &hello).await, [Accepted::Duplicate]);
        let olga = anna.accepts_it(story).await;
        anna.replies(story, &olga, "hi Olga").await;
        MAX.posts(story, &bots::max_text(42, "mid.1", "привет")).await;
        let igor = anna.accepts_it(story).await;
        assert_eq!(anna.rows()[&igor].customer_name, "Игорь");
        anna.replies(story, &igor, "добрый день").await;
        let said = |fake: &Scripted<State>| {
            fake.with(|state| {
                state
                    .taken
                    .iter()
                    .filter_map(|(_, body)| body["text"].as_str().map(str::to_owned))
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(
            (said(&viber), said(&max)),
            (vec!["hi Olga".to_owned()], vec!["добрый день".to_owned()])
        );
    });
}
