//! The `OpenAPI` document, made from the handlers themselves.

use actix_web::web;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};

use crate::web::api::{
    audit, calendar, channels, conversations, customers, duty, leads, lines, operators,
    transfer_targets, undelivered,
};
use crate::web::{auth, files, hooks, setup, widget};

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
        lines::defaults::defaults,
        lines::archive::archive,
        lines::preview::preview,
        lines::rehearse::rehearse,
        lines::exchange::export,
        lines::exchange::import,
        lines::audit::audit,
        calendar::preview,
        channels::list,
        channels::create,
        channels::one,
        channels::change,
        channels::test,
        channels::kinds::list,
        operators::list,
        operators::create,
        operators::one,
        operators::change,
        operators::set_password,
        duty::set_status,
        duty::hand_over,
        conversations::list,
        conversations::one,
        files::upload,
        files::content,
        files::picture,
        files::linked,
        transfer_targets::list,
        undelivered::list,
        audit::log,
        customers::one,
        customers::change,
        customers::confirm_contact,
        customers::reject_contact,
        customers::block,
        customers::unblock,
        customers::merge,
        customers::unmerge,
        leads::create,
        leads::change,
        hooks::challenge,
        hooks::receive,
        widget::start::start,
        widget::news,
        widget::act,
        widget::files::upload,
        widget::files::content,
        widget::files::picture,
    ),
    modifiers(&SignInCookie, &CommonAnswers),
)]
struct Document;

struct SignInCookie;

impl utoipa::Modify for SignInCookie {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let note = "`sb` where the public address is plain http";
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description("__Host-sb", note));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

const JSON: &str = "application/json";

/// What any operation may answer before it is reached, or instead of its own answer.
struct CommonAnswers;

impl utoipa::Modify for CommonAnswers {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let is_of_api = path.starts_with("/api/");
            let read = item.get.as_mut().map(|operation| (operation, false));
            let written = [&mut item.post, &mut item.put];
            let written = written.into_iter().filter_map(|o| o.as_mut()).map(|o| (o, true));
            for (operation, writes) in read.into_iter().chain(written) {
                if is_of_api {
                    add_common(operation, writes);
                }
            }
        }
    }
}

fn add_common(operation: &mut Operation, writes: bool) {
    let signed_in = operation.security.is_some();
    let has_body = operation.request_body.is_some();
    let has_json =
        operation.request_body.as_ref().is_some_and(|body| body.content.contains_key(JSON));
    for (applies, status, description) in [
        (signed_in, "401", "not signed in"),
        (signed_in || writes, "403", "no right to this, or a foreign page"),
        (has_body, "400", "not of the documented form"),
        (has_body, "413", "too large"),
        (has_json, "415", "not application/json"),
        (true, "503", "repeat it, see Retry-After"),
    ] {
        let known = &mut operation.responses.responses;
        if applies && !known.contains_key(status) {
            known.insert(status.to_owned(), refusal(description));
        }
    }
}

fn refusal(description: &str) -> RefOr<Response> {
    let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
    let response = ResponseBuilder::new().description(description);
    response.content(JSON, body).build().into()
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
            // Platforms, visitors and files have entrances of their own.
            let others = ["/hooks/{channel}", "/widget/{channel}/", "/files/{conversation}/"];
            let other = others.iter().any(|other| path.starts_with(other));
            assert!(path.starts_with("/api/v1/") || other, "{path}");
        }
    }

    /// Not of the interface, or documented elsewhere.
    const UNDOCUMENTED: [&str; 8] = [
        "/healthz",
        "/readyz",
        "/metrics",
        "/ws/operator",
        "/ws/visitor/{channel}",
        "/widget/{channel}",
        "/widget/{channel}/preview",
        "/api/v1/openapi.json",
    ];

    /// The table of routes cannot be asked, so it is read.
    #[test]
    fn every_route_is_in_the_document() {
        let document = serde_json::to_value(Document::openapi()).expect("serialised");
        let table = include_str!("../mod.rs").split("only(").skip(1);
        let mut documented = 0;
        for mut words in table.map(|route| route.split('"').skip(1).step_by(2)) {
            let path = words.next().expect("a path").replacen("/v1/", "/api/v1/", 1);
            if UNDOCUMENTED.contains(&&*path) {
                continue;
            }
            for method in words.next().expect("methods").split(", ") {
                let operation = &document["paths"][&path][method.to_lowercase()];
                assert!(operation.is_object(), "{method} {path}");
                documented += 1;
            }
        }
        assert!(documented >= 40, "only {documented} were found");
    }

    #[test]
    fn every_operation_tells_how_it_refuses() {
        let document = serde_json::to_value(Document::openapi()).expect("serialised");
        let answers = &document["paths"]["/api/v1/lines"]["post"]["responses"];
        for status in ["400", "401", "403", "413", "415", "422", "503"] {
            assert!(answers[status].is_object(), "{status}");
        }
        assert!(document["paths"]["/api/v1/me"]["get"]["responses"]["415"].is_null());
        let upload = &document["paths"]["/api/v1/conversations/{id}/files"]["post"]["responses"];
        assert!(upload["415"].is_null() && upload["413"].is_object(), "a file may be anything");
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
