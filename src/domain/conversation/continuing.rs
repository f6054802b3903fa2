//! A conversation that goes on in another line: the part that ends makes what the next begins with.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::turn::Turn;
use crate::conversation::{
    Conversation, Draft, OpenRating, Opening, Rating, Search, State, TextsSent,
};
use crate::entry::Fact;
use crate::id::{ChatKey, ConversationId, CustomerId, LineId, OperatorId};
use crate::routing::{Passed, PassedHow};

/// What the next part of a conversation begins with. Travels from shard to shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continuation {
    pub id: ConversationId,
    pub line: LineId,
    pub chat: ChatKey,
    pub customer: Option<CustomerId>,
    pub customer_name: String,
    /// The part before.
    pub continues: ConversationId,
    pub from_line: LineId,
    pub sender: OperatorId,
    pub comment: Option<String>,
    pub started_at: Timestamp,
    pub waiting_since: Option<Timestamp>,
    pub last_word_at: Timestamp,
    pub held: Vec<OperatorId>,
    pub writers: Vec<OperatorId>,
    pub texts_sent: TextsSent,
    pub unanswered_text_sent: bool,
    pub closing_text_sent: bool,
    pub rating_asked: bool,
    /// The request stands until one of us writes, in whatever line.
    pub rating_open: Option<OpenRating>,
    pub topic: Option<String>,
    pub draft: Option<Draft>,
    pub preview: String,
    pub preview_kind: Option<String>,
}

impl Continuation {
    pub(super) fn of(
        part: &Conversation,
        sender: &OperatorId,
        line: &LineId,
        next: &ConversationId,
        comment: Option<String>,
    ) -> Self {
        Self {
            id: next.clone(),
            line: line.clone(),
            chat: part.chat.clone(),
            customer: part.customer.clone(),
            customer_name: part.customer_name.clone(),
            continues: part.id.clone(),
            from_line: part.line.clone(),
            sender: sender.clone(),
            comment,
            started_at: part.started_at,
            waiting_since: part.waiting_since,
            last_word_at: part.last_word_at,
            held: part.held.clone(),
            writers: part.writers.clone(),
            texts_sent: part.texts_sent.clone(),
            unanswered_text_sent: part.unanswered_text_sent,
            closing_text_sent: part.closing_text_sent,
            rating_asked: part.rating.asked,
            rating_open: part.rating.open.clone(),
            topic: part.topic.clone(),
            draft: part.draft.clone(),
            preview: part.preview.clone(),
            preview_kind: part.preview_kind.clone(),
        }
    }
}

impl Conversation {
    /// The next part of a conversation. Its first input is `Input::Continue`.
    pub fn resume(from: Continuation, now: Timestamp) -> Self {
        let opening = Opening {
            id: from.id,
            line: from.line,
            chat: from.chat,
            customer: from.customer,
            customer_name: from.customer_name,
            continues: Some(from.continues),
            texts_sent: from.texts_sent,
        };
        Self {
            started_at: from.started_at,
            waiting_since: from.waiting_since,
            last_word_at: from.last_word_at,
            held: from.held,
            writers: from.writers,
            // It is one conversation: what is said once has been said.
            unanswered_text_sent: from.unanswered_text_sent,
            closing_text_sent: from.closing_text_sent,
            rating: Rating { asked: from.rating_asked, open: from.rating_open, given: None },
            topic: from.topic,
            draft: from.draft,
            preview: from.preview,
            preview_kind: from.preview_kind,
            // It is no first message that comes next.
            greeted: true,
            ..Self::open(opening, now)
        }
    }

    /// Routes the part that has just begun. Who sent it has passed its first round.
    pub(super) fn begin_part(
        &mut self,
        operator: OperatorId,
        line: LineId,
        comment: Option<String>,
        turn: &mut Turn<'_>,
    ) {
        if self.last_entry.0 > 0 {
            return turn.ignore("it has begun already");
        }
        let mut search = Search::begin(self.waiting_since.unwrap_or(turn.now));
        search.passed.push(Passed {
            operator: operator.clone(),
            how: PassedHow::Sent,
            at: turn.now,
        });
        self.state = State::Waiting { search };
        self.fact(Fact::CameFrom { operator, line, comment }, turn);
        self.seek(turn);
    }
}
