//! The platforms: what a request means, whether it is genuine, and how to send.
//!
//! One file a platform, its parts in the same order: sources, verify, parse, send, errors. This
//! file only dispatches. Knows the domain and the one guarded way out; no store, no actors.
//! Everything here is lenient about what a platform says and strict about who says it.

pub mod telegram;
mod text;
pub mod webhook;
pub mod widget;

use std::time::Duration;

use domain::channel::{Channel, ChannelSettings};
use domain::chat::Inbound;
use domain::id::{ConversationId, EntryNumber};
use domain::line::{RatingScale, Shown};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use sha2::{Digest, Sha256};

use crate::outbound::{Answer, Outbound};

/// Longest time to hold a chat back because a platform says so.
pub const RETRY_AFTER_SECONDS_MAX: u64 = 24 * 60 * 60;
/// Longest reason shown to operators.
pub const REASON_CHARS_MAX: usize = 200;

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

/// What became of an item of a request, for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Created,
    /// It had been stored before, or was never meant to be.
    Duplicate,
}

/// The answer to a request that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    pub status: u16,
    /// JSON, or none. Platforms execute or judge what they get back: only our own webhook has one.
    pub json: Option<String>,
}

/// One part of a message on its way to the customer.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// Stays the same at each attempt.
    pub job: &'a str,
    /// The platform's id of the chat.
    pub chat: &'a str,
    /// One of the [`parts`] of the message.
    pub text: &'a str,
    pub conversation: &'a ConversationId,
    pub entry: EntryNumber,
    /// Counts from 0.
    pub part: usize,
    /// Who wrote it, as the customer may see him; none: the line itself, or it is not shown.
    pub author: Option<Shown<'a>>,
    /// It asks for a rating on this scale.
    pub rating: Option<RatingScale>,
    /// When it was written.
    pub written_at: Timestamp,
    /// The moment of this attempt.
    pub now: Timestamp,
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

/// What a channel that asks for its updates was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Polled {
    pub items: Vec<Item>,
    /// What to ask from next time. Asking acknowledges: only after the items are stored.
    pub next_offset: Option<i64>,
}

/// Why there are no updates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PollError {
    /// A webhook is set or another poller runs.
    #[error("conflict: {reason}")]
    Conflict { reason: String },
    /// The channel's token is dead, or the channel is not one that polls: no more calls.
    #[error("channel dead: {reason}")]
    ChannelDead { reason: String },
    #[error("asked to wait")]
    RetryAfter(Duration),
    #[error("passing fault: {reason}")]
    RetryLater { reason: String },
}

/// Proves where a request came from, then says what it means.
pub fn parse(channel: &Channel, request: &HookRequest<'_>) -> Result<Vec<Item>, Rejected> {
    match &channel.settings {
        ChannelSettings::Telegram { secret, .. } => telegram::parse(secret, request),
        ChannelSettings::Webhook { keys, .. } => webhook::parse(keys, request),
        // Visitors have an entrance of their own.
        ChannelSettings::Widget(_) => Err(Rejected::NotGenuine),
    }
}

/// The answer once the items are stored; `taken` has one element for each item of the request.
pub fn acknowledge(settings: &ChannelSettings, items: &[Item], taken: &[Taken]) -> Acknowledgement {
    match settings {
        ChannelSettings::Telegram { .. } | ChannelSettings::Widget(_) => {
            Acknowledgement { status: 200, json: None }
        }
        ChannelSettings::Webhook { .. } => webhook::acknowledge(items, taken),
    }
}

/// Cuts a text into messages that the platform takes; joined they are the text again.
pub fn parts(settings: &ChannelSettings, text: &str) -> Vec<String> {
    match settings {
        ChannelSettings::Telegram { .. } => telegram::parts(text),
        ChannelSettings::Webhook { .. } | ChannelSettings::Widget(_) => vec![text.to_owned()],
    }
}

