//! Whether a server may be trusted with a store: what is refused, and what is only warned of.
//!
//! Pure: facts and wishes in, findings out.

use std::time::Duration;

use crate::store::redis::facts::{Facts, Found};
use crate::store::redis::settings::{Durability, RedisSettings};

/// How the data lies under our prefix; another number is of another version of this program.
pub(super) const SCHEMA: u32 = 1;
const SKEW_MS_MAX: i64 = 10_000;
const SKEW_MS_GOOD: i64 = 500;
const ANSWER_GOOD: Duration = Duration::from_millis(20);
/// Pub/sub buffer: hard limit, soft limit, seconds.
const BUFFER: [u64; 3] = [32 * 1024 * 1024, 8 * 1024 * 1024, 60];

/// What one check has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub what: &'static str,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fine(String),
    /// It works, and something may be lost or slow.
    Warning(String),
    /// With this server the program does not start.
    Refused(String),
}

use Verdict::{Fine, Refused, Warning};

/// All checks in the order of the table in `docs/OPERATIONS.md`. `store_id`: of the store that
/// this process was started with, once it was.
pub(super) fn judge(
    facts: &Facts,
    settings: &RedisSettings,
    store_id: Option<&str>,
) -> Vec<Finding> {
    let of = |what, verdict| Finding { what, verdict };
    vec![
        of("Redis version", version(facts)),
        of("Redis role", role(facts)),
        of("Redis memory", memory(facts)),
        of("Redis log", log(facts, settings)),
        of("Redis disk", disk(facts)),
        of("Redis rights", rights(facts)),
        of("Redis store", store(facts, settings, store_id)),
        of("Redis clock", clock(facts)),
        of("Redis speed", speed(facts)),
        of("Redis signals", signals(facts)),
        of("Redis replicas", replicas(facts)),
        of("Redis transport", transport(facts, settings)),
    ]
}

fn version(facts: &Facts) -> Verdict {
    let text = facts.info("redis_version");
    let mut parts = text.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    let version = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if version < (7, 0) {
        return Refused(format!("{text}: scripts that fail as a whole need 7.0 or newer"));
    }
    if version < (7, 2) {
        return Warning(format!("{text}: its release line has ended, and it has no WAITAOF"));
    }
    Fine(text.to_owned())
}

fn role(facts: &Facts) -> Verdict {
    if facts.info("cluster_enabled") == "1" {
        return Refused("a cluster: one commit writes keys of several slots".to_owned());
    }
    if facts.info("loading") == "1" {
        return Refused("it is still loading its data".to_owned());
    }
    match (facts.info("role"), facts.info("master_link_status")) {
        ("master", _) => Fine("master".to_owned()),
        (_, "down") => Refused("a replica that has lost its master".to_owned()),
        _ => Refused("a replica: writes go to the master".to_owned()),
    }
}

fn memory(facts: &Facts) -> Verdict {
    match (facts.info("maxmemory_policy"), facts.info("maxmemory")) {
        ("noeviction", "0") => {
            Warning("maxmemory is not set: on a shared machine it may take all there is".to_owned())
        }
        ("noeviction", bytes) => Fine(format!("at most {bytes} bytes, never evicted")),
        (policy, _) => Refused(format!(
            "maxmemory-policy is {policy}: it throws away leases and history, set noeviction"
        )),
    }
}

fn log(facts: &Facts, settings: &RedisSettings) -> Verdict {
    if facts.info("aof_enabled") != "1" {
        let lost = "appendonly is no: a crash loses minutes";
        return if settings.allow_volatile {
            Warning(lost.to_owned())
        } else {
            Refused(format!("{lost}, set appendonly yes (or redis.allow_volatile)"))
        };
    }
    match (facts.config("appendfsync"), settings.durability) {
        (Some("always"), _) => Fine("appendfsync always: what was answered is on disk".to_owned()),
        (Some("everysec"), Durability::Strict) => {
            Refused("appendfsync is everysec and redis.durability is strict".to_owned())
        }
        (Some("everysec"), Durability::Relaxed) => {
            Warning("appendfsync everysec: a power cut loses up to two seconds".to_owned())
        }
        (Some(other), _) => Refused(format!("appendfsync is {other}: set always or everysec")),
        (None, _) => Warning("appendfsync is not known: CONFIG GET is not allowed".to_owned()),
    }
}

