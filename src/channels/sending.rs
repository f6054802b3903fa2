//! Messages of ours on their way to a platform: what it takes in one call, how fast, and what comes of it.

use std::ops::Range;
use std::time::Duration;

use domain::channel::{Channel, ChannelSettings};
use domain::file::StoredFile;
use domain::id::{ConversationId, EntryNumber};
use domain::line::{RatingScale, Shown};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::account::Account;
use super::kept::Kept;
use super::{
    NOT_UNDERSTOOD, OutgoingFile, botframework, email, facebook, instagram, max, telegram, viber,
    vk, webhook, whatsapp,
};
use crate::outbound::{Answer, Fault, Outbound};

/// Longest time to hold a chat back because a platform says so.
pub const RETRY_AFTER_SECONDS_MAX: u64 = 24 * 60 * 60;

/// One call to the platform: a text, files, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Empty only with files.
    pub text: String,
    /// Which of the message's files.
    pub files: Range<usize>,
}

/// One part of a message on its way to the customer.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// Stays the same at each attempt.
    pub job: &'a str,
    /// The platform's id of the chat.
    pub chat: &'a str,
    /// That of one of the [`parts`] of the message; empty only with files.
    pub text: &'a str,
    /// The files of that part.
    pub files: &'a [OutgoingFile<'a>],
    pub conversation: &'a ConversationId,
    pub entry: EntryNumber,
    /// Counts from 0.
    pub part: usize,
    /// At this part; counts from 1.
    pub attempt: u32,
    /// Who wrote it, as the customer may see him; none: the line itself, or it is not shown.
    pub author: Option<Shown<'a>>,
    /// A person wrote it, whoever the customer sees.
    pub by_operator: bool,
    /// Where the chat's answers go, if the platform said it.
    pub return_to: Option<&'a str>,
    /// When the customer last wrote, where the platform minds it and it is known.
    pub heard_at: Option<Timestamp>,
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
    /// The chat has that id now: to be sent there.
    Migrated {
        chat: String,
    },
    /// A passing fault.
    RetryLater {
        reason: String,
    },
    /// A passing fault, of a kind that is known to last.
    RetryIn {
        pause: Duration,
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

impl SendOutcome {
    /// Why it was not sent, in words.
    pub(super) fn into_reason(self) -> String {
        match self {
            Self::RetryLater { reason }
            | Self::RetryIn { reason, .. }
            | Self::Unreachable { reason }
            | Self::ChannelDead { reason }
            | Self::Refused { reason }
            | Self::Unknown { reason } => reason,
            Self::Migrated { chat } => format!("the chat is {chat} now"),
            Self::RetryAfter(wait) => format!("asked to wait {} s", wait.as_secs()),
            Self::Sent { .. } => NOT_UNDERSTOOD.to_owned(),
        }
    }
}

/// Cuts a message into what the platform takes in one call; the texts joined are the text again,
/// and each file is in one part.
pub fn parts(settings: &ChannelSettings, text: &str, files: &[StoredFile]) -> Vec<Part> {
    match settings {
        ChannelSettings::Telegram { .. } => telegram::parts(text, files),
        ChannelSettings::Vk { .. } => vk::parts(text, files),
        ChannelSettings::Facebook { .. } => one_by_one(facebook::parts(text), files.len()),
        ChannelSettings::Instagram { .. } => one_by_one(instagram::parts(text), files.len()),
        ChannelSettings::Whatsapp { .. } => one_by_one(whatsapp::parts(text), files.len()),
        ChannelSettings::BotFramework { .. } => one_by_one(botframework::parts(text), files.len()),
        ChannelSettings::Viber { .. } => one_by_one(viber::parts(text), files.len()),
        ChannelSettings::Max { .. } => max::parts(text, files),
        ChannelSettings::Email { .. } => email::parts(text, files),
        ChannelSettings::Webhook { .. } | ChannelSettings::Widget(_) => {
            vec![Part { text: text.to_owned(), files: 0..files.len() }]
        }
    }
}

/// For platforms that take a text or one file in a call: all texts, then each file for itself.
pub(super) fn one_by_one(texts: Vec<String>, files: usize) -> Vec<Part> {
    let texts = texts.into_iter().map(|text| Part { text, files: 0..0 });
    let files = (0..files).map(|index| Part { text: String::new(), files: index..index + 1 });
    texts.chain(files).collect()
}

/// How fast a platform takes messages. What comes faster waits here instead of being refused there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    pub chat: Option<Rate>,
    pub channel: Option<Rate>,
}

/// One message in so much time, and so many at once after a pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    pub every: Duration,
    pub burst: u32,
}

