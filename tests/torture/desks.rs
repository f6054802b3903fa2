//! Operators' consoles: accept or decline what they are offered, answer, finish, come back at any
//! hub when their connection breaks - and note whether anything is missing or comes twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::entry::Author;
use domain::event::Row;
use domain::id::{ConversationId, EntryNumber, OfferId, OperatorId, ShardId};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use switchboard::clock;
use switchboard::protocol::{ClientFrame, Event, FeedPosition, Outcome, ServerFrame};
use switchboard::store::op::Position;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use crate::OPERATORS;
use crate::setup::operator;
use crate::ws::{CLOSE, TEXT, connect, frame, of_shard, say};

const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// A command that is not answered is given again, as browsers do.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Longer than a slow browser is suffered.
const ASLEEP: Duration = Duration::from_secs(20);

/// What a console has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) operator: Option<OperatorId>,
    /// Since it last had to begin anew.
    pub(crate) entries: BTreeSet<(ConversationId, EntryNumber)>,
    pub(crate) sessions: usize,
    pub(crate) gaps: Vec<String>,
    pub(crate) twice: usize,
    /// Offers that were accepted, as the hub said.
    pub(crate) accepted: Vec<(ConversationId, OfferId)>,
}

pub(crate) struct Desks {
    all: Vec<JoinHandle<Seen>>,
    positions: Vec<Positions>,
    over: Arc<AtomicBool>,
}

/// How far a console has come, by shard.
pub(crate) type Positions = Arc<Mutex<BTreeMap<String, String>>>;

/// Whether all of these are at the ends of all feeds.
pub(crate) fn stand_at(positions: &[Positions], ends: &[(ShardId, Position)]) -> bool {
    let end = |(shard, end): &(ShardId, Position)| (shard.to_string(), format!("{shard}:{end}."));
    let ends: Vec<(String, String)> = ends.iter().map(end).collect();
    positions.iter().all(|of_one| {
        let of_one = of_one.lock().unwrap();
        ends.iter().all(|(shard, end)| of_one.get(shard).is_some_and(|at| at.starts_with(end)))
    })
}

impl Desks {
    pub(crate) fn begin(hubs: &[String], seed: u64, calm: &Arc<AtomicBool>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let positions: Vec<_> = (0..OPERATORS).map(|_| Positions::default()).collect();
        let begin = |n: usize| {
            let desk = Desk {
                me: operator(n),
                n,
                hubs: hubs.to_vec(),
                chance: StdRng::seed_from_u64(seed.wrapping_add(2_000 + n as u64)),
                calm: calm.clone(),
                over: over.clone(),
                positions: positions[n].clone(),
                entries: BTreeSet::new(),
                asked: BTreeSet::new(),
                pending: BTreeMap::new(),
                seen: Seen::default(),
            };
            tokio::spawn(desk.works())
        };
        let all = (0..OPERATORS).map(begin).collect();
        Self { all, positions, over }
    }

    /// Whether every console has come to the ends of all feeds.
    pub(crate) fn stand_at(&self, ends: &[(ShardId, Position)]) -> bool {
        stand_at(&self.positions, ends)
    }

    pub(crate) async fn ended(self) -> Vec<Seen> {
        self.over.store(true, Ordering::Relaxed);
        let mut seen = Vec::new();
        for desk in self.all {
            seen.push(desk.await.unwrap());
        }
        seen
    }
}

struct Desk {
    me: OperatorId,
    n: usize,
    hubs: Vec<String>,
    chance: StdRng,
    calm: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
    positions: Positions,
    entries: BTreeSet<(ConversationId, EntryNumber)>,
    /// Offers that were answered.
    asked: BTreeSet<(ConversationId, OfferId)>,
    pending: BTreeMap<Uuid, (ClientFrame, Instant)>,
    seen: Seen,
}

impl Desk {
    async fn works(mut self) -> Seen {
        while !self.over.load(Ordering::Relaxed) {
            let hub = self.hubs[self.chance.random_range(0..self.hubs.len())].clone();
            if let Ok(Some(socket)) = timeout(CONNECT_WITHIN, connect(&hub, self.n)).await {
                self.seen.sessions += 1;
                let _broken = self.sits_at(socket).await;
            }
            tokio::time::sleep(Duration::from_millis(self.chance.random_range(50..500))).await;
        }
        Seen { operator: Some(self.me), entries: self.entries, ..self.seen }
    }

    /// None: the connection broke, or was left.
    async fn sits_at(&mut self, mut socket: TcpStream) -> Option<()> {
        let positions = self.positions();
        say(&mut socket, &ClientFrame::Hello { protocol: 1, positions }).await?;
        let leaves_at = Instant::now() + Duration::from_secs(self.chance.random_range(10..40));
        let mut bytes = Vec::new();
        loop {
            let calm = self.calm.load(Ordering::Relaxed);
            if self.over.load(Ordering::Relaxed) || !calm && Instant::now() > leaves_at {
                return None;
            }
            if let Ok(read) = timeout(Duration::from_secs(1), socket.read_buf(&mut bytes)).await
                && read.ok()? == 0
            {
                return None;
            }
            let mut taken = 0;
            while let Some((opcode, from, to)) = frame(&bytes[taken..]) {
                let payload = &bytes[taken + from..taken + to];
                match opcode {
                    TEXT => {
                        let frame = serde_json::from_slice(payload).unwrap();
                        self.hears(frame, &mut socket).await?;
                    }
                    CLOSE => return None,
                    _ => {}
                }
                taken += to;
            }
            bytes.drain(..taken);
            self.says_again(&mut socket).await?;
        }
    }

