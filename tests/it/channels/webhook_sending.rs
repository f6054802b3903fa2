//! What goes out through our own webhook, and what its receiver's answers mean.

use std::sync::Arc;
use std::time::Duration;

use domain::channel::ChannelSettings;
use domain::entry::Correction;
use domain::id::{ConversationId, EntryNumber};
use domain::line::{RatingScale, Shown};
use switchboard::channels::correcting::{Correcting, correct};
use switchboard::channels::kept::Kept;
use switchboard::channels::webhook::sign;
use switchboard::channels::{self, Outgoing, SendOutcome};
use switchboard::outbound::{Outbound, OutboundSettings};

use super::webhook::{KEY, OLD_KEY};
use super::{channel, now, outbound_to_fakes, outgoing};
use crate::fakes::server::{Reply, Server};

async fn send_to(url: Option<&str>, keys: &[&str]) -> SendOutcome {
    let conversation = ConversationId::new("0-c1");
    send_message(url, keys, &outgoing("c1", "It is in stock.", &conversation)).await
}

async fn send_message(url: Option<&str>, keys: &[&str], message: &Outgoing<'_>) -> SendOutcome {
    let channel = channel(ChannelSettings::Webhook {
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        outgoing_url: url.map(str::to_owned),
    });
    channels::send(&outbound_to_fakes(), &Kept::default(), &channel, message).await
}

async fn send_and_get(status: u16, retry_after: Option<&'static str>) -> SendOutcome {
    let receiver = Server::start(Arc::new(move |_| {
        let header = retry_after.map(|after| ("retry-after", after.to_owned()));
        let headers = header.into_iter().collect();
        Box::pin(async move { Reply::Answer { status, headers, body: String::new() } })
    }));
    send_to(Some(&receiver.base()), &[KEY]).await
}

