//! Whether the process lives, whether it serves, and its numbers.

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use subtle::ConstantTimeEq as _;

use crate::web::edge::Edge;
use crate::web::error::ApiError;
use crate::web::person::Person;
use crate::web::throttle;

const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// 200 as long as the process can answer at all.
pub(super) async fn lives() -> &'static str {
    "ok\n"
}

/// 200 when all shards of this node run, and every shard once had an owner since it came; else 503:
/// send nobody here.
pub(super) async fn is_ready(edge: web::Data<Edge>) -> HttpResponse {
    if edge.node.is_ready() {
        HttpResponse::Ok().body("ready\n")
    } else {
        HttpResponse::ServiceUnavailable().body("not ready\n")
    }
}

/// The numbers, for whoever may see them; for everybody else there is nothing here.
pub(super) async fn numbers(
    request: HttpRequest,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, ApiError> {
    let allowed = throttle::is_local(&request, edge.server.behind_proxy)
        || has_token(&request, &edge)
        || Person::of(&request, &edge).is_ok_and(|person| person.administers().is_ok());
    if !allowed {
        return Err(ApiError::NotFound);
    }
    let text = edge.prometheus.as_ref().map(|prometheus| prometheus.0.render());
    Ok(HttpResponse::Ok().content_type(METRICS_TYPE).body(text.unwrap_or_default()))
}

fn has_token(request: &HttpRequest, edge: &Edge) -> bool {
    let expected = &edge.metrics.token;
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    !expected.is_empty() && bool::from(expected.expose().as_bytes().ct_eq(given.as_bytes()))
}