/// Sends one part. Does not retry and does not wait.
pub async fn send(outbound: &Outbound, channel: &Channel, message: &Outgoing<'_>) -> SendOutcome {
    match &channel.settings {
        ChannelSettings::Telegram { token, api_base, .. } => {
            let bot = telegram::Bot { api_base, token };
            telegram::send(outbound, bot, message).await
        }
        ChannelSettings::Webhook { keys, outgoing_url } => {
            webhook::send(outbound, keys, outgoing_url.as_deref(), message).await
        }
        // Its pages fetch what is stored, so there are no jobs; one of a channel that has become a
        // widget has nowhere to go.
        ChannelSettings::Widget(_) => {
            SendOutcome::Refused { reason: "a widget is not sent to".to_owned() }
        }
    }
}

/// Tells the platform how its messages reach us: at `hook`, the public address of the channel, or
/// by our asking. Does nothing where the platform need not know.
pub async fn connect(
    outbound: &Outbound,
    channel: &Channel,
    hook: Option<&str>,
) -> Result<(), String> {
    match &channel.settings {
        ChannelSettings::Telegram { token, secret, api_base, polling } => {
            let bot = telegram::Bot { api_base, token };
            match (polling, hook) {
                (true, _) => telegram::connect(outbound, bot, None).await,
                (false, Some(hook)) => telegram::connect(outbound, bot, Some((hook, secret))).await,
                (false, None) => Ok(()),
            }
        }
        ChannelSettings::Webhook { .. } | ChannelSettings::Widget(_) => Ok(()),
    }
}

/// The press of a button that whoever pressed it sees as waiting until the platform is told that
/// it is taken; none: nobody waits.
pub fn press<'a>(settings: &ChannelSettings, inbound: &'a Inbound) -> Option<&'a str> {
    match settings {
        ChannelSettings::Telegram { .. } => telegram::press(inbound),
        ChannelSettings::Webhook { .. } | ChannelSettings::Widget(_) => None,
    }
}

/// Tells the platform that a press is taken. Nothing depends on it.
pub async fn press_taken(
    outbound: &Outbound,
    channel: &Channel,
    press: &str,
) -> Result<(), String> {
    match &channel.settings {
        ChannelSettings::Telegram { token, api_base, .. } => {
            let bot = telegram::Bot { api_base, token };
            telegram::press_taken(outbound, bot, press).await
        }
        ChannelSettings::Webhook { .. } | ChannelSettings::Widget(_) => Ok(()),
    }
}

/// Whether an attempt whose outcome is unknown may simply be repeated: the other side recognises
/// it by the id of the job.
pub fn repeat_is_safe(settings: &ChannelSettings) -> bool {
    match settings {
        ChannelSettings::Telegram { .. } => false,
        ChannelSettings::Webhook { .. } | ChannelSettings::Widget(_) => true,
    }
}

/// Asks for updates from `offset` on; the platform may hold the answer back for `wait`.
pub async fn poll(
    outbound: &Outbound,
    channel: &Channel,
    offset: Option<i64>,
    wait: Duration,
) -> Result<Polled, PollError> {
    match &channel.settings {
        ChannelSettings::Telegram { token, api_base, .. } => {
            let bot = telegram::Bot { api_base, token };
            telegram::poll(outbound, bot, offset, wait).await
        }
        ChannelSettings::Webhook { .. } | ChannelSettings::Widget(_) => {
            Err(PollError::ChannelDead { reason: "there is nothing to poll".to_owned() })
        }
    }
}

/// A dedupe key for what has no id of its own.
fn digest(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

/// The header `Retry-After`: seconds or a date.
fn retry_after(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let text = answer.retry_after.as_deref()?.trim();
    let seconds = text.parse::<u64>().ok().or_else(|| {
        let until = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        u64::try_from(until.duration_since(now).as_secs()).ok()
    })?;
    Some(bounded(seconds))
}

fn bounded(seconds: u64) -> Duration {
    Duration::from_secs(seconds.min(RETRY_AFTER_SECONDS_MAX))
}

/// Words of the other side, cut to a length that an operator can read.
fn reason(text: &str) -> String {
    text::clean_line(text, REASON_CHARS_MAX)
}