fn disk(facts: &Facts) -> Verdict {
    for (last, what) in [
        ("aof_last_write_status", "the last write of its log failed"),
        ("rdb_last_bgsave_status", "its last snapshot failed"),
    ] {
        if facts.info(last) == "err" {
            return Refused(what.to_owned());
        }
    }
    if facts.config("stop-writes-on-bgsave-error") == Some("no") {
        return Warning("stop-writes-on-bgsave-error is no: a full disk goes unnoticed".to_owned());
    }
    Fine("its last writes went well".to_owned())
}

fn rights(facts: &Facts) -> Verdict {
    if !facts.forbidden.is_empty() {
        return Refused(format!("its user may not use {}", facts.forbidden.join(", ")));
    }
    if let Some(why) = &facts.scripts {
        return Refused(format!("scripts do not work: {why}"));
    }
    if facts.config.is_none() {
        return Warning(
            "CONFIG GET is not allowed; not checked: appendfsync, stop-writes-on-bgsave-error, \
             client-output-buffer-limit, min-replicas-to-write"
                .to_owned(),
        );
    }
    Fine("all commands, and scripts that fence".to_owned())
}

fn store(facts: &Facts, settings: &RedisSettings, store_id: Option<&str>) -> Verdict {
    let about = match &facts.found {
        Found::Foreign => {
            return Refused(format!("keys under {:?} are of another program", settings.prefix));
        }
        Found::Nothing if store_id.is_some() => {
            return Refused("it was emptied while this program ran".to_owned());
        }
        Found::Nothing => return Fine("a new one".to_owned()),
        Found::Store(about) => about,
    };
    let text = |key: &str| about.get(key).map_or("", String::as_str);
    if store_id.is_some_and(|id| id != text("store_id")) {
        return Refused("it was replaced while this program ran".to_owned());
    }
    if text("schema") != SCHEMA.to_string() {
        return Refused(format!("schema {}, this program knows {SCHEMA}", text("schema")));
    }
    if text("shards") != settings.shards.to_string() {
        return Refused(format!(
            "store.shards: the data has {}, the configuration {}",
            text("shards"),
            settings.shards
        ));
    }
    Fine(format!("of {} shards", settings.shards))
}

fn clock(facts: &Facts) -> Verdict {
    let text = format!("{} ms before this machine's", facts.skew_ms);
    match facts.skew_ms.abs() {
        0..=SKEW_MS_GOOD => Fine(text),
        skew if skew <= SKEW_MS_MAX => Warning(text),
        _ => Refused(text),
    }
}

fn speed(facts: &Facts) -> Verdict {
    let slowest = facts.answer_p99;
    let micros = slowest.as_micros();
    if slowest > ANSWER_GOOD {
        return Warning(format!("one answer in a hundred takes {micros} us or longer"));
    }
    if facts.overcommit.as_deref().map(str::trim) == Some("0") {
        return Warning(
            "vm.overcommit_memory is 0: a snapshot may fail for want of memory".to_owned(),
        );
    }
    Fine(format!("99 of 100 answers within {micros} us"))
}

fn signals(facts: &Facts) -> Verdict {
    let Some(limits) = facts.config("client-output-buffer-limit") else {
        return Fine("not known".to_owned());
    };
    let words: Vec<&str> = limits.split(' ').collect();
    let of_pubsub = words.chunks(4).find(|class| class.first() == Some(&"pubsub"));
    let limits = of_pubsub.unwrap_or_default().iter().skip(1).map(|n| n.parse().unwrap_or(0_u64));
    // 0: no limit.
    let small = limits.zip(BUFFER).any(|(set, good)| set != 0 && set < good);
    if small {
        Warning("its buffer for signals is below 32mb 8mb 60: other nodes may miss some".to_owned())
    } else {
        Fine("its buffer for signals is large enough".to_owned())
    }
}

fn replicas(facts: &Facts) -> Verdict {
    let replicas = facts.info("connected_slaves");
    if replicas == "0" || replicas.is_empty() {
        return Fine("none".to_owned());
    }
    if facts.config("min-replicas-to-write") == Some("0") {
        return Warning(format!(
            "{replicas}, and min-replicas-to-write is 0: a failover loses whatever had not reached them"
        ));
    }
    Fine(format!("{replicas}; a failover may lose what was written within min-replicas-max-lag"))
}

