//! The program itself: `switchboard serve` as a process of its own that can be killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::Page;

/// Pages say they are of here; where the program listens changes with every start.
const ORIGIN: &str = "http://127.0.0.1:8080";

/// A running program, and the folder that outlives it.
pub(crate) struct Program {
    folder: TempDir,
    running: Running,
}

struct Running {
    child: Child,
    /// As the program's last line before it is ready has it.
    url: String,
    setup_token: Option<String>,
}

impl Program {
    /// Starts on an empty folder, with settings beside those that a test needs.
    pub(crate) async fn starts(toml: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = format!(
            "server.listen = \"127.0.0.1:0\"\nserver.public_url = \"{ORIGIN}\"\n\
             store.directory = '{}'\nstore.shards = 8\nlog.level = \"error\"\n\
             outbound.allow_networks = [\"127.0.0.0/8\"]\n{toml}",
            folder.path().join("data").display()
        );
        std::fs::write(config_in(&folder), config).expect("written");
        let running = Running::launch(config_in(&folder)).await;
        Self { folder, running }
    }

    /// SIGKILL, in the middle of whatever it does.
    pub(crate) fn is_killed(&mut self) {
        self.running.child.kill().expect("it was running");
        self.running.child.wait().expect("it has ended");
    }

    pub(crate) async fn starts_again(&mut self) {
        self.running = Running::launch(config_in(&self.folder)).await;
    }

    /// A page of the program as it runs now.
    pub(crate) fn page(&self) -> Page {
        Page::new(&self.running.url, ORIGIN)
    }

    /// Of the link that is printed while nobody has an account.
    pub(crate) fn setup_token(&self) -> Option<&str> {
        self.running.setup_token.as_deref()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _killed_before = self.running.child.kill();
        let _waited_before = self.running.child.wait();
    }
}

impl Running {
    /// Returns when the program says that it is ready.
    async fn launch(config: PathBuf) -> Self {
        let launched = tokio::task::spawn_blocking(move || Self::launch_now(&config));
        launched.await.expect("launched")
    }

    fn launch_now(config: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_switchboard"))
            .args(["serve".as_ref(), "--config".as_ref(), config.as_os_str()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut setup_token = None;
        let url = loop {
            let line = lines.next().expect("it says that it is ready").expect("text");
            if let Some((_, token)) = line.split_once("/#/setup/") {
                setup_token = Some(token.to_owned());
            } else if let Some(url) = line.strip_prefix("ready: ") {
                break url.to_owned();
            } else {
                eprintln!("{line}");
            }
        };
        // Read on, or the program waits for room in the pipe one day.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|l| eprintln!("{l}")));
        Self { child, url, setup_token }
    }
}

fn config_in(folder: &TempDir) -> PathBuf {
    folder.path().join("switchboard.toml")
}
