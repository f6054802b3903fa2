//! Channels over HTTP: list, read, connect, change. Secrets go in and never come out, but for a
//! key that was made here, once.

mod widget;

use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, LineId};
use domain::line::{FieldProblem, Line};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::actors::directory::{Directory, Versioned};
use crate::actors::handle::Change;
use crate::clock;
use crate::config::Secret;
use crate::web::api::channels::widget::{GivenWidget, ShownWidget};
use crate::web::api::{lines, not_stored, same_version};
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

const NAME_CHARS_MAX: usize = 100;
const TOKEN_CHARS_MAX: usize = 256;
const SECRET_CHARS_MIN: usize = 16;
const SECRET_CHARS_MAX: usize = 256;
const URL_BYTES_MAX: usize = 2_000;
/// What may be called, in the words of the answer.
const CALLABLE: &str = "an https address, or one inside outbound.allow_networks";
const SHOWN_CHARS: usize = 4;
/// Below that many characters, the last ones would tell too much.
const SHOWN_OF_CHARS_MIN: usize = 16;
const TELEGRAM_API: &str = "https://api.telegram.org";

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ChannelBody {
    #[schema(value_type = String)]
    id: ChannelId,
    /// Send it back with a change.
    version: u64,
    name: String,
    #[schema(value_type = String)]
    line: LineId,
    enabled: bool,
    /// Where the platform posts to.
    hook_url: String,
    settings: ShownSettings,
    /// Of a widget: on which of its sites it was seen since the program was started, and when last;
    /// the newest first.
    seen: Vec<Seen>,
    /// Only in the answer that made it: the key of our own webhook, or what a site vouches for its
    /// users with. It is not shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_key: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Seen {
    site: String,
    #[schema(value_type = String)]
    at: Timestamp,
}

impl From<(String, Timestamp)> for Seen {
    fn from((site, at): (String, Timestamp)) -> Self {
        Self { site, at }
    }
}

/// Settings with secrets shown as `••••1234`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ShownSettings {
    Telegram { token: String, secret: String, api_base: String, polling: bool },
    Webhook { keys: Vec<String>, outgoing_url: Option<String> },
    Widget(ShownWidget),
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ChannelsBody {
    channels: Vec<ChannelBody>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewChannel {
    name: String,
    line: String,
    settings: GivenSettings,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ChangedChannel {
    /// The version that was read.
    version: u64,
    name: String,
    line: String,
    enabled: bool,
    settings: GivenSettings,
}

/// What is left out stays as it is; in a new channel it is the default or made here.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum GivenSettings {
    Telegram {
        /// As given by the platform; needed for a new channel.
        #[schema(value_type = Option<String>)]
        token: Option<Secret>,
        /// What the platform proves itself with; made here if left out.
        #[schema(value_type = Option<String>)]
        secret: Option<Secret>,
        /// Address of the Bot API server; it may have a path.
        api_base: Option<String>,
        /// Ask for updates instead of waiting for them.
        polling: Option<bool>,
    },
    Webhook {
        /// Where messages to the customer go; null or left out: inbound only.
        outgoing_url: Option<String>,
        /// Makes a new key; the one before stays valid beside it.
        #[serde(default)]
        new_key: bool,
    },
    Widget(GivenWidget),
}

#[utoipa::path(get, path = "/api/v1/channels", tag = "channels", security(("cookie" = [])),
    responses((status = 200, body = ChannelsBody), (status = 403, body = ErrorBody)))]
pub(in crate::web) async fn list(
    person: Person,
    edge: web::Data<Edge>,
) -> Result<web::Json<ChannelsBody>, ApiError> {
    person.administers()?;
    let channels = person.directory.channels.values();
    Ok(web::Json(ChannelsBody { channels: channels.map(|found| show(found, &edge)).collect() }))
}

#[utoipa::path(get, path = "/api/v1/channels/{id}", tag = "channels", security(("cookie" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = ChannelBody), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn one(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
) -> Result<web::Json<ChannelBody>, ApiError> {
    person.administers()?;
    Ok(web::Json(show(find(&person.directory, &id)?, &edge)))
}

