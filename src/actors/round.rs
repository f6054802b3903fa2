//! A round of a shard: everything at hand is decided, written in one commit, and only then
//! answered and shown.
//!
//! A refusal names its groups; what they stand for is answered, and the rest is decided again from
//! the last committed values.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use domain::effect::Input;
use domain::entry::{Body, DeliveryState, Unheard};
use domain::event::{Alarm, FeedEvent};
use domain::id::{ChatKey, ConversationId, OperatorId, ShardId};
use futures_util::future::try_join_all;

use crate::actors::audit;
use crate::actors::bench::{Bench, Broken, Care};
use crate::actors::conversation::{Draft, Keep};
use crate::actors::copying::Copies;
use crate::actors::delivery::{Jobs, Settled};
use crate::actors::encode::{self, Place};
use crate::actors::feed::{FeedBatch, TailEvent};
use crate::actors::group::Group;
use crate::actors::handle::{Accepted, Arrival, Change, NotStored};
use crate::actors::ledger::Nothing;
use crate::actors::line::TakeBack;
use crate::actors::outbox::{CopyJob, OutboxJob};
use crate::actors::post::Post;
use crate::actors::shard::Bell;
use crate::actors::shared_change;
use crate::actors::transfer::Handing;
use crate::actors::work::{COMMAND_DEDUPE_SECONDS, Command, CopyStep, JobStep, Order, Work};
use crate::protocol::{CommandRefusal, EdgeRefusal, Outcome};
use crate::store::op::{
    Commit, CommitError, Committed, DocumentKind, DocumentName, InboxPosition, Op, Room, SharedKind,
};

/// Pieces of work in one round.
const WORK_MAX: usize = 60;
/// Ops after which a round takes no more work. One piece of work must fit into what is left of the
/// store's bound, as must one conversation that is offered to a whole queue instead of another.
pub(crate) const OPS_ENOUGH: usize = 600;
/// Ops that the documents of one touched conversation and its chat come to at most.
const DOCUMENT_OPS: usize = 8;
/// Refusals after which nothing is offered in the round any more.
const REFUSALS_MAX: u32 = 3;
/// Refusals after which the round is given up: deciding again does not help, so memory is wrong.
const REFUSALS_END: u32 = 10;

/// Rounds for which what arrives goes by the inbox, after one was behind it.
pub(crate) const DETOUR_ROUNDS: u32 = 64;

/// What became of a piece of work.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Done,
    Repeated,
    Refused(CommandRefusal),
    Stale,
}

/// What a round wants written.
#[derive(Default)]
struct Draught {
    /// One for each piece of work, then one for the documents, then one for the inbox.
    groups: Vec<Group>,
    verdicts: Vec<Verdict>,
    closed: Vec<ConversationId>,
    /// Shards whose inboxes get something.
    posted_to: BTreeSet<ShardId>,
    /// Where the cursor of the inbox stands then, if it moves.
    inbox_to: Option<InboxPosition>,
}

impl Bench {
    /// Works off what is at hand. What does not fit stays in `pending`.
    pub(crate) async fn round(&mut self, pending: &mut VecDeque<Work>) -> Result<(), Broken> {
        self.rounds += 1;
        self.waits_for_room = false;
        let mut works = self.gather(pending).await?;
        let mut refusals = 0;
        loop {
            self.cautious = refusals >= REFUSALS_MAX;
            let mut draught = self.draw(&mut works, pending).await?;
            match self.commit(&mut draught).await {
                Ok(committed) => {
                    self.detour = self.detour.saturating_sub(1);
                    self.keep(&mut draught, committed);
                    answer(works, draught.verdicts);
                    return Ok(());
                }
                Err(CommitError::Refused(refused)) => {
                    refusals += 1;
                    if refusals == REFUSALS_END {
                        return Err(Broken::Store(format!("a round was refused {refusals} times")));
                    }
                    self.take_back();
                    self.settle(refused, &mut works, pending).await?;
                }
                Err(CommitError::Fenced { .. }) => return Err(Broken::Fenced),
                Err(
                    error @ (CommitError::WentBack(_)
                    | CommitError::Malformed(_)
                    | CommitError::Unavailable(_)),
                ) => return Err(Broken::Store(error.to_string())),
            }
        }
    }

