//! Channels that ask for their updates instead of waiting for webhooks.

use std::time::Duration;

use domain::chat::InboundKind;
use serde_json::json;
use switchboard::channels::kept::Kept;
use switchboard::channels::{self, Item, Meaning, PollError, Polled};

use super::{channel, now, outbound_to_fakes, telegram_at};
use crate::fakes::server::Server;
use crate::fakes::telegram::{Customer, Fault, Telegram, duplicated, reordered};

const ANNE: Customer = Customer { id: 41, name: "Anne" };
const BERT: Customer = Customer { id: 42, name: "Bert" };

async fn poll(api_base: &str, offset: Option<i64>) -> Result<Polled, PollError> {
    channels::poll(
        &outbound_to_fakes(),
        &Kept::default(),
        &telegram_at(api_base),
        offset,
        Duration::ZERO,
        now(),
    )
    .await
}

fn texts(items: &[Item]) -> Vec<String> {
    let text = |item: &Item| match &item.meaning {
        Meaning::Inbound(inbound) => match &inbound.what {
            InboundKind::Message(message) => format!("{}: {}", inbound.chat, message.text),
            InboundKind::Edited { text, .. } => format!("{} edits: {text}", inbound.chat),
            InboundKind::Deleted { external_ids } => {
                format!("{} deletes {}", inbound.chat, external_ids.join(", "))
            }
            InboundKind::Reacted { reaction, .. } => format!("{} {reaction}", inbound.chat),
            InboundKind::Migrated { to } => format!("{} is {to} now", inbound.chat),
            InboundKind::Blocked => format!("{} blocks", inbound.chat),
            InboundKind::Unblocked => format!("{} unblocks", inbound.chat),
            InboundKind::Progress(told) => format!("{} has {:?}", inbound.chat, told.state),
            InboundKind::Elsewhere(message) => format!("to {}: {}", inbound.chat, message.text),
            InboundKind::Received { .. } | InboundKind::Introduced(_) => panic!("no bot says so"),
        },
        Meaning::Ignored(word) => (*word).to_owned(),
        Meaning::Writing { chat } => format!("{chat} is writing"),
        Meaning::Confirmation | Meaning::Letter(_) => panic!("nothing that bots are sent"),
    };
    items.iter().map(text).collect()
}

#[actix_web::test]
async fn asking_brings_what_was_written_and_acknowledges_it() {
    let telegram = Telegram::start(now());
    let first = telegram.text(ANNE, "hello");
    let edit = telegram.edit(&first, "hello!");
    telegram.queues([first, edit, telegram.photo(BERT, "my lamp")]);
    let polled = poll(&telegram.api_base(), None).await.unwrap();
    assert_eq!(texts(&polled.items), ["41: hello", "41 edits: hello!", "42: my lamp"]);
    telegram.queues([telegram.membership(BERT, "kicked"), telegram.membership(BERT, "member")]);
    let polled = poll(&telegram.api_base(), polled.next_offset).await.unwrap();
    assert_eq!(texts(&polled.items), ["42 blocks", "42 unblocks"]);
    let again = poll(&telegram.api_base(), polled.next_offset).await.unwrap();
    assert_eq!(again, Polled { items: Vec::new(), next_offset: polled.next_offset });
}

#[actix_web::test]
async fn a_polled_update_has_the_key_of_its_webhook_delivery() {
    let telegram = Telegram::start(now());
    let update = telegram.sticker(ANNE, "😀");
    telegram.queues([update.clone()]);
    let polled = poll(&telegram.api_base(), None).await.unwrap();
    let delivered = super::deliver(&update.bytes()).unwrap();
    assert_eq!(polled.items, delivered);
}

#[actix_web::test]
async fn an_update_wakes_the_waiting_channel() {
    let telegram = Telegram::start(now());
    let (channel, outbound) = (telegram_at(&telegram.api_base()), outbound_to_fakes());
    let kept = Kept::default();
    let waiting =
        channels::poll(&outbound, &kept, &channel, Some(5), Duration::from_secs(50), now());
    let writing = async {
        telegram.called("getUpdates", 1).await;
        telegram.queues([telegram.location(ANNE, 55.7, 37.6)]);
    };
    let (polled, ()) = futures_util::future::join(waiting, writing).await;
    assert_eq!(polled.unwrap().items.len(), 1);
    let body = &telegram.calls("getUpdates")[0].body;
    let expected = json!({
        "offset": 5, "limit": 100, "timeout": 50,
        "allowed_updates": [
            "message", "edited_message", "business_message", "edited_business_message",
            "deleted_business_messages", "callback_query", "message_reaction", "my_chat_member",
        ],
    });
    assert_eq!(*body, expected);
}

