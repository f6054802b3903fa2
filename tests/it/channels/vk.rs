//! VK: what its events mean, how a community answers, and both in a whole node.

use std::time::Duration;

use domain::channel::ChannelSettings;
use domain::entry::{Attachment, Author, DeliveryState};
use domain::id::ConversationId;
use domain::line::{ClosingRule, LineSettings, RatingScale};
use serde_json::{Value, json};
use switchboard::actors::handle::Accepted;
use switchboard::channels::kept::Kept;
use switchboard::channels::{self, Acknowledgement, AnswerBody, Meaning, PollError, SendOutcome};

use super::platform::Signed;
use super::rows::VK;
use super::{now, outbound_to_fakes, outgoing};
use crate::fakes::telegram::Fault;
use crate::fakes::vk::{self, Sent, Vk};
use crate::story::{Story, operators, tell};

const PEER: &str = "77";

async fn send(vk: &Vk, text: &str) -> SendOutcome {
    let conversation = ConversationId::new("0-c1");
    let message = outgoing(PEER, text, &conversation);
    channels::send(&outbound_to_fakes(), &Kept::default(), &VK.channel(&vk.base()), &message).await
}

async fn send_after(fault: Fault) -> SendOutcome {
    let vk = vk::start();
    vk.fails("messages.send", fault);
    send(&vk, "hello").await
}

fn error(code: i64) -> Fault {
    let body = json!({ "error": { "error_code": code, "error_msg": format!("no {}", vk::TOKEN) } });
    Fault::Status(200, Box::leak(body.to_string().into_boxed_str()))
}

fn meaning(event: &Value) -> Meaning {
    VK.parse(&Signed::plain(event)).unwrap().remove(0).meaning
}

#[test]
fn the_answer_is_exactly_what_the_platform_wants_to_read() {
    let settings = VK.channel("https://vk.example").settings;
    let answer = |event: &Value| {
        let items = VK.parse(&Signed::plain(event)).unwrap();
        channels::acknowledge(&settings, &items, &[channels::Taken::Created])
    };
    let says = |text: &str| Acknowledgement { status: 200, body: AnswerBody::Text(text.into()) };
    assert_eq!(answer(&vk::message_new(77, 1, "remove")), says("ok"));
    assert_eq!(answer(&vk::event("wall_post_new", "w", &json!({}))), says("ok"));
    let confirmation = json!({
        "type": "confirmation", "group_id": vk::GROUP, "secret": vk::SECRET,
    });
    assert_eq!(answer(&confirmation), says(vk::CONFIRMATION));
}

#[test]
fn a_message_may_be_flat_and_its_payload_a_text_or_an_object() {
    let event = vk::message_new(77, 1, "5 ⭐");
    let mut flat = event.clone();
    flat["object"] = event["object"]["message"].clone();
    for payload in [json!({ "switchboard": 5 }), json!("{\"switchboard\":5}")] {
        for mut event in [event.clone(), flat.clone()] {
            let object = &mut event["object"];
            let message =
                if object["message"].is_object() { &mut object["message"] } else { object };
            message["payload"] = payload.clone();
            let Meaning::Inbound(inbound) = meaning(&event) else { panic!("taken") };
            let domain::chat::InboundKind::Message(message) = inbound.what else { panic!() };
            assert_eq!((&*message.text, message.rating), ("5 ⭐", Some(5)));
        }
    }
}

#[test]
fn the_secret_is_not_kept_with_the_original() {
    let Meaning::Inbound(inbound) = meaning(&vk::message_new(77, 1, "hello")) else { panic!() };
    let original = inbound.original.unwrap();
    assert!(original.contains("hello") && !original.contains(vk::SECRET), "{original}");
}

#[test]
fn the_largest_photo_is_the_photo() {
    let Meaning::Inbound(inbound) = meaning(&(VK.events)()[1]) else { panic!("taken") };
    let domain::chat::InboundKind::Message(message) = inbound.what else { panic!("a message") };
    let [Attachment::File { what, external_id, .. }] = &message.attachments[..] else { panic!() };
    assert_eq!((&**what, external_id.as_deref()), ("photo", Some("https://vk.example/large.jpg")));
}

