//! Tokens of visitors: `<base64url of JSON>.<base64url of the signature>`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::id::ChannelId;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Longest token that is looked at.
pub const TOKEN_BYTES_MAX: usize = 4_096;
/// How long a token is good for; it is renewed with each visit.
const VALID: SignedDuration = SignedDuration::from_hours(180 * 24);
/// Binds a signature to what it is for.
const PURPOSE: &[u8] = b"visitor/1\0";

/// A visitor, as his token says. Nobody but this hub can make him up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// His chat, within the channel.
    #[serde(rename = "v")]
    pub id: Arc<str>,
    #[serde(rename = "n")]
    pub name: String,
    /// He has agreed to how we use what he writes.
    #[serde(rename = "c", default, skip_serializing_if = "std::ops::Not::not")]
    pub consented: bool,
    /// He has filled in the contact form, or his site has said who he is.
    #[serde(rename = "i", default, skip_serializing_if = "std::ops::Not::not")]
    pub introduced: bool,
    /// What his site vouches for; it goes to his card when he first writes.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub vouched: Option<Contacts>,
    #[serde(rename = "t")]
    pub issued_at: Timestamp,
}

/// By what a customer can be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// The token of a visitor of that channel.
pub fn issue(key: &str, channel: &ChannelId, visitor: &Visitor) -> String {
    let said = BASE64.encode(serde_json::to_vec(visitor).unwrap_or_default());
    let signature = mac(key, channel, &said).map(|mac| BASE64.encode(mac.finalize().into_bytes()));
    format!("{said}.{}", signature.unwrap_or_default())
}

/// The visitor whose token it is; none: it is not one of ours for this channel, or too old.
pub fn read(key: &str, channel: &ChannelId, token: &str, now: Timestamp) -> Option<Visitor> {
    if token.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let (said, signature) = token.split_once('.')?;
    let signature = BASE64.decode(signature).ok()?;
    // Compared in constant time.
    mac(key, channel, said)?.verify_slice(&signature).ok()?;
    let visitor: Visitor = serde_json::from_slice(&BASE64.decode(said).ok()?).ok()?;
    (now.duration_since(visitor.issued_at) <= VALID).then_some(visitor)
}

fn mac(key: &str, channel: &ChannelId, said: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(PURPOSE);
    mac.update(channel.as_str().as_bytes());
    mac.update(b"\0");
    mac.update(said.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(id: &str) -> ChannelId {
        ChannelId::new(id)
    }

    fn visitor() -> Visitor {
        Visitor {
            id: "v-1".into(),
            name: "Ivan".to_owned(),
            consented: true,
            introduced: false,
            vouched: None,
            issued_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_token_says_what_was_put_in() {
        let token = issue("key", &channel("c"), &visitor());
        let now = Timestamp::UNIX_EPOCH + VALID;
        assert_eq!(read("key", &channel("c"), &token, now), Some(visitor()));
        let later = now + SignedDuration::from_secs(1);
        assert_eq!(read("key", &channel("c"), &token, later), None, "it is too old");
    }

    #[test]
    fn whatever_is_forged_is_no_token() {
        let now = Timestamp::UNIX_EPOCH;
        let token = issue("key", &channel("c"), &visitor());
        let other = issue("key", &channel("c"), &Visitor { id: "v-2".into(), ..visitor() });
        let (said, signature) = token.split_once('.').expect("two parts");
        let (others_said, others_signature) = other.split_once('.').expect("two parts");
        let unsigned = BASE64.encode(serde_json::to_vec(&visitor()).expect("json"));
        for forged in [
            String::new(),
            ".".to_owned(),
            said.to_owned(),
            format!("{said}."),
            format!("{others_said}.{signature}"),
            format!("{said}.{others_signature}"),
            format!("{unsigned}.{}", BASE64.encode([0; 32])),
            format!("{said}.{}", &signature[..signature.len() - 2]),
            format!("{token}="),
            format!("{token}.{signature}"),
            issue("another key", &channel("c"), &visitor()),
            issue("key", &channel("d"), &visitor()),
            "x".repeat(TOKEN_BYTES_MAX + 1),
        ] {
            assert_eq!(read("key", &channel("c"), &forged, now), None, "{forged}");
        }
    }
}
