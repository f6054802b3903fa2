//! The keys with which the platform signs: where they are found, and for how long they are kept.
//!
//! Source: as `proof.rs`. `endorsements` is an array of its own beside each key.

use serde::Deserialize;
use serde_json::Value;

use crate::outbound::{Ask, Outbound};

/// Most keys that are kept of one provider.
const KEYS_MAX: usize = 100;

/// The keys of one provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet(Vec<Key>);

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Key {
    kid: String,
    /// Base64 for URLs, as they come.
    #[serde(rename = "n")]
    pub(super) modulus: String,
    #[serde(rename = "e")]
    pub(super) exponent: String,
    /// For which platforms it may speak; none: for all.
    #[serde(default)]
    pub(super) endorsements: Option<Vec<String>>,
}

impl KeySet {
    /// Reads what a provider publishes: `{keys: [..]}`. A key that is not of RSA, or not whole, is
    /// left out; none: there are no others.
    pub fn read(published: &Value) -> Option<Self> {
        let keys = published["keys"].as_array()?.iter().take(KEYS_MAX);
        let keys: Vec<Key> =
            keys.filter_map(|key| serde_json::from_value(key.clone()).ok()).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    pub(super) fn find(&self, kid: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.kid == kid)
    }

    pub(in crate::channels) fn has(&self, kid: &str) -> bool {
        self.find(kid).is_some()
    }
}

/// Asks the provider.
pub(in crate::channels) async fn fetch(outbound: &Outbound, metadata_url: &str) -> Option<KeySet> {
    let metadata = json(outbound, metadata_url).await?;
    KeySet::read(&json(outbound, metadata["jwks_uri"].as_str()?).await?)
}

async fn json(outbound: &Outbound, url: &str) -> Option<Value> {
    let answer = outbound.ask(Ask::of(url, &[])).await.ok()?;
    (answer.status == 200).then(|| serde_json::from_slice(&answer.body).ok())?
}
