//! A failover to a replica that has less than its master had answered.

use std::time::Duration;

use switchboard::store::op::CommitError;
use switchboard::store::redis::RedisSettings;
use switchboard::store::{Signal, Store};

use crate::contract::block_on;
use crate::contract::words::*;
use crate::redis_server::{RedisServer, free_port};

const DURABLE: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

#[test]
fn an_owner_notices_that_a_failover_has_lost_what_was_answered() {
    let (of_master, of_replica, of_sentinel) = (free_port(), free_port(), free_port());
    let mut master = RedisServer::start(&[&DURABLE[..], &["--port", &of_master]].concat());
    let follows = ["--port", &of_replica, "--replicaof", "127.0.0.1", &of_master];
    let mut replica = RedisServer::start(&[&DURABLE[..], &follows].concat());
    let sentinel = RedisServer::start_sentinel(&of_sentinel, &of_master);
    until(|| sentinel.cli(&["sentinel", "replicas", "hub"]).contains(&of_replica));
    until(|| replica.cli(&["info", "replication"]).contains("master_link_status:up"));
    // Until it has written down what it was sent at first, it has nothing after a kill.
    until(|| replica.cli(&["info", "persistence"]).contains("aof_rewrite_in_progress:0"));
    let sentinels = [format!("redis://127.0.0.1:{of_sentinel}")];
    let settings = RedisSettings::behind_sentinels(&sentinels, "hub", "redis://master", "sb:");
    let store = Store::redis(&settings.unwrap()).unwrap();
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        let mut signals = store.signals();
        anna.does([event("a"), put("c", 0, "text")]).await;
        until(|| replica.cli(&["hget", "sb:{7}:meta", "commits"]).trim() == "1");
        replica.is_killed();
        anna.does([event("b"), put("c", 1, "lost")]).await;
        assert_eq!(signals.recv().await, Ok(Signal::Feed(SHARD)));
        master.is_killed();
        replica.starts_again();
        let who = ["sentinel", "get-master-addr-by-name", "hub"];
        until(|| sentinel.cli(&who).contains(&of_replica));
        let mut tried = anna.tries([event("c")]).await;
        let since = switchboard::clock::monotonic();
        while matches!(tried, Err(CommitError::Unavailable(_))) {
            assert!(since.elapsed() < WITHIN, "{tried:?}");
            tried = anna.tries([event("c")]).await;
        }
        assert_eq!(tried, Err(CommitError::WentBack("commits")));
        let mut told = Vec::new();
        while let Ok(signal) = signals.try_recv() {
            told.push(signal);
        }
        assert!(told.contains(&Signal::Restarted), "{told:?}");
        // The state is older, but whole, and goes on in an epoch that nobody has had.
        // The connection for leases notices by a call that fails.
        let _noticed = store.leases().await;
        let seen = lease_of(&store, SHARD).await;
        let lease = store.claim(SHARD, anna.me.clone(), seen, anna.epoch).await.unwrap().unwrap();
        assert!(lease.epoch > anna.epoch);
        let mut anna = Owner { epoch: lease.epoch, commits: 1, ..anna };
        anna.does([put("c", 1, "anew"), event("c")]).await;
    });
}

const WITHIN: Duration = Duration::from_mins(1);

/// Asks again and again; what it asks takes a moment each time.
fn until(holds: impl Fn() -> bool) {
    let since = switchboard::clock::monotonic();
    while !holds() {
        assert!(since.elapsed() < WITHIN, "it does not come about");
        std::thread::yield_now();
    }
}
