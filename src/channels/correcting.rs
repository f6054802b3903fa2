//! Messages of ours that are edited or deleted where the customer reads them: what each platform can do,
//! and how it is told. A repeat does no harm, so what got no answer is simply repeated.

use domain::channel::{Channel, ChannelSettings};
use domain::entry::{Correction, NotCorrectable};
use domain::file::StoredFile;
use domain::id::{ConversationId, EntryNumber};
use jiff::{SignedDuration, Timestamp};

use super::account::Account;
use super::kept::Kept;
use super::{SendOutcome, botframework, max, parts, telegram, vk, webhook};
use crate::outbound::{Fault, Outbound};

/// How long Telegram lets a bot delete and edit what it sent.
const TELEGRAM_LASTS: SignedDuration = SignedDuration::from_hours(48);

/// A message as it was sent.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    pub text: &'a str,
    pub files: &'a [StoredFile],
    /// What the platform calls it.
    pub external_id: Option<&'a str>,
    pub at: Timestamp,
}

/// A correction on its way.
#[derive(Clone, Copy, Debug)]
pub struct Correcting<'a> {
    /// Stays the same at each attempt.
    pub job: &'a str,
    pub chat: &'a str,
    pub correction: &'a Correction,
    /// What the platform calls the message; empty: nothing.
    pub external_id: &'a str,
    /// Its text stands under files.
    pub has_files: bool,
    pub return_to: Option<&'a str>,
    pub conversation: &'a ConversationId,
    pub entry: EntryNumber,
    /// When the correction was asked for.
    pub written_at: Timestamp,
    /// The moment of this attempt.
    pub now: Timestamp,
}

/// Whether messages of ours can be corrected there at all.
pub fn is_possible(settings: &ChannelSettings) -> bool {
    match settings {
        ChannelSettings::Telegram { .. }
        | ChannelSettings::Vk { .. }
        | ChannelSettings::BotFramework { .. }
        | ChannelSettings::Max { .. }
        | ChannelSettings::Webhook { .. }
        | ChannelSettings::Widget(_) => true,
        ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Email { .. } => false,
    }
}

/// Whether that message can be corrected so.
pub fn may_correct(
    settings: &ChannelSettings,
    written: &Written<'_>,
    correction: &Correction,
    now: Timestamp,
) -> Result<(), NotCorrectable> {
    if !is_possible(settings) {
        return Err(NotCorrectable::Platform);
    }
    if let ChannelSettings::Webhook { .. } | ChannelSettings::Widget(_) = settings {
        return Ok(());
    }
    if written.external_id.is_none() {
        return Err(NotCorrectable::NotSent);
    }
    // Only the id of one part is known, and an album is several messages.
    let is_one = |text: &str| parts(settings, text, written.files).len() == 1;
    let is_telegram = matches!(settings, ChannelSettings::Telegram { .. });
    let is_album = is_telegram && written.files.len() > 1;
    let stays_one = match correction {
        Correction::Edit { text } => is_one(text),
        Correction::Delete => !is_album,
    };
    if !is_one(written.text) || !stays_one {
        return Err(NotCorrectable::InParts);
    }
    if is_telegram && now.duration_since(written.at) >= TELEGRAM_LASTS {
        return Err(NotCorrectable::TooLate);
    }
    // There an edit says anew which files the message has.
    let forgets_files =
        matches!(settings, ChannelSettings::Vk { .. } | ChannelSettings::BotFramework { .. });
    let edits = matches!(correction, Correction::Edit { .. });
    if edits && forgets_files && !written.files.is_empty() {
        return Err(NotCorrectable::WithFiles);
    }
    Ok(())
}

/// Tells the platform. Does not retry and does not wait.
pub async fn correct(
    outbound: &Outbound,
    kept: &Kept,
    channel: &Channel,
    correcting: &Correcting<'_>,
) -> SendOutcome {
    match Account::of(&channel.settings) {
        Account::Telegram { bot, .. } => telegram::correct(outbound, bot, correcting).await,
        Account::Vk { community, .. } => vk::correct(outbound, community, correcting).await,
        Account::BotFramework(bot) => botframework::correct(outbound, kept, bot, correcting).await,
        Account::Max { bot, .. } => max::correct(outbound, bot, correcting).await,
        Account::Webhook { keys, outgoing_url } => {
            webhook::correct(outbound, keys, outgoing_url, correcting).await
        }
        Account::Facebook { .. }
        | Account::Instagram { .. }
        | Account::Whatsapp { .. }
        | Account::Viber { .. }
        | Account::Email(_)
        | Account::Widget => {
            SendOutcome::Refused { reason: "the platform cannot change what was sent".to_owned() }
        }
    }
}

/// A call that got no answer.
pub(super) fn unanswered(fault: &Fault) -> SendOutcome {
    match fault {
        Fault::Forbidden(why) => SendOutcome::ChannelDead { reason: (*why).to_owned() },
        Fault::NeverSent(_) | Fault::PerhapsSent(_) => {
            SendOutcome::RetryLater { reason: fault.to_string() }
        }
    }
}

/// It is done.
pub(super) fn done() -> SendOutcome {
    SendOutcome::Sent { external_id: None }
}
