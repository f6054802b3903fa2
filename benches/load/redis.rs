//! The Redis under load, in a process and a folder of its own.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::hub::free_port;

pub(crate) struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    /// Returns when it takes connections.
    pub(crate) fn start(directory: &Path) -> Self {
        let port = free_port();
        let mut process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", "yes", "--appendfsync", "everysec"])
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

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// How often a command was called so far, by scripts too.
    pub(crate) fn calls(&self, command: &str) -> u64 {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        connection.write_all(b"INFO commandstats\r\nQUIT\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let prefix = format!("cmdstat_{command}:calls=");
        let calls = answer.lines().find_map(|line| line.strip_prefix(&prefix)?.split(',').next());
        calls.map_or(0, |calls| calls.parse().unwrap())
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
