//! What becomes of one message on its way to a Telegram customer.

use std::time::Duration;

use domain::id::ConversationId;
use domain::line::RatingScale;
use serde_json::json;
use switchboard::channels::kept::Kept;
use switchboard::channels::{self, Outgoing, SendOutcome};
use switchboard::outbound::{Outbound, OutboundSettings};

use super::{now, outbound_to_fakes, outgoing, telegram_at};
use crate::fakes::server::Server;
use crate::fakes::telegram::{Customer, Fault, TOKEN, Telegram};

/// Sends `text` to chat 41 of the fake.
async fn send(telegram: &Telegram, text: &str) -> SendOutcome {
    send_to(&telegram.api_base(), "41", text).await
}

async fn send_to(api_base: &str, chat: &str, text: &str) -> SendOutcome {
    let conversation = ConversationId::new("0-c1");
    let message = outgoing(chat, text, &conversation);
    channels::send(&outbound_to_fakes(), &Kept::default(), &telegram_at(api_base), &message).await
}

async fn send_after(fault: Fault) -> SendOutcome {
    let telegram = Telegram::start(now());
    telegram.fails("sendMessage", fault);
    send(&telegram, "hello").await
}

fn reason(outcome: &SendOutcome) -> &str {
    match outcome {
        SendOutcome::RetryLater { reason }
        | SendOutcome::RetryIn { reason, .. }
        | SendOutcome::Unreachable { reason }
        | SendOutcome::ChannelDead { reason }
        | SendOutcome::Refused { reason }
        | SendOutcome::Unknown { reason } => reason,
        SendOutcome::Sent { .. } | SendOutcome::Migrated { .. } | SendOutcome::RetryAfter(_) => {
            panic!("no reason: {outcome:?}")
        }
    }
}

#[actix_web::test]
async fn the_customer_reads_what_the_operator_wrote() {
    let telegram = Telegram::start(now());
    let text = "*not bold* <b>nor this</b> _ [ `";
    let sent = send(&telegram, text).await;
    assert_eq!(sent, SendOutcome::Sent { external_id: Some("1".to_owned()) });
    assert_eq!(telegram.sent_to(41), [text]);
    assert_eq!(telegram.calls("sendMessage")[0].body, json!({ "chat_id": 41, "text": text }));
}

#[actix_web::test]
async fn a_topic_is_answered_in_its_topic() {
    let telegram = Telegram::start(now());
    send_to(&telegram.api_base(), "41/7", "hello").await;
    let body = json!({ "chat_id": 41, "message_thread_id": 7, "text": "hello" });
    assert_eq!(telegram.calls("sendMessage")[0].body, body);
}

/// Asks customer 41 for a rating.
async fn ask_for_rating(telegram: &Telegram, scale: RatingScale) -> SendOutcome {
    let conversation = ConversationId::new("0-c1");
    let message = outgoing("41", "How did we do?", &conversation);
    let message = Outgoing { rating: Some(scale), ..message };
    channels::send(
        &outbound_to_fakes(),
        &Kept::default(),
        &telegram_at(&telegram.api_base()),
        &message,
    )
    .await
}

#[actix_web::test]
async fn a_rating_is_asked_for_with_a_row_of_buttons() {
    let telegram = Telegram::start(now());
    for scale in [RatingScale::Like, RatingScale::Stars] {
        let asked = ask_for_rating(&telegram, scale).await;
        assert!(matches!(asked, SendOutcome::Sent { .. }), "{asked:?}");
    }
    let row = |at: usize| telegram.calls("sendMessage")[at].body["reply_markup"].clone();
    let button = |text: &str, data: &str| json!({ "text": text, "callback_data": data });
    let like = json!([[button("👍", "rating:like:1:0-c1"), button("👎", "rating:like:0:0-c1")]]);
    assert_eq!(row(0), json!({ "inline_keyboard": like }));
    let stars = json!([[
        button("1 ⭐", "rating:stars:1:0-c1"),
        button("2 ⭐", "rating:stars:2:0-c1"),
        button("3 ⭐", "rating:stars:3:0-c1"),
        button("4 ⭐", "rating:stars:4:0-c1"),
        button("5 ⭐", "rating:stars:5:0-c1"),
    ]]);
    assert_eq!(row(1), json!({ "inline_keyboard": stars }));
}

