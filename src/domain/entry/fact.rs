//! What happens to a conversation beside its messages, as entries of its log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, LineId, OfferId, OperatorId};
use crate::line::RatingScale;
use crate::routing::{Explanation, Via};
use crate::texts::Kind;

/// Something that happened to the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A decision of the queue: who was chosen and why, or why nobody was.
    Routed {
        round: u32,
        via: Via,
        /// None: nobody was eligible.
        offer: Option<OfferId>,
        operators: Vec<OperatorId>,
        /// The responsible who is not here, or has enough to answer, and may take it all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        listed_for: Option<OperatorId>,
        until: Option<Timestamp>,
        explanation: Explanation,
    },
    Accepted {
        operator: OperatorId,
    },
    Declined {
        operator: OperatorId,
        reason: Option<String>,
    },
    /// Their offers ran out, all at that moment.
    Missed {
        operators: Vec<OperatorId>,
    },
    /// The offer ended because the operator went away.
    Left {
        operator: OperatorId,
    },
    /// Taken by hand from the list.
    Taken {
        operator: OperatorId,
    },
    /// A supervisor took it from whoever had it.
    TakenOver {
        operator: OperatorId,
        from: OperatorId,
    },
    /// Opened by an operator, after a closed one.
    PickedUp {
        operator: OperatorId,
    },
    RoundExhausted {
        round: u32,
    },
    /// Put before a colleague.
    Transferred {
        operator: OperatorId,
        to: OperatorId,
        offer: OfferId,
        until: Timestamp,
        comment: Option<String>,
    },
    /// The colleague did not take it, or it was taken back.
    TransferEnded {
        operator: OperatorId,
        to: OperatorId,
        how: TransferEnd,
        reason: Option<String>,
    },
    /// Handed to another line; this part is over.
    Moved {
        operator: OperatorId,
        line: LineId,
        next: ConversationId,
        comment: Option<String>,
    },
    /// It comes from another line.
    CameFrom {
        operator: OperatorId,
        line: LineId,
        comment: Option<String>,
    },
    /// Whoever had it loses it, and it is routed again.
    RoutedAgain {
        from: OperatorId,
        why: RoutedAgainWhy,
        /// The supervisor who did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<OperatorId>,
    },
    /// He is back before anybody else took it.
    Returned {
        operator: OperatorId,
    },
    /// The customer has waited longer than the line allows.
    AnswerLate {
        operator: OperatorId,
    },
    PutOnHold {
        operator: OperatorId,
        until: Timestamp,
    },
    HoldEnded {
        operator: OperatorId,
    },
    TopicChosen {
        operator: OperatorId,
        topic: Option<String>,
    },
    Invited {
        operator: OperatorId,
        colleague: OperatorId,
    },
    Joined {
        operator: OperatorId,
    },
    LeftAgain {
        operator: OperatorId,
    },
    Finished {
        operator: OperatorId,
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
    Reviewed {
        operator: OperatorId,
        stars: u8,
        comment: Option<String>,
    },
    MarkedSpam {
        operator: OperatorId,
        blocked: bool,
    },
    /// The customer wrote again inside the reopening window.
    Reopened {
        operator: OperatorId,
    },
    Closed {
        reason: CloseReason,
    },
    /// The chat has had this kind of automatic message too often of late.
    TextSuppressed {
        text: Kind,
    },
    /// The customer blocked us or left; what we write cannot reach him.
    CustomerUnreachable {
        reason: String,
    },
    CustomerReachable,
}

/// How a transfer ended that nobody accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferEnd {
    Declined,
    Missed,
    /// The colleague went away.
    Left,
    Withdrawn,
}

/// Why a conversation is taken from whoever has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Why a conversation is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum CloseReason {
    Finished,
    /// The customer was silent.
    Silence,
    Spam,
    /// It goes on there.
    Moved {
        line: LineId,
        next: ConversationId,
    },
    /// It holds what is only stored, and was never open.
    Unheard,
}
