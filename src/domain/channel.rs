//! A connected account of a platform, as stored.

pub mod widget;

use serde::{Deserialize, Serialize};

use crate::channel::widget::WidgetSettings;
use crate::id::{ChannelId, LineId, ShardId};

/// Fields of a channel that nobody is shown, by their names in the stored form.
pub const SECRETS: [&str; 4] =
    ["settings.token", "settings.secret", "settings.keys", "settings.key"];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    pub id: ChannelId,
    pub name: String,
    pub line: LineId,
    /// Where the chats of this channel live; fixed when the channel is connected.
    pub shard: ShardId,
    pub enabled: bool,
    pub settings: ChannelSettings,
}

/// What each platform needs. Secrets ([`SECRETS`]) are never shown by the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChannelSettings {
    Telegram {
        token: String,
        /// Expected in `X-Telegram-Bot-Api-Secret-Token`.
        secret: String,
        /// Scheme and host of the Bot API server.
        api_base: String,
        /// Ask for updates instead of waiting for webhooks: for sites without a public address.
        polling: bool,
    },
    Webhook {
        /// Signing keys, newest first; two are valid while a key is being changed.
        keys: Vec<String>,
        /// Where our messages go; none: inbound only.
        outgoing_url: Option<String>,
    },
    /// A chat window on the company's own site.
    Widget(Box<WidgetSettings>),
}

impl ChannelSettings {
    /// Whether we ask for updates instead of waiting for them.
    pub fn polls(&self) -> bool {
        match self {
            Self::Telegram { polling, .. } => *polling,
            Self::Webhook { .. } | Self::Widget(_) => false,
        }
    }

    /// Whether a customer can be written to through it when he has gone: on a messenger he can.
    pub fn reaches_again(&self) -> bool {
        match self {
            Self::Telegram { .. } => true,
            Self::Webhook { outgoing_url, .. } => outgoing_url.is_some(),
            Self::Widget(_) => false,
        }
    }

    /// The word for the kind of platform, as in the stored form.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Telegram { .. } => "telegram",
            Self::Webhook { .. } => "webhook",
            Self::Widget(_) => "widget",
        }
    }

    /// The settings of a widget; none: it is none.
    pub fn widget(&self) -> Option<&WidgetSettings> {
        match self {
            Self::Widget(widget) => Some(widget),
            Self::Telegram { .. } | Self::Webhook { .. } => None,
        }
    }
}
