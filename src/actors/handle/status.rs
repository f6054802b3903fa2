//! What an operator says of himself, and what is said of him who lets his offers run out.

use domain::id::OperatorId;
use domain::operator::{Operator, Status};

use crate::actors::handle::{Change, NodeHandle, NotStored};
use crate::actors::node::Attention;
use crate::protocol::{CommandRefusal, EdgeRefusal, Outcome};

/// Attempts to set somebody away whose document others change meanwhile.
const SET_AWAY_TRIES: usize = 5;

impl NodeHandle {
    /// Changes what an operator says of himself.
    pub(crate) async fn set_status(
        &self,
        id: &OperatorId,
        status: Status,
        reason: Option<String>,
    ) -> Outcome {
        let directory = self.directory();
        let Some(found) = directory.operators.get(id) else {
            return Outcome::refused(CommandRefusal::Edge(EdgeRefusal::Forbidden {}));
        };
        let now_so = (*found.value).clone();
        let operator = Operator { status, status_reason: reason, set_away: false, ..now_so };
        let change = Change::Operator { version: found.version, operator };
        match self.change(id, vec![change]).await {
            Ok(()) => {
                // Also if he says once more what he said before: he is awake.
                let (operator, at) = (id.clone(), self.clock().now());
                self.node_send(Attention { operator, missed: false, at });
                Outcome::Done {}
            }
            Err(NotStored::Full | NotStored::Unavailable | NotStored::Stale) => {
                Outcome::refused(CommandRefusal::Edge(EdgeRefusal::Unavailable {}))
            }
        }
    }

    /// Sets somebody away who lets his offers run out, unless he says meanwhile what he is. Answers
    /// whether that is settled.
    pub(crate) async fn set_away(&self, id: &OperatorId) -> bool {
        let mut said = None;
        for _ in 0..SET_AWAY_TRIES {
            let directory = self.directory();
            let Some(found) = directory.operators.get(id) else { return false };
            let says = (found.value.status, found.value.set_away);
            if says.0 == Status::Away || said.replace(says).is_some_and(|before| before != says) {
                return true;
            }
            let now_so = (*found.value).clone();
            let operator =
                Operator { status: Status::Away, status_reason: None, set_away: true, ..now_so };
            let change = Change::Operator { version: found.version, operator };
            match self.change(id, vec![change]).await {
                Ok(()) => return true,
                Err(NotStored::Stale) => {}
                Err(NotStored::Full | NotStored::Unavailable) => return false,
            }
        }
        false
    }
}
