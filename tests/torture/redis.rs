//! The Redis of a torture, in a process that can be killed and stopped.

use std::cell::RefCell;
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// Below those from which the system gives connections their ports: nobody takes one of these while
/// its process is down.
const PORTS: Range<u16> = 20_000..32_000;

/// A port that is free.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Two tortures at a time begin at different places.
    let first = std::process::id() % u32::from(PORTS.end - PORTS.start);
    loop {
        let nth = first + u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + u16::try_from(nth % u32::from(PORTS.end - PORTS.start)).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A signal by its name.
pub(crate) fn signal(process: u32, name: &str) {
    let killed = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
    assert!(killed.is_ok(), "there is no kill");
}

pub(crate) struct Redis {
    pub(crate) port: u16,
    directory: PathBuf,
    process: RefCell<Child>,
}

impl Redis {
    pub(crate) fn start(directory: &Path) -> Self {
        std::fs::create_dir_all(directory).unwrap();
        let port = free_port();
        let process = RefCell::new(run(directory, port));
        Self { port, directory: directory.to_owned(), process }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Killed in the middle of whatever it does, and started on what it has left.
    pub(crate) fn is_killed_and_restarts(&self) {
        let mut process = self.process.borrow_mut();
        process.kill().unwrap();
        process.wait().unwrap();
        *process = run(&self.directory, self.port);
    }

    pub(crate) async fn stands_still(&self, time: Duration) {
        let id = self.process.borrow().id();
        signal(id, "STOP");
        tokio::time::sleep(time).await;
        signal(id, "CONT");
    }
}

/// Returns when it takes connections.
fn run(directory: &Path, port: u16) -> Child {
    let mut process = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "yes", "--appendfsync", "everysec", "--daemonize", "no"])
        .args(["--maxmemory-policy", "noeviction"])
        .arg("--dir")
        .arg(directory)
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server is installed");
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert_eq!(process.try_wait().unwrap(), None, "redis-server has ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    process
}

impl Drop for Redis {
    fn drop(&mut self) {
        let process = self.process.get_mut();
        signal(process.id(), "CONT");
        let _ended = process.kill();
        let _ended = process.wait();
    }
}
