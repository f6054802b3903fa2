//! Messenger, Instagram and `WhatsApp`: proofs over the raw bytes, several accounts of one app, windows
//! and errors of sending, and whole conversations.

use std::time::Duration;

use domain::channel::ChannelSettings;
use domain::chat::InboundKind;
use domain::entry::{Attachment, Author, Body, DeliveryState};
use domain::id::{ConversationId, EntryNumber};
use domain::line::{ClosingRule, LineSettings, RatingScale};
use domain::progress::{Mark, Progress, ProgressOf};
use serde_json::{Value, json};
use switchboard::actors::handle::Accepted;
use switchboard::channels::kept::Kept;
use switchboard::channels::meta::SIGNATURE_HEADER;
use switchboard::channels::proof::hmac_hex;
use switchboard::channels::{self, Item, Meaning, Rejected, SendOutcome};

use super::platform::{Platform, Signed};
use super::rows::{FACEBOOK, INSTAGRAM, WHATSAPP};
use super::{now, outbound_to_fakes, outgoing};
use crate::fakes::meta::{self, Meta};
use crate::fakes::telegram::Fault;
use crate::story::{Story, operators, tell};

const CUSTOMER: &str = "77";

async fn send(platform: &Platform, meta: &Meta, chat: &str, text: &str) -> SendOutcome {
    let conversation = ConversationId::new("0-c1");
    let message = outgoing(chat, text, &conversation);
    let channel = platform.channel(&meta.base());
    channels::send(&outbound_to_fakes(), &Kept::default(), &channel, &message).await
}

fn items(platform: &Platform, event: &Value) -> Vec<Item> {
    platform.parse(&(platform.signed)(event, now())).unwrap()
}

fn inbound(item: &Item) -> domain::chat::Inbound {
    let Meaning::Inbound(inbound) = item.meaning.clone() else { panic!("{item:?}") };
    *inbound
}

fn message(item: &Item) -> domain::chat::CustomerMessage {
    let InboundKind::Message(message) = inbound(item).what else { panic!("{item:?}") };
    message
}

#[test]
fn bytes_are_signed_as_they_are_sent() {
    let raw = format!(
        r#"{{"object":"page","entry":[{{"id":"{}","messaging":[{{"sender":{{"id":"1"}},"message":
        {{"mid":"m","text":"\u00e9 \/ \ud83d\ude00"}}}}]}}]}}"#,
        meta::PAGE
    );
    let sign = |body: &[u8]| {
        let signature = format!("sha256={}", hmac_hex(meta::APP_SECRET, body));
        vec![(SIGNATURE_HEADER, signature)]
    };
    let (headers, body) = (sign(raw.as_bytes()), raw.clone().into_bytes());
    let taken = FACEBOOK.parse(&Signed { headers: headers.clone(), body }).unwrap();
    assert_eq!(message(&taken[0]).text, "é / 😀");
    let anew = serde_json::from_str::<Value>(&raw).unwrap().to_string().into_bytes();
    let refused = FACEBOOK.parse(&Signed { headers, body: anew });
    assert_eq!(refused, Err(Rejected::NotGenuine), "JSON written anew is not what was signed");
}

