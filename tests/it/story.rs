//! Stories: a node with a line, its operators and its customers, in virtual time.
//!
//! A story is told once on each store. Time stands still until the story lets it pass; the Telegram
//! platform is a fake on loopback; operators sit at desks that talk to real sessions. When it is
//! told, the books are looked at: what is stored must agree with itself.

mod books;
mod company;
mod desk;
mod doing;
mod dying;
mod people;
mod seeing;
mod starting;

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use domain::channel::{Channel, ChannelSettings};
use domain::entry::{Body, Entry};
use domain::id::{ChannelId, ConversationId, LineId, OperatorId, ShardId};
use domain::line::{ClosingRule, Line, LineSettings};
use domain::operator::{Operator, Role};
use jiff::Timestamp;
use switchboard::actors::handle::{Accepted, Arrival, CHANGES_MAX, Change, NodeHandle, NotStored};
use switchboard::channels::{self, HookRequest, Meaning};
use switchboard::clock::Clock;
use switchboard::protocol::ServerFrame;
use switchboard::store::Store;
use switchboard::store::op::Position;

use self::people::{operator, sign_in};
use crate::fakes::telegram::{Customer, TOKEN, Telegram, Update};
use crate::redis_server;

pub use self::company::{Sent, open_at, webhook};
pub use self::desk::{Desk, new_id};
pub use self::doing::{code, to_line};
pub use self::people::{chief, operators, person};
pub use self::starting::{files_in_memory, node_settings, start_node, start_node_with};

/// When every story begins: a Monday morning.
pub const MORNING: &str = "2026-03-02T09:00:00Z";
const SECRET: &str = "story_secret";
const LINE: &str = "sales";
/// Shards of the node.
pub const SHARDS: u16 = 2;
pub const CHANNEL: &str = "telegram";

/// Tells the story on the reference model and on the embedded store, or on Redis alone when
/// `STORIES_ON=redis` says so (`make test-redis`).
#[expect(clippy::needless_pass_by_value, reason = "a story is written where it is told")]
pub fn tell(settings: impl Fn(&mut LineSettings), story: impl AsyncFn(&mut Story)) {
    for kind in StoreKind::told_on() {
        actix::System::new().block_on(async {
            let _standing_still = time_stands_still();
            let folder = tempfile::tempdir().unwrap();
            let remembering = match kind {
                StoreKind::Model => Store::model(),
                StoreKind::Sqlite => Store::sqlite(folder.path()).unwrap(),
                StoreKind::Redis => redis_server::shared().new_store(),
            };
            let mut told = Story::begin(remembering, &settings).await;
            story(&mut told).await;
            told.settles().await;
            told.books_are_in_order().await;
        });
    }
}

/// Tells a part of a story on the embedded store of that folder: from its beginning, or as the next
/// process goes on at that moment.
pub fn tell_a_part(
    folder: &Path,
    since: Option<Timestamp>,
    settings: impl Fn(&mut LineSettings),
    part: impl AsyncFn(&mut Story),
) {
    actix::System::new().block_on(async {
        let _standing_still = time_stands_still();
        let store = Store::sqlite(folder).unwrap();
        let mut told = match since {
            Some(since) => Story::goes_on(store, since).await,
            None => Story::begin(store, &settings).await,
        };
        part(&mut told).await;
    });
}

#[derive(Clone, Copy)]
enum StoreKind {
    Model,
    Sqlite,
    Redis,
}

impl StoreKind {
    fn told_on() -> &'static [Self] {
        match std::env::var("STORIES_ON").as_deref() {
            Ok("redis") => &[Self::Redis],
            Ok(other) => panic!("no stories are told on {other}"),
            Err(_) => &[Self::Model, Self::Sqlite],
        }
    }
}

/// Keeps the paused clock from running to the next timer whenever the runtime waits for a thread
/// or a socket: work in `spawn_blocking` holds it. Dropped, it lets go.
pub fn time_stands_still() -> mpsc::Sender<()> {
    let (held, until) = mpsc::channel::<()>();
    tokio::task::spawn_blocking(move || until.recv());
    tokio::time::pause();
    held
}

/// A node and its world.
pub struct Story {
    /// Where everything is said and asked.
    pub node: NodeHandle,
    /// More nodes over the same store.
    pub others: Vec<NodeHandle>,
    pub platform: Telegram,
    pub store: Store,
    updates: u64,
}

impl Story {
    /// As the next process finds what is stored.
    async fn goes_on(store: Store, since: Timestamp) -> Self {
        let node = start_node(&store, Clock::from(since)).await;
        Self::goes_on_at(node, store).await
    }

    async fn goes_on_at(node: NodeHandle, store: Store) -> Self {
        let platform = Telegram::start(node.clock().now());
        let gone_on = Self { node, others: Vec::new(), platform, store, updates: 0 };
        gone_on.node_is_ready().await;
        gone_on.settles().await;
        gone_on
    }