    /// What comes into this round: the inbox first, then what was handed over directly.
    async fn gather(&mut self, pending: &mut VecDeque<Work>) -> Result<Vec<Work>, Broken> {
        let mut works = self.read_inbox().await?;
        if self.inbox_drained || self.detour > 0 {
            while works.len() < WORK_MAX
                && let Some(mut work) = pending.pop_front()
            {
                // One at a time: each may be offered to a whole queue.
                if let Work::Reconsider { conversations } = &mut work {
                    let rest = conversations.split_off(conversations.len().min(1));
                    if !rest.is_empty() {
                        pending.push_back(Work::Reconsider { conversations: rest });
                    }
                }
                works.push(work);
            }
        }
        self.foresee(&works).await?;
        Ok(works)
    }

    /// Reads together what the works would look for one after the other.
    async fn foresee(&mut self, works: &[Work]) -> Result<(), Broken> {
        let chats = works.iter().filter_map(Work::chat).filter(|chat| !self.chats.has(chat));
        let missing: BTreeSet<_> = chats.collect();
        if missing.is_empty() {
            return Ok(());
        }
        let names = missing.iter().map(ChatKey::to_string).flat_map(|key| {
            [
                DocumentName::Of(self.shard, DocumentKind::Chat, key.clone()),
                DocumentName::Shared(SharedKind::Identity, key),
            ]
        });
        let era = self.customers.era();
        let mut found = self.parts.store.look_up(names.collect()).await?.into_iter();
        for key in &missing {
            self.chats.found(key, found.next().flatten());
            self.customers.found(key, found.next().flatten(), era);
        }
        Ok(())
    }

    /// As much of the inbox as one round takes.
    pub(crate) async fn read_inbox(&mut self) -> Result<Vec<Work>, Broken> {
        if self.inbox_drained {
            return Ok(Vec::new());
        }
        let page = match (self.care, self.detour) {
            (Care::None, 0) => WORK_MAX,
            // Half of the round is for what arrives here.
            (Care::None, _) => WORK_MAX / 2,
            (Care::OneByOne | Care::GiveUp, _) => 1,
        };
        let entries = self.parts.store.inbox(self.shard, self.inbox_at, page).await?;
        self.inbox_drained = entries.len() < page;
        let give_up = std::mem::replace(&mut self.care, Care::None) == Care::GiveUp;
        let works = entries.into_iter().map(|entry| Work::Inbox {
            position: entry.position,
            post: if give_up { None } else { encode::read("inbox entry", &entry.bytes) },
            bytes: entry.bytes,
        });
        Ok(works.collect())
    }

    /// Decides the works in their order, as many as fit; what has a target that the round has
    /// already waits for the next one, which will refuse it as a repeat.
    async fn draw(
        &mut self,
        works: &mut Vec<Work>,
        pending: &mut VecDeque<Work>,
    ) -> Result<Draught, Broken> {
        let mut draught = Draught::default();
        let mut ops = 0;
        let mut taken = 0;
        let mut targets = BTreeSet::new();
        let directory = self.parts.directory.get();
        for work in works.iter() {
            let once = work.targets(&directory);
            let again = once.iter().any(|target| targets.contains(target));
            if again || ops + DOCUMENT_OPS * self.touched.len() + self.customers.ops() > OPS_ENOUGH
            {
                break;
            }
            targets.extend(once);
            let mut group = Group::default();
            self.customers.next_work();
            let verdict = self.step(work, &mut group).await?;
            if !matches!(verdict, Verdict::Done) {
                group = Group::default();
            }
            ops += group.ops.len();
            taken += 1;
            // What it tells this very shard is to be read before anything that may rest on it. What
            // it packs or forgets nobody may touch in the same commit.
            let ends_the_round =
                group.posts_to(self.shard) && !self.goes_by_inbox(work) || work.keeps_house();
            draught.groups.push(group);
            draught.verdicts.push(verdict);
            if ends_the_round {
                break;
            }
        }
        self.put_off(works.drain(taken..), pending);
        self.draw_documents(&mut draught).await?;
        draught.groups.push(self.inbox_group(works, &draught.groups));
        for op in draught.groups.iter().flat_map(|group| &group.ops) {
            if let Op::PutInbox { shard, .. } = op {
                draught.posted_to.insert(*shard);
            } else if let Op::AdvanceInbox { to, .. } = op {
                draught.inbox_to = Some(*to);
            }
        }
        Ok(draught)
    }

