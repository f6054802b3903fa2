//! Handing a conversation on: how the target stands is looked up here, what follows is the
//! conversation's own rule.

use domain::effect::Input;
use domain::id::{ConversationId, LineId, OperatorId};

use crate::actors::bench::{Bench, Broken, Refused};
use crate::actors::conversation::Who;
use crate::actors::group::Group;
use crate::actors::line::HasPlace;
use crate::clock;
use crate::protocol::{CommandRefusal, EdgeRefusal, TargetState, TransferTo};

/// What a transfer says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handing<'a> {
    pub(crate) to: &'a TransferTo,
    pub(crate) comment: &'a Option<String>,
    /// Also to somebody who cannot take it at once.
    pub(crate) confirmed: bool,
}

/// Whether a target can be handed anything.
enum Target {
    Unknown,
    Ready,
    /// Not at once.
    Later(TargetState),
}

impl Bench {
    /// Hands a conversation of this shard on. The right to it is asked by the conversation.
    pub(crate) async fn transfer(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
        who: Who,
        handing: Handing<'_>,
    ) -> Result<Result<(), Refused>, Broken> {
        let operator = who.operator.id.clone();
        let comment = handing.comment.clone();
        let (target, input) = match handing.to {
            TransferTo::Operator { id: to } => {
                let target = self.operator_stands(id, to).await?;
                let to_available = !matches!(target, Target::Later(TargetState::Absent));
                let to = to.clone();
                (target, Input::Transfer { operator, to, to_available, comment })
            }
            TransferTo::Line { id: line } => {
                let (target, line) = (self.line_stands(id, line).await?, line.clone());
                let directory = self.parts.directory.get();
                let shard = directory.lines.get(&line).map_or(self.shard, |l| l.value.shard);
                let next = ConversationId::in_shard(shard, &clock::new_uuid());
                (target, Input::Move { operator, line, next, comment })
            }
        };
        let refused = match target {
            Target::Unknown => Some(EdgeRefusal::UnknownTarget {}),
            Target::Later(target) if !handing.confirmed => Some(EdgeRefusal::Confirm { target }),
            Target::Ready | Target::Later(_) => None,
        };
        match refused {
            Some(why) => Ok(Err(CommandRefusal::Edge(why))),
            None => self.feed(group, id, input, Some(who)).await,
        }
    }

    /// Whether there is such an operator, and he is not disabled.
    pub(crate) fn is_enabled(&self, operator: &OperatorId) -> bool {
        self.parts.standing(operator).is_some_and(|(found, _)| found.enabled)
    }

    async fn operator_stands(
        &mut self,
        conversation: &ConversationId,
        operator: &OperatorId,
    ) -> Result<Target, Broken> {
        let Some((found, present)) = self.parts.standing(operator) else {
            return Ok(Target::Unknown);
        };
        if !found.enabled {
            return Ok(Target::Unknown);
        }
        if !found.is_available(present) {
            return Ok(Target::Later(TargetState::Absent));
        }
        let line = self.look(conversation).await?.and_then(|c| self.lines.get(&c.line));
        let has_place = match line {
            Some(line) => line.send(HasPlace(operator.clone())).await?,
            None => true,
        };
        Ok(if has_place { Target::Ready } else { Target::Later(TargetState::Full) })
    }

    async fn line_stands(
        &mut self,
        conversation: &ConversationId,
        line: &LineId,
    ) -> Result<Target, Broken> {
        let directory = self.parts.directory.get();
        let found = directory.lines.get(line).zip(directory.hours.get(line));
        let Some((found, hours)) = found.filter(|(found, _)| !found.value.archived) else {
            return Ok(Target::Unknown);
        };
        let same = self.look(conversation).await?.is_some_and(|c| c.line == *line);
        let settings = &found.value.settings;
        let is_available = |operator: &OperatorId| {
            let stands = self.parts.standing(operator);
            stands.is_some_and(|(operator, present)| operator.is_available(present))
        };
        Ok(if same {
            Target::Unknown
        } else if !settings.active {
            Target::Later(TargetState::Inactive)
        } else if !hours.is_open(self.parts.clock.now()) {
            Target::Later(TargetState::Closed)
        } else if !settings.queue.operators.iter().any(is_available) {
            Target::Later(TargetState::Nobody)
        } else {
            Target::Ready
        })
    }
}
