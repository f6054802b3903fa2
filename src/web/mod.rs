//! The edge: HTTP and sockets in, the node's answers out.
//!
//! [`configure`] is the table of all routes. The edge proves who asks, asks `domain::permission`
//! whether he may, and hands typed values to the node; it knows no rule of routing and no store.

pub mod server;

pub mod edge;

pub mod hooks;

pub mod socket;

pub mod auth;
pub mod setup;

mod widget;

pub mod api;

pub mod assets;
mod files;
pub mod health;

pub mod error;

mod frames;
mod origin;
pub mod password;
pub mod person;
pub mod throttle;
mod upgrade;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::{self, Data, JsonConfig, QueryConfig, ServiceConfig, get, post, put};
use actix_web::{Resource, Route};

use crate::web::api::{
    audit, calendar, channels, conversations, customers, duty, leads, lines, openapi, operators,
    transfer_targets, undelivered,
};
use crate::web::edge::Edge;
use crate::web::error::ApiError;

/// Largest JSON body of the API.
const JSON_BYTES_MAX: usize = 256 * 1024;
/// Largest body that holds the settings of a line: a thousand holidays and a thousand operators.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// Largest JSON body of a visitor: a message of 4,000 characters, however they are written.
const VISITOR_BYTES_MAX: usize = 64 * 1024;

/// Every route there is.
pub fn configure(routes: &mut ServiceConfig, edge: Data<Edge>) {
    routes
        .app_data(edge)
        .app_data(json_config(JSON_BYTES_MAX))
        .app_data(query_config())
        .service(only("/healthz", "GET", [get().to(health::lives)]))
        .service(only("/readyz", "GET", [get().to(health::is_ready)]))
        .service(only("/metrics", "GET", [get().to(health::numbers)]))
        .service(only(
            "/hooks/{channel}",
            "GET, POST",
            [get().to(hooks::challenge), post().to(hooks::receive)],
        ))
        .configure(configure_files)
        .service(only("/ws/operator", "GET", [get().to(socket::operator)]))
        .service(only("/ws/visitor/{channel}", "GET", [get().to(socket::visitor)]))
        .configure(configure_widget)
        .service(
            web::scope("/api")
                .wrap(from_fn(origin::refuse_foreign))
                .wrap(DefaultHeaders::new().add((CACHE_CONTROL, "no-store")))
                .configure(configure_api)
                .default_service(web::to(nothing)),
        )
        .default_service(web::to(assets::page));
}

fn configure_widget(routes: &mut ServiceConfig) {
    let small = |resource: Resource| resource.app_data(json_config(VISITOR_BYTES_MAX));
    routes
        .service(only("/widget/{channel}", "GET", [get().to(widget::frame)]))
        .service(only("/widget/{channel}/preview", "GET", [get().to(widget::preview)]))
        .service(small(only("/widget/{channel}/start", "POST", [post().to(widget::start::start)])))
        .service(small(only("/widget/{channel}/news", "POST", [post().to(widget::news)])))
        .service(small(only("/widget/{channel}/act", "POST", [post().to(widget::act)])))
        .service(only("/widget/{channel}/files", "POST", [post().to(widget::files::upload)]))
        .service(only(
            "/widget/{channel}/files/{conversation}/{n}/{index}",
            "GET",
            [get().to(widget::files::content)],
        ))
        .service(only(
            "/widget/{channel}/files/{conversation}/{n}/{index}/picture",
            "GET",
            [get().to(widget::files::picture)],
        ));
}

fn configure_api(routes: &mut ServiceConfig) {
    routes
        .service(only("/v1/openapi.json", "GET", [get().to(openapi::document)]))
        .service(only("/v1/setup", "POST", [post().to(setup::set_up)]))
        .service(only("/v1/sign-in", "POST", [post().to(auth::sign_in)]))
        .service(only("/v1/sign-out", "POST", [post().to(auth::sign_out)]))
        .service(only("/v1/me", "GET", [get().to(auth::me)]))
        .configure(configure_lines)
        .service(only(
            "/v1/channels",
            "GET, POST",
            [get().to(channels::list), post().to(channels::create)],
        ))
        .service(only(
            "/v1/channels/{id}",
            "GET, PUT",
            [get().to(channels::one), put().to(channels::change)],
        ))
        .service(only("/v1/channels/{id}/test", "POST", [post().to(channels::test)]))
        .service(only("/v1/channel-kinds", "GET", [get().to(channels::kinds::list)]))
        .service(only(
            "/v1/operators",
            "GET, POST",
            [get().to(operators::list), post().to(operators::create)],
        ))
        .service(only(
            "/v1/operators/{id}",
            "GET, PUT",
            [get().to(operators::one), put().to(operators::change)],
        ))
        .service(only("/v1/operators/{id}/password", "PUT", [put().to(operators::set_password)]))
        .service(only("/v1/operators/{id}/status", "PUT", [put().to(duty::set_status)]))
        .service(only("/v1/operators/{id}/hand-over", "POST", [post().to(duty::hand_over)]))
        .service(only("/v1/conversations", "GET", [get().to(conversations::list)]))
        .service(only("/v1/conversations/{id}", "GET", [get().to(conversations::one)]))
        .service(only("/v1/conversations/{id}/files", "POST", [post().to(files::upload)]))
        .service(only("/v1/transfer-targets", "GET", [get().to(transfer_targets::list)]))
        .service(only("/v1/undelivered", "GET", [get().to(undelivered::list)]))
        .service(only("/v1/audit", "GET", [get().to(audit::log)]))
        .configure(configure_customers);
}