#[actix_web::test]
async fn the_platform_is_told_once_that_a_press_is_taken() {
    let telegram = Telegram::start(now());
    ask_for_rating(&telegram, RatingScale::Like).await;
    let update = telegram.press(Customer { id: 41, name: "Max" }, "👍");
    let (channel, outbound) = (telegram_at(&telegram.api_base()), outbound_to_fakes());
    let items = super::deliver(&update.bytes()).unwrap();
    let channels::Meaning::Inbound(inbound) = &items[0].meaning else { panic!("taken") };
    assert!(channels::press(&channel.settings, inbound).is_some(), "somebody waits");
    assert_eq!((telegram.waiting_presses(), telegram.buttons()), (1, 2));
    assert_eq!(channels::press_taken(&outbound, &channel, inbound).await, Ok(()));
    assert_eq!((telegram.waiting_presses(), telegram.buttons()), (0, 0), "one rating is enough");
    let late = channels::press_taken(&outbound, &channel, inbound).await.unwrap_err();
    assert!(late.starts_with("400: Bad Request: query is too old"), "{late}");
    let text = super::deliver(&telegram.text(Customer { id: 41, name: "Max" }, "1").bytes());
    let channels::Meaning::Inbound(text) = &text.unwrap()[0].meaning.clone() else { panic!() };
    assert_eq!(channels::press(&channel.settings, text), None, "nobody waits for a text");
}

#[actix_web::test]
async fn every_part_of_a_long_text_arrives_in_order() {
    let telegram = Telegram::start(now());
    let text = "word 👨‍👩‍👧‍👦 ".repeat(2000);
    for part in channels::parts(&telegram_at("").settings, &text, &[]) {
        assert!(matches!(send(&telegram, &part.text).await, SendOutcome::Sent { .. }));
    }
    assert_eq!(telegram.sent_to(41).concat(), text);
}

#[actix_web::test]
async fn a_blank_part_is_not_worth_a_call() {
    let telegram = Telegram::start(now());
    assert_eq!(send(&telegram, " \n ").await, SendOutcome::Sent { external_id: None });
    assert!(telegram.calls("sendMessage").is_empty());
}

#[actix_web::test]
async fn a_flood_limit_says_how_long() {
    let outcome = send_after(Fault::TooManyRequests { retry_after_seconds: 17 }).await;
    assert_eq!(outcome, SendOutcome::RetryAfter(Duration::from_secs(17)));
    let endless = send_after(Fault::TooManyRequests { retry_after_seconds: u64::MAX }).await;
    assert_eq!(endless, SendOutcome::RetryAfter(Duration::from_hours(24)));
    let silent = send_after(Fault::Status(429, "Too Many Requests")).await;
    assert!(matches!(silent, SendOutcome::RetryLater { .. }), "{silent:?}");
}

#[actix_web::test]
async fn each_refusal_has_its_class() {
    let blocked = send_after(Fault::Status(403, "Forbidden: bot was blocked by the user")).await;
    assert!(matches!(blocked, SendOutcome::Unreachable { .. }));
    assert_eq!(reason(&blocked), "403: Forbidden: bot was blocked by the user");
    for status in [401, 404, 421] {
        let outcome = send_after(Fault::Status(status, "dead")).await;
        assert!(matches!(outcome, SendOutcome::ChannelDead { .. }), "{outcome:?}");
    }
    for status in [409, 500, 502, 503, 504] {
        let outcome = send_after(Fault::Status(status, "later")).await;
        assert!(matches!(outcome, SendOutcome::RetryLater { .. }), "{outcome:?}");
    }
    for (status, text) in [(400, "Bad Request: chat not found"), (413, "too large"), (301, "moved")]
    {
        let outcome = send_after(Fault::Status(status, text)).await;
        assert!(matches!(outcome, SendOutcome::Refused { .. }), "{outcome:?}");
    }
}

