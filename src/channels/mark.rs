//! What goes out with a message on platforms that give it back, so that we know it again.

use domain::id::{ConversationId, EntryNumber};
use domain::progress::Mark;

use super::Outgoing;

/// The same at each attempt at one part, and no other part's.
pub(super) fn of(message: &Outgoing<'_>) -> String {
    format!("{}:{}:{}", message.conversation, message.entry.0, message.part)
}

/// Reads what [`of`] wrote, with what the platform calls the message; none: it is not ours.
pub(super) fn read(mark: &str, external_id: Option<String>) -> Option<Mark> {
    let mut fields = mark.rsplitn(3, ':');
    let part = fields.next()?.parse().ok()?;
    let entry = EntryNumber(fields.next()?.parse().ok()?);
    let conversation = ConversationId::parse(fields.next()?)?;
    Some(Mark { conversation, entry, part, external_id: external_id.map(Into::into) })
}
