//! What operators do at their desks, said as a browser says it.

use domain::id::ConversationId;
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::protocol::Outcome;
use uuid::Uuid;

use super::{Desk, Story, new_id};

impl Story {
    /// Anna, alone in the queue, talks with the first customer.
    pub async fn anna_talks(&mut self) -> (Desk, ConversationId) {
        let anna = self.signs_in("anna").await;
        self.customer_writes(501, "hello").await;
        let conversation = anna.accepts_it(self).await;
        (anna, conversation)
    }
}

impl Desk {
    /// Gives a command on a conversation; `more` holds its other fields.
    pub async fn asks(
        &self,
        story: &Story,
        kind: &str,
        conversation: &ConversationId,
        more: Value,
    ) -> Outcome {
        let asked = self.begins(kind, conversation, more);
        story.settles().await;
        self.answer(asked).expect("the command is answered")
    }

    /// Gives a command; what follows may still be under way.
    pub fn begins(&self, kind: &str, conversation: &ConversationId, more: Value) -> Uuid {
        let id = new_id();
        self.repeats(id, kind, conversation, more);
        id
    }

    /// Gives a command under an id that it had before.
    pub fn repeats(&self, id: Uuid, kind: &str, conversation: &ConversationId, more: Value) {
        let mut frame = json!({ "type": kind, "cmd_id": id, "conversation": conversation });
        for (field, value) in more.as_object().into_iter().flatten() {
            frame[field] = value.clone();
        }
        self.says_text(&frame.to_string());
    }

    pub async fn takes(&self, story: &Story, id: &ConversationId) -> Outcome {
        self.asks(story, "take", id, json!({})).await
    }

    pub async fn drafts(&self, story: &Story, id: &ConversationId, text: &str) -> Outcome {
        self.asks(story, "draft", id, json!({ "text": text })).await
    }

    pub async fn holds(&self, story: &Story, id: &ConversationId, until: Timestamp) -> Outcome {
        self.asks(story, "hold", id, json!({ "until": until })).await
    }

    /// Hands it to a colleague.
    pub async fn hands_to(&self, story: &Story, id: &ConversationId, colleague: &str) -> Outcome {
        self.asks(story, "transfer", id, to_operator(colleague)).await
    }

    /// Hands it to a colleague, however he stands.
    pub async fn insists_on(&self, story: &Story, id: &ConversationId, colleague: &str) -> Outcome {
        let mut more = to_operator(colleague);
        more["confirmed"] = true.into();
        self.asks(story, "transfer", id, more).await
    }

    /// Hands it to another line, however that stands.
    pub async fn hands_to_line(&self, story: &Story, id: &ConversationId, line: &str) -> Outcome {
        self.asks(story, "transfer", id, to_line(line)).await
    }

    pub async fn withdraws(&self, story: &Story, id: &ConversationId) -> Outcome {
        self.asks(story, "withdraw", id, json!({})).await
    }

    pub async fn picks_up(&self, story: &Story, id: &ConversationId) -> Outcome {
        self.asks(story, "pick_up", id, json!({})).await
    }

    /// Throws it out, and blocks the customer.
    pub async fn blocks(&self, story: &Story, id: &ConversationId) -> Outcome {
        self.asks(story, "spam", id, json!({ "block": true })).await
    }

    /// Accepts the only offer before him.
    #[track_caller]
    pub fn accepts_it<'a>(&'a self, story: &'a Story) -> impl Future<Output = ConversationId> + 'a {
        let offer = self.offer();
        async move {
            let id = offer.0.clone();
            assert_eq!(self.accepts(story, offer).await, Outcome::Done {});
            id
        }
    }
}

/// The fields of a transfer to a colleague.
fn to_operator(colleague: &str) -> Value {
    json!({ "to": { "kind": "operator", "id": colleague } })
}

/// The fields of a transfer to a line, confirmed.
pub fn to_line(line: &str) -> Value {
    json!({ "to": { "kind": "line", "id": line }, "confirmed": true })
}

/// What became of a command, in one word.
pub fn code(outcome: &Outcome) -> String {
    let answer = serde_json::to_value(outcome).unwrap();
    let word = answer.get("code").unwrap_or(&answer["outcome"]);
    word.as_str().unwrap().to_owned()
}
