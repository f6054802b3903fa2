//! The hubs, each a process of the real program with a name, a port and a log of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::proxy::Proxy;
use crate::redis::{free_port, signal};
use crate::{HUBS, http};

/// Much shorter than a lease, longer than hubs wait between two looks at the leases.
const LATER: Duration = Duration::from_millis(500);
/// Longer than a hub that is busy takes to tell its numbers.
const READ_WITHIN: Duration = Duration::from_secs(20);
/// A hub that cannot drain gives up after 25 s.
const DOWN_WITHIN: Duration = Duration::from_secs(40);

pub(crate) struct Hubs {
    hubs: Vec<Hub>,
}

struct Hub {
    name: String,
    address: String,
    config: PathBuf,
    log: File,
    process: Option<Child>,
}

impl Hubs {
    pub(crate) fn new(directory: &Path, proxies: &[Proxy]) -> Self {
        let hub = |n: usize| Hub::new(n, directory, proxies[n].port);
        Self { hubs: (0..HUBS).map(hub).collect() }
    }

    pub(crate) fn addresses(&self) -> Vec<String> {
        self.hubs.iter().map(|hub| hub.address.clone()).collect()
    }

    pub(crate) fn name(&self, n: usize) -> &str {
        &self.hubs[n].name
    }

    pub(crate) fn start(&mut self, n: usize) {
        let hub = &mut self.hubs[n];
        let (out, err) = (hub.log.try_clone().unwrap(), hub.log.try_clone().unwrap());
        let started = Command::new(env!("CARGO_BIN_EXE_switchboard"))
            .arg("serve")
            .arg("--config")
            .arg(&hub.config)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn();
        hub.process = Some(started.unwrap());
    }

    /// Waits until it says that it is ready.
    pub(crate) async fn is_ready(&mut self, n: usize, within: Duration) {
        let since = Instant::now();
        let hub = &mut self.hubs[n];
        let request = http::get(&hub.address, "/readyz");
        while !http::ask(&hub.address, &request, Duration::from_secs(1)).await.is(200) {
            let ended = hub.process.as_mut().and_then(|process| process.try_wait().unwrap());
            assert_eq!(ended, None, "{} has ended", hub.name);
            assert!(since.elapsed() < within, "{} is not ready", hub.name);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// How many shards it has taken from others that seemed to be gone, since it was started.
    pub(crate) async fn takeovers(&self, n: usize) -> usize {
        let numbers = http::read(&self.hubs[n].address, "/metrics", READ_WITHIN).await;
        assert!(!numbers.is_empty(), "{} says nothing of itself", self.name(n));
        let number = |line: &str| line.strip_prefix("switchboard_takeovers_total ")?.parse().ok();
        numbers.lines().find_map(number).unwrap_or_default()
    }

    pub(crate) fn is_killed(&mut self, n: usize) {
        if let Some(mut process) = self.hubs[n].process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// SIGTERM; answers when it has ended.
    pub(crate) async fn goes_down(&mut self, n: usize) {
        let Some(mut process) = self.hubs[n].process.take() else { return };
        signal(process.id(), "TERM");
        let since = Instant::now();
        while process.try_wait().unwrap().is_none() {
            assert!(since.elapsed() < DOWN_WITHIN, "it does not go down");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// It stands still for that long, and until this was done too.
    pub(crate) async fn stands_still(
        &self,
        n: usize,
        time: Duration,
        then: impl Future<Output = ()>,
    ) {
        let Some(process) = &self.hubs[n].process else { return };
        signal(process.id(), "STOP");
        tokio::time::sleep(time).await;
        then.await;
        signal(process.id(), "CONT");
    }

    /// One goes on a moment later than the others, when these have looked how things stand.
    pub(crate) async fn all_stand_still(&self, late: usize, time: Duration) {
        let in_turn = (late + 1..=late + HUBS).map(|n| &self.hubs[n % HUBS]);
        let all: Vec<u32> = in_turn.filter_map(|hub| Some(hub.process.as_ref()?.id())).collect();
        for process in &all {
            signal(*process, "STOP");
        }
        tokio::time::sleep(time).await;
        let (late, others) = all.split_last().unwrap();
        for process in others {
            signal(*process, "CONT");
        }
        tokio::time::sleep(LATER).await;
        signal(*late, "CONT");
    }
}

impl Hub {
    fn new(n: usize, directory: &Path, redis: u16) -> Self {
        let (name, port) = (format!("hub-{n}"), free_port());
        let address = format!("127.0.0.1:{port}");
        let own = directory.join(&name);
        std::fs::create_dir_all(&own).unwrap();
        let config = own.join("hub.toml");
        let settings = format!(
            "[server]\nlisten = \"{address}\"\npublic_url = \"http://{address}\"\n\
             [store]\nkind = \"redis\"\ndirectory = \"{}\"\nshards = {}\n\
             [redis]\nurl = \"redis://127.0.0.1:{redis}\"\n\
             [cluster]\nnode = \"{name}\"\n\
             [outbound]\nallow_networks = [\"127.0.0.0/8\"]\n\
             [limits]\nsockets_per_operator = 1000\ncommands_per_second = 1000\ncommands_burst = 1000\n",
            own.join("data").display(),
            crate::SHARDS,
        );
        std::fs::write(&config, settings).unwrap();
        let log = File::create(own.join("log")).unwrap();
        Self { name, address, config, log, process: None }
    }
}

impl Drop for Hubs {
    fn drop(&mut self) {
        for hub in &mut self.hubs {
            if let Some(mut process) = hub.process.take() {
                signal(process.id(), "CONT");
                let _ended = process.kill();
                let _ended = process.wait();
            }
        }
    }
}
