//! What is asked of platforms beside messages: whether settings are good, who wrote, which keys hold.

use std::sync::Arc;

use domain::channel::{Channel, ChannelSettings};
use domain::chat::{Inbound, InboundKind};
use jiff::{SignedDuration, Timestamp};

use super::account::Account;
use super::botframework::keys::KeySet;
use super::kept::Kept;
use super::{
    NAME_WAIT, botframework, email, facebook, instagram, max, meta, telegram, viber, vk, webhook,
    whatsapp,
};
use crate::outbound::Outbound;

/// How long keys are good without a look at their provider.
const KEYS_LAST: SignedDuration = SignedDuration::from_hours(24);
/// Pause between two looks because of a key that nobody knows.
const UNKNOWN_KEY_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// Pause after a look in vain, while there are no keys at all.
const NO_KEYS_PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// Asks the platform whether the channel's settings are good. Answers what the account is called
/// there, or in words why they are not.
pub async fn test(
    outbound: &Outbound,
    kept: &Kept,
    channel: &Channel,
    now: Timestamp,
) -> Result<String, String> {
    match Account::of(&channel.settings) {
        Account::Telegram { bot, .. } => telegram::test(outbound, bot).await,
        Account::Vk { community, .. } => vk::test(outbound, community).await,
        Account::Facebook { page, .. } => facebook::test(outbound, page).await,
        Account::Instagram { account, .. } => instagram::test(outbound, account).await,
        Account::Whatsapp { number, .. } => whatsapp::test(outbound, number).await,
        Account::BotFramework(bot) => botframework::test(outbound, kept, bot, now).await,
        Account::Viber { bot, .. } => viber::test(outbound, bot).await,
        Account::Max { bot, .. } => max::test(outbound, bot).await,
        Account::Webhook { outgoing_url, .. } => webhook::test(outbound, outgoing_url),
        Account::Email(account) => email::test(outbound, account).await,
        Account::Widget => Ok(String::new()),
    }
}

/// The answer to a GET at the channel's hook: some platforms make sure that it is ours before they
/// post there. None: refused.
pub fn challenge(
    settings: &ChannelSettings,
    query: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    match settings {
        ChannelSettings::Facebook { verify_token, .. }
        | ChannelSettings::Instagram { verify_token, .. }
        | ChannelSettings::Whatsapp { verify_token, .. } => meta::challenge(verify_token, query),
        ChannelSettings::Telegram { .. }
        | ChannelSettings::Vk { .. }
        | ChannelSettings::BotFramework { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Max { .. }
        | ChannelSettings::Email { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => None,
    }
}

/// The keys with which a request may be signed, where the platform has some of its own; `header`
/// looks up one of the request's. Keys are asked for once a day, and for a key that nobody knows
/// once an hour; while the provider is down, those known before hold.
pub async fn keys(
    outbound: &Outbound,
    kept: &Kept,
    channel: &Channel,
    header: &dyn Fn(&str) -> Option<String>,
    now: Timestamp,
) -> Option<Arc<KeySet>> {
    let ChannelSettings::BotFramework { openid_metadata_url, .. } = &channel.settings else {
        return None;
    };
    let kid = botframework::key_id(&header("authorization")?)?;
    let place = kept.keys_of(openid_metadata_url);
    let mut keys = place.lock().await;
    let is_old = keys.read_at.is_none_or(|at| now.duration_since(at) > KEYS_LAST);
    let is_known = keys.set.as_ref().is_some_and(|set| set.has(&kid));
    let pause = if keys.set.is_some() { UNKNOWN_KEY_PAUSE } else { NO_KEYS_PAUSE };
    let may_ask = keys.asked_at.is_none_or(|at| now.duration_since(at) >= pause);
    if (is_old || !is_known) && may_ask {
        keys.asked_at = Some(now);
        if let Some(found) = botframework::keys::fetch(outbound, openid_metadata_url).await {
            keys.set = Some(Arc::new(found));
            keys.read_at = Some(now);
        }
    }
    keys.set.clone()
}

/// Names the writer of a message whose platform does not say it with the message. What cannot be
/// learnt soon gets a name of ours: nothing waits for it.
pub async fn named(
    outbound: &Outbound,
    kept: &Kept,
    channel: &Channel,
    inbound: Inbound,
    now: Timestamp,
) -> Inbound {
    if !inbound.customer_name.is_empty() || !matches!(inbound.what, InboundKind::Message(_)) {
        return inbound;
    }
    let mut name = kept.name(&channel.id, &inbound.chat, now);
    if name.is_none() {
        let asked = tokio::time::timeout(NAME_WAIT, name_of(outbound, channel, &inbound.chat));
        let found = asked.await.ok().flatten().unwrap_or_default();
        kept.keep_name(&channel.id, &inbound.chat, found.clone(), now);
        name = Some(found);
    }
    let unknown = || format!("{} {}", platform_name(&channel.settings), inbound.chat);
    let customer_name = name.filter(|name| !name.is_empty()).unwrap_or_else(unknown);
    Inbound { customer_name, ..inbound }
}

async fn name_of(outbound: &Outbound, channel: &Channel, chat: &str) -> Option<String> {
    match Account::of(&channel.settings) {
        Account::Vk { community, .. } => vk::name_of(outbound, community, chat).await,
        Account::Facebook { page, .. } => facebook::name_of(outbound, page, chat).await,
        Account::Instagram { account, .. } => instagram::name_of(outbound, account, chat).await,
        Account::Telegram { .. }
        | Account::Whatsapp { .. }
        | Account::BotFramework(_)
        | Account::Viber { .. }
        | Account::Max { .. }
        | Account::Email(_)
        | Account::Webhook { .. }
        | Account::Widget => None,
    }
}

/// What a customer without a name is called, before his id.
fn platform_name(settings: &ChannelSettings) -> &'static str {
    match settings {
        ChannelSettings::Telegram { .. } => "Telegram user",
        ChannelSettings::Vk { .. } => "VK user",
        ChannelSettings::Facebook { .. } => "Facebook user",
        ChannelSettings::Instagram { .. } => "Instagram user",
        ChannelSettings::Whatsapp { .. } => "WhatsApp user",
        ChannelSettings::Viber { .. } => "Viber user",
        ChannelSettings::Max { .. } => "MAX user",
        ChannelSettings::BotFramework { .. }
        | ChannelSettings::Email { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => "Customer",
    }
}
