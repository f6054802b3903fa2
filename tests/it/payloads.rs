//! Everything that a platform may really send, posted to a running hub: each file of a folder,
//! whatever it holds, is acknowledged, and sent twice it is stored once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use domain::chat::InboundKind;
use domain::event::Row;
use domain::id::ConversationId;
use serde_json::Value;
use switchboard::channels::Meaning;
use switchboard::protocol::FeedPosition;

use crate::channels::payloads::samples;
use crate::channels::{deliver, json_files};
use crate::site::{Browser, Company, transcript};

/// What a file is given for an update that another file has used; far from those of platforms.
const FREE_UPDATE_ID: i64 = 9_000_000_000_000;

#[actix_web::test]
async fn every_fixture_of_ours_is_taken_once() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/telegram");
    let messages = each_file_twice(&folder).await;
    assert!(messages >= 25, "only {messages} fixtures were messages");
}

#[actix_web::test]
async fn every_collected_sample_is_taken_once() {
    let Some(folder) = samples() else { return };
    let messages = each_file_twice(&folder).await;
    assert!(messages > 0, "no sample was a message");
}

/// Answers how many files were messages of customers.
async fn each_file_twice(folder: &Path) -> usize {
    let company = Company::opens().await;
    let mut seen = Seen::look(&company).await;
    let mut updates = BTreeSet::new();
    let (mut messages, mut files) = (0, 0);
    for (name, body) in json_files(folder) {
        let body = as_an_update_of_its_own(body, &mut updates);
        let expected = Expected::of(&body);
        let counted = expected.counted(&company).await;
        is_acknowledged(&company, &name, &body).await;
        let once = Seen::look(&company).await;
        let new = new_messages(&company, &seen, &once).await;
        if expected == Expected::Unheard {
            assert_ne!(once.positions, seen.positions, "{name} is not stored");
        } else {
            let is_message = expected == Expected::Message;
            assert_eq!(new, usize::from(is_message), "{name} is {expected:?}");
        }
        let now_counted = expected.counted(&company).await;
        assert!(now_counted > counted || counted.is_none(), "nobody learns that {name} is ignored");
        is_acknowledged(&company, &name, &body).await;
        let twice = Seen::look(&company).await;
        assert_eq!(twice, once, "the repeat of {name} has written something");
        (messages, files, seen) = (messages + new, files + 1, once);
    }
    let report = format!("{files} files of {}: {messages} messages", folder.display());
    writeln!(std::io::stderr(), "{report}").expect("written");
    messages
}

/// What becomes of a body, as the channel understands it.
#[derive(Debug, PartialEq)]
enum Expected {
    Message,
    /// A machine wrote it, or it rates what nobody has asked about: stored, perhaps in a
    /// conversation that begins and ends with it.
    Unheard,
    /// An edit, or the customer stops the bot or starts it: no entry of the customer.
    Change,
    Ignored(&'static str),
}

impl Expected {
    fn of(body: &[u8]) -> Self {
        match deliver(body).expect("genuine").remove(0).meaning {
            Meaning::Ignored(word) => Self::Ignored(word),
            Meaning::Letter(_) | Meaning::Writing { .. } | Meaning::Confirmation => {
                panic!("nothing to store")
            }
            Meaning::Inbound(inbound) => match inbound.what {
                InboundKind::Message(message) if message.automatic => Self::Unheard,
                InboundKind::Message(message) if message.rating.is_some() => Self::Unheard,
                InboundKind::Message(_) => Self::Message,
                InboundKind::Edited { .. }
                | InboundKind::Migrated { .. }
                | InboundKind::Deleted { .. }
                | InboundKind::Reacted { .. }
                | InboundKind::Blocked
                | InboundKind::Unblocked
                | InboundKind::Progress(_)
                | InboundKind::Elsewhere(_)
                | InboundKind::Received { .. }
                | InboundKind::Introduced(_) => Self::Change,
            },
        }
    }

    /// How often its word was counted so far; none for what is stored.
    async fn counted(&self, company: &Company) -> Option<u64> {
        let Self::Ignored(word) = self else { return None };
        let name =
            format!("switchboard_hooks_ignored_total{{channel=\"telegram\",word=\"{word}\"}} ");
        let numbers = company.site.page.get("/metrics").await.text;
        let counted = numbers.lines().find_map(|line| line.strip_prefix(&*name));
        Some(counted.map_or(0, |counted| counted.parse().expect("a number")))
    }
}

/// The body as it is, unless another file has used its id.
fn as_an_update_of_its_own(body: Vec<u8>, updates: &mut BTreeSet<i64>) -> Vec<u8> {
    let Ok(mut update) = serde_json::from_slice::<Value>(&body) else { return body };
    let Some(id) = update["update_id"].as_i64() else { return body };
    if updates.insert(id) {
        return body;
    }
    let used = i64::try_from(updates.len()).expect("few files");
    updates.insert(FREE_UPDATE_ID + used);
    update["update_id"] = (FREE_UPDATE_ID + used).into();
    update.to_string().into_bytes()
}

async fn is_acknowledged(company: &Company, name: &str, body: &[u8]) {
    let answer = company.bot.posts(&company.site.page, body).await;
    assert_eq!((answer.status.as_u16(), &*answer.text), (200, ""), "{name}");
}

/// Where the feeds end and how all conversations stand: whatever is stored changes it.
#[derive(Debug, PartialEq)]
struct Seen {
    positions: Vec<FeedPosition>,
    rows: BTreeMap<ConversationId, Row>,
}

impl Seen {
    async fn look(company: &Company) -> Self {
        company.site.node.settle().await;
        let browser = Browser::shows(&company.chief).await;
        Self { positions: browser.positions(), rows: browser.rows() }
    }
}

/// Messages of customers in conversations that have changed, behind what they had before.
async fn new_messages(company: &Company, before: &Seen, after: &Seen) -> usize {
    let mut new = 0;
    for (id, row) in after.rows.iter().filter(|(id, row)| before.rows.get(id) != Some(row)) {
        let known = before.rows.get(id).map_or(0, |row| row.last_entry.0);
        let entries = transcript(&company.chief, id).await["entries"].take();
        let entries = entries.as_array().expect("entries").iter();
        new += entries
            .filter(|entry| entry["n"].as_u64() > Some(known.into()))
            .filter(|entry| entry["author"]["kind"] == "customer")
            .count();
        assert!(row.last_entry.0 >= known, "entries of {id} are gone");
    }
    new
}
