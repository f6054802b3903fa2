//! The Bot Framework: proofs with keys that change, answers to the address that was proved, tokens.

use domain::channel::ChannelSettings;
use domain::chat::InboundKind;
use domain::id::ConversationId;
use domain::line::LineSettings;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use switchboard::actors::handle::Accepted;
use switchboard::channels::botframework::keys::KeySet;
use switchboard::channels::kept::Kept;
use switchboard::channels::{self, AnswerBody, HookRequest, Item, Meaning, Rejected, SendOutcome};

use super::platform::Signed;
use super::rows::{BOT_FRAMEWORK, with_token};
use super::{now, outbound_to_fakes, outgoing};
use crate::fakes::botframework::{self as fake, Cloud, FIRST, SECOND};
use crate::fakes::telegram::Fault;
use crate::story::{operators, tell};

const CHAT: &str = "a:conversation;messageid=7";

/// What becomes of a request at a channel whose provider is that cloud.
async fn taken(
    cloud: &Cloud,
    kept: &Kept,
    signed: &Signed,
    now: Timestamp,
) -> Result<Vec<Item>, Rejected> {
    let channel = BOT_FRAMEWORK.channel(&cloud.base());
    let header = |name: &str| {
        signed.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| &**v)
    };
    let owned = |name: &str| header(name).map(str::to_owned);
    let keys = channels::keys(&outbound_to_fakes(), kept, &channel, &owned, now).await;
    let request = HookRequest { header: &header, body: &signed.body, keys: keys.as_deref(), now };
    channels::parse(&channel, &request)
}

fn signed_by(key: &fake::SigningKey, event: &Value, now: Timestamp) -> Signed {
    with_token(event, &key.token(&key.header(), &fake::claims(&event["serviceUrl"], now)))
}

fn hello() -> Value {
    fake::message("https://smba.trafficmanager.net/emea/", "1", "hello")
}

#[actix_web::test]
async fn keys_are_asked_for_once_and_known_when_they_change() {
    let (cloud, kept) = (fake::start(), Kept::default());
    for _ in 0..3 {
        assert!(taken(&cloud, &kept, &signed_by(&FIRST, &hello(), now()), now()).await.is_ok());
    }
    assert_eq!(cloud.requests("/keys").len(), 1);
    let early = now() + SignedDuration::from_mins(30);
    let by_second = |at| signed_by(&SECOND, &hello(), at);
    let refused = taken(&cloud, &kept, &by_second(early), early).await;
    assert_eq!(refused, Err(Rejected::NotGenuine), "asked less than an hour ago");
    assert_eq!(cloud.requests("/keys").len(), 1);
    cloud.with(|state| state.keys.push((&*SECOND, None)));
    let later = now() + SignedDuration::from_mins(61);
    assert!(taken(&cloud, &kept, &by_second(later), later).await.is_ok(), "a new key");
    assert!(taken(&cloud, &kept, &signed_by(&FIRST, &hello(), later), later).await.is_ok());
    assert_eq!(cloud.requests("/keys").len(), 2);
}

#[actix_web::test]
async fn while_the_provider_is_down_the_keys_known_before_hold() {
    let (cloud, kept) = (fake::start(), Kept::default());
    cloud.fails("/openid", Fault::Status(500, ""));
    let cold = taken(&cloud, &kept, &signed_by(&FIRST, &hello(), now()), now()).await;
    assert_eq!(cold, Err(Rejected::NotGenuine), "nothing is known");
    let soon = now() + SignedDuration::from_secs(11);
    assert!(taken(&cloud, &kept, &signed_by(&FIRST, &hello(), soon), soon).await.is_ok());
    cloud.fails("/openid", Fault::Status(500, ""));
    let tomorrow = now() + SignedDuration::from_hours(25);
    let warm = taken(&cloud, &kept, &signed_by(&FIRST, &hello(), tomorrow), tomorrow).await;
    assert!(warm.is_ok(), "{warm:?}");
    assert_eq!(cloud.requests("/openid").len(), 3);
}

#[actix_web::test]
async fn a_key_speaks_for_the_platforms_that_it_is_endorsed_for() {
    let (cloud, kept) = (fake::start(), Kept::default());
    cloud.with(|state| state.keys.push((&*SECOND, None)));
    let mut event = hello();
    event["channelId"] = "webchat".into();
    let refused = taken(&cloud, &kept, &signed_by(&FIRST, &event, now()), now()).await;
    assert_eq!(refused, Err(Rejected::NotEndorsed));
    let free = taken(&cloud, &kept, &signed_by(&SECOND, &event, now()), now()).await;
    assert!(free.is_ok(), "a key without endorsements speaks for all");
}

