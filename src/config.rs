//! The configuration: read once at start, checked once, then handed to each layer by section.
//!
//! `config/default.toml` is embedded and holds every key with its meaning; a file goes over it, the
//! environment over both. Knows no layer of the program, only the forms of networks, countries and
//! timings that [`outbound`], [`crm`] and [`cluster`] read too.
//!
//! [`cluster`]: crate::cluster::settings
//! [`outbound`]: crate::outbound::address
//! [`crm`]: crate::crm::contacts

mod checks;
mod values;

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use jiff::SignedDuration;
use serde::Deserialize;

pub use self::values::{Origin, Secret};
use self::values::{networks, range, region};
use crate::cluster::settings::Timing;
use crate::crm::contacts::Region;
use crate::outbound::address::AllowedNetworks;

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("../config/default.toml");

const ENVIRONMENT_PREFIX: &str = "SWITCHBOARD__";

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub store: Store,
    pub redis: Redis,
    pub cluster: Cluster,
    pub company: Company,
    pub capacity: Capacity,
    pub limits: Limits,
    pub sessions: Sessions,
    pub files: Files,
    pub feed: Feed,
    pub outbound: Outbound,
    pub log: Log,
    pub metrics: Metrics,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    pub public_url: Origin,
    /// Beside the origin of `public_url`.
    pub allowed_origins: Vec<Origin>,
    /// How many trusted proxies stand in front.
    pub behind_proxy: usize,
    /// Threads that serve connections; 0: one for each processor but one, and at least one.
    pub workers: usize,
    pub connections_per_worker: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    pub kind: StoreKind,
    pub directory: PathBuf,
    pub shards: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// A file that one process holds.
    Sqlite,
    /// Shared by the nodes of a cluster.
    Redis,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// May hold a password.
    pub url: Secret,
    /// None: the server of `url` itself.
    pub sentinels: Vec<Secret>,
    pub service: String,
    pub prefix: String,
    pub durability: Durability,
    pub allow_volatile: bool,
    pub insecure: bool,
}

/// What a power cut may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// Nothing that was answered.
    Strict,
    /// The last seconds.
    Relaxed,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    pub node: String,
    pub lease_ms: u64,
    pub beat_every_ms: u64,
    pub self_fence_ms: u64,
    pub poll_ms: u64,
    pub second_choice_ms: u64,
    pub answer_within_ms: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    pub name: String,
    /// IANA name; empty: that of the machine.
    pub timezone: String,
    #[serde(deserialize_with = "region")]
    pub country: Region,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// 0: always.
    pub idle_seconds: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    #[serde(deserialize_with = "range")]
    pub offer_timeout_seconds: RangeInclusive<u32>,
    pub open_offers: usize,
    pub texts_per_hour: usize,
    pub texts_per_day: usize,
    pub sockets_per_operator: usize,
    pub commands_per_second: u32,
    pub commands_burst: u32,
    pub hook_bytes_max: usize,
    pub sign_ins_per_minute_per_account: u32,
    pub sign_ins_per_minute_per_address: u32,
    pub unverified_hooks_per_minute: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    pub idle_hours: u32,
    pub absolute_days: u32,
    pub grace_seconds: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Empty: beside the store.
    pub directory: PathBuf,
    /// Empty: none.
    pub bucket: String,
    /// Empty: that of the region.
    pub endpoint: String,
    pub region: String,
    pub access_key: Secret,
    pub secret_key: Secret,
    pub bytes_max: u64,
    pub conversation_files_max: usize,
    pub conversation_bytes_max: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    pub events_per_shard_in_memory: usize,
    pub feed_keep: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbound {
    #[serde(deserialize_with = "networks")]
    pub allow_networks: AllowedNetworks,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    pub level: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Empty: none.
    pub token: Secret,
}

/// What is wrong with the configuration, with the key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the configuration cannot be read: {0}")]
    Unreadable(Box<figment::Error>),
    #[error("the configuration file {0} is not there")]
    NoFile(PathBuf),
    #[error("{key}: {problem}")]
    Invalid { key: &'static str, problem: &'static str },
}

impl Config {
    /// The defaults, under `file` if there is one, under the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(ConfigError::NoFile(path.to_owned()));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        Self::check(&figment.merge(Env::prefixed(ENVIRONMENT_PREFIX).split("__")))
    }

    /// The defaults under `toml`, without file and environment: for tests and the demo.
    pub fn with(toml: &str) -> Result<Self, ConfigError> {
        Self::check(&Figment::from(Toml::string(DEFAULTS)).merge(Toml::string(toml)))
    }

    fn check(figment: &Figment) -> Result<Self, ConfigError> {
        let config: Self =
            figment.extract().map_err(|error| ConfigError::Unreadable(Box::new(error)))?;
        match config.problem() {
            Some((key, problem)) => Err(ConfigError::Invalid { key, problem }),
            None => Ok(config),
        }
    }
}

impl Cluster {
    /// How fast it beats, watches and gives up.
    pub fn timing(&self) -> Timing {
        Timing {
            lease: Duration::from_millis(self.lease_ms),
            beat_every: Duration::from_millis(self.beat_every_ms),
            self_fence: Duration::from_millis(self.self_fence_ms),
            poll: Duration::from_millis(self.poll_ms),
            second_choice: Duration::from_millis(self.second_choice_ms),
            answer_within: Duration::from_millis(self.answer_within_ms),
        }
    }
}

