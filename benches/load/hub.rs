//! The hub under load, in a process of its own, and what it is set up with.
//!
//! Everything but the sign-in of operators happens as in the real program: that one is written as
//! a shared document, so that no password is hashed.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use domain::account::SignIn;
use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, LineId, OperatorId, ShardId};
use domain::line::{Line, LineSettings};
use domain::operator::{Operator, Role, Status};
use sha2::{Digest, Sha256};
use switchboard::actors::handle::{Change, NodeHandle};
use switchboard::actors::node::{self, NodeStart};
use switchboard::actors::parts::NodeSettings;
use switchboard::clock::Clock;
use switchboard::config::Config;
use switchboard::files::{FileLimits, Files};
use switchboard::outbound::{Outbound, OutboundSettings};
use switchboard::readmodel::ReadModel;
use switchboard::store::Store;
use switchboard::web::edge::Edge;
use switchboard::web::server;

use crate::OPERATORS;

pub(crate) const SECRET: &str = "load_secret";
/// Linux counts CPU time for other processes in these, whatever the kernel's own clock.
const TICKS_PER_SECOND: u64 = 100;

/// A running hub; dropped, it is killed.
pub(crate) struct Hub {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Hub {
    /// Starts the hub on a directory of its own, with so many lines.
    pub(crate) fn start(directory: &Path, lines: u16) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .arg("--hub")
            .arg(directory)
            .args(["--lines", &lines.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { address: address.trim().parse().unwrap(), process }
    }

    /// CPU time of the hub so far, in the program and in the kernel; none: not on Linux.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?;
        // The name of the program may hold spaces, but it ends at the last parenthesis.
        let (_, fields) = stat.rsplit_once(") ")?;
        let mut fields = fields.split(' ').skip(11);
        let mut ticks = || fields.next()?.parse::<u64>().ok();
        let ticks = ticks()? + ticks()?;
        Some(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}

/// The other process: serves until nobody holds its standard input any more.
pub(crate) fn serve(directory: &Path, lines: u16) {
    std::thread::spawn(|| {
        let _closed = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    actix_web::rt::System::new().block_on(async {
        let node = start_node(directory).await;
        while !node.is_ready() {
            tokio::task::yield_now().await;
        }
        node.change(&OperatorId::new("chief"), shared_documents(lines)).await.unwrap();
        node.settle().await;
        let listener = server::listen((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        let config = Config::with(&format!("server.public_url = \"http://{address}\"")).unwrap();
        let edge = Edge::new(node, Clock::Wall, &config, None, None);
        let server = server::start(listener, edge).unwrap();
        println!("{address}");
        server.await.unwrap();
    });
}

async fn start_node(directory: &Path) -> NodeHandle {
    let config = Config::with("").unwrap();
    let start = NodeStart {
        name: "load".into(),
        settings: NodeSettings {
            company: "Acme".into(),
            limits: domain::limits::Limits::default(),
            region: config.company.country,
            public_url: None,
            shards: config.store.shards,
            grace_seconds: config.sessions.grace_seconds,
            events_kept: config.feed.events_per_shard_in_memory,
            events_stored: config.feed.feed_keep,
            sockets_per_operator: config.limits.sockets_per_operator,
            // The conversations are accepted as fast as they are offered.
            commands_per_second: 10_000,
            commands_burst: 10_000,
            sign_in_idle: config.sessions.idle(),
            sign_in_absolute: config.sessions.absolute(),
        },
        clock: Clock::Wall,
        store: Store::sqlite(directory).unwrap(),
        read_model: ReadModel::open(Some(&directory.join("readmodel.sqlite"))).unwrap(),
        outbound: Outbound::new(OutboundSettings::default()).unwrap(),
        files: Files::in_memory(FileLimits {
            bytes_max: config.files.bytes_max,
            conversation_files_max: config.files.conversation_files_max,
            conversation_bytes_max: config.files.conversation_bytes_max,
        }),
        cluster: None,
    };
    node::start(start).await.unwrap()
}

/// Operators who are signed in, and lines that all of them serve, each with a channel.
fn shared_documents(lines: u16) -> Vec<Change> {
    let people = (0..OPERATORS).flat_map(|n| [person(n), sign_in(n)]);
    people.chain((0..lines).flat_map(|n| [line(n), bot(n)])).collect()
}

fn person(n: usize) -> Change {
    let operator = Operator {
        id: operator(n),
        name: format!("Operator {n}"),
        role: Role::Operator,
        supervises: Vec::new(),
        capacity: 0,
        status: Status::Available,
        status_reason: None,
        set_away: false,
        enabled: true,
    };
    Change::Operator { version: 0, operator }
}

fn sign_in(n: usize) -> Change {
    let digest = format!("{:x}", Sha256::digest(token(n)));
    let now = Clock::Wall.now();
    let login = operator(n).to_string();
    let sign_in = SignIn { operator: operator(n), login, created_at: now, seen_at: now };
    Change::SignIn { version: 0, digest, sign_in }
}

fn line(n: u16) -> Change {
    let settings =
        LineSettings::new(format!("Line {n}"), (0..OPERATORS).map(operator).collect(), "UTC");
    let line = Line { id: line_id(n), shard: shard(n), archived: false, settings };
    Change::Line { version: 0, line }
}

fn bot(n: u16) -> Change {
    let settings = ChannelSettings::Telegram {
        token: "1:load".into(),
        secret: SECRET.into(),
        api_base: "https://api.telegram.org".into(),
        polling: false,
    };
    let (id, name) = (channel(n), format!("Bot {n}"));
    let channel = Channel { id, name, line: line_id(n), shard: shard(n), enabled: true, settings };
    Change::Channel { version: 0, channel }
}

pub(crate) fn operator(n: usize) -> OperatorId {
    OperatorId::new(format!("operator-{n}"))
}

/// What the cookie of an operator holds.
pub(crate) fn token(n: usize) -> String {
    format!("load-token-{n}")
}

pub(crate) fn channel(n: u16) -> ChannelId {
    ChannelId::new(format!("bot-{n}"))
}

fn line_id(n: u16) -> LineId {
    LineId::new(format!("line-{n}"))
}

fn shard(n: u16) -> ShardId {
    ShardId(n)
}
