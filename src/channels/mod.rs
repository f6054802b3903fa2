//! The platforms: what a request means, whether it is genuine, and how to send.
//!
//! One file a platform, its parts in the same order: sources, verify, parse, send, errors. What is the
//! same for all stands in this file and in those of what is done with them, which only dispatch. Knows
//! the domain, the one guarded way out and the files that it sends; no store, no actors.
//! Everything here is lenient about what a platform says and strict about who says it.

mod account;
mod asking;
pub mod botframework;
pub mod correcting;
pub mod email;
pub mod facebook;
pub mod form;
pub mod instagram;
mod json;
pub mod kept;
mod mark;
pub mod max;
pub mod meta;
pub mod proof;
mod rating;
mod receiving;
mod sending;
pub mod sign;
pub mod telegram;
pub mod viber;
pub mod vk;
pub mod webhook;
pub mod whatsapp;
pub mod widget;

mod file;
mod text;

use std::sync::Arc;
use std::time::Duration;

use domain::channel::{Channel, ChannelSettings};
use domain::chat::Inbound;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

pub use self::asking::{challenge, keys, named, test};
use self::botframework::keys::KeySet;
use self::email::Letter;
pub use self::file::{FileSource, NoFile, OutgoingFile, locate};
use self::form::Form;
pub use self::receiving::{PollError, Polled, connect, poll, wants_its_place};
pub use self::sending::{
    Outgoing, Pace, Part, RETRY_AFTER_SECONDS_MAX, Rate, SendOutcome, pace, paced_chat, parts,
    repeat_is_safe, send,
};
use self::sending::{asked_to_wait, bounded, retry_after, unsent};
pub use self::sign::{press, press_taken};
pub use self::text::clean_line;

/// What every kind of channel must be told, in the order in which people are offered them.
pub const FORMS: [Form; 10] = [
    telegram::FORM,
    vk::FORM,
    facebook::FORM,
    instagram::FORM,
    whatsapp::FORM,
    botframework::FORM,
    viber::FORM,
    max::FORM,
    email::FORM,
    webhook::FORM,
];

/// Longest reason shown to operators.
pub const REASON_CHARS_MAX: usize = 200;
/// How long a message waits for its writer's name.
pub const NAME_WAIT: Duration = Duration::from_millis(1_500);
const NOT_UNDERSTOOD: &str = "the answer is not understood";

/// A request at `/hooks/{channel}`.
#[derive(Clone, Copy)]
pub struct HookRequest<'a> {
    /// Looks up a header, whatever its case.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The raw bytes: signatures are checked over these.
    pub body: &'a [u8],
    /// What [`keys`] found for it.
    pub keys: Option<&'a KeySet>,
    pub now: Timestamp,
}

/// One item of a verified request.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What makes a repeated delivery recognisable, within the channel.
    pub dedupe: String,
    /// How long it may be repeated.
    pub dedupe_seconds: u32,
    /// The account of the platform that it is for; none: the channel that was asked for.
    pub account: Option<String>,
    pub meaning: Meaning,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    Inbound(Box<Inbound>),
    /// Something that came by mail: its files are to be kept, and its chat found, before it is taken.
    Letter(Box<Letter>),
    /// Acknowledged and counted under this word; nothing is stored.
    Ignored(&'static str),
    /// The platform makes sure that its address is ours; nothing is stored.
    Confirmation,
    /// The customer of that chat is writing; told to whoever is there, and not stored.
    Writing {
        chat: Arc<str>,
    },
}

/// A request that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Missing or wrong proof of origin: answered like an unknown channel.
    #[error("not genuine")]
    NotGenuine,
    /// Signed by a key that may not speak for the platform that the request names.
    #[error("not endorsed")]
    NotEndorsed,
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
    pub body: AnswerBody,
}

/// Platforms execute or judge what they get back: nothing of a request stands in it, but for our
/// own webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerBody {
    Nothing,
    Json(String),
    Text(String),
}

impl Acknowledgement {
    fn empty() -> Self {
        Self { status: 200, body: AnswerBody::Nothing }
    }
}

/// Proves where a request came from, then says what it means.
pub fn parse(channel: &Channel, request: &HookRequest<'_>) -> Result<Vec<Item>, Rejected> {
    match &channel.settings {
        ChannelSettings::Telegram { secret, groups, .. } => {
            telegram::parse(secret, telegram::Taken::of(*groups), request)
        }
        ChannelSettings::Vk { group_id, secret, .. } => vk::parse(group_id, secret, request),
        ChannelSettings::Facebook { page_id, app_secret, .. } => {
            facebook::parse(page_id, app_secret, request)
        }
        ChannelSettings::Instagram { account_id, app_secret, .. } => {
            instagram::parse(account_id, app_secret, request)
        }
        ChannelSettings::Whatsapp { phone_number_id, app_secret, .. } => {
            whatsapp::parse(phone_number_id, app_secret, request)
        }
        ChannelSettings::BotFramework { app_id, issuer, service_hosts, .. } => {
            botframework::parse(app_id, issuer, service_hosts, request)
        }
        ChannelSettings::Viber { token, .. } => viber::parse(token, request),
        ChannelSettings::Max { secret, .. } => max::parse(secret, request),
        ChannelSettings::Webhook { keys, .. } => webhook::parse(keys, request),
        // Mailboxes are asked, and visitors have an entrance of their own.
        ChannelSettings::Email { .. } | ChannelSettings::Widget(_) => Err(Rejected::NotGenuine),
    }
}

/// The answer once the items are stored; `taken` has one element for each item of the request.
pub fn acknowledge(settings: &ChannelSettings, items: &[Item], taken: &[Taken]) -> Acknowledgement {
    match settings {
        ChannelSettings::Telegram { .. }
        | ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Max { .. }
        | ChannelSettings::Email { .. }
        | ChannelSettings::Widget(_) => Acknowledgement::empty(),
        ChannelSettings::Vk { confirmation, .. } => vk::acknowledge(confirmation, items),
        ChannelSettings::BotFramework { .. } => botframework::acknowledge(items),
        ChannelSettings::Webhook { .. } => webhook::acknowledge(items, taken),
    }
}

/// A text as one part of an address.
fn url_part(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    // A space as forms have it means itself in a path.
    encoded.replace('+', "%20")
}

/// A dedupe key for what has no id of its own.
fn digest(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

/// Words of the other side, cut to a length that an operator can read.
fn reason(text: &str) -> String {
    text::clean_line(text, REASON_CHARS_MAX)
}
