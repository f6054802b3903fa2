//! A user of the site, for whom the site vouches: it signs what it says of him with a secret that
//! it shares with the hub, so that no visitor can claim to be somebody else.

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Longest text that is looked at.
pub const IDENTITY_BYTES_MAX: usize = 2_048;
const ID_CHARS_MAX: usize = 200;
/// Digits of a visitor's id that stand for the site's.
const DIGITS: usize = 32;

/// Somebody who is signed in on the site, in the site's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteUser {
    /// The visitor's id here: the same wherever he signs in.
    pub visitor: Arc<str>,
    /// Empty: the site gives none.
    pub name: String,
    /// As the site writes it; it is still to be read.
    pub phone: Option<String>,
    pub email: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    id: String,
    #[serde(default)]
    name: String,
    phone: Option<String>,
    email: Option<String>,
    /// Seconds since 1970 after which it is not to be believed any more.
    expires: Option<i64>,
}

/// The user whom the site vouches for. `user` is the very text that was signed, `signature` the
/// HMAC-SHA256 of its bytes in hex. None: it is not genuine, has expired, or is not of that form.
pub fn site_user(secret: &str, user: &str, signature: &str, now: Timestamp) -> Option<SiteUser> {
    if user.len() > IDENTITY_BYTES_MAX {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(user.as_bytes());
    // Compared in constant time.
    mac.verify_slice(&unhex(signature)?).ok()?;
    let said: Said = serde_json::from_str(user).ok()?;
    let fresh = said.expires.is_none_or(|expires| now.as_second() < expires);
    let id_chars = said.id.chars().count();
    if !fresh || !(1..=ID_CHARS_MAX).contains(&id_chars) {
        return None;
    }
    let digest = format!("{:x}", Sha256::digest(said.id.as_bytes()));
    let digits: String = digest.chars().take(DIGITS).collect();
    Some(SiteUser {
        visitor: format!("user-{digits}").into(),
        name: super::name(&said.name),
        phone: said.phone,
        email: said.email,
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = r#"{"id":"42","name":"Ivan  Petrov","email":"ivan@shop.example"}"#;

    fn sign(secret: &str, text: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
        mac.update(text.as_bytes());
        format!("{:x}", mac.finalize().into_bytes())
    }

    #[test]
    fn who_is_vouched_for_is_the_same_everywhere() {
        let user = site_user("secret", USER, &sign("secret", USER), Timestamp::UNIX_EPOCH);
        let user = user.expect("genuine");
        assert_eq!(user.email.as_deref(), Some("ivan@shop.example"));
        let other = r#"{"id":"42"}"#;
        let again = site_user("secret", other, &sign("secret", other), Timestamp::UNIX_EPOCH);
        assert_eq!(again.expect("genuine").visitor, user.visitor);
    }

    #[test]
    fn nobody_else_can_vouch() {
        let now = Timestamp::from_second(100).expect("a moment");
        let forged = USER.replace("42", "43");
        let old = r#"{"id":"42","expires":100}"#;
        let nobody = r#"{"id":""}"#;
        for (user, signature) in [
            (USER, String::new()),
            (USER, sign("another", USER)),
            (USER, sign("secret", USER).replace(['0', '1'], "2")),
            (USER, "é".repeat(32)),
            (&forged, sign("secret", USER)),
            (old, sign("secret", old)),
            (nobody, sign("secret", nobody)),
            ("{}", sign("secret", "{}")),
            ("[", sign("secret", "[")),
        ] {
            assert_eq!(site_user("secret", user, &signature, now), None, "{user}");
        }
    }
}