    async fn begin(store: Store, settings: &impl Fn(&mut LineSettings)) -> Self {
        let node = start_node(&store, Clock::from(MORNING.parse().unwrap())).await;
        Self::begin_at(node, store, settings).await
    }

    /// Furnishes a node that has just begun.
    pub async fn begin_at(
        node: NodeHandle,
        store: Store,
        settings: &impl Fn(&mut LineSettings),
    ) -> Self {
        let begun = Self::goes_on_at(node, store).await;
        let mut line = LineSettings::new("Sales", Vec::new(), "UTC");
        says_nothing(&mut line);
        settings(&mut line);
        let operators: Vec<_> = line.queue.operators.clone();
        let mut changes: Vec<_> =
            operators.iter().map(|id| operator(id.as_str(), Role::Operator)).collect();
        changes.push(operator("chief", Role::Administrator));
        let people = operators.iter().cloned().chain([OperatorId::new("chief")]);
        changes.extend(people.map(|id| sign_in(id, begun.now())));
        changes.push(Change::Line {
            version: 0,
            line: Line {
                id: LineId::new(LINE),
                shard: ShardId(1),
                archived: false,
                settings: line,
            },
        });
        changes.push(begun.channel());
        for some in changes.chunks(CHANGES_MAX) {
            begun.node.change(&chief(), some.to_vec()).await.unwrap();
        }
        begun.settles().await;
        begun
    }

    fn channel(&self) -> Change {
        Change::Channel { version: 0, channel: self.bot() }
    }

    /// The Telegram channel, as an administrator connects it.
    pub fn bot(&self) -> Channel {
        let settings = ChannelSettings::Telegram {
            token: TOKEN.into(),
            secret: SECRET.into(),
            api_base: self.platform.api_base(),
            polling: false,
            groups: false,
        };
        Channel {
            id: ChannelId::new(CHANNEL),
            name: "Our bot".into(),
            line: LineId::new(LINE),
            shard: ShardId(1),
            enabled: true,
            settings,
        }
    }

    async fn node_is_ready(&self) {
        while !self.node.is_ready() {
            tokio::task::yield_now().await;
        }
    }

    /// The same store, another process: what a kill leaves behind.
    pub async fn restarts(&mut self) {
        self.node = start_node(&self.store, self.node.clock().clone()).await;
        self.node_is_ready().await;
        self.settles().await;
    }

    pub fn now(&self) -> Timestamp {
        self.node.clock().now()
    }

    /// An operator opens the console and is caught up.
    pub async fn signs_in(&self, name: &str) -> Desk {
        let desk = Desk::open(&self.node, name);
        desk.says_hello(Vec::new());
        self.sees(&desk, |frame| *frame == ServerFrame::CaughtUp {}).await;
        self.settles().await;
        desk
    }

    /// Waits until a desk has been sent such a frame: what comes through a thread of its own (the
    /// read model) is not waited for by [`Self::settles`].
    pub async fn sees(&self, desk: &Desk, wanted: impl Fn(&ServerFrame) -> bool) {
        self.sees_times(desk, 1, wanted).await;
    }

    /// As [`Self::sees`], so many times in all.
    pub async fn sees_times(
        &self,
        desk: &Desk,
        times: usize,
        wanted: impl Fn(&ServerFrame) -> bool,
    ) {
        let patience = Duration::from_secs(10);
        let since = switchboard::clock::monotonic();
        while desk.frames().iter().filter(|frame| wanted(frame)).count() < times {
            assert!(since.elapsed() < patience, "{} has seen {:?}", desk.name, desk.frames());
            tokio::task::yield_now().await;
        }
    }

    /// An update as the platform delivers it at our webhook.
    pub async fn delivered(&self, update: &Update) -> Vec<Result<Accepted, NotStored>> {
        self.delivered_to(CHANNEL, update).await
    }

    async fn delivered_to(
        &self,
        channel: &str,
        update: &Update,
    ) -> Vec<Result<Accepted, NotStored>> {
        let directory = self.node.directory();
        let channel = &directory.channels[&ChannelId::new(channel)].value;
        let header = |name: &str| {
            name.eq_ignore_ascii_case("x-telegram-bot-api-secret-token").then_some(SECRET)
        };
        let bytes = update.bytes();
        let request = HookRequest { header: &header, body: &bytes, keys: None, now: self.now() };
        let items = channels::parse(channel, &request).unwrap();
        let mut taken = Vec::new();
        for item in items {
            let Meaning::Inbound(inbound) = item.meaning else { continue };
            let (dedupe, dedupe_seconds) = (item.dedupe, item.dedupe_seconds);
            let channel = channel.id.clone();
            let arrival = Arrival { channel, dedupe, dedupe_seconds, inbound: *inbound };
            taken.push(self.node.arrive(arrival).await);
        }
        taken
    }

