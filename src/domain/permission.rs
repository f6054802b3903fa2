//! Who may do what: one function, deny by default.

use crate::event::{Row, RowState};
use crate::id::{LineId, OperatorId};
use crate::operator::{Operator, Role};

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
    /// Accept or decline: everybody who may have been offered it, so that who comes late learns who
    /// has it; whether his offer stands is the conversation's question.
    AnswerOffer(&'a Row),
    /// Take a conversation from the list.
    Take(&'a Row),
    /// Write to the customer: only who holds it.
    Reply(&'a Row),
    /// Finish: who holds it, and those who oversee the line.
    Finish(&'a Row),
    /// Write an internal note.
    Note(&'a Row),
    /// Read a customer's card, which is found through these conversations of his.
    ReadCustomer(&'a [Row]),
    /// Change it, confirm his contacts, merge it with another, have a lead made or changed.
    ChangeCustomer(&'a [Row]),
    /// Block and unblock him, also before anybody has accepted.
    BlockCustomer(&'a [Row]),
    /// End another person's sign-in, change his status.
    ManageOperator(&'a OperatorId),
}

/// Whether `who` may do it. `queues` are the lines in whose queue he is.
///
/// An administrator may do everything, a supervisor everything with the conversations of the lines
/// he oversees; both also what the queues they are in let an operator do.
pub fn may(who: &Operator, queues: &[LineId], action: Action<'_>) -> bool {
    if !who.enabled {
        return false;
    }
    match who.role {
        Role::Administrator => true,
        Role::Supervisor => oversees(who, action) || operator_may(who, queues, action),
        Role::Operator => operator_may(who, queues, action),
    }
}

fn oversees(who: &Operator, action: Action<'_>) -> bool {
    match action {
        Action::SeeLine(line) => who.supervises.contains(line),
        Action::ReadConversation(row)
        | Action::SeeRow(row)
        | Action::AnswerOffer(row)
        | Action::Take(row)
        | Action::Reply(row)
        | Action::Finish(row)
        | Action::Note(row) => who.supervises.contains(&row.line),
        Action::ReadCustomer(rows) | Action::ChangeCustomer(rows) | Action::BlockCustomer(rows) => {
            rows.iter().any(|row| who.supervises.contains(&row.line))
        }
        Action::Administer | Action::SeeDirectory | Action::ManageOperator(_) => false,
    }
}

fn operator_may(who: &Operator, queues: &[LineId], action: Action<'_>) -> bool {
    let allowed = |action: Action<'_>| operator_may(who, queues, action);
    match action {
        Action::Administer | Action::SeeLine(_) => false,
        Action::SeeDirectory => true,
        Action::ReadConversation(row) => is_his(who, row) || is_offered(who, row),
        Action::SeeRow(row) => is_his(who, row) || is_offered(who, row) || is_open_in(queues, row),
        Action::AnswerOffer(row) => {
            is_his(who, row) || is_offered(who, row) || queues.contains(&row.line)
        }
        Action::Reply(row) => is_his(who, row),
        Action::Take(row) => is_offered(who, row) || is_open_in(queues, row),
        Action::Finish(row) | Action::Note(row) => row.operator.as_ref() == Some(&who.id),
        Action::ReadCustomer(rows) => rows.iter().any(|row| allowed(Action::ReadConversation(row))),
        Action::ChangeCustomer(rows) => rows.iter().any(|row| is_his(who, row)),
        Action::BlockCustomer(rows) => rows.iter().any(|row| allowed(Action::SeeRow(row))),
        Action::ManageOperator(operator) => *operator == who.id,
    }
}

/// He holds it, or held it once.
fn is_his(who: &Operator, row: &Row) -> bool {
    row.operator.as_ref() == Some(&who.id) || row.held.contains(&who.id)
}

fn is_offered(who: &Operator, row: &Row) -> bool {
    row.offers.iter().any(|offer| offer.operator == who.id)
}

/// Nobody has it yet, and it is in a queue of his.
fn is_open_in(queues: &[LineId], row: &Row) -> bool {
    match row.state {
        RowState::Waiting | RowState::Offered => queues.contains(&row.line),
        RowState::Active | RowState::Closing | RowState::Closed => false,
    }
}
