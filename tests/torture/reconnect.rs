//! Many operators' sockets over two hubs break at once, customers write, and all of them come back:
//! how long until the last has caught up, and whether any has missed something.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Deserialize;
use switchboard::protocol::{ClientFrame, FeedPosition};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::checker::Feeds;
use crate::customers::Customers;
use crate::desks::{Positions, stand_at};
use crate::proxy::Proxy;
use crate::rotation::Rotation;
use crate::stage::Stage;
use crate::ws::{CLOSE, TEXT, connect, frame, of_shard, say};
use crate::{OPERATORS, checker, ms};

const HUBS: usize = 2;
const SOCKETS: usize = 2_000;
/// So many messages come while nobody is connected.
const MISSED: usize = 300;
/// As consoles do: the first try within a second, then within two, four and so on.
const FIRST_TRY_MS: u64 = 1_000;
const GIVEN_UP_AFTER: Duration = Duration::from_mins(3);

pub(crate) async fn all_at_once(seed: u64) -> ExitCode {
    let mut stage = Stage::set(seed).await;
    stage.proxies.iter().for_each(Proxy::behaves);
    stage.start_hubs(HUBS).await;
    let hubs: Vec<String> = stage.hubs.addresses().into_iter().take(HUBS).collect();
    let (drops, dropped) = watch::channel(Network::Up);
    let all = Arc::new(Common::default());
    let mut positions = Vec::new();
    for n in 0..SOCKETS {
        let socket = Socket {
            n,
            hub: hubs[n % HUBS].clone(),
            chance: StdRng::seed_from_u64(seed.wrapping_add(n as u64)),
            all: all.clone(),
            positions: Positions::default(),
        };
        positions.push(socket.positions.clone());
        tokio::spawn(socket.stays(dropped.clone()));
    }
    let connected = all.are_back(Network::Up).await;
    println!("{connected:?} until {SOCKETS} sockets had caught up first");
    drops.send(Network::Down).unwrap();
    let calm = Arc::new(AtomicBool::new(false));
    let customers = Customers::begin(&Rotation::of_all(&hubs), seed, &calm);
    while customers.taken() < MISSED {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    calm.store(true, Ordering::Relaxed);
    let (acked, _heard) = customers.ended().await;
    let since = Instant::now();
    drops.send(Network::UpAgain).unwrap();
    all.are_back(Network::UpAgain).await;
    let back = since.elapsed();
    while !stand_at(&positions, &stage.store.feed_ends().await.unwrap()) {
        assert!(since.elapsed() < GIVEN_UP_AFTER, "not everybody comes to the end of the feed");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let mut findings =
        checker::check(&stage.store, &acked, &[], &stage.platform, Feeds::default(), 0).await;
    findings.gaps = all.gaps.load(Ordering::Relaxed);
    if findings.gaps > 0 {
        findings.problem(format!("{} sockets have missed something", findings.gaps));
    }
    findings.tell();
    println!(
        "reconnect: operators={OPERATORS} sockets={SOCKETS} hubs={HUBS} missed_messages={} tries={} \
         gaps={} back_ms={}",
        findings.acked,
        all.tries.load(Ordering::Relaxed),
        findings.gaps,
        ms(back),
    );
    stage.ends(&findings)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Network {
    Up,
    Down,
    UpAgain,
}

#[derive(Default)]
struct Common {
    /// How many have caught up since the network was so.
    back: Mutex<BTreeMap<Network, usize>>,
    /// Connections that were tried.
    tries: AtomicUsize,
    gaps: AtomicUsize,
}

impl Common {
    /// How long it takes until all have caught up.
    async fn are_back(&self, network: Network) -> Duration {
        let since = Instant::now();
        while self.back.lock().unwrap().get(&network) < Some(&SOCKETS) {
            assert!(since.elapsed() < GIVEN_UP_AFTER, "{:?} are back", self.back);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        since.elapsed()
    }
}

struct Socket {
    n: usize,
    hub: String,
    chance: StdRng,
    all: Arc<Common>,
    positions: Positions,
}

impl Socket {
    async fn stays(mut self, mut drops: watch::Receiver<Network>) {
        let mut tries = 0;
        loop {
            let up = drops.wait_for(|network| *network != Network::Down).await;
            let Ok(network) = up.map(|network| *network) else { return };
            let longest = FIRST_TRY_MS << tries;
            tokio::time::sleep(Duration::from_millis(self.chance.random_range(0..longest))).await;
            self.all.tries.fetch_add(1, Ordering::Relaxed);
            if let Some(socket) = connect(&self.hub, self.n % OPERATORS).await {
                tokio::select! {
                    _ = drops.changed() => {
                        tries = 0;
                        continue;
                    }
                    _broken = self.reads(socket, network) => {}
                }
            }
            tries = (tries + 1).min(4);
        }
    }

    /// None: the connection broke.
    async fn reads(&self, mut socket: TcpStream, network: Network) -> Option<()> {
        let positions = self.positions();
        say(&mut socket, &ClientFrame::Hello { protocol: 1, positions }).await?;
        let mut bytes = Vec::new();
        loop {
            if socket.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
            let mut taken = 0;
            while let Some((opcode, from, to)) = frame(&bytes[taken..]) {
                match opcode {
                    TEXT => {
                        let payload = &bytes[taken + from..taken + to];
                        self.hears(serde_json::from_slice(payload).unwrap(), &mut socket, network)
                            .await?;
                    }
                    CLOSE => return None,
                    _ => {}
                }
                taken += to;
            }
            bytes.drain(..taken);
        }
    }

    fn positions(&self) -> Vec<FeedPosition> {
        self.positions.lock().unwrap().values().cloned().map(FeedPosition).collect()
    }

    async fn hears(&self, heard: Heard, socket: &mut TcpStream, network: Network) -> Option<()> {
        match (heard.kind.as_str(), heard.from, heard.to) {
            ("snapshot", _, _) => {
                *self.positions.lock().unwrap() = heard.positions.iter().map(of_shard).collect();
            }
            ("events", Some(from), Some(to)) => {
                let (shard, from) = of_shard(&from);
                let at = self.positions.lock().unwrap().insert(shard, to.0);
                self.all
                    .gaps
                    .fetch_add(usize::from(at.is_some_and(|at| at != from)), Ordering::Relaxed);
            }
            ("caught_up", _, _) => {
                *self.all.back.lock().unwrap().entry(network).or_default() += 1;
            }
            ("beat", _, _) => {
                let positions = self.positions();
                say(socket, &ClientFrame::Ack { positions }).await?;
            }
            ("reconnect", _, _) => return None,
            _ => {}
        }
        Some(())
    }
}

/// What counts here of a frame. To read each event of each would cost more than the hubs do.
#[derive(Deserialize)]
struct Heard {
    #[serde(rename = "type")]
    kind: String,
    from: Option<FeedPosition>,
    to: Option<FeedPosition>,
    #[serde(default)]
    positions: Vec<FeedPosition>,
}
