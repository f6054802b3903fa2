//! How a platform's messages reach us: it is told where to deliver them, or it is asked.

use std::time::Duration;

use domain::channel::{Channel, ChannelSettings};
use jiff::Timestamp;

use super::account::Account;
use super::kept::Kept;
use super::{Item, email, facebook, max, telegram, viber, vk};
use crate::outbound::{Fault, Outbound};

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
    pub(super) fn of(fault: &Fault) -> Self {
        match fault {
            Fault::Forbidden(why) => Self::ChannelDead { reason: (*why).to_owned() },
            Fault::NeverSent(_) | Fault::PerhapsSent(_) => {
                Self::RetryLater { reason: fault.to_string() }
            }
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
    match Account::of(&channel.settings) {
        Account::Telegram { bot, hook_secret, polling, .. } => match (polling, hook) {
            (true, _) => telegram::connect(outbound, bot, None).await,
            (false, Some(hook)) => {
                telegram::connect(outbound, bot, Some((hook, hook_secret))).await
            }
            (false, None) => Ok(()),
        },
        Account::Vk { community, polling } => vk::connect(outbound, community, polling).await,
        Account::Facebook { page, .. } => facebook::connect(outbound, page).await,
        Account::Viber { bot, .. } => viber::connect(outbound, bot, hook).await,
        Account::Max { bot, hook_secret, polling } => {
            let hook = hook.filter(|_| !polling).map(|hook| (hook, hook_secret));
            max::connect(outbound, bot, hook).await
        }
        Account::Instagram { .. }
        | Account::Whatsapp { .. }
        | Account::BotFramework(_)
        | Account::Email(_)
        | Account::Webhook { .. }
        | Account::Widget => Ok(()),
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
    match Account::of(&channel.settings) {
        Account::Telegram { bot, taken, .. } => {
            telegram::poll(outbound, bot, taken, offset, wait).await
        }
        Account::Vk { community, .. } => {
            vk::poll(outbound, kept, &channel.id, community, offset, wait).await
        }
        Account::Max { bot, .. } => max::poll(outbound, bot, offset, wait).await,
        Account::Email(account) => {
            email::poll(outbound, kept, &channel.id, account, (offset, wait), now).await
        }
        Account::Facebook { .. }
        | Account::Instagram { .. }
        | Account::Whatsapp { .. }
        | Account::BotFramework(_)
        | Account::Viber { .. }
        | Account::Webhook { .. }
        | Account::Widget => {
            Err(PollError::ChannelDead { reason: "there is nothing to poll".to_owned() })
        }
    }
}
