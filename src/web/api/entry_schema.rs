//! Forms of a conversation's entries for the `OpenAPI` document, word for word those of the socket.
//! The domain knows nothing of documents; the test below keeps these forms and the domain's the
//! same.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::web::api::line_schema::{QueueMode, RatingScale};
use crate::web::api::schema::{CloseReason, Via};

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
    /// Somebody of ours, on the platform itself.
    Elsewhere,
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
    /// What it said before its edits, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
    /// It was taken back on the platform; what it said is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<String>,
    /// What its author makes of it, while that has not come about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<OpenCorrection>,
    /// What kind of automatic message the line sent; left out: a person wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic: Option<TextKind>,
    /// What the customer thinks of it, in signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// Who wrote it, in a chat of several people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writer: Option<String>,
    /// Messages with the same word are shown as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Why a message of the customer opened nothing and moved nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unheard: Option<Unheard>,
}

/// A correction that has not come about: the message stands as before.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct OpenCorrection {
    pub what: CorrectionKind,
    /// Of an edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why the platform refused it; left out: it is on its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionKind {
    Edit,
    Delete,
}

/// What a message said until it was edited.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct Earlier {
    pub text: String,
    pub until: String,
}

/// A kind of automatic message.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextKind {
    Welcome,
    Consent,
    OffHours,
    Unanswered,
    Closing,
    AutoClose,
    RateLike,
    RateStars,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unheard {
    /// A machine wrote it.
    Automatic,
    /// The customer is blocked.
    Blocked,
    /// The button of a rating request that is over.
    UnaskedRating,
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
    /// A file, and our copy of it.
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
        /// Left out: it stayed where it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        copy: Option<FileCopy>,
    },
    /// Content that has no form of its own here.
    Other {
        what: String,
    },
}

/// Our copy of a file.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FileCopy {
    Loading,
    Stored { file: StoredFile },
    Missing { why: FileProblem },
}

/// A file that is kept: at `/files/{conversation}/{id}`, its picture below that at `/picture`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoredFile {
    pub id: String,
    pub name: String,
    /// By its content.
    pub media_type: String,
    pub size_bytes: u64,
    /// Left out: there is no picture of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureSize>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureSize {
    pub width: u32,
    pub height: u32,
}

/// Why a file is not kept.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileProblem {
    TooLarge,
    /// The conversation or the message has as many as it may have.
    TooMany,
    Empty,
    NotAllowed,
    /// The platform does not give it.
    Gone,
    Unreachable,
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
        via: Via,
        offer: Option<u32>,
        operators: Vec<String>,
        /// The responsible who is not here and may take it all the same.
        #[serde(skip_serializing_if = "Option::is_none")]
        listed_for: Option<String>,
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
    /// Taken by hand from the list.
    Taken {
        operator: String,
    },
    /// A supervisor took it from whoever had it.
    TakenOver {
        operator: String,
        from: String,
    },
    /// Opened by an operator, after a closed one.
    PickedUp {
        operator: String,
    },
    RoundExhausted {
        round: u32,
    },
    /// Put before a colleague.
    Transferred {
        operator: String,
        to: String,
        offer: u32,
        until: String,
        comment: Option<String>,
    },
    /// The colleague did not take it, or it was taken back.
    TransferEnded {
        operator: String,
        to: String,
        how: TransferEnd,
        reason: Option<String>,
    },
    /// Handed to another line, where it goes on as `next`; this part is over.
    Moved {
        operator: String,
        line: String,
        next: String,
        comment: Option<String>,
    },
    /// It comes from another line.
    CameFrom {
        operator: String,
        line: String,
        comment: Option<String>,
    },
    /// Whoever had it loses it, and it is routed again.
    RoutedAgain {
        from: String,
        why: RoutedAgainWhy,
        /// The supervisor who did it.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// He is back before anybody else took it.
    Returned {
        operator: String,
    },
    /// The customer has waited longer than the line allows.
    AnswerLate {
        operator: String,
    },
    PutOnHold {
        operator: String,
        until: String,
    },
    HoldEnded {
        operator: String,
    },
    /// Null: none any more.
    TopicChosen {
        operator: String,
        topic: Option<String>,
    },
    Invited {
        operator: String,
        colleague: String,
    },
    Joined {
        operator: String,
    },
    /// Takes part no longer.
    LeftAgain {
        operator: String,
    },
    Finished {
        operator: String,
        /// Without a word to the customer.
        silent: bool,
    },
    /// The customer was silent for as long as the line allows.
    SilentTooLong,
    RatingRequested {
        scale: RatingScale,
    },
    Rated {
        scale: RatingScale,
        value: u8,
    },
    /// A supervisor's opinion, 1..5.
    Reviewed {
        operator: String,
        stars: u8,
        comment: Option<String>,
    },
    MarkedSpam {
        operator: String,
        blocked: bool,
    },
    /// The customer wrote again inside the reopening window.
    Reopened {
        operator: String,
    },
    Closed {
        reason: CloseReason,
    },
    /// The chat has had this kind of automatic message too often of late.
    TextSuppressed {
        text: TextKind,
    },
    /// The customer blocked us or left.
    CustomerUnreachable {
        reason: String,
    },
    CustomerReachable,
}

