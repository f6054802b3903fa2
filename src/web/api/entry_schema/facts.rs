//! Forms of what happened to a conversation, and of why the queue decided so.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::TextKind;
use crate::web::api::line_schema::{QueueMode, RatingScale};
use crate::web::api::schema::{CloseReason, Via};

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
