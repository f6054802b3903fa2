//! Who is asking: the sign-in behind a request's cookie. Knows how sign-ins end, not how they begin.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::cookie::time::Duration as CookieAge;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::account::SignIn;
use domain::operator::Operator;
use domain::permission::{self, Action};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::actors::directory::{Directory, Versioned};
use crate::actors::handle::Change;
use crate::clock;
use crate::config::{Server, Sessions};
use crate::web::edge::Edge;
use crate::web::error::ApiError;

/// With https.
const SECURE_COOKIE: &str = "__Host-sb";
/// With http on a loopback address, where not every browser keeps a Secure cookie.
const LOOPBACK_COOKIE: &str = "sb";
const TOKEN_BYTES: usize = 32;
const TOKEN_CHARS_MAX: usize = 64;
/// A sign-in in use is stored as seen in steps of this.
const SEEN_STEP: SignedDuration = SignedDuration::from_mins(10);

/// A signed-in person and everything shared as of his request.
#[derive(Clone, Debug)]
pub struct Person {
    pub operator: Arc<Operator>,
    pub login: String,
    /// Of the token in his cookie.
    pub digest: String,
    pub directory: Arc<Directory>,
}

impl Person {
    /// The person of the request's cookie. A sign-in in use is renewed on the way.
    pub fn of(request: &HttpRequest, edge: &web::Data<Edge>) -> Result<Self, ApiError> {
        let cookie = cookie_of(request, &edge.server).ok_or(ApiError::NotSignedIn)?;
        let directory = edge.node.directory();
        let digest = digest_of(cookie.value()).ok_or(ApiError::NotSignedIn)?;
        let sign_in = directory.sign_ins.get(&digest).ok_or(ApiError::NotSignedIn)?;
        let now = edge.clock.now();
        let (idle, absolute) = (edge.sessions.idle(), edge.sessions.absolute());
        if sign_in.value.has_ended(idle, absolute, now) {
            return Err(ApiError::NotSignedIn);
        }
        let operator = directory.operators.get(&sign_in.value.operator);
        let operator = operator.filter(|found| found.value.enabled).ok_or(ApiError::NotSignedIn)?;
        let operator = operator.value.clone();
        if now.duration_since(sign_in.value.seen_at) >= SEEN_STEP {
            renew(edge, &digest, sign_in, now);
        }
        let login = sign_in.value.login.clone();
        Ok(Self { operator, login, digest, directory })
    }

    pub fn may(&self, action: Action<'_>) -> bool {
        permission::may(&self.operator, self.directory.queues_of(&self.operator.id), action)
    }

    /// Refused unless he administers.
    pub fn administers(&self) -> Result<(), ApiError> {
        self.may(Action::Administer).then_some(()).ok_or(ApiError::Forbidden)
    }
}

impl FromRequest for Person {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let edge = request.app_data::<web::Data<Edge>>();
        ready(edge.ok_or(ApiError::Unavailable).and_then(|edge| Self::of(request, edge)))
    }
}

/// A new token and the digest that is stored of it.
pub(super) fn new_token() -> (String, String) {
    let token = URL_SAFE_NO_PAD.encode(clock::secret_bytes::<TOKEN_BYTES>());
    let digest = sha256_hex(&token);
    (token, digest)
}

pub(super) fn cookie_of(request: &HttpRequest, server: &Server) -> Option<Cookie<'static>> {
    request.cookie(cookie_name(server))
}

/// The cookie that carries a token.
pub(super) fn sign_in_cookie(
    token: String,
    server: &Server,
    sessions: &Sessions,
) -> Cookie<'static> {
    let age = CookieAge::days(sessions.absolute_days.into());
    cookie(token, server, age)
}

/// The cookie that makes a browser forget its token.
pub(super) fn sign_out_cookie(server: &Server) -> Cookie<'static> {
    cookie(String::new(), server, CookieAge::ZERO)
}

/// What is stored of a token from outside; none: it cannot be one of ours.
pub(super) fn digest_of(token: &str) -> Option<String> {
    (1..=TOKEN_CHARS_MAX).contains(&token.len()).then(|| sha256_hex(token))
}

fn cookie(value: String, server: &Server, age: CookieAge) -> Cookie<'static> {
    Cookie::build(cookie_name(server), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(server.public_url.is_https())
        .max_age(age)
        .finish()
}

fn cookie_name(server: &Server) -> &'static str {
    if server.public_url.is_https() { SECURE_COOKIE } else { LOOPBACK_COOKIE }
}

fn sha256_hex(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

/// Nobody waits for it, and a lost race is as good: somebody else renewed or ended it.
fn renew(edge: &web::Data<Edge>, digest: &str, seen: &Versioned<SignIn>, now: Timestamp) {
    let sign_in = SignIn { seen_at: now, ..(*seen.value).clone() };
    let (node, by) = (edge.node.clone(), sign_in.operator.clone());
    let change = Change::SignIn { version: seen.version, digest: digest.to_owned(), sign_in };
    actix_web::rt::spawn(async move { node.change(&by, vec![change]).await });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_cookie_is_as_strict_as_the_address_allows() {
        let sessions = Config::with("").expect("valid").sessions;
        for (public_url, expected) in [
            (
                "https://desk.example.com",
                "__Host-sb=t; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=604800",
            ),
            ("http://127.0.0.1:8080", "sb=t; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800"),
        ] {
            let toml = format!("[server]\npublic_url = \"{public_url}\"");
            let server = Config::with(&toml).expect("valid").server;
            assert_eq!(sign_in_cookie("t".to_owned(), &server, &sessions).to_string(), expected);
        }
    }

    #[test]
    fn only_the_digest_of_a_token_is_stored() {
        let (token, digest) = new_token();
        assert_eq!(token.len(), 43);
        assert_eq!(digest_of(&token), Some(digest.clone()));
        assert_eq!(digest.len(), 64);
        assert_eq!(digest_of(""), None);
        assert_eq!(digest_of(&"a".repeat(65)), None);
    }
}
