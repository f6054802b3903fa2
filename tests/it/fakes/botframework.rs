//! A local identity provider and connector of the Bot Framework: keys, tokens, conversations.
//!
//! Tokens are signed with real keys, made for each run of the tests.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::scripted::Scripted;
use super::server::{Reply, Request};

pub(crate) const APP: &str = "00000000-1111-2222-3333-444444444444";
pub(crate) const PASSWORD: &str = "password_of-the-app~";
pub(crate) const ISSUER: &str = "https://api.botframework.com";

/// A key and the id under which it is published.
pub(crate) struct SigningKey {
    pub(crate) kid: &'static str,
    pair: KeyPair,
}

pub(crate) static FIRST: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::new("first"));
pub(crate) static SECOND: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::new("second"));

pub(crate) struct State {
    base: String,
    /// Published, each with what it may speak for.
    pub(crate) keys: Vec<(&'static SigningKey, Option<Vec<&'static str>>)>,
    tokens: usize,
    /// Access tokens that are taken.
    good: Vec<String>,
    /// Path and body of what was sent.
    pub(crate) sent: Vec<(String, Value)>,
}

pub(crate) type Cloud = Scripted<State>;

pub(crate) fn start() -> Cloud {
    let state = State {
        base: String::new(),
        keys: vec![(&*FIRST, Some(vec!["msteams", "skype", "emulator"]))],
        tokens: 0,
        good: Vec::new(),
        sent: Vec::new(),
    };
    let cloud = Scripted::start(state, answer);
    let base = cloud.base();
    cloud.with(|state| state.base = base);
    cloud
}

impl State {
    /// All access tokens given so far are good no more.
    pub(crate) fn revokes_tokens(&mut self) {
        self.good.clear();
    }
}

fn answer(state: &mut State, request: &Request) -> Reply {
    let json = |value: Value| Reply::of(200, value.to_string());
    match &*request.path {
        "/openid" => json(json!({ "issuer": ISSUER, "jwks_uri": format!("{}/keys", state.base) })),
        "/keys" => {
            let keys = state.keys.iter().map(|(key, endorsed)| key.published(endorsed.as_deref()));
            json(json!({ "keys": keys.collect::<Vec<_>>() }))
        }
        path if path.ends_with("/oauth2/v2.0/token") => token(state, request),
        path if path.contains("/v3/conversations/") => activity(state, request),
        _ => Reply::of(404, "{}"),
    }
}

fn token(state: &mut State, request: &Request) -> Reply {
    let mut fields = form_urlencoded::parse(&request.body);
    let is_ours = fields.any(|(name, value)| name == "client_secret" && value == PASSWORD);
    if !is_ours {
        let refusal = json!({ "error": "invalid_client", "error_description": "bad secret" });
        return Reply::of(401, refusal.to_string());
    }
    state.tokens += 1;
    let text = format!("access-{}", state.tokens);
    state.good.push(text.clone());
    Reply::of(200, json!({ "access_token": text, "expires_in": 3600 }).to_string())
}

fn activity(state: &mut State, request: &Request) -> Reply {
    let bearer = request.headers.get("authorization").cloned().unwrap_or_default();
    let given = bearer.strip_prefix("Bearer ").unwrap_or_default();
    if !state.good.iter().any(|token| token == given) {
        return Reply::of(401, r#"{"error":{"message":"Unauthorized"}}"#);
    }
    if request.method != "POST" {
        return correct(state, request);
    }
    let body = serde_json::from_slice(&request.body).expect("json");
    state.sent.push((request.path.clone(), body));
    Reply::of(201, json!({ "id": format!("act-{}", state.sent.len()) }).to_string())
}

/// What is deleted stands in no conversation any more.
fn correct(state: &mut State, request: &Request) -> Reply {
    let id = request.path.rsplit("/act-").next().and_then(|n| n.parse::<usize>().ok());
    let Some((path, body)) = id.and_then(|id| state.sent.get_mut(id.checked_sub(1)?)) else {
        return Reply::of(404, r#"{"error":{"message":"Unknown activity"}}"#);
    };
    match &*request.method {
        "PUT" => *body = serde_json::from_slice(&request.body).expect("json"),
        _ => path.clear(),
    }
    Reply::of(200, "{}")
}

impl SigningKey {
    fn new(kid: &'static str) -> Self {
        Self { kid, pair: KeyPair::generate(KeySize::Rsa2048).expect("a key") }
    }

    pub(crate) fn published(&self, endorsed: Option<&[&str]>) -> Value {
        let key = self.pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut shown = json!({
            "kty": "RSA", "use": "sig", "kid": self.kid,
            "n": number(key.modulus().big_endian_without_leading_zero()),
            "e": number(key.exponent().big_endian_without_leading_zero()),
        });
        if let Some(endorsed) = endorsed {
            shown["endorsements"] = json!(endorsed);
        }
        shown
    }

    /// A token with these claims, signed with RS256 whatever its header says.
    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature)
            .expect("signed");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "typ": "JWT", "alg": "RS256", "kid": self.kid })
    }
}

/// What the platform says in the token of an activity.
pub(crate) fn claims(service_url: &Value, now: Timestamp) -> Value {
    json!({
        "iss": ISSUER, "aud": APP, "serviceurl": service_url,
        "nbf": now.as_second() - 60, "exp": now.as_second() + 3_600,
    })
}

/// A customer of a platform behind the framework writes.
pub(crate) fn message(service_url: &str, id: &str, text: &str) -> Value {
    json!({
        "type": "message", "id": id, "timestamp": "2026-11-22T11:59:00.1234567Z",
        "serviceUrl": service_url, "channelId": "msteams",
        "from": { "id": "29:customer", "name": "Jane Smith" },
        "conversation": { "id": "a:conversation;messageid=7", "conversationType": "personal" },
        "recipient": { "id": format!("28:{APP}"), "name": "Our bot" },
        "text": text,
    })
}
