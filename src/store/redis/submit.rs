//! What any node puts into the inbox of a shard. What comes while the server is being asked goes
//! together with the next question.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::ShardId;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::store::Unavailable;
use crate::store::op::{INBOX_MAX, InboxPosition, Submitted};
use crate::store::redis::door::STEP_WITHIN;
use crate::store::redis::script::Call;
use crate::store::redis::value::{dedupe_key, inbox_signal, microseconds, odd, parse};
use crate::store::redis::{Shared, foreign};
use crate::store::rules;

/// Entries of one shard that may wait: a stalled server must not gather an endless queue.
const WAITING_MAX: usize = 10_000;
/// Entries in one call.
const TOGETHER_MAX: usize = 256;
/// Bytes after which a call takes no more entries: the server does nothing else meanwhile.
const BYTES_ENOUGH: usize = 256 * 1024;

/// One entry that is to be put into an inbox.
struct Entry {
    key: String,
    now: i64,
    until: i64,
    bytes: Vec<u8>,
    answer: oneshot::Sender<Result<Submitted, Unavailable>>,
}

/// The ways to the tasks that submit, one for each shard for which somebody did.
#[derive(Default)]
pub(super) struct Submissions(Mutex<BTreeMap<ShardId, mpsc::Sender<Entry>>>);

impl Shared {
    pub(super) async fn submit(
        self: Arc<Self>,
        shard: ShardId,
        (dedupe, seconds): (String, u32),
        at: Timestamp,
        bytes: Vec<u8>,
    ) -> Result<Submitted, Unavailable> {
        let (answer, answered) = oneshot::channel();
        let key = dedupe_key(&dedupe).into_owned();
        let now = microseconds(rules::known_at(at));
        let until = microseconds(rules::known_until(at, seconds));
        let entry = Entry { key, now, until, bytes, answer };
        let too_many = |_| Unavailable("too many wait to be submitted".to_owned());
        self.way_to(shard).try_send(entry).map_err(too_many)?;
        match timeout(STEP_WITHIN, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Unavailable("the store was closed".to_owned())),
            Err(_) => Err(Unavailable("no answer in time".to_owned())),
        }
    }

    fn way_to(self: &Arc<Self>, shard: ShardId) -> mpsc::Sender<Entry> {
        let mut ways = self.submissions.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(way) = ways.get(&shard).filter(|way| !way.is_closed()) {
            return way.clone();
        }
        let (way, waiting) = mpsc::channel(WAITING_MAX);
        tokio::spawn(self.clone().submit_all(shard, waiting));
        ways.insert(shard, way.clone());
        way
    }

    /// Submits in the order in which it was asked for, call after call.
    async fn submit_all(self: Arc<Self>, shard: ShardId, mut waiting: mpsc::Receiver<Entry>) {
        let mut entries = Vec::new();
        while waiting.recv_many(&mut entries, TOGETHER_MAX).await > 0 {
            while !entries.is_empty() {
                // Who has given up must not be found to have submitted later.
                entries.retain(|entry| !entry.answer.is_closed());
                let rest = entries.split_off(as_many_as_fit(&entries));
                let together = std::mem::replace(&mut entries, rest);
                self.submit_together(shard, together).await;
            }
        }
    }

    async fn submit_together(&self, shard: ShardId, entries: Vec<Entry>) {
        match self.put_all(shard, &entries).await {
            Ok(answers) => {
                for (entry, answer) in entries.into_iter().zip(answers) {
                    let _gone = entry.answer.send(Ok(answer));
                }
            }
            Err(error) => {
                for entry in entries {
                    let _gone = entry.answer.send(Err(error.clone()));
                }
            }
        }
    }

    async fn put_all(
        &self,
        shard: ShardId,
        entries: &[Entry],
    ) -> Result<Vec<Submitted>, Unavailable> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let keys = &self.keys;
        let (meta, inbox, seen) = (keys.meta(shard), keys.inbox(shard), keys.seen(shard));
        let names = [meta, inbox, seen, keys.about(), keys.shards()];
        let mut call = Call::new(&self.scripts.submit, &names)
            .arg(&self.store_id)
            .arg(shard.0)
            .arg(INBOX_MAX)
            .arg(keys.signals())
            .arg(inbox_signal(shard));
        for Entry { key, now, until, bytes, .. } in entries {
            call = call.arg(key).arg(now).arg(until).arg(bytes);
        }
        let answers: Vec<String> = self.steps.with(|on| call.on(on)).await?;
        if answers == ["foreign"] {
            return Err(foreign());
        }
        if answers.len() != entries.len() {
            return Err(odd(answers));
        }
        let answer = |answer: String| match answer.as_str() {
            "duplicate" => Ok(Submitted::Duplicate),
            "full" => Ok(Submitted::Full),
            position => Ok(Submitted::Accepted(InboxPosition(parse(position)?))),
        };
        answers.into_iter().map(answer).collect()
    }
}

/// How many of the first of them go in one call.
fn as_many_as_fit(entries: &[Entry]) -> usize {
    let mut bytes = 0;
    let fits = entries.iter().take_while(|entry| {
        let has_room = bytes < BYTES_ENOUGH;
        bytes += entry.bytes.len();
        has_room
    });
    fits.count()
}
