//! The entrance of site visitors: the page in the site's frame, and what it asks and says by POST.
//! Its socket is in `socket`.
//!
//! Two things prove where a page comes from: the browser shows the frame on the channel's sites
//! only, and says in `Origin` who asks. Who the visitor is, his token says.

pub(super) mod files;
mod page;
pub(super) mod start;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{HttpRequest, web};
use domain::channel::Channel;
use domain::channel::widget::WidgetSettings;
use domain::id::ChannelId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actors::handle::visitors::Guest;
use crate::channels::widget;
use crate::protocol::visitor::{VisitorFrame, VisitorNews, VisitorOutcome};
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::origin;
use crate::web::throttle;

pub(super) use self::page::{frame, preview};

/// Where and when a widget was seen, since the program was started.
#[derive(Debug, Default)]
pub(super) struct Sightings(Mutex<BTreeMap<ChannelId, BTreeMap<String, Timestamp>>>);

impl Sightings {
    /// `site` is one of the channel's.
    fn note(&self, channel: &ChannelId, site: &str, at: Timestamp) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry(channel.clone()).or_default().insert(site.to_owned(), at);
    }

    /// The newest first.
    pub(super) fn of(&self, channel: &ChannelId) -> Vec<(String, Timestamp)> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = seen.get(channel).into_iter().flatten();
        let mut found: Vec<_> = found.map(|(site, at)| (site.clone(), *at)).collect();
        found.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        found
    }
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskedNews {
    token: String,
    /// The position of the answer before; null: everything.
    after: Option<String>,
}

/// What happened in the visitor's chat since a position: for pages that have no socket.
#[utoipa::path(post, path = "/widget/{channel}/news", tag = "widget",
    params(("channel" = String, Path, description = "id of the channel")),
    request_body = AskedNews,
    responses(
        (status = 200, description = "as `news` in docs/PROTOCOL.md", body = Object),
        (status = 401, description = "start anew", body = ErrorBody),
        (status = 403, description = "a page of a foreign origin", body = ErrorBody),
        (status = 503, description = "too often: see Retry-After", body = ErrorBody),
    ))]
pub(super) async fn news(
    request: HttpRequest,
    channel: web::Path<String>,
    edge: web::Data<Edge>,
    body: web::Json<AskedNews>,
) -> Result<web::Json<VisitorNews>, ApiError> {
    let AskedNews { token, after } = body.into_inner();
    let guest = guest(&request, &edge, &channel, &token)?;
    Ok(web::Json(edge.node.visitor_news(&guest, after.as_deref()).await?))
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Act {
    token: String,
    /// One of the frames of a visitor in docs/PROTOCOL.md.
    #[schema(value_type = Object)]
    frame: VisitorFrame,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Acted {
    /// `done` or `refused`, as in the frame `result`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    outcome: VisitorOutcome,
}

/// What a visitor does, for pages that have no socket.
#[utoipa::path(post, path = "/widget/{channel}/act", tag = "widget",
    params(("channel" = String, Path, description = "id of the channel")),
    request_body = Act,
    responses(
        (status = 200, body = Acted),
        (status = 401, description = "start anew", body = ErrorBody),
        (status = 403, description = "a page of a foreign origin", body = ErrorBody),
    ))]
pub(super) async fn act(
    request: HttpRequest,
    channel: web::Path<String>,
    edge: web::Data<Edge>,
    body: web::Json<Act>,
) -> Result<web::Json<Acted>, ApiError> {
    let Act { token, frame } = body.into_inner();
    let guest = guest(&request, &edge, &channel, &token)?;
    let acted = edge.node.visitor_acts(&guest, frame).await;
    Ok(web::Json(Acted { outcome: acted.outcome }))
}

fn guest(
    request: &HttpRequest,
    edge: &Edge,
    channel: &str,
    token: &str,
) -> Result<Guest, ApiError> {
    let channel = find(edge, channel)?;
    let set = settings(&channel)?;
    refuse_foreign(request, edge, set)?;
    let visitor = widget::read(&set.key, &channel.id, token, edge.clock.now());
    let visitor = visitor.ok_or(ApiError::NotGenuine)?;
    let address = throttle::counted_address(request, edge.server.behind_proxy);
    Ok(Guest::new(channel.clone(), visitor, address))
}

/// A widget that is switched on.
pub(super) fn find(edge: &Edge, id: &str) -> Result<Arc<Channel>, ApiError> {
    let id = ChannelId::parse(id).ok_or(ApiError::NotFound)?;
    let directory = edge.node.directory();
    let found = directory.channels.get(&id).map(|found| found.value.clone());
    let on = |channel: &Arc<Channel>| channel.enabled && channel.settings.widget().is_some();
    found.filter(on).ok_or(ApiError::NotFound)
}

pub(super) fn settings(channel: &Channel) -> Result<&WidgetSettings, ApiError> {
    channel.settings.widget().ok_or(ApiError::NotFound)
}

/// Refuses browsers on pages that are neither ours nor of the channel's sites. A program says
/// nothing of an origin; its token is all that it has.
pub(super) fn refuse_foreign(
    request: &HttpRequest,
    edge: &Edge,
    widget: &WidgetSettings,
) -> Result<(), ApiError> {
    let known = |origin: &str| edge.server.allows_origin(origin) || widget.allows(origin);
    let welcome = match origin::origin(request) {
        Some(origin) => known(origin),
        None => origin::is_no_foreign_page(request),
    };
    if welcome { Ok(()) } else { Err(ApiError::ForeignOrigin) }
}
