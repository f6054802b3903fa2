//! A connected account of a platform, as stored.

pub mod widget;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::channel::widget::WidgetSettings;
use crate::id::{ChannelId, LineId, ShardId};

/// Fields of a channel that nobody is shown, by their names in the stored form.
pub const SECRETS: [&str; 8] = [
    "settings.token",
    "settings.secret",
    "settings.keys",
    "settings.key",
    "settings.app_secret",
    "settings.app_password",
    "settings.password",
    "settings.verify_token",
];

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
        /// Also take what is written in groups of which the bot is a member.
        #[serde(default)]
        groups: bool,
    },
    /// A community of VK.
    Vk {
        /// The community's id: requests for another one are refused.
        group_id: String,
        token: String,
        /// Expected in the field `secret` of each request.
        secret: String,
        /// What VK wants to hear before it trusts our address.
        confirmation: String,
        /// Scheme and host of the API.
        api_base: String,
        /// Bots Long Poll instead of the Callback API: for sites without a public address.
        polling: bool,
    },
    /// A Facebook page.
    Facebook {
        /// Requests name the pages that they are for.
        page_id: String,
        token: String,
        /// Signs every request of the app, for all its pages.
        app_secret: String,
        /// Expected when the platform asks whether our address is ours.
        verify_token: String,
        /// With the version.
        api_base: String,
        /// The page may answer as a person after the platform's 24 hours.
        human_agent: bool,
    },
    /// A professional account of Instagram.
    Instagram {
        account_id: String,
        token: String,
        app_secret: String,
        verify_token: String,
        api_base: String,
        human_agent: bool,
    },
    /// A number of `WhatsApp`.
    Whatsapp {
        phone_number_id: String,
        token: String,
        app_secret: String,
        verify_token: String,
        api_base: String,
        /// In which an operator's words go after the platform's 24 hours; [`NO_TEMPLATE`]: they fail.
        #[serde(default = "no_template")]
        template: String,
        /// As the platform calls it.
        #[serde(default = "template_language")]
        template_language: String,
    },
    /// A bot of the Bot Framework: Skype, Teams, Web Chat.
    #[serde(rename = "botframework")]
    BotFramework {
        app_id: String,
        app_password: String,
        tenant: String,
        /// Where the keys are found that prove an activity.
        openid_metadata_url: String,
        issuer: String,
        /// Scheme and host of who gives access tokens.
        login_base: String,
        /// Where access tokens may go: names with spaces between them.
        service_hosts: String,
    },
    Viber {
        /// Also signs what comes from the platform.
        token: String,
        /// Stands above a message that no operator is shown as the author of.
        sender_name: String,
        api_base: String,
    },
    Max {
        token: String,
        /// Expected in `X-Max-Bot-Api-Secret`.
        secret: String,
        api_base: String,
        polling: bool,
    },
    Webhook {
        /// Signing keys, newest first; two are valid while a key is being changed.
        keys: Vec<String>,
        /// Where our messages go; none: inbound only.
        outgoing_url: Option<String>,
    },
    /// A mailbox.
    Email {
        /// Under which customers write, and which our answers come from.
        address: String,
        /// Stands before it.
        sender_name: String,
        /// At both servers.
        login: String,
        password: String,
        /// Signs the ids of our letters, so that an answer to them is known.
        secret: String,
        /// `imaps://`, `imap://` or `imap+plain://`.
        imap_server: String,
        /// `smtps://`, `smtp://` or `smtp+plain://`.
        smtp_server: String,
    },
    /// A chat window on the company's own site.
    Widget(Box<WidgetSettings>),
}

/// The time of Meta's platforms.
const REPLY_WINDOW_HOURS: u32 = 24;

/// How long a customer may be written to after his last message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyWindow {
    pub hours: u32,
    /// What still goes when it is over.
    pub then: AfterWindow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterWindow {
    Nothing,
    /// A text of a person, in words that the platform has agreed to.
    Template,
    /// A person's answer, for seven days in all.
    HumanAgent,
}

/// What stands for no template.
pub const NO_TEMPLATE: &str = "none";

fn no_template() -> String {
    NO_TEMPLATE.to_owned()
}

fn template_language() -> String {
    "en".to_owned()
}

impl ChannelSettings {
    /// Whether we ask for updates instead of waiting for them.
    pub fn polls(&self) -> bool {
        match self {
            Self::Telegram { polling, .. }
            | Self::Vk { polling, .. }
            | Self::Max { polling, .. } => *polling,
            Self::Email { .. } => true,
            Self::Facebook { .. }
            | Self::Instagram { .. }
            | Self::Whatsapp { .. }
            | Self::BotFramework { .. }
            | Self::Viber { .. }
            | Self::Webhook { .. }
            | Self::Widget(_) => false,
        }
    }

    /// Whether a customer can be written to through it when he has gone: on a messenger he can.
    pub fn reaches_again(&self) -> bool {
        match self {
            Self::Telegram { .. }
            | Self::Vk { .. }
            | Self::Facebook { .. }
            | Self::Instagram { .. }
            | Self::Whatsapp { .. }
            | Self::BotFramework { .. }
            | Self::Viber { .. }
            | Self::Max { .. }
            | Self::Email { .. } => true,
            Self::Webhook { outgoing_url, .. } => outgoing_url.is_some(),
            Self::Widget(_) => false,
        }
    }

