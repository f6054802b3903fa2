//! Which servers are refused and which are warned of: each row of the table in
//! `docs/OPERATIONS.md` that a server can be brought to, with a server started so.

use std::time::Duration;

use switchboard::store::Store;
use switchboard::store::redis::{Durability, Finding, RedisSettings, Verdict, check};

use crate::contract::block_on;
use crate::contract::words::*;
use crate::redis_server::{RedisServer, free_port};

const GOOD: [&str; 8] = [
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
    "--maxmemory",
    "100mb",
    "--requirepass",
    "secret",
];

#[test]
fn a_server_as_it_should_be_is_taken() {
    let server = RedisServer::start(&GOOD);
    let settings = trusted(&server);
    for time in ["at first", "once there is a store"] {
        for finding in check(&settings).unwrap() {
            // They depend on the machine that runs the tests.
            let may_warn = ["Redis version", "Redis speed"].contains(&finding.what);
            let fine = matches!(finding.verdict, Verdict::Fine(_));
            let warned = may_warn && matches!(finding.verdict, Verdict::Warning(_));
            assert!(fine || warned, "{time}: {finding:?}");
        }
        assert_eq!(server.keys_beside(&settings), [""; 0], "{time}: nothing is left behind");
        drop(Store::redis(&settings).unwrap());
    }
}

#[test]
fn what_would_lose_data_is_refused() {
    for (options, what, word) in [
        (&["--maxmemory-policy", "allkeys-lru"][..], "Redis memory", "noeviction"),
        (&["--appendonly", "no"], "Redis log", "appendonly"),
        (&["--appendfsync", "no"], "Redis log", "appendfsync"),
        (&["--cluster-enabled", "yes"], "Redis role", "cluster"),
        (&["--replicaof", "127.0.0.1", "1"], "Redis role", "lost its master"),
    ] {
        let server = RedisServer::start(&[&GOOD[..], options].concat());
        assert_refused(&trusted(&server), what, word);
    }
}

#[test]
fn what_is_only_doubtful_is_warned_of() {
    for (options, what, word) in [
        (&["--maxmemory", "0"][..], "Redis memory", "maxmemory"),
        (&["--appendfsync", "everysec"], "Redis log", "power cut"),
        (&["--stop-writes-on-bgsave-error", "no"], "Redis disk", "unnoticed"),
        (
            &["--client-output-buffer-limit", "pubsub", "1mb", "1mb", "60"],
            "Redis signals",
            "buffer",
        ),
    ] {
        let server = RedisServer::start(&[&GOOD[..], options].concat());
        assert_warned(&trusted(&server), what, word);
    }
    let server = RedisServer::start(&GOOD[..6]);
    assert_warned(&server.settings("sb:"), "Redis transport", "no password");
}

#[test]
fn settings_say_how_much_may_be_lost() {
    let server = RedisServer::start(&[&GOOD[..], &["--appendfsync", "everysec"]].concat());
    let strict = RedisSettings { durability: Durability::Strict, ..trusted(&server) };
    assert_refused(&strict, "Redis log", "strict");
    let server = RedisServer::start(&[&GOOD[..], &["--appendonly", "no"]].concat());
    let volatile = RedisSettings { allow_volatile: true, ..trusted(&server) };
    assert_warned(&volatile, "Redis log", "loses minutes");
}

#[test]
fn a_user_without_the_needed_rights_is_refused() {
    let limited = ["--user", "limited", "on", ">pw", "~*", "&*", "+@all", "-zadd", "-xtrim"];
    let server = RedisServer::start(&[&GOOD[..], &limited].concat());
    assert_refused(&as_user(&server, "limited"), "Redis rights", "ZADD, XTRIM");
    let blind = ["--user", "blind", "on", ">pw", "~sb:*", "&sb:*", "+@all", "-config", "-acl"];
    let server = RedisServer::start(&[&GOOD[..], &blind].concat());
    let settings = as_user(&server, "blind");
    assert_warned(&settings, "Redis rights", "not checked: appendfsync");
    assert_warned(&settings, "Redis log", "not known");
}

/// The user of `docs/OPERATIONS.md`.
#[test]
fn a_user_with_no_more_than_the_needed_rights_is_taken() {
    let rights = ["+@all", "-@admin", "-@dangerous", "+info", "+config|get"];
    let user = ["--user", "switchboard", "on", ">pw", "~sb:*", "&sb:*"];
    let server = RedisServer::start(&[&GOOD[..], &user, &rights].concat());
    let settings = as_user(&server, "switchboard");
    let findings = check(&settings).unwrap();
    let of_rights = findings.iter().find(|finding| finding.what == "Redis rights").unwrap();
    assert!(matches!(of_rights.verdict, Verdict::Fine(_)), "{findings:#?}");
    let store = Store::redis(&settings).unwrap();
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([event("a"), put("c", 0, "text"), put_inbox(ELSEWHERE, "x")]).await;
        submit(&store, "hello").await;
        tidy(&store, at(i64::from(DAY))).await;
        trim(&store, SHARD, 0).await;
    });
}

