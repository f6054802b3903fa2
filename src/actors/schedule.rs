//! Which message goes next: in each chat the oldest, as fast as the platforms allow, and never so
//! many of one channel at a time that it takes the places of all others.
//!
//! Pure: knows neither actors nor the network, and the moment is an argument.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::id::{ChannelId, ChatKey, ConversationId, ShardId};
use jiff::Timestamp;

use crate::actors::outbox::OutboxJob;
use crate::actors::pace::Paces;
use crate::actors::work::JobStep;
use crate::channels::Pace;

/// Chats of one channel in which something is on its way at a time.
const OF_CHANNEL_MAX: usize = 64;

/// All that waits to be sent.
#[derive(Default)]
pub(crate) struct Schedule {
    chats: BTreeMap<ChatKey, ChatJobs>,
    /// Under which key the jobs of a conversation wait: a chat that is called otherwise by now is
    /// still the same one.
    homes: BTreeMap<ConversationId, ChatKey>,
    /// New names of chats whose jobs wait under an older one.
    renamed: BTreeMap<ChatKey, ChatKey>,
    /// Chats in which nothing is on its way, by when their oldest job is due.
    due: BTreeSet<(Timestamp, ChatKey)>,
    /// Chats that are due while enough of their channel is on its way, the first first.
    crowded: BTreeMap<ChannelId, VecDeque<ChatKey>>,
    paces: Paces,
    /// How much of each channel, and of each shard, is on its way.
    of_channel: BTreeMap<ChannelId, usize>,
    of_shard: BTreeMap<ShardId, usize>,
    /// Channels whose token or rights are dead, until their settings change.
    dead: BTreeSet<ChannelId>,
}

/// The jobs of one chat, oldest first.
#[derive(Default)]
struct ChatJobs {
    jobs: VecDeque<Waiting>,
    /// Of which shard the job is that is on its way.
    in_flight: Option<ShardId>,
    /// Where the chat stands among those that are due.
    due: Option<Timestamp>,
    is_crowded: bool,
}

struct Waiting {
    shard: ShardId,
    job: OutboxJob,
    ready_at: Timestamp,
    /// What came of the last attempt, while the store has not taken it: nothing else is done with
    /// the job before.
    owed: Option<JobStep>,
}

/// How fast a job may be sent.
pub(crate) struct Paced {
    pub(crate) pace: Pace,
    /// What the platform counts as one chat.
    pub(crate) chat: ChatKey,
    /// Its next part is as many.
    pub(crate) messages: u32,
}

/// What is to be done now.
pub(crate) struct Turn {
    /// Where it waits, to be named when it is finished.
    pub(crate) home: ChatKey,
    pub(crate) shard: ShardId,
    pub(crate) job: OutboxJob,
    pub(crate) owed: Option<JobStep>,
}

/// What an attempt came to.
pub(crate) enum Attempted {
    /// The job goes on: with its next part, or later.
    Again(OutboxJob, Timestamp),
    /// The store did not take what came of it: that is tried again, and nothing else.
    Owed(JobStep, Timestamp),
    Over,
    /// Nothing is sent through its channel any more, until its settings change.
    ChannelDead(OutboxJob),
}

impl Schedule {
    /// Queues a job at its place, unless it is there already.
    pub(crate) fn add(&mut self, shard: ShardId, job: OutboxJob, ready_at: Timestamp) {
        let named = || self.renamed.get(&job.chat);
        let home = self.homes.get(&job.conversation).or_else(named).unwrap_or(&job.chat).clone();
        self.homes.entry(job.conversation.clone()).or_insert_with(|| home.clone());
        let line = self.chats.entry(home.clone()).or_default();
        if let Err(place) = line.jobs.binary_search_by(|waiting| waiting.job.id.cmp(&job.id)) {
            line.jobs.insert(place, Waiting { shard, job, ready_at, owed: None });
        }
        self.plan(&home, None);
    }

    /// Takes what is to be done now, if anything is. `pace` says how fast a job may be sent.
    pub(crate) fn next(
        &mut self,
        now: Timestamp,
        pace: impl Fn(&OutboxJob) -> Option<Paced>,
    ) -> Option<Turn> {
        loop {
            let (at, chat) = self.due.first().filter(|(at, _)| *at <= now).cloned()?;
            self.due.remove(&(at, chat.clone()));
            let line = self.chats.get_mut(&chat)?;
            line.due = None;
            let Some(head) = line.jobs.front() else { continue };
            let of_channel = self.of_channel.entry(chat.channel.clone()).or_default();
            if *of_channel >= OF_CHANNEL_MAX {
                line.is_crowded = true;
                self.crowded.entry(chat.channel.clone()).or_default().push_back(chat);
                continue;
            }
            let sends = head.owed.is_none() && !head.job.sending;
            if let Some(paced) = pace(&head.job).filter(|_| sends)
                && let Err(later) = self.paces.take(&paced.pace, &paced.chat, paced.messages, now)
            {
                self.plan(&chat, Some(later));
                continue;
            }
            *of_channel += 1;
            *self.of_shard.entry(head.shard).or_default() += 1;
            line.in_flight = Some(head.shard);
            let Waiting { shard, job, owed, .. } = head;
            let (shard, job, owed) = (*shard, job.clone(), owed.clone());
            return Some(Turn { home: chat, shard, job, owed });
        }
    }