    /// A customer writes, and everything that follows from it has happened.
    pub async fn customer_writes(&mut self, customer: i64, text: &str) {
        self.posts(customer, text).await;
        self.settles().await;
    }

    /// A customer writes; what follows may still be under way.
    pub async fn posts(&mut self, customer: i64, text: &str) {
        self.updates += 1;
        let from = Customer { id: customer, name: "Ivan" };
        let update = self.platform.text(from, text);
        assert_eq!(self.delivered(&update).await, [Ok(Accepted::Created)]);
    }

    /// Lets time pass, second by second, and everything that falls due happen.
    pub async fn seconds_pass(&self, seconds: u64) {
        for _ in 0..seconds {
            tokio::time::advance(Duration::from_secs(1)).await;
            self.settles().await;
        }
        // The runtime's timers are late by up to a millisecond, and one may follow from another.
        for _ in 0..5 {
            tokio::time::advance(Duration::from_millis(1)).await;
            self.settles().await;
        }
    }

    /// A second line in the same shard, with a channel of its own.
    pub async fn another_line(&self, line: &str, channel: &str, operator: &str) {
        let operators = operators([operator]);
        self.opens_line((line, 1), channel, |line| line.queue.operators = operators).await;
    }

    /// A customer writes through a channel of another line.
    pub async fn customer_writes_to(&mut self, channel: &str, customer: i64, text: &str) {
        let update = self.platform.text(Customer { id: customer, name: "Olga" }, text);
        let taken = self.delivered_to(channel, &update).await;
        assert_eq!(taken, [Ok(Accepted::Created)]);
        self.settles().await;
    }

    /// Lets time pass in one step.
    pub async fn time_jumps(&self, seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        self.settles().await;
    }

    /// Waits until a shard has noticed that it broke, and lets time pass until it runs again.
    pub async fn breaks_and_recovers(&self) {
        let patience = Duration::from_secs(10);
        let since = switchboard::clock::monotonic();
        while self.node.is_ready() {
            assert!(since.elapsed() < patience, "nothing broke");
            tokio::task::yield_now().await;
        }
        while !self.node.is_ready() {
            assert!(since.elapsed() < patience, "it does not recover");
            tokio::time::advance(Duration::from_millis(1)).await;
            tokio::task::yield_now().await;
        }
        self.settles().await;
    }

    pub async fn minutes_pass(&self, minutes: u64) {
        self.seconds_pass(minutes * 60).await;
    }

    /// Waits until nothing is left to be done now.
    pub async fn settles(&self) {
        let mut before = None;
        loop {
            self.each_settles().await;
            // One node may have given another something to do that had settled before.
            let stand = if self.others.is_empty() { None } else { Some(self.stand().await) };
            if stand == before {
                return;
            }
            before = stand;
        }
    }

    /// Where the feeds end, and how much waits in the inbox of each shard.
    async fn stand(&self) -> (Vec<(ShardId, Position)>, Vec<usize>) {
        let mut waiting = Vec::new();
        for shard in (0..SHARDS).map(ShardId) {
            let at = self.store.meta(shard).await.unwrap().inbox_at;
            waiting.push(self.store.inbox(shard, at, usize::MAX).await.unwrap().len());
        }
        (self.store.feed_ends().await.unwrap(), waiting)
    }

    async fn each_settles(&self) {
        for _ in 0..2 {
            for _ in 0..32 {
                tokio::task::yield_now().await;
            }
            self.node.settle().await;
            for node in &self.others {
                node.settle().await;
            }
        }
        for _ in 0..32 {
            tokio::task::yield_now().await;
        }
    }

    /// The messages of a conversation, as an operator reads them when he opens it.
    pub async fn messages(&self, id: &ConversationId) -> Vec<String> {
        let transcript = self.node.transcript(id).await.unwrap().unwrap();
        let text = |entry: Entry| match entry.body {
            Body::Message(message) => Some(message.text),
            Body::Note { .. } | Body::Fact(_) => None,
        };
        transcript.entries.into_iter().filter_map(text).collect()
    }

    /// Changes the line's settings, as an administrator would.
    pub async fn line_is_changed(&self, change: impl FnOnce(&mut LineSettings)) {
        self.changes_line(LINE, change).await;
    }

    /// Changes an operator, as an administrator would.
    pub async fn operator_is_changed(&self, name: &str, change: impl FnOnce(&mut Operator)) {
        let directory = self.node.directory();
        let found = &directory.operators[&OperatorId::new(name)];
        let mut operator = (*found.value).clone();
        change(&mut operator);
        let changed = Change::Operator { version: found.version, operator };
        self.node.change(&chief(), vec![changed]).await.unwrap();
        self.settles().await;
    }
}

/// A line that says and minds nothing by itself, beside what a story is about.
fn says_nothing(line: &mut LineSettings) {
    line.welcome.enabled = false;
    line.closing.rule = ClosingRule::Nothing;
    line.answer.limit_seconds = 0;
}