impl Capacity {
    /// How long a conversation in which nothing is written still takes a place. Zero: for ever.
    pub fn idle(&self) -> SignedDuration {
        SignedDuration::from_secs(self.idle_seconds.into())
    }
}

impl Sessions {
    /// A sign-in ends after so long without use.
    pub fn idle(&self) -> SignedDuration {
        SignedDuration::from_hours(self.idle_hours.into())
    }

    /// A sign-in ends when it is so old.
    pub fn absolute(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.absolute_days) * 24)
    }

    /// How long an operator counts as present after his connection was lost.
    pub fn grace(&self) -> SignedDuration {
        SignedDuration::from_secs(self.grace_seconds.into())
    }
}

impl Server {
    /// Whether a page of that origin may use the console.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.origins().any(|allowed| allowed.as_str() == origin)
    }

    /// `public_url` first.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        std::iter::once(&self.public_url).chain(&self.allowed_origins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_hold_every_key() {
        let config = Config::with("").expect("the embedded file is complete");
        assert_eq!(config.limits.offer_timeout_seconds, 60..=1800);
        assert_eq!(config.store.shards, 64);
        assert_eq!((config.company.timezone.as_str(), config.capacity.idle_seconds), ("", 900));
        let limits = config.limits;
        let bounds = (limits.open_offers, limits.texts_per_hour, limits.texts_per_day);
        assert_eq!(bounds, (5, 1, 10));
        assert_eq!(Some(config.company.country), Region::parse("US"));
        assert!(config.metrics.token.is_empty());
    }

    #[test]
    fn errors_name_the_key() {
        for (toml, key) in [
            ("[server]\nlisten = \"0.0.0.0:80\"", "server.listen"),
            ("[server]\npublic_url = \"http://desk.example.com\"", "server.public_url"),
            ("[server]\npublic_url = \"https://desk.example.com/path\"", "public_url"),
            ("[server]\nlisten_on = 1", "listen_on"),
            ("[limits]\noffer_timeout_seconds = [60, 30]", "limits.offer_timeout_seconds"),
            ("[company]\ntimezone = \"Europe/Atlantis\"", "company.timezone"),
            ("[company]\ntimezone = \"europe/berlin\"", "company.timezone"),
            ("[capacity]\nidle_seconds = 604801", "capacity.idle_seconds"),
            ("[capacity]\nidle_seconds = -1", "capacity.idle_seconds"),
            ("[limits]\nopen_offers = 0", "limits.open_offers"),
            ("[limits]\ntexts_per_hour = 0", "limits.texts_per_hour"),
            ("[limits]\ntexts_per_day = 0", "limits.texts_per_day"),
            ("[limits]\ncommands_burst = 0", "limits.commands_burst"),
            ("[limits]\ncommands_burst = \"many\"", "commands_burst"),
            ("[company]\ncountry = \"Germany\"", "company.country"),
            ("[store]\nkind = \"postgres\"", "store.kind"),
            ("[redis]\nprefix = \"\"", "redis.prefix"),
            ("[cluster]\nnode = \"a#b\"", "cluster.node"),
            ("[cluster]\nself_fence_ms = 2800", "self_fence + 500 ms is below lease"),
            ("[cluster]\npoll_ms = 900", "four polls are below lease"),
            ("[metrics]\ntoken = \"short\"", "metrics.token"),
            ("[outbound]\nallow_networks = [\"10.0.0.0/33\"]", "allow_networks"),
            ("[colour]\nred = 1", "colour"),
        ] {
            let error = Config::with(toml).expect_err(toml).to_string();
            assert!(error.contains(key), "{toml} says only: {error}");
        }
    }

    #[test]
    fn a_public_address_needs_a_proxy() {
        let toml = "[server]\nlisten = \"0.0.0.0:80\"\nbehind_proxy = 1";
        assert!(Config::with(toml).is_ok());
    }

    #[test]
    fn a_file_goes_over_the_defaults() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("my.toml");
        std::fs::write(&path, "[sessions]\nidle_hours = 3").expect("written");
        let config = Config::load(Some(&path)).expect("valid");
        assert_eq!((config.sessions.idle_hours, config.sessions.absolute_days), (3, 7));
        assert!(matches!(
            Config::load(Some(&directory.path().join("none.toml"))),
            Err(ConfigError::NoFile(_))
        ));
    }

    #[test]
    fn origins_are_compared_as_browsers_write_them() {
        let toml = "[server]\npublic_url = \"https://Desk.Example.com:443/\"\n\
                    allowed_origins = [\"https://b.example.com:8443\"]";
        let server = Config::with(toml).expect("valid").server;
        assert!(server.allows_origin("https://desk.example.com"));
        assert!(server.allows_origin("https://b.example.com:8443"));
        for foreign in ["http://desk.example.com", "https://desk.example.com.evil.com", "null", ""]
        {
            assert!(!server.allows_origin(foreign), "{foreign}");
        }
        assert_eq!(server.public_url.socket_origin(), "wss://desk.example.com");
    }

    #[test]
    fn secrets_do_not_show() {
        assert!(!format!("{:?}", Secret::new("hunter2-hunter2")).contains("hunter2"));
        let error = Config::with("[metrics]\ntoken = 123456789").expect_err("a number");
        assert!(!error.to_string().contains("123456789"), "{error}");
        assert!(error.to_string().contains("metrics.token"), "{error}");
    }
}
