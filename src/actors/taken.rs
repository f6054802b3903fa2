//! Which conversations somebody has, as far as the operators of their queues were told.
//!
//! A busy conversation changes its row with each message; who neither holds it nor oversees its
//! line hears once that it is gone, not each time.

use std::collections::HashSet;

use ahash::RandomState;
use domain::event::{Row, RowState};
use domain::id::{ConversationId, ShardId};

/// Conversations that are known to be gone from the lists of those who only wait for work.
#[derive(Debug, Default)]
pub(crate) struct Taken(HashSet<ConversationId, RandomState>);

impl Taken {
    /// Whether this change of the row concerns everybody in the line's queue.
    pub(crate) fn concerns_queue(&mut self, row: &Row) -> bool {
        match row.state {
            RowState::Waiting | RowState::Offered => {
                self.0.remove(&row.conversation);
                true
            }
            RowState::Active | RowState::Closing => {
                !self.0.contains(&row.conversation) && self.0.insert(row.conversation.clone())
            }
            RowState::Closed => !self.0.remove(&row.conversation),
        }
    }

    /// Something may have happened in the shard without having passed here.
    pub(crate) fn forget(&mut self, shard: ShardId) {
        self.0.retain(|conversation| conversation.shard() != Some(shard));
    }
}

#[cfg(test)]
mod tests {
    use domain::conversation::{Conversation, Opening, TextsSent};
    use domain::event::RowState::{Active, Closed, Closing, Offered, Waiting};
    use domain::id::{ChannelId, ChatKey, LineId};
    use jiff::Timestamp;

    use super::*;

    fn row(state: RowState) -> Row {
        let opening = Opening {
            id: ConversationId::in_shard(ShardId(3), "a"),
            line: LineId::new("sales"),
            chat: ChatKey { channel: ChannelId::new("bot"), external: "501".into() },
            customer: None,
            customer_name: "Ivan".to_owned(),
            continues: None,
            texts_sent: TextsSent::default(),
        };
        Row { state, ..Conversation::open(opening, Timestamp::UNIX_EPOCH).row() }
    }

    #[track_caller]
    fn concerned<const N: usize>(taken: &mut Taken, states: [(RowState, bool); N]) {
        for (state, expected) in states {
            assert_eq!(taken.concerns_queue(&row(state)), expected, "{state:?}");
        }
    }

    #[test]
    fn the_queue_hears_once_that_a_conversation_is_taken() {
        let mut taken = Taken::default();
        concerned(&mut taken, [(Waiting, true), (Offered, true), (Offered, true)]);
        concerned(&mut taken, [(Active, true), (Active, false), (Closing, false), (Active, false)]);
        concerned(&mut taken, [(Waiting, true), (Active, true), (Closed, false)]);
        assert!(taken.0.is_empty(), "what is over is not kept");
    }

    #[test]
    fn after_a_gap_the_queue_hears_it_again() {
        let mut taken = Taken::default();
        concerned(&mut taken, [(Active, true), (Active, false)]);
        taken.forget(ShardId(4));
        concerned(&mut taken, [(Active, false)]);
        taken.forget(ShardId(3));
        concerned(&mut taken, [(Active, true)]);
    }
}