#[utoipa::path(post, path = "/api/v1/channels", tag = "channels", security(("cookie" = [])),
    request_body = NewChannel,
    responses(
        (status = 201, body = ChannelBody),
        (status = 403, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn create(
    person: Person,
    edge: web::Data<Edge>,
    body: web::Json<NewChannel>,
) -> Result<HttpResponse, ApiError> {
    person.administers()?;
    let NewChannel { name, line, settings } = body.into_inner();
    let line = line_of(&person.directory, &line)?;
    let (settings, new_key) = settings.for_new_channel();
    let channel = Channel {
        id: ChannelId::new(clock::new_uuid()),
        name,
        line: line.value.id.clone(),
        shard: line.value.shard,
        enabled: true,
        settings,
    };
    check(&channel, |url| edge.node.may_call(url).is_ok())?;
    let change = Change::Channel { version: 0, channel: channel.clone() };
    edge.node.change(&person.operator.id, vec![change]).await?;
    let shown = show(&Versioned { version: 1, value: channel.into() }, &edge);
    Ok(HttpResponse::Created().json(ChannelBody { new_key, ..shown }))
}

#[utoipa::path(put, path = "/api/v1/channels/{id}", tag = "channels", security(("cookie" = [])),
    params(("id" = String, Path)), request_body = ChangedChannel,
    responses(
        (status = 200, body = ChannelBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "with the newer one", body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn change(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<ChangedChannel>,
) -> Result<web::Json<ChannelBody>, ApiError> {
    person.administers()?;
    let found = find(&person.directory, &id)?;
    let ChangedChannel { version, name, line, enabled, settings } = body.into_inner();
    same_version(found, version, |found| show(found, &edge))?;
    let line = line_of(&person.directory, &line)?.value.id.clone();
    let (settings, new_key) = settings.over(found.value.settings.clone())?;
    let channel = Channel { name, line, enabled, settings, ..(*found.value).clone() };
    check(&channel, |url| edge.node.may_call(url).is_ok())?;
    let changes = vec![Change::Channel { version, channel: channel.clone() }];
    let newer = || find(&edge.node.directory(), &id).ok().map(|found| show(found, &edge));
    let stored = edge.node.change(&person.operator.id, changes).await;
    stored.map_err(|why| not_stored(why, newer))?;
    let shown = show(&Versioned { version: version + 1, value: channel.into() }, &edge);
    Ok(web::Json(ChannelBody { new_key, ..shown }))
}

impl GivenSettings {
    /// The settings, and the key that was made.
    fn for_new_channel(self) -> (ChannelSettings, Option<String>) {
        match self {
            Self::Telegram { token, secret, api_base, polling } => {
                let made = || URL_SAFE_NO_PAD.encode(clock::secret_bytes::<32>());
                let settings = ChannelSettings::Telegram {
                    token: token.unwrap_or_default().expose().to_owned(),
                    secret: secret.map_or_else(made, |secret| secret.expose().to_owned()),
                    api_base: base_of(api_base.as_deref().unwrap_or(TELEGRAM_API)),
                    polling: polling.unwrap_or_default(),
                };
                (settings, None)
            }
            Self::Webhook { outgoing_url, new_key: _ } => {
                let key = new_key();
                let keys = vec![key.clone()];
                (ChannelSettings::Webhook { keys, outgoing_url }, Some(key))
            }
            Self::Widget(given) => {
                let (settings, secret) = given.for_new_channel();
                (ChannelSettings::Widget(Box::new(settings)), secret)
            }
        }
    }

    /// The settings as changed, and the key that was made. A channel keeps its kind.
    fn over(self, old: ChannelSettings) -> Result<(ChannelSettings, Option<String>), ApiError> {
        match (self, old) {
            (
                Self::Telegram { token, secret, api_base, polling },
                ChannelSettings::Telegram {
                    token: old_token,
                    secret: old_secret,
                    api_base: old_base,
                    polling: old_polling,
                },
            ) => {
                let settings = ChannelSettings::Telegram {
                    token: token.map_or(old_token, |token| token.expose().to_owned()),
                    secret: secret.map_or(old_secret, |secret| secret.expose().to_owned()),
                    api_base: api_base.map_or(old_base, |base| base_of(&base)),
                    polling: polling.unwrap_or(old_polling),
                };
                Ok((settings, None))
            }
            (
                Self::Webhook { outgoing_url, new_key: wanted },
                ChannelSettings::Webhook { mut keys, outgoing_url: _ },
            ) => {
                let made = wanted.then(new_key);
                if let Some(key) = &made {
                    keys.insert(0, key.clone());
                    keys.truncate(2);
                }
                Ok((ChannelSettings::Webhook { keys, outgoing_url }, made))
            }
            (Self::Widget(given), ChannelSettings::Widget(old)) => {
                let (settings, secret) = given.over(*old);
                Ok((ChannelSettings::Widget(Box::new(settings)), secret))
            }
            (Self::Telegram { .. } | Self::Webhook { .. } | Self::Widget(_), _) => {
                Err(ApiError::field("settings.kind", "the kind that the channel has"))
            }
        }
    }
}

fn find<'a>(directory: &'a Directory, id: &str) -> Result<&'a Versioned<Channel>, ApiError> {
    let id = ChannelId::parse(id).ok_or(ApiError::NotFound)?;
    directory.channels.get(&id).ok_or(ApiError::NotFound)
}

fn show(found: &Versioned<Channel>, edge: &Edge) -> ChannelBody {
    let channel = &*found.value;
    ChannelBody {
        id: channel.id.clone(),
        version: found.version,
        name: channel.name.clone(),
        line: channel.line.clone(),
        enabled: channel.enabled,
        hook_url: format!("{}/hooks/{}", edge.server.public_url.as_str(), channel.id),
        settings: shown(&channel.settings),
        seen: edge.sightings.of(&channel.id).into_iter().map(Seen::from).collect(),
        new_key: None,
    }
}

fn shown(settings: &ChannelSettings) -> ShownSettings {
    match settings {
        ChannelSettings::Telegram { token, secret, api_base, polling } => ShownSettings::Telegram {
            token: masked(token),
            secret: masked(secret),
            api_base: api_base.clone(),
            polling: *polling,
        },
        ChannelSettings::Webhook { keys, outgoing_url } => ShownSettings::Webhook {
            keys: keys.iter().map(|key| masked(key)).collect(),
            outgoing_url: outgoing_url.clone(),
        },
        ChannelSettings::Widget(widget) => ShownSettings::Widget(widget::shown(widget)),
    }
}

fn masked(secret: &str) -> String {
    let chars: Vec<char> = secret.chars().collect();
    let shown = if chars.len() < SHOWN_OF_CHARS_MIN { 0 } else { SHOWN_CHARS };
    let end: String = chars[chars.len() - shown..].iter().collect();
    format!("••••{end}")
}

fn new_key() -> String {
    format!("whsec_{}", STANDARD.encode(clock::secret_bytes::<32>()))
}

/// A base is joined with paths that begin with a slash.
fn base_of(text: &str) -> String {
    text.trim_end_matches('/').to_owned()
}

/// The line that a channel is to belong to.
fn line_of<'a>(directory: &'a Directory, id: &str) -> Result<&'a Versioned<Line>, ApiError> {
    let line = lines::find(directory, id).ok().filter(|line| !line.value.archived);
    line.ok_or_else(|| ApiError::field("line", "the id of a line that is not archived"))
}

