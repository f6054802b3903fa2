//! Channels over HTTP: list, read, connect, change. Secrets go in and never come out, but for a
//! key that was made here, once.

pub(in crate::web) mod kinds;
mod settings;
mod widget;

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use domain::channel::Channel;
use domain::id::{ChannelId, LineId};
use domain::line::Line;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::settings::{GivenSettings, Made, ShownSettings, check};
use crate::actors::directory::{Directory, Versioned};
use crate::actors::handle::Change;
use crate::actors::handle::channels::ChannelState;
use crate::clock;
use crate::web::api::{lines, not_stored, same_version};
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

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
    health: HealthBody,
    /// Of a widget: on which of its sites it was seen since the program was started, and when last;
    /// the newest first.
    seen: Vec<Seen>,
    /// Only in the answer that made it: the key of our own webhook, or what a site vouches for its
    /// users with. It is not shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_key: Option<String>,
    /// Only in the answer that made it: what people type in at the platform, by the field's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    to_type_in: BTreeMap<&'static str, String>,
}

/// What was heard of the platform since this process began.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct HealthBody {
    state: StateBody,
    #[schema(value_type = Option<String>)]
    arrived_at: Option<Timestamp>,
    #[schema(value_type = Option<String>)]
    sent_at: Option<Timestamp>,
    /// The last thing that went wrong; it may be over.
    trouble: Option<TroubleBody>,
}

#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum StateBody {
    /// Switched off here.
    Disabled,
    /// Nothing was heard yet, good or bad.
    Unheard,
    /// Messages come or go.
    Connected,
    /// The platform refuses the token, the rights or the address.
    Broken,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct TroubleBody {
    #[schema(value_type = String)]
    at: Timestamp,
    /// In the platform's words.
    reason: String,
}

/// What the platform answered.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TestedBody {
    ok: bool,
    /// The account's name on the platform, where it says one.
    account: Option<String>,
    /// Why the settings are not good.
    reason: Option<String>,
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
    let Made { settings, new_key, to_type_in } = settings.for_new_channel()?;
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
    Ok(HttpResponse::Created().json(ChannelBody { new_key, to_type_in, ..shown }))
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
    let Made { settings, new_key, to_type_in: _ } = settings.over(&found.value.settings)?;
    let channel = Channel { name, line, enabled, settings, ..(*found.value).clone() };
    check(&channel, |url| edge.node.may_call(url).is_ok())?;
    let changes = vec![Change::Channel { version, channel: channel.clone() }];
    let newer = || find(&edge.node.directory(), &id).ok().map(|found| show(found, &edge));
    let stored = edge.node.change(&person.operator.id, changes).await;
    stored.map_err(|why| not_stored(why, newer))?;
    let shown = show(&Versioned { version: version + 1, value: channel.into() }, &edge);
    Ok(web::Json(ChannelBody { new_key, ..shown }))
}

/// Asks the platform whether the channel's settings are good. Sends nothing to any customer.
#[utoipa::path(post, path = "/api/v1/channels/{id}/test", tag = "channels",
    security(("cookie" = [])), params(("id" = String, Path)),
    responses((status = 200, body = TestedBody), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn test(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
) -> Result<web::Json<TestedBody>, ApiError> {
    person.administers()?;
    let channel = find(&person.directory, &id)?.value.clone();
    Ok(web::Json(match edge.node.test_channel(&channel).await {
        Ok(account) => {
            let account = Some(account).filter(|name| !name.is_empty());
            TestedBody { ok: true, account, reason: None }
        }
        Err(reason) => TestedBody { ok: false, account: None, reason: Some(reason) },
    }))
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
        settings: ShownSettings::of(&channel.settings),
        health: health(channel, edge),
        seen: edge.sightings.of(&channel.id).into_iter().map(Seen::from).collect(),
        new_key: None,
        to_type_in: BTreeMap::new(),
    }
}

fn health(channel: &Channel, edge: &Edge) -> HealthBody {
    let health = edge.node.channel_health(&channel.id);
    let state = match health.state {
        _ if !channel.enabled => StateBody::Disabled,
        ChannelState::Unheard => StateBody::Unheard,
        ChannelState::Connected => StateBody::Connected,
        ChannelState::Broken => StateBody::Broken,
    };
    let trouble = health.trouble.map(|found| TroubleBody { at: found.at, reason: found.reason });
    HealthBody { state, arrived_at: health.arrived_at, sent_at: health.sent_at, trouble }
}

/// The line that a channel is to belong to.
fn line_of<'a>(directory: &'a Directory, id: &str) -> Result<&'a Versioned<Line>, ApiError> {
    let line = lines::find(directory, id).ok().filter(|line| !line.value.archived);
    line.ok_or_else(|| ApiError::field("line", "the id of a line that is not archived"))
}
