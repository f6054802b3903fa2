//! Whether a request comes from a page of ours: against forged requests of foreign pages.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, ORIGIN};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, ResponseError as _, web};

use crate::config::Server;
use crate::web::edge::Edge;
use crate::web::error::ApiError;

/// Sent by our own pages with everything but GET; a foreign page cannot add it unasked.
const OWN_HEADER: &str = "x-switchboard";
const FETCH_SITE: &str = "sec-fetch-site";

/// Refuses what could change something and may come from a foreign page.
pub(super) async fn refuse_foreign(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let edge = request.app_data::<web::Data<Edge>>().ok_or(ApiError::Unavailable)?;
    if reads || is_ours(request.headers(), &edge.server) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    // An answer and not an error: errors of a middleware miss the headers of all answers.
    Ok(request.into_response(ApiError::ForeignOrigin.error_response()).map_into_right_body())
}

/// The `Origin` of a request, if it has one.
pub(super) fn origin(request: &HttpRequest) -> Option<&str> {
    text(request.headers(), ORIGIN.as_str())
}

/// Whether a request without an `Origin` is not sent by a foreign page, as far as browsers tell.
pub(super) fn is_no_foreign_page(request: &HttpRequest) -> bool {
    let site = text(request.headers(), FETCH_SITE);
    matches!(site, None | Some("same-origin" | "none"))
}

fn is_ours(headers: &HeaderMap, server: &Server) -> bool {
    let marked = text(headers, OWN_HEADER) == Some("1");
    let same_site = matches!(text(headers, FETCH_SITE), Some("same-origin" | "none"));
    let known = text(headers, ORIGIN.as_str()).is_some_and(|origin| server.allows_origin(origin));
    marked && (same_site || known)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::config::Config;

    #[test]
    fn only_marked_requests_of_our_own_pages_change_things() {
        let server = Config::with("").expect("valid").server;
        let ours = "http://127.0.0.1:8080";
        for (own, site, origin, accepted) in [
            ("1", "same-origin", "", true),
            ("1", "none", "", true),
            ("1", "", ours, true),
            ("", "same-origin", ours, false),
            ("1", "", "", false),
            ("1", "cross-site", "https://evil.example.com", false),
            ("1", "same-site", "http://127.0.0.1:9999", false),
            ("1", "", "null", false),
        ] {
            let mut request = TestRequest::default();
            for (name, value) in [(OWN_HEADER, own), (FETCH_SITE, site), ("origin", origin)] {
                if !value.is_empty() {
                    request = request.insert_header((name, value));
                }
            }
            let request = request.to_http_request();
            assert_eq!(is_ours(request.headers(), &server), accepted, "{own} {site} {origin}");
        }
    }
}
