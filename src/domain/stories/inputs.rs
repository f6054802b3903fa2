//! What customers, operators and those who oversee them do, as inputs of a conversation.

use std::sync::Arc;

use crate::chat::CustomerMessage;
use crate::effect::Input;
use crate::id::OfferId;
use crate::stories::story::id;

pub(super) fn wrote(text: &str) -> Input {
    let message = CustomerMessage { text: text.to_owned(), ..CustomerMessage::default() };
    Input::CustomerWrote { message, original: Some(Arc::from("{}")) }
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

pub(super) fn replies(name: &str, text: &str) -> Input {
    Input::Reply { operator: id(name), text: text.to_owned() }
}

pub(super) fn finishes(name: &str) -> Input {
    Input::Finish { operator: id(name), silent: false }
}
