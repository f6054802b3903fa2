//! What reading and writing costs of the forms in which a message goes through the hub: the update
//! of a platform, the stored document, the browser's frame and command.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

mod counted;

use std::hint::black_box;

use criterion::Criterion;
use domain::channel::{Channel, ChannelSettings};
use domain::conversation::{Conversation, Opening, TextsSent};
use domain::entry::{Author, Body, Entry, Message};
use domain::id::{ChannelId, ChatKey, ConversationId, EntryNumber, LineId, ShardId};
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::channels::{self, HookRequest, telegram::SECRET_HEADER};
use switchboard::protocol::{ClientFrame, Event, FeedPosition, ServerFrame};

use crate::counted::Path;

const SECRET: &str = "bench_secret";
const TEXT_BYTES: usize = 200;

fn main() {
    let mut paths = paths();
    if counted::ran(&mut paths) {
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("codecs");
    for (name, mut path) in paths {
        group.bench_function(name, |bench| bench.iter(&mut path));
    }
    group.finish();
    criterion.final_summary();
}

fn paths() -> Vec<Path> {
    let (bot, update) = (bot(), update().to_string());
    let parse = move || {
        let header = |name: &str| name.eq_ignore_ascii_case(SECRET_HEADER).then_some(SECRET);
        let (body, now) = (update.as_bytes(), Timestamp::UNIX_EPOCH);
        let request = HookRequest { header: &header, body, keys: None, now };
        drop(black_box(channels::parse(&bot, &request).unwrap()));
    };
    let conversation = conversation();
    let stored = domain::json::to_vec(&conversation).unwrap();
    let read = move || drop(black_box(serde_json::from_slice::<Conversation>(&stored).unwrap()));
    let frame = frame(&conversation);
    let show = move || drop(black_box(domain::json::to_string(&frame).unwrap()));
    let command = command(&conversation).to_string();
    let hear = move || drop(black_box(serde_json::from_str::<ClientFrame>(&command).unwrap()));
    let store = move || drop(black_box(domain::json::to_vec(&conversation).unwrap()));
    vec![
        ("update", Box::new(parse)),
        ("store a conversation", Box::new(store)),
        ("read a conversation", Box::new(read)),
        ("show an entry and a row", Box::new(show)),
        ("hear a command", Box::new(hear)),
    ]
}

fn text() -> String {
    "x".repeat(TEXT_BYTES)
}

fn bot() -> Channel {
    let settings = ChannelSettings::Telegram {
        token: "1:bench".into(),
        secret: SECRET.into(),
        api_base: "https://api.telegram.org".into(),
        polling: false,
        groups: false,
    };
    let (id, line) = (ChannelId::new("bot"), LineId::new("sales"));
    Channel { id, name: "Bot".to_owned(), line, shard: ShardId(0), enabled: true, settings }
}

fn update() -> Value {
    json!({
        "update_id": 1,
        "message": {
            "message_id": 1,
            "from": { "id": 501, "is_bot": false, "first_name": "Ivan", "language_code": "en" },
            "chat": { "id": 501, "first_name": "Ivan", "type": "private" },
            "date": 1_772_442_000,
            "text": text(),
        },
    })
}

fn conversation() -> Conversation {
    let opening = Opening {
        id: ConversationId::in_shard(ShardId(0), "00000001"),
        line: LineId::new("sales"),
        chat: ChatKey { channel: ChannelId::new("bot"), external: "501".into() },
        customer: None,
        customer_name: "Ivan".to_owned(),
        continues: None,
        texts_sent: TextsSent::default(),
    };
    Conversation::open(opening, Timestamp::UNIX_EPOCH)
}

fn frame(of: &Conversation) -> ServerFrame {
    let message = Message { text: text(), ..Message::default() };
    let (n, at) = (EntryNumber(1), Timestamp::UNIX_EPOCH);
    let entry = Entry { n, at, author: Author::Customer, body: Body::Message(message) };
    let conversation = of.id.clone();
    let events = vec![
        Event::Entry { conversation, entry: entry.into() },
        Event::Row { row: of.row().into() },
    ];
    let position = |n: u64| FeedPosition(format!("0:1-{n}.a"));
    ServerFrame::Events { shard: ShardId(0), from: position(1), to: position(3), events }
}

fn command(of: &Conversation) -> Value {
    json!({
        "type": "reply",
        "cmd_id": "019b0000-0000-7000-8000-000000000000",
        "conversation": of.id,
        "text": text(),
    })
}
