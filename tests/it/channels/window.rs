//! For how long customers may be written to: what an operator is told before she writes.

use domain::channel::AfterWindow;
use domain::line::LineSettings;
use serde_json::json;
use switchboard::protocol::ServerFrame;

use super::platform::Platform;
use super::rows::{FACEBOOK, INSTAGRAM, VK, WHATSAPP};
use crate::fakes::{meta, vk};
use crate::story::{Desk, operators, tell};

fn anna_answers(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

/// What still goes through that channel when its time is over; none: there is no such time.
fn then(anna: &Desk, platform: &Platform) -> Option<AfterWindow> {
    let views = anna.frames().into_iter().find_map(|frame| match frame {
        ServerFrame::Snapshot { channels, .. } => Some(channels),
        _ => None,
    });
    let mut views = views.expect("a snapshot").into_iter();
    let view = views.find(|view| view.id.as_str() == platform.kind).expect("the channel");
    view.window.map(|window| {
        assert_eq!(window.hours, 24);
        window.then
    })
}

#[test]
fn who_writes_is_told_until_when_and_what_goes_after_that() {
    let page = |event| meta::messaging("page", meta::PAGE, &[event]);
    let account = |event| meta::messaging("instagram", meta::ACCOUNT, &[event]);
    for (platform, hello, expected) in [
        (VK, vk::message_new(77, 1, "hello"), None),
        (
            FACEBOOK,
            page(meta::message(meta::PAGE, "77", "m1", "hello")),
            Some(AfterWindow::HumanAgent),
        ),
        (
            INSTAGRAM,
            account(meta::message(meta::ACCOUNT, "77", "m1", "hello")),
            Some(AfterWindow::Nothing),
        ),
        (WHATSAPP, meta::whatsapp_text("16505551234", "m1", "hello"), Some(AfterWindow::Nothing)),
    ] {
        tell(anna_answers, async |story| {
            let running = (platform.starts)();
            platform.connects(story, &running.base).await;
            let anna = story.signs_in("anna").await;
            assert_eq!(then(&anna, &platform), expected, "{}", platform.kind);
            platform.posts(story, &hello).await;
            let heard = story.now();
            let id = anna.accepts_it(story).await;
            story.minutes_pass(3).await;
            anna.asks(story, "reply", &id, json!({ "text": "good morning", "files": [] })).await;
            anna.finishes(story, &id).await;
            story.minutes_pass(15).await;
            assert_eq!(anna.picks_up(story, &id).await, switchboard::protocol::Outcome::Done {});
            let next = anna.has().remove(0);
            assert_ne!(next, id);
            for conversation in [&id, &next] {
                let transcript = story.node.transcript(conversation).await.unwrap().unwrap();
                assert_eq!(transcript.heard_at, expected.map(|_| heard), "{}", platform.kind);
            }
        });
    }
}
