//! What customers see of us beside messages: that somebody writes, and that theirs were read.
//!
//! No jobs: each is tried once, and nothing depends on it.

use domain::channel::{Channel, ChannelSettings};
use jiff::Timestamp;

use super::kept::Kept;
use super::meta::messaging;
use super::{botframework, facebook, instagram, max, telegram, vk, whatsapp};
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
    match &channel.settings {
        ChannelSettings::Telegram { token, api_base, .. } => {
            telegram::writing(outbound, telegram::Bot { api_base, token }, to.chat).await
        }
        ChannelSettings::Vk { group_id, token, api_base, .. } => {
            let community = vk::Community { group_id, token, api_base };
            vk::sign(outbound, community, sign, to.chat).await
        }
        ChannelSettings::Facebook { page_id: id, token, api_base, .. } => {
            let page = facebook::Account { id, token, api_base };
            messaging::sign(outbound, page, sign, to.chat).await
        }
        ChannelSettings::Instagram { account_id: id, token, api_base, .. } => {
            let account = instagram::Account { id, token, api_base };
            messaging::sign(outbound, account, sign, to.chat).await
        }
        ChannelSettings::Whatsapp { phone_number_id: id, token, api_base, .. } => {
            let Some(newest) = to.newest else { return Ok(()) };
            let number = whatsapp::Account { id, token, api_base };
            whatsapp::sign(outbound, number, sign, newest).await
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
            botframework::writing(outbound, kept, bot, to).await
        }
        ChannelSettings::Max { token, api_base, .. } => {
            let Some(dialogue) = to.return_to else { return Ok(()) };
            max::sign(outbound, max::Bot { token, api_base }, sign, dialogue).await
        }
        ChannelSettings::Viber { .. }
        | ChannelSettings::Email { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => Ok(()),
    }
}
