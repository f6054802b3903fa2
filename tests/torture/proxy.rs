//! Between a hub and its Redis: loses published messages, and cuts connections when told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Of so many published messages one is lost.
const LOST_OF: u64 = 5;

pub(crate) struct Proxy {
    pub(crate) port: u16,
    line: Arc<Line>,
}

struct Line {
    loses: AtomicBool,
    dice: AtomicU64,
    cut: Notify,
}

impl Proxy {
    pub(crate) async fn start(redis: u16, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (loses, dice) = (AtomicBool::new(true), AtomicU64::new(seed));
        let line = Arc::new(Line { loses, dice, cut: Notify::new() });
        let shared = line.clone();
        tokio::spawn(async move {
            loop {
                let Ok((hub, _)) = listener.accept().await else { continue };
                tokio::spawn(carry(hub, redis, shared.clone()));
            }
        });
        Self { port, line }
    }

    /// All connections that stand now break.
    pub(crate) fn cuts(&self) {
        self.line.cut.notify_waiters();
    }

    /// Nothing is lost any more.
    pub(crate) fn behaves(&self) {
        self.line.loses.store(false, Ordering::Relaxed);
    }
}

impl Line {
    fn loses_this(&self) -> bool {
        // Linear congruence: the upper bits are what chance there is.
        let step = |state: u64| {
            Some(
                state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407),
            )
        };
        let drawn = self.dice.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
        let (Ok(drawn) | Err(drawn)) = drawn;
        self.loses.load(Ordering::Relaxed) && (drawn >> 33).is_multiple_of(LOST_OF)
    }
}

async fn carry(hub: TcpStream, redis: u16, line: Arc<Line>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", redis)).await else { return };
    let _best_effort = (hub.set_nodelay(true), server.set_nodelay(true));
    let ((from_hub, to_hub), (from_redis, to_redis)) = (hub.into_split(), server.into_split());
    let subscribes = Arc::new(AtomicBool::new(false));
    tokio::select! {
        () = line.cut.notified() => {}
        () = asks(from_hub, to_redis, &subscribes) => {}
        () = answers(from_redis, to_hub, &subscribes, &line) => {}
    }
}

async fn asks(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, subscribes: &AtomicBool) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read) = from.read(&mut bytes).await {
        if read == 0 {
            return;
        }
        if bytes[..read].windows(9).any(|word| word.eq_ignore_ascii_case(b"subscribe")) {
            subscribes.store(true, Ordering::Relaxed);
        }
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    subscribes: &AtomicBool,
    line: &Line,
) {
    let mut bytes = Vec::new();
    loop {
        match from.read_buf(&mut bytes).await {
            Ok(read) if read > 0 => {}
            Ok(_) | Err(_) => return,
        }
        if !subscribes.load(Ordering::Relaxed) {
            if to.write_all(&bytes).await.is_err() {
                return;
            }
            bytes.clear();
            continue;
        }
        let mut taken = 0;
        while let Some(length) = whole(&bytes[taken..]) {
            let reply = &bytes[taken..taken + length];
            let published = reply.windows(9).any(|word| word == b"\r\nmessage");
            if !(published && line.loses_this()) && to.write_all(reply).await.is_err() {
                return;
            }
            taken += length;
        }
        bytes.drain(..taken);
    }
}

/// The length of the first reply of RESP; none: not all of it is here.
fn whole(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")? + 2;
    let number = || std::str::from_utf8(&bytes[1..end - 2]).ok()?.parse::<i64>().ok();
    match bytes[0] {
        b'*' | b'>' | b'%' => {
            let each = if bytes[0] == b'%' { 2 } else { 1 };
            let mut at = end;
            for _ in 0..number()?.max(0) * each {
                at += whole(&bytes[at..])?;
            }
            Some(at)
        }
        b'$' if number()? >= 0 => {
            let length = end + usize::try_from(number()?).ok()? + 2;
            (bytes.len() >= length).then_some(length)
        }
        _ => Some(end),
    }
}
