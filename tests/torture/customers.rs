//! Customers, each with a chat: the next message is posted when the one before is acknowledged, at
//! any hub, and again until it is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use switchboard::channels::telegram::SECRET_HEADER;
use tokio::task::JoinHandle;

use crate::setup::{SECRET, channel};
use crate::{CUSTOMERS, LINES, http};

/// Longest pause between two messages of a customer.
const PAUSE_MS: u64 = 600;
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

pub(crate) struct Customers {
    all: Vec<JoinHandle<(String, u32)>>,
}

impl Customers {
    /// They write until it is calm.
    pub(crate) fn begin(hubs: &[String], seed: u64, calm: &Arc<AtomicBool>) -> Self {
        let begin = |n: usize| {
            let chance = StdRng::seed_from_u64(seed.wrapping_add(1_000 + n as u64));
            tokio::spawn(write(n, hubs.to_vec(), chance, calm.clone()))
        };
        Self { all: (0..CUSTOMERS).map(begin).collect() }
    }

    /// How many messages of each chat were acknowledged: all up to that number.
    pub(crate) async fn ended(self) -> BTreeMap<String, u32> {
        let mut acked = BTreeMap::new();
        for customer in self.all {
            let (chat, last) = customer.await.unwrap();
            acked.insert(chat, last);
        }
        acked
    }
}

async fn write(
    n: usize,
    hubs: Vec<String>,
    mut chance: StdRng,
    calm: Arc<AtomicBool>,
) -> (String, u32) {
    let chat = format!("{}", 1_000 + n);
    let mut last = 0;
    while !calm.load(Ordering::Relaxed) {
        let message = last + 1;
        loop {
            let hub = &hubs[chance.random_range(0..hubs.len())];
            let request = request(hub, n, &chat, message);
            let status = http::status(hub, &request, ANSWER_WITHIN).await;
            if status == Some(200) {
                break;
            }
            assert!(
                status.is_none_or(|status| status == 503 || status == 429),
                "a webhook was answered {status:?}"
            );
            tokio::time::sleep(Duration::from_millis(chance.random_range(50..500))).await;
        }
        last = message;
        // A platform repeats what was heard, too.
        if chance.random_ratio(1, 10) {
            let hub = &hubs[chance.random_range(0..hubs.len())];
            let request = request(hub, n, &chat, message);
            let _whatever = http::status(hub, &request, ANSWER_WITHIN).await;
        }
        tokio::time::sleep(Duration::from_millis(chance.random_range(0..PAUSE_MS))).await;
    }
    (chat, last)
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
