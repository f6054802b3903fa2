//! Whom each open conversation concerns, as far as they were told.
//!
//! An offer may end before somebody who is in no queue of the line, and a colleague may cease to
//! take part: the row that says so does not name them any more, and they are to hear it.

use std::collections::{BTreeSet, HashMap};

use ahash::RandomState;
use domain::event::{Row, RowState};
use domain::id::{ConversationId, OperatorId};

/// Those whom the last row of each conversation named.
#[derive(Debug, Default)]
pub(crate) struct Concerned(HashMap<ConversationId, BTreeSet<OperatorId>, RandomState>);

impl Concerned {
    /// Takes the next row of a conversation. Answers whom it does not concern any more.
    pub(crate) fn no_more(&mut self, row: &Row) -> Vec<OperatorId> {
        let is_over = match row.state {
            RowState::Waiting | RowState::Offered | RowState::Active | RowState::Closing => false,
            RowState::Closed => true,
        };
        let names = |operator: &OperatorId| row.people().any(|named| named == operator);
        if let Some(before) = self.0.get(&row.conversation).filter(|_| !is_over)
            && row.people().all(|named| before.contains(named))
            && before.iter().all(names)
        {
            return Vec::new();
        }
        let before = self.0.remove(&row.conversation).unwrap_or_default();
        if !is_over {
            let now = row.people().cloned().collect();
            self.0.insert(row.conversation.clone(), now);
        }
        before.into_iter().filter(|operator| !names(operator)).collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::conversation::{Conversation, Opening, TextsSent};
    use domain::id::{ChannelId, ChatKey, LineId};
    use jiff::Timestamp;

    use super::*;

    fn row(state: RowState, joined: &[&str]) -> Row {
        let opening = Opening {
            id: ConversationId::new("1-a"),
            line: LineId::new("sales"),
            chat: ChatKey { channel: ChannelId::new("bot"), external: "501".into() },
            customer: None,
            customer_name: "Ivan".to_owned(),
            continues: None,
            texts_sent: TextsSent::default(),
        };
        let joined = joined.iter().map(|name| OperatorId::new(*name)).collect();
        Row { state, joined, ..Conversation::open(opening, Timestamp::UNIX_EPOCH).row() }
    }

    #[test]
    fn who_is_named_no_more_is_told_once() {
        let mut concerned = Concerned::default();
        let anna = OperatorId::new("anna");
        assert_eq!(concerned.no_more(&row(RowState::Waiting, &["anna", "boris"])), []);
        let gone = concerned.no_more(&row(RowState::Active, &["boris"]));
        assert_eq!(gone, std::slice::from_ref(&anna));
        assert_eq!(concerned.no_more(&row(RowState::Active, &["boris"])), []);
        assert_eq!(concerned.no_more(&row(RowState::Active, &["anna", "boris"])), []);
        assert_eq!(concerned.no_more(&row(RowState::Closed, &["boris"])), [anna]);
        assert!(concerned.0.is_empty(), "what is over is not kept");
    }
}
