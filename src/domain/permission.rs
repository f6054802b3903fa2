//! Who may do what: one function, deny by default.

use crate::event::Row;
use crate::id::{LineId, OperatorId};
use crate::operator::Operator;

/// Something a person wants to see or do.
#[derive(Clone, Copy, Debug)]
pub enum Action<'a> {
    /// Create, change or read lines, channels and operators as a whole.
    Administer,
    /// Read the names of lines, channels and colleagues.
    SeeDirectory,
    /// Read the settings and queue of one line.
    SeeLine(&'a LineId),
    /// Read a conversation with all its entries.
    ReadConversation(&'a Row),
    /// See a conversation in a list, without its entries.
    SeeRow(&'a Row),
    /// Take a conversation from the list.
    Take(&'a Row),
    /// Write to the customer or finish: only who holds it (the conversation itself decides), and
    /// supervisors for finishing.
    Finish(&'a Row),
    /// Write an internal note.
    Note(&'a Row),
    /// End another person's sign-in, change his status.
    ManageOperator(&'a OperatorId),
}

/// Whether `who` may do it. `queues` are the lines in whose queue he is.
pub fn may(_who: &Operator, _queues: &[LineId], _action: Action<'_>) -> bool {
    false
}
