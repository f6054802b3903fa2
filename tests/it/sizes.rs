//! What conversations take in the stores, as `docs/OPERATIONS.md` tells: played by a whole hub, and
//! measured where they lie.
//!
//! `cargo test --test it what_conversations_take -- --ignored --nocapture`

use std::collections::BTreeMap;
use std::path::Path;

use domain::id::ConversationId;
use domain::line::LineSettings;
use rusqlite::Connection;
use switchboard::clock::Clock;
use switchboard::store::Store;

use crate::redis_server::RedisServer;
use crate::story::{Desk, MORNING, Story, operators, start_node, time_stands_still};

const CONVERSATIONS: usize = 100;
const MESSAGES: usize = 20;
const DAY: u64 = 86_400;
const WORDS: [&str; 36] = [
    "I",
    "have",
    "ordered",
    "a",
    "lamp",
    "on",
    "Monday",
    "and",
    "it",
    "is",
    "not",
    "here",
    "yet",
    "please",
    "tell",
    "me",
    "when",
    "the",
    "parcel",
    "will",
    "arrive",
    "thank",
    "you",
    "we",
    "look",
    "into",
    "that",
    "at",
    "once",
    "your",
    "number",
    "of",
    "order",
    "was",
    "sent",
    "yesterday",
];
const WORDS_SAID: usize = 14;

/// Bytes by what they are for.
type Sizes = BTreeMap<String, usize>;

#[test]
#[ignore = "measures and prints, and cannot fail"]
fn what_conversations_take() {
    let server = RedisServer::start(&["--appendonly", "yes"]);
    play("Redis", server.store("sizes:"), || in_redis(&server));
    let folder = tempfile::tempdir().unwrap();
    play("SQLite", Store::sqlite(folder.path()).unwrap(), || on_disk(folder.path()));
}

fn play(name: &str, kept: Store, measure: impl Fn() -> Sizes) {
    actix::System::new().block_on(async {
        let _standing_still = time_stands_still();
        let node = start_node(&kept, Clock::from(MORNING.parse().unwrap())).await;
        let mut story = Story::begin_at(node, kept, &|line: &mut LineSettings| {
            line.queue.operators = operators(["anna"]);
            line.unanswered.text_on_requeue = false;
        })
        .await;
        story.operator_is_changed("anna", |anna| anna.capacity = 0).await;
        let anna = story.signs_in("anna").await;
        let before = measure();
        let mut talks = Vec::new();
        for customer in 0..CONVERSATIONS {
            talks.push(talk(&mut story, &anna, customer).await);
        }
        tell(name, "open", &before, &measure());
        for talk in &talks {
            anna.finishes(&story, talk).await;
        }
        story.time_jumps(700).await;
        tell(name, "closed", &before, &measure());
        story.time_jumps(DAY + 1_200).await;
        tell(name, "closed for a day", &before, &measure());
    });
}

async fn talk(story: &mut Story, anna: &Desk, customer: usize) -> ConversationId {
    let customer = 10_000 + i64::try_from(customer).unwrap();
    story.customer_writes(customer, &said(customer, 0)).await;
    let talk = anna.accepts_it(story).await;
    for n in 1..i64::try_from(MESSAGES).unwrap() {
        let text = said(customer, n);
        if n % 2 == 0 {
            story.customer_writes(customer, &text).await;
        } else {
            anna.replies(story, &talk, &text).await;
        }
    }
    talk
}

/// Some seventy characters, hardly ever the same.
fn said(customer: i64, n: i64) -> String {
    let seed = customer.unsigned_abs() * 1_000 + n.unsigned_abs();
    let mut chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let words = (0..WORDS_SAID).map(|_| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
        WORDS[usize::try_from(chance >> 33).unwrap() % WORDS.len()]
    });
    words.collect::<Vec<_>>().join(" ")
}

/// By conversation, without what is bounded by itself: the feed, what waits to be sent, and keys that
/// run out.
#[expect(clippy::print_stdout, reason = "the figures are what is asked for")]
fn tell(store: &str, state: &str, before: &Sizes, now: &Sizes) {
    let bounded =
        ["feed", "sqlite_autoindex_feed_1", "seen", "dedupe", "dedupe_until", "job", "jobs"];
    let grown =
        now.iter().filter(|(kind, _)| !bounded.contains(&kind.as_str())).map(|(kind, bytes)| {
            let more = bytes.saturating_sub(before.get(kind).copied().unwrap_or_default());
            (kind, more / CONVERSATIONS)
        });
    let grown: Vec<_> = grown.filter(|(_, bytes)| *bytes > 0).collect();
    let all: usize = grown.iter().map(|(_, bytes)| bytes).sum();
    println!("{store}, {state}: {all} bytes a conversation of {MESSAGES} messages: {grown:?}");
}

fn in_redis(server: &RedisServer) -> Sizes {
    let script = "local all = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
            all[#all + 1] = redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0) .. ' ' .. key
        end
        return all";
    let mut sizes = Sizes::new();
    for line in server.cli(&["eval", script, "0"]).lines() {
        let Some((bytes, key)) = line.split_once(' ') else { continue };
        let name = key.rsplit_once("}:").map_or(key, |(_, name)| name);
        let words = name.split(':').take(if name.starts_with("doc") { 2 } else { 1 });
        let kind = words.collect::<Vec<_>>().join(" ");
        let kind = key.strip_prefix("sizes:shared:").map_or(kind, |shared| {
            format!("shared {}", shared.split(':').next().unwrap_or_default())
        });
        *sizes.entry(kind).or_default() += bytes.parse::<usize>().unwrap();
    }
    sizes
}

fn on_disk(folder: &Path) -> Sizes {
    let file = Connection::open(folder.join("store.sqlite")).unwrap();
    let mut of_tables =
        file.prepare("SELECT name, SUM(payload) FROM dbstat GROUP BY name").unwrap();
    let sizes = of_tables.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    sizes.collect::<Result<_, _>>().unwrap()
}
