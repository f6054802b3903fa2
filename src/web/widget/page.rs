//! The page that sites show in a frame, and a page of ours that shows it like a site.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::{HttpResponse, web};
use domain::channel::widget::WidgetSettings;

use crate::config::Origin;
use crate::web::edge::Edge;
use crate::web::error::ApiError;
use crate::web::widget::{find, settings};

const FRAME: &str = include_str!("frame.html");
const PREVIEW: &str = include_str!("preview.html");
/// Stands in [`PREVIEW`] for the id of the channel, which holds nothing but letters, digits, `-`
/// and `_`.
const CHANNEL: &str = "{channel}";

/// The chat. Browsers show it inside pages of the channel's sites only.
pub(in crate::web) async fn frame(
    channel: web::Path<String>,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, ApiError> {
    let channel = find(&edge, &channel)?;
    let policy = frame_policy(settings(&channel)?, &edge);
    Ok(html(FRAME.to_owned(), policy))
}

/// A page with the widget, to try it out.
pub(in crate::web) async fn preview(
    channel: web::Path<String>,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, ApiError> {
    let channel = find(&edge, &channel)?;
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    Ok(html(PREVIEW.replace(CHANNEL, channel.id.as_str()), policy.to_owned()))
}

fn html(body: String, policy: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(body)
}

/// Pictures of people who answer may lie anywhere; everything else is from this server.
fn frame_policy(widget: &WidgetSettings, edge: &Edge) -> String {
    let sockets: Vec<String> = edge.server.origins().map(Origin::socket_origin).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: blob:; \
         media-src 'self'; connect-src 'self' {}; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'self' {}",
        sockets.join(" "),
        widget.origins.join(" ")
    )
}
