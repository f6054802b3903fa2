//! Operators edit and delete messages of theirs: what was written is looked up in the history, and a job
//! tells the platform. A message stands as before until that is done.

use domain::conversation::Conversation;
use domain::effect::Input;
use domain::entry::{Correction, CorrectionState, DeliveryState, NotCorrectable};
use domain::id::{ConversationId, EntryNumber, OperatorId};
use domain::permission::{Action, may};

use crate::actors::bench::{Bench, Broken, Refused};
use crate::actors::conversation::Who;
use crate::actors::group::Group;
use crate::actors::outbox::{Corrects, OutboxJob};
use crate::actors::receipts::{RECORDS_MAX, files_of, settle_job};
use crate::channels::correcting::{Written, may_correct};
use crate::protocol::{CommandRefusal, EdgeRefusal};

impl Bench {
    /// Begins a correction, if the message is his and its platform can do it.
    pub(crate) async fn correct(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
        entry: EntryNumber,
        correction: &Correction,
        who: Who,
    ) -> Result<Result<(), Refused>, Broken> {
        let unknown = Err(CommandRefusal::Edge(EdgeRefusal::UnknownConversation {}));
        let Some(conversation) = self.look(id).await? else { return Ok(unknown) };
        let operator = who.operator.id.clone();
        // His right to it, and what the conversation says, come before what the message says.
        if may(&who.operator, &who.queues, Action::Reply(&conversation.row())) {
            let found = self.corrects(&conversation, entry, correction, &operator).await?;
            let corrects = match found {
                Ok(corrects) => corrects,
                Err(why) => {
                    let why = EdgeRefusal::NotCorrectable { why };
                    return Ok(Err(CommandRefusal::Edge(why)));
                }
            };
            let input = Input::Correct { operator, entry, correction: correction.clone() };
            if let Err(refused) = self.feed(group, id, input, Some(who)).await? {
                return Ok(Err(refused));
            }
            return self.begin_correction(group, id, entry, corrects).await.map(Ok);
        }
        let sees = may(&who.operator, &who.queues, Action::SeeRow(&conversation.row()));
        let forbidden = Err(CommandRefusal::Edge(EdgeRefusal::Forbidden {}));
        Ok(if sees { forbidden } else { unknown })
    }

    async fn corrects(
        &self,
        conversation: &Conversation,
        entry: EntryNumber,
        correction: &Correction,
        operator: &OperatorId,
    ) -> Result<Result<Corrects, NotCorrectable>, Broken> {
        let after = conversation.last_record.saturating_sub(RECORDS_MAX);
        let entries = self.parts.entries(&conversation.id, after).await?;
        let Some(found) = entries.iter().find(|found| found.n == entry) else {
            return Ok(Err(NotCorrectable::NotYours));
        };
        let message = match found.correctable_by(operator) {
            Ok(message) => message,
            Err(why) => return Ok(Err(why)),
        };
        let directory = self.parts.directory.get();
        let Some(channel) = directory.channels.get(&conversation.chat.channel) else {
            return Ok(Err(NotCorrectable::Platform));
        };
        let files = files_of(message);
        let written = Written {
            text: &message.text,
            files: &files,
            external_id: message.external_id.as_deref(),
            at: found.at,
        };
        let now = self.parts.clock.now();
        let possible = may_correct(&channel.value.settings, &written, correction, now);
        Ok(possible.map(|()| Corrects {
            correction: correction.clone(),
            external_id: message.external_id.clone(),
            has_files: !files.is_empty(),
        }))
    }

    /// What the customer's own page fetches is done at once.
    async fn begin_correction(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
        entry: EntryNumber,
        corrects: Corrects,
    ) -> Result<(), Broken> {
        let Some(conversation) = self.look(id).await? else { return Ok(()) };
        if self.parts.directory.get().is_widget(&conversation.chat.channel) {
            let (correction, state) = (corrects.correction, CorrectionState::Done);
            let input = Input::CorrectionOver { entry, correction, state };
            let _none = self.feed(group, id, input, None).await?;
            return Ok(());
        }
        let now = self.parts.clock.now();
        group.job(OutboxJob::correcting(&conversation, entry, corrects, now));
        Ok(())
    }

    /// The platform has done it, or will not.
    pub(crate) async fn correction_is_over(
        &mut self,
        group: &mut Group,
        job: &OutboxJob,
        corrects: &Corrects,
        delivery: &DeliveryState,
    ) -> Result<(), Broken> {
        settle_job(group, job.id.clone());
        let state = match delivery {
            DeliveryState::Failed { reason } => CorrectionState::Failed { reason: reason.clone() },
            DeliveryState::Unconfirmed => {
                let reason = "the platform did not say whether it was done".to_owned();
                CorrectionState::Failed { reason }
            }
            DeliveryState::Pending
            | DeliveryState::Sent
            | DeliveryState::Delivered
            | DeliveryState::Read => CorrectionState::Done,
        };
        let (entry, correction) = (job.entry, corrects.correction.clone());
        let input = Input::CorrectionOver { entry, correction, state };
        let _none = self.feed(group, &job.conversation, input, None).await?;
        Ok(())
    }
}
