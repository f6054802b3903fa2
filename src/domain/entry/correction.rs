//! Messages of ours that their authors edit and delete.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entry::{Author, Body, DeliveryState, Entry, Message};
use crate::id::OperatorId;

/// What an operator makes of a message of his that the customer has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Correction {
    Edit { text: String },
    Delete,
}

/// How far a correction has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CorrectionState {
    /// Stored, with a job that tells the platform.
    Pending,
    /// The customer sees it.
    Done,
    /// The platform refused it, and the message stands as before; `reason` is for the operator.
    Failed { reason: String },
}

/// A correction that has not come about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCorrection {
    #[serde(flatten)]
    pub correction: Correction,
    /// Why it did not; none: it is on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// Why a message cannot be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotCorrectable {
    /// There is no such message, or somebody else wrote it.
    NotYours,
    /// It was deleted.
    Deleted,
    /// An earlier correction is on its way.
    Pending,
    /// The customer does not have it, as far as we know.
    NotSent,
    /// Its platform cannot do that at all.
    Platform,
    /// Its platform does that for some time only.
    TooLate,
    /// It stands, or would stand, in several messages there.
    InParts,
    /// Its platform cannot do that with files.
    WithFiles,
}

impl Entry {
    /// The message, if that operator may correct it now. What its platform can do is another question.
    pub fn correctable_by(&self, operator: &OperatorId) -> Result<&Message, NotCorrectable> {
        let is_his = matches!(&self.author, Author::Operator { id } if id == operator);
        let Some(message) = self.message().filter(|_| is_his) else {
            return Err(NotCorrectable::NotYours);
        };
        if message.deleted_at.is_some() {
            return Err(NotCorrectable::Deleted);
        }
        if message.correction.as_ref().is_some_and(|open| open.failed.is_none()) {
            return Err(NotCorrectable::Pending);
        }
        match &message.delivery {
            Some(DeliveryState::Sent | DeliveryState::Delivered | DeliveryState::Read) => {
                Ok(message)
            }
            Some(
                DeliveryState::Pending | DeliveryState::Failed { .. } | DeliveryState::Unconfirmed,
            )
            | None => Err(NotCorrectable::NotSent),
        }
    }

    fn message(&self) -> Option<&Message> {
        match &self.body {
            Body::Message(message) => Some(message),
            Body::Note { .. } | Body::Fact(_) => None,
        }
    }
}

impl Message {
    pub(super) fn corrected(
        &mut self,
        correction: Correction,
        state: CorrectionState,
        at: Timestamp,
    ) {
        self.correction = match state {
            CorrectionState::Pending => Some(OpenCorrection { correction, failed: None }),
            CorrectionState::Failed { reason } => {
                Some(OpenCorrection { correction, failed: Some(reason) })
            }
            CorrectionState::Done => {
                match correction {
                    Correction::Edit { text } => self.edited(text, at),
                    Correction::Delete => self.deleted_at = Some(at),
                }
                None
            }
        };
    }
}