    async fn hears(&mut self, frame: ServerFrame, socket: &mut TcpStream) -> Option<()> {
        match frame {
            ServerFrame::Snapshot { positions, rows, .. } => {
                self.entries.clear();
                *self.positions.lock().unwrap() = positions.iter().map(of_shard).collect();
                for row in rows {
                    self.answers_offer(&row, socket).await?;
                }
            }
            ServerFrame::Events { from, to, events, .. } => {
                let (shard, from) = of_shard(&from);
                let at = self.positions.lock().unwrap().insert(shard, to.0);
                if at.is_some_and(|at| at != from) {
                    self.seen.gaps.push(format!("{} at {from}", self.me));
                }
                // All of them were seen, also when nothing can be said any more.
                let mut broken = false;
                for event in events {
                    broken |= self.sees(event, socket).await.is_none();
                }
                if broken {
                    return None;
                }
            }
            ServerFrame::CaughtUp {} => {
                for (frame, at) in self.pending.values_mut() {
                    *at = Instant::now();
                    say(socket, frame).await?;
                }
            }
            ServerFrame::Result { cmd_id, outcome } => self.is_answered(cmd_id, &outcome),
            ServerFrame::Beat { .. } => {
                if self.chance.random_ratio(1, 40) {
                    self.falls_asleep().await;
                }
                let positions = self.positions();
                say(socket, &ClientFrame::Ack { positions }).await?;
            }
            ServerFrame::Reconnect { .. } => return None,
            ServerFrame::Welcome { .. }
            | ServerFrame::Typing { .. }
            | ServerFrame::Error { .. } => {}
        }
        Some(())
    }

    /// Until it is time to read on, or it is calm.
    async fn falls_asleep(&self) {
        let since = Instant::now();
        while !self.calm.load(Ordering::Relaxed) && since.elapsed() < ASLEEP {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn positions(&self) -> Vec<FeedPosition> {
        self.positions.lock().unwrap().values().cloned().map(FeedPosition).collect()
    }

    async fn sees(&mut self, event: Event, socket: &mut TcpStream) -> Option<()> {
        match event {
            Event::Row { row } => self.answers_offer(&row, socket).await?,
            Event::Entry { conversation, entry } => {
                if !self.entries.insert((conversation.clone(), entry.n)) {
                    self.seen.twice += 1;
                }
                if matches!(entry.author, Author::Customer) {
                    self.answers(conversation, socket).await?;
                }
            }
            Event::Gone { .. }
            | Event::Edited { .. }
            | Event::Deleted { .. }
            | Event::Delivery { .. }
            | Event::File { .. }
            | Event::Reacted { .. }
            | Event::Corrected { .. }
            | Event::Line { .. }
            | Event::Channel { .. }
            | Event::Operator { .. }
            | Event::Alarm { .. } => {}
        }
        Some(())
    }

    async fn answers_offer(&mut self, row: &Row, socket: &mut TcpStream) -> Option<()> {
        let Some(offer) = row.offers.iter().find(|offer| offer.operator == self.me) else {
            return Some(());
        };
        let (conversation, offer) = (row.conversation.clone(), offer.offer);
        if !self.asked.insert((conversation.clone(), offer)) {
            return Some(());
        }
        let cmd_id = new_id();
        let declines = self.chance.random_ratio(1, 5) && !self.calm.load(Ordering::Relaxed);
        let command = if declines {
            ClientFrame::Decline { cmd_id, conversation, offer, reason: None }
        } else {
            ClientFrame::Accept { cmd_id, conversation, offer }
        };
        self.commands(cmd_id, command, socket).await
    }

    async fn answers(
        &mut self,
        conversation: ConversationId,
        socket: &mut TcpStream,
    ) -> Option<()> {
        let cmd_id = new_id();
        let command = match self.chance.random_range(0..20) {
            0..6 => {
                let text = format!("reply {cmd_id}");
                ClientFrame::Reply { cmd_id, conversation, text, files: Vec::new() }
            }
            6 => ClientFrame::Finish { cmd_id, conversation, silent: true },
            _ => return Some(()),
        };
        self.commands(cmd_id, command, socket).await
    }

    async fn commands(
        &mut self,
        id: Uuid,
        command: ClientFrame,
        socket: &mut TcpStream,
    ) -> Option<()> {
        self.pending.insert(id, (command.clone(), Instant::now()));
        say(socket, &command).await
    }

    async fn says_again(&mut self, socket: &mut TcpStream) -> Option<()> {
        for (frame, at) in self.pending.values_mut() {
            if at.elapsed() > ANSWER_WITHIN {
                *at = Instant::now();
                say(socket, frame).await?;
            }
        }
        Some(())
    }

    fn is_answered(&mut self, id: Uuid, outcome: &Outcome) {
        let unavailable = serde_json::to_value(outcome).unwrap()["code"] == "unavailable";
        if unavailable {
            // It is given again when its time is over.
            return;
        }
        let Some((command, _)) = self.pending.remove(&id) else { return };
        if let (ClientFrame::Accept { conversation, offer, .. }, Outcome::Done {}) =
            (command, outcome)
        {
            self.seen.accepted.push((conversation, offer));
        }
    }
}

fn new_id() -> Uuid {
    clock::new_uuid().parse().unwrap()
}
