//! Sessions: what an operator's browser sees, whatever happens to its socket or to the node.

use domain::entry::{Attachment, Body, DeliveryState};
use domain::event::{Row, RowState};
use domain::id::ConversationId;
use domain::operator::Status;
use switchboard::actors::handle::{Accepted, Change};
use switchboard::protocol::{ClientFrame, Event, FeedPosition, Outcome, ServerFrame};

use crate::fakes::telegram::{Customer, Fault, duplicated};
use crate::story::{CHANNEL, Desk, Story, chief, new_id, operators, tell};

/// Anna serves the line alone and has accepted a conversation.
async fn anna_is_talking(story: &mut Story) -> (Desk, ConversationId) {
    let anna = story.signs_in("anna").await;
    story.customer_writes(501, "hello").await;
    let offer = anna.offer();
    assert_eq!(anna.accepts(story, offer.clone()).await, Outcome::Done {});
    (anna, offer.0)
}

#[test]
fn a_browser_that_comes_back_gets_exactly_what_it_missed() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, conversation) = anna_is_talking(story).await;
            story.customer_writes(501, "one").await;
            let positions = anna.positions();
            anna.is_cut();
            for text in ["two", "three", "four"] {
                story.customer_writes(501, text).await;
            }
            let again = Desk::open(&story.node, "anna");
            again.says_hello(positions);
            story.sees(&again, |frame| *frame == ServerFrame::CaughtUp {}).await;
            story.settles().await;
            assert_eq!(again.texts(), ["two", "three", "four"], "gapless, once, in order");
            let snapshots = again.frames().into_iter();
            assert_eq!(snapshots.filter(|f| matches!(f, ServerFrame::Snapshot { .. })).count(), 0);
            assert_eq!(story.messages(&conversation).await.len(), 5);
        },
    );
}

#[test]
fn a_place_that_is_not_in_the_feed_is_answered_by_everything() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, _) = anna_is_talking(story).await;
            let foreign: Vec<FeedPosition> = anna
                .positions()
                .into_iter()
                .map(|p| FeedPosition(format!("{}.0badcafe", p.0.split('.').next().unwrap())))
                .collect();
            for positions in [foreign, vec![FeedPosition("1:999-999.00000000".into())]] {
                let again = Desk::open(&story.node, "anna");
                again.says_hello(positions);
                story.sees(&again, |frame| *frame == ServerFrame::CaughtUp {}).await;
                let frames = again.frames();
                assert!(frames.iter().any(|f| matches!(f, ServerFrame::Snapshot { .. })));
                assert_eq!(again.state(), RowState::Active);
                again.is_cut();
                story.settles().await;
            }
        },
    );
}

#[test]
fn after_a_restart_offers_stand_and_timers_go_on() {
    tell(
        |line| line.queue.operators = operators(["anna", "boris"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            assert_eq!(anna.offers().len(), 1);
            let positions = anna.positions();
            story.seconds_pass(20).await;
            story.restarts().await;
            let anna = Desk::open(&story.node, "anna");
            anna.says_hello(positions);
            story.sees(&anna, |frame| *frame == ServerFrame::CaughtUp {}).await;
            let boris = story.signs_in("boris").await;
            assert!(boris.offers().is_empty(), "anna's offer was not lost");
            story.seconds_pass(39).await;
            assert!(boris.offers().is_empty(), "nor was it made longer or shorter");
            story.seconds_pass(1).await;
            assert_eq!(boris.offers().len(), 1);
            assert_eq!(boris.accepts(story, boris.offer()).await, Outcome::Done {});
        },
    );
}

#[test]
fn a_repeated_command_is_carried_out_once() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, conversation) = anna_is_talking(story).await;
            let cmd_id = new_id();
            let reply = ClientFrame::Reply {
                cmd_id,
                conversation: conversation.clone(),
                text: "once".into(),
                files: Vec::new(),
            };
            assert_eq!(anna.commands(story, reply.clone()).await, Outcome::Done {});
            assert_eq!(anna.commands(story, reply.clone()).await, Outcome::Repeated {});
            story.restarts().await;
            let anna = story.signs_in("anna").await;
            assert_eq!(anna.commands(story, reply).await, Outcome::Repeated {});
            assert_eq!(story.messages(&conversation).await, ["hello", "once"]);
            assert_eq!(story.platform.sent_to(501), ["once"]);
        },
    );
}

