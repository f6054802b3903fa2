//! Redis servers that the tests start for themselves, each on a socket in a folder of its own.

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use switchboard::store::Store;
use switchboard::store::redis::RedisSettings;

use crate::redis_altered;

/// Ends the server, and takes away its folder, when the test program is gone, however it ended.
/// Told to `keep`, it leaves the folder for the next server.
const GUARD: &str = r#"
    folder=$1; shift
    redis-server "$@" &
    echo "$!"
    read -r word
    kill -KILL $!
    [ "$word" = keep ] || rm -rf "$folder"
"#;

const SOCKET: &str = "socket";

/// The server that all tests share who want nothing special of it.
pub(crate) fn shared() -> &'static RedisServer {
    static SHARED: LazyLock<RedisServer> =
        LazyLock::new(|| RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]));
    &SHARED
}

/// A port for a server that others must reach, below those from which the system gives connections
/// theirs; several test programs at a time begin at different places.
pub(crate) fn free_port() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id() % 10_000;
    loop {
        let nth = (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        let port = u16::try_from(20_000 + nth).expect("a port");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port.to_string();
        }
    }
}

pub(crate) struct RedisServer {
    folder: PathBuf,
    /// By which stores reach it.
    way: PathBuf,
    args: Vec<String>,
    /// What it says when it takes connections.
    greeting: &'static str,
    running: Option<Running>,
    stores: AtomicUsize,
}

struct Running {
    guard: Child,
    /// The guard waits for it to be closed.
    stdin: ChildStdin,
    pid: String,
}

impl RedisServer {
    pub(crate) fn start(options: &[&str]) -> Self {
        let folder = new_folder();
        let (socket, dir) =
            (folder.join(SOCKET).display().to_string(), folder.display().to_string());
        let usual = ["--port", "0", "--save", "", "--logfile", ""];
        let mut args = usual.map(str::to_owned).to_vec();
        args.extend(["--unixsocket".to_owned(), socket, "--dir".to_owned(), dir]);
        args.extend(options.iter().map(|&option| option.to_owned()));
        Self::run(folder, args, "eady to accept connections")
    }

    /// A sentinel that alone decides whether the master at that port, which it calls `hub`, is gone.
    pub(crate) fn start_sentinel(port: &str, master: &str) -> Self {
        let folder = new_folder();
        let config = folder.join("sentinel.conf");
        let settings = format!(
            "port {port}\nbind 127.0.0.1\nunixsocket {}\ndir {}\n\
             sentinel monitor hub 127.0.0.1 {master} 1\n\
             sentinel down-after-milliseconds hub 500\n\
             sentinel failover-timeout hub 1000\n",
            folder.join(SOCKET).display(),
            folder.display(),
        );
        std::fs::write(&config, settings).expect("a folder of our own");
        let args = vec![config.display().to_string(), "--sentinel".to_owned()];
        Self::run(folder, args, "+monitor master hub")
    }

    fn run(folder: PathBuf, args: Vec<String>, greeting: &'static str) -> Self {
        let way = redis_altered::way_to(&folder.join(SOCKET));
        let stores = AtomicUsize::default();
        let mut server = Self { folder, way, args, greeting, running: None, stores };
        server.starts_again();
        server
    }

    /// A store of its own: nobody else uses its prefix.
    pub(crate) fn new_store(&self) -> Store {
        self.store(&self.new_prefix())
    }

    pub(crate) fn new_prefix(&self) -> String {
        format!("t{}:", self.stores.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn store(&self, prefix: &str) -> Store {
        Store::redis(&self.settings(prefix)).expect("the server is there")
    }

    pub(crate) fn settings(&self, prefix: &str) -> RedisSettings {
        RedisSettings::at(&self.url(), prefix).expect("an address")
    }

    pub(crate) fn url(&self) -> String {
        format!("unix://{}", self.way.display())
    }

    /// Starts on what is in its folder.
    pub(crate) fn starts_again(&mut self) {
        let started = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(&self.folder)
            .args(&self.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut guard = started.expect("a shell");
        let stdin = guard.stdin.take().expect("piped");
        let mut lines = BufReader::new(guard.stdout.take().expect("piped")).lines();
        let pid = lines.next().expect("a number").expect("text");
        let mut said = Vec::new();
        loop {
            let Some(Ok(line)) = lines.next() else {
                panic!("redis-server did not start (is it installed?):\n{}", said.join("\n"));
            };
            if line.contains(self.greeting) {
                break;
            }
            said.push(line);
        }
        // Read on, or the server waits for room in the pipe one day.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        self.running = Some(Running { guard, stdin, pid });
    }

    /// SIGKILL, in the middle of whatever it does. Its folder stays.
    pub(crate) fn is_killed(&mut self) {
        let Running { mut guard, mut stdin, .. } = self.running.take().expect("it runs");
        writeln!(stdin, "keep").expect("the guard listens");
        guard.wait().expect("the guard ends");
    }

    /// Stops in the middle of whatever it does, and goes on when told to.
    pub(crate) fn stands_still(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn goes_on(&self) {
        self.signal("-CONT");
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What `redis-cli` answers.
    pub(crate) fn cli(&self, words: &[&str]) -> String {
        let socket = self.socket();
        let said = Command::new("redis-cli").arg("-s").arg(socket).args(words).output();
        String::from_utf8(said.expect("redis-cli").stdout).expect("text")
    }

    /// Keys that are no part of a store that nobody has worked with.
    pub(crate) fn keys_beside(&self, settings: &RedisSettings) -> Vec<String> {
        let keys = self.cli(&["--no-auth-warning", "-a", "secret", "keys", "*"]);
        let about = format!("{}about", settings.prefix);
        let beside = keys.lines().filter(|key| !key.is_empty() && **key != about);
        beside.map(str::to_owned).collect()
    }

    fn signal(&self, signal: &str) {
        let pid = &self.running.as_ref().expect("it runs").pid;
        assert!(Command::new("kill").args([signal, pid]).status().expect("a shell").success());
    }

    fn socket(&self) -> PathBuf {
        self.folder.join(SOCKET)
    }
}

fn new_folder() -> PathBuf {
    tempfile::tempdir().expect("a temporary directory").keep()
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let Some(Running { mut guard, stdin, .. }) = self.running.take() else {
            let _gone_before = std::fs::remove_dir_all(&self.folder);
            return;
        };
        drop(stdin);
        let _waited_before = guard.wait();
    }
}
