//! The Redis under load, in a process and a folder of its own.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::hub::free_port;

/// What it writes down of each command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Log {
    Nothing,
    /// On the disk once a second.
    EverySecond,
}

pub(crate) struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    /// Returns when it takes connections.
    pub(crate) fn start(directory: &Path, log: Log) -> Self {
        let port = free_port();
        let mut process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", if log == Log::Nothing { "no" } else { "yes" }])
            .args(["--appendfsync", "everysec"])
            .args(["--maxmemory-policy", "noeviction", "--io-threads", "1"])
            // By default an empty store would rewrite its log every few seconds while it grows: at each
            // doubling from 64 MB on. This is what docs/OPERATIONS.md asks for.
            .args(["--auto-aof-rewrite-min-size", "1gb"])
            .arg("--dir")
            .arg(directory)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(process.try_wait().unwrap().is_none(), "redis-server has ended");
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Self { process, port }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// How often a command was called so far, by scripts too.
    pub(crate) fn calls(&self, command: &str) -> u64 {
        let prefix = format!("cmdstat_{command}:calls=");
        let calls = self.told("commandstats", &prefix);
        calls.map_or(0, |calls| calls.split(',').next().unwrap().parse().unwrap())
    }

    pub(crate) fn version(&self) -> String {
        self.told("server", "redis_version:").unwrap_or_default()
    }

    /// What follows a name in what it tells of itself.
    fn told(&self, section: &str, name: &str) -> Option<String> {
        let mut connection = TcpStream::connect(self.address()).unwrap();
        connection.write_all(format!("INFO {section}\r\nQUIT\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}
