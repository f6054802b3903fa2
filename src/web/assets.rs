//! The web client, out of the binary. Nothing here is personal; all of it may be seen by anybody.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::config::{Origin, Server};
use crate::web::edge::Edge;
use crate::web::error::ApiError;

/// Paths that belong to programs: unknown ones are not answered with the console.
const NOT_PAGES: [&str; 6] = ["api", "files", "hooks", "ws", "pretend", "widget"];
/// Files whose names change with their content.
const HASHED: &str = "assets/";
const INDEX: &str = "index.html";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_EACH_TIME: &str = "no-cache";

#[derive(RustEmbed)]
#[folder = "web-client/dist"]
struct Dist;

/// A file of the web client, or the console for every other path of pages.
pub(super) async fn page(
    request: HttpRequest,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, ApiError> {
    let path = request.path().trim_start_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    if NOT_PAGES.contains(&first) {
        return Err(ApiError::NotFound);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ApiError::MethodNotAllowed("GET, HEAD"));
    }
    let path = if path.is_empty() { INDEX } else { path };
    match Dist::get(path) {
        Some(file) => Ok(answer(&request, path, file, &edge.server)),
        None if path.starts_with(HASHED) => Err(ApiError::NotFound),
        None => {
            let index = Dist::get(INDEX).ok_or(ApiError::NotFound)?;
            Ok(answer(&request, INDEX, index, &edge.server))
        }
    }
}

fn answer(request: &HttpRequest, path: &str, file: EmbeddedFile, server: &Server) -> HttpResponse {
    let tag = tag_of(&file);
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let status = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let caching = if path.starts_with(HASHED) { FOR_EVER } else { ASK_EACH_TIME };
    let mut response = HttpResponse::build(status);
    // With "not modified" too: the browser takes the headers of that answer for the page's.
    response
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((ETAG, tag))
        .insert_header((CONTENT_SECURITY_POLICY, content_policy(server)));
    if is_known {
        return response.finish();
    }
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    response.content_type(media_type).body(file.data.into_owned())
}

fn tag_of(file: &EmbeddedFile) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()))
}

/// Everything from this server only. Sockets are named, as older browsers do not count them as
/// `'self'`.
fn content_policy(server: &Server) -> String {
    let sockets: Vec<String> = server.origins().map(Origin::socket_origin).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
         font-src 'self'; media-src 'self'; manifest-src 'self'; connect-src 'self' {}; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        sockets.join(" ")
    )
}