#[test]
fn the_id_of_the_app_counts_whatever_its_case() {
    let event = hello();
    let mut claims = fake::claims(&event["serviceUrl"], now());
    claims["aud"] = "00000000-1111-2222-3333-444444444444".to_uppercase().into();
    let signed = with_token(&event, &FIRST.token(&FIRST.header(), &claims));
    assert!(BOT_FRAMEWORK.parse(&signed).is_ok());
    claims["exp"] = (now().as_second() - 4 * 60).into();
    let late = with_token(&event, &FIRST.token(&FIRST.header(), &claims));
    assert!(BOT_FRAMEWORK.parse(&late).is_ok(), "clocks differ");
}

#[test]
fn an_answer_never_goes_to_a_foreign_host() {
    let hosts = [
        ("https://smba.trafficmanager.net/emea/", true),
        ("https://x.botframework.com", true),
        ("https://apis.skype.com", true),
        ("https://evilbotframework.com", false),
        ("https://botframework.com.evil.example", false),
        ("https://smba.trafficmanager.net.evil.example", false),
        ("https://smba.trafficmanager.net@evil.example/", false),
        ("http://", false),
        ("", false),
    ];
    for (address, allowed) in hosts {
        let event = fake::message(address, "1", "hello");
        let signed = (BOT_FRAMEWORK.signed)(&event, now());
        let item = BOT_FRAMEWORK.parse(&signed).unwrap().remove(0);
        let taken = matches!(item.meaning, Meaning::Inbound(_));
        assert_eq!(taken, allowed, "{address}: {:?}", item.meaning);
    }
}

#[test]
fn mentions_of_the_bot_are_no_words() {
    let mut listed = fake::message("https://smba.trafficmanager.net/", "1", "<at>Bot</at> hello");
    listed["entities"] = json!([{
        "type": "mention", "mentioned": { "id": format!("28:{}", fake::APP) }, "text": "<at>Bot</at>",
    }]);
    let text = format!("<at id=\"28:{}\">@Bot</at>  hello", fake::APP);
    let unlisted = fake::message("https://smba.trafficmanager.net/", "2", &text);
    for event in [listed, unlisted] {
        let item = BOT_FRAMEWORK.parse(&(BOT_FRAMEWORK.signed)(&event, now())).unwrap().remove(0);
        let Meaning::Inbound(inbound) = item.meaning else { panic!("taken") };
        let InboundKind::Message(message) = inbound.what else { panic!("a message") };
        assert_eq!(message.text, "hello");
    }
}

