//! What a browser is told when it comes: who its person is, and how everything stands.

use std::collections::BTreeMap;

use domain::event::Row;
use domain::id::ShardId;
use domain::operator::{Operator, Role};

use crate::actors::encode::{self, Place};
use crate::actors::handle::NodeHandle;
use crate::protocol::{Me, ServerFrame};

impl NodeHandle {
    /// The person as he sees himself.
    pub(crate) fn me(&self, who: &Operator) -> Me {
        let directory = self.directory();
        let supervises = match who.role {
            Role::Administrator => directory.lines.keys().cloned().collect(),
            Role::Supervisor | Role::Operator => who.supervises.clone(),
        };
        Me {
            id: who.id.clone(),
            name: who.name.clone(),
            role: who.role,
            status: who.status,
            status_reason: who.status_reason.clone(),
            set_away: who.set_away,
            queues: directory.queues_of(&who.id).to_vec(),
            supervises,
        }
    }

    pub(crate) fn snapshot_frame(
        &self,
        from: &BTreeMap<ShardId, Place>,
        rows: Vec<Row>,
    ) -> ServerFrame {
        let directory = self.directory();
        let place = |(shard, place): (&ShardId, &Place)| encode::feed_position(*shard, *place);
        ServerFrame::Snapshot {
            positions: from.iter().map(place).collect(),
            lines: directory.lines.values().map(|l| encode::line_view(&l.value)).collect(),
            channels: directory.channels.values().map(|c| encode::channel_view(&c.value)).collect(),
            operators: directory
                .operators
                .values()
                .map(|o| encode::operator_view(&o.value))
                .collect(),
            rows,
        }
    }
}
