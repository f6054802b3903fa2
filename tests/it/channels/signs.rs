//! That somebody writes, and that something was read: both ways, on each platform that has it.

use domain::id::ConversationId;
use domain::line::LineSettings;
use serde_json::{Value, json};
use switchboard::protocol::{ClientFrame, ServerFrame};

use super::platform::Platform;
use super::rows::{BOT_FRAMEWORK, FACEBOOK, INSTAGRAM, MAX, VIBER, VK, WHATSAPP};
use crate::fakes::server::Request;
use crate::fakes::{botframework, bots, meta, vk};
use crate::story::{Desk, Story, operators, tell};

fn anna_and_boris(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

/// What the platform was told beside messages, a line each.
fn fields(request: &Request) -> Vec<(String, String)> {
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}

fn shows(desk: &Desk) -> usize {
    let frames = desk.frames().into_iter();
    frames.filter(|frame| matches!(frame, ServerFrame::Typing { .. })).count()
}

async fn watches(story: &Story, desk: &Desk, id: &ConversationId) {
    desk.says(&ClientFrame::Watch { conversation: Some(id.clone()) });
    story.settles().await;
}

/// A customer wrote, Anna took it and looks at it.
async fn anna_looks_at_it(
    story: &Story,
    platform: &Platform,
    base: &str,
    hello: &Value,
) -> (Desk, ConversationId) {
    platform.connects(story, base).await;
    let anna = story.signs_in("anna").await;
    platform.posts(story, hello).await;
    let (id, offer) = anna.offer();
    watches(story, &anna, &id).await;
    anna.drafts(story, &id, "thinking").await;
    anna.accepts(story, (id.clone(), offer)).await;
    (anna, id)
}

#[test]
fn vk_shows_that_an_operator_writes_and_has_read() {
    tell(anna_and_boris, async |story| {
        let vk = vk::start();
        let hello = vk::message_new(77, 1, "hello");
        let (anna, id) = anna_looks_at_it(story, &VK, &vk.base(), &hello).await;
        let read = |vk: &vk::Vk| vk.requests("messages.markAsRead").len();
        let writing = |vk: &vk::Vk| vk.requests("messages.setActivity");
        assert_eq!((read(&vk), writing(&vk).len()), (1, 0), "nobody writes before it is his");
        anna.drafts(story, &id, "Good").await;
        anna.drafts(story, &id, "Good mor").await;
        story.seconds_pass(5).await;
        anna.drafts(story, &id, "Good morning").await;
        anna.drafts(story, &id, "").await;
        assert_eq!(writing(&vk).len(), 2, "not at each letter");
        let told = fields(&writing(&vk)[0]);
        for (field, value) in [("peer_id", "77"), ("type", "typing"), ("group_id", "4400")] {
            assert!(told.contains(&(field.to_owned(), value.to_owned())), "{field} of {told:?}");
        }
        VK.posts(story, &vk::message_new(77, 2, "are you there?")).await;
        assert_eq!(read(&vk), 2);
        anna.says(&ClientFrame::Watch { conversation: None });
        VK.posts(story, &vk::message_new(77, 3, "well?")).await;
        assert_eq!(read(&vk), 2, "it is on no screen");
        watches(story, &anna, &id).await;
        watches(story, &anna, &id).await;
        assert_eq!(read(&vk), 3);
    });
}

#[test]
fn a_supervisor_who_looks_on_has_read_nothing_in_our_name() {
    tell(anna_and_boris, async |story| {
        let vk = vk::start();
        let hello = vk::message_new(77, 1, "hello");
        let (anna, id) = anna_looks_at_it(story, &VK, &vk.base(), &hello).await;
        let chief = story.signs_in("chief").await;
        anna.says(&ClientFrame::Watch { conversation: None });
        watches(story, &chief, &id).await;
        VK.posts(story, &vk::message_new(77, 2, "are you there?")).await;
        assert_eq!(vk.requests("messages.markAsRead").len(), 1);
    });
}

#[test]
fn pages_and_accounts_show_both_and_whatsapp_under_the_newest_message() {
    let page = meta::messaging("page", meta::PAGE, &[meta::message(meta::PAGE, "77", "m1", "hi")]);
    let account = meta::message(meta::ACCOUNT, "77", "m1", "hi");
    let account = meta::messaging("instagram", meta::ACCOUNT, &[account]);
    let sent = |action: &str| json!({ "recipient": { "id": "77" }, "sender_action": action });
    let read = json!({
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1",
    });
    let mut writing = read.clone();
    writing["typing_indicator"] = json!({ "type": "text" });
    let whatsapp = meta::whatsapp_text("16505551234", "wamid.1", "hi");
    for (platform, hello, expected) in [
        (FACEBOOK, page, [sent("mark_seen"), sent("typing_on")]),
        (INSTAGRAM, account, [sent("mark_seen"), sent("typing_on")]),
        (WHATSAPP, whatsapp, [read, writing]),
    ] {
        tell(anna_and_boris, async |story| {
            let graph = meta::start();
            let (anna, id) = anna_looks_at_it(story, &platform, &graph.base(), &hello).await;
            anna.drafts(story, &id, "Good morning").await;
            story.settles().await;
            assert_eq!(graph.with(|state| state.signs.clone()), expected, "{}", platform.kind);
            assert!(graph.with(|state| state.sent.is_empty()), "these are no messages");
        });
    }
}

#[test]
fn a_bot_shows_it_in_the_dialogue() {
    tell(anna_and_boris, async |story| {
        let max = bots::max();
        let hello = bots::max_text(42, "mid.1", "hi");
        let (anna, id) = anna_looks_at_it(story, &MAX, &max.base(), &hello).await;
        anna.drafts(story, &id, "Good morning").await;
        story.settles().await;
        let actions = max.requests("/chats/100/actions").into_iter();
        let actions: Vec<String> =
            actions.map(|told| String::from_utf8(told.body.to_vec()).unwrap()).collect();
        assert_eq!(actions, [r#"{"action":"mark_seen"}"#, r#"{"action":"typing_on"}"#]);
    });
    tell(anna_and_boris, async |story| {
        let cloud = botframework::start();
        let hello = botframework::message(&cloud.base(), "a1", "hi");
        let (anna, id) = anna_looks_at_it(story, &BOT_FRAMEWORK, &cloud.base(), &hello).await;
        anna.drafts(story, &id, "Good morning").await;
        story.settles().await;
        let told = cloud.with(|state| state.sent.clone());
        let [(path, body)] = &told[..] else { panic!("once: {told:?}") };
        assert!(path.ends_with("/activities"), "{path}");
        assert_eq!(*body, json!({ "type": "typing" }));
    });
}

#[test]
fn telegram_shows_that_somebody_writes_and_viber_shows_nothing() {
    tell(anna_and_boris, async |story| {
        let viber = bots::viber();
        let hello = bots::viber_text("Q1==", 1, "hi");
        let (anna, olga) = anna_looks_at_it(story, &VIBER, &viber.base(), &hello).await;
        anna.drafts(story, &olga, "Good morning").await;
        assert!(viber.requests("send_message").is_empty());
        story.customer_writes(501, "hello").await;
        let ivan = anna.accepts_it(story).await;
        anna.drafts(story, &ivan, "Good morning").await;
        story.settles().await;
        let told = story.platform.calls("sendChatAction");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].body, json!({ "chat_id": 501, "action": "typing" }));
    });
}

#[test]
fn operators_see_that_the_customer_writes() {
    let typing = |from: i64| json!({ "state": "typing", "from_id": from, "to_id": -vk::GROUP });
    tell(anna_and_boris, async |story| {
        let vk = vk::start();
        let hello = vk::message_new(77, 1, "hello");
        let (anna, _) = anna_looks_at_it(story, &VK, &vk.base(), &hello).await;
        for n in 0..5 {
            let event = vk::event("message_typing_state", &format!("t{n}"), &typing(77));
            VK.posts(story, &event).await;
        }
        assert_eq!(shows(&anna), 1, "once is enough for a while");
        story.seconds_pass(2).await;
        VK.posts(story, &vk::event("message_typing_state", "t9", &typing(77))).await;
        assert_eq!(shows(&anna), 2);
        for other in [78, -vk::GROUP] {
            VK.posts(story, &vk::event("message_typing_state", "t2", &typing(other))).await;
        }
        assert_eq!(shows(&anna), 2, "somebody else writes");
    });
    tell(anna_and_boris, async |story| {
        let cloud = botframework::start();
        let hello = botframework::message(&cloud.base(), "a1", "hi");
        let (anna, _) = anna_looks_at_it(story, &BOT_FRAMEWORK, &cloud.base(), &hello).await;
        let mut writing = botframework::message(&cloud.base(), "a2", "");
        writing["type"] = "typing".into();
        BOT_FRAMEWORK.posts(story, &writing).await;
        assert_eq!(shows(&anna), 1);
    });
}