/// `may_call`: whether the way out would ever call an address.
fn check(channel: &Channel, may_call: impl Fn(&str) -> bool) -> Result<(), ApiError> {
    let mut problems = Vec::new();
    let mut check = |ok: bool, field: &'static str, allowed: &str| {
        if !ok {
            problems.push(FieldProblem { field, allowed: allowed.to_owned() });
        }
    };
    let name_chars = channel.name.trim().chars().count();
    check((1..=NAME_CHARS_MAX).contains(&name_chars), "name", "1..100 characters");
    match &channel.settings {
        ChannelSettings::Telegram { token, secret, api_base, polling: _ } => {
            check(is_token(token), "settings.token", "as the platform gave it");
            check(is_secret(secret), "settings.secret", "16..256 of A-Z, a-z, 0-9, _ and -");
            check(is_base(api_base) && may_call(api_base), "settings.api_base", CALLABLE);
        }
        ChannelSettings::Webhook { keys: _, outgoing_url } => {
            let ok = outgoing_url.as_deref().is_none_or(|url| is_short(url) && may_call(url));
            check(ok, "settings.outgoing_url", CALLABLE);
        }
        ChannelSettings::Widget(widget) => problems.extend(widget.problems(widget::is_origin)),
    }
    if problems.is_empty() { Ok(()) } else { Err(ApiError::InvalidFields(problems)) }
}

/// A token becomes a part of addresses: nothing that could change their meaning.
fn is_token(token: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-');
    (1..=TOKEN_CHARS_MAX).contains(&token.len()) && token.bytes().all(plain)
}

