//! The eight steps that prove an activity: the token, and what it says about the body.
//!
//! Source: MicrosoftDocs/bot-docs, `bot-framework-rest-connector-authentication.md`.

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;
use url::Url;

use super::super::{HookRequest, Rejected};

/// How far the issuer's clock may be off, either way.
const SKEW_SECONDS_MAX: i64 = 5 * 60;
/// Fixed by us: a token does not choose how it is checked.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512];

/// The id of the key that a token claims to be signed with. Proves nothing.
pub(in crate::channels) fn key_id(authorization: &str) -> Option<String> {
    decode_header(bearer(authorization)?).ok()?.kid
}

/// The activity, if everything is as the platform promises.
pub(super) fn verify(
    app_id: &str,
    issuer: &str,
    request: &HookRequest<'_>,
) -> Result<Value, Rejected> {
    let claims = claims(app_id, issuer, request).ok_or(Rejected::NotGenuine)?;
    let activity: Value = serde_json::from_slice(request.body).map_err(|_| Rejected::NotGenuine)?;
    let address = activity["serviceUrl"].as_str();
    let signed = claims.body["serviceurl"].as_str().or(claims.body["serviceUrl"].as_str());
    if address.is_none() || address != signed {
        return Err(Rejected::NotGenuine);
    }
    let platform = activity["channelId"].as_str().unwrap_or_default();
    match &claims.endorsements {
        Some(endorsed) if !endorsed.iter().any(|name| name == platform) => {
            Err(Rejected::NotEndorsed)
        }
        Some(_) | None => Ok(activity),
    }
}

struct Claims<'a> {
    body: Value,
    /// For which platforms the key may speak; none: for all.
    endorsements: &'a Option<Vec<String>>,
}

fn claims<'a>(app_id: &str, issuer: &str, request: &HookRequest<'a>) -> Option<Claims<'a>> {
    let token = bearer((request.header)("authorization")?)?;
    let key = request.keys?.find(&decode_header(token).ok()?.kid?)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.algorithms = ALGORITHMS.to_vec();
    validation.set_issuer(&[issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    // By our clock and without regard to case, below.
    validation.validate_exp = false;
    validation.validate_aud = false;
    let verifier = DecodingKey::from_rsa_components(&key.modulus, &key.exponent).ok()?;
    let body = decode::<Value>(token, &verifier, &validation).ok()?.claims;
    let audience = body["aud"].as_str()?;
    let for_us = !app_id.is_empty() && audience.eq_ignore_ascii_case(app_id);
    let same_issuer = body["iss"] == issuer && !issuer.is_empty();
    let valid = for_us && same_issuer && is_current(&body, request.now)?;
    valid.then_some(Claims { body, endorsements: &key.endorsements })
}

fn is_current(body: &Value, now: Timestamp) -> Option<bool> {
    let now = now.as_second();
    let ends = body["exp"].as_i64()?;
    let begins = if body["nbf"].is_null() { i64::MIN } else { body["nbf"].as_i64()? };
    let until = ends.saturating_add(SKEW_SECONDS_MAX);
    Some(now <= until && now >= begins.saturating_sub(SKEW_SECONDS_MAX))
}

fn bearer(authorization: &str) -> Option<&str> {
    authorization.strip_prefix("Bearer ").map(str::trim).filter(|token| !token.is_empty())
}

/// Whether our access token may go to that address. Names are compared by their labels.
pub(super) fn is_allowed(service_hosts: &str, address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let Some(host) = url.host_str() else { return false };
    service_hosts.split(' ').any(|allowed| match allowed.strip_prefix("*.") {
        Some(parent) => {
            host.strip_suffix(parent).is_some_and(|own| own.len() > 1 && own.ends_with('.'))
        }
        None => host.eq_ignore_ascii_case(allowed),
    })
}