#[test]
fn an_invoke_is_answered_with_a_body() {
    let mut event = hello();
    event["type"] = "invoke".into();
    let items = BOT_FRAMEWORK.parse(&(BOT_FRAMEWORK.signed)(&event, now())).unwrap();
    let settings = BOT_FRAMEWORK.channel("https://cloud.example").settings;
    let answer = channels::acknowledge(&settings, &items, &[]);
    assert_eq!(answer.body, AnswerBody::Json(r#"{"status":200}"#.to_owned()));
}

#[test]
fn what_is_no_key_is_left_out() {
    assert_eq!(KeySet::read(&json!({ "keys": [] })), None);
    assert_eq!(KeySet::read(&json!({ "keys": [{ "kty": "EC", "kid": "x" }, 7] })), None);
    assert!(KeySet::read(&json!({ "keys": [7, FIRST.published(None)] })).is_some());
}

async fn send(cloud: &Cloud, kept: &Kept, return_to: Option<&str>) -> SendOutcome {
    let conversation = ConversationId::new("0-c1");
    let message = channels::Outgoing { return_to, ..outgoing(CHAT, "hi", &conversation) };
    let channel = BOT_FRAMEWORK.channel(&cloud.base());
    channels::send(&outbound_to_fakes(), kept, &channel, &message).await
}

#[actix_web::test]
async fn one_token_is_used_until_it_is_refused() {
    let (cloud, kept) = (fake::start(), Kept::default());
    let base = format!("{}/service/", cloud.base());
    let first = send(&cloud, &kept, Some(&base)).await;
    assert_eq!(first, SendOutcome::Sent { external_id: Some("act-1".to_owned()) });
    send(&cloud, &kept, Some(base.trim_end_matches('/'))).await;
    assert_eq!(cloud.requests("/token").len(), 1);
    cloud.with(fake::State::revokes_tokens);
    let again = send(&cloud, &kept, Some(&base)).await;
    assert!(matches!(again, SendOutcome::Sent { .. }), "{again:?}");
    assert_eq!(cloud.requests("/token").len(), 2);
    let (path, body) = cloud.with(|state| state.sent[0].clone());
    assert_eq!(path, "/service/v3/conversations/a%3Aconversation%3Bmessageid%3D7/activities");
    assert_eq!(body, json!({ "type": "message", "text": "hi", "textFormat": "plain" }));
}

#[actix_web::test]
async fn a_token_goes_to_no_other_host() {
    let (cloud, kept) = (fake::start(), Kept::default());
    for address in [None, Some("https://evil.example/"), Some("http://127.0.0.2:1/")] {
        let refused = send(&cloud, &kept, address).await;
        assert!(matches!(refused, SendOutcome::Refused { .. }), "{address:?}: {refused:?}");
    }
    assert!(cloud.requests("").is_empty(), "nobody is even asked for a token");
}

#[actix_web::test]
async fn each_answer_has_its_class() {
    let outcome = async |fault: Fault| {
        let (cloud, kept) = (fake::start(), Kept::default());
        let base = cloud.base();
        cloud.fails("/v3/", fault);
        send(&cloud, &kept, Some(&base)).await
    };
    for status in [412, 429, 500, 502, 503, 504] {
        let found = outcome(Fault::Status(status, "")).await;
        assert!(matches!(found, SendOutcome::RetryLater { .. }), "{status}: {found:?}");
    }
    for status in [403, 404] {
        let found = outcome(Fault::Status(status, "")).await;
        assert!(matches!(found, SendOutcome::Unreachable { .. }), "{status}: {found:?}");
    }
    for status in [400, 405, 413] {
        let found = outcome(Fault::Status(status, "")).await;
        assert!(matches!(found, SendOutcome::Refused { .. }), "{status}: {found:?}");
    }
    let waits = outcome(Fault::TooManyRequests { retry_after_seconds: 3 }).await;
    assert_eq!(waits, SendOutcome::RetryAfter(std::time::Duration::from_secs(3)));
    let lost = outcome(Fault::AnswerLost).await;
    assert!(matches!(lost, SendOutcome::Unknown { .. }), "{lost:?}");
}

#[actix_web::test]
async fn without_a_token_nothing_is_lost() {
    let (cloud, kept) = (fake::start(), Kept::default());
    let base = cloud.base();
    for fault in [Fault::Status(503, ""), Fault::AnswerLost] {
        cloud.fails("/token", fault);
        let later = send(&cloud, &kept, Some(&base)).await;
        assert!(matches!(later, SendOutcome::RetryLater { .. }), "{later:?}");
    }
    let mut channel = BOT_FRAMEWORK.channel(&base);
    if let ChannelSettings::BotFramework { app_password, .. } = &mut channel.settings {
        *app_password = "wrong".to_owned();
    }
    let tested = channels::test(&outbound_to_fakes(), &kept, &channel, now()).await;
    assert_eq!(tested, Err("no access token: 401: bad secret".to_owned()));
}

fn asks_anna(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

#[test]
fn a_customer_is_answered_where_his_message_came_from() {
    tell(asks_anna, async |story| {
        let cloud = fake::start();
        BOT_FRAMEWORK.connects(story, &cloud.base()).await;
        let anna = story.signs_in("anna").await;
        let address = format!("{}/emea/", cloud.base());
        let hello = fake::message(&address, "1", "hello");
        assert_eq!(BOT_FRAMEWORK.posts(story, &hello).await, [Accepted::Created]);
        assert_eq!(BOT_FRAMEWORK.posts(story, &hello).await, [Accepted::Duplicate]);
        let id = anna.accepts_it(story).await;
        assert_eq!(anna.rows()[&id].customer_name, "Jane Smith");
        anna.replies(story, &id, "good morning").await;
        let moved = fake::message(&format!("{}/amer/", cloud.base()), "2", "now from here");
        BOT_FRAMEWORK.posts(story, &moved).await;
        anna.replies(story, &id, "welcome").await;
        let sent = cloud.with(|state| state.sent.clone());
        let places: Vec<_> = sent.iter().map(|(path, _)| path.split('/').nth(1).unwrap()).collect();
        assert_eq!(places, ["emea", "amer"]);
        assert_eq!(sent[1].1["text"], "welcome");
    });
}