#[test]
fn a_failed_snapshot_is_refused() {
    let server = RedisServer::start(&GOOD[..6]);
    // No file can take the place of a folder that is not empty.
    std::fs::create_dir_all(server.folder().join("dump.rdb/in-the-way")).unwrap();
    server.cli(&["bgsave"]);
    until(|| server.cli(&["info", "persistence"]).contains("rdb_last_bgsave_status:err"));
    assert_refused(&server.settings("sb:"), "Redis disk", "snapshot");
}

#[test]
fn replicas_that_lag_are_warned_of_and_are_no_masters() {
    let port = free_port();
    let master = RedisServer::start(&[&GOOD[..6], &["--port", &port]].concat());
    let replica = RedisServer::start(&[&GOOD[..6], &["--replicaof", "127.0.0.1", &port]].concat());
    until(|| master.cli(&["info", "replication"]).contains("connected_slaves:1"));
    until(|| replica.cli(&["info", "replication"]).contains("master_link_status:up"));
    assert_warned(&master.settings("sb:"), "Redis replicas", "min-replicas-to-write");
    assert_refused(&replica.settings("sb:"), "Redis role", "replica");
}

#[test]
fn keys_of_somebody_else_are_left_alone() {
    let server = RedisServer::start(&GOOD[..6]);
    server.cli(&["set", "sb:theirs", "1"]);
    assert_refused(&server.settings("sb:"), "Redis store", "another program");
    server.cli(&["set", "x:about", "1"]);
    assert_refused(&server.settings("x:"), "Redis store", "another program");
    drop(server.store("ours:"));
    let fewer = RedisSettings { shards: 32, ..server.settings("ours:") };
    assert_refused(&fewer, "Redis store", "store.shards: the data has 64");
    server.cli(&["hset", "ours:about", "schema", "9"]);
    assert_refused(&server.settings("ours:"), "Redis store", "schema 9");
}

#[test]
fn a_server_that_changes_under_a_running_program_is_noticed() {
    let server = RedisServer::start(&GOOD[..6]);
    let often = Duration::from_millis(20);
    let settings = RedisSettings { look_every: often, ..server.settings("sb:") };
    let store = Store::redis(&settings).unwrap();
    assert_eq!(store.trouble(), None);
    let says = |word: &str| store.trouble().is_some_and(|trouble| trouble.contains(word));
    server.cli(&["config", "set", "maxmemory-policy", "allkeys-lru"]);
    until(|| says("noeviction"));
    server.cli(&["config", "set", "maxmemory-policy", "noeviction"]);
    until(|| store.trouble().is_none());
    server.cli(&["hset", "sb:about", "store_id", "another"]);
    until(|| says("replaced"));
    server.cli(&["flushall"]);
    until(|| says("emptied"));
}

fn assert_refused(settings: &RedisSettings, what: &str, word: &str) {
    let findings = check(settings).unwrap();
    let found = |finding: &Finding| {
        let refused = matches!(&finding.verdict, Verdict::Refused(why) if why.contains(word));
        finding.what == what && refused
    };
    assert!(findings.iter().any(found), "{what}, {word}: {findings:#?}");
}

fn assert_warned(settings: &RedisSettings, what: &str, word: &str) {
    let findings = check(settings).unwrap();
    let found = |finding: &Finding| {
        let warned = matches!(&finding.verdict, Verdict::Warning(why) if why.contains(word));
        finding.what == what && warned
    };
    assert!(findings.iter().any(found), "{what}, {word}: {findings:#?}");
    let refused = |finding: &&Finding| matches!(finding.verdict, Verdict::Refused(_));
    assert_eq!(findings.iter().find(refused), None);
}

/// As the default user, with the password of [`GOOD`].
fn trusted(server: &RedisServer) -> RedisSettings {
    RedisSettings::at(&format!("{}?pass=secret", server.url()), "sb:").unwrap()
}

fn as_user(server: &RedisServer, user: &str) -> RedisSettings {
    RedisSettings::at(&format!("{}?user={user}&pass=pw", server.url()), "sb:").unwrap()
}

/// Asks again and again; what it asks takes a moment each time.
pub(crate) fn until(holds: impl Fn() -> bool) {
    let since = switchboard::clock::monotonic();
    while !holds() {
        assert!(since.elapsed() < Duration::from_secs(20), "it does not come about");
        std::thread::yield_now();
    }
}
