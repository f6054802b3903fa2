//! What operators make of messages of theirs that customers have: edited and deleted, where platforms can.

use std::time::Duration;

use domain::entry::{Body, Correction, CorrectionState, DeliveryState, Message};
use domain::id::{ConversationId, EntryNumber};
use domain::line::LineSettings;
use serde_json::{Value, json};
use switchboard::channels::correcting::is_possible;
use switchboard::protocol::{Event, Outcome};

use super::senders::{ALL, Fake};
use crate::fakes::telegram::Fault;
use crate::files::{PIXEL, sends, uploaded};
use crate::story::{Desk, Sent, Story, code, operators, tell};

const OUT: &str = "out";
const IVAN: i64 = 501;

fn anna_and_boris(line: &mut LineSettings) {
    line.queue.operators = operators(["anna", "boris"]);
}

/// A customer of that platform has written, and Anna has him.
async fn anna_talks(story: &mut Story, fake: &Fake) -> (Desk, ConversationId) {
    story.opens_channel(OUT, fake.settings.clone()).await;
    let anna = story.signs_in("anna").await;
    let mut hello = story.arrival(OUT, "7001", Sent::Text("hello"));
    hello.inbound.return_to = fake.return_to.as_deref().map(Into::into);
    story.node.arrive(hello).await.unwrap();
    story.settles().await;
    let id = anna.accepts_it(story).await;
    (anna, id)
}

async fn edits(
    anna: &Desk,
    story: &Story,
    id: &ConversationId,
    n: EntryNumber,
    text: &str,
) -> Outcome {
    anna.asks(story, "edit", id, json!({ "entry": n, "text": text })).await
}

async fn deletes(anna: &Desk, story: &Story, id: &ConversationId, n: EntryNumber) -> Outcome {
    anna.asks(story, "delete", id, json!({ "entry": n })).await
}

/// Why it cannot be done.
fn why(outcome: &Outcome) -> Value {
    let answer = serde_json::to_value(outcome).unwrap();
    assert_eq!(answer["code"], "not_correctable", "{answer}");
    answer["why"].clone()
}

/// The newest message.
async fn newest(story: &Story, id: &ConversationId) -> (EntryNumber, Message) {
    let entries = story.entries(id).await.into_iter().rev();
    let mut messages = entries.filter_map(|entry| match entry.body {
        Body::Message(message) => Some((entry.n, message)),
        Body::Note { .. } | Body::Fact(_) => None,
    });
    messages.next().expect("a message")
}

fn texts(fake: &Fake) -> Vec<String> {
    fake.stands().into_iter().map(|(_, text, _)| text).collect()
}

#[test]
fn a_message_is_edited_and_deleted_where_the_customer_reads_it() {
    for sender in ALL {
        let kind = sender.kind;
        tell(anna_and_boris, async |story| {
            let fake = (sender.starts)();
            let (anna, id) = anna_talks(story, &fake).await;
            anna.replies(story, &id, "helo").await;
            let (n, before) = newest(story, &id).await;
            if !is_possible(&fake.settings) {
                assert_eq!(why(&edits(&anna, story, &id, n, "hello").await), "platform", "{kind}");
                assert_eq!(why(&deletes(&anna, story, &id, n).await), "platform", "{kind}");
                assert_eq!(newest(story, &id).await, (n, before));
                return;
            }
            let done = Outcome::Done {};
            assert_eq!(edits(&anna, story, &id, n, "hello").await, done, "{kind}");
            assert_eq!(texts(&fake), ["hello"], "{kind}");
            let (_, edited) = newest(story, &id).await;
            let earlier: Vec<&str> = edited.earlier.iter().map(|it| &*it.text).collect();
            assert_eq!((&*edited.text, earlier, edited.correction), ("hello", vec!["helo"], None));
            assert_eq!((edited.edited_at, edited.delivery), (Some(story.now()), before.delivery));
            assert_eq!(anna.rows()[&id].preview, "hello", "{kind}");
            assert_eq!(deletes(&anna, story, &id, n).await, done, "{kind}");
            assert_eq!(texts(&fake), [""; 0], "{kind}");
            let (_, deleted) = newest(story, &id).await;
            assert_eq!((&*deleted.text, deleted.deleted_at), ("hello", Some(story.now())));
            assert_eq!(anna.rows()[&id].preview_kind.as_deref(), Some("deleted"), "{kind}");
            assert_eq!(why(&edits(&anna, story, &id, n, "hm").await), "deleted");
            let told = anna.events().into_iter();
            let told = told.filter(|event| matches!(event, Event::Corrected { .. }));
            assert_eq!(told.count(), 4, "{kind}: begun and done, twice");
        });
    }
}