#[test]
fn a_redelivered_update_makes_one_entry() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            let update = story.platform.text(Customer { id: 501, name: "Ivan" }, "only once");
            for delivery in duplicated(&[update.clone(), update.clone()]) {
                let taken = story.delivered(&delivery).await;
                assert!(matches!(taken[..], [Ok(Accepted::Created | Accepted::Duplicate)]));
            }
            story.settles().await;
            let (conversation, _) = anna.offer();
            assert_eq!(story.messages(&conversation).await, ["only once"]);
            story.restarts().await;
            assert_eq!(story.delivered(&update).await, [Ok(Accepted::Duplicate)]);
        },
    );
}

#[test]
fn commands_without_sense_or_right_change_nothing() {
    tell(
        |line| line.queue.operators = operators(["anna", "boris"]),
        async |story| {
            let (anna, conversation) = anna_is_talking(story).await;
            let boris = story.signs_in("boris").await;
            let before = story.node.transcript(&conversation).await.unwrap().unwrap();
            let codes = [
                code(&boris.replies(story, &conversation, "let me").await),
                code(&boris.finishes(story, &conversation).await),
                code(&anna.replies(story, &conversation, "   ").await),
                code(&anna.replies(story, &conversation, &"x".repeat(10_001)).await),
                code(&anna.accepts(story, (conversation.clone(), domain::id::OfferId(9))).await),
                code(&anna.replies(story, &ConversationId::new("1-nobody"), "hello").await),
                code(&anna.replies(story, &ConversationId::new("99-nobody"), "hello").await),
                code(&anna.replies(story, &ConversationId::new("nonsense"), "hello").await),
            ];
            let expected = [
                "unknown_conversation",
                "unknown_conversation",
                "bad_value",
                "bad_value",
                "done",
                "unknown_conversation",
                "unknown_conversation",
                "unknown_conversation",
            ];
            assert_eq!(codes, expected, "a repeated accept by the holder is no error");
            let after = story.node.transcript(&conversation).await.unwrap().unwrap();
            assert_eq!(before.entries, after.entries);
        },
    );
}

#[test]
fn frames_that_make_no_sense_get_an_error_and_disturb_nobody() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let desk = Desk::open(&story.node, "anna");
            let nonsense = [
                "no json",
                r#"{"type":"dance"}"#,
                r#"{"type":"hello"}"#,
                r#"{"type":"hello","protocol":2,"positions":[]}"#,
                r#"{"type":"watch","conversation":null,"more":1}"#,
            ];
            for text in nonsense {
                desk.says_text(text);
            }
            desk.says_text(&format!(
                r#"{{"type":"reply","cmd_id":"{}","conversation":7,"text":"x"}}"#,
                new_id()
            ));
            let early =
                ClientFrame::Take { cmd_id: new_id(), conversation: ConversationId::new("1-x") };
            desk.says(&early);
            story.settles().await;
            let seen: Vec<_> = desk.frames().iter().map(short).collect();
            let expected = [
                "bad_frame",
                "unknown_type",
                "bad_frame",
                "protocol_version",
                "bad_frame",
                "bad_value",
                "hello_expected",
            ];
            assert_eq!(seen, expected);
            desk.says_hello(Vec::new());
            story.sees(&desk, |frame| *frame == ServerFrame::CaughtUp {}).await;
        },
    );
}

#[test]
fn an_operator_who_leaves_gives_his_offers_up_after_the_grace() {
    tell(
        |line| {
            line.queue.operators = operators(["anna", "boris"]);
            line.queue.offer_timeout_seconds = 300;
        },
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            let boris = story.signs_in("boris").await;
            anna.is_cut();
            story.seconds_pass(29).await;
            assert!(boris.offers().is_empty(), "she may come back");
            story.seconds_pass(2).await;
            assert_eq!(boris.offers().len(), 1, "she did not");
        },
    );
}

#[test]
fn going_away_moves_offers_at_once_and_coming_back_gets_what_waits() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            assert_eq!(anna.offers().len(), 1);
            let away =
                ClientFrame::SetStatus { cmd_id: new_id(), status: Status::Away, reason: None };
            assert_eq!(anna.commands(story, away).await, Outcome::Done {});
            assert!(anna.offers().is_empty());
            let back = ClientFrame::SetStatus {
                cmd_id: new_id(),
                status: Status::Available,
                reason: None,
            };
            assert_eq!(anna.commands(story, back).await, Outcome::Done {});
            assert_eq!(anna.offers().len(), 1);
        },
    );
}