    /// Leaves works for later rounds. Those of the inbox are read again from where it stands.
    pub(crate) fn put_off(
        &mut self,
        works: impl DoubleEndedIterator<Item = Work>,
        pending: &mut VecDeque<Work>,
    ) {
        for work in works.rev() {
            match work {
                Work::Inbox { .. } => self.inbox_drained = false,
                Work::Arrive { .. }
                | Work::Command { .. }
                | Work::Due { .. }
                | Work::Wake { .. }
                | Work::Left { .. }
                | Work::Back { .. }
                | Work::Raise { .. }
                | Work::Deserted { .. }
                | Work::Attend { .. }
                | Work::Pack
                | Work::FindOutlived
                | Work::Forget { .. }
                | Work::Reconsider { .. }
                | Work::Job { .. }
                | Work::Copy { .. }
                | Work::Polled { .. }
                | Work::Change { .. } => pending.push_front(work),
            }
        }
    }

    async fn step(&mut self, work: &Work, group: &mut Group) -> Result<Verdict, Broken> {
        match work {
            Work::Arrive { arrival, answer: _ } => {
                self.arrive(group, arrival, self.goes_by_inbox(work)).await?;
                Ok(Verdict::Done)
            }
            Work::Inbox { bytes, post, position: _ } => {
                group.room = Room::Reserved;
                match post {
                    Some(post) => self.deliver(group, post).await?,
                    None => group.ops.push(Op::AppendDead { bytes: bytes.clone() }),
                }
                Ok(Verdict::Done)
            }
            Work::Command { command, answer: _ } => self.command(group, command).await,
            Work::Due { conversation } => {
                self.feed_own(group, conversation, Input::DeadlinePassed).await
            }
            Work::Wake { line } => self.wake(group, line).await.map(|()| Verdict::Done),
            Work::Left { conversation, operator, departure } => {
                let (operator, departure) = (operator.clone(), *departure);
                let input = Input::OperatorLeft { operator, departure };
                self.feed_own(group, conversation, input).await
            }
            Work::Back { conversation, operator } => {
                let input = Input::OperatorBack { operator: operator.clone() };
                self.feed_own(group, conversation, input).await
            }
            Work::Raise { line, operator, by } => {
                let (line, operator) = (line.clone(), operator.clone());
                let at = self.parts.clock.now();
                group.ops.push(Op::AddCounter { line, operator, by: *by, at });
                Ok(Verdict::Done)
            }
            Work::Deserted { line } => {
                let (line, at) = (line.clone(), self.parts.clock.now());
                let alarm = Alarm::NobodyAvailable;
                group.show(FeedEvent::Alarm { line, alarm, at });
                Ok(Verdict::Done)
            }
            Work::Reconsider { conversations } => {
                for conversation in conversations {
                    let _none = self.feed_own(group, conversation, Input::Reconsider).await?;
                }
                Ok(Verdict::Done)
            }
            Work::Job { step, answer: _ } => self.job(group, step).await,
            Work::Copy { step, answer: _ } => self.copy(group, step).await,
            Work::Polled { channel, position, .. } => self.polled(group, channel, *position).await,
            Work::Attend { operator } => {
                self.attend(group, operator.as_ref());
                Ok(Verdict::Done)
            }
            Work::Pack => self.pack_some(group).await.map(|()| Verdict::Done),
            Work::FindOutlived => self.find_outlived().await.map(|()| Verdict::Done),
            Work::Forget { conversation } => {
                self.forget(group, conversation).await.map(|()| Verdict::Done)
            }
            Work::Change { by, changes, answer: _ } => self.change(group, by, changes).await,
        }
    }

