//! The memory of a server that has little: it is watched, nothing is thrown away, and what frees it
//! goes on.

use std::time::Duration;

use switchboard::store::op::{CommitError, Renewed};
use switchboard::store::redis::RedisSettings;
use switchboard::store::{MEMORY_FULL, MEMORY_HIGH, MEMORY_VERY_HIGH, Store};

use crate::contract::block_on;
use crate::contract::words::*;
use crate::redis_checks::until;
use crate::redis_server::RedisServer;

const SMALL: [&str; 8] = [
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
    "--maxmemory",
    "20mb",
    "--maxmemory-policy",
    "noeviction",
];
const PERCENT_BYTES: usize = 20 * 1024 * 1024 / 100;

#[test]
fn a_memory_that_fills_up_is_watched_and_nothing_is_thrown_away() {
    let server = RedisServer::start(&SMALL);
    let often = Duration::from_millis(10);
    let settings = RedisSettings { memory_every: often, ..server.settings("sb:") };
    let store = Store::redis(&settings).unwrap();
    until(|| store.memory_percent().is_some());
    assert!(store.memory_percent() < Some(MEMORY_HIGH) && store.has_room());
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([put("c", 0, "text"), history("c", 1, "hello")]).await;
        for (mark, has_room) in
            [(MEMORY_HIGH, true), (MEMORY_VERY_HIGH, true), (MEMORY_FULL, false)]
        {
            // A little more, as it is counted in whole percents.
            let missing = usize::from(mark + 2 - store.memory_percent().unwrap());
            fills(&server, &format!("beside {mark}"), missing);
            until(|| store.memory_percent() >= Some(mark));
            assert_eq!(store.has_room(), has_room, "{:?}", store.memory_percent());
            anna.does([event("what is under way goes on")]).await;
        }
        fills(&server, "the rest", 12);
        let keys = server.cli(&["dbsize"]);
        let refused = anna.tries([event("no room"), put("another", 0, "text")]).await;
        assert!(matches!(refused, Err(CommitError::Unavailable(_))), "{refused:?}");
        assert_eq!(server.cli(&["dbsize"]), keys, "neither taken nor thrown away");
        let renewed = renew(&store, SHARD, anna.me.clone(), anna.epoch).await;
        assert_eq!(renewed, Ok(Renewed::Ours { want: None }), "leases live on");
        assert_eq!(store.history(SHARD, conversation("c"), 0, 9).await.unwrap().len(), 1);
        server.cli(&["del", "the rest", &format!("beside {MEMORY_FULL}")]);
        until(|| store.has_room());
        anna.does([event("there is room")]).await;
    });
}

fn fills(server: &RedisServer, key: &str, percent: usize) {
    let script = "redis.call('SET', KEYS[1], string.rep('x', ARGV[1]))";
    server.cli(&["eval", script, "1", key, &(percent * PERCENT_BYTES).to_string()]);
}
