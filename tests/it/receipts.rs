//! What platforms say of messages of ours, late or early.

use domain::chat::{Inbound, InboundKind};
use domain::entry::{Body, DeliveryState, Message};
use domain::id::{ChannelId, ConversationId, EntryNumber};
use domain::line::{ClosingRule, LineSettings};
use domain::progress::{Mark, Progress, ProgressOf};
use domain::texts::Kind;
use futures_util::future::join_all;
use serde_json::json;
use switchboard::actors::handle::{Accepted, Arrival};
use switchboard::protocol::Outcome;

use crate::fakes::telegram::Fault;
use crate::story::{CHANNEL, Sent, Story, code, operators, tell};

const IVAN: i64 = 501;
/// Messages, more than are looked through.
const LONG: usize = 5_200;

fn anna_alone(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

/// The platform says something of messages in Ivan's chat.
async fn platform_says(story: &Story, of: ProgressOf, state: DeliveryState) {
    let inbound = Inbound {
        chat: IVAN.to_string().into(),
        customer_name: String::new(),
        what: InboundKind::Progress(Progress { of: of.clone(), state: state.clone() }),
        original: None,
        return_to: None,
    };
    let dedupe = format!("{of:?} {state:?}");
    let arrival = Arrival { channel: ChannelId::new(CHANNEL), dedupe, dedupe_seconds: 60, inbound };
    assert_eq!(story.node.arrive(arrival).await, Ok(Accepted::Created));
    story.settles().await;
}

/// Anna's messages with their numbers.
async fn sent(story: &Story, id: &ConversationId) -> Vec<(EntryNumber, Message)> {
    let entries = story.entries(id).await.into_iter();
    let messages = entries.filter_map(|entry| match entry.body {
        Body::Message(message) if message.delivery.is_some() => Some((entry.n, message)),
        Body::Message(_) | Body::Note { .. } | Body::Fact(_) => None,
    });
    messages.collect()
}

async fn states(story: &Story, id: &ConversationId) -> Vec<DeliveryState> {
    let messages = sent(story, id).await.into_iter();
    messages.map(|(_, message)| message.delivery.expect("it is ours")).collect()
}

async fn undelivered(story: &Story) -> usize {
    story.node.undelivered(10).await.unwrap().len()
}

fn failed() -> DeliveryState {
    DeliveryState::Failed { reason: "131026: not on this platform".to_owned() }
}

/// Platforms speak of what was said last, however much was said before.
#[test]
fn a_long_conversation_hears_what_became_of_its_last_message() {
    tell(anna_alone, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        let arrivals: Vec<_> =
            (0..LONG).map(|n| story.arrival(CHANNEL, "501", Sent::Text(&n.to_string()))).collect();
        for arrived in join_all(arrivals.into_iter().map(|one| story.node.arrive(one))).await {
            assert_eq!(arrived, Ok(Accepted::Created));
        }
        story.settles().await;
        anna.replies(story, &conversation, "that is a lot").await;
        let (_, message) = sent(story, &conversation).await.pop().expect("hers");
        let of = ProgressOf::Messages(vec![message.external_id.expect("it was taken")]);
        platform_says(story, of, DeliveryState::Read).await;
        assert_eq!(states(story, &conversation).await.pop(), Some(DeliveryState::Read));
    });
}

#[test]
fn what_fails_after_it_was_sent_waits_for_a_person_too() {
    tell(anna_alone, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        anna.replies(story, &conversation, "are you there?").await;
        let (n, message) = sent(story, &conversation).await.remove(0);
        let of = ProgressOf::Messages(vec![message.external_id.expect("it was taken")]);
        platform_says(story, of, failed()).await;
        assert_eq!(states(story, &conversation).await, [failed()]);
        story.restarts().await;
        let anna = story.signs_in("anna").await;
        assert_eq!(undelivered(story).await, 1);
        let again = anna.asks(story, "send_again", &conversation, json!({ "entry": n })).await;
        assert_eq!(again, Outcome::Done {});
        assert_eq!(story.platform.sent_to(IVAN), ["are you there?", "are you there?"]);
        assert_eq!(states(story, &conversation).await, [DeliveryState::Sent]);
        assert_eq!(undelivered(story).await, 0);
    });
}

/// As it was sent first: with buttons.
#[test]
fn a_request_for_a_rating_that_fails_after_all_is_sent_again_as_it_was() {
    let asks_for_likes = |line: &mut LineSettings| {
        anna_alone(line);
        line.closing.rule = ClosingRule::Rating;
    };
    tell(asks_for_likes, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        anna.replies(story, &conversation, "here you are").await;
        anna.finishes(story, &conversation).await;
        assert_eq!(story.platform.buttons(), 2);
        let (n, request) = sent(story, &conversation).await.pop().expect("the request");
        assert_eq!(request.automatic, Some(Kind::RateLike));
        let of = ProgressOf::Messages(vec![request.external_id.expect("it was taken")]);
        platform_says(story, of, failed()).await;
        let again = anna.asks(story, "send_again", &conversation, json!({ "entry": n })).await;
        assert_eq!(again, Outcome::Done {});
        assert_eq!(story.platform.buttons(), 4);
        assert_eq!(story.platform.sent_to(IVAN).pop().as_deref(), Some(&*request.text));
    });
}

