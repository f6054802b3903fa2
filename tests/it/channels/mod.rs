//! The platforms: what is parsed, what is refused, what becomes of a message on its way out.

pub(crate) mod all_platforms;
mod bot_framework;
mod bots;
mod corrections;
mod edits;
mod email;
mod files_out;
mod groups;
mod letter_mutations;
mod letters;
mod meta;
mod outbound;
pub(crate) mod payloads;
pub(crate) mod platform;
mod polling;
pub(crate) mod rows;
mod senders;
mod sending;
mod signs;
mod splitting;
mod telegram;
mod telegram_mutations;
mod under_load;
mod vk;
mod webhook;
mod webhook_sending;
mod whole;
mod window;

use std::path::PathBuf;

use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, ConversationId, EntryNumber, LineId, ShardId};
use domain::line::Shown;
use jiff::Timestamp;
use switchboard::channels::botframework::keys::KeySet;
use switchboard::channels::{self, HookRequest, Item, Outgoing, Rejected};
use switchboard::outbound::{Outbound, OutboundSettings};

use crate::fakes::telegram as fake;

pub(crate) const SECRET: &str = "the_secret-of-this-channel";

/// The moment at which these stories happen.
pub(crate) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("a moment")
}

pub(crate) fn telegram_at(api_base: &str) -> Channel {
    channel(ChannelSettings::Telegram {
        token: fake::TOKEN.to_owned(),
        secret: SECRET.to_owned(),
        api_base: api_base.to_owned(),
        polling: false,
        groups: false,
    })
}

pub(crate) fn channel(settings: ChannelSettings) -> Channel {
    Channel {
        id: ChannelId::new("shop"),
        name: "Shop".to_owned(),
        line: LineId::new("sales"),
        shard: ShardId(0),
        enabled: true,
        settings,
    }
}

/// Posts `body` to a Telegram channel with the secret in its header.
pub(crate) fn deliver(body: &[u8]) -> Result<Vec<Item>, Rejected> {
    deliver_with(&[(channels::telegram::SECRET_HEADER, SECRET)], body)
}

pub(crate) fn deliver_with(headers: &[(&str, &str)], body: &[u8]) -> Result<Vec<Item>, Rejected> {
    request(&telegram_at("https://api.telegram.org"), headers, body)
}

pub(crate) fn request(
    channel: &Channel,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Vec<Item>, Rejected> {
    let header = |name: &str| {
        headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    };
    let keys = published_keys();
    channels::parse(channel, &HookRequest { header: &header, body, keys: Some(&keys), now: now() })
}

/// The keys with which the fake of the Bot Framework signs.
fn published_keys() -> KeySet {
    let first = &*crate::fakes::botframework::FIRST;
    let published = first.published(Some(&["msteams", "skype", "emulator"]));
    KeySet::read(&serde_json::json!({ "keys": [published] })).expect("a key")
}

/// A way out that may call the fakes on this machine; one for each story, as its runtime ends.
pub(crate) fn outbound_to_fakes() -> Outbound {
    thread_local! {
        static OUTBOUND: Outbound = {
            let settings = OutboundSettings::allowing(&["127.0.0.0/8"]).expect("a network");
            Outbound::new(settings).expect("tls is there")
        };
    }
    OUTBOUND.with(Outbound::clone)
}

/// The third entry of a conversation, on its way to `chat`.
pub(crate) fn outgoing<'a>(
    chat: &'a str,
    text: &'a str,
    conversation: &'a ConversationId,
) -> Outgoing<'a> {
    Outgoing {
        job: "job-3",
        chat,
        text,
        files: &[],
        conversation,
        entry: EntryNumber(3),
        part: 0,
        attempt: 1,
        author: Some(Shown { name: "Anna", picture: None }),
        by_operator: true,
        return_to: None,
        heard_at: None,
        rating: None,
        written_at: "2026-11-22T11:59:58Z".parse().expect("a moment"),
        now: now(),
    }
}

pub(crate) fn fixtures() -> Vec<(String, Vec<u8>)> {
    json_files(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/telegram"))
}

/// The `.json` files of a folder by name, in the order of their names.
pub(crate) fn json_files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("readable").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "json")).collect();
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read(&path).expect("readable"))
    };
    paths.into_iter().map(named).collect()
}
