//! Conversations that are over for a day are packed, and nobody who reads or goes on with them sees
//! a difference.

use domain::id::{ConversationId, ShardId};
use domain::line::{ClosingRule, LineSettings};
use serde_json::json;
use switchboard::protocol::Outcome;
use switchboard::store::op::DocumentKind;

use crate::ahead::meanwhile;
use crate::fakes::telegram::Customer;
use crate::story::{Desk, Story, operators, tell};

const IVAN: i64 = 501;
const DAY: u64 = 86_400;
/// How long it may take until somebody looks.
const WHILE: u64 = 1_200;

#[test]
fn a_conversation_that_is_over_for_a_day_reads_as_before() {
    tell(anna_alone, async |story| {
        let anna = story.signs_in("anna").await;
        let talk = a_whole_talk(story, &anna).await;
        let (before, records) = (story.entries(&talk).await, records(story, &talk).await);
        assert_eq!(unpacked(story).await, [talk.clone()]);
        story.time_jumps(DAY - WHILE).await;
        story.waits(600).await;
        assert_eq!(unpacked(story).await, [talk.clone()], "it is not over for a day");
        story.waits(WHILE).await;
        assert_eq!(unpacked(story).await, []);
        assert_eq!(story.entries(&talk).await, before);
        assert_eq!(self::records(story, &talk).await, records);
        let [boris] = story.restarts_with(["anna"]).await;
        assert_eq!(story.entries(&talk).await, before);
        assert_eq!(boris.has(), []);
    });
}

#[test]
fn what_is_open_is_not_packed() {
    tell(anna_alone, async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN, "hello").await;
        let talk = anna.accepts_it(story).await;
        story.time_jumps(3 * DAY).await;
        assert_eq!(unpacked(story).await, []);
        let anna = story.signs_in("anna").await;
        assert_eq!(anna.replies(story, &talk, "sorry").await, Outcome::Done {});
        assert_eq!(story.messages(&talk).await, ["hello", "sorry"]);
    });
}

#[test]
fn a_packed_conversation_is_rated_and_packed_again() {
    let rated_for_long = |line: &mut LineSettings| {
        anna_alone(line);
        line.closing.rule = ClosingRule::Rating;
        line.rating.time_limit_seconds = 7 * 86_400;
    };
    tell(rated_for_long, async |story| {
        let anna = story.signs_in("anna").await;
        let talk = a_whole_talk(story, &anna).await;
        is_packed(story).await;
        story.customer_writes(IVAN, "1").await;
        let rating = story.row(&talk).await.rating.map(|rating| rating.value);
        assert_eq!(rating, Some(1));
        assert_eq!(story.times("rated", &talk).await, 1);
        assert_eq!(unpacked(story).await, [talk.clone()]);
        assert_eq!(story.conversations().await.len(), 1, "it opens nothing");
        let before = story.entries(&talk).await;
        is_packed(story).await;
        assert_eq!(story.entries(&talk).await, before);
    });
}

#[test]
fn a_packed_conversation_is_edited_and_reviewed() {
    tell(anna_alone, async |story| {
        let anna = story.signs_in("anna").await;
        let said = story.platform.text(Customer { id: IVAN, name: "Ivan" }, "hello");
        story.delivered(&said).await;
        story.settles().await;
        let talk = anna.accepts_it(story).await;
        anna.finishes(story, &talk).await;
        story.waits(700).await;
        is_packed(story).await;
        let edited = story.platform.edit(&said, "hello, Anna");
        story.delivered(&edited).await;
        story.settles().await;
        assert_eq!(story.messages(&talk).await, ["hello, Anna"]);
        let chief = story.signs_in("chief").await;
        let review = json!({ "stars": 5, "comment": "well done" });
        assert_eq!(chief.asks(story, "review", &talk, review).await, Outcome::Done {});
        assert_eq!(story.row(&talk).await.review, Some(5));
        is_packed(story).await;
        assert_eq!(story.messages(&talk).await, ["hello, Anna"]);
    });
}

#[test]
fn a_packed_conversation_is_reviewed_twice_at_once() {
    tell(anna_alone, async |story| {
        let anna = story.signs_in("anna").await;
        let talk = a_whole_talk(story, &anna).await;
        is_packed(story).await;
        let chief = story.signs_in("chief").await;
        let review = |stars: u32| json!({ "stars": stars, "comment": "well done" });
        let ((), first, second) = tokio::join!(
            meanwhile(story),
            chief.asks(story, "review", &talk, review(4)),
            chief.asks(story, "review", &talk, review(5)),
        );
        assert_eq!((first, second), (Outcome::Done {}, Outcome::Done {}));
        assert_eq!(story.row(&talk).await.review, Some(5));
        assert_eq!(unpacked(story).await, [talk]);
    });
}

#[test]
fn a_packed_conversation_is_picked_up() {
    tell(anna_alone, async |story| {
        let anna = story.signs_in("anna").await;
        let talk = a_whole_talk(story, &anna).await;
        is_packed(story).await;
        let anna = story.signs_in("anna").await;
        assert_eq!(anna.picks_up(story, &talk).await, Outcome::Done {});
        let next = story.open_of(IVAN).await;
        assert_eq!(story.row(&next).await.continues, Some(talk));
        assert_eq!(story.messages_of_all_parts(&next).await, ["hello", "good morning"]);
    });
}

#[test]
fn many_are_packed_one_after_another() {
    tell(anna_alone, async |story| {
        let anna = story.signs_in("anna").await;
        for customer in 600..670 {
            story.customer_writes(customer, "hello").await;
            let talk = anna.accepts_it(story).await;
            anna.finishes(story, &talk).await;
        }
        story.waits(700).await;
        assert_eq!(unpacked(story).await.len(), 70);
        is_packed(story).await;
        for talk in story.conversations().await {
            assert_eq!(story.messages(&talk.id).await, ["hello"]);
        }
    });
}

fn anna_alone(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
    line.unanswered.text_on_requeue = false;
}

/// From a customer's first message to the end of the window.
async fn a_whole_talk(story: &mut Story, anna: &Desk) -> ConversationId {
    story.customer_writes(IVAN, "hello").await;
    let talk = anna.accepts_it(story).await;
    anna.replies(story, &talk, "good morning").await;
    anna.finishes(story, &talk).await;
    story.waits(700).await;
    talk
}

/// A day passes, and what is over is packed.
async fn is_packed(story: &Story) {
    assert_ne!(unpacked(story).await, []);
    story.time_jumps(DAY + WHILE).await;
    assert_eq!(unpacked(story).await, []);
}

/// What is over and not packed.
async fn unpacked(story: &Story) -> Vec<ConversationId> {
    let mut found = Vec::new();
    for shard in [ShardId(0), ShardId(1)] {
        let page = story.store.documents(shard, DocumentKind::Unpacked, None, 1_000).await.unwrap();
        found.extend(page.into_iter().map(|document| ConversationId::new(document.id)));
    }
    found
}

/// As the store has them.
async fn records(story: &Story, of: &ConversationId) -> Vec<(u32, Vec<u8>)> {
    story.store.history(of.shard().unwrap(), of.clone(), 0, 1_000).await.unwrap()
}
