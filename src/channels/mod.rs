//! The platforms: what a request means, whether it is genuine, and how to send.
//!
//! One file a platform. Knows the domain and the one guarded way out; no store, no actors.

use domain::chat::Inbound;
use jiff::Timestamp;

use std::time::Duration;

/// A request at `/hooks/{channel}`.
#[derive(Clone, Copy)]
pub struct HookRequest<'a> {
    /// Looks up a header, whatever its case.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The raw bytes: signatures are checked over these.
    pub body: &'a [u8],
    pub now: Timestamp,
}

/// One item of a verified request.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What makes a repeated delivery recognisable, within the channel.
    pub dedupe: String,
    /// How long it may be repeated.
    pub dedupe_seconds: u32,
    pub meaning: Meaning,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    Inbound(Inbound),
    /// Acknowledged and counted under this word; nothing is stored.
    Ignored(&'static str),
}

/// A request that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Missing or wrong proof of origin: answered like an unknown channel.
    #[error("not genuine")]
    NotGenuine,
    /// Genuine, but not in the form that the platform documents; `pointer` is a JSON pointer.
    /// Only our own webhook answers so: a platform's poison is acknowledged and counted.
    #[error("malformed at {pointer}: {problem}")]
    Malformed { pointer: String, problem: &'static str },
}

/// What became of one attempt to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    Sent {
        external_id: Option<String>,
    },
    /// Not before that much time, for this chat.
    RetryAfter(Duration),
    /// A passing fault.
    RetryLater {
        reason: String,
    },
    /// The customer cannot be reached (blocked us, left).
    Unreachable {
        reason: String,
    },
    /// The channel's token or rights are dead: no more calls.
    ChannelDead {
        reason: String,
    },
    /// The platform refuses this message for good.
    Refused {
        reason: String,
    },
    /// The request was written and no answer came: it may have arrived.
    Unknown {
        reason: String,
    },
}