#[actix_web::test]
async fn a_repeat_after_a_lost_answer_arrives_once() {
    let vk = vk::start();
    vk.fails("messages.send", Fault::AnswerLost);
    assert!(matches!(send(&vk, "hello").await, SendOutcome::RetryLater { .. }));
    let sent = send(&vk, "hello").await;
    assert_eq!(sent, SendOutcome::Sent { external_id: Some("500".to_owned()) });
    assert_eq!(vk.with(|state| state.sent.len()), 1);
    assert!(channels::repeat_is_safe(&VK.channel("").settings));
    assert_eq!(vk.requests("messages.send").len(), 2);
    let in_addresses = vk.requests("").iter().any(|request| request.path.contains(vk::TOKEN));
    assert!(!in_addresses, "the token stands in no address");
}

#[actix_web::test]
async fn each_error_has_its_class() {
    for code in [1, 6, 10, 14, 17, 36, 950] {
        assert!(matches!(send_after(error(code)).await, SendOutcome::RetryLater { .. }), "{code}");
    }
    for code in [9, 29] {
        assert!(matches!(send_after(error(code)).await, SendOutcome::RetryAfter(_)), "{code}");
    }
    for code in [5, 7, 15, 27, 28, 203] {
        assert!(matches!(send_after(error(code)).await, SendOutcome::ChannelDead { .. }), "{code}");
    }
    for code in [18, 900, 901, 902, 917, 927, 932, 936, 945, 946] {
        let outcome = send_after(error(code)).await;
        assert!(matches!(outcome, SendOutcome::Unreachable { .. }), "{code}");
    }
    for code in [100, 914, 4_711] {
        let SendOutcome::Refused { reason } = send_after(error(code)).await else { panic!() };
        assert_eq!(reason, format!("{code}: no ***"));
    }
    let down = send_after(Fault::Status(502, "<html>Bad Gateway</html>")).await;
    assert!(matches!(down, SendOutcome::RetryLater { .. }), "{down:?}");
}

#[actix_web::test]
async fn a_rating_is_asked_with_buttons_where_the_platform_takes_them() {
    let vk = vk::start();
    let conversation = ConversationId::new("0-c1");
    let mut asking = outgoing(PEER, "How was it?", &conversation);
    asking.rating = Some(RatingScale::Stars);
    let channel = VK.channel(&vk.base());
    vk.fails("messages.send", error(912));
    for part in [0, 1] {
        asking.part = part;
        let asked = channels::send(&outbound_to_fakes(), &Kept::default(), &channel, &asking).await;
        assert!(matches!(asked, SendOutcome::Sent { .. }), "{asked:?}");
    }
    let keyboards =
        vk.with(|state| state.sent.iter().map(|sent| sent.keyboard.clone()).collect::<Vec<_>>());
    assert_eq!(keyboards[0], None, "sent without, when they were refused");
    let row = &keyboards[1].as_ref().unwrap()["buttons"][0];
    assert_eq!(row.as_array().unwrap().len(), 5);
    let button = json!({ "type": "text", "label": "4 ⭐", "payload": "{\"switchboard\":4}" });
    assert_eq!(row[3]["action"], button);
}

