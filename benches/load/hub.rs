//! The hubs under load: processes of the real program over one store, furnished beforehand.

use std::fmt::{self, Write as _};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::Duration;

use switchboard::clock;
use tempfile::TempDir;

use crate::process;
use crate::redis::{Log, Redis};

/// Consoles that one operator may open.
pub(crate) const CONSOLES_OF_ONE: usize = 100;
/// Until several nodes have divided the shards among them.
const SETTLED_AFTER: Duration = Duration::from_secs(20);
/// Longest that hubs may take to become ready.
const READY_WITHIN: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreKind {
    Sqlite,
    Redis,
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Redis => "redis",
        })
    }
}

/// What is started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    pub(crate) store: StoreKind,
    pub(crate) nodes: usize,
    /// Each line with its channel is in a shard of its own.
    pub(crate) lines: u16,
    pub(crate) operators: usize,
    /// Offers of the queue that may lie before one operator.
    pub(crate) offers: usize,
}

/// Running hubs; dropped, they are killed.
pub(crate) struct Hubs {
    pub(crate) stage: Stage,
    pub(crate) addresses: Vec<SocketAddr>,
    processes: Vec<Child>,
    redis: Option<Redis>,
    _directory: TempDir,
}

impl Hubs {
    pub(crate) fn start(stage: Stage) -> Self {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let redis = (stage.store == StoreKind::Redis)
            .then(|| Redis::start(directory.path(), Log::EverySecond));
        let url = redis.as_ref().map(Redis::url);
        let ports: Vec<u16> = (0..stage.nodes).map(|_| free_port()).collect();
        let configured = ports
            .iter()
            .enumerate()
            .map(|(n, port)| configure(directory.path(), n, *port, url.as_deref(), stage.offers));
        let configs: Vec<PathBuf> = configured.collect();
        furnish(&configs[0], stage);
        let started = configs.iter().map(|config| {
            Command::new(env!("CARGO_BIN_EXE_switchboard"))
                .arg("serve")
                .arg("--config")
                .arg(config)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        });
        let processes = started.collect();
        let addresses = ports.iter().map(|port| ([127, 0, 0, 1], *port).into()).collect();
        let hubs = Self { stage, addresses, processes, redis, _directory: directory };
        hubs.addresses.iter().for_each(wait_until_ready);
        if stage.nodes > 1 {
            std::thread::park_timeout(SETTLED_AFTER);
        }
        hubs
    }

    /// Where the one of that number connects: they are dealt out in turn.
    pub(crate) fn address(&self, n: usize) -> SocketAddr {
        self.addresses[n % self.addresses.len()]
    }

    /// Consoles that are open at all hubs.
    pub(crate) fn sockets(&self) -> usize {
        self.addresses.iter().map(|hub| number::<usize>(*hub, "switchboard_sockets")).sum()
    }

    /// How long the lists are behind what was written last, where that is longest.
    pub(crate) fn lists_lag(&self) -> Duration {
        let name = "switchboard_read_model_lag_seconds";
        let lags =
            self.addresses.iter().map(|hub| Duration::from_secs_f64(number::<f64>(*hub, name)));
        lags.max().unwrap_or_default()
    }

    /// Whether the lists hold all that was written.
    pub(crate) fn lists_are_whole(&self) -> bool {
        let waiting = |hub: &SocketAddr| number::<usize>(*hub, "switchboard_read_model_waiting");
        self.addresses.iter().map(waiting).all(|waiting| waiting == 0)
    }

    /// CPU time of all hubs so far.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        self.processes.iter().map(|hub| process::cpu(hub.id())).sum()
    }

    pub(crate) fn redis(&self) -> Option<&Redis> {
        self.redis.as_ref()
    }

    /// CPU time of Redis so far; none: there is none.
    pub(crate) fn redis_cpu(&self) -> Option<Duration> {
        process::cpu(self.redis.as_ref()?.id())
    }

    /// Resident memory of all hubs, in KiB.
    pub(crate) fn resident_kib(&self) -> Option<u64> {
        self.processes.iter().map(|hub| process::resident_kib(hub.id())).sum()
    }
}

impl Drop for Hubs {
    fn drop(&mut self) {
        for hub in &mut self.processes {
            // It may have ended by itself.
            let _ended = hub.kill();
            let _ended = hub.wait();
        }
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn configure(directory: &Path, n: usize, port: u16, redis: Option<&str>, offers: usize) -> PathBuf {
    let own = directory.join(format!("hub-{n}"));
    std::fs::create_dir_all(&own).unwrap();
    let mut settings = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n\
         [cluster]\nnode = \"hub-{n}\"\n\
         [log]\nlevel = \"error\"\n\
         [limits]\nsockets_per_operator = {CONSOLES_OF_ONE}\ncommands_per_second = 10000\n\
         commands_burst = 10000\nopen_offers = {offers}\n\
         [store]\ndirectory = \"{}\"\n",
        own.display()
    );
    if let Some(url) = redis {
        write!(settings, "kind = \"redis\"\n[redis]\nurl = \"{url}\"\n").unwrap();
    }
    let config = own.join("hub.toml");
    std::fs::write(&config, settings).unwrap();
    config
}

/// In a process of its own, as the store of one node is one process's.
fn furnish(config: &Path, stage: Stage) {
    let furnished = Command::new(std::env::current_exe().unwrap())
        .arg("--furnish")
        .arg(config)
        .args(["--lines", &stage.lines.to_string()])
        .args(["--operators", &stage.operators.to_string()])
        .status();
    assert!(furnished.unwrap().success(), "the hub cannot be furnished");
}

fn wait_until_ready(address: &SocketAddr) {
    let since = clock::monotonic();
    while !is_ready(*address) {
        assert!(since.elapsed() < READY_WITHIN, "a hub is not ready");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

fn is_ready(address: SocketAddr) -> bool {
    ask(address, "/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// A number that the hub tells of itself; 0: it does not, yet.
fn number<T: FromStr + Default>(hub: SocketAddr, name: &str) -> T {
    let numbers = ask(hub, "/metrics").unwrap();
    let of = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok();
    numbers.lines().find_map(of).unwrap_or_default()
}

/// The whole answer of a hub; none: there is none.
fn ask(address: SocketAddr, path: &str) -> Option<String> {
    let mut connection = TcpStream::connect(address).ok()?;
    connection.set_read_timeout(Some(READY_WITHIN)).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).ok()?;
    Some(answer)
}
