//! The `OpenAPI` document, made from the handlers themselves.

use actix_web::web;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};

use crate::web::api::{channels, conversations, lines, operators};
use crate::web::{auth, hooks, setup};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Switchboard",
        description = "Administration and reading. Sign in to get the cookie; send `X-Switchboard: \
            1` and an allowed `Origin` with everything but GET. Live events and commands go over \
            the socket /ws/operator.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        setup::set_up,
        auth::sign_in,
        auth::sign_out,
        auth::me,
        lines::list,
        lines::create,
        lines::one,
        lines::change,
        channels::list,
        channels::create,
        channels::one,
        channels::change,
        operators::list,
        operators::create,
        operators::one,
        operators::change,
        operators::set_password,
        conversations::list,
        conversations::one,
        hooks::receive,
    ),
    modifiers(&SignInCookie),
)]
struct Document;

struct SignInCookie;

impl utoipa::Modify for SignInCookie {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-sb"));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

pub(in crate::web) async fn document() -> web::Json<utoipa::openapi::OpenApi> {
    web::Json(Document::openapi())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_under_their_version() {
        let document = serde_json::to_value(Document::openapi()).expect("serialised");
        let paths = document["paths"].as_object().expect("paths");
        assert!(!paths.is_empty());
        for path in paths.keys() {
            assert!(path.starts_with("/api/v1/") || path == "/hooks/{channel}", "{path}");
        }
    }

    #[test]
    fn every_reference_has_its_target() {
        let text = Document::openapi().to_json().expect("serialised");
        let document: serde_json::Value = serde_json::from_str(&text).expect("json");
        for reference in text.split("\"$ref\":\"").skip(1) {
            let target = reference.split('"').next().expect("a target").trim_start_matches('#');
            assert!(document.pointer(target).is_some(), "{target} is not there");
        }
    }
}