fn configure_files(routes: &mut ServiceConfig) {
    routes
        .service(only("/files/{conversation}/{file}", "GET", [get().to(files::content)]))
        .service(only("/files/{conversation}/{file}/picture", "GET", [get().to(files::picture)]))
        .service(only("/files/{conversation}/{file}/{link}", "GET", [get().to(files::linked)]));
}

fn configure_lines(routes: &mut ServiceConfig) {
    let large = |resource: Resource| resource.app_data(json_config(LINE_BYTES_MAX));
    routes
        .service(only("/v1/line-defaults", "GET", [get().to(lines::defaults::defaults)]))
        .service(large(only(
            "/v1/lines",
            "GET, POST",
            [get().to(lines::list), post().to(lines::create)],
        )))
        .service(large(only("/v1/lines/import", "POST", [post().to(lines::exchange::import)])))
        .service(large(only(
            "/v1/lines/{id}",
            "GET, PUT",
            [get().to(lines::one), put().to(lines::change)],
        )))
        .service(only("/v1/lines/{id}/archive", "POST", [post().to(lines::archive::archive)]))
        .service(large(only(
            "/v1/lines/{id}/preview",
            "POST",
            [post().to(lines::preview::preview)],
        )))
        .service(large(only(
            "/v1/lines/{id}/rehearse",
            "POST",
            [post().to(lines::rehearse::rehearse)],
        )))
        .service(only("/v1/lines/{id}/export", "GET", [get().to(lines::exchange::export)]))
        .service(only("/v1/lines/{id}/audit", "GET", [get().to(lines::audit::audit)]))
        .service(only("/v1/calendar/preview", "POST", [post().to(calendar::preview)]));
}

fn configure_customers(routes: &mut ServiceConfig) {
    routes
        .service(only("/v1/conversations/{id}/lead", "POST", [post().to(leads::create)]))
        .service(only(
            "/v1/customers/{id}",
            "GET, PUT",
            [get().to(customers::one), put().to(customers::change)],
        ))
        .service(only(
            "/v1/customers/{id}/contacts/confirm",
            "POST",
            [post().to(customers::confirm_contact)],
        ))
        .service(only(
            "/v1/customers/{id}/contacts/reject",
            "POST",
            [post().to(customers::reject_contact)],
        ))
        .service(only("/v1/customers/{id}/block", "POST", [post().to(customers::block)]))
        .service(only("/v1/customers/{id}/unblock", "POST", [post().to(customers::unblock)]))
        .service(only("/v1/customers/{id}/merge", "POST", [post().to(customers::merge)]))
        .service(only("/v1/customers/{id}/unmerge", "POST", [post().to(customers::unmerge)]))
        .service(only("/v1/leads/{id}", "PUT", [put().to(leads::change)]));
}

/// Sent with every answer that does not say otherwise.
const COMMON_HEADERS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
];

fn common_headers() -> DefaultHeaders {
    COMMON_HEADERS.into_iter().fold(DefaultHeaders::new(), DefaultHeaders::add)
}

/// A path with these routes; other methods are told which there are.
fn only<const N: usize>(path: &str, methods: &'static str, routes: [Route; N]) -> Resource {
    let resource = routes.into_iter().fold(web::resource(path), Resource::route);
    resource.default_service(web::to(move || async move {
        Err::<&str, _>(ApiError::MethodNotAllowed(methods))
    }))
}

async fn nothing() -> Result<&'static str, ApiError> {
    Err(ApiError::NotFound)
}

fn json_config(bytes_max: usize) -> JsonConfig {
    JsonConfig::default().limit(bytes_max).error_handler(|error, _| error::of_json(&error).into())
}

fn query_config() -> QueryConfig {
    QueryConfig::default().error_handler(|error, _| error::of_query(&error).into())
}
