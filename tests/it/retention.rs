//! A line keeps its closed conversations for so many days only: then nothing of them is left but the
//! card of the customer.

use bytes::Bytes;
use domain::chat::Chat;
use domain::id::{ConversationId, ShardId};
use domain::line::LineSettings;
use switchboard::actors::handle::ListFilter;
use switchboard::files::{self, Owner};
use switchboard::protocol::Outcome;
use switchboard::store::op::DocumentKind;

use crate::story::{Desk, Story, operators, tell, to_line};

const IVAN: i64 = 501;
const OLGA: i64 = 502;
const DAY: u64 = 86_400;
/// How long it may take until somebody looks, and does it.
const HALF_A_DAY: u64 = DAY / 2;

#[test]
fn a_conversation_whose_time_is_over_is_gone_and_the_customer_is_not() {
    tell(keeps_for_two_days, async |story| {
        let talk = a_whole_talk(story, IVAN).await;
        let customer = story.customer_of(&talk).await.card.id.clone();
        let owner = Owner::Conversation(talk.clone());
        let mut receiving = story.node.files().receive(&owner, files::new_id()).await.unwrap();
        receiving.push(Bytes::from_static(b"a file")).await.unwrap();
        let file = receiving.finish(Some("a.txt"), story.now()).await.unwrap();
        passes(story, DAY).await;
        passes(story, HALF_A_DAY).await;
        assert!(is_there(story, &talk).await, "its time is not over");
        assert_eq!(listed(story).await, [talk.clone()]);
        passes(story, DAY).await;
        assert!(!is_there(story, &talk).await);
        assert_eq!(listed(story).await, []);
        assert_eq!(story.node.files().find(&owner, &file.id).await.unwrap(), None);
        assert!(chats(story).await.is_empty());
        story.restarts().await;
        assert_eq!(listed(story).await, [], "as the next process sees it");
        // He is known when he writes again.
        let next = a_whole_talk(story, IVAN).await;
        assert_eq!(story.customer_of(&next).await.card.id, customer);
        assert_eq!(story.row(&next).await.continues, None);
    });
}

#[test]
fn what_is_kept_for_ever_is_kept() {
    tell(anna_alone, async |story| {
        let talk = a_whole_talk(story, IVAN).await;
        passes(story, 4 * DAY).await;
        assert!(is_there(story, &talk).await);
        story.line_is_changed(|line| line.retention.days = 3).await;
        passes(story, HALF_A_DAY).await;
        assert!(!is_there(story, &talk).await, "from now on another rule holds");
    });
}

#[test]
fn what_is_open_is_kept_with_all_its_parts() {
    tell(keeps_for_two_days, async |story| {
        story
            .opens_line(("support", 0), "helpdesk", |line| {
                anna_alone(line);
            })
            .await;
        let anna = story.signs_in("anna").await;
        story.customer_writes(IVAN, "hello").await;
        let open = anna.accepts_it(story).await;
        story.customer_writes(OLGA, "hello").await;
        let part = anna.accepts_it(story).await;
        anna.asks(story, "transfer", &part, to_line("support")).await;
        let whole = story.open_of(OLGA).await;
        passes(story, 3 * DAY).await;
        assert!(is_there(story, &open).await);
        assert_eq!(story.messages_of_all_parts(&whole).await, ["hello"]);
        let chief = story.signs_in("chief").await;
        assert_eq!(chief.finishes(story, &whole).await, Outcome::Done {});
        passes(story, DAY).await;
        assert!(!is_there(story, &part).await, "its line keeps nothing as long");
        assert!(is_there(story, &whole).await, "this line keeps everything");
    });
}

#[test]
fn a_chat_stays_as_long_as_something_of_it_is_there() {
    tell(keeps_for_two_days, async |story| {
        let first = a_whole_talk(story, IVAN).await;
        passes(story, DAY + HALF_A_DAY).await;
        let second = a_whole_talk(story, IVAN).await;
        passes(story, DAY).await;
        assert!(!is_there(story, &first).await);
        assert!(is_there(story, &second).await);
        let chats = chats(story).await;
        assert_eq!(chats.iter().map(|chat| chat.last.clone()).collect::<Vec<_>>(), [Some(second)]);
    });
}

#[test]
fn many_are_deleted_one_after_another() {
    tell(keeps_for_two_days, async |story| {
        let anna = story.signs_in("anna").await;
        for customer in 600..670 {
            talks(story, &anna, customer).await;
        }
        story.waits(700).await;
        anna.is_cut();
        passes(story, 3 * DAY).await;
        assert_eq!(listed(story).await, []);
        assert!(chats(story).await.is_empty());
        assert!(story.conversations().await.is_empty());
    });
}

fn anna_alone(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
    line.unanswered.text_on_requeue = false;
}

fn keeps_for_two_days(line: &mut LineSettings) {
    anna_alone(line);
    line.retention.days = 2;
}

/// From a customer's first message to the end of the window.
async fn a_whole_talk(story: &mut Story, customer: i64) -> ConversationId {
    let anna = story.signs_in("anna").await;
    let talk = talks(story, &anna, customer).await;
    story.waits(700).await;
    anna.is_cut();
    talk
}

async fn talks(story: &mut Story, anna: &Desk, customer: i64) -> ConversationId {
    story.customer_writes(customer, "hello").await;
    let talk = anna.accepts_it(story).await;
    anna.replies(story, &talk, "good morning").await;
    anna.finishes(story, &talk).await;
    talk
}

/// Time passes, and what is over then is found and deleted: each step asks somebody else for the next.
async fn passes(story: &Story, seconds: u64) {
    story.time_jumps(seconds).await;
    for _ in 0..8 {
        story.settles().await;
    }
}

/// Whether anything of it is in the store.
async fn is_there(story: &Story, id: &ConversationId) -> bool {
    let shard = id.shard().unwrap();
    let mut documents = 0;
    for kind in [DocumentKind::Conversation, DocumentKind::Archive, DocumentKind::Unpacked] {
        let found = story.store.document(shard, kind, id.to_string()).await.unwrap();
        documents += usize::from(found.is_some());
    }
    let records = story.store.history(shard, id.clone(), 0, 1_000).await.unwrap();
    assert_eq!(documents == 0, records.is_empty());
    documents > 0
}

async fn chats(story: &Story) -> Vec<Chat> {
    story.documents::<Chat>(ShardId(1), DocumentKind::Chat).await
}

/// What the console lists.
async fn listed(story: &Story) -> Vec<ConversationId> {
    let directory = story.node.directory();
    let chief = &directory.operators[&crate::story::chief()].value;
    let filter = ListFilter { limit: 100, ..ListFilter::default() };
    let rows = story.node.conversations(chief, filter).await.unwrap();
    rows.into_iter().map(|row| row.conversation).collect()
}