#[test]
fn others_see_a_row_of_what_waits_and_nothing_of_what_is_taken() {
    tell(
        |line| line.queue.operators = operators(["anna", "boris"]),
        async |story| {
            let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
            let chief = story.signs_in("chief").await;
            story.customer_writes(501, "a secret").await;
            let (his, other) = if anna.offers().is_empty() { (boris, anna) } else { (anna, boris) };
            assert_eq!(other.state(), RowState::Offered, "it waits in his queue too");
            assert!(other.texts().is_empty(), "but not its entries");
            his.accepts(story, his.offer()).await;
            assert!(other.rows().is_empty(), "what is taken is gone from his list");
            let heard = other.events().len();
            story.customer_writes(501, "more of it").await;
            assert_eq!(other.events().len(), heard, "and he hears no more of it");
            assert_eq!(his.texts(), ["more of it"]);
            assert_eq!(chief.state(), RowState::Active, "the administrator sees everything");
            let preview = |row: Row| row.preview;
            let previews: Vec<_> = chief.rows().into_values().map(preview).collect();
            assert_eq!(previews, ["more of it"], "and every change of it");
            assert!(chief.texts().is_empty(), "entries come while he watches");
            let conversation = chief.rows().into_keys().next();
            chief.says(&ClientFrame::Watch { conversation: conversation.clone() });
            other.says(&ClientFrame::Watch { conversation });
            for desk in [&chief, &other] {
                // Frames are understood in their order: this one's error says that the first is done.
                desk.says_text("marker");
                story.sees(desk, |frame| matches!(frame, ServerFrame::Error { .. })).await;
            }
            story.customer_writes(501, "and more").await;
            assert_eq!(chief.texts(), ["and more"]);
            assert!(other.texts().is_empty(), "watching is reading, and needs the right");
        },
    );
}

#[test]
fn everything_from_telegram_becomes_an_entry() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, conversation) = anna_is_talking(story).await;
            let ivan = Customer { id: 501, name: "Ivan" };
            let first = story.platform.text(ivan, "with a typo");
            let updates = [
                first.clone(),
                story.platform.edit(&first, "without"),
                story.platform.contact(ivan, "+12025550123"),
                story.platform.location(ivan, 55.75, 37.61),
                story.platform.sticker(ivan, "👍"),
                story.platform.photo(ivan, "look"),
            ];
            for update in &updates {
                assert_eq!(story.delivered(update).await, [Ok(Accepted::Created)]);
            }
            story.settles().await;
            let transcript = story.node.transcript(&conversation).await.unwrap().unwrap();
            let messages: Vec<_> = transcript
                .entries
                .iter()
                .filter_map(|entry| match &entry.body {
                    Body::Message(message) => Some(message),
                    Body::Note { .. } | Body::Fact(_) => None,
                })
                .collect();
            assert_eq!(messages[1].text, "without");
            assert!(messages[1].edited_at.is_some());
            assert!(matches!(messages[2].attachments[..], [Attachment::Contact { .. }]));
            assert!(matches!(messages[3].attachments[..], [Attachment::Location { .. }]));
            assert!(matches!(messages[4].attachments[..], [Attachment::Sticker { .. }]));
            assert!(matches!(messages[5].attachments[..], [Attachment::File { .. }]));
            assert_eq!(messages[5].text, "look");
            let edits = anna.events().into_iter().filter(|e| matches!(e, Event::Edited { .. }));
            assert_eq!(edits.count(), 1);
        },
    );
}

#[test]
fn a_platform_that_asks_to_wait_is_obeyed_and_order_is_kept() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, conversation) = anna_is_talking(story).await;
            story.platform.fails("sendMessage", Fault::TooManyRequests { retry_after_seconds: 7 });
            anna.replies(story, &conversation, "first").await;
            anna.replies(story, &conversation, "second").await;
            story.seconds_pass(6).await;
            assert!(story.platform.sent_to(501).is_empty(), "seven seconds are seven");
            story.seconds_pass(2).await;
            assert_eq!(story.platform.sent_to(501), ["first", "second"]);
            let delivered = anna.events().into_iter().filter_map(|event| match event {
                Event::Delivery { delivery, .. } => Some(delivery),
                _ => None,
            });
            assert_eq!(delivered.collect::<Vec<_>>(), [DeliveryState::Sent, DeliveryState::Sent]);
        },
    );
}