#[actix_web::test]
async fn faults_are_met_one_after_the_other() {
    let telegram = Telegram::start(now());
    telegram.fails("sendMessage", Fault::Status(500, "one"));
    telegram.fails("sendMessage", Fault::TooManyRequests { retry_after_seconds: 1 });
    assert!(matches!(send(&telegram, "hello").await, SendOutcome::RetryLater { .. }));
    assert!(matches!(send(&telegram, "hello").await, SendOutcome::RetryAfter(_)));
    assert!(matches!(send(&telegram, "hello").await, SendOutcome::Sent { .. }));
    telegram.called("sendMessage", 3).await;
    assert_eq!(telegram.sent_to(41), ["hello"]);
}

#[actix_web::test]
async fn an_answer_that_never_came_leaves_the_outcome_unknown() {
    for (fault, arrived) in [(Fault::RequestLost, 0), (Fault::AnswerLost, 1)] {
        let telegram = Telegram::start(now());
        telegram.fails("sendMessage", fault);
        let outcome = send(&telegram, "hello").await;
        assert!(matches!(outcome, SendOutcome::Unknown { .. }), "{outcome:?}");
        assert_eq!(telegram.sent_to(41).len(), arrived);
        assert_eq!(telegram.calls("sendMessage").len(), 1, "nothing is repeated on its own");
    }
}

#[actix_web::test]
async fn a_slow_answer_leaves_the_outcome_unknown() {
    let telegram = Telegram::start(now());
    telegram.fails("sendMessage", Fault::Delay(Duration::from_mins(1)));
    let mut settings = OutboundSettings::allowing(&["127.0.0.1"]).unwrap();
    settings.timeout = Duration::from_millis(200);
    let outbound = Outbound::new(settings).unwrap();
    let conversation = ConversationId::new("0-c1");
    let message = outgoing("41", "hello", &conversation);
    let outcome =
        channels::send(&outbound, &Kept::default(), &telegram_at(&telegram.api_base()), &message)
            .await;
    assert_eq!(outcome, SendOutcome::Unknown { reason: "no answer: timeout".to_owned() });
}

#[actix_web::test]
async fn nobody_there_is_a_passing_fault() {
    let gone = Server::answering(200, "").base();
    let outcome = send_to("http://127.0.0.1:1", "41", "hello").await;
    assert!(matches!(outcome, SendOutcome::RetryLater { .. }), "{outcome:?}");
    drop(gone);
}

#[actix_web::test]
async fn an_answer_that_is_not_the_platforms_leaves_the_outcome_unknown() {
    for body in ["", "<html>Please sign in</html>", "{}", r#"{"ok":"yes"}"#, "[1]"] {
        let portal = Server::answering(200, body);
        let outcome = send_to(&portal.base(), "41", "hello").await;
        assert!(matches!(outcome, SendOutcome::Unknown { .. }), "{body}: {outcome:?}");
    }
    let odd = Server::answering(200, r#"{"ok":false,"error_code":403,"description":"blocked"}"#);
    let outcome = send_to(&odd.base(), "41", "hello").await;
    assert!(matches!(outcome, SendOutcome::Unreachable { .. }), "{outcome:?}");
}

#[actix_web::test]
async fn no_reason_names_the_token() {
    let talkative: &'static str = Box::leak(
        json!({ "ok": false, "description": format!("no /bot{TOKEN}/sendMessage\u{202e}") })
            .to_string()
            .into_boxed_str(),
    );
    let server = Server::answering(404, talkative);
    let mut outcomes = vec![
        send_to(&server.base(), "41", "hello").await,
        send_to("http://127.0.0.1:1", "41", "hello").await,
        send_to("http://127.0.0.1:1\u{0}", "41", "hello").await,
        send_to("https://10.0.0.1", "41", "hello").await,
        send_to("https://nobody.invalid", "41", "hello").await,
        send_after(Fault::RequestLost).await,
    ];
    let mut strange = telegram_at(&server.base());
    if let domain::channel::ChannelSettings::Telegram { token, .. } = &mut strange.settings {
        *token = format!("{TOKEN}/../../admin?");
    }
    let conversation = ConversationId::new("0-c1");
    let message = outgoing("41", "hello", &conversation);
    outcomes.push(channels::send(&outbound_to_fakes(), &Kept::default(), &strange, &message).await);
    for outcome in outcomes {
        assert!(!reason(&outcome).contains("test_token"), "{outcome:?}");
        assert!(!reason(&outcome).contains('\u{202e}'), "{outcome:?}");
    }
    assert_eq!(server.requests().len(), 1, "a strange token is never called");
}
