//! Rounds of a shard: everything at hand is decided, written in one commit, and only then answered
//! and shown.
//!
//! While a round is being written the next one is decided, as far as it may be. Its commit waits for
//! that of the round before. A refusal names its groups; what they stand for is answered, and the
//! rest is decided again from the last committed values, as is what was decided ahead.
//!
//! A round that is full gets its documents ahead too. It is sent as soon as the one before has landed,
//! and only then is that one told: the store has no time to wait while there is so much to do.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use domain::entry::{Body, Unheard};
use domain::event::FeedEvent;
use domain::id::{ConversationId, LineId, ShardId};

use crate::actors::bench::{Bench, Broken};
use crate::actors::copying::Copies;
use crate::actors::delivery::{Jobs, Settled};
use crate::actors::draught::Draught;
use crate::actors::encode::Place;
use crate::actors::feed::FeedBatch;
use crate::actors::feed::tail::TailEvent;
use crate::actors::group::Group;
use crate::actors::line::{Keep, Seal, TakeBack};
use crate::actors::outbox::{CopyJob, OutboxJob};
use crate::actors::shard::Bell;
use crate::actors::shared_change;
use crate::actors::verdict::{Verdict, answer};
use crate::actors::work::Work;
use crate::store::op::{Commit, CommitError, Committed};

/// Refusals after which nothing is offered in the round any more.
const REFUSALS_MAX: u32 = 3;
/// Refusals after which the round is given up: deciding again does not help, so memory is wrong.
const REFUSALS_END: u32 = 10;
/// Rounds for which nothing is decided ahead, after one was refused or an inbox came between: it
/// would be in vain again, perhaps.
const PATIENT_ROUNDS: u32 = 16;

/// A round that is being written.
pub(crate) struct Flight {
    draught: Draught,
    touched: BTreeSet<ConversationId>,
    touched_lines: BTreeSet<LineId>,
    /// What it changes the next round may only read once it is true.
    stands_alone: bool,
}

/// What is to be told of a round that has become true.
pub(crate) struct News {
    groups: Vec<Group>,
    /// None: nothing of it was to be written.
    committed: Option<Committed>,
    works: Vec<Work>,
    verdicts: Vec<Verdict>,
}

/// What a shard does after a turn.
pub(crate) enum AfterTurn {
    /// Writes a round, and brings what the store has said to the next turn.
    Write(Commit),
    /// Waits: for the store, or for something to do.
    Wait,
    /// Waits a while: the inbox of another shard was full.
    Rest,
}

impl Bench {
    /// Goes on as far as it can without the answer to a commit. `landed`: what the store has said to
    /// the round that was being written. Works off what is at hand; what does not fit stays in `pending`.
    pub(crate) async fn turn(
        &mut self,
        landed: Option<Result<Committed, CommitError>>,
        pending: &mut VecDeque<Work>,
    ) -> Result<AfterTurn, Broken> {
        self.tell_news();
        if let Some(landed) = landed
            && let Some(flight) = self.flight.take()
        {
            self.land(flight, landed, pending).await?;
            let mut rest = None;
            if self.draught.works.is_empty() {
                self.draught = Draught::default();
                self.cautious = false;
                rest = self.rest();
            } else if self.draught.refusals == 0 && !self.inbox_drained {
                // What was decided ahead must not overtake what lies there by now.
                self.give_back(pending);
            }
            if !self.draught.is_finished() {
                // Nothing is ready to be sent before it.
                self.tell_news();
            }
            if let Some(rest) = rest {
                return Ok(rest);
            }
        }
        if self.flight.is_some() {
            if self.draught.has_room() {
                self.decide_ahead(pending).await?;
            } else {
                self.finish_draught().await?;
            }
            return Ok(AfterTurn::Wait);
        }
        self.decide_pending(pending).await?;
        self.take_off().await
    }

    /// Nothing is at hand. None: there is no reason to rest.
    fn rest(&mut self) -> Option<AfterTurn> {
        std::mem::take(&mut self.waits_for_room).then_some(AfterTurn::Rest)
    }

    /// Whether a round is being written.
    pub(crate) fn is_writing(&self) -> bool {
        self.flight.is_some()
    }

