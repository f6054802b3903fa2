//! What a server says of itself, gathered before it is trusted with anything, and every now and then.
//! Judges nothing.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use domain::id::ShardId;
use jiff::Timestamp;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ConnectionAddr, RedisResult, Value, cmd, pipe};

use crate::clock;
use crate::clock::Clock;
use crate::store::Unavailable;
use crate::store::op::{Commit, InstanceId};
use crate::store::redis::commit;
use crate::store::redis::door::{Door, unavailable};
use crate::store::redis::keys::Keys;
use crate::store::redis::script::{Call, Scripts};
use crate::store::redis::settings::{Place, RedisSettings};

/// For one answer while looking.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// How often the way to the server and back is measured.
const MEASURED: usize = 50;
/// Of the whole server, but only where it is this machine.
const OVERCOMMIT: &str = "/proc/sys/vm/overcommit_memory";

/// What is known of a server.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// The lines of `INFO`.
    pub(super) info: BTreeMap<String, String>,
    /// What `CONFIG GET` says; none where it is not allowed, as with many who rent out servers.
    pub(super) config: Option<BTreeMap<String, String>>,
    /// Whether everybody may do everything without a password; none where it cannot be known.
    pub(super) open_to_all: Option<bool>,
    /// What lies under our prefix.
    pub(super) found: Found,
    /// Commands that our user may not use.
    pub(super) forbidden: Vec<String>,
    /// Why a script of ours did not do what it should.
    pub(super) scripts: Option<String>,
    /// How far the server's clock is before ours, in milliseconds.
    pub(super) skew_ms: i64,
    /// The slowest but one in a hundred of the ways to the server and back.
    pub(super) answer_p99: Duration,
    pub(super) way: Way,
    /// `vm.overcommit_memory` where the server is on this machine.
    pub(super) overcommit: Option<String>,
}

/// What lies under our prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Found {
    #[default]
    Nothing,
    /// A store of ours, with what it says of itself.
    Store(BTreeMap<String, String>),
    /// Keys that this program did not write.
    Foreign,
}

/// How the server is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Way {
    /// Within this machine.
    pub(super) is_local: bool,
    pub(super) is_encrypted: bool,
    pub(super) has_password: bool,
}

impl Facts {
    /// Looks with a connection of its own. Writes nothing but keys that it takes away again.
    pub(super) async fn look(
        door: &Door,
        settings: &RedisSettings,
        scripts: &Scripts,
    ) -> Result<Self, Unavailable> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(ANSWER_WITHIN))
            .set_response_timeout(Some(ANSWER_WITHIN));
        let look = async {
            let client = door.client().await?;
            let mut on = client.get_multiplexed_async_connection_with_config(&config).await?;
            Self::gather(&mut on, settings, scripts).await
        };
        look.await.map_err(|error| unavailable(&error))
    }

    async fn gather(
        on: &mut MultiplexedConnection,
        settings: &RedisSettings,
        scripts: &Scripts,
    ) -> RedisResult<Self> {
        let keys = Keys::new(&settings.prefix);
        let info: String = cmd("INFO").arg("everything").query_async(on).await?;
        let info = info.lines().filter_map(|line| line.split_once(':'));
        let mut facts = Self {
            info: info.map(|(key, value)| (key.to_owned(), value.trim().to_owned())).collect(),
            config: cmd("CONFIG").arg("GET").arg("*").query_async(on).await.ok(),
            open_to_all: open_to_all(on).await,
            way: Way::of(settings),
            ..Self::default()
        };
        let says = |key: &str, word: &str| facts.info.get(key).is_some_and(|said| said == word);
        if says("loading", "1") || says("cluster_enabled", "1") {
            return Ok(facts);
        }
        let is_master = says("role", "master");
        facts.found = Found::look(on, &keys, &settings.prefix).await?;
        facts.skew_ms = skew_ms(on).await?;
        facts.overcommit =
            if facts.way.is_local { fs::read_to_string(OVERCOMMIT).ok() } else { None };
        if is_master {
            facts.forbidden = forbidden(on, &keys).await?;
            facts.measure(on, &keys, scripts).await;
        }
        Ok(facts)
    }

    /// Lets somebody commit who owns nothing, again and again: he must be fenced each time.
    async fn measure(&mut self, on: &MultiplexedConnection, keys: &Keys, scripts: &Scripts) {
        let mut took = Vec::new();
        for _ in 0..MEASURED {
            let began = clock::monotonic();
            let answer: RedisResult<Vec<String>> = fenced(keys, scripts).on(on.clone()).await;
            took.push(began.elapsed());
            match answer {
                Ok(answer) if answer.first().is_some_and(|word| word == "fenced") => {}
                Ok(answer) => self.scripts = Some(format!("a stranger's commit: {answer:?}")),
                Err(error) => self.scripts = Some(error.to_string()),
            }
            if self.scripts.is_some() {
                return;
            }
        }
        took.sort_unstable();
        self.answer_p99 = took[MEASURED * 98 / 100];
    }
}