fn transport(facts: &Facts, settings: &RedisSettings) -> Verdict {
    let way = facts.way;
    let is_closed = way.is_local || (way.is_encrypted && way.has_password);
    if !is_closed && !settings.insecure {
        return Refused(
            "not on this machine and without TLS and password: use rediss:// with a user \
             (or redis.insecure)"
                .to_owned(),
        );
    }
    if facts.open_to_all == Some(true) {
        return Warning(
            "whoever reaches it may do everything: the default user has no password".to_owned(),
        );
    }
    Fine(if way.is_local { "within this machine" } else { "encrypted or declared safe" }.to_owned())
}

impl Facts {
    fn info(&self, key: &str) -> &str {
        self.info.get(key).map_or("", String::as_str)
    }

    fn config(&self, key: &str) -> Option<&str> {
        self.config.as_ref()?.get(key).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::redis::facts::Way;

    /// What no server says at will. The other rows are in `tests/it/redis_checks.rs`, where servers
    /// are started so.
    #[test]
    fn what_cannot_be_brought_about_is_judged_all_the_same() {
        let says = |key: &'static str, value: &'static str| {
            move |facts: &mut Facts| drop(facts.info.insert(key.to_owned(), value.to_owned()))
        };
        let refused = [
            ("Redis version", &says("redis_version", "6.2.14") as &dyn Fn(&mut Facts)),
            ("Redis version", &says("redis_version", "")),
            ("Redis role", &says("loading", "1")),
            ("Redis disk", &says("aof_last_write_status", "err")),
            ("Redis rights", &|facts| facts.scripts = Some("no".to_owned())),
            ("Redis clock", &|facts| facts.skew_ms = -10_001),
            ("Redis transport", &|facts| facts.way = Way::default()),
            ("Redis transport", &|facts| facts.way.is_local = false),
        ];
        for (what, change) in refused {
            assert!(
                matches!(judged(what, change), Refused(_)),
                "{what}: {:?}",
                judged(what, change)
            );
        }
        let warned = [
            ("Redis version", &says("redis_version", "7.0.15") as &dyn Fn(&mut Facts)),
            ("Redis clock", &|facts| facts.skew_ms = 501),
            ("Redis speed", &|facts| facts.answer_p99 = Duration::from_millis(21)),
            ("Redis speed", &|facts| facts.overcommit = Some("0\n".to_owned())),
            ("Redis transport", &|facts| facts.open_to_all = Some(true)),
        ];
        for (what, change) in warned {
            assert!(
                matches!(judged(what, change), Warning(_)),
                "{what}: {:?}",
                judged(what, change)
            );
        }
    }

    #[test]
    fn a_good_server_far_away_is_taken() {
        for way in [
            Way { is_local: true, ..Way::default() },
            Way { is_encrypted: true, has_password: true, ..Way::default() },
        ] {
            let facts = Facts { way, ..good() };
            for finding in judge(&facts, &settings(), None) {
                assert!(matches!(finding.verdict, Fine(_)), "{finding:?}");
            }
        }
        let mut declared_safe = settings();
        declared_safe.insecure = true;
        let facts = Facts { way: Way::default(), ..good() };
        assert!(judge(&facts, &declared_safe, None).iter().all(|f| matches!(f.verdict, Fine(_))));
    }

    fn judged(what: &str, change: &dyn Fn(&mut Facts)) -> Verdict {
        let mut facts = good();
        change(&mut facts);
        let findings = judge(&facts, &settings(), None);
        findings.into_iter().find(|finding| finding.what == what).map(|f| f.verdict).unwrap()
    }

    fn good() -> Facts {
        let info = [
            ("redis_version", "7.4.1"),
            ("role", "master"),
            ("maxmemory", "1000"),
            ("maxmemory_policy", "noeviction"),
            ("aof_enabled", "1"),
        ];
        let config = [("appendfsync", "always")];
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Facts {
            info: info.iter().map(owned).collect(),
            config: Some(config.iter().map(owned).collect()),
            way: Way { is_local: true, ..Way::default() },
            ..Facts::default()
        }
    }

    fn settings() -> RedisSettings {
        RedisSettings::at("redis://127.0.0.1", "sb:").unwrap()
    }
}