#[actix_web::test]
async fn repeats_and_reorderings_keep_their_keys() {
    let telegram = Telegram::start(now());
    telegram.time_is(now() + jiff::SignedDuration::from_secs(60));
    let written =
        [telegram.text(ANNE, "one"), telegram.text(BERT, "eins"), telegram.text(ANNE, "two")];
    telegram.queues(duplicated(&reordered(&written)));
    let polled = poll(&telegram.api_base(), None).await.unwrap();
    let expected = ["42: eins", "41: one", "41: two"];
    assert_eq!(texts(&polled.items), [expected, expected].concat());
    let mut keys: Vec<&str> = polled.items.iter().map(|item| &*item.dedupe).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

#[actix_web::test]
async fn each_refusal_has_its_class() {
    let telegram = Telegram::start(now());
    let base = telegram.api_base();
    telegram.fails("getUpdates", Fault::Status(401, "Unauthorized"));
    assert!(matches!(poll(&base, None).await, Err(PollError::ChannelDead { .. })));
    telegram.fails("getUpdates", Fault::Status(409, "Conflict: terminated by other getUpdates"));
    assert!(matches!(poll(&base, None).await, Err(PollError::Conflict { .. })));
    telegram.fails("getUpdates", Fault::TooManyRequests { retry_after_seconds: 3 });
    let waits = Err(PollError::RetryAfter(Duration::from_secs(3)));
    assert_eq!(poll(&base, None).await, waits);
    for fault in [Fault::Status(502, "Bad Gateway"), Fault::RequestLost, Fault::AnswerLost] {
        telegram.fails("getUpdates", fault);
        assert!(matches!(poll(&base, None).await, Err(PollError::RetryLater { .. })));
    }
    let forbidden = poll("ftp://127.0.0.1", None).await;
    assert!(matches!(forbidden, Err(PollError::ChannelDead { .. })));
}

#[actix_web::test]
async fn a_set_webhook_is_a_conflict() {
    let telegram = Telegram::start(now());
    let url = format!("{}/bot{}", telegram.api_base(), crate::fakes::telegram::TOKEN);
    let outbound = outbound_to_fakes();
    let call = async |method: &str, body: &[u8]| {
        let url = format!("{url}/{method}");
        let answer = outbound.post(switchboard::outbound::Post::json(&url, body)).await.unwrap();
        serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap()["result"].clone()
    };
    assert_eq!(call("getMe", b"{}").await["is_bot"], true);
    call("setWebhook", br#"{"url":"https://shop.example/hooks/shop"}"#).await;
    assert_eq!(telegram.webhook().unwrap()["url"], "https://shop.example/hooks/shop");
    let base = telegram.api_base();
    assert!(matches!(poll(&base, None).await, Err(PollError::Conflict { .. })));
    call("deleteWebhook", b"{}").await;
    assert!(poll(&base, None).await.is_ok());
}

#[actix_web::test]
async fn a_batch_without_ids_does_not_come_round_for_ever() {
    let server = Server::answering(200, r#"{"ok":true,"result":[{"message":{}}]}"#);
    assert!(matches!(poll(&server.base(), None).await, Err(PollError::RetryLater { .. })));
    let strange = Server::answering(200, r#"{"ok":true,"result":[7,{"update_id":9},null]}"#);
    let polled = poll(&strange.base(), Some(1)).await.unwrap();
    assert_eq!((polled.items.len(), polled.next_offset), (3, Some(10)));
}

#[actix_web::test]
async fn a_webhook_has_nothing_to_poll() {
    let webhook =
        channel(domain::channel::ChannelSettings::Webhook { keys: Vec::new(), outgoing_url: None });
    let polled = channels::poll(
        &outbound_to_fakes(),
        &Kept::default(),
        &webhook,
        None,
        Duration::ZERO,
        now(),
    )
    .await;
    assert!(matches!(polled, Err(PollError::ChannelDead { .. })));
}
