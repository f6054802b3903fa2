//! Forms of a conversation's entries for the `OpenAPI` document, word for word those of the socket.
//! The domain knows nothing of documents; the test below keeps these forms and the domain's the
//! same.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::web::api::line_schema::QueueMode;

/// One item of a conversation's log.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 1, 2, 3 and so on within the conversation.
    pub n: u32,
    /// When it was stored here.
    pub at: String,
    pub author: Author,
    pub body: Body,
}

/// Who wrote an entry.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    Customer,
    Operator {
        id: String,
    },
    /// Automatic texts and facts.
    Line,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    Message(Message),
    /// Written by staff for staff.
    Note {
        text: String,
    },
    Fact(Fact),
}

/// A message between us and the customer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Message {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The platform's id of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The platform's id of the message that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// When the platform says it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_at: Option<String>,
    /// Only of messages to the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<String>,
}

/// What a message carries beside its text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Attachment {
    Contact {
        name: String,
        phone: String,
        /// The platform vouches that it is the sender's own number.
        own: bool,
    },
    Location {
        latitude: f64,
        longitude: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
    Sticker {
        emoji: String,
    },
    /// A file that stayed on the platform.
    File {
        /// `photo`, `video`, `voice`, `document`, ...
        what: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        size_bytes: Option<u64>,
        /// The platform's handle of the file; of our own webhook, its address.
        #[serde(skip_serializing_if = "Option::is_none")]
        external_id: Option<String>,
    },
    /// Content that has no form of its own here.
    Other {
        what: String,
    },
}

/// The way of an outgoing message.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Delivery {
    Pending,
    Sent,
    Delivered,
    Read,
    /// Given up.
    Failed {
        reason: String,
    },
    /// It may or may not have arrived.
    Unconfirmed,
}

/// Something that happened to the conversation.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A decision of the queue. `offer` and `until` are null when nobody was eligible.
    Routed {
        round: u32,
        offer: Option<u32>,
        operators: Vec<String>,
        until: Option<String>,
        explanation: Explanation,
    },
    Accepted {
        operator: String,
    },
    Declined {
        operator: String,
        reason: Option<String>,
    },
    /// Their offers ran out together.
    Missed {
        operators: Vec<String>,
    },
    /// The operator went away, the offer moved on.
    Left {
        operator: String,
    },
    Taken {
        operator: String,
    },
    RoundExhausted {
        round: u32,
    },
    Finished {
        operator: String,
    },
    Reopened {
        operator: String,
    },
    Closed,
    CustomerUnreachable {
        reason: String,
    },
    CustomerReachable,
}

/// Why the decision fell as it did.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    pub mode: QueueMode,
    pub candidates: Vec<Candidate>,
    /// How many others there were, by the reason they were not chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub others: Option<Others>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Candidate {
    pub operator: String,
    pub reason: Reason,
}

/// Why an operator was chosen or passed over.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Reason {
    FewestReceived { received: u64 },
    FirstInOrder { place: u64 },
    Everybody,
    Declined { at: String },
    Missed { at: String },
    Unavailable,
    AtCapacity { load: u64, capacity: u32 },
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Others {
    pub eligible: u64,
    pub unavailable: u64,
    pub at_capacity: u64,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What the domain reads and writes survives its documented form, and the other way round.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "a table reads better without borrows")]
    fn same(body: Value) {
        let json = json!({
            "n": 1, "at": "2026-03-01T09:00:00Z", "author": {"kind": "customer"}, "body": body,
        });
        let entry: domain::entry::Entry = serde_json::from_value(json).expect("an entry");
        let json = serde_json::to_value(entry).expect("serialised");
        let form: Entry = serde_json::from_value(json.clone()).expect("the form knows it");
        assert_eq!(serde_json::to_value(form).expect("serialised"), json);
    }

    #[test]
    fn messages_are_as_documented() {
        let at = "2026-03-01T09:00:00Z";
        same(json!({"kind": "note", "text": "a regular"}));
        same(json!({"kind": "message", "text": "hello"}));
        for delivery in ["pending", "sent", "delivered", "read", "unconfirmed"] {
            same(json!({"kind": "message", "text": "", "delivery": {"state": delivery}}));
        }
        same(json!({
            "kind": "message", "text": "", "external_id": "1", "reply_to": "2",
            "platform_at": at, "edited_at": at, "delivery": {"state": "failed", "reason": "gone"},
            "attachments": [
                {"kind": "contact", "name": "Ivan", "phone": "+7", "own": true},
                {"kind": "location", "latitude": 1.5, "longitude": 2.5, "title": "home"},
                {"kind": "sticker", "emoji": "x"},
                {"kind": "file", "what": "photo", "name": "a", "size_bytes": 5, "external_id": "b"},
                {"kind": "other", "what": "poll"},
            ],
        }));
    }

    #[test]
    fn facts_are_as_documented() {
        let by = |fact: &str| json!({"kind": "fact", "fact": fact, "operator": "anna"});
        for fact in ["accepted", "left", "taken", "finished", "reopened"] {
            same(by(fact));
        }
        for fact in ["closed", "customer_reachable"] {
            same(json!({"kind": "fact", "fact": fact}));
        }
        let fact = "declined";
        same(json!({"kind": "fact", "fact": fact, "operator": "anna", "reason": null}));
        same(json!({"kind": "fact", "fact": "missed", "operators": ["anna"]}));
        same(json!({"kind": "fact", "fact": "round_exhausted", "round": 1}));
        same(json!({"kind": "fact", "fact": "customer_unreachable", "reason": "gone"}));
    }

    #[test]
    fn decisions_are_as_documented() {
        let at = "2026-03-01T09:00:00Z";
        let reasons = [
            json!({"why": "fewest_received", "received": 1}),
            json!({"why": "first_in_order", "place": 1}),
            json!({"why": "everybody"}),
            json!({"why": "declined", "at": at}),
            json!({"why": "missed", "at": at}),
            json!({"why": "unavailable"}),
            json!({"why": "at_capacity", "load": 1, "capacity": 1}),
        ];
        let named = |reason| json!({"operator": "anna", "reason": reason});
        let candidates: Vec<Value> = reasons.into_iter().map(named).collect();
        let others = json!({"eligible": 1, "unavailable": 2, "at_capacity": 3});
        let routed = |explanation: Value| {
            json!({
                "kind": "fact", "fact": "routed", "round": 1, "offer": 2, "operators": ["anna"],
                "until": at, "explanation": explanation,
            })
        };
        same(routed(json!({"mode": "evenly", "candidates": candidates, "others": others})));
        same(routed(json!({"mode": "all", "candidates": []})));
    }
}