#[test]
fn a_challenge_is_given_back_to_whoever_knows_the_token() {
    let settings = FACEBOOK.channel("https://graph.example").settings;
    let ask = |pairs: [(&str, &str); 3]| {
        let query = |name: &str| {
            let found = pairs.iter().find(|(found, _)| *found == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        channels::challenge(&settings, &query)
    };
    let with = |mode, token, challenge| {
        ask([("hub.mode", mode), ("hub.verify_token", token), ("hub.challenge", challenge)])
    };
    assert_eq!(with("subscribe", meta::VERIFY, "1158201444"), Some("1158201444".to_owned()));
    assert_eq!(with("subscribe", "another", "1"), None);
    assert_eq!(with("subscribe", "", "1"), None);
    assert_eq!(with("unsubscribe", meta::VERIFY, "1"), None);
    assert_eq!(with("subscribe", meta::VERIFY, "<script>"), None);
    assert_eq!(with("subscribe", meta::VERIFY, ""), None);
}

#[test]
fn events_of_several_pages_say_whose_they_are() {
    let ours = meta::messaging("page", meta::PAGE, &[meta::message(meta::PAGE, "1", "m1", "a")]);
    let other = meta::messaging("page", "999", &[meta::message("999", "2", "m2", "b")]);
    let both = (FACEBOOK.together.unwrap())(&[ours, other]);
    let accounts: Vec<_> = items(&FACEBOOK, &both).into_iter().map(|item| item.account).collect();
    assert_eq!(accounts, [None, Some("999".to_owned())]);
}

#[test]
fn an_echo_is_ours_or_somebody_elses() {
    let echo = |metadata: Value| {
        let event = meta::echo(meta::PAGE, CUSTOMER, "mid.9", "hi", &metadata);
        items(&FACEBOOK, &meta::messaging("page", meta::PAGE, &[event])).remove(0)
    };
    let ours = inbound(&echo(json!("switchboard:0-c1:3:0")));
    let mark = Mark {
        conversation: ConversationId::new("0-c1"),
        entry: EntryNumber(3),
        part: 0,
        external_id: Some("mid.9".into()),
    };
    let progress = Progress { of: ProgressOf::Marked(mark), state: DeliveryState::Sent };
    assert_eq!((&*ours.chat, ours.what), (CUSTOMER, InboundKind::Progress(progress)));
    assert_eq!(echo(json!("switchboard:what?")).meaning, Meaning::Ignored("own_echo"));
    for metadata in [Value::Null, json!("OF_ANOTHER_PROGRAM")] {
        let found = inbound(&echo(metadata));
        assert_eq!(&*found.chat, CUSTOMER);
        assert!(matches!(found.what, InboundKind::Elsewhere(_)), "{found:?}");
    }
}

#[actix_web::test]
async fn after_the_window_an_operator_answers_as_a_person() {
    let graph = meta::start();
    graph.with(|state| state.closed = true);
    let sent = send(&FACEBOOK, &graph, CUSTOMER, "sorry for the wait").await;
    assert_eq!(sent, SendOutcome::Sent { external_id: Some("mid.1".to_owned()) });
    let body = graph.with(|state| state.sent[0].clone());
    assert_eq!(
        (&body["tag"], &body["messaging_type"]),
        (&json!("HUMAN_AGENT"), &json!("MESSAGE_TAG"))
    );
    let refused = send(&INSTAGRAM, &graph, CUSTOMER, "hello").await;
    assert!(matches!(refused, SendOutcome::Refused { .. }), "not allowed there: {refused:?}");
    let conversation = ConversationId::new("0-c1");
    let automatic =
        channels::Outgoing { by_operator: false, ..outgoing(CUSTOMER, "closed", &conversation) };
    let channel = FACEBOOK.channel(&graph.base());
    let refused =
        channels::send(&outbound_to_fakes(), &Kept::default(), &channel, &automatic).await;
    assert!(matches!(refused, SendOutcome::Refused { .. }), "no person wrote it: {refused:?}");
}

#[actix_web::test]
async fn each_error_has_its_class() {
    let outcome = async |platform: &Platform, code: i64, subcode: i64| {
        let graph = meta::start();
        graph.fails("/messages", Fault::Status(400, meta::refusal(code, subcode)));
        send(platform, &graph, CUSTOMER, "hello").await
    };
    for (code, subcode) in [(1, 0), (2, 0), (4, 0), (32, 0), (341, 0), (613, 0), (1200, 0)] {
        let found = outcome(&FACEBOOK, code, subcode).await;
        assert!(matches!(found, SendOutcome::RetryLater { .. }), "{code}: {found:?}");
    }
    for code in [190, 200, 230, 368] {
        let found = outcome(&FACEBOOK, code, 0).await;
        assert!(matches!(found, SendOutcome::ChannelDead { .. }), "{code}: {found:?}");
    }
    for (code, subcode) in [(551, 0), (100, 2_018_001)] {
        let found = outcome(&FACEBOOK, code, subcode).await;
        assert!(matches!(found, SendOutcome::Unreachable { .. }), "{code}: {found:?}");
    }
    let perhaps = outcome(&FACEBOOK, 1, 1_357_046).await;
    assert!(matches!(perhaps, SendOutcome::Unknown { .. }), "{perhaps:?}");
    for code in [130_429, 131_000, 131_048, 131_056, 80_007] {
        let found = outcome(&WHATSAPP, code, 0).await;
        assert!(matches!(found, SendOutcome::RetryLater { .. }), "{code}: {found:?}");
    }
    for code in [131_026, 131_049, 130_472] {
        let found = outcome(&WHATSAPP, code, 0).await;
        assert!(matches!(found, SendOutcome::Unreachable { .. }), "{code}: {found:?}");
    }
    for code in [3, 10, 190, 250, 131_005, 131_031] {
        let found = outcome(&WHATSAPP, code, 0).await;
        assert!(matches!(found, SendOutcome::ChannelDead { .. }), "{code}: {found:?}");
    }
    let SendOutcome::Refused { reason } = outcome(&WHATSAPP, 131_047, 0).await else { panic!() };
    assert_eq!(reason, "131047: no ***");
}

#[actix_web::test]
async fn faults_of_the_way_have_their_class() {
    let outcome = async |fault: Fault| {
        let graph = meta::start();
        graph.fails("/messages", fault);
        send(&FACEBOOK, &graph, CUSTOMER, "hello").await
    };
    for fault in [Fault::RequestLost, Fault::AnswerLost] {
        let found = outcome(fault).await;
        assert!(matches!(found, SendOutcome::Unknown { .. }), "{found:?}");
    }
    let waits = outcome(Fault::TooManyRequests { retry_after_seconds: 9 }).await;
    assert_eq!(waits, SendOutcome::RetryAfter(Duration::from_secs(9)));
    let down = outcome(Fault::Status(502, "<html>")).await;
    assert!(matches!(down, SendOutcome::RetryLater { .. }), "{down:?}");
    let portal = outcome(Fault::Status(200, "<html>")).await;
    assert!(matches!(portal, SendOutcome::Unknown { .. }), "{portal:?}");
}

#[test]
fn instagram_cuts_at_a_thousand_bytes() {
    let settings = INSTAGRAM.channel("https://graph.example").settings;
    let text = "Здравствуйте 👨‍👩‍👧‍👦 ".repeat(100);
    let parts = channels::parts(&settings, &text, &[]).into_iter().map(|part| part.text);
    let parts: Vec<String> = parts.collect();
    assert!(parts.len() > 3 && parts.iter().all(|part| part.len() <= 1_000));
    assert_eq!(parts.concat(), text);
}

#[test]
fn a_customer_of_whatsapp_is_known_by_his_user_id_and_may_have_no_phone() {
    let without = &(WHATSAPP.events)()[1];
    let found = inbound(&items(&WHATSAPP, without)[0]);
    assert_eq!((&*found.chat, &*found.customer_name), ("US.135", "@sheena"));
    let InboundKind::Message(written) = found.what else { panic!("a message") };
    assert_eq!(written.phone, None);
    let with = message(&items(&WHATSAPP, &meta::whatsapp_text("16505551234", "w", "hi"))[0]);
    assert_eq!(with.phone.as_deref(), Some("16505551234"));
}

#[test]
fn media_of_whatsapp_keep_their_handle() {
    let document = json!({
        "from": "1", "id": "w", "timestamp": "1795000000", "type": "document",
        "document": { "caption": "the bill", "filename": "bill.pdf", "id": "848704520347750" },
    });
    let event = meta::whatsapp("messages", &json!({ "messages": [document] }));
    let written = message(&items(&WHATSAPP, &event)[0]);
    let [Attachment::File { what, name, external_id, .. }] = &written.attachments[..] else {
        panic!("{written:?}")
    };
    assert_eq!((&*written.text, &**what), ("the bill", "document"));
    assert_eq!(
        (name.as_deref(), external_id.as_deref()),
        (Some("bill.pdf"), Some("848704520347750"))
    );
}

#[actix_web::test]
async fn whatsapp_is_written_to_a_phone_or_a_user() {
    let graph = meta::start();
    for chat in ["16505551234", "US.135"] {
        let sent = send(&WHATSAPP, &graph, chat, "hello").await;
        assert!(matches!(sent, SendOutcome::Sent { external_id: Some(_) }), "{sent:?}");
    }
    let bodies = graph.with(|state| state.sent.clone());
    assert_eq!((&bodies[0]["to"], &bodies[0]["recipient"]), (&json!("16505551234"), &Value::Null));
    assert_eq!((&bodies[1]["to"], &bodies[1]["recipient"]), (&Value::Null, &json!("US.135")));
    assert_eq!(bodies[0]["biz_opaque_callback_data"], "0-c1:3:0");
}

#[actix_web::test]
async fn ratings_have_the_buttons_of_their_platform() {
    let graph = meta::start();
    let conversation = ConversationId::new("0-c1");
    let mut asking = outgoing(CUSTOMER, "How was it?", &conversation);
    asking.rating = Some(RatingScale::Stars);
    for platform in [FACEBOOK, WHATSAPP] {
        let channel = platform.channel(&graph.base());
        channels::send(&outbound_to_fakes(), &Kept::default(), &channel, &asking).await;
    }
    let bodies = graph.with(|state| state.sent.clone());
    let reply = &bodies[0]["message"]["quick_replies"][3];
    assert_eq!(
        (&reply["title"], &reply["payload"]),
        (&json!("4 ⭐"), &json!("switchboard:rating:4"))
    );
    let rows = &bodies[1]["interactive"]["action"]["sections"][0]["rows"];
    assert_eq!(rows[4], json!({ "id": "switchboard:rating:5", "title": "5 ⭐" }));
    let press = json!({ "type": "list_reply", "list_reply": { "id": "switchboard:rating:5", "title": "5 ⭐" } });
    let pressed = json!({ "from": "1", "id": "w", "type": "interactive", "interactive": press });
    let event = meta::whatsapp("messages", &json!({ "messages": [pressed] }));
    assert_eq!(message(&items(&WHATSAPP, &event)[0]).rating, Some(5));
}

#[actix_web::test]
async fn a_page_is_subscribed_and_tested() {
    let graph = meta::start();
    let (channel, outbound) = (FACEBOOK.channel(&graph.base()), outbound_to_fakes());
    assert_eq!(channels::connect(&outbound, &channel, None).await, Ok(()));
    let asked =
        serde_json::from_slice::<Value>(&graph.requests("subscribed_apps")[0].body).unwrap();
    assert!(asked["subscribed_fields"].as_str().unwrap().contains("message_echoes"));
    let tested = channels::test(&outbound, &Kept::default(), &channel, now()).await;
    assert_eq!(tested, Ok("Our shop".to_owned()));
}

fn asks_for_likes(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
    line.closing.rule = ClosingRule::Rating;
}

#[test]
fn a_page_talks_with_its_customer() {
    tell(asks_for_likes, async |story| {
        let graph = meta::start();
        graph.with(|state| {
            let person = json!({ "first_name": "Maria", "last_name": "Keller" });
            state.people.insert(CUSTOMER.to_owned(), person);
        });
        FACEBOOK.connects(story, &graph.base()).await;
        let anna = story.signs_in("anna").await;
        let one = |event: Value| meta::messaging("page", meta::PAGE, &[event]);
        let hello = one(meta::message(meta::PAGE, CUSTOMER, "m1", "good morning"));
        assert_eq!(FACEBOOK.posts(story, &hello).await, [Accepted::Created]);
        assert_eq!(FACEBOOK.posts(story, &hello).await, [Accepted::Duplicate]);
        let id = anna.accepts_it(story).await;
        assert_eq!(anna.rows()[&id].customer_name, "Maria Keller");
        anna.replies(story, &id, "how can I help?").await;
        let sent = graph.with(|state| state.sent[0].clone());
        let metadata = &sent["message"]["metadata"];
        let ours = meta::echo(meta::PAGE, CUSTOMER, "mid.1", "how can I help?", metadata);
        assert_eq!(FACEBOOK.posts(story, &one(ours)).await, [Accepted::Created]);
        assert_eq!(last_delivery(story, &id).await, DeliveryState::Sent, "it is ours");
        let theirs = meta::echo(meta::PAGE, CUSTOMER, "mid.x", "by hand", &Value::Null);
        assert_eq!(FACEBOOK.posts(story, &one(theirs)).await, [Accepted::Created]);
        let entries = story.node.transcript(&id).await.unwrap().unwrap().entries;
        let elsewhere = entries.iter().filter(|entry| entry.author == Author::Elsewhere);
        assert_eq!(elsewhere.count(), 1);
        anna.finishes(story, &id).await;
        let mut press = meta::message(meta::PAGE, CUSTOMER, "m2", "👍");
        press["message"]["quick_reply"] = json!({ "payload": "switchboard:rating:1" });
        FACEBOOK.posts(story, &one(press)).await;
        assert_eq!(anna.rows()[&id].rating.map(|rating| rating.value), Some(1));
    });
}

#[test]
fn receipts_say_how_far_an_answer_has_got_and_never_go_back() {
    tell(asks_for_likes, async |story| {
        let graph = meta::start();
        WHATSAPP.connects(story, &graph.base()).await;
        FACEBOOK.connects(story, &graph.base()).await;
        let anna = story.signs_in("anna").await;
        WHATSAPP.posts(story, &meta::whatsapp_text("16505551234", "w1", "hello")).await;
        let id = anna.accepts_it(story).await;
        anna.replies(story, &id, "hi").await;
        let status = |message: &str, word: &str, more: Value| {
            let mut status = json!({
                "id": message, "status": word, "recipient_id": "16505551234", "timestamp": "1",
            });
            status["errors"] = more;
            meta::whatsapp("messages", &json!({ "statuses": [status] }))
        };
        let read = status("wamid.1", "read", Value::Null);
        WHATSAPP.posts(story, &read).await;
        assert_eq!(last_delivery(story, &id).await, DeliveryState::Read);
        for late in ["delivered", "failed"] {
            WHATSAPP.posts(story, &status("wamid.1", late, Value::Null)).await;
            assert_eq!(last_delivery(story, &id).await, DeliveryState::Read, "{late} comes late");
        }
        anna.replies(story, &id, "are you there?").await;
        let why = json!([{ "code": 131_047, "title": "Re-engagement message" }]);
        WHATSAPP.posts(story, &status("wamid.2", "failed", why)).await;
        let reason = "131047: Re-engagement message".to_owned();
        assert_eq!(last_delivery(story, &id).await, DeliveryState::Failed { reason });
        graph.fails("/messages", Fault::AnswerLost);
        anna.replies(story, &id, "hello?").await;
        assert_eq!(last_delivery(story, &id).await, DeliveryState::Unconfirmed);
        let marked = graph.with(|state| state.sent[2]["biz_opaque_callback_data"].clone());
        let mut taken = status("wamid.3", "sent", Value::Null);
        taken["entry"][0]["changes"][0]["value"]["statuses"][0]["biz_opaque_callback_data"] =
            marked;
        WHATSAPP.posts(story, &taken).await;
        assert_eq!(last_delivery(story, &id).await, DeliveryState::Sent, "the status says so");

        let one = |event: Value| meta::messaging("page", meta::PAGE, &[event]);
        FACEBOOK.posts(story, &one(meta::message(meta::PAGE, CUSTOMER, "m1", "hello"))).await;
        let id = anna.accepts_it(story).await;
        anna.replies(story, &id, "hi").await;
        let read =
            |at: i64| one(json!({ "sender": { "id": CUSTOMER }, "read": { "watermark": at } }));
        FACEBOOK.posts(story, &read(story.now().as_millisecond() - 60_000)).await;
        assert_eq!(last_delivery(story, &id).await, DeliveryState::Sent, "read before that");
        FACEBOOK.posts(story, &read(story.now().as_millisecond() + 1)).await;
        assert_eq!(last_delivery(story, &id).await, DeliveryState::Read);
    });
}

/// How far our newest message of a conversation has got.
async fn last_delivery(story: &Story, id: &ConversationId) -> DeliveryState {
    let entries = story.node.transcript(id).await.unwrap().unwrap().entries;
    let newest = entries.into_iter().rev().find_map(|entry| match entry.body {
        Body::Message(message) => message.delivery,
        Body::Note { .. } | Body::Fact(_) => None,
    });
    newest.expect("something was sent")
}

#[test]
fn whatsapp_is_answered_in_a_template_after_a_day_of_silence() {
    let anna_alone = |line: &mut LineSettings| line.queue.operators = operators(["anna"]);
    tell(anna_alone, async |story| {
        let graph = meta::start();
        let mut channel = WHATSAPP.channel(&graph.base());
        if let ChannelSettings::Whatsapp { template, template_language, .. } = &mut channel.settings
        {
            (*template, *template_language) = ("we_answer".to_owned(), "ru".to_owned());
        }
        story.opens_channel("whatsapp", channel.settings).await;
        let anna = story.signs_in("anna").await;
        WHATSAPP.posts(story, &meta::whatsapp_text("16505551234", "wamid.1", "hello")).await;
        let id = anna.accepts_it(story).await;
        anna.replies(story, &id, "we will see").await;
        story.time_jumps(24 * 3_600).await;
        let anna = story.signs_in("anna").await;
        anna.replies(story, &id, "It is there.\n\nCome   by!").await;
        let sent = graph.with(|state| state.sent.clone());
        let kinds: Vec<&str> = sent.iter().map(|body| body["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["text", "template"]);
        let expected = json!({
            "name": "we_answer", "language": { "code": "ru" },
            "components": [{ "type": "body",
                "parameters": [{ "type": "text", "text": "It is there. Come by!" }] }],
        });
        assert_eq!(sent[1]["template"], expected);
        assert_eq!(sent[1]["to"], "16505551234");
        anna.replies(story, &id, &"long ".repeat(300)).await;
        let DeliveryState::Failed { reason } = last_delivery(story, &id).await else { panic!() };
        assert!(reason.contains("1,024"), "{reason}");
        WHATSAPP.posts(story, &meta::whatsapp_text("16505551234", "wamid.2", "thanks")).await;
        anna.replies(story, &id, "you are welcome").await;
        let newest = graph.with(|state| state.sent.last().cloned().unwrap());
        assert_eq!(newest["type"], "text", "he has written again");
    });
}

#[actix_web::test]
async fn whatsapp_says_itself_that_the_day_is_over() {
    let graph = meta::start();
    graph.with(|state| state.closed = true);
    let conversation = ConversationId::new("0-c1");
    let message = outgoing("16505551234", "hello", &conversation);
    let mut channel = WHATSAPP.channel(&graph.base());
    let (outbound, kept) = (outbound_to_fakes(), Kept::default());
    let without = channels::send(&outbound, &kept, &channel, &message).await;
    assert!(matches!(without, SendOutcome::Refused { .. }), "{without:?}");
    if let ChannelSettings::Whatsapp { template, .. } = &mut channel.settings {
        *template = "we_answer".to_owned();
    }
    let inside = channels::send(&outbound, &kept, &channel, &message).await;
    assert!(matches!(inside, SendOutcome::Sent { .. }), "{inside:?}");
    let of_the_line = channels::Outgoing { by_operator: false, ..message };
    let refused = channels::send(&outbound, &kept, &channel, &of_the_line).await;
    assert!(matches!(refused, SendOutcome::Refused { .. }), "texts of the line itself do not");
}

#[test]
fn the_phone_of_a_whatsapp_customer_is_on_his_card() {
    tell(asks_for_likes, async |story| {
        let graph = meta::start();
        WHATSAPP.connects(story, &graph.base()).await;
        let anna = story.signs_in("anna").await;
        let hello = meta::whatsapp_text("16505551234", "w1", "hello");
        assert_eq!(WHATSAPP.posts(story, &hello).await, [Accepted::Created]);
        let id = anna.accepts_it(story).await;
        let person = story.customer_of(&id).await;
        let phones = serde_json::to_string(&person.card).unwrap();
        assert!(phones.contains("+16505551234"), "{phones}");
        anna.replies(story, &id, "hi").await;
        assert_eq!(graph.with(|state| state.sent[0]["text"]["body"].clone()), "hi");
    });
}
