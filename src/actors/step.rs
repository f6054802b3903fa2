//! What one piece of work comes to, before anything is written.

use domain::effect::Input;
use domain::entry::DeliveryState;
use domain::event::{Alarm, FeedEvent};
use domain::id::{ConversationId, OperatorId};

use crate::actors::audit;
use crate::actors::bench::{Bench, Broken};
use crate::actors::encode;
use crate::actors::group::Group;
use crate::actors::handle::{Arrival, Change};
use crate::actors::shared_change;
use crate::actors::transfer::Handing;
use crate::actors::verdict::Verdict;
use crate::actors::work::{COMMAND_DEDUPE_SECONDS, Command, CopyStep, JobStep, Order, Work};
use crate::protocol::{CommandRefusal, EdgeRefusal};
use crate::store::op::{Op, Room};

impl Bench {
    /// Takes one piece of work through its conversation and its line.
    pub(crate) async fn step(&mut self, work: &Work, group: &mut Group) -> Result<Verdict, Broken> {
        match work {
            Work::Arrive { arrival, answer: _ } => {
                self.arrive(group, arrival).await?;
                Ok(Verdict::Done)
            }
            Work::Inbox { bytes, post, position: _ } => {
                group.room = Room::Reserved;
                match post {
                    Some(post) => self.take_in(group, post).await?,
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

    async fn arrive(&mut self, group: &mut Group, arrival: &Arrival) -> Result<(), Broken> {
        let key = arrival.dedupe_key();
        group.ops.push(Op::RequireDedupe { key, seconds: arrival.dedupe_seconds });
        self.arrived(group, &arrival.channel, &arrival.inbound).await
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
}
