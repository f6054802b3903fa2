//! What the edge asks about lines beside their settings: who would be asked, what is open, who has
//! how much; and giving back what somebody has.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix::Addr;
use domain::effect::Input;
use domain::id::{ConversationId, LineId, OperatorId};
use domain::line::LineSettings;
use domain::operator::Operator;
use domain::routing::Decision;
use uuid::Uuid;

use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::line::{Foresee, LineActor, Open};
use crate::actors::node::AskLines;
use crate::actors::work::{Command, Order};
use crate::clock;
use crate::protocol::Outcome;

impl NodeHandle {
    /// Who would be offered a new conversation of that line under these settings, while it is open,
    /// as operators stand now. None: the line does not run here.
    pub async fn foresee(
        &self,
        line: &LineId,
        settings: LineSettings,
    ) -> Result<Option<Decision>, NotStored> {
        let Some(line) = self.line(line).await? else { return Ok(None) };
        let decided = line.send(Foresee(Box::new(settings))).await;
        decided.map(|decided| Some(decided.0)).map_err(|_| NotStored::Unavailable)
    }

    /// Whether a conversation of that line is not closed yet.
    pub async fn has_open_conversations(&self, line: &LineId) -> Result<bool, NotStored> {
        let Some(line) = self.line(line).await? else { return Ok(false) };
        let open = line.send(Open::All).await.map_err(|_| NotStored::Unavailable)?;
        Ok(!open.is_empty())
    }

    /// All operators, each with whether he is here.
    pub fn standings(&self) -> Vec<(Arc<Operator>, bool)> {
        self.parts.standings()
    }

    /// How many conversations take a place of each operator; who has none is not there.
    pub async fn loads(&self) -> Result<BTreeMap<OperatorId, usize>, NotStored> {
        let stored = self.parts.store.loads().await.map_err(|_| NotStored::Unavailable)?;
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
        let order = Order::Input(Input::Release { operator: by.clone() });
        let id = Uuid::parse_str(&clock::new_uuid()).unwrap_or_default();
        let command = Command { id, operator: by.clone(), conversation, order };
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
