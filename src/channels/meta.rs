//! What Messenger, Instagram and `WhatsApp` have in common: one app posts for many accounts, signed
//! with the app's secret over the raw bytes.
//!
//! Sources: developers.facebook.com (Webhooks: verification requests, validating payloads). The
//! bytes are signed as they are sent, with `\u` and `\/` escapes: JSON written anew never verifies.

pub(super) mod graph;
pub(super) mod messaging;

use serde_json::Value;

use super::json::{self, Found, id};
use super::proof::{hmac_hex, same};
use super::{HookRequest, Item, Rejected, digest};

/// Where the app proves itself.
pub const SIGNATURE_HEADER: &str = "X-Hub-Signature-256";
/// Longest challenge that is given back, in bytes.
const CHALLENGE_BYTES_MAX: usize = 256;

/// One thing of a request, as a platform of this family reads it.
pub(super) struct Part {
    /// Whose it is, if the request says it.
    pub(super) account: Option<String>,
    /// The platform's id of it; none: its bytes tell it from others.
    pub(super) key: Option<String>,
    pub(super) found: Found,
    pub(super) original: Value,
}

/// All parts of a genuine request; `of_entry` reads those of one element of `entry`.
pub(super) fn parse(
    app_secret: &str,
    object: &str,
    own_account: &str,
    dedupe_seconds: u32,
    request: &HookRequest<'_>,
    of_entry: fn(&Value) -> Vec<Part>,
) -> Result<Vec<Item>, Rejected> {
    verify(app_secret, request)?;
    let whole = |word| {
        let original = String::from_utf8_lossy(request.body);
        Ok(vec![json::item(digest(request.body), dedupe_seconds, Err(word), &original)])
    };
    let Ok(body) = serde_json::from_slice::<Value>(request.body) else { return whole("malformed") };
    let Some(entries) = body["entry"].as_array() else { return whole("no_entry") };
    if body["object"] != object {
        return whole("another_object");
    }
    let parts = entries.iter().flat_map(of_entry);
    let items: Vec<Item> = parts.map(|part| item(part, own_account, dedupe_seconds)).collect();
    if items.is_empty() { whole("empty") } else { Ok(items) }
}

fn item(part: Part, own_account: &str, dedupe_seconds: u32) -> Item {
    let original = part.original.to_string();
    let key = part.key.unwrap_or_else(|| digest(original.as_bytes()));
    let account = part.account.filter(|account| account != own_account);
    Item { account, ..json::item(key, dedupe_seconds, part.found, &original) }
}

fn verify(app_secret: &str, request: &HookRequest<'_>) -> Result<(), Rejected> {
    let given = (request.header)(SIGNATURE_HEADER).ok_or(Rejected::NotGenuine)?;
    let given = given.strip_prefix("sha256=").ok_or(Rejected::NotGenuine)?;
    same(&hmac_hex(app_secret, request.body), given)
}

/// What the platform wants back when it is told our address: its challenge, if it knows the token.
/// The only thing of a request that ever stands in an answer: letters, digits, `_` and `-`.
pub(super) fn challenge(
    verify_token: &str,
    query: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    same(verify_token, &query("hub.verify_token")?).ok()?;
    let subscribes = query("hub.mode")? == "subscribe";
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    query("hub.challenge").filter(|challenge| {
        let short = (1..=CHALLENGE_BYTES_MAX).contains(&challenge.len());
        subscribes && short && challenge.bytes().all(plain)
    })
}

/// The account of an element of `entry`.
pub(super) fn account_of(entry: &Value) -> Option<String> {
    id(&entry["id"])
}