    /// Whether there is something to do without the answer to the commit, and without new work.
    pub(crate) fn can_go_on(&self) -> bool {
        self.news.is_some() || self.draught.can_be_finished()
    }

    /// Whether that work may be decided before it is known what becomes of the round that is being
    /// written. It must rest on nothing but what the actors of the shard remember of that round.
    pub(crate) fn goes_ahead(&self, work: &Work) -> bool {
        let Some(flight) = self.flight.as_ref().filter(|flight| !flight.stands_alone) else {
            return false;
        };
        let by_itself = self.inbox_drained && !self.detour.is_on() && self.patience == 0;
        by_itself
            && self.draught.has_room()
            && work.knows_enough()
            && !flight.draught.shares_a_target(&work.targets(&self.parts.directory.get()))
    }

    /// Hands the round at hand over to be written, if there is anything to write.
    async fn take_off(&mut self) -> Result<AfterTurn, Broken> {
        if self.draught.works.is_empty() {
            return Ok(AfterTurn::Wait);
        }
        self.rounds += 1;
        self.cautious = false;
        self.finish_draught().await?;
        let mut draught = std::mem::take(&mut self.draught);
        for line in &self.touched_lines {
            if let Some(addr) = self.lines.get(line) {
                addr.do_send(Seal);
            }
        }
        let stands_alone = self.audit.has_news()
            || self.customers.has_news()
            || !draught.posted_to.is_empty()
            || !draught.works.iter().all(Work::knows_enough);
        if !stands_alone {
            // It has only read them.
            self.customers.take_back();
        }
        let is_void = draught.is_void();
        let ops = draught.groups.iter_mut().map(|group| std::mem::take(&mut group.ops)).collect();
        let touched = std::mem::take(&mut self.touched);
        let touched_lines = std::mem::take(&mut self.touched_lines);
        let flight = Flight { draught, touched, touched_lines, stands_alone };
        if is_void {
            self.tell_news();
            self.keep(flight, None);
            self.tell_news();
            return Ok(self.rest().unwrap_or(AfterTurn::Wait));
        }
        self.flight = Some(flight);
        Ok(AfterTurn::Write(Commit {
            shard: self.shard,
            owner: self.parts.me.clone(),
            epoch: self.epoch,
            after_commits: self.commits,
            at: self.parts.clock.now(),
            groups: ops,
        }))
    }

    /// The store has spoken. What was refused is decided again, and nothing else beside it.
    async fn land(
        &mut self,
        mut flight: Flight,
        landed: Result<Committed, CommitError>,
        pending: &mut VecDeque<Work>,
    ) -> Result<(), Broken> {
        let refused = match landed {
            Ok(committed) => {
                self.keep(flight, Some(committed));
                return Ok(());
            }
            Err(CommitError::Refused(refused)) => refused,
            Err(CommitError::Fenced { .. }) => return Err(Broken::Fenced),
            Err(
                error @ (CommitError::WentBack(_)
                | CommitError::Malformed(_)
                | CommitError::Unavailable(_)),
            ) => return Err(Broken::Store(error.to_string())),
        };
        let refusals = flight.draught.refusals + 1;
        if refusals == REFUSALS_END {
            return Err(Broken::Store(format!("a round was refused {refusals} times")));
        }
        self.touched.append(&mut flight.touched);
        self.touched_lines.append(&mut flight.touched_lines);
        self.give_back(pending);
        self.cautious = refusals >= REFUSALS_MAX;
        self.draught = Draught::again(refusals);
        let Draught { posting, mut works, .. } = flight.draught;
        self.settle(refused, &posting, &mut works, pending).await?;
        self.draw(works, pending).await?;
        self.draught.close();
        Ok(())
    }

