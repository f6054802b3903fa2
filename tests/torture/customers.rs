//! Customers, each with a chat: the next message is posted when the one before is acknowledged, at
//! any hub, and again until it is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use switchboard::channels::telegram::SECRET_HEADER;
use tokio::task::JoinHandle;

use crate::http::Answer;
use crate::rotation::Rotation;
use crate::setup::{SECRET, channel};
use crate::{CUSTOMERS, LINES, http};

/// Longest pause between two messages of a customer.
const PAUSE_MS: u64 = 600;
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

pub(crate) struct Customers {
    all: Vec<JoinHandle<(String, u32)>>,
    heard: Arc<Mutex<Heard>>,
}

/// What customers were answered, by how often.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heard {
    pub(crate) taken: usize,
    /// Told to come again.
    pub(crate) later: usize,
    /// Nobody listened.
    pub(crate) refused: usize,
    /// The connection broke before an answer had come.
    pub(crate) broken: usize,
    /// There was no answer in time.
    pub(crate) late: usize,
}

impl Customers {
    /// They write until it is calm.
    pub(crate) fn begin(hubs: &Rotation, seed: u64, calm: &Arc<AtomicBool>) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let begin = |n: usize| {
            let customer = Customer {
                n,
                chat: format!("{}", 1_000 + n),
                hubs: hubs.clone(),
                chance: StdRng::seed_from_u64(seed.wrapping_add(1_000 + n as u64)),
                heard: heard.clone(),
            };
            tokio::spawn(customer.writes(calm.clone()))
        };
        Self { all: (0..CUSTOMERS).map(begin).collect(), heard }
    }

    /// How many messages were taken so far.
    pub(crate) fn taken(&self) -> usize {
        self.heard.lock().unwrap().taken
    }

    /// How many messages of each chat were acknowledged: all up to that number.
    pub(crate) async fn ended(self) -> (BTreeMap<String, u32>, Heard) {
        let mut acked = BTreeMap::new();
        for customer in self.all {
            let (chat, last) = customer.await.unwrap();
            acked.insert(chat, last);
        }
        let heard = *self.heard.lock().unwrap();
        (acked, heard)
    }
}

struct Customer {
    n: usize,
    chat: String,
    hubs: Rotation,
    chance: StdRng,
    heard: Arc<Mutex<Heard>>,
}

impl Customer {
    async fn writes(mut self, calm: Arc<AtomicBool>) -> (String, u32) {
        let mut last = 0;
        while !calm.load(Ordering::Relaxed) {
            while !self.posts(last + 1).await {
                let pause = Duration::from_millis(self.chance.random_range(50..500));
                tokio::time::sleep(pause).await;
            }
            last += 1;
            // A platform repeats what was heard, too.
            if self.chance.random_ratio(1, 10) {
                self.posts(last).await;
            }
            let pause = Duration::from_millis(self.chance.random_range(0..PAUSE_MS));
            tokio::time::sleep(pause).await;
        }
        (self.chat, last)
    }

    /// Answers whether the message was taken.
    async fn posts(&mut self, message: u32) -> bool {
        let Some(hub) = self.hubs.next(&mut self.chance) else {
            // So says the proxy.
            self.heard.lock().unwrap().later += 1;
            return false;
        };
        let request = request(&hub, self.n, &self.chat, message);
        let answer = http::ask(&hub, &request, ANSWER_WITHIN).await;
        let mut heard = self.heard.lock().unwrap();
        match answer {
            Answer::Status(200) => heard.taken += 1,
            // 408: the hub stood still while it was to read.
            Answer::Status(408 | 429 | 503) => heard.later += 1,
            Answer::Status(status) => panic!("a webhook was answered {status}"),
            Answer::Refused => heard.refused += 1,
            Answer::Broken => heard.broken += 1,
            Answer::Late => heard.late += 1,
        }
        answer.is(200)
    }
}

/// The text by which a message is known.
pub(crate) fn text(chat: &str, message: u32) -> String {
    format!("{chat} says {message}")
}

fn request(hub: &str, n: usize, chat: &str, message: u32) -> String {
    let channel = channel(u16::try_from(n).unwrap() % LINES);
    let (update, text) = (format!("{chat}{message:06}"), text(chat, message));
    let body = format!(
        r#"{{"update_id":{update},"message":{{"message_id":{update},"from":{{"id":{chat},"is_bot":false,"first_name":"Ivan","language_code":"en"}},"chat":{{"id":{chat},"first_name":"Ivan","type":"private"}},"date":1772442000,"text":"{text}"}}}}"#
    );
    format!(
        "POST /hooks/{channel} HTTP/1.1\r\nhost: {hub}\r\ncontent-type: application/json\r\n\
         connection: close\r\n{SECRET_HEADER}: {SECRET}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