#[test]
fn a_lost_answer_is_unconfirmed_and_not_repeated() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, conversation) = anna_is_talking(story).await;
            story.platform.fails("sendMessage", Fault::AnswerLost);
            anna.replies(story, &conversation, "did it arrive?").await;
            story.minutes_pass(1).await;
            assert_eq!(story.platform.sent_to(501), ["did it arrive?"], "once");
            assert_eq!(last_delivery(story, &conversation).await, DeliveryState::Unconfirmed);
        },
    );
}

#[test]
fn a_customer_who_blocked_us_is_a_failure_the_operator_sees() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, conversation) = anna_is_talking(story).await;
            let blocked = "Forbidden: bot was blocked by the user";
            story.platform.fails("sendMessage", Fault::Status(403, blocked));
            anna.replies(story, &conversation, "hello?").await;
            story.settles().await;
            let delivery = last_delivery(story, &conversation).await;
            assert!(matches!(delivery, DeliveryState::Failed { .. }), "{delivery:?}");
        },
    );
}

#[test]
fn a_long_answer_is_sent_in_parts_in_their_order() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, conversation) = anna_is_talking(story).await;
            let text = "слово ".repeat(1_500);
            anna.replies(story, &conversation, text.trim()).await;
            story.settles().await;
            let sent = story.platform.sent_to(501);
            assert_eq!(sent.len(), 3);
            assert!(sent.iter().all(|part| part.encode_utf16().count() <= 4_096));
            assert_eq!(sent.concat(), text.trim());
        },
    );
}

#[test]
fn finishing_closes_after_the_window_and_the_next_message_opens_anew() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, first) = anna_is_talking(story).await;
            assert_eq!(anna.finishes(story, &first).await, Outcome::Done {});
            assert_eq!(anna.state(), RowState::Closing);
            story.customer_writes(501, "one more thing").await;
            assert_eq!(anna.state(), RowState::Active, "inside the window it goes on");
            anna.finishes(story, &first).await;
            story.minutes_pass(10).await;
            assert_eq!(anna.rows()[&first].state, RowState::Closed);
            story.customer_writes(501, "hello again").await;
            let (second, _) = anna.offer();
            assert_ne!(first, second);
        },
    );
}

#[test]
fn a_disabled_operator_is_signed_out_everywhere() {
    tell(
        |line| line.queue.operators = operators(["anna", "boris"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.operator_is_changed("anna", |anna| anna.enabled = false).await;
            assert_eq!(anna.closed(), Some(4401));
        },
    );
}

#[test]
fn a_browser_that_acknowledges_nothing_is_sent_away() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let (anna, _) = anna_is_talking(story).await;
            story.seconds_pass(25).await;
            assert_eq!(anna.closed(), None, "who keeps up, stays");
            anna.hangs();
            story.customer_writes(501, "are you there?").await;
            story.seconds_pass(25).await;
            assert_eq!(anna.closed(), Some(4008));
        },
    );
}

#[test]
fn changes_of_settings_bite_at_once() {
    tell(
        |line| {
            line.queue.operators = operators(["anna"]);
            line.active = false;
        },
        async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            assert!(anna.offers().is_empty(), "an inactive line routes nothing");
            story.line_is_changed(|line| line.active = true).await;
            assert_eq!(anna.offers().len(), 1);
            let directory = story.node.directory();
            let channel = &directory.channels[&domain::id::ChannelId::new(CHANNEL)];
            let stale = Change::Channel { version: 0, channel: (*channel.value).clone() };
            assert!(
                story.node.change(&chief(), vec![stale]).await.is_err(),
                "a stale change is refused"
            );
        },
    );
}

async fn last_delivery(story: &Story, id: &ConversationId) -> DeliveryState {
    let transcript = story.node.transcript(id).await.unwrap().unwrap();
    let delivery = transcript.entries.into_iter().rev().find_map(|entry| match entry.body {
        Body::Message(message) => message.delivery,
        Body::Note { .. } | Body::Fact(_) => None,
    });
    delivery.unwrap()
}

