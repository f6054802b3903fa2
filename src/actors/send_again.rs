//! Messages that were given up: kept with their jobs, so that a person can have them sent again.

use domain::effect::{Input, Refusal};
use domain::entry::DeliveryState;
use domain::id::{ConversationId, EntryNumber};
use domain::permission::{Action, may};

use crate::actors::bench::{Bench, Broken, Refused};
use crate::actors::conversation::Who;
use crate::actors::encode;
use crate::actors::group::Group;
use crate::actors::outbox::{CopyJob, OutboxJob};
use crate::protocol::{CommandRefusal, EdgeRefusal};
use crate::store::op::{Job, Op};

impl Bench {
    /// Puts the job of a message that was given up back into its place among those of its chat.
    pub(crate) async fn send_again(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
        entry: EntryNumber,
        who: Who,
    ) -> Result<Result<(), Refused>, Broken> {
        let unknown = Err(CommandRefusal::Edge(EdgeRefusal::UnknownConversation {}));
        let Some(conversation) = self.look(id).await? else { return Ok(unknown) };
        let row = conversation.row();
        if !may(&who.operator, &who.queues, Action::SendAgain(&row)) {
            let sees = may(&who.operator, &who.queues, Action::SeeRow(&row));
            let forbidden = Err(CommandRefusal::Edge(EdgeRefusal::Forbidden {}));
            return Ok(if sees { forbidden } else { unknown });
        }
        let wanted = OutboxJob::id_of(id, entry);
        let jobs = self.parts.store.jobs(self.shard).await?;
        let Some(mut job) = jobs.iter().filter_map(given_up).find(|job| job.id == wanted) else {
            return Ok(Err(CommandRefusal::Conversation(Refusal::NotNow)));
        };
        let now = self.parts.clock.now();
        job.given_up = None;
        job.again_at = Some(now);
        job.attempts = 0;
        let bytes = encode::document(&job);
        group.ops.push(Op::UpdateJob { id: job.id.clone(), ready_at: now, bytes });
        group.jobs.push(job);
        let delivery = DeliveryState::Pending;
        let input = Input::DeliveryChanged { entry, delivery, external_id: None };
        self.feed(group, id, input, None).await
    }
}

/// The message of a job, if it was given up.
pub(crate) fn given_up(job: &Job) -> Option<OutboxJob> {
    if job.id.starts_with(CopyJob::PREFIX) {
        return None;
    }
    encode::read::<OutboxJob>("job", &job.bytes).filter(|job| job.given_up.is_some())
}
