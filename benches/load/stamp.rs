//! What a message carries in its text, so that it is known again where it arrives.

use std::fmt;

/// Characters of a message's text.
pub(crate) const TEXT_CHARS: usize = 200;
/// Begins the text of a message in an event; a row's preview of the same text is another field.
const MARK: &str = "\"text\":\"~";

/// Which message it is, and when it was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Number of the load that it belongs to.
    pub(crate) load: u32,
    pub(crate) chat: usize,
    /// Its number in the chat and the load, from 0.
    pub(crate) n: usize,
    /// Nanoseconds since the run began.
    pub(crate) intended: u64,
}

impl Stamp {
    /// The stamps of all messages in an `events` frame, in their order.
    pub(crate) fn found_in(frame: &str) -> impl Iterator<Item = Self> {
        frame.split(MARK).skip(1).filter_map(Self::parse)
    }

    /// That of the first message of a conversation, as its row shows it.
    pub(crate) fn previewed(preview: &str) -> Option<Self> {
        Self::parse(preview.strip_prefix('~')?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(['.', '~']);
        Some(Self {
            load: parts.next()?.parse().ok()?,
            chat: parts.next()?.parse().ok()?,
            n: parts.next()?.parse().ok()?,
            intended: parts.next()?.parse().ok()?,
        })
    }
}

/// The whole text of the message.
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { load, chat, n, intended } = self;
        // So many digits as no telephone number has: what looks like one is read as one.
        let mark = format!("~{load}.{chat}.{n}.{intended:019}~");
        write!(f, "{mark:x<TEXT_CHARS$}")
    }
}