#[test]
fn what_the_platform_refuses_is_said_and_the_message_stands_as_before() {
    for sender in ALL.into_iter().filter(|sender| is_possible(&(sender.starts)().settings)) {
        let kind = sender.kind;
        tell(anna_and_boris, async |story| {
            let fake = (sender.starts)();
            let (anna, id) = anna_talks(story, &fake).await;
            anna.replies(story, &id, "helo").await;
            let (n, _) = newest(story, &id).await;
            let refusal = match kind {
                "vk" => Fault::Status(200, r#"{"error":{"error_code":909,"error_msg":"too old"}}"#),
                _ => Fault::Status(400, "too old"),
            };
            let mut refusals = vec![refusal];
            fake.is_judged(Box::new(move |_| refusals.pop()));
            assert_eq!(edits(&anna, story, &id, n, "hello").await, Outcome::Done {});
            assert_eq!(texts(&fake), ["helo"], "{kind}");
            let (_, refused) = newest(story, &id).await;
            assert_eq!((&*refused.text, refused.edited_at), ("helo", None), "{kind}");
            let open = refused.correction.expect("what came of it");
            assert_eq!(open.correction, Correction::Edit { text: "hello".into() });
            assert!(open.failed.is_some(), "{kind}");
            assert_eq!(refused.delivery, Some(DeliveryState::Sent));
            assert_eq!(anna.rows()[&id].preview, "helo");
            assert_eq!(story.node.undelivered(10).await.unwrap().len(), 0, "{kind}");
            assert_eq!(edits(&anna, story, &id, n, "hello").await, Outcome::Done {});
            assert_eq!(texts(&fake), ["hello"], "{kind}");
            assert_eq!(newest(story, &id).await.1.correction, None);
        });
    }
}

/// Whatever happens on its way: it comes after what was written before, is repeated, and survives the
/// process.
#[test]
fn a_correction_has_its_turn_and_is_not_lost() {
    for fault in [Fault::TooManyRequests { retry_after_seconds: 30 }, Fault::AnswerLost] {
        tell(anna_and_boris, async |story| {
            let anna = story.signs_in("anna").await;
            story.customer_writes(IVAN, "hello").await;
            let id = anna.accepts_it(story).await;
            anna.replies(story, &id, "zero").await;
            let (n, _) = newest(story, &id).await;
            let asked = Fault::TooManyRequests { retry_after_seconds: 30 };
            story.platform.fails("sendMessage", asked);
            story.platform.fails("editMessageText", fault.clone());
            anna.replies(story, &id, "one").await;
            assert_eq!(edits(&anna, story, &id, n, "0").await, Outcome::Done {});
            assert_eq!(why(&deletes(&anna, story, &id, n).await), "pending");
            assert_eq!(story.platform.sent_to(IVAN), ["zero"]);
            story.restarts().await;
            let anna = story.signs_in("anna").await;
            story.seconds_pass(29).await;
            assert_eq!(story.platform.sent_to(IVAN), ["zero"], "it waits for its turn");
            story.seconds_pass(35).await;
            assert_eq!(story.platform.sent_to(IVAN), ["0", "one"]);
            assert_eq!(story.platform.calls("editMessageText").len(), 2);
            assert_eq!(deletes(&anna, story, &id, n).await, Outcome::Done {});
            assert_eq!(story.platform.sent_to(IVAN), ["one"]);
        });
    }
}

/// The platform does what it is told and never says so: what counts as failed stands there all the same.
#[test]
fn a_correction_that_is_never_answered_counts_as_failed_and_may_be_asked_for_again() {
    tell(anna_and_boris, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN, "hello").await;
        let id = anna.accepts_it(story).await;
        anna.replies(story, &id, "helo").await;
        let (n, _) = newest(story, &id).await;
        for _ in 0..10 {
            story.platform.fails("editMessageText", Fault::AnswerLost);
        }
        assert_eq!(edits(&anna, story, &id, n, "hello").await, Outcome::Done {});
        assert_eq!(why(&deletes(&anna, story, &id, n).await), "pending");
        story.minutes_pass(9).await;
        assert_eq!(story.platform.calls("editMessageText").len(), 10);
        let (_, unknown) = newest(story, &id).await;
        assert_eq!((&*unknown.text, unknown.edited_at), ("helo", None));
        assert!(unknown.correction.is_some_and(|it| it.failed.is_some()));
        assert!(anna.events().into_iter().any(|event| is_failed_correction(&event)));
        assert_eq!(story.platform.sent_to(IVAN), ["hello"]);
        assert_eq!(edits(&anna, story, &id, n, "hello").await, Outcome::Done {});
        let (_, edited) = newest(story, &id).await;
        assert_eq!((&*edited.text, edited.correction), ("hello", None));
        assert_eq!(story.platform.sent_to(IVAN), ["hello"]);
    });
}