fn is_secret(secret: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    (SECRET_CHARS_MIN..=SECRET_CHARS_MAX).contains(&secret.len()) && secret.bytes().all(plain)
}

/// Methods are put behind it: nothing may follow its path.
fn is_base(text: &str) -> bool {
    let url = Url::parse(text).ok().filter(|_| is_short(text));
    url.is_some_and(|url| url.query().is_none() && url.fragment().is_none())
}

fn is_short(url: &str) -> bool {
    url.len() <= URL_BYTES_MAX
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn given(json: serde_json::Value) -> GivenSettings {
        serde_json::from_value(json).expect("of the documented form")
    }

    fn problems(json: serde_json::Value) -> Vec<&'static str> {
        let channel = Channel {
            id: ChannelId::new("c"),
            name: "Bot".to_owned(),
            line: LineId::new("l"),
            shard: domain::id::ShardId(0),
            enabled: true,
            settings: given(json).for_new_channel().0,
        };
        let may_call = |url: &str| url.starts_with("http") && !url.contains("forbidden");
        match check(&channel, may_call) {
            Err(ApiError::InvalidFields(problems)) => problems.iter().map(|p| p.field).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn settings_are_checked() {
        let token = "123:AAAA";
        for (settings, expected) in [
            (json!({"kind": "telegram", "token": token}), vec![]),
            (json!({"kind": "telegram"}), vec!["settings.token"]),
            (json!({"kind": "telegram", "token": "1/../x"}), vec!["settings.token"]),
            (json!({"kind": "telegram", "token": token, "secret": ""}), vec!["settings.secret"]),
            (
                json!({"kind": "telegram", "token": token, "api_base": "ftp://a"}),
                vec!["settings.api_base"],
            ),
            (json!({"kind": "telegram", "token": token, "api_base": "http://a:81/"}), vec![]),
            (
                json!({"kind": "telegram", "token": token, "api_base": "http://a/pretend/tg"}),
                vec![],
            ),
            (
                json!({"kind": "telegram", "token": token, "api_base": "https://a/?b"}),
                vec!["settings.api_base"],
            ),
            (
                json!({"kind": "telegram", "token": token, "api_base": "https://forbidden"}),
                vec!["settings.api_base"],
            ),
            (json!({"kind": "webhook"}), vec![]),
            (json!({"kind": "webhook", "outgoing_url": "https://a.b/c?d"}), vec![]),
            (
                json!({"kind": "webhook", "outgoing_url": "javascript:alert(1)"}),
                vec!["settings.outgoing_url"],
            ),
            (
                json!({"kind": "webhook", "outgoing_url": "https://forbidden/x"}),
                vec!["settings.outgoing_url"],
            ),
        ] {
            assert_eq!(problems(settings.clone()), expected, "{settings}");
        }
        for unknown in [json!({"kind": "fax"}), json!({"kind": "webhook", "keys": ["mine"]})] {
            assert!(serde_json::from_value::<GivenSettings>(unknown).is_err());
        }
    }

    #[test]
    fn secrets_stay_when_left_out_and_are_never_shown() {
        let token = "123456789:AAAAAAAAAAAAAAAAAAAA";
        let (old, _) = given(json!({"kind": "telegram", "token": token})).for_new_channel();
        let changed = given(json!({"kind": "telegram", "polling": true})).over(old.clone());
        let (changed, _) = changed.expect("same kind");
        let ChannelSettings::Telegram { token: kept, polling: true, .. } = &changed else {
            panic!("polling was not set: {changed:?}")
        };
        assert_eq!(kept, token);
        let shown = serde_json::to_string(&shown(&changed)).expect("serialised");
        assert!(!shown.contains(token) && shown.contains("••••AAAA"), "{shown}");
        assert_eq!(masked("short"), "••••");
        assert!(given(json!({"kind": "webhook"})).over(old).is_err(), "a channel keeps its kind");
    }

    #[test]
    fn a_new_key_leaves_the_one_before_valid() {
        let (settings, first) = given(json!({"kind": "webhook"})).for_new_channel();
        let mut settings = settings;
        let mut made = vec![first.expect("made")];
        for _ in 0..2 {
            let renewed = given(json!({"kind": "webhook", "new_key": true})).over(settings);
            let (changed, key) = renewed.expect("same kind");
            settings = changed;
            made.insert(0, key.expect("made"));
        }
        made.truncate(2);
        assert_eq!(settings, ChannelSettings::Webhook { keys: made, outgoing_url: None });
    }
}
