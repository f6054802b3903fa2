//! Single values of the configuration, each read into a form that cannot be wrong.

use std::fmt;
use std::ops::RangeInclusive;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use url::{Host, Url};

use crate::crm::contacts::Region;
use crate::outbound::address::AllowedNetworks;

/// Scheme, host and port, exactly as browsers write them in `Origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: String,
    url: Url,
}

impl Origin {
    /// Accepts `http` or `https` with a host and perhaps a port, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let plain = matches!(url.scheme(), "http" | "https")
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        plain.then(|| Self { text: url.origin().ascii_serialization(), url })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The address of sockets of the same host and port.
    pub fn socket_origin(&self) -> String {
        self.text.replacen("http", "ws", 1)
    }

    pub(super) fn is_plain_and_public(&self) -> bool {
        !self.is_https() && !self.is_loopback()
    }

    fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| D::Error::custom("expected `https://host` or `https://host:port`"))
    }
}

/// A text that never shows in logs and error messages.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: compare in constant time, never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(none)" } else { "Secret(...)" })
    }
}

/// Takes texts only, and tells nothing of what it does not take.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer);
        text.map(Self).map_err(|_| D::Error::custom("expected a text in quotes"))
    }
}

pub(super) fn range<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<RangeInclusive<u32>, D::Error> {
    <[u32; 2]>::deserialize(deserializer).map(|[lowest, highest]| lowest..=highest)
}

pub(super) fn region<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Region, D::Error> {
    Region::parse(&String::deserialize(deserializer)?)
        .ok_or_else(|| D::Error::custom("expected two capital letters of ISO 3166, such as `US`"))
}

pub(super) fn networks<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<AllowedNetworks, D::Error> {
    AllowedNetworks::parse(&Vec::<String>::deserialize(deserializer)?).map_err(D::Error::custom)
}