    async fn arrive(
        &mut self,
        group: &mut Group,
        arrival: &Arrival,
        by_inbox: bool,
    ) -> Result<(), Broken> {
        let key = arrival.dedupe_key();
        group.ops.push(Op::RequireDedupe { key, seconds: arrival.dedupe_seconds });
        let (channel, inbound) = (&arrival.channel, &arrival.inbound);
        if !by_inbox {
            return self.arrived(group, channel, inbound).await;
        }
        let (channel, inbound) = (channel.clone(), inbound.clone());
        group.post(self.shard, &Post::Arrival { channel, inbound });
        Ok(())
    }

    async fn command(&mut self, group: &mut Group, command: &Command) -> Result<Verdict, Broken> {
        let (key, seconds) = (command.dedupe_key(), COMMAND_DEDUPE_SECONDS);
        group.ops.push(Op::RequireDedupe { key: key.clone(), seconds });
        let Err(why) = self.carry_out(group, command).await? else { return Ok(Verdict::Done) };
        // What was carried out before may be against the rules by now.
        let now = self.parts.clock.now();
        let is_repeated = self.parts.store.knows(self.shard, key, now).await?;
        Ok(if is_repeated { Verdict::Repeated } else { Verdict::Refused(why) })
    }

    /// What a command does, if it is not against the rules.
    pub(crate) async fn carry_out(
        &mut self,
        group: &mut Group,
        command: &Command,
    ) -> Result<Result<(), CommandRefusal>, Broken> {
        let Some(who) = self.who(&command.operator) else {
            return Ok(Err(CommandRefusal::Edge(EdgeRefusal::Forbidden {})));
        };
        let id = &command.conversation;
        match &command.order {
            Order::Input(Input::Invite { colleague, .. }) if !self.is_enabled(colleague) => {
                Ok(Err(CommandRefusal::Edge(EdgeRefusal::UnknownTarget {})))
            }
            Order::Input(input) => self.feed(group, id, input.clone(), Some(who)).await,
            Order::Transfer { to, comment, confirmed } => {
                self.transfer(group, id, who, Handing { to, comment, confirmed: *confirmed }).await
            }
            Order::PickUp => self.pick_up(group, id, who).await,
            Order::SendAgain { entry } => self.send_again(group, id, *entry, who).await,
            Order::Correct { entry, correction } => {
                self.correct(group, id, *entry, correction, who).await
            }
        }
    }

    /// Something that the hub tells a conversation by itself; what it refuses concerns nobody.
    async fn feed_own(
        &mut self,
        group: &mut Group,
        conversation: &ConversationId,
        input: Input,
    ) -> Result<Verdict, Broken> {
        let _none = self.feed(group, conversation, input, None).await?;
        Ok(Verdict::Done)
    }

    /// Changes by a person, each with its entry of the audit log.
    pub(crate) async fn change(
        &mut self,
        group: &mut Group,
        by: &OperatorId,
        changes: &[Change],
    ) -> Result<Verdict, Broken> {
        let store = self.parts.store.clone();
        let (directory, now) = (self.parts.directory.get(), self.parts.clock.now());
        let fits = changes.iter().all(|change| shared_change::fits(change, &directory));
        if !fits || !self.customers.take(&store, changes).await? {
            return Ok(Verdict::Stale);
        }
        for change in changes {
            if let Some(entry) = audit::entry_of(change, &directory, by, now) {
                self.audit.append(group, &entry);
            }
            shared_change::write(group, change);
        }
        Ok(Verdict::Done)
    }

