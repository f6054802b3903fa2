//! Reads the whole history when everything has come to rest, and compares it with what customers,
//! operators and the platform have seen.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use domain::conversation::Conversation;
use domain::entry::{Author, Body, DeliveryState, Entry, Record};
use domain::id::{ConversationId, EntryNumber, OfferId, OperatorId, ShardId};
use serde::de::DeserializeOwned;
use switchboard::clock::Clock;
use switchboard::store::op::{DocumentKind, InboxPosition, Job, Position, Trim};
use switchboard::store::{Store, Unavailable};

use crate::SHARDS;
use crate::customers::text;
use crate::desks::{Desks, Seen};
use crate::platform::Platform;

const PAGE: usize = 256;
/// Of a feed that is shortened. Fewer than come while a hub stands still, more than come at once.
const EVENTS_KEPT: usize = 20;
/// A deadline that has passed so long ago was missed.
const LATE: Duration = Duration::from_secs(10);
/// More than anything takes that is under way when the last fault is over, also on a busy machine.
const REST_WITHIN: Duration = Duration::from_mins(3);

#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) acked: usize,
    pub(crate) processed: usize,
    pub(crate) lost: usize,
    pub(crate) duplicated: usize,
    pub(crate) out_of_order: usize,
    pub(crate) double_assigned: usize,
    pub(crate) orphaned: usize,
    pub(crate) sessions: usize,
    pub(crate) gaps: usize,
    pub(crate) seen_twice: usize,
    pub(crate) sends: usize,
    /// Sent twice, or overtaken.
    pub(crate) sends_repeated: usize,
    /// Sent after what was written later, by a hub that had lost the shard.
    pub(crate) sends_late: usize,
    pub(crate) feeds_broken: usize,
    pub(crate) problems: Vec<String>,
}

/// The texts of a chat in the order of its conversations and their entries.
#[derive(Default)]
struct Chat {
    from_customer: Vec<String>,
    from_operators: Vec<String>,
    /// Of those from operators, what nobody knows to have arrived.
    unconfirmed: BTreeSet<String>,
}

impl Findings {
    pub(crate) fn is_clean(&self) -> bool {
        self.problems.is_empty() && self.acked > 0
    }

    pub(crate) fn problem(&mut self, what: String) {
        self.problems.push(what);
    }

    pub(crate) fn tell(&self) {
        for problem in self.problems.iter().take(20) {
            println!("found: {problem}");
        }
    }
}

pub(crate) async fn check(
    store: &Store,
    acked: &BTreeMap<String, u32>,
    desks: &[Seen],
    platform: &Platform,
    mut feeds: Feeds,
    stops: usize,
) -> Findings {
    let mut findings = Findings::default();
    let mut conversations = Vec::new();
    for shard in (0..SHARDS).map(ShardId) {
        conversations.extend(conversations_of(store, shard).await);
        check_rest(store, shard, &mut findings).await;
    }
    feeds.read_on(store).await;
    findings.feeds_broken = feeds.broken.len();
    findings.problems.append(&mut feeds.broken);
    check_deadlines(&conversations, &mut findings);
    let (chats, written) = chats(store, conversations).await;
    check_views(desks, &written, &mut findings);
    check_messages(acked, &chats, &mut findings);
    check_sends(&chats, platform, stops, &mut findings);
    check_desks(desks, &mut findings);
    findings
}

