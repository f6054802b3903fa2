//! Frames of a browser that are commands, read into what a conversation understands.

use domain::effect::Input;
use domain::entry::Correction;
use domain::file::FILES_OF_MESSAGE_MAX;
use domain::id::{ConversationId, FileId, OperatorId};
use uuid::Uuid;

use crate::actors::work::{Command, Order};
use crate::protocol::{
    COMMENT_CHARS_MAX, ClientFrame, DRAFT_CHARS_MAX, REASON_CHARS_MAX, TEXT_CHARS_MAX,
};

/// A field of a command is out of bounds.
pub(crate) struct BadValue {
    pub(crate) cmd_id: Uuid,
    pub(crate) field: &'static str,
}

/// The command that a frame is; none: it is another kind of frame.
#[expect(clippy::too_many_lines, reason = "one short arm a command")]
pub(crate) fn read(frame: ClientFrame, operator: OperatorId) -> Option<Result<Command, BadValue>> {
    let (who, as_said) = (operator.clone(), frame.clone());
    let ordered = |cmd_id, conversation, order| ordered(cmd_id, conversation, who, order, as_said);
    let (cmd_id, conversation, order) = match frame {
        ClientFrame::Accept { cmd_id, conversation, offer } => {
            (cmd_id, conversation, Ok(Input::Accept { operator, offer }))
        }
        ClientFrame::Decline { cmd_id, conversation, offer, reason } => {
            let reason = some_text(reason, REASON_CHARS_MAX, "reason");
            let input = reason.map(|reason| Input::Decline { operator, offer, reason });
            (cmd_id, conversation, input)
        }
        ClientFrame::Take { cmd_id, conversation } => {
            (cmd_id, conversation, Ok(Input::Take { operator }))
        }
        ClientFrame::TakeOver { cmd_id, conversation } => {
            (cmd_id, conversation, Ok(Input::TakeOver { operator }))
        }
        ClientFrame::Reply { cmd_id, conversation, text, files } => {
            return Some(ordered(cmd_id, conversation, reply(operator, text, &files)));
        }
        ClientFrame::Note { cmd_id, conversation, text } => {
            let input = sayable(text).map(|text| Input::Note { operator, text });
            (cmd_id, conversation, input)
        }
        ClientFrame::Draft { cmd_id, conversation, text } => {
            let fits = text.chars().count() <= DRAFT_CHARS_MAX;
            let input = fits.then_some(Input::Draft { operator, text }).ok_or("text");
            (cmd_id, conversation, input)
        }
        ClientFrame::Topic { cmd_id, conversation, topic } => {
            let topic = topic.unwrap_or_default();
            (cmd_id, conversation, Ok(Input::Topic { operator, topic }))
        }
        ClientFrame::Hold { cmd_id, conversation, until } => {
            (cmd_id, conversation, Ok(Input::Hold { operator, until }))
        }
        ClientFrame::Transfer { cmd_id, conversation, to, comment, confirmed } => {
            let comment = some_text(comment, COMMENT_CHARS_MAX, "comment");
            let order = comment.map(|comment| Order::Transfer { to, comment, confirmed });
            return Some(ordered(cmd_id, conversation, order));
        }
        ClientFrame::Withdraw { cmd_id, conversation } => {
            (cmd_id, conversation, Ok(Input::Withdraw { operator }))
        }
        ClientFrame::Invite { cmd_id, conversation, operator: colleague } => {
            (cmd_id, conversation, Ok(Input::Invite { operator, colleague }))
        }
        ClientFrame::Join { cmd_id, conversation } => {
            (cmd_id, conversation, Ok(Input::Join { operator }))
        }
        ClientFrame::Leave { cmd_id, conversation } => {
            (cmd_id, conversation, Ok(Input::Leave { operator }))
        }
        ClientFrame::Finish { cmd_id, conversation, silent } => {
            (cmd_id, conversation, Ok(Input::Finish { operator, silent }))
        }
        ClientFrame::Spam { cmd_id, conversation, block } => {
            (cmd_id, conversation, Ok(Input::Spam { operator, block }))
        }
        ClientFrame::Release { cmd_id, conversation } => {
            (cmd_id, conversation, Ok(Input::Release { operator }))
        }
        ClientFrame::Review { cmd_id, conversation, stars, comment } => {
            let comment = some_text(comment, COMMENT_CHARS_MAX, "comment");
            let stars = (1..=5).contains(&stars).then_some(stars).ok_or("stars");
            let input = stars.and_then(|stars| {
                comment.map(|comment| Input::Review { operator, stars, comment })
            });
            (cmd_id, conversation, input)
        }
        ClientFrame::SendAgain { cmd_id, conversation, entry } => {
            return Some(ordered(cmd_id, conversation, Ok(Order::SendAgain { entry })));
        }
        ClientFrame::Edit { cmd_id, conversation, entry, text } => {
            let correction = sayable(text).map(|text| Correction::Edit { text });
            let order = correction.map(|correction| Order::Correct { entry, correction });
            return Some(ordered(cmd_id, conversation, order));
        }
        ClientFrame::Delete { cmd_id, conversation, entry } => {
            let order = Order::Correct { entry, correction: Correction::Delete };
            return Some(ordered(cmd_id, conversation, Ok(order)));
        }
        ClientFrame::PickUp { cmd_id, conversation } => {
            return Some(ordered(cmd_id, conversation, Ok(Order::PickUp)));
        }
        ClientFrame::Hello { .. }
        | ClientFrame::Ack { .. }
        | ClientFrame::Watch { .. }
        | ClientFrame::SetStatus { .. } => return None,
    };
    Some(ordered(cmd_id, conversation, order.map(Order::Input)))
}

fn ordered(
    id: Uuid,
    conversation: ConversationId,
    operator: OperatorId,
    order: Result<Order, &'static str>,
    frame: ClientFrame,
) -> Result<Command, BadValue> {
    match order {
        Ok(order) => Ok(Command { id, operator, conversation, order, frame, files: Vec::new() }),
        Err(field) => Err(BadValue { cmd_id: id, field }),
    }
}

/// Files may go without a word.
fn reply(operator: OperatorId, text: String, files: &[FileId]) -> Result<Order, &'static str> {
    if files.len() > FILES_OF_MESSAGE_MAX {
        return Err("files");
    }
    let text = if files.is_empty() { sayable(text)? } else { writable(text)? };
    Ok(Order::Input(Input::Reply { operator, text, files: Vec::new() }))
}

fn writable(text: String) -> Result<String, &'static str> {
    (text.chars().count() <= TEXT_CHARS_MAX).then_some(text).ok_or("text")
}

/// What a person writes to somebody.
fn sayable(text: String) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("text") } else { writable(text) }
}

/// A text that may be left out. An empty one counts as left out.
pub(crate) fn some_text(
    text: Option<String>,
    chars_max: usize,
    field: &'static str,
) -> Result<Option<String>, &'static str> {
    let text = text.filter(|text| !text.trim().is_empty());
    let fits = text.as_ref().is_none_or(|text| text.chars().count() <= chars_max);
    fits.then_some(text).ok_or(field)
}