impl Found {
    async fn look(on: &mut MultiplexedConnection, keys: &Keys, prefix: &str) -> RedisResult<Self> {
        let kind: String = cmd("TYPE").arg(keys.about()).query_async(on).await?;
        match kind.as_str() {
            "hash" => {
                let about: BTreeMap<String, String> =
                    cmd("HGETALL").arg(keys.about()).query_async(on).await?;
                let ours = about.contains_key("store_id");
                return Ok(if ours { Self::Store(about) } else { Self::Foreign });
            }
            "none" => {}
            _ => return Ok(Self::Foreign),
        }
        // Only a look: a large server is not searched through.
        let pattern = format!("{}*", escaped(prefix));
        let (_, some): (String, Vec<String>) = cmd("SCAN")
            .arg(0)
            .arg("MATCH")
            .arg(pattern)
            .arg("COUNT")
            .arg(1000)
            .query_async(on)
            .await?;
        Ok(if some.is_empty() { Self::Nothing } else { Self::Foreign })
    }
}

impl Way {
    fn of(settings: &RedisSettings) -> Self {
        let info = match &settings.place {
            Place::One(info) => info,
            Place::Sentinel { node, .. } => node,
        };
        let (is_local, is_encrypted) = match info.addr() {
            ConnectionAddr::Unix(_) => (true, false),
            ConnectionAddr::Tcp(host, _) => (is_loopback(host), false),
            ConnectionAddr::TcpTls { host, .. } => (is_loopback(host), true),
            _ => (false, false),
        };
        // Where a master is that sentinels name, nobody knows before.
        let is_local = is_local && matches!(settings.place, Place::One(_));
        Self { is_local, is_encrypted, has_password: info.redis_settings().password().is_some() }
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The prefix as a pattern that stands for itself alone.
fn escaped(prefix: &str) -> String {
    let special = |c: char| ['*', '?', '[', ']', '^', '\\'].contains(&c);
    prefix.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

async fn open_to_all(on: &mut MultiplexedConnection) -> Option<bool> {
    let user: RedisResult<Value> = cmd("ACL").arg("GETUSER").arg("default").query_async(on).await;
    let user = user.ok()?;
    let flags = user.into_map_iter().ok()?.find_map(|(key, value)| {
        let key: String = redis::from_redis_value(key).ok()?;
        let flags = || redis::from_redis_value::<Vec<String>>(value).ok();
        (key == "flags").then(flags).flatten()
    })?;
    let has = |flag: &str| flags.iter().any(|found| found == flag);
    Some(has("on") && has("nopass"))
}

async fn skew_ms(on: &mut MultiplexedConnection) -> RedisResult<i64> {
    let before = Clock::Wall.now();
    let (seconds, micros): (i64, i64) = cmd("TIME").query_async(on).await?;
    let after = Clock::Wall.now();
    let theirs = seconds * 1_000 + micros / 1_000;
    Ok(theirs - i64::midpoint(before.as_millisecond(), after.as_millisecond()))
}

/// The call of somebody who owns nothing.
fn fenced<'a>(keys: &Keys, scripts: &'a Scripts) -> Call<'a> {
    let commit = Commit {
        shard: ShardId(0),
        owner: InstanceId("nobody#check".into()),
        epoch: 0,
        after_commits: 0,
        at: Timestamp::UNIX_EPOCH,
        groups: Vec::new(),
    };
    commit::call(&scripts.commit, keys, &commit, commit::Rings::Everybody)
}

/// Tries each command that scripts and reads use, on keys of its own which it takes away again: a
/// script whose user may not do one of them would stop half-way.
async fn forbidden(on: &mut MultiplexedConnection, keys: &Keys) -> RedisResult<Vec<String>> {
    let of = |kind: &str| keys.scratch(kind);
    let tries: Vec<Vec<String>> = [
        "SET text 1",
        "MSET text 1",
        "GET text",
        "MGET text",
        "EXISTS text",
        "GETRANGE text 0 1",
        "HSET hash f 1",
        "HSETNX hash f 1",
        "HGET hash f",
        "HMGET hash f",
        "HGETALL hash",
        "HEXISTS hash f",
        "HINCRBY hash f 1",
        "HDEL hash f",
        "ZADD sorted 0 m",
        "ZSCORE sorted m",
        "ZMSCORE sorted m",
        "ZRANGE sorted 0 -1",
        "ZLEXCOUNT sorted - +",
        "ZRANGEBYLEX sorted - +",
        "ZRANGEBYSCORE sorted 0 1",
        "ZREM sorted m",
        "XADD stream 1-1 f v",
        "XRANGE stream - +",
        "XTRIM stream MAXLEN 0",
        "RPUSH list v",
        "LRANGE list 0 -1",
        "SADD set m",
        "SMEMBERS set",
        "SREM set m",
        "DEL text hash sorted stream list set",
    ]
    .iter()
    .map(|line| line.split(' ').map(str::to_owned).collect())
    .collect();
    let mut commands = pipe();
    let kinds = ["text", "hash", "sorted", "stream", "list", "set"];
    for words in &tries {
        commands.cmd(&words[0]);
        for word in &words[1..] {
            let is_key = kinds.contains(&word.as_str());
            commands.arg(if is_key { of(word) } else { word.clone() });
        }
    }
    commands.cmd("PUBLISH").arg(keys.signals()).arg("check");
    let answers: Vec<RedisResult<Value>> = commands.ignore_errors().query_async(on).await?;
    let names = tries.iter().map(|words| words[0].clone()).chain(["PUBLISH".to_owned()]);
    let refused = names
        .zip(answers)
        .filter(|(_, answer)| answer.as_ref().is_err_and(|error| error.code() == Some("NOPERM")));
    Ok(refused.map(|(name, _)| name).collect())
}
