//! How values of the port are written in Redis.

use std::borrow::Cow;
use std::fmt::{Debug, Write as _};
use std::str::FromStr;

use domain::id::{ConversationId, OperatorId, ShardId};
use sha2::{Digest, Sha256};

use crate::store::Unavailable;
use crate::store::op::{Position, Slot};
use crate::store::signal::Signal;

/// Longer dedupe keys are kept as their digest.
const DEDUPE_BYTES_MAX: usize = 64;

/// Takes bytes apart that stand behind a number which is read or compared without them.
pub(super) fn apart<T: FromStr>(mut value: Vec<u8>) -> Result<(T, Vec<u8>), Unavailable> {
    let space = value.iter().position(|byte| *byte == b' ').ok_or_else(|| odd("no number"))?;
    let bytes = value.split_off(space + 1);
    let number = std::str::from_utf8(&value[..space]).map_err(|_| odd("no number"))?;
    Ok((parse(number)?, bytes))
}

/// Moments by which dedupe keys are compared are whole microseconds, which a score holds exactly.
pub(super) fn microseconds(nanoseconds: i64) -> i64 {
    nanoseconds / 1000
}

pub(super) fn dedupe_key(key: &str) -> Cow<'_, str> {
    if key.len() <= DEDUPE_BYTES_MAX {
        return Cow::Borrowed(key);
    }
    let mut digest = String::from("sha256:");
    for byte in Sha256::digest(key) {
        // Writing to a text cannot fail.
        let _written = write!(digest, "{byte:02x}");
    }
    Cow::Owned(digest)
}

/// One conversation among all that take a slot of an operator, in the order of bytes.
pub(super) struct Load {
    pub(super) member: String,
    /// Between these two lie all that take such a slot of the operator.
    pub(super) low: String,
    pub(super) high: String,
}

impl Load {
    pub(super) fn of(slot: Slot, operator: &OperatorId, conversation: &ConversationId) -> Self {
        let (slot, operator) = (slot.as_str(), operator.as_str());
        Self {
            member: [slot, "\0", operator, "\0", conversation.as_str()].concat(),
            low: ["[", slot, "\0", operator, "\0"].concat(),
            high: ["(", slot, "\0", operator, "\u{1}"].concat(),
        }
    }

    /// Between these two lie all that take such a slot of anybody.
    pub(super) fn all(slot: Slot) -> (String, String) {
        let slot = slot.as_str();
        (format!("[{slot}\0"), format!("({slot}\u{1}"))
    }

    pub(super) fn read(member: &str) -> Result<(OperatorId, ConversationId), Unavailable> {
        let (_slot, of) = member.split_once('\0').ok_or_else(|| odd(member))?;
        let (operator, conversation) = of.split_once('\0').ok_or_else(|| odd(member))?;
        Ok((OperatorId::new(operator), ConversationId::new(conversation)))
    }
}

pub(super) fn inbox_signal(shard: ShardId) -> String {
    format!("inbox {}", shard.0)
}

pub(super) fn free_signal(shard: ShardId) -> String {
    format!("free {}", shard.0)
}

pub(super) fn feed_signal(shard: ShardId) -> String {
    format!("feed {}", shard.0)
}

/// None: of a version to come.
pub(super) fn signal_of(text: &str) -> Option<Signal> {
    let (kind, shard) = text.split_once(' ')?;
    let shard = ShardId(shard.parse().ok()?);
    match kind {
        "inbox" => Some(Signal::Inbox(shard)),
        "free" => Some(Signal::Free(shard)),
        "feed" => Some(Signal::Feed(shard)),
        _ => None,
    }
}

pub(super) fn position(text: &str) -> Result<Position, Unavailable> {
    let (epoch, n) = text.split_once('-').ok_or_else(|| odd(text))?;
    Ok(Position { epoch: parse(epoch)?, n: parse(n)? })
}

pub(super) fn parse<T: FromStr>(text: &str) -> Result<T, Unavailable> {
    text.parse().map_err(|_| odd(text))
}

/// What only a foreign hand can have written.
pub(super) fn odd(found: impl Debug) -> Unavailable {
    Unavailable(format!("not as this program writes it: {found:?}"))
}