/// What the platform documents, or a little less; where it documents nothing, what cannot
/// do harm.
pub fn pace(settings: &ChannelSettings, chat: &str) -> Pace {
    match settings {
        ChannelSettings::Telegram { .. } => telegram::pace(chat),
        ChannelSettings::Vk { .. } => vk::PACE,
        ChannelSettings::Facebook { .. } => facebook::PACE,
        ChannelSettings::Instagram { .. } => instagram::PACE,
        ChannelSettings::Whatsapp { .. } => whatsapp::PACE,
        ChannelSettings::BotFramework { .. } => botframework::PACE,
        ChannelSettings::Viber { .. } => viber::PACE,
        ChannelSettings::Max { .. } => max::PACE,
        ChannelSettings::Email { .. } => email::PACE,
        ChannelSettings::Webhook { .. } | ChannelSettings::Widget(_) => {
            Pace { chat: None, channel: None }
        }
    }
}

/// What the platform counts as one chat when it counts messages: several of ours may be.
pub fn paced_chat<'a>(settings: &ChannelSettings, chat: &'a str) -> &'a str {
    match settings {
        ChannelSettings::Telegram { .. } => telegram::without_topic(chat),
        ChannelSettings::Vk { .. }
        | ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::BotFramework { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Max { .. }
        | ChannelSettings::Email { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => chat,
    }
}

/// Sends one part. Does not retry and does not wait.
pub async fn send(
    outbound: &Outbound,
    kept: &Kept,
    channel: &Channel,
    message: &Outgoing<'_>,
) -> SendOutcome {
    match Account::of(&channel.settings) {
        Account::Telegram { bot, .. } => telegram::send(outbound, bot, message).await,
        Account::Vk { community, .. } => {
            vk::send(outbound, kept, &channel.id, community, message).await
        }
        Account::Facebook { page, human_agent } => {
            facebook::send(outbound, page, human_agent, message).await
        }
        Account::Instagram { account, human_agent } => {
            instagram::send(outbound, account, human_agent, message).await
        }
        Account::Whatsapp { number, template } => {
            whatsapp::send(outbound, number, template, message).await
        }
        Account::BotFramework(bot) => botframework::send(outbound, kept, bot, message).await,
        Account::Viber { bot, sender_name } => {
            viber::send(outbound, bot, sender_name, message).await
        }
        Account::Max { bot, .. } => max::send(outbound, kept, &channel.id, bot, message).await,
        Account::Webhook { keys, outgoing_url } => {
            webhook::send(outbound, keys, outgoing_url, message).await
        }
        Account::Email(account) => email::send(outbound, account, message).await,
        // Its pages fetch what is stored, so there are no jobs; one of a channel that has become a
        // widget has nowhere to go.
        Account::Widget => SendOutcome::Refused { reason: "a widget is not sent to".to_owned() },
    }
}

/// Whether an attempt whose outcome is unknown may simply be repeated: the other side recognises
/// it by the id of the job.
pub fn repeat_is_safe(settings: &ChannelSettings) -> bool {
    match settings {
        ChannelSettings::Telegram { .. }
        | ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::BotFramework { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Max { .. }
        | ChannelSettings::Email { .. } => false,
        ChannelSettings::Vk { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => true,
    }
}

/// A send that got no answer, where a repeat would be a second message.
pub(super) fn unsent(fault: &Fault) -> SendOutcome {
    match fault {
        Fault::Forbidden(why) => SendOutcome::ChannelDead { reason: (*why).to_owned() },
        Fault::NeverSent(_) => SendOutcome::RetryLater { reason: fault.to_string() },
        Fault::PerhapsSent(_) => SendOutcome::Unknown { reason: fault.to_string() },
    }
}

/// The seconds of the header `Retry-After`, if the answer is one that is worth another try.
pub(super) fn asked_to_wait(answer: &Answer) -> Option<Duration> {
    let is_later = answer.status == 429 || answer.status >= 500;
    let seconds = answer.retry_after.as_deref().filter(|_| is_later)?.trim().parse().ok()?;
    Some(bounded(seconds))
}

/// The header `Retry-After`: seconds or a date.
pub(super) fn retry_after(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let text = answer.retry_after.as_deref()?.trim();
    let seconds = text.parse::<u64>().ok().or_else(|| {
        let until = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        u64::try_from(until.duration_since(now).as_secs()).ok()
    })?;
    Some(bounded(seconds))
}

pub(super) fn bounded(seconds: u64) -> Duration {
    Duration::from_secs(seconds.min(RETRY_AFTER_SECONDS_MAX))
}
