//! What customers, operators and those who oversee them do, as inputs of a conversation.

use std::sync::Arc;

use jiff::Timestamp;

use crate::chat::CustomerMessage;
use crate::effect::Input;
use crate::id::{ConversationId, LineId, OfferId};
use crate::stories::story::id;

pub(super) fn wrote(text: &str) -> Input {
    let message = CustomerMessage { text: text.to_owned(), ..CustomerMessage::default() };
    Input::CustomerWrote { message, original: Some(Arc::from("{}")) }
}

/// A machine wrote it.
pub(super) fn wrote_itself(text: &str) -> Input {
    let message =
        CustomerMessage { text: text.to_owned(), automatic: true, ..CustomerMessage::default() };
    Input::CustomerWrote { message, original: None }
}

/// The button of a rating request.
pub(super) fn presses(value: u8) -> Input {
    let message = CustomerMessage { rating: Some(value), ..CustomerMessage::default() };
    Input::CustomerWrote { message, original: None }
}

pub(super) fn accepts(name: &str, offer: u32) -> Input {
    Input::Accept { operator: id(name), offer: OfferId(offer) }
}

pub(super) fn declines(name: &str, offer: u32) -> Input {
    Input::Decline { operator: id(name), offer: OfferId(offer), reason: None }
}

pub(super) fn takes(name: &str) -> Input {
    Input::Take { operator: id(name) }
}

pub(super) fn takes_over(name: &str) -> Input {
    Input::TakeOver { operator: id(name) }
}

pub(super) fn picks_up(name: &str) -> Input {
    Input::PickUp { operator: id(name) }
}

pub(super) fn replies(name: &str, text: &str) -> Input {
    Input::Reply { operator: id(name), text: text.to_owned(), files: Vec::new() }
}

pub(super) fn notes(name: &str, text: &str) -> Input {
    Input::Note { operator: id(name), text: text.to_owned() }
}

pub(super) fn drafts(name: &str, text: &str) -> Input {
    Input::Draft { operator: id(name), text: text.to_owned() }
}

pub(super) fn names_topic(name: &str, topic: &str) -> Input {
    Input::Topic { operator: id(name), topic: topic.to_owned() }
}

pub(super) fn holds(name: &str, until: Timestamp) -> Input {
    Input::Hold { operator: id(name), until: Some(until) }
}

/// Takes it up again.
pub(super) fn resumes(name: &str) -> Input {
    Input::Hold { operator: id(name), until: None }
}

/// To somebody who is available.
pub(super) fn hands_to(name: &str, to: &str) -> Input {
    Input::Transfer { operator: id(name), to: id(to), to_available: true, comment: None }
}

pub(super) fn hands_to_absent(name: &str, to: &str) -> Input {
    Input::Transfer { operator: id(name), to: id(to), to_available: false, comment: None }
}

pub(super) fn moves_to(name: &str, line: &str) -> Input {
    Input::Move {
        operator: id(name),
        line: LineId::new(line),
        next: ConversationId::new("1-next"),
        comment: Some("for you".to_owned()),
    }
}

/// The first input of the part that goes on here.
pub(super) fn came_from(name: &str, line: &str) -> Input {
    Input::Continue { operator: id(name), line: LineId::new(line), comment: None }
}

pub(super) fn withdraws(name: &str) -> Input {
    Input::Withdraw { operator: id(name) }
}

pub(super) fn invites(name: &str, colleague: &str) -> Input {
    Input::Invite { operator: id(name), colleague: id(colleague) }
}

pub(super) fn joins(name: &str) -> Input {
    Input::Join { operator: id(name) }
}

pub(super) fn leaves(name: &str) -> Input {
    Input::Leave { operator: id(name) }
}

pub(super) fn finishes(name: &str) -> Input {
    Input::Finish { operator: id(name), silent: false }
}

pub(super) fn finishes_silently(name: &str) -> Input {
    Input::Finish { operator: id(name), silent: true }
}

pub(super) fn marks_spam(name: &str) -> Input {
    Input::Spam { operator: id(name), block: false }
}

pub(super) fn blocks(name: &str) -> Input {
    Input::Spam { operator: id(name), block: true }
}

pub(super) fn releases(name: &str) -> Input {
    Input::Release { operator: id(name) }
}

pub(super) fn reviews(name: &str, stars: u8) -> Input {
    Input::Review { operator: id(name), stars, comment: None }
}
