//! What becomes of a command, and the codes of what does not.

use domain::effect::Refusal;
use domain::entry::NotCorrectable;
use domain::id::ConversationId;
use serde::{Deserialize, Serialize};

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    Done {},
    /// It was carried out before; the first answer may still come.
    Repeated {},
    Refused {
        #[serde(flatten)]
        why: CommandRefusal,
        /// For people, in English.
        message: String,
    },
}

impl Outcome {
    /// The word of the outcome, as in the frame.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Done {} => "done",
            Self::Repeated {} => "repeated",
            Self::Refused { .. } => "refused",
        }
    }

    pub fn refused(why: CommandRefusal) -> Self {
        let message = why.message().to_owned();
        Self::Refused { why, message }
    }
}

/// Why a command was not carried out. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CommandRefusal {
    /// By the rules of the conversation: `no_longer_yours`, `not_yours`, `closed`, `full`,
    /// `not_now`, `topic_required`, `unknown_topic`, `same_operator`, `bad_time`, `too_many`.
    Conversation(Refusal),
    /// By the edge: `forbidden`, `unknown_conversation`, `bad_value`, `too_fast`, `unavailable`,
    /// `confirm`, `unknown_target`, `not_correctable`, `in_progress`.
    Edge(EdgeRefusal),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum EdgeRefusal {
    Forbidden {},
    UnknownConversation {},
    BadValue {
        field: String,
    },
    TooFast {},
    /// The store did not answer; repeat the command with the same `cmd_id`.
    Unavailable {},
    /// Whoever is to get it cannot take it at once: confirm, or choose another.
    Confirm {
        target: TargetState,
    },
    /// There is no such operator or line, or it gets no conversations.
    UnknownTarget {},
    /// The message cannot be edited or deleted.
    NotCorrectable {
        why: NotCorrectable,
    },
    /// The customer has an open conversation already.
    InProgress {
        conversation: ConversationId,
    },
}

/// Why a target cannot take a conversation at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetState {
    /// The operator is not available.
    Absent,
    /// He has no free place.
    Full,
    /// The line is closed by its hours.
    Closed,
    /// The line is switched off.
    Inactive,
    /// Nobody of the line's queue is available.
    Nobody,
}

impl CommandRefusal {
    /// The reason in words. Programs look at the code.
    pub fn message(&self) -> &'static str {
        match self {
            Self::Conversation(Refusal::NoLongerYours { holder: Some(_) }) => {
                "no longer yours: somebody else took it"
            }
            Self::Conversation(Refusal::NoLongerYours { holder: None }) => {
                "no longer yours: the offer has ended"
            }
            Self::Conversation(Refusal::NotYours { .. }) => "the conversation is not yours",
            Self::Conversation(Refusal::Closed) => "the conversation is closed",
            Self::Conversation(Refusal::Full) => "you have no free place",
            Self::Conversation(Refusal::NotNow) => "not possible in the conversation's state",
            Self::Conversation(Refusal::TopicRequired) => "choose a topic first",
            Self::Conversation(Refusal::UnknownTopic) => "the line has no such topic",
            Self::Conversation(Refusal::SameOperator) => "he has it already",
            Self::Conversation(Refusal::BadTime) => "the time is past, or too far ahead",
            Self::Conversation(Refusal::TooMany) => "too many take part already",
            Self::Edge(EdgeRefusal::Confirm { .. }) => {
                "the target cannot take it at once: confirm, or choose another"
            }
            Self::Edge(EdgeRefusal::UnknownTarget {}) => "there is nobody like that to hand it to",
            Self::Edge(EdgeRefusal::InProgress { .. }) => {
                "the customer has an open conversation already"
            }
            Self::Edge(EdgeRefusal::NotCorrectable { .. }) => {
                "the message cannot be edited or deleted"
            }
            Self::Edge(EdgeRefusal::Forbidden {}) => "you have no right to do this",
            Self::Edge(EdgeRefusal::UnknownConversation {}) => "there is no such conversation",
            Self::Edge(EdgeRefusal::BadValue { .. }) => "a value is out of bounds",
            Self::Edge(EdgeRefusal::TooFast {}) => "too many commands: slow down",
            Self::Edge(EdgeRefusal::Unavailable {}) => {
                "the store did not answer: repeat the command"
            }
        }
    }
}
