//! Who and what there is in the demo: two lines with their channels, three people, and their
//! secrets.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::account::Account;
use domain::channel::widget::{ContactForm, Look, VisitorLimits, WidgetSettings};
use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, LineId, OperatorId, ShardId};
use domain::line::{ClosingRule, Line, LineSettings, RatingScale};
use domain::operator::{Operator, Role, Status};

use crate::actors::handle::Change;
use crate::channels::webhook::KEY_PREFIX;
use crate::clock;
use crate::demo::pretend::{Accounts, Bot, Form, Site};
use crate::web::password::hash_password;

pub(super) const TELEGRAM: &str = "telegram";
pub(super) const FORM: &str = "web-form";
pub(super) const SITE: &str = "site";
const CAPACITY: u32 = 5;
const TOPICS: [&str; 3] = ["Order", "Delivery", "Other"];

/// A line of the demo, with its first channel. Each lives in a shard of its own, so that what goes
/// from line to line goes from shard to shard.
pub(super) struct Desk {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) channel: &'static str,
    shard: ShardId,
    scale: RatingScale,
}

pub(super) const DESKS: [Desk; 2] = [
    Desk {
        id: "sales",
        name: "Sales",
        channel: TELEGRAM,
        shard: ShardId(0),
        scale: RatingScale::Like,
    },
    Desk {
        id: "support",
        name: "Support",
        channel: FORM,
        shard: ShardId(1),
        scale: RatingScale::Stars,
    },
];

/// Short words that are hard to mishear.
const WORDS: [&str; 32] = [
    "amber", "apple", "birch", "bridge", "candle", "cedar", "cherry", "cloud", "copper", "coral",
    "falcon", "garden", "harbor", "hazel", "island", "ivory", "lantern", "lemon", "maple",
    "meadow", "olive", "orchid", "pepper", "pillow", "planet", "river", "saffron", "silver",
    "summer", "velvet", "willow", "winter",
];

/// A person of the demo.
pub(super) struct Actor {
    pub(super) login: &'static str,
    pub(super) name: &'static str,
    pub(super) role: Role,
    pub(super) password: String,
}

/// Everything that is stored before the curtain rises.
pub(super) struct Cast {
    pub(super) actors: [Actor; 3],
    channels: [Channel; 3],
}

impl Cast {
    /// With new secrets. `hub` is where the hub and the pretend platform both are.
    pub(super) fn of(hub: SocketAddr, polling: bool) -> Self {
        let actors = [
            ("anna", "Anna", Role::Administrator),
            ("boris", "Boris", Role::Supervisor),
            ("vera", "Vera", Role::Operator),
        ];
        let actors = actors.map(|(login, name, role)| Actor {
            login,
            name,
            role,
            password: readable_password(),
        });
        let telegram = ChannelSettings::Telegram {
            token: format!("{}:{}", 7_000_000_000 + clock::jitter(999_999_999), secret()),
            secret: secret(),
            api_base: format!("http://{hub}/pretend/telegram"),
            polling,
            groups: false,
        };
        let form = ChannelSettings::Webhook {
            keys: vec![format!("{KEY_PREFIX}{}", STANDARD.encode(clock::secret_bytes::<32>()))],
            outgoing_url: Some(format!("http://{hub}/pretend/form/receive")),
        };
        let [sales, support] = &DESKS;
        let site = WidgetSettings {
            origins: vec![site_origin(hub)],
            look: Look { color: "#8a4b12".to_owned(), ..Look::default() },
            form: ContactForm::default(),
            limits: VisitorLimits::default(),
            secret: secret(),
            key: secret(),
        };
        let site = ChannelSettings::Widget(Box::new(site));
        let site = Channel { id: ChannelId::new(SITE), ..sales.channel("Site", site) };
        let channels =
            [sales.channel("Demo bot", telegram), support.channel("Web form", form), site];
        Self { actors, channels }
    }

    /// Who sets everything up.
    pub(super) fn administrator(&self) -> OperatorId {
        let [administrator, ..] = &self.actors;
        administrator.operator().id
    }

