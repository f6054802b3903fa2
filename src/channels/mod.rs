//! The platforms: what a request means, whether it is genuine, and how to send.
//!
//! One file a platform, its parts in the same order: sources, verify, parse, send, errors. This
//! file only dispatches. Knows the domain, the one guarded way out and the files
//! that it sends; no store, no actors.
//! Everything here is lenient about what a platform says and strict about who says it.

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
pub mod sign;
pub mod telegram;
pub mod viber;
pub mod vk;
pub mod webhook;
pub mod whatsapp;
pub mod widget;

mod file;
mod text;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use domain::channel::{Channel, ChannelSettings};
use domain::chat::Inbound;
use domain::file::StoredFile;
use domain::id::{ConversationId, EntryNumber, FileId};
use domain::line::{RatingScale, Shown};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use sha2::{Digest, Sha256};

pub use self::asking::{challenge, keys, named, test};
use self::botframework::keys::KeySet;
use self::email::Letter;
use self::form::Form;
use self::kept::Kept;
use crate::outbound::{Answer, Fault, Outbound};

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

pub use file::{FileSource, NoFile, OutgoingFile};
pub use text::clean_line;

/// Longest time to hold a chat back because a platform says so.
pub const RETRY_AFTER_SECONDS_MAX: u64 = 24 * 60 * 60;
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
    fn into_reason(self) -> String {
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

impl PollError {
    fn of(fault: &Fault) -> Self {
        match fault {
            Fault::Forbidden(why) => Self::ChannelDead { reason: (*why).to_owned() },
            Fault::NeverSent(_) | Fault::PerhapsSent(_) => {
                Self::RetryLater { reason: fault.to_string() }
            }
        }
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
fn one_by_one(texts: Vec<String>, files: usize) -> Vec<Part> {
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

/// Where a customer's file can be fetched. `handle` is what the platform calls it: the
/// `external_id` of an attachment that [`parse`] made. Asked once for each attempt, as the answer
/// may hold for an hour only.
pub async fn locate(
    outbound: &Outbound,
    kept: &Kept,
    channel: &Channel,
    handle: &str,
    now: Timestamp,
) -> Result<FileSource, NoFile> {
    match &channel.settings {
        ChannelSettings::Telegram { token, api_base, .. } => {
            let bot = telegram::Bot { api_base, token };
            telegram::locate(outbound, bot, handle).await
        }
        ChannelSettings::Whatsapp { phone_number_id: id, token, api_base, .. } => {
            whatsapp::locate(outbound, whatsapp::Account { id, token, api_base }, handle).await
        }
        ChannelSettings::BotFramework {
            app_id,
            app_password,
            tenant,
            login_base,
            service_hosts,
            ..
        } => {
            let bot = botframework::Bot { app_id, app_password, tenant, login_base, service_hosts };
            botframework::locate(outbound, kept, bot, handle, now).await
        }
        // The handle is an address that holds for some hours.
        ChannelSettings::Vk { .. }
        | ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Max { .. }
        | ChannelSettings::Webhook { .. } => Ok(FileSource::at(handle)),
        // What came with a letter is kept before the letter is taken.
        ChannelSettings::Email { .. } | ChannelSettings::Widget(_) => {
            let gone = || NoFile::Gone { reason: "no upload of ours".to_owned() };
            FileId::parse(handle).map(FileSource::Uploaded).ok_or_else(gone)
        }
    }
}

/// Sends one part. Does not retry and does not wait.
pub async fn send(
    outbound: &Outbound,
    kept: &Kept,
    channel: &Channel,
    message: &Outgoing<'_>,
) -> SendOutcome {
    match &channel.settings {
        ChannelSettings::Telegram { token, api_base, .. } => {
            let bot = telegram::Bot { api_base, token };
            telegram::send(outbound, bot, message).await
        }
        ChannelSettings::Vk { group_id, token, api_base, .. } => {
            let community = vk::Community { group_id, token, api_base };
            vk::send(outbound, kept, &channel.id, community, message).await
        }
        ChannelSettings::Facebook { page_id: id, token, api_base, human_agent, .. } => {
            let page = facebook::Account { id, token, api_base };
            facebook::send(outbound, page, *human_agent, message).await
        }
        ChannelSettings::Instagram { account_id: id, token, api_base, human_agent, .. } => {
            let account = instagram::Account { id, token, api_base };
            instagram::send(outbound, account, *human_agent, message).await
        }
        ChannelSettings::Whatsapp {
            phone_number_id: id,
            token,
            api_base,
            template,
            template_language,
            ..
        } => {
            let number = whatsapp::Account { id, token, api_base };
            let template = whatsapp::Template::of(template, template_language);
            whatsapp::send(outbound, number, template, message).await
        }
        ChannelSettings::BotFramework {
            app_id,
            app_password,
            tenant,
            login_base,
            service_hosts,
            ..
        } => {
            let bot = botframework::Bot { app_id, app_password, tenant, login_base, service_hosts };
            botframework::send(outbound, kept, bot, message).await
        }
        ChannelSettings::Viber { token, sender_name, api_base } => {
            viber::send(outbound, viber::Bot { token, api_base }, sender_name, message).await
        }
        ChannelSettings::Max { token, api_base, .. } => {
            max::send(outbound, kept, &channel.id, max::Bot { token, api_base }, message).await
        }
        ChannelSettings::Webhook { keys, outgoing_url } => {
            webhook::send(outbound, keys, outgoing_url.as_deref(), message).await
        }
        ChannelSettings::Email { .. } => match email::Account::of(&channel.settings) {
            Some(account) => email::send(outbound, account, message).await,
            None => SendOutcome::Refused { reason: "not a mailbox".to_owned() },
        },
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
        ChannelSettings::Telegram { token, secret, api_base, polling, groups: _ } => {
            let bot = telegram::Bot { api_base, token };
            match (polling, hook) {
                (true, _) => telegram::connect(outbound, bot, None).await,
                (false, Some(hook)) => telegram::connect(outbound, bot, Some((hook, secret))).await,
                (false, None) => Ok(()),
            }
        }
        ChannelSettings::Vk { group_id, token, api_base, polling, .. } => {
            vk::connect(outbound, vk::Community { group_id, token, api_base }, *polling).await
        }
        ChannelSettings::Facebook { page_id: id, token, api_base, .. } => {
            facebook::connect(outbound, facebook::Account { id, token, api_base }).await
        }
        ChannelSettings::Viber { token, api_base, .. } => {
            viber::connect(outbound, viber::Bot { token, api_base }, hook).await
        }
        ChannelSettings::Max { token, secret, api_base, polling } => {
            let hook = hook.filter(|_| !polling).map(|hook| (hook, &**secret));
            max::connect(outbound, max::Bot { token, api_base }, hook).await
        }
        ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::BotFramework { .. }
        | ChannelSettings::Email { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => Ok(()),
    }
}

/// The press of a button that whoever pressed it sees as waiting until the platform is told that
/// it is taken; none: nobody waits.
pub fn press<'a>(settings: &ChannelSettings, inbound: &'a Inbound) -> Option<&'a str> {
    match settings {
        ChannelSettings::Telegram { .. } => telegram::press(inbound),
        ChannelSettings::Max { .. } => max::press(inbound),
        ChannelSettings::Vk { .. }
        | ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::BotFramework { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Email { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => None,
    }
}

/// Tells the platform that a press is taken. Nothing depends on it.
pub async fn press_taken(
    outbound: &Outbound,
    channel: &Channel,
    inbound: &Inbound,
) -> Result<(), String> {
    match &channel.settings {
        ChannelSettings::Telegram { token, api_base, .. } => {
            let bot = telegram::Bot { api_base, token };
            telegram::press_taken(outbound, bot, inbound).await
        }
        ChannelSettings::Max { token, api_base, .. } => {
            let Some(press) = max::press(inbound) else { return Ok(()) };
            max::press_taken(outbound, max::Bot { token, api_base }, press).await
        }
        ChannelSettings::Vk { .. }
        | ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::BotFramework { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Email { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => Ok(()),
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

/// Whether a platform that is asked for updates must be told where we stopped: it keeps what is new,
/// but not for whom.
pub fn wants_its_place(settings: &ChannelSettings) -> bool {
    match settings {
        ChannelSettings::Vk { .. } | ChannelSettings::Email { .. } => true,
        ChannelSettings::Telegram { .. }
        | ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::BotFramework { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Max { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => false,
    }
}

/// Asks for updates from `offset` on; the platform may hold the answer back for `wait`.
pub async fn poll(
    outbound: &Outbound,
    kept: &Kept,
    channel: &Channel,
    offset: Option<i64>,
    wait: Duration,
    now: Timestamp,
) -> Result<Polled, PollError> {
    let nothing = || PollError::ChannelDead { reason: "there is nothing to poll".to_owned() };
    match &channel.settings {
        ChannelSettings::Telegram { token, api_base, groups, .. } => {
            let (bot, taken) = (telegram::Bot { api_base, token }, telegram::Taken::of(*groups));
            telegram::poll(outbound, bot, taken, offset, wait).await
        }
        ChannelSettings::Vk { group_id, token, api_base, .. } => {
            let community = vk::Community { group_id, token, api_base };
            vk::poll(outbound, kept, &channel.id, community, offset, wait).await
        }
        ChannelSettings::Max { token, api_base, .. } => {
            max::poll(outbound, max::Bot { token, api_base }, offset, wait).await
        }
        ChannelSettings::Email { .. } => {
            let account = email::Account::of(&channel.settings).ok_or_else(nothing)?;
            email::poll(outbound, kept, &channel.id, account, (offset, wait), now).await
        }
        ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::BotFramework { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => Err(nothing()),
    }
}

/// A send that got no answer, where a repeat would be a second message.
fn unsent(fault: &Fault) -> SendOutcome {
    match fault {
        Fault::Forbidden(why) => SendOutcome::ChannelDead { reason: (*why).to_owned() },
        Fault::NeverSent(_) => SendOutcome::RetryLater { reason: fault.to_string() },
        Fault::PerhapsSent(_) => SendOutcome::Unknown { reason: fault.to_string() },
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

/// The seconds of the header `Retry-After`, if the answer is one that is worth another try.
fn asked_to_wait(answer: &Answer) -> Option<Duration> {
    let is_later = answer.status == 429 || answer.status >= 500;
    let seconds = answer.retry_after.as_deref().filter(|_| is_later)?.trim().parse().ok()?;
    Some(bounded(seconds))
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
