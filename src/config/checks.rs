//! What of the configuration is out of bounds, or does not fit together.

use jiff::tz::TimeZoneDatabase;

use crate::config::{Cluster, Company, Config, Feed, Files, Limits, Metrics, Server, Sessions};

const WORKERS_MAX: usize = 256;
const AT_LEAST_1: &str = "at least 1";
const HOOK_BYTES_MIN: usize = 1;
const HOOK_BYTES_MAX: usize = 16 * 1024 * 1024;
const FILE_BYTES_MAX: u64 = 100 * 1024 * 1024;
const IDLE_SECONDS_MAX: u32 = 604_800;
const SHARDS_MAX: u16 = 1_024;
const TOKEN_CHARS_MIN: usize = 32;

impl Config {
    /// The first thing that is out of bounds or does not fit together.
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        let Self {
            server,
            store,
            redis,
            cluster,
            company,
            capacity,
            limits,
            sessions,
            files,
            feed,
            outbound: _,
            log: _,
            metrics,
        } = self;
        let checks = [
            &server.checks()[..],
            &[(!(1..=SHARDS_MAX).contains(&store.shards), "store.shards", "1..1024")],
            &[(redis.prefix.is_empty(), "redis.prefix", "must not be empty")],
            &cluster.checks(),
            &company.checks(),
            &[(capacity.idle_seconds > IDLE_SECONDS_MAX, "capacity.idle_seconds", "0..604800")],
            &limits.checks(),
            &sessions.checks(),
            &files.checks(),
            &feed.checks(),
            &[(metrics.is_guessable(), "metrics.token", "at least 32 characters, or empty")],
        ];
        let all = checks.into_iter().flatten();
        all.copied().find_map(|(wrong, key, problem)| wrong.then_some((key, problem)))
    }
}

/// Whether it is wrong, which key it is, and what it should be.
type Check = (bool, &'static str, &'static str);

impl Server {
    fn checks(&self) -> [Check; 4] {
        [
            (
                self.is_exposed(),
                "server.listen",
                "not a loopback address and no proxy in front: \
                set server.behind_proxy, passwords must not travel in clear",
            ),
            (
                self.public_url.is_plain_and_public(),
                "server.public_url",
                "must be https, or http with a loopback address",
            ),
            (self.workers > WORKERS_MAX, "server.workers", "at most 256"),
            (self.connections_per_worker == 0, "server.connections_per_worker", AT_LEAST_1),
        ]
    }

    fn is_exposed(&self) -> bool {
        !self.listen.ip().is_loopback() && self.behind_proxy == 0
    }
}

impl Cluster {
    fn checks(&self) -> [Check; 2] {
        let named = self.node.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let wrong = self.timing().check();
        [
            (!named || self.node.is_empty(), "cluster.node", "letters, digits, `-`, `_` and `.`"),
            (wrong.is_err(), "cluster", wrong.err().unwrap_or_default()),
        ]
    }
}

impl Company {
    fn checks(&self) -> [Check; 2] {
        let zone = "an IANA name such as \"Europe/Berlin\", or empty";
        [
            (self.name.trim().is_empty(), "company.name", "must not be empty"),
            (!self.names_a_zone(), "company.timezone", zone),
        ]
    }

    fn names_a_zone(&self) -> bool {
        let zones = TimeZoneDatabase::bundled();
        self.timezone.is_empty() || zones.available().any(|zone| zone.as_str() == self.timezone)
    }
}

impl Limits {
    fn checks(&self) -> [Check; 12] {
        let Self {
            offer_timeout_seconds: timeout,
            open_offers,
            texts_per_hour,
            texts_per_day,
            sockets_per_operator: sockets,
            commands_per_second,
            commands_burst,
            hook_bytes_max,
            sign_ins_per_minute_per_account: of_account,
            sign_ins_per_minute_per_address: of_address,
            unverified_hooks_per_minute: unverified,
        } = self;
        let hooks = HOOK_BYTES_MIN..=HOOK_BYTES_MAX;
        [
            (*timeout.start() == 0, "limits.offer_timeout_seconds", "from 1"),
            (timeout.is_empty(), "limits.offer_timeout_seconds", "the lowest comes first"),
            (*open_offers == 0, "limits.open_offers", AT_LEAST_1),
            (*texts_per_hour == 0, "limits.texts_per_hour", AT_LEAST_1),
            (*texts_per_day == 0, "limits.texts_per_day", AT_LEAST_1),
            (*sockets == 0, "limits.sockets_per_operator", AT_LEAST_1),
            (*commands_per_second == 0, "limits.commands_per_second", AT_LEAST_1),
            (*commands_burst == 0, "limits.commands_burst", AT_LEAST_1),
            (!hooks.contains(hook_bytes_max), "limits.hook_bytes_max", "1..16777216"),
            (*of_account == 0, "limits.sign_ins_per_minute_per_account", AT_LEAST_1),
            (*of_address == 0, "limits.sign_ins_per_minute_per_address", AT_LEAST_1),
            (*unverified == 0, "limits.unverified_hooks_per_minute", AT_LEAST_1),
        ]
    }
}

impl Sessions {
    fn checks(&self) -> [Check; 3] {
        [
            (!(1..=8_760).contains(&self.idle_hours), "sessions.idle_hours", "1..8760"),
            (!(1..=365).contains(&self.absolute_days), "sessions.absolute_days", "1..365"),
            (self.grace_seconds > 3_600, "sessions.grace_seconds", "0..3600"),
        ]
    }
}

impl Files {
    fn checks(&self) -> [Check; 4] {
        let sizes = 1..=FILE_BYTES_MAX;
        let keyless = self.access_key.is_empty() || self.secret_key.is_empty();
        let of_all = self.conversation_bytes_max;
        [
            (!sizes.contains(&self.bytes_max), "files.bytes_max", "1..104857600"),
            (self.conversation_files_max == 0, "files.conversation_files_max", AT_LEAST_1),
            (of_all < self.bytes_max, "files.conversation_bytes_max", "at least files.bytes_max"),
            (!self.bucket.is_empty() && keyless, "files.access_key", "a bucket needs both keys"),
        ]
    }
}

impl Feed {
    fn checks(&self) -> [Check; 2] {
        let in_memory = self.events_per_shard_in_memory;
        [
            (in_memory == 0, "feed.events_per_shard_in_memory", AT_LEAST_1),
            (self.feed_keep == 0, "feed.feed_keep", AT_LEAST_1),
        ]
    }
}

impl Metrics {
    fn is_guessable(&self) -> bool {
        (1..TOKEN_CHARS_MIN).contains(&self.token.expose().chars().count())
    }
}
