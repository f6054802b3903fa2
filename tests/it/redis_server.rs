//! Redis servers that the tests start for themselves, each on a socket in a folder of its own.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

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

pub(crate) struct RedisServer {
    folder: PathBuf,
    /// By which stores reach it.
    way: PathBuf,
    options: Vec<String>,
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
        let folder = tempfile::tempdir().expect("a temporary directory").keep();
        let options = options.iter().map(|&option| option.to_owned()).collect();
        let way = redis_altered::way_to(&folder.join(SOCKET));
        let mut server =
            Self { folder, way, options, running: None, stores: AtomicUsize::default() };
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
        let socket = self.socket();
        let started = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(&self.folder)
            .args(["--port", "0", "--save", "", "--logfile", ""])
            .args(["--unixsocket".as_ref(), socket.as_os_str()])
            .args(["--dir".as_ref(), self.folder.as_os_str()])
            .args(&self.options)
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
            if line.contains("eady to accept connections") {
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