    /// The round is true, and memory keeps it.
    fn keep(&mut self, flight: Flight, committed: Option<Committed>) {
        for line in &flight.touched_lines {
            if let Some(addr) = self.lines.get(line) {
                addr.do_send(Keep);
            }
        }
        self.chats.keep();
        if flight.stands_alone {
            self.audit.keep();
            self.attendance.keep();
            self.customers.keep();
        }
        for id in flight.draught.closed.iter().filter(|id| !self.touched.contains(id)) {
            self.conversations.remove(id);
        }
        self.passivate();
        self.detour.round_is_written();
        self.patience = self.patience.saturating_sub(1);
        if let Some(committed) = &committed {
            self.commits = committed.commits;
            if let Some(to) = flight.draught.inbox_to {
                self.inbox_at = to;
            }
            self.ring(&flight.draught.posted_to);
        }
        let Draught { groups, works, verdicts, .. } = flight.draught;
        self.news = Some(News { groups, committed, works, verdicts });
    }

    /// Everybody hears of the round that has become true, and whoever asked is answered.
    fn tell_news(&mut self) {
        let Some(news) = self.news.take() else { return };
        if let Some(committed) = news.committed {
            self.publish(news.groups, &committed);
        }
        answer(news.works, news.verdicts);
    }

    /// Tells the shards whose inboxes got something.
    fn ring(&self, posted_to: &BTreeSet<ShardId>) {
        for shard in posted_to {
            self.parts.with_shard(*shard, |addr| addr.do_send(Bell));
        }
    }

    fn publish(&mut self, groups: Vec<Group>, committed: &Committed) {
        let tag = self.tag;
        let from = self.feed_end;
        let mut events = Vec::new();
        let (mut jobs, mut settled, mut copies) = (Vec::new(), Vec::new(), Vec::new());
        for group in groups {
            for event in group.events {
                let Some(position) = committed.appended.get(events.len()) else { break };
                let place = Place { position: *position, tag };
                shared_change::apply(&self.parts, &event);
                count_unheard(&event);
                events.push(Arc::new(TailEvent { place, previous: self.feed_end, event }));
                self.feed_end = place;
            }
            jobs.extend(group.jobs);
            settled.extend(group.settled);
            copies.extend(group.copies);
        }
        if let (false, Some(delivery)) = (settled.is_empty(), self.parts.delivery.get()) {
            delivery.do_send(Settled { shard: self.shard, ids: settled });
        }
        if let (false, Some(delivery)) = (jobs.is_empty(), self.parts.delivery.get()) {
            let jobs = jobs.into_iter().map(|job: OutboxJob| {
                let ready_at = job.created_at;
                (job, ready_at)
            });
            delivery.do_send(Jobs { shard: self.shard, jobs: jobs.collect() });
        }
        if let (false, Some(copying)) = (copies.is_empty(), self.parts.copying.get()) {
            let jobs = copies.into_iter().map(|job: CopyJob| {
                let ready_at = job.created_at;
                (job, ready_at)
            });
            copying.do_send(Copies { shard: self.shard, jobs: jobs.collect() });
        }
        if let (false, Some(feed)) = (events.is_empty(), self.parts.feed.get()) {
            feed.do_send(FeedBatch { shard: self.shard, from, events });
        }
    }

    /// The round at hand is as if it had not been decided: its works come again, before all others.
    /// Its conversations are read anew.
    pub(crate) fn give_back(&mut self, pending: &mut VecDeque<Work>) {
        self.patience = PATIENT_ROUNDS;
        let works = std::mem::take(&mut self.draught).works;
        self.put_off(works.into_iter(), pending);
        for id in std::mem::take(&mut self.touched) {
            self.conversations.remove(&id);
        }
        for line in std::mem::take(&mut self.touched_lines) {
            if let Some(addr) = self.lines.get(&line) {
                addr.do_send(TakeBack);
            }
        }
        self.chats.take_back();
        self.audit.take_back();
        self.attendance.take_back();
        self.customers.take_back();
    }
}

/// What was only stored is counted, so that a flood of it is seen.
fn count_unheard(event: &FeedEvent) {
    if let FeedEvent::Entry { entry, .. } = event
        && let Body::Message(message) = &entry.body
        && let Some(why) = message.unheard
    {
        let why = match why {
            Unheard::Automatic => "automatic",
            Unheard::Blocked => "blocked",
            Unheard::UnaskedRating => "unasked_rating",
        };
        metrics::counter!("switchboard_unheard_messages_total", "why" => why).increment(1);
    }
}