#[actix_web::test]
async fn the_receiver_gets_a_signed_message() {
    let receiver = Server::answering(200, "");
    let url = format!("{}/from-switchboard?token=abc", receiver.base());
    let sent = send_to(Some(&url), &[KEY, OLD_KEY]).await;
    assert_eq!(sent, SendOutcome::Sent { external_id: None });
    let requests = receiver.requests();
    let [request] = &requests[..] else { panic!("one request") };
    assert_eq!(request.path, "/from-switchboard?token=abc");
    assert_eq!(request.headers["content-type"], "application/json");
    let (id, time) = (&request.headers["webhook-id"], &request.headers["webhook-timestamp"]);
    assert_eq!((&**id, &**time), ("job-3", "1795348800"));
    let signature = |key| sign(key, id, time, &request.body).unwrap();
    let both = format!("{} {}", signature(KEY), signature(OLD_KEY));
    assert_eq!(request.headers["webhook-signature"], both);
    let document = include_str!("../../../docs/WEBHOOK.md");
    assert!(document.contains(std::str::from_utf8(&request.body).unwrap()), "the example");
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    insta::assert_json_snapshot!(body, @r#"
    {
      "data": {
        "author": {
          "name": "Anna"
        },
        "chat": {
          "id": "c1"
        },
        "message": {
          "conversation": "0-c1",
          "date": 1795348798,
          "entry": 3,
          "text": "It is in stock."
        }
      },
      "timestamp": "2026-11-22T11:59:58Z",
      "type": "message"
    }
    "#);
}

#[actix_web::test]
async fn a_message_that_asks_for_a_rating_says_so() {
    let receiver = Server::answering(200, "");
    let conversation = ConversationId::new("0-c1");
    for scale in [RatingScale::Like, RatingScale::Stars] {
        let asking = outgoing("c1", "How did we do?", &conversation);
        let asking = Outgoing { rating: Some(scale), author: None, ..asking };
        send_message(Some(&receiver.base()), &[KEY], &asking).await;
    }
    let requests = receiver.requests();
    let bodies = requests.iter().map(|request| std::str::from_utf8(&request.body).unwrap());
    let [like, stars] = bodies.collect::<Vec<_>>()[..] else { panic!("two requests") };
    assert!(like.contains(r#""rating":{"scale":"like"}"#), "{like}");
    let document = include_str!("../../../docs/WEBHOOK.md");
    assert!(document.contains(stars), "the example is to be {stars}");
}

#[actix_web::test]
async fn an_edit_is_an_event_of_the_same_envelope() {
    let receiver = Server::answering(200, "");
    let (conversation, text) = (ConversationId::new("0-c1"), "It is in stock, in blue.".to_owned());
    let correcting = Correcting {
        job: "job-3c4",
        chat: "c1",
        correction: &Correction::Edit { text },
        external_id: "shop-77",
        has_files: false,
        return_to: None,
        conversation: &conversation,
        entry: EntryNumber(3),
        written_at: "2026-11-22T12:01:00Z".parse().unwrap(),
        now: now(),
    };
    let keys = vec![KEY.to_owned()];
    let channel = channel(ChannelSettings::Webhook { keys, outgoing_url: Some(receiver.base()) });
    let done = correct(&outbound_to_fakes(), &Kept::default(), &channel, &correcting).await;
    assert!(matches!(done, SendOutcome::Sent { .. }), "{done:?}");
    let request = receiver.requests().remove(0);
    let body = std::str::from_utf8(&request.body).unwrap();
    let document = include_str!("../../../docs/WEBHOOK.md");
    assert!(document.contains(body), "the example is to be {body}");
    assert_eq!(request.headers["webhook-id"], "job-3c4");
}

#[actix_web::test]
async fn an_author_may_have_a_picture() {
    let receiver = Server::answering(200, "");
    let conversation = ConversationId::new("0-c1");
    let picture = Some("https://shop.example/alice.png");
    let author = Some(Shown { name: "Alice", picture });
    let message = Outgoing { author, ..outgoing("c1", "Hello.", &conversation) };
    send_message(Some(&receiver.base()), &[KEY], &message).await;
    let body: serde_json::Value = serde_json::from_slice(&receiver.requests()[0].body).unwrap();
    let shown = serde_json::json!({ "name": "Alice", "picture": picture });
    assert_eq!(body["data"]["author"], shown);
}

#[actix_web::test]
async fn a_repeat_has_the_same_id_and_body() {
    let receiver = Server::answering(500, "");
    for _ in 0..2 {
        send_to(Some(&receiver.base()), &[KEY]).await;
    }
    let requests = receiver.requests();
    assert_eq!(requests[0].headers["webhook-id"], requests[1].headers["webhook-id"]);
    assert_eq!(requests[0].body, requests[1].body);
}

#[actix_web::test]
async fn the_receiver_may_name_the_message() {
    let named = Server::answering(201, r#"{"id":"shop-77"}"#);
    let sent = send_to(Some(&named.base()), &[KEY]).await;
    assert_eq!(sent, SendOutcome::Sent { external_id: Some("shop-77".to_owned()) });
    for body in ["", "ok", "[]", r#"{"id":7}"#, r#"{"id":""}"#] {
        let nameless = Server::answering(204, body);
        let sent = send_to(Some(&nameless.base()), &[KEY]).await;
        assert_eq!(sent, SendOutcome::Sent { external_id: None }, "{body}");
    }
}

#[actix_web::test]
async fn each_answer_has_its_class() {
    let gone = send_and_get(410, None).await;
    assert!(matches!(gone, SendOutcome::ChannelDead { .. }), "{gone:?}");
    for status in [300, 301, 307, 400, 401, 403, 404, 413, 422] {
        let outcome = send_and_get(status, None).await;
        assert!(matches!(outcome, SendOutcome::Refused { .. }), "{status}: {outcome:?}");
    }
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        let outcome = send_and_get(status, None).await;
        assert!(matches!(outcome, SendOutcome::RetryLater { .. }), "{status}: {outcome:?}");
    }
}

#[actix_web::test]
async fn the_receiver_may_say_how_long_to_wait() {
    let seconds = |n| SendOutcome::RetryAfter(Duration::from_secs(n));
    assert_eq!(send_and_get(429, Some("30")).await, seconds(30));
    assert_eq!(send_and_get(503, Some("Sun, 22 Nov 2026 12:02:00 GMT")).await, seconds(120));
    assert_eq!(send_and_get(503, Some("999999999999")).await, seconds(24 * 60 * 60));
    for senseless in ["soon", "-5", "Sun, 22 Nov 2026 11:00:00 GMT"] {
        let outcome = send_and_get(429, Some(senseless)).await;
        assert!(matches!(outcome, SendOutcome::RetryLater { .. }), "{senseless}: {outcome:?}");
    }
}

#[actix_web::test]
async fn an_answer_that_never_came_may_be_repeated() {
    let cutting = Server::start(Arc::new(|_| Box::pin(async { Reply::Cut })));
    for url in [&*cutting.base(), "http://127.0.0.1:1"] {
        let outcome = send_to(Some(url), &[KEY]).await;
        assert!(matches!(outcome, SendOutcome::RetryLater { .. }), "{outcome:?}");
    }
    assert_eq!(cutting.requests().len(), 1);
}

#[actix_web::test]
async fn a_channel_that_cannot_send_says_why() {
    let nowhere = send_to(None, &[KEY]).await;
    assert!(matches!(nowhere, SendOutcome::Refused { .. }), "{nowhere:?}");
    for keys in [&[][..], &[""], &["whsec_!"]] {
        let outcome = send_to(Some("http://127.0.0.1:1"), keys).await;
        assert!(matches!(outcome, SendOutcome::ChannelDead { .. }), "{outcome:?}");
    }
    for url in ["http://169.254.169.254/latest", "file:///etc/passwd", "https://10.0.0.1/hook"] {
        let outcome = send_to(Some(url), &[KEY]).await;
        assert!(matches!(outcome, SendOutcome::ChannelDead { .. }), "{outcome:?}");
    }
}

/// A name that starts to lead inside after it was configured is refused when it is called.
#[actix_web::test]
async fn a_name_that_leads_inside_is_not_called() {
    let inside = Server::answering(200, "");
    let url = format!("http://localhost:{}/", inside.port());
    let channel =
        channel(ChannelSettings::Webhook { keys: vec![KEY.to_owned()], outgoing_url: Some(url) });
    let conversation = ConversationId::new("0-c1");
    let message = outgoing("c1", "hello", &conversation);
    let closed = Outbound::new(OutboundSettings::default()).unwrap();
    let outcome = channels::send(&closed, &Kept::default(), &channel, &message).await;
    assert!(matches!(outcome, SendOutcome::RetryLater { .. }), "{outcome:?}");
    assert!(inside.requests().is_empty());
}