    async fn job(&mut self, group: &mut Group, step: &JobStep) -> Result<Verdict, Broken> {
        match step {
            JobStep::Sending(job) => {
                let (id, bytes) = (job.id.clone(), encode::document(job));
                group.ops.push(Op::UpdateJob { id, ready_at: self.parts.clock.now(), bytes });
            }
            JobStep::Later { job, ready_at } => {
                let (id, bytes) = (job.id.clone(), encode::document(job));
                group.ops.push(Op::UpdateJob { id, ready_at: *ready_at, bytes });
            }
            JobStep::Over { job, delivery, external_id, gone } => {
                if let (true, DeliveryState::Failed { reason }) = (*gone, delivery) {
                    let input = Input::CustomerGone { reason: reason.clone() };
                    let _none = self.feed(group, &job.conversation, input, None).await?;
                }
                self.job_is_over(group, job, delivery, external_id.as_ref()).await?;
            }
            JobStep::Forget(job) => group.ops.push(Op::DeleteJob { id: job.id.clone() }),
        }
        Ok(Verdict::Done)
    }

    async fn copy(&mut self, group: &mut Group, step: &CopyStep) -> Result<Verdict, Broken> {
        match step {
            CopyStep::Later { job, ready_at } => {
                let (id, bytes) = (job.id.clone(), encode::document(job));
                group.ops.push(Op::UpdateJob { id, ready_at: *ready_at, bytes });
                Ok(Verdict::Done)
            }
            CopyStep::Over { job, copy } => {
                group.ops.push(Op::DeleteJob { id: job.id.clone() });
                let (entry, attachment, copy) = (job.entry, job.attachment, copy.clone());
                let input = Input::FileCopied { entry, attachment, copy };
                self.feed_own(group, &job.conversation, input).await
            }
        }
    }

    /// The documents of all conversations and chats that the round has changed.
    async fn draw_documents(&mut self, draught: &mut Draught) -> Result<(), Broken> {
        let mut group = Group::default();
        let live = self.touched.iter().filter_map(|id| Some((id, self.conversations.get(id)?)));
        let drafts =
            live.map(async |(id, live)| Ok::<_, Broken>((id, live.addr.send(Draft).await?)));
        for (id, drafted) in try_join_all(drafts).await? {
            group.ops.extend(drafted.ops);
            for event in drafted.events {
                group.show(event);
            }
            if drafted.closed {
                draught.closed.push(id.clone());
            }
        }
        self.chats.draft(&mut group);
        self.audit.draft(&mut group, Nothing {});
        self.attendance.draft(&mut group);
        self.customers.draft(&mut group);
        draught.groups.push(group);
        Ok(())
    }

    /// Whether something that has arrived here waits its turn behind what others have put there.
    fn goes_by_inbox(&self, work: &Work) -> bool {
        self.detour > 0 && matches!(work, Work::Arrive { .. })
    }

    /// Moves the cursor over the entries of this round, and makes sure that nothing handed over
    /// directly overtakes what lies in the inbox: neither here nor, by what is posted, in another
    /// shard. Where a conversation goes, what was written to it before goes first.
    fn inbox_group(&self, works: &[Work], groups: &[Group]) -> Group {
        let mut group = Group::default();
        let last = works.iter().rev().find_map(|work| match work {
            Work::Inbox { position, .. } => Some(*position),
            Work::Arrive { .. }
            | Work::Command { .. }
            | Work::Due { .. }
            | Work::Wake { .. }
            | Work::Left { .. }
            | Work::Back { .. }
            | Work::Raise { .. }
            | Work::Deserted { .. }
            | Work::Attend { .. }
            | Work::Pack
            | Work::FindOutlived
            | Work::Forget { .. }
            | Work::Reconsider { .. }
            | Work::Job { .. }
            | Work::Copy { .. }
            | Work::Polled { .. }
            | Work::Change { .. } => None,
        });
        if let Some(to) = last {
            group.ops.push(Op::AdvanceInbox { from: self.inbox_at, to });
        }
        let decided = || works.iter().zip(groups).filter(|(work, _)| !self.goes_by_inbox(work));
        let is_direct = |work: &Work| !matches!(work, Work::Inbox { .. });
        let arrives = decided().any(|(work, _)| matches!(work, Work::Arrive { .. }));
        let mut posts = decided().flat_map(|(_, group)| &group.ops);
        let posts = posts.any(|op| matches!(op, Op::PutInbox { .. }));
        if arrives || posts && decided().any(|(work, _)| is_direct(work)) {
            group.ops.push(Op::RequireInboxDrained);
        }
        group
    }

