//! Inboxes that are full: shards that have something for one another do not wait for each other.

use std::iter::repeat_n;

use domain::id::{ChannelId, ShardId};
use serde_json::json;
use switchboard::store::op::{INBOX_MAX, Op, Room};

use crate::outages::elsewhere;
use crate::story::{CHANNEL, Sent, Story, operators, tell};

#[test]
fn two_shards_whose_inboxes_are_full_do_not_wait_for_each_other() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            story
                .opens_line(("support", 0), "helpdesk", |line| {
                    line.queue.operators = operators(["anna"]);
                })
                .await;
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "one").await;
            let first = anna.accepts_it(story).await;
            anna.hands_to_line(story, &first, "support").await;
            story.customer_writes_to("helpdesk", 502, "one").await;
            let second = anna.accepts_it(story).await;
            anna.hands_to_line(story, &second, "sales").await;
            let (first, second) = (story.open_of(501).await, story.open_of(502).await);
            assert_eq!((first.shard(), second.shard()), (Some(ShardId(0)), Some(ShardId(1))));
            story.dies().await;
            // Each shard finds in front what it has to pass on to the other.
            waits_in_a_full_inbox(story, 1, CHANNEL, "501").await;
            waits_in_a_full_inbox(story, 0, "helpdesk", "502").await;
            story.restarts().await;
            for conversation in [first, second] {
                let messages = story.messages_of_all_parts(&conversation).await;
                assert_eq!(messages, ["one", "two"]);
            }
        },
    );
}

#[test]
fn what_is_for_a_channel_that_there_is_not_is_kept() {
    tell(
        |line| line.queue.operators = operators(["anna"]),
        async |story| {
            let arrival = story.arrival("nobodys", "77", Sent::Text("hello"));
            let channel = ChannelId::new("nobodys");
            let post = json!({ "post": "arrival", "channel": channel, "inbound": arrival.inbound });
            let (shard, bytes) = (ShardId(1), post.to_string().into_bytes());
            let submitted = story.store.submit(shard, "one".into(), 100, story.now(), bytes).await;
            assert!(submitted.is_ok());
            // Now the inbox is looked into.
            story.customer_writes(501, "hello").await;
            let dead = story.store.dead(shard, usize::MAX).await.unwrap();
            assert_eq!(dead.len(), 1);
            assert!(String::from_utf8_lossy(&dead[0]).contains("nobodys"));
        },
    );
}

async fn waits_in_a_full_inbox(story: &mut Story, shard: u16, channel: &str, chat: &str) {
    let arrival = story.arrival(channel, chat, Sent::Text("two"));
    let channel = ChannelId::new(channel);
    let post = json!({ "post": "arrival", "channel": channel, "inbound": arrival.inbound });
    let entry = |bytes| Op::PutInbox { shard: ShardId(shard), room: Room::Common, bytes };
    let first = entry(post.to_string().into_bytes());
    let all = std::iter::once(first).chain(repeat_n(entry(b"junk".to_vec()), INBOX_MAX - 1));
    for some in all.collect::<Vec<_>>().chunks(1_000) {
        elsewhere(story, some.to_vec()).await;
    }
}