fn is_failed_correction(event: &Event) -> bool {
    matches!(event, Event::Corrected { state: CorrectionState::Failed { .. }, .. })
}

#[test]
fn only_its_author_corrects_a_message_and_only_while_he_may_write() {
    tell(anna_and_boris, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN, "hello").await;
        let id = anna.accepts_it(story).await;
        anna.replies(story, &id, "helo").await;
        let (n, before) = newest(story, &id).await;
        let hers = EntryNumber(1);
        assert_eq!(why(&edits(&anna, story, &id, hers, "x").await), "not_yours", "the customer's");
        let nowhere = EntryNumber(99);
        assert_eq!(why(&deletes(&anna, story, &id, nowhere).await), "not_yours");
        let boris = story.signs_in("boris").await;
        assert_eq!(code(&edits(&boris, story, &id, n, "x").await), "unknown_conversation");
        let chief = story.signs_in("chief").await;
        assert_eq!(why(&edits(&chief, story, &id, n, "x").await), "not_yours");
        assert_eq!(code(&edits(&anna, story, &id, n, " ").await), "bad_value");
        anna.finishes(story, &id).await;
        assert_eq!(code(&edits(&anna, story, &id, n, "x").await), "not_now");
        assert_eq!(newest(story, &id).await, (n, before));
        assert_eq!(story.platform.sent_to(IVAN), ["helo"]);
    });
}

#[test]
fn what_a_platform_cannot_do_with_one_message_is_said() {
    tell(anna_and_boris, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN, "hello").await;
        let id = anna.accepts_it(story).await;
        let picture = uploaded(story, &id, PIXEL).await;
        sends(&anna, story, &id, "Here:", &[&picture]).await;
        let (n, _) = newest(story, &id).await;
        assert_eq!(edits(&anna, story, &id, n, "There:").await, Outcome::Done {});
        assert_eq!(story.platform.sent_to(IVAN), ["There:"], "the text under a file");
        sends(&anna, story, &id, "Both:", &[&picture, &picture]).await;
        story.seconds_pass(5).await;
        let (album, _) = newest(story, &id).await;
        assert_eq!(why(&deletes(&anna, story, &id, album).await), "in_parts");
        anna.replies(story, &id, &"long ".repeat(1_000)).await;
        story.seconds_pass(5).await;
        let (long, _) = newest(story, &id).await;
        assert_eq!(why(&edits(&anna, story, &id, long, "short").await), "in_parts");
        story.platform.fails("sendMessage", Fault::RequestLost);
        anna.replies(story, &id, "perhaps").await;
        story.seconds_pass(5).await;
        let (perhaps, _) = newest(story, &id).await;
        assert_eq!(why(&edits(&anna, story, &id, perhaps, "surely").await), "not_sent");
        tokio::time::advance(Duration::from_hours(48)).await;
        story.signs_out("anna").await;
        story.signs_in_anew("anna").await;
        let anna = story.signs_in("anna").await;
        assert_eq!(why(&edits(&anna, story, &id, n, "Where?").await), "too_late");
    });
}