    /// Takes the ops out of the draught: they are written once, or decided again.
    async fn commit(&self, draught: &mut Draught) -> Result<Option<Committed>, CommitError> {
        let only_guards = |op: &Op| matches!(op, Op::RequireInboxDrained);
        if draught.groups.iter().all(|g| g.is_empty() || g.ops.iter().all(only_guards)) {
            return Ok(None);
        }
        let commit = Commit {
            shard: self.shard,
            owner: self.parts.me.clone(),
            epoch: self.epoch,
            after_commits: self.commits,
            at: self.parts.clock.now(),
            groups: draught.groups.iter_mut().map(|group| std::mem::take(&mut group.ops)).collect(),
        };
        self.parts.store.commit(commit).await.map(Some)
    }

    /// The round is true: memory keeps it, and everybody hears of it.
    fn keep(&mut self, draught: &mut Draught, committed: Option<Committed>) {
        for id in std::mem::take(&mut self.touched) {
            if let Some(live) = self.conversations.get(&id) {
                live.addr.do_send(Keep);
            }
        }
        for line in std::mem::take(&mut self.touched_lines) {
            if let Some(addr) = self.lines.get(&line) {
                addr.do_send(Keep);
            }
        }
        self.chats.keep();
        self.audit.keep();
        self.attendance.keep();
        self.customers.keep();
        for id in &draught.closed {
            self.conversations.remove(id);
        }
        self.passivate();
        let Some(committed) = committed else { return };
        self.commits = committed.commits;
        if let Some(to) = draught.inbox_to {
            self.inbox_at = to;
        }
        self.ring(&draught.posted_to);
        self.publish(std::mem::take(&mut draught.groups), &committed);
    }

    /// Tells the shards whose inboxes got something.
    fn ring(&mut self, posted_to: &BTreeSet<ShardId>) {
        for shard in posted_to {
            if *shard == self.shard {
                self.inbox_drained = false;
            } else {
                self.parts.with_shard(*shard, |addr| addr.do_send(Bell));
            }
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

    /// The round was refused: as if it had not been decided. Its conversations are read anew.
    fn take_back(&mut self) {
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

pub(crate) fn answer(works: Vec<Work>, verdicts: Vec<Verdict>) {
    for (work, verdict) in works.into_iter().zip(verdicts) {
        match work {
            Work::Arrive { mut answer, .. } => answer.give(match verdict {
                Verdict::Done => Ok(Accepted::Created),
                Verdict::Repeated => Ok(Accepted::Duplicate),
                Verdict::Refused(_) | Verdict::Stale => Err(NotStored::Unavailable),
            }),
            Work::Command { mut answer, .. } => answer.give(outcome(verdict)),
            Work::Job { mut answer, .. }
            | Work::Copy { mut answer, .. }
            | Work::Polled { mut answer, .. }
            | Work::Change { mut answer, .. } => {
                answer.give(stored(&verdict));
            }
            Work::Inbox { .. }
            | Work::Due { .. }
            | Work::Wake { .. }
            | Work::Left { .. }
            | Work::Back { .. }
            | Work::Raise { .. }
            | Work::Deserted { .. }
            | Work::Attend { .. }
            | Work::Pack
            | Work::FindOutlived
            | Work::Forget { .. }
            | Work::Reconsider { .. } => {}
        }
    }
}

/// What the verdict says to whoever wants something stored.
pub(crate) fn stored(verdict: &Verdict) -> Result<(), NotStored> {
    match verdict {
        Verdict::Done | Verdict::Repeated => Ok(()),
        Verdict::Stale => Err(NotStored::Stale),
        Verdict::Refused(_) => Err(NotStored::Unavailable),
    }
}

/// What the verdict says to whoever has given a command.
pub(crate) fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Done => Outcome::Done {},
        Verdict::Repeated => Outcome::Repeated {},
        Verdict::Refused(why) => Outcome::refused(why),
        Verdict::Stale => Outcome::refused(CommandRefusal::Edge(EdgeRefusal::Unavailable {})),
    }
}