    /// What is to be stored. Slow: passwords are hashed.
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        for actor in &self.actors {
            let operator = actor.operator();
            let password_hash = hash_password(&actor.password);
            let account = Account { operator: operator.id.clone(), password_hash };
            changes.push(Change::Operator { version: 0, operator });
            changes.push(Change::Account { version: 0, login: actor.login.to_owned(), account });
        }
        let queue: Vec<_> = self.actors.iter().map(|actor| OperatorId::new(actor.login)).collect();
        let lines = DESKS.iter().map(|desk| desk.line(queue.clone()));
        changes.extend(lines.map(|line| Change::Line { version: 0, line }));
        let channels = self.channels.iter().cloned();
        changes.extend(channels.map(|channel| Change::Channel { version: 0, channel }));
        changes
    }

    /// The platform's side of the channels.
    pub(super) fn accounts(&self, hub: SocketAddr) -> Accounts {
        let mut accounts = Accounts::default();
        for channel in &self.channels {
            let hook_url = format!("http://{hub}/hooks/{}", channel.id);
            let settings = channel.settings.clone();
            if let ChannelSettings::Telegram { token, secret, polling, .. } = settings {
                accounts.bot = Bot { token, secret, hook_url, polling };
            } else if let ChannelSettings::Webhook { keys, .. } = settings {
                let key = keys.into_iter().next().unwrap_or_default();
                accounts.form = Form { key, hook_url };
            } else if let ChannelSettings::Widget(widget) = settings {
                let (channel, secret) = (channel.id.to_string(), widget.secret);
                accounts.site = Site { hub: format!("http://{hub}"), channel, secret };
            }
        }
        accounts
    }
}

impl Desk {
    /// With everything that a customer can be told and asked, round the clock.
    fn line(&self, queue: Vec<OperatorId>) -> Line {
        let mut settings = LineSettings::new(self.name, queue, "UTC");
        settings.closing.rule = ClosingRule::Rating;
        settings.rating.scale = self.scale;
        settings.topics = TOPICS.map(str::to_owned).to_vec();
        Line { id: LineId::new(self.id), shard: self.shard, archived: false, settings }
    }

    fn channel(&self, name: &str, settings: ChannelSettings) -> Channel {
        Channel {
            id: ChannelId::new(self.channel),
            name: name.to_owned(),
            line: LineId::new(self.id),
            shard: self.shard,
            enabled: true,
            settings,
        }
    }
}

impl Actor {
    fn operator(&self) -> Operator {
        let supervises = match self.role {
            Role::Supervisor => DESKS.iter().map(|desk| LineId::new(desk.id)).collect(),
            Role::Operator | Role::Administrator => Vec::new(),
        };
        Operator {
            id: OperatorId::new(self.login),
            name: self.name.to_owned(),
            role: self.role,
            supervises,
            capacity: CAPACITY,
            status: Status::Available,
            status_reason: None,
            set_away: false,
            enabled: true,
        }
    }
}

/// Where the pretend site is: the same port under another name, which is another origin.
pub(super) fn site_origin(hub: SocketAddr) -> String {
    format!("http://localhost:{}", hub.port())
}

/// Letters, digits, `-` and `_`.
fn secret() -> String {
    URL_SAFE_NO_PAD.encode(clock::secret_bytes::<26>())
}

/// Good for an afternoon on one's own machine.
fn readable_password() -> String {
    let word = || {
        let drawn = clock::jitter(WORDS.len() as u64);
        usize::try_from(drawn).ok().and_then(|index| WORDS.get(index)).copied().unwrap_or_default()
    };
    format!("{}-{}-{:04}", word(), word(), clock::jitter(10_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::password::problem_of;

    #[test]
    fn passwords_are_acceptable_and_new_each_time() {
        let hub = SocketAddr::from(([127, 0, 0, 1], 8080));
        let (one, other) = (Cast::of(hub, false), Cast::of(hub, false));
        for (actor, same) in one.actors.iter().zip(&other.actors) {
            assert_eq!(problem_of(&actor.password, actor.login), None, "{}", actor.password);
            assert_ne!(actor.password, same.password);
        }
    }

    #[test]
    fn the_lines_are_valid_and_live_apart() {
        let queue = vec![OperatorId::new("anna")];
        let [sales, support] = DESKS.map(|desk| desk.line(queue.clone()));
        assert_ne!(sales.shard, support.shard);
        for line in [sales, support] {
            assert_eq!(line.settings.problems(&(60..=1_800)), []);
        }
    }

    #[test]
    fn both_sides_of_a_channel_agree() {
        let hub = SocketAddr::from(([127, 0, 0, 1], 8080));
        let cast = Cast::of(hub, true);
        let accounts = cast.accounts(hub);
        assert_eq!(accounts.bot.hook_url, "http://127.0.0.1:8080/hooks/telegram");
        assert_eq!(accounts.form.hook_url, "http://127.0.0.1:8080/hooks/web-form");
        assert!(accounts.bot.polling);
        for channel in &cast.channels {
            if let ChannelSettings::Telegram { token, secret, .. } = &channel.settings {
                assert_eq!((token, secret), (&accounts.bot.token, &accounts.bot.secret));
            } else if let ChannelSettings::Webhook { keys, .. } = &channel.settings {
                assert_eq!(*keys, [accounts.form.key.as_str()]);
            } else if let ChannelSettings::Widget(widget) = &channel.settings {
                assert_eq!(widget.secret, accounts.site.secret);
            }
        }
    }
}
