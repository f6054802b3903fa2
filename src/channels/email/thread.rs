//! The ids of our letters: signed, so that an answer is known to be one, and to what.

use domain::id::{ConversationId, EntryNumber};
use domain::progress::Mark;
use subtle::ConstantTimeEq as _;

use super::super::Outgoing;
use super::super::proof::hmac_hex;

/// Characters of the signature, in hex.
const SIGNATURE_CHARS: usize = 32;

/// The id of a letter, without the angle brackets: the same at each attempt, and no other's.
pub(super) fn id_of(secret: &str, host: &str, message: &Outgoing<'_>) -> String {
    let named = named(message.conversation, message.entry, message.part);
    format!("{named}.{}@{host}", signature(secret, &named))
}

/// Which letter of ours has that id; none: it is not one of ours.
pub(super) fn read(secret: &str, id: &str) -> Option<Mark> {
    let (local, _host) = id.rsplit_once('@')?;
    let (named, given) = local.rsplit_once('.')?;
    let ours = signature(secret, named);
    let same: bool = ours.as_bytes().ct_eq(given.to_ascii_lowercase().as_bytes()).into();
    if !same || ours.is_empty() {
        return None;
    }
    let mut fields = named.splitn(3, '.');
    Some(Mark {
        conversation: ConversationId::parse(fields.next()?)?,
        entry: EntryNumber(fields.next()?.parse().ok()?),
        part: fields.next()?.parse().ok()?,
        external_id: Some(id.into()),
    })
}

fn named(conversation: &ConversationId, entry: EntryNumber, part: usize) -> String {
    format!("{conversation}.{}.{part}", entry.0)
}

fn signature(secret: &str, named: &str) -> String {
    let mut signature = hmac_hex(secret, named.as_bytes());
    signature.truncate(SIGNATURE_CHARS);
    signature
}