fn code(outcome: &Outcome) -> String {
    let outcome = serde_json::to_value(outcome).unwrap();
    let word = outcome.get("code").unwrap_or(&outcome["outcome"]);
    word.as_str().unwrap().to_owned()
}

fn short(frame: &ServerFrame) -> String {
    let frame = serde_json::to_value(frame).unwrap();
    frame["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_sign_in_ends_its_sockets_when_it_ends_and_lives_while_they_are_used() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            for _ in 0..(13 * 60) {
                story.time_jumps(60).await;
            }
            assert_eq!(anna.closed(), None, "thirteen hours in use are not twelve idle");
            let digest = "anna".to_owned();
            let version = story.node.directory().sign_ins["anna"].version;
            story.node.change(&chief(), vec![Change::EndSignIn { version, digest }]).await.unwrap();
            story.settles().await;
            assert_eq!(anna.closed(), Some(4401));
        },
    );
}

#[test]
fn who_loses_an_offer_reads_no_further() {
    tell(
        |line| {
            line.queue.operators = operators(["anna", "boris"]);
            line.queue.mode = domain::line::QueueMode::All;
        },
        async |story| {
            let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
            story.customer_writes(501, "hello").await;
            let (conversation, offer) = anna.offer();
            boris.says(&ClientFrame::Watch { conversation: Some(conversation.clone()) });
            boris.says_text("marker");
            story.sees(&boris, |frame| matches!(frame, ServerFrame::Error { .. })).await;
            anna.accepts(story, (conversation, offer)).await;
            story.customer_writes(501, "for anna alone").await;
            assert!(boris.texts().is_empty());
            assert_eq!(anna.texts(), ["for anna alone"]);
        },
    );
}

#[test]
fn repeats_that_arrive_together_make_one_entry() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            let update = story.platform.text(Customer { id: 501, name: "Ivan" }, "only once");
            let (one, two, three) = tokio::join!(
                story.delivered(&update),
                story.delivered(&update),
                story.delivered(&update)
            );
            let mut taken = [one, two, three].concat();
            taken.sort_by_key(|taken| *taken != Ok(Accepted::Created));
            let duplicate = Ok(Accepted::Duplicate);
            assert_eq!(taken, [Ok(Accepted::Created), duplicate, duplicate]);
            story.settles().await;
            let (conversation, offer) = anna.offer();
            assert_eq!(story.messages(&conversation).await, ["only once"]);
            let accept = ClientFrame::Accept { cmd_id: new_id(), conversation, offer };
            anna.says(&accept);
            anna.says(&accept);
            story.settles().await;
            let answers = anna.frames().into_iter().filter_map(|frame| match frame {
                ServerFrame::Result { outcome, .. } => Some(outcome),
                _ => None,
            });
            assert_eq!(answers.collect::<Vec<_>>(), [Outcome::Done {}, Outcome::Repeated {}]);
        },
    );
}

#[test]
fn a_channel_that_polls_brings_what_was_written_once() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let anna = story.signs_in("anna").await;
            story.platform.called("setWebhook", 1).await;
            // It has come; now it has been done, too.
            story.settles().await;
            assert_eq!(
                story.platform.webhook().unwrap()["url"],
                "https://hub.example/hooks/telegram",
                "the platform was told where to deliver"
            );
            let found = story.node.directory();
            let version = found.channels[&domain::id::ChannelId::new(CHANNEL)].version;
            let mut channel = story.bot();
            if let domain::channel::ChannelSettings::Telegram { polling, .. } =
                &mut channel.settings
            {
                *polling = true;
            }
            story.node.change(&chief(), vec![Change::Channel { version, channel }]).await.unwrap();
            let ivan = Customer { id: 501, name: "Ivan" };
            let updates = [story.platform.text(ivan, "one"), story.platform.text(ivan, "two")];
            story.platform.queues(duplicated(&updates));
            let entries = |frame: &ServerFrame| match frame {
                ServerFrame::Events { events, .. } => events
                    .iter()
                    .any(|event| matches!(event, Event::Row { row } if row.last_entry.0 == 3)),
                _ => false,
            };
            story.sees(&anna, entries).await;
            story.settles().await;
            let (conversation, _) = anna.offer();
            assert_eq!(story.messages(&conversation).await, ["one", "two"]);
            assert!(story.platform.webhook().is_none(), "the webhook was taken away");
        },
    );
}
