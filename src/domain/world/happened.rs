//! What an exchange tells of itself.

use jiff::Timestamp;

use crate::effect::{Effect, Input, Refusal};
use crate::id::{ConversationId, LineId, OperatorId};

/// Something that happened in the exchange.
#[derive(Clone, Debug, PartialEq)]
pub enum Happened {
    /// A line has opened or closed, by its hours or because they were changed.
    Turned {
        at: Timestamp,
        line: LineId,
        open: bool,
    },
    /// Somebody has missed offers in a row and counts as away.
    SetAway {
        at: Timestamp,
        operator: OperatorId,
    },
    Step(Box<Step>),
}

/// An input that a conversation took, with what its queue answered: one commit. Inputs that were
/// ignored are not told.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub at: Timestamp,
    pub line: LineId,
    pub conversation: ConversationId,
    pub input: Input,
    /// In order. Nothing but a refusal: nothing has changed.
    pub effects: Vec<Effect>,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Senseless, or done already.
    Ignored(&'static str),
    Refused(Refusal),
    /// There is no such conversation, operator or line, or no person gives such a command.
    Unknown,
}