#[test]
fn what_was_unconfirmed_is_settled_by_a_receipt() {
    tell(anna_alone, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        story.platform.fails("sendMessage", Fault::AnswerLost);
        anna.replies(story, &conversation, "perhaps").await;
        assert_eq!(states(story, &conversation).await, [DeliveryState::Unconfirmed]);
        assert_eq!(undelivered(story).await, 1);
        let (entry, _) = sent(story, &conversation).await.remove(0);
        let mark = |part, id: &str| {
            let (conversation, external_id) = (conversation.clone(), Some(id.into()));
            ProgressOf::Marked(Mark { conversation, entry, part, external_id })
        };
        platform_says(story, mark(7, "41"), DeliveryState::Delivered).await;
        assert_eq!(undelivered(story).await, 1, "that is another part");
        platform_says(story, mark(0, "42"), DeliveryState::Delivered).await;
        assert_eq!(states(story, &conversation).await, [DeliveryState::Delivered]);
        assert_eq!(undelivered(story).await, 0);
        let again = anna.asks(story, "send_again", &conversation, json!({ "entry": entry })).await;
        assert_eq!(code(&again), "not_now");
        let by_id = ProgressOf::Messages(vec!["42".into()]);
        platform_says(story, by_id, DeliveryState::Read).await;
        assert_eq!(states(story, &conversation).await, [DeliveryState::Read]);
    });
}

/// The platform is faster than its own answer.
#[test]
fn what_is_said_before_the_send_is_answered_counts_once_it_is() {
    tell(anna_alone, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        anna.replies(story, &conversation, "one").await;
        let (_, one) = sent(story, &conversation).await.remove(0);
        let one: i64 = one.external_id.expect("it was taken").parse().unwrap();
        let wait = Fault::TooManyRequests { retry_after_seconds: 30 };
        story.platform.fails("sendMessage", wait);
        anna.replies(story, &conversation, "two").await;
        let next = ProgressOf::Messages(vec![(one + 1).to_string().into()]);
        platform_says(story, next, DeliveryState::Delivered).await;
        let pending = [DeliveryState::Sent, DeliveryState::Pending];
        assert_eq!(states(story, &conversation).await, pending);
        story.restarts().await;
        story.seconds_pass(40).await;
        let delivered = [DeliveryState::Sent, DeliveryState::Delivered];
        assert_eq!(states(story, &conversation).await, delivered);
        assert_eq!(undelivered(story).await, 0);
    });
}

#[test]
fn what_fails_before_the_send_is_answered_waits_for_a_person() {
    tell(anna_alone, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        let wait = Fault::TooManyRequests { retry_after_seconds: 30 };
        story.platform.fails("sendMessage", wait);
        anna.replies(story, &conversation, "one").await;
        let (entry, _) = sent(story, &conversation).await.remove(0);
        let mark = Mark { conversation: conversation.clone(), entry, part: 0, external_id: None };
        platform_says(story, ProgressOf::Marked(mark), failed()).await;
        story.seconds_pass(40).await;
        assert_eq!(states(story, &conversation).await, [failed()]);
        assert_eq!(undelivered(story).await, 1);
        let again = anna.asks(story, "send_again", &conversation, json!({ "entry": entry })).await;
        assert_eq!(again, Outcome::Done {});
        assert_eq!(story.platform.sent_to(IVAN), ["one", "one"]);
        assert_eq!(states(story, &conversation).await, [DeliveryState::Sent]);
    });
}

#[test]
fn a_moment_up_to_which_all_is_read_says_nothing_of_what_was_never_taken() {
    tell(anna_alone, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        let refused = Fault::Status(400, "Bad Request: message is too strange");
        story.platform.fails("sendMessage", refused);
        story.platform.fails("sendMessage", Fault::AnswerLost);
        for text in ["refused", "perhaps", "taken"] {
            anna.replies(story, &conversation, text).await;
        }
        platform_says(story, ProgressOf::UpTo(story.now()), DeliveryState::Read).await;
        let after = states(story, &conversation).await;
        let [DeliveryState::Failed { .. }, DeliveryState::Unconfirmed, DeliveryState::Read] =
            after[..]
        else {
            panic!("{after:?}")
        };
        assert_eq!(undelivered(story).await, 2);
    });
}

/// Another hub may send through the same account: what it marked comes back to us as well.
#[test]
fn a_mark_of_another_hub_is_no_concern_of_ours() {
    tell(anna_alone, async |story| {
        let (anna, conversation) = story.anna_talks().await;
        anna.replies(story, &conversation, "one").await;
        for id in ["900-0195f3a0", "1-0195f3a0", "nonsense"] {
            let conversation = ConversationId::new(id);
            let mark = Mark { conversation, entry: EntryNumber(3), part: 0, external_id: None };
            platform_says(story, ProgressOf::Marked(mark), DeliveryState::Read).await;
        }
        assert_eq!(states(story, &conversation).await, [DeliveryState::Sent]);
    });
}