/// How a transfer ended that nobody accepted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferEnd {
    Declined,
    Missed,
    /// The colleague went away.
    Left,
    Withdrawn,
}

/// Why a conversation is taken from whoever has it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoutedAgainWhy {
    /// The customer waits, and he did not come back in time.
    Absent,
    Disabled,
    /// He has not written a word within the answer limit.
    AnswerLimit,
    /// A supervisor gave it back to the queue.
    Supervisor,
    /// A transfer came back, and the sender is gone.
    SenderAbsent,
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
    FewestReceived {
        received: u64,
    },
    FirstInOrder {
        place: u64,
    },
    Everybody,
    /// He owns the customer.
    Responsible,
    /// He owns the customer and is not here: it is put into his list.
    ResponsibleAway,
    /// He owns the customer and is no enabled operator.
    ResponsibleDisabled,
    /// The customer knows him.
    Known,
    Declined {
        at: String,
    },
    Missed {
        at: String,
    },
    /// He handed the conversation on himself.
    Sent {
        at: String,
    },
    Unavailable,
    AtCapacity {
        load: u64,
        capacity: u32,
    },
    /// As many offers as anybody may have stand before him.
    TooManyOffers {
        offers: u64,
    },
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
        for unheard in ["automatic", "blocked", "unasked_rating"] {
            same(json!({"kind": "message", "text": "", "unheard": unheard}));
        }
        for delivery in ["pending", "sent", "delivered", "read", "unconfirmed"] {
            same(json!({"kind": "message", "text": "", "delivery": {"state": delivery}}));
        }
        same(json!({
            "kind": "message", "text": "", "external_id": "1", "reply_to": "2",
            "platform_at": at, "edited_at": at, "deleted_at": at,
            "correction": {"what": "edit", "text": "no", "failed": "too old"},
            "earlier": [{"text": "so", "until": at}], "delivery": {"state": "failed", "reason": "gone"},
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
        let at = "2026-03-01T09:00:00Z";
        let fact = |name: &str, mut fields: Value| {
            (fields["kind"], fields["fact"]) = ("fact".into(), name.into());
            same(fields);
        };
        for name in [
            "accepted",
            "left",
            "taken",
            "picked_up",
            "returned",
            "answer_late",
            "hold_ended",
            "joined",
            "left_again",
            "reopened",
        ] {
            fact(name, json!({"operator": "anna"}));
        }
        for name in ["silent_too_long", "customer_reachable"] {
            fact(name, json!({}));
        }
        fact("declined", json!({"operator": "anna", "reason": null}));
        fact("missed", json!({"operators": ["anna"]}));
        fact("taken_over", json!({"operator": "anna", "from": "boris"}));
        fact("round_exhausted", json!({"round": 1}));
        fact("put_on_hold", json!({"operator": "anna", "until": at}));
        fact("topic_chosen", json!({"operator": "anna", "topic": null}));
        fact("invited", json!({"operator": "anna", "colleague": "boris"}));
        fact("finished", json!({"operator": "anna", "silent": true}));
        fact("rating_requested", json!({"scale": "like"}));
        fact("rated", json!({"scale": "stars", "value": 5}));
        fact("reviewed", json!({"operator": "anna", "stars": 3, "comment": "well"}));
        fact("marked_spam", json!({"operator": "anna", "blocked": true}));
        fact("customer_unreachable", json!({"reason": "gone"}));
    }

    #[test]
    fn facts_of_handing_on_are_as_documented() {
        let fact = |name: &str, mut fields: Value| {
            (fields["kind"], fields["fact"]) = ("fact".into(), name.into());
            same(fields);
        };
        let until = "2026-03-01T09:00:00Z";
        fact(
            "transferred",
            json!({"operator": "anna", "to": "boris", "offer": 2, "until": until, "comment": null}),
        );
        for how in ["declined", "missed", "left", "withdrawn"] {
            let (operator, to) = ("anna", "boris");
            let fields = json!({"operator": operator, "to": to, "how": how, "reason": null});
            fact("transfer_ended", fields);
        }
        fact(
            "moved",
            json!({"operator": "anna", "line": "sales", "next": "1-2", "comment": "asks"}),
        );
        fact("came_from", json!({"operator": "anna", "line": "sales", "comment": null}));
        for why in ["absent", "disabled", "answer_limit", "sender_absent"] {
            fact("routed_again", json!({"from": "anna", "why": why}));
        }
        fact("routed_again", json!({"from": "anna", "why": "supervisor", "by": "chief"}));
    }

    #[test]
    fn ends_and_texts_are_as_documented() {
        let closed = |reason: Value| {
            same(json!({"kind": "fact", "fact": "closed", "reason": reason}));
        };
        for why in ["finished", "silence", "spam", "unheard"] {
            closed(json!({"why": why}));
        }
        closed(json!({"why": "moved", "line": "sales", "next": "1-2"}));
        for kind in domain::texts::Kind::ALL {
            same(json!({"kind": "fact", "fact": "text_suppressed", "text": kind}));
            same(json!({"kind": "message", "text": "hello", "automatic": kind}));
        }
        for unheard in ["automatic", "blocked", "unasked_rating"] {
            same(json!({"kind": "message", "text": "hello", "unheard": unheard}));
        }
    }

    #[test]
    fn decisions_are_as_documented() {
        let at = "2026-03-01T09:00:00Z";
        let reasons = [
            json!({"why": "fewest_received", "received": 1}),
            json!({"why": "first_in_order", "place": 1}),
            json!({"why": "everybody"}),
            json!({"why": "responsible"}),
            json!({"why": "responsible_away"}),
            json!({"why": "responsible_disabled"}),
            json!({"why": "known"}),
            json!({"why": "sent", "at": at}),
            json!({"why": "too_many_offers", "offers": 5}),
            json!({"why": "declined", "at": at}),
            json!({"why": "missed", "at": at}),
            json!({"why": "unavailable"}),
            json!({"why": "at_capacity", "load": 1, "capacity": 1}),
        ];
        let named = |reason| json!({"operator": "anna", "reason": reason});
        let candidates: Vec<Value> = reasons.into_iter().map(named).collect();
        let others = json!({"eligible": 1, "unavailable": 2, "at_capacity": 3});
        let via = |via: &str, explanation: Value| {
            json!({
                "kind": "fact", "fact": "routed", "round": 1, "via": via, "offer": 2,
                "operators": ["anna"], "listed_for": "boris", "until": at,
                "explanation": explanation,
            })
        };
        let routed = |explanation| via("queue", explanation);
        same(routed(json!({"mode": "evenly", "candidates": candidates, "others": others})));
        same(routed(json!({"mode": "all", "candidates": []})));
        for word in ["responsible", "known", "transfer", "hand", "return"] {
            same(via(word, json!({"mode": "strictly", "candidates": []})));
        }
    }
}