#[actix_web::test]
async fn a_long_poll_goes_on_where_it_stopped() {
    let vk = vk::start();
    let (channel, outbound, kept) = (VK.channel(&vk.base()), outbound_to_fakes(), Kept::default());
    let poll = async |offset| {
        channels::poll(&outbound, &kept, &channel, offset, Duration::ZERO, now()).await
    };
    let first = poll(None).await.unwrap();
    assert_eq!((first.items.len(), first.next_offset), (0, Some(0)));
    vk.with(|state| state.updates.push(vk::message_new(77, 1, "hello")));
    let second = poll(first.next_offset).await.unwrap();
    assert_eq!((second.items.len(), second.next_offset), (1, Some(1)));
    assert_eq!(second.items, VK.parse(&Signed::plain(&vk::message_new(77, 1, "hello"))).unwrap());
    let ahead = poll(Some(40)).await.unwrap();
    assert_eq!((ahead.items.len(), ahead.next_offset), (0, Some(1)), "failed: 1");
    vk.fails("/poll", Fault::Status(200, r#"{"failed":2}"#));
    vk.with(|state| state.updates.push(vk::message_new(77, 2, "meanwhile")));
    assert_eq!(poll(Some(1)).await.unwrap().next_offset, Some(1), "the place holds");
    assert_eq!(poll(Some(1)).await.unwrap().items.len(), 1, "with a new key");
    assert_eq!(vk.requests("getLongPollServer").len(), 2);
    vk.fails("/poll", Fault::Status(200, r#"{"failed":3}"#));
    let anew = poll(Some(1)).await.unwrap();
    assert_eq!((anew.items.len(), anew.next_offset), (0, Some(2)), "both are lost");
    assert_eq!(vk.requests("getLongPollServer").len(), 3);
    vk.fails("/poll", Fault::Status(502, ""));
    assert!(matches!(poll(Some(1)).await, Err(PollError::RetryLater { .. })));
    vk.fails("getLongPollServer", error(15));
    assert!(matches!(poll(None).await, Err(PollError::ChannelDead { .. })));
}

/// What a customer said so far, as soon as it is so much.
async fn said(story: &Story, times: usize) -> Vec<String> {
    let (patience, since) = (Duration::from_secs(20), switchboard::clock::monotonic());
    loop {
        let open = story.conversations().await;
        let his = open.iter().find(|conversation| &*conversation.chat.external == PEER);
        let said = match his {
            Some(conversation) => story.messages(&conversation.id).await,
            None => Vec::new(),
        };
        if said.len() >= times {
            return said;
        }
        assert!(since.elapsed() < patience, "he said {said:?}");
        story.seconds_pass(1).await;
    }
}

#[test]
fn asking_goes_on_after_a_restart_where_it_stopped() {
    let anna_alone = |line: &mut LineSettings| line.queue.operators = operators(["anna"]);
    tell(anna_alone, async |story| {
        let vk = vk::start();
        vk.with(|state| state.cuts_empty_polls = true);
        let mut channel = VK.channel(&vk.base());
        if let ChannelSettings::Vk { polling, .. } = &mut channel.settings {
            *polling = true;
        }
        story.opens_channel("vk", channel.settings).await;
        while vk.requests("/poll").is_empty() {
            story.seconds_pass(1).await;
        }
        let hello = vk::message_new(77, 1, "hello");
        vk.with(|state| state.updates.push(hello.clone()));
        assert_eq!(said(story, 1).await, ["hello"]);
        vk.fails("/poll", Fault::AnswerLost);
        vk.fails("/poll", Fault::Status(200, r#"{"failed":2}"#));
        let slept = vk::message_new(77, 2, "while you slept");
        vk.with(|state| state.updates.extend([slept.clone(), hello, slept]));
        story.restarts().await;
        let more = vk::message_new(77, 3, "are you awake?");
        assert_eq!(said(story, 2).await, ["hello", "while you slept"]);
        vk.with(|state| state.updates.push(more));
        let all = ["hello", "while you slept", "are you awake?"];
        assert_eq!(said(story, 3).await, all, "each once");
        let asked = vk.requests("/poll").pop().unwrap().path;
        assert!(asked.contains("ts=4") || asked.contains("ts=5"), "{asked}");
    });
}

#[actix_web::test]
async fn a_test_says_whose_token_it_is() {
    let vk = vk::start();
    let outbound = outbound_to_fakes();
    let tested = channels::test(&outbound, &Kept::default(), &VK.channel(&vk.base()), now()).await;
    assert_eq!(tested, Ok("Our shop".to_owned()));
    vk.fails("groups.getById", error(5));
    let tested = channels::test(&outbound, &Kept::default(), &VK.channel(&vk.base()), now()).await;
    assert_eq!(tested, Err("5: no ***".to_owned()));
}

fn asks_for_likes(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
    line.closing.rule = ClosingRule::Rating;
}

#[test]
fn a_customer_writes_is_answered_and_rates() {
    tell(asks_for_likes, async |story| {
        let vk = vk::start();
        vk.with(|state| {
            let name = ("Мария".to_owned(), "Кузнецова".to_owned());
            state.names.insert(PEER.to_owned(), name);
        });
        VK.connects(story, &vk.base()).await;
        let anna = story.signs_in("anna").await;
        let hello = vk::message_new(77, 1, "Здравствуйте");
        assert_eq!(VK.posts(story, &hello).await, [Accepted::Created]);
        assert_eq!(VK.posts(story, &hello).await, [Accepted::Duplicate]);
        let id = anna.accepts_it(story).await;
        assert_eq!(anna.rows()[&id].customer_name, "Мария Кузнецова");
        anna.replies(story, &id, "Добрый день").await;
        let sent = vk.with(|state| state.sent[0].clone());
        assert_eq!((&*sent.peer, &*sent.text), (PEER, "Добрый день"));
        assert_eq!(VK.posts(story, &vk::message_reply(&sent, None)).await, [], "it is ours");
        anna.finishes(story, &id).await;
        let mut press = vk::message_new(77, 2, "👍");
        press["object"]["message"]["payload"] = json!("{\"switchboard\":1}");
        VK.posts(story, &press).await;
        assert_eq!(anna.rows()[&id].rating.map(|rating| rating.value), Some(1));
        VK.posts(story, &vk::event("message_deny", "deny", &json!({ "user_id": 77 }))).await;
        assert_eq!(vk.requests("users.get").len(), 1, "a name is asked for once");
    });
}

#[test]
fn what_a_manager_writes_in_vk_is_an_answer_and_opens_nothing() {
    tell(asks_for_likes, async |story| {
        let vk = vk::start();
        VK.connects(story, &vk.base()).await;
        let anna = story.signs_in("anna").await;
        let by_manager = |id: i64, text: &str| {
            let sent = Sent {
                peer: PEER.to_owned(),
                text: text.to_owned(),
                id,
                random_id: 0,
                payload: None,
                keyboard: None,
                attached: Vec::new(),
            };
            vk::message_reply(&sent, Some(5))
        };
        VK.posts(story, &by_manager(8, "spring sale")).await;
        assert!(anna.offers().is_empty(), "nobody has written to us");
        VK.posts(story, &vk::message_new(77, 9, "hello")).await;
        let id = anna.accepts_it(story).await;
        assert_eq!(anna.rows()[&id].customer_name, "VK user 77", "the platform does not say it");
        assert!(anna.rows()[&id].waiting_since.is_some());
        let answer = by_manager(10, "good morning");
        assert_eq!(VK.posts(story, &answer).await, [Accepted::Created]);
        assert_eq!(VK.posts(story, &answer).await, [Accepted::Duplicate]);
        assert!(anna.rows()[&id].waiting_since.is_none(), "he has an answer");
        let entries = story.node.transcript(&id).await.unwrap().unwrap().entries;
        let elsewhere = entries.iter().filter(|entry| entry.author == Author::Elsewhere);
        let elsewhere: Vec<_> = elsewhere.collect();
        let [entry] = &elsewhere[..] else { panic!("shown once: {elsewhere:?}") };
        let domain::entry::Body::Message(message) = &entry.body else { panic!("a message") };
        assert_eq!(
            (&*message.text, &message.delivery),
            ("good morning", &Some(DeliveryState::Sent))
        );
        assert!(vk.with(|state| state.sent.is_empty()), "it is not sent again");
    });
}
