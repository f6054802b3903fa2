//! A site with the widget, of another origin than the hub, and a user for whom it vouches.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::web::{Data, Query};
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;

use crate::demo::pretend::{Platform, Site};

const PAGE: &str = include_str!("site.html");
/// Somebody who has an account there. Holds no quote or sign that HTML would mind but `"`.
const USER: &str = r#"{"id":"1042","name":"Grace Lindt","email":"grace@customer.example"}"#;

#[derive(Debug, Deserialize)]
pub(super) struct Visit {
    /// Whether the user has signed in at the site.
    #[serde(default)]
    signed_in: bool,
}

pub(super) async fn page(platform: Data<Platform>, visit: Query<Visit>) -> HttpResponse {
    let Site { hub, channel, secret } = &platform.accounts.site;
    let (user, account) = if visit.signed_in {
        let signature = sign(secret, USER);
        let quoted = USER.replace('"', "&quot;");
        let user = format!(r#"data-user="{quoted}" data-signature="{signature}""#);
        (user, r#"Grace Lindt · <a href="/pretend/site">sign out</a>"#)
    } else {
        (String::new(), r#"<a href="/pretend/site?signed_in=true">Sign in as Grace Lindt</a>"#)
    };
    let body = PAGE
        .replace("{hub}", hub)
        .replace("{channel}", channel)
        .replace("{user}", &user)
        .replace("{account}", account);
    let policy = format!(
        "default-src 'none'; script-src {hub}; style-src 'self'; frame-src {hub}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body)
}

fn sign(secret: &str, user: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(user.as_bytes());
    format!("{:x}", mac.finalize().into_bytes())
}
