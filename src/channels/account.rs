//! The account at a platform that a channel's settings are about: what calls to the platform need of them.
//!
//! What proves requests of the platform genuine is not here, but for what the platform is to be told.

use domain::channel::ChannelSettings;

use super::{botframework, email, facebook, instagram, max, telegram, viber, vk, whatsapp};

#[derive(Clone, Copy)]
pub(super) enum Account<'a> {
    Telegram {
        bot: telegram::Bot<'a>,
        taken: telegram::Taken,
        hook_secret: &'a str,
        polling: bool,
    },
    Vk {
        community: vk::Community<'a>,
        polling: bool,
    },
    Facebook {
        page: facebook::Account<'a>,
        human_agent: bool,
    },
    Instagram {
        account: instagram::Account<'a>,
        human_agent: bool,
    },
    Whatsapp {
        number: whatsapp::Account<'a>,
        template: Option<whatsapp::Template<'a>>,
    },
    BotFramework(botframework::Bot<'a>),
    Viber {
        bot: viber::Bot<'a>,
        sender_name: &'a str,
    },
    Max {
        bot: max::Bot<'a>,
        hook_secret: &'a str,
        polling: bool,
    },
    Email(email::Account<'a>),
    /// Somebody's own program.
    Webhook {
        keys: &'a [String],
        outgoing_url: Option<&'a str>,
    },
    /// Pages of ours: there is no platform behind it.
    Widget,
}

impl<'a> Account<'a> {
    pub(super) fn of(settings: &'a ChannelSettings) -> Self {
        match settings {
            ChannelSettings::Telegram { token, secret, api_base, polling, groups } => {
                let bot = telegram::Bot { api_base, token };
                let taken = telegram::Taken::of(*groups);
                Self::Telegram { bot, taken, hook_secret: secret, polling: *polling }
            }
            ChannelSettings::Vk { group_id, token, api_base, polling, .. } => {
                let community = vk::Community { group_id, token, api_base };
                Self::Vk { community, polling: *polling }
            }
            ChannelSettings::Facebook { page_id: id, token, api_base, human_agent, .. } => {
                let page = facebook::Account { id, token, api_base };
                Self::Facebook { page, human_agent: *human_agent }
            }
            ChannelSettings::Instagram { account_id: id, token, api_base, human_agent, .. } => {
                let account = instagram::Account { id, token, api_base };
                Self::Instagram { account, human_agent: *human_agent }
            }
            ChannelSettings::Whatsapp {
                phone_number_id: id,
                token,
                api_base,
                template,
                template_language,
                ..
            } => {
                let template = whatsapp::Template::of(template, template_language);
                Self::Whatsapp { number: whatsapp::Account { id, token, api_base }, template }
            }
            ChannelSettings::BotFramework {
                app_id,
                app_password,
                tenant,
                login_base,
                service_hosts,
                ..
            } => {
                let bot =
                    botframework::Bot { app_id, app_password, tenant, login_base, service_hosts };
                Self::BotFramework(bot)
            }
            ChannelSettings::Viber { token, sender_name, api_base } => {
                Self::Viber { bot: viber::Bot { token, api_base }, sender_name }
            }
            ChannelSettings::Max { token, secret, api_base, polling } => {
                let bot = max::Bot { token, api_base };
                Self::Max { bot, hook_secret: secret, polling: *polling }
            }
            ChannelSettings::Webhook { keys, outgoing_url } => {
                Self::Webhook { keys, outgoing_url: outgoing_url.as_deref() }
            }
            ChannelSettings::Email {
                address,
                sender_name,
                login,
                password,
                secret,
                imap_server,
                smtp_server,
            } => Self::Email(email::Account {
                address,
                sender_name,
                login,
                password,
                secret,
                imap_server,
                smtp_server,
            }),
            ChannelSettings::Widget(_) => Self::Widget,
        }
    }
}
