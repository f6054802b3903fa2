//! What all proofs of origin share.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::Rejected;

/// Compares in constant time; an empty secret of ours equals nothing.
pub(super) fn same(ours: &str, given: &str) -> Result<(), Rejected> {
    let same: bool = ours.as_bytes().ct_eq(given.as_bytes()).into();
    if same && !ours.is_empty() { Ok(()) } else { Err(Rejected::NotGenuine) }
}

/// HMAC-SHA256 in lower-case hex; empty for an empty key, which equals nothing.
pub fn hmac_hex(key: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok();
    let Some(mut mac) = mac.filter(|_| !key.is_empty()) else { return String::new() };
    mac.update(body);
    format!("{:x}", mac.finalize().into_bytes())
}