    /// Whether its messages say where their answers go.
    pub fn says_where_to_answer(&self) -> bool {
        match self {
            Self::BotFramework { .. } | Self::Max { .. } | Self::Email { .. } => true,
            Self::Telegram { .. }
            | Self::Vk { .. }
            | Self::Facebook { .. }
            | Self::Instagram { .. }
            | Self::Whatsapp { .. }
            | Self::Viber { .. }
            | Self::Webhook { .. }
            | Self::Widget(_) => false,
        }
    }

    /// How long after the customer's last message he may be written to; none: always.
    pub fn reply_window(&self) -> Option<ReplyWindow> {
        let then = match self {
            Self::Facebook { human_agent: true, .. }
            | Self::Instagram { human_agent: true, .. } => AfterWindow::HumanAgent,
            Self::Facebook { .. } | Self::Instagram { .. } => AfterWindow::Nothing,
            Self::Whatsapp { template, .. } if template == NO_TEMPLATE => AfterWindow::Nothing,
            Self::Whatsapp { .. } => AfterWindow::Template,
            Self::Telegram { .. }
            | Self::Vk { .. }
            | Self::BotFramework { .. }
            | Self::Viber { .. }
            | Self::Max { .. }
            | Self::Webhook { .. }
            | Self::Email { .. }
            | Self::Widget(_) => return None,
        };
        Some(ReplyWindow { hours: REPLY_WINDOW_HOURS, then })
    }

    /// Whether how something is sent depends on when the customer last wrote.
    pub fn minds_silence(&self) -> bool {
        match self {
            Self::Whatsapp { .. } => true,
            Self::Telegram { .. }
            | Self::Vk { .. }
            | Self::Facebook { .. }
            | Self::Instagram { .. }
            | Self::BotFramework { .. }
            | Self::Viber { .. }
            | Self::Max { .. }
            | Self::Webhook { .. }
            | Self::Email { .. }
            | Self::Widget(_) => false,
        }
    }

    /// Least time between two automatic answers to a customer; zero: none. By mail machines answer
    /// machines, and not all of them say what they are.
    pub fn answers_apart(&self) -> SignedDuration {
        match self {
            Self::Email { .. } => SignedDuration::from_hours(4),
            Self::Telegram { .. }
            | Self::Vk { .. }
            | Self::Facebook { .. }
            | Self::Instagram { .. }
            | Self::Whatsapp { .. }
            | Self::BotFramework { .. }
            | Self::Viber { .. }
            | Self::Max { .. }
            | Self::Webhook { .. }
            | Self::Widget(_) => SignedDuration::ZERO,
        }
    }

    /// The word for the kind of platform, as in the stored form.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Telegram { .. } => "telegram",
            Self::Vk { .. } => "vk",
            Self::Facebook { .. } => "facebook",
            Self::Instagram { .. } => "instagram",
            Self::Whatsapp { .. } => "whatsapp",
            Self::BotFramework { .. } => "botframework",
            Self::Viber { .. } => "viber",
            Self::Max { .. } => "max",
            Self::Webhook { .. } => "webhook",
            Self::Email { .. } => "email",
            Self::Widget(_) => "widget",
        }
    }

    /// The settings of a widget; none: it is none.
    pub fn widget(&self) -> Option<&WidgetSettings> {
        match self {
            Self::Widget(widget) => Some(widget),
            Self::Telegram { .. }
            | Self::Vk { .. }
            | Self::Facebook { .. }
            | Self::Instagram { .. }
            | Self::Whatsapp { .. }
            | Self::BotFramework { .. }
            | Self::Viber { .. }
            | Self::Max { .. }
            | Self::Email { .. }
            | Self::Webhook { .. } => None,
        }
    }

    /// Whether it is that account, and the app that posts for `other` may post for it: one app has
    /// one address for all its accounts.
    pub fn is_account_of(&self, account: &str, other: &Self) -> bool {
        match (self.of_app(), other.of_app()) {
            (Some((own, secret)), Some((_, other_secret))) => {
                self.kind() == other.kind() && own == account && secret == other_secret
            }
            (_, _) => false,
        }
    }

    /// Account and secret, where several accounts share an app.
    fn of_app(&self) -> Option<(&str, &str)> {
        match self {
            Self::Facebook { page_id, app_secret, .. } => Some((page_id, app_secret)),
            Self::Instagram { account_id, app_secret, .. } => Some((account_id, app_secret)),
            Self::Whatsapp { phone_number_id, app_secret, .. } => {
                Some((phone_number_id, app_secret))
            }
            Self::Telegram { .. }
            | Self::Vk { .. }
            | Self::BotFramework { .. }
            | Self::Viber { .. }
            | Self::Max { .. }
            | Self::Email { .. }
            | Self::Webhook { .. }
            | Self::Widget(_) => None,
        }
    }
}
