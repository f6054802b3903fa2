//! A Redis for the demo alone, on a socket in its folder.

use std::io;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Ends the server when the demo is gone, however it ended: then nobody holds the other end.
const GUARD: &str = r#"redis-server "$@" & read -r _; kill $!; wait $!"#;

pub(super) struct RedisServer {
    guard: Child,
    socket: PathBuf,
}

impl RedisServer {
    /// Returns when it takes connections.
    pub(super) fn start(folder: &Path) -> io::Result<Self> {
        let socket = folder.join("redis.socket");
        let mut guard = Command::new("sh")
            .args(["-c", GUARD, "redis-server"])
            .args(["--port", "0", "--save", "", "--logfile", ""])
            .args(["--appendonly", "yes", "--maxmemory", "256mb"])
            .args(["--dir".as_ref(), folder.as_os_str()])
            .args(["--unixsocket".as_ref(), socket.as_os_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C is for the demo, which ends it when nobody needs it any more.
            .process_group(0)
            .spawn()?;
        let said =
            guard.stdout.take().ok_or_else(|| io::Error::other("redis-server says nothing"))?;
        let mut lines = BufReader::new(said).lines();
        loop {
            let Some(line) = lines.next().transpose()? else {
                return Err(io::Error::other("redis-server did not start: is it installed?"));
            };
            if line.contains("eady to accept connections") {
                break;
            }
        }
        // Read on, or the server waits for room in the pipe one day.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(Self { guard, socket })
    }

    pub(super) fn url(&self) -> String {
        format!("unix://{}", self.socket.display())
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ended = self.guard.wait();
    }
}
