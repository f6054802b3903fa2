//! What the edge asks about lines beside their settings: who would be asked, what is open, who has
//! how much; and giving back what somebody has.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix::Addr;
use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use domain::line::LineSettings;
use domain::operator::Operator;
use domain::routing::Decision;
use uuid::Uuid;

use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::line::{Foresee, LineActor, LineStart, Open, Taken};
use crate::actors::node::AskLines;
use crate::actors::orders;
use crate::clock;
use crate::protocol::{ClientFrame, Outcome};
use crate::store::op::Slot;

impl NodeHandle {
    /// The shard of a new line: the one with the fewest.
    pub fn shard_for_new_line(&self) -> ShardId {
        let directory = self.directory();
        let lines_in = |shard: &ShardId| {
            directory.lines.values().filter(|line| line.value.shard == *shard).count()
        };
        (0..self.shards()).map(ShardId).min_by_key(lines_in).unwrap_or(ShardId(0))
    }

    /// Who would be offered a new conversation of that line under these settings, while it is open,
    /// as operators stand now. None: the line does not run here.
    pub async fn foresee(
        &self,
        line: &LineId,
        settings: LineSettings,
    ) -> Result<Option<Decision>, NotStored> {
        let Some(addr) = self.line(line).await? else {
            return self.foresee_elsewhere(line, &settings).await;
        };
        let decided = addr.send(Foresee(Box::new(settings))).await;
        decided.map(|decided| Some(decided.0)).map_err(|_| NotStored::Unavailable)
    }

    /// As `foresee`, for a line of another node: its queue is made anew from what is stored.
    async fn foresee_elsewhere(
        &self,
        line: &LineId,
        settings: &LineSettings,
    ) -> Result<Option<Decision>, NotStored> {
        let directory = self.directory();
        let found = directory.lines.get(line).zip(directory.hours.get(line));
        let Some((found, hours)) = found.filter(|(found, _)| self.is_elsewhere(found.value.shard))
        else {
            return Ok(None);
        };
        let (found, hours) = (found.value.clone(), hours.clone());
        let start = LineStart::read(&self.parts, found, hours).await;
        let taken = Taken::read(&self.parts.store).await;
        let (Ok(start), Ok(taken)) = (start, taken) else { return Err(NotStored::Unavailable) };
        Ok(Some(start.foresee(&self.parts, &taken, settings)))
    }

    /// Whether a conversation of that line is not closed yet.
    pub async fn has_open_conversations(&self, line: &LineId) -> Result<bool, NotStored> {
        let Some(addr) = self.line(line).await? else {
            let open = self.parts.open_rows().await.map_err(|_| NotStored::Unavailable)?;
            return Ok(open.iter().any(|row| row.line == *line));
        };
        let open = addr.send(Open::All).await.map_err(|_| NotStored::Unavailable)?;
        Ok(!open.is_empty())
    }

    /// All operators, each with whether he is here.
    pub fn standings(&self) -> Vec<(Arc<Operator>, bool)> {
        self.parts.standings()
    }

    /// How many conversations take a place of each operator; who has none is not there.
    pub async fn loads(&self) -> Result<BTreeMap<OperatorId, usize>, NotStored> {
        let stored =
            self.parts.store.loads(Slot::Place).await.map_err(|_| NotStored::Unavailable)?;
        let mut loads = BTreeMap::new();
        for (operator, _) in stored {
            *loads.entry(operator).or_default() += 1;
        }
        Ok(loads)
    }

    /// Gives everything that an operator has back to the queues, as far as `by` may. Answers how
    /// many conversations that were.
    pub async fn hand_over(
        &self,
        by: &OperatorId,
        operator: &OperatorId,
    ) -> Result<usize, NotStored> {
        let mut handed_over = 0;
        if self.parts.leases.is_some() {
            // His conversations may be on any node.
            let open = self.parts.open_rows().await.map_err(|_| NotStored::Unavailable)?;
            for row in open.into_iter().filter(|row| row.operator.as_ref() == Some(operator)) {
                handed_over += usize::from(self.release(by, operator, row.conversation).await);
            }
            return Ok(handed_over);
        }
        for line in self.ask_lines(AskLines::All).await? {
            let of = Open::Of(operator.clone());
            for conversation in line.send(of).await.map_err(|_| NotStored::Unavailable)? {
                handed_over += usize::from(self.release(by, operator, conversation).await);
            }
        }
        Ok(handed_over)
    }

    /// Whether it was his and is the queue's now.
    async fn release(
        &self,
        by: &OperatorId,
        operator: &OperatorId,
        conversation: ConversationId,
    ) -> bool {
        let row = self.row(&conversation).await;
        if row.is_none_or(|row| row.operator.as_ref() != Some(operator)) {
            return false;
        }
        let cmd_id = Uuid::parse_str(&clock::new_uuid()).unwrap_or_default();
        let release = ClientFrame::Release { cmd_id, conversation };
        let Some(Ok(command)) = orders::read(release, by.clone()) else { return false };
        match self.command(command).await {
            Outcome::Done {} => true,
            Outcome::Repeated {} | Outcome::Refused { .. } => false,
        }
    }

    pub(crate) async fn line(&self, line: &LineId) -> Result<Option<Addr<LineActor>>, NotStored> {
        self.ask_lines(AskLines::One(line.clone())).await.map(|lines| lines.into_iter().next())
    }

    async fn ask_lines(&self, which: AskLines) -> Result<Vec<Addr<LineActor>>, NotStored> {
        let node = self.parts.node.get().ok_or(NotStored::Unavailable)?;
        node.send(which).await.map_err(|_| NotStored::Unavailable)
    }
}