async fn conversations_of(store: &Store, shard: ShardId) -> Vec<Conversation> {
    let mut all = Vec::new();
    for kind in [DocumentKind::Conversation, DocumentKind::Archive] {
        let mut after = None;
        loop {
            let page = store.documents(shard, kind, after.take(), PAGE).await.unwrap();
            all.extend(page.iter().map(|document| read::<Conversation>(&document.bytes)));
            if page.len() < PAGE {
                break;
            }
            after = page.last().map(|document| document.id.clone());
        }
    }
    all
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> T {
    serde_json::from_slice(bytes).unwrap()
}

/// What lies in the inbox of a shard, and what its outbox is still to send. What was given up waits
/// there for people.
async fn undone(store: &Store, shard: ShardId) -> (usize, usize) {
    let at = store.meta(shard).await.unwrap().inbox_at;
    let waiting = store.inbox(shard, InboxPosition(at.0), PAGE).await.unwrap().len();
    let given_up = |job: &Job| !read::<serde_json::Value>(&job.bytes)["given_up"].is_null();
    let jobs = store.jobs(shard).await.unwrap();
    (waiting, jobs.iter().filter(|job| !given_up(job)).count())
}

/// Waits until everything is done and seen, but not for ever.
pub(crate) async fn rest(store: &Store, desks: &Desks) {
    let since = Instant::now();
    while since.elapsed() < REST_WITHIN {
        let mut left = 0;
        for shard in (0..SHARDS).map(ShardId) {
            let (waiting, jobs) = undone(store, shard).await;
            left += waiting + jobs;
        }
        if left == 0 && desks.stand_at(&store.feed_ends().await.unwrap()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Nothing lies about: the inbox is worked off, and no job waits that could be sent.
async fn check_rest(store: &Store, shard: ShardId, findings: &mut Findings) {
    let (waiting, jobs) = undone(store, shard).await;
    if waiting > 0 {
        findings.orphaned += waiting;
        findings.problem(format!("{waiting} entries wait in the inbox of shard {shard}"));
    }
    if jobs > 0 {
        findings.orphaned += jobs;
        findings.problem(format!("{jobs} jobs wait in shard {shard}"));
    }
}

/// Reads the feeds as they grow: epochs never go back, and each event follows the one before.
#[derive(Default)]
pub(crate) struct Feeds {
    at: BTreeMap<ShardId, Position>,
    broken: Vec<String>,
}

impl Feeds {
    pub(crate) async fn read_on(&mut self, store: &Store) {
        for shard in (0..SHARDS).map(ShardId) {
            let at = self.at.entry(shard).or_default();
            loop {
                let Some(page) = store.feed(shard, *at, PAGE).await.unwrap() else {
                    self.broken.push(format!("feed of shard {shard} does not go on from {at}"));
                    break;
                };
                for record in &page {
                    if record.previous != *at || record.position <= *at {
                        let place = record.position;
                        self.broken.push(format!("feed of shard {shard} breaks at {place}"));
                    }
                    *at = record.position;
                }
                if page.len() < PAGE {
                    break;
                }
            }
        }
    }

    /// Takes away all but the newest events, as is done from time to time with many more. All were
    /// read here before, but what came too fast: that is not judged.
    pub(crate) async fn shorten(&mut self, store: &Store) {
        self.read_on(store).await;
        // If Redis was killed since the last time, its first step only finds that the connection is gone.
        if drop_old(store).await.is_err() {
            drop_old(store).await.unwrap();
        }
        for (shard, end) in store.feed_ends().await.unwrap() {
            let at = self.at.entry(shard).or_default();
            if store.feed(shard, *at, 1).await.unwrap().is_none() {
                *at = end;
            }
        }
    }
}

/// As one node does for all.
async fn drop_old(store: &Store) -> Result<(), Unavailable> {
    while store.tidy(Clock::Wall.now()).await? {}
    let ends = store.feed_ends().await?.into_iter();
    let mut feeds: Vec<_> =
        ends.map(|(shard, end)| Trim { shard, end, keep: EVENTS_KEPT }).collect();
    while !feeds.is_empty() {
        feeds = store.trim(feeds).await?;
    }
    Ok(())
}

fn check_deadlines(conversations: &[Conversation], findings: &mut Findings) {
    let now = Clock::Wall.now();
    for conversation in conversations {
        let missed = conversation.deadline().filter(|deadline| *deadline + LATE < now);
        if let Some(deadline) = missed {
            findings.orphaned += 1;
            findings.problem(format!("{} was due at {deadline}", conversation.id));
        }
    }
}

/// What customers wrote in conversations that a single operator has had.
type Written = BTreeMap<ConversationId, (OperatorId, Vec<EntryNumber>)>;

async fn chats(
    store: &Store,
    mut conversations: Vec<Conversation>,
) -> (BTreeMap<String, Chat>, Written) {
    conversations.sort_by_key(|conversation| conversation.started_at);
    let mut chats: BTreeMap<String, Chat> = BTreeMap::new();
    let mut written = Written::new();
    for conversation in conversations {
        let chat = chats.entry(conversation.chat.external.to_string()).or_default();
        let shard = conversation.id.shard().unwrap();
        let (mut after, mut texts) = (0, BTreeMap::new());
        loop {
            let id = conversation.id.clone();
            let page = store.history(shard, id.clone(), after, PAGE).await.unwrap();
            for (n, bytes) in &page {
                after = *n;
                let record = read::<Record>(bytes);
                if let ([operator], Some(entry)) = (&conversation.held[..], from_customer(&record))
                {
                    let of_him = || (operator.clone(), Vec::new());
                    let id = conversation.id.clone();
                    written.entry(id).or_insert_with(of_him).1.push(entry);
                }
                chat.note(record, &mut texts);
            }
            if page.len() < PAGE {
                break;
            }
        }
    }
    (chats, written)
}

fn from_customer(record: &Record) -> Option<EntryNumber> {
    let Record::Entry { entry, .. } = record else { return None };
    let is_message = matches!((&entry.author, &entry.body), (Author::Customer, Body::Message(_)));
    is_message.then_some(entry.n)
}

/// Who has a conversation is told of all that is written in it, from the first that he was told of.
fn check_views(desks: &[Seen], written: &Written, findings: &mut Findings) {
    for seen in desks {
        let his = written.iter().filter(|(_, (holder, _))| seen.operator.as_ref() == Some(holder));
        for (conversation, (_, entries)) in his {
            let told =
                |entry: &&EntryNumber| seen.entries.contains(&(conversation.clone(), **entry));
            let from_first = entries.iter().skip_while(|entry| !told(entry));
            for missing in from_first.filter(|entry| !told(entry)) {
                findings.gaps += 1;
                findings.problem(format!("entry {missing:?} of {conversation} was not shown"));
            }
        }
    }
}

impl Chat {
    /// Takes the next record of a conversation whose operators have written these texts.
    fn note(&mut self, record: Record, texts: &mut BTreeMap<EntryNumber, String>) {
        match record {
            Record::Entry { entry, .. } => {
                let Entry { n, author, body, .. } = entry.into_inner();
                let Body::Message(message) = body else { return };
                match author {
                    Author::Customer => self.from_customer.push(message.text),
                    Author::Operator { .. } => {
                        texts.insert(n, message.text.clone());
                        self.from_operators.push(message.text);
                    }
                    Author::Line | Author::Elsewhere => {}
                }
            }
            Record::Delivery { entry, delivery, .. } => {
                if delivery == DeliveryState::Unconfirmed {
                    self.unconfirmed.extend(texts.get(&entry).cloned());
                }
            }
            Record::Edited { .. }
            | Record::Deleted { .. }
            | Record::Copied { .. }
            | Record::Reacted { .. }
            | Record::Corrected { .. } => {}
        }
    }
}

fn check_messages(
    acked: &BTreeMap<String, u32>,
    chats: &BTreeMap<String, Chat>,
    findings: &mut Findings,
) {
    let nothing = Chat::default();
    for (chat, last) in acked {
        let found = &chats.get(chat).unwrap_or(&nothing).from_customer;
        findings.acked += *last as usize;
        findings.processed += found.len();
        let place = |n: u32| found.iter().position(|one| *one == text(chat, n));
        let mut before = None;
        for n in 1..=*last {
            let at = place(n);
            if at.is_none() {
                findings.lost += 1;
                findings.problem(format!("lost: {}", text(chat, n)));
            } else if at < before {
                findings.out_of_order += 1;
                findings.problem(format!("out of order: {}", text(chat, n)));
            }
            before = at.or(before);
        }
        let mut once = found.clone();
        once.sort_unstable();
        once.dedup();
        if once.len() < found.len() {
            findings.duplicated += found.len() - once.len();
            findings.problem(format!("chat {chat} holds messages twice"));
        }
    }
}

/// What stands in the chats at the platform is what operators wrote, once and in that order. Whose
/// outcome is not known may be missing; and a hub that is stopped between its last look at the lease
/// and the send itself sends when it goes on: that no check can prevent, but it is rare.
fn check_sends(
    chats: &BTreeMap<String, Chat>,
    platform: &Platform,
    stops: usize,
    findings: &mut Findings,
) {
    let nothing = Chat::default();
    for (chat, sent) in platform.sent() {
        findings.sends += sent.len();
        let of_chat = chats.get(&chat).unwrap_or(&nothing);
        let place = |text: &String| of_chat.from_operators.iter().position(|one| one == text);
        let (mut seen, mut before) = (BTreeSet::new(), None);
        for text in &sent {
            let at = place(text);
            if !seen.insert(text) || at.is_none() {
                findings.sends_repeated += 1;
                findings.problem(format!("sent twice, or never written, to {chat}: {text}"));
            } else if at < before && of_chat.unconfirmed.contains(text) {
                findings.sends_late += 1;
            } else if at < before {
                findings.sends_repeated += 1;
                findings.problem(format!("sent out of order to {chat}: {text}"));
            }
            before = before.max(at);
        }
    }
    if findings.sends_late > stops {
        findings.problem(format!("{} were sent by hubs without a lease", findings.sends_late));
    }
}

fn check_desks(desks: &[Seen], findings: &mut Findings) {
    let mut accepted: BTreeMap<&(ConversationId, OfferId), usize> = BTreeMap::new();
    for seen in desks {
        findings.sessions += seen.sessions;
        findings.gaps += seen.gaps.len();
        findings.seen_twice += seen.twice;
        findings.problems.extend(seen.gaps.iter().map(|gap| format!("gap: {gap}")));
        for offer in &seen.accepted {
            *accepted.entry(offer).or_default() += 1;
        }
    }
    if findings.seen_twice > 0 {
        findings.problem(format!("{} entries were seen twice", findings.seen_twice));
    }
    for ((conversation, offer), times) in accepted.into_iter().filter(|(_, times)| *times > 1) {
        findings.double_assigned += 1;
        findings.problem(format!("offer {offer:?} of {conversation} was accepted {times} times"));
    }
}
