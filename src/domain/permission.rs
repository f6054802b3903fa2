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
    /// Read the settings and queue of one line, its history and what it would do.
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
    /// Write to the customer: who has it or takes part.
    Reply(&'a Row),
    /// Have a message sent again: who holds it, or held it, and those who oversee the line.
    SendAgain(&'a Row),
    /// Name its topic, put it aside, hand it on, ask for help: only who has it.
    Handle(&'a Row),
    /// Hand it to another line: who has it, and those who oversee the line.
    Move(&'a Row),
    /// Take a transfer back.
    Withdraw(&'a Row),
    /// Cease to take part.
    Leave(&'a Row),
    /// Finish: who holds it, and those who oversee the line.
    Finish(&'a Row),
    /// Throw it out: whoever sees it.
    Spam(&'a Row),
    /// Begin a new conversation after this closed one.
    PickUp(&'a Row),
    /// Take it over, join it, give it back to the queue, judge it.
    Oversee(&'a Row),
    /// Write an internal note.
    Note(&'a Row),
    /// Change the status of somebody who is in these queues, hand his conversations back to them:
    /// he himself, and those who oversee one of them.
    ManageOperator { operator: &'a OperatorId, queues: &'a [LineId] },
    /// Read a customer's card, which is found through these conversations of his.
    ReadCustomer(&'a [Row]),
    /// Change it, confirm his contacts, merge it with another, have a lead made or changed.
    ChangeCustomer(&'a [Row]),
    /// Block and unblock him, also before anybody has accepted.
    BlockCustomer(&'a [Row]),
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
        Action::ManageOperator { operator: _, queues } => {
            queues.iter().any(|line| who.supervises.contains(line))
        }
        Action::ReadConversation(row)
        | Action::SeeRow(row)
        | Action::AnswerOffer(row)
        | Action::Take(row)
        | Action::Reply(row)
        | Action::SendAgain(row)
        | Action::Handle(row)
        | Action::Move(row)
        | Action::Withdraw(row)
        | Action::Leave(row)
        | Action::Finish(row)
        | Action::Spam(row)
        | Action::PickUp(row)
        | Action::Oversee(row)
        | Action::Note(row) => who.supervises.contains(&row.line),
        Action::ReadCustomer(rows) | Action::ChangeCustomer(rows) | Action::BlockCustomer(rows) => {
            rows.iter().any(|row| who.supervises.contains(&row.line))
        }
        Action::Administer | Action::SeeDirectory => false,
    }
}

fn operator_may(who: &Operator, queues: &[LineId], action: Action<'_>) -> bool {
    let allowed = |action: Action<'_>| operator_may(who, queues, action);
    match action {
        Action::Administer | Action::SeeLine(_) | Action::Oversee(_) => false,
        Action::SeeDirectory => true,
        Action::ReadConversation(row) | Action::PickUp(row) => concerns(who, row),
        Action::SeeRow(row) | Action::Spam(row) => concerns(who, row) || is_open_in(queues, row),
        Action::AnswerOffer(row) => concerns(who, row) || queues.contains(&row.line),
        Action::Take(row) => {
            is_offered(who, row) || is_listed_for(who, row) || is_open_in(queues, row)
        }
        Action::Reply(row) | Action::SendAgain(row) => {
            is_his(who, row) || row.joined.contains(&who.id)
        }
        Action::Handle(row) | Action::Move(row) | Action::Finish(row) => has(who, row),
        Action::Withdraw(row) => row.handed_by.as_ref() == Some(&who.id),
        Action::Leave(row) => row.joined.contains(&who.id),
        Action::Note(row) => has(who, row) || row.joined.contains(&who.id),
        Action::ManageOperator { operator, queues: _ } => *operator == who.id,
        Action::ReadCustomer(rows) => rows.iter().any(|row| allowed(Action::ReadConversation(row))),
        Action::ChangeCustomer(rows) => rows.iter().any(|row| is_his(who, row)),
        Action::BlockCustomer(rows) => rows.iter().any(|row| allowed(Action::Spam(row))),
    }
}

/// It is or was his, is put before him, or he takes part in it.
fn concerns(who: &Operator, row: &Row) -> bool {
    row.people().any(|operator| *operator == who.id)
}

fn has(who: &Operator, row: &Row) -> bool {
    row.operator.as_ref() == Some(&who.id)
}

/// He holds it, or held it once.
fn is_his(who: &Operator, row: &Row) -> bool {
    has(who, row) || row.held.contains(&who.id)
}

fn is_offered(who: &Operator, row: &Row) -> bool {
    row.offers.iter().any(|offer| offer.operator == who.id)
}

fn is_listed_for(who: &Operator, row: &Row) -> bool {
    row.listed_for.as_ref() == Some(&who.id)
}

/// Nobody has it yet, and it is in a queue of his.
fn is_open_in(queues: &[LineId], row: &Row) -> bool {
    match row.state {
        RowState::Waiting | RowState::Offered => queues.contains(&row.line),
        RowState::Active | RowState::Closing | RowState::Closed => false,
    }
}
