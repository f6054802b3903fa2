//! What customers see of us beside messages: that somebody writes, that theirs were read, and that
//! a button they pressed was.
//!
//! No jobs: each is tried once, and nothing depends on it.

use domain::channel::{Channel, ChannelSettings};
use domain::chat::Inbound;
use jiff::Timestamp;

use super::account::Account;
use super::kept::Kept;
use super::meta::messaging;
use super::{botframework, max, telegram, vk, whatsapp};
use crate::outbound::Outbound;

/// Something for the customer's side of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// Somebody of ours is writing. Platforms show it for 5 to 25 seconds.
    Writing,
    /// What the customer wrote was seen.
    Read,
}

/// Where a sign goes.
#[derive(Clone, Copy, Debug)]
pub struct SignTo<'a> {
    /// The platform's id of the chat.
    pub chat: &'a str,
    /// Where the chat's answers go, if the platform said it.
    pub return_to: Option<&'a str>,
    /// What the platform calls the customer's newest message.
    pub newest: Option<&'a str>,
    pub now: Timestamp,
}

/// Whether customers of that channel can be shown it.
pub fn shows(settings: &ChannelSettings, sign: Sign) -> bool {
    match settings {
        ChannelSettings::Vk { .. }
        | ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::Max { .. } => true,
        ChannelSettings::Telegram { .. } | ChannelSettings::BotFramework { .. } => {
            sign == Sign::Writing
        }
        // Visitors of our own pages are told by their sockets.
        ChannelSettings::Viber { .. }
        | ChannelSettings::Email { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => false,
    }
}

/// Shows it, once.
pub async fn show(
    outbound: &Outbound,
    kept: &Kept,
    channel: &Channel,
    sign: Sign,
    to: &SignTo<'_>,
) -> Result<(), String> {
    match Account::of(&channel.settings) {
        Account::Telegram { bot, .. } => telegram::writing(outbound, bot, to.chat).await,
        Account::Vk { community, .. } => vk::sign(outbound, community, sign, to.chat).await,
        Account::Facebook { page: account, .. } | Account::Instagram { account, .. } => {
            messaging::sign(outbound, account, sign, to.chat).await
        }
        Account::Whatsapp { number, .. } => {
            let Some(newest) = to.newest else { return Ok(()) };
            whatsapp::sign(outbound, number, sign, newest).await
        }
        Account::BotFramework(bot) => botframework::writing(outbound, kept, bot, to).await,
        Account::Max { bot, .. } => {
            let Some(dialogue) = to.return_to else { return Ok(()) };
            max::sign(outbound, bot, sign, dialogue).await
        }
        Account::Viber { .. } | Account::Email(_) | Account::Webhook { .. } | Account::Widget => {
            Ok(())
        }
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
    match Account::of(&channel.settings) {
        Account::Telegram { bot, .. } => telegram::press_taken(outbound, bot, inbound).await,
        Account::Max { bot, .. } => {
            let Some(press) = max::press(inbound) else { return Ok(()) };
            max::press_taken(outbound, bot, press).await
        }
        Account::Vk { .. }
        | Account::Facebook { .. }
        | Account::Instagram { .. }
        | Account::Whatsapp { .. }
        | Account::BotFramework(_)
        | Account::Viber { .. }
        | Account::Email(_)
        | Account::Webhook { .. }
        | Account::Widget => Ok(()),
    }
}