    /// Something is no longer on its way.
    pub(crate) fn finished(&mut self, home: &ChatKey, id: &str, attempted: Attempted) {
        let Some(line) = self.chats.get_mut(home) else { return };
        if let Some(shard) = line.in_flight.take() {
            less(&mut self.of_shard, &shard);
            less(&mut self.of_channel, &home.channel);
        }
        if let Some(place) = line.jobs.iter().position(|waiting| waiting.job.id == id) {
            let waiting = &mut line.jobs[place];
            waiting.owed = None;
            match attempted {
                Attempted::Again(job, ready_at) => {
                    let (before, now) = (waiting.job.chat.clone(), job.chat.clone());
                    waiting.job = job;
                    waiting.ready_at = ready_at;
                    // Its chat has another name by now, and so have all others of it.
                    if before != now {
                        self.renamed.insert(now.clone(), home.clone());
                        let others = line.jobs.iter_mut().map(|waiting| &mut waiting.job);
                        others
                            .filter(|job| job.chat == before)
                            .for_each(|job| job.chat = now.clone());
                    }
                }
                Attempted::Owed(step, ready_at) => {
                    waiting.owed = Some(step);
                    waiting.ready_at = ready_at;
                }
                Attempted::Over => {
                    let conversation = waiting.job.conversation.clone();
                    line.jobs.remove(place);
                    if !line.jobs.iter().any(|other| other.job.conversation == conversation) {
                        self.homes.remove(&conversation);
                    }
                }
                Attempted::ChannelDead(job) => {
                    waiting.job = job;
                    self.dead.insert(home.channel.clone());
                }
            }
        }
        self.plan(home, None);
        self.admit_next(&home.channel);
    }

    /// A channel may be sent through again. Answers whether it could not before.
    pub(crate) fn mend(&mut self, channel: &ChannelId) -> bool {
        let was_dead = self.dead.remove(channel);
        if was_dead {
            let of_it = self.chats.keys().filter(|chat| chat.channel == *channel);
            for chat in of_it.cloned().collect::<Vec<_>>() {
                self.plan(&chat, None);
            }
        }
        was_dead
    }

    /// Nothing more is sent for a shard. What is on its way is still waited for.
    pub(crate) fn forget(&mut self, shard: ShardId) {
        let chats: Vec<ChatKey> = self.chats.keys().cloned().collect();
        for chat in chats {
            if let Some(line) = self.chats.get_mut(&chat) {
                line.jobs.retain(|waiting| waiting.shard != shard);
            }
            self.plan(&chat, None);
        }
        // A conversation is of one shard.
        self.homes.retain(|conversation, _| conversation.shard() != Some(shard));
    }

    /// When something is due next, if nothing else comes before.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Whether something of the shard is on its way.
    pub(crate) fn is_busy(&self, shard: ShardId) -> bool {
        self.of_shard.contains_key(&shard)
    }

    /// Whether nothing is on its way.
    pub(crate) fn is_idle(&self) -> bool {
        self.of_shard.is_empty()
    }

    /// Puts a chat where its oldest job is due, or takes it out when it has nothing to send.
    fn plan(&mut self, chat: &ChatKey, not_before: Option<Timestamp>) {
        let Some(line) = self.chats.get_mut(chat) else { return };
        if let Some(at) = line.due.take() {
            self.due.remove(&(at, chat.clone()));
        }
        let Some(head) = line.jobs.front() else {
            if line.in_flight.is_none() {
                self.chats.remove(chat);
                self.renamed.retain(|_, home| home != chat);
            }
            return;
        };
        if line.in_flight.is_some() || line.is_crowded || self.dead.contains(&chat.channel) {
            return;
        }
        let at = not_before.map_or(head.ready_at, |at| at.max(head.ready_at));
        line.due = Some(at);
        self.due.insert((at, chat.clone()));
    }

    /// A place of the channel is free: whoever has waited longest for one is due.
    fn admit_next(&mut self, channel: &ChannelId) {
        let Some(waiting) = self.crowded.get_mut(channel) else { return };
        let next = waiting.pop_front();
        if waiting.is_empty() {
            self.crowded.remove(channel);
        }
        let Some(chat) = next else { return };
        if let Some(line) = self.chats.get_mut(&chat) {
            line.is_crowded = false;
        }
        self.plan(&chat, None);
    }
}

fn less<K: Ord + Clone>(counts: &mut BTreeMap<K, usize>, of: &K) {
    if let Some(count) = counts.get_mut(of) {
        *count -= 1;
        if *count == 0 {
            counts.remove(of);
        }
    }
}
