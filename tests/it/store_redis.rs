//! What only a store in a server of its own can meet: that the server dies, stands still, is full,
//! is emptied, or comes back with less than it had.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::join_all;
use switchboard::store::op::{
    CommitError, InboxPosition, Meta, Position, Renewed, Submitted, Trim,
};
use switchboard::store::{Signal, Store, Unavailable};

use crate::contract::block_on;
use crate::contract::words::*;
use crate::redis_server::RedisServer;

const ALWAYS: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];
const EVERY_SECOND: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "everysec"];

#[test]
fn what_was_answered_outlives_a_kill_of_the_server() {
    for mode in [ALWAYS, EVERY_SECOND] {
        let mut server = RedisServer::start(&mode);
        let store = server.new_store();
        block_on(async {
            let mut anna = Owner::of(&store, "anna").await;
            for n in 0..20 {
                anna.does([event("a"), put("c", n, "text")]).await;
            }
            submit(&store, "hello").await;
            server.is_killed();
            assert_unavailable(anna.tries([event("b")]).await);
            assert!(store.meta(SHARD).await.is_err(), "nobody is there");
            server.starts_again();
            // The same store finds the server again, which has forgotten the scripts.
            assert_eq!(submit(&store, "hello").await, Submitted::Duplicate);
            assert_eq!(waiting(&store, 0).await, [(1, "hello".to_owned())]);
            assert_eq!(store.meta(SHARD).await.unwrap().commits, 20);
            anna.does([put("c", 20, "more")]).await;
            // The connection for leases notices by a call that fails.
            let _noticed = renew(&store, SHARD, anna.me.clone(), anna.epoch).await;
            let renewed = renew(&store, SHARD, anna.me, anna.epoch).await;
            assert_eq!(renewed, Ok(Renewed::Ours { want: None }));
        });
    }
}

/// The AOF of a killed server is cut within what the last commit wrote.
#[test]
fn of_a_commit_that_is_torn_nothing_is_left() {
    let mut server = RedisServer::start(&ALWAYS);
    let store = server.store("torn:");
    let (before, after) = block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([event("a"), put("c", 0, "first")]).await;
        let before = log_of(&server);
        let all = [event("b"), put("c", 1, "second"), set_timer("t", at(9)), put_job("j", "job")];
        anna.does(all.into_iter().chain([history("c", 1, "text"), put_inbox(SHARD, "x")])).await;
        (before, log_of(&server))
    });
    assert!(before.len() < after.len() && after.starts_with(&before));
    for length in (before.len()..after.len()).step_by(37).chain([after.len() - 1]) {
        server.is_killed();
        fs::write(log_path(&server), &after[..length]).unwrap();
        server.starts_again();
        block_on(async {
            let store = server.store("torn:");
            let meta = Meta { commits: 1, feed_end: position(1, 1), ..Meta::default() };
            assert_eq!(store.meta(SHARD).await.unwrap(), meta, "cut at {length}");
            let events = store.feed(SHARD, Position::default(), 9).await.unwrap().unwrap();
            assert_eq!(events.len(), 1);
            assert_eq!(waiting(&store, 0).await, []);
            assert_eq!(store.timers(SHARD).await.unwrap(), []);
            assert_eq!(store.jobs(SHARD).await.unwrap(), []);
            assert_eq!(store.history(SHARD, conversation("c"), 0, 9).await.unwrap(), []);
        });
    }
}

#[test]
fn what_is_packed_takes_little_memory() {
    let server = RedisServer::start(&ALWAYS);
    let store = server.store("pack:");
    let memory = |key| server.cli(&["memory", "usage", key]).trim().parse::<u64>().ok();
    let (records, packed) = ("pack:{7}:hist:c", "pack:{7}:pack:c");
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        let text = r#"{"record":"entry","author":"customer","text":"hello"}"#;
        anna.does((1..=100).map(|n| history("c", n, text))).await;
        let before = memory(records).unwrap();
        let all = pack(&store, "c", 100).await;
        anna.does([all]).await;
        assert_eq!(memory(records), None);
        assert!(memory(packed).unwrap() * 10 < before);
        anna.does([forget_history("c")]).await;
        assert_eq!((memory(records), memory(packed)), (None, None));
    });
}

#[test]
fn a_commit_without_an_answer_is_made_once_at_most() {
    let server = RedisServer::start(&ALWAYS);
    let store = server.new_store();
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([event("a")]).await;
        server.stands_still();
        assert_unavailable(anna.tries([event("b")]).await);
        server.goes_on();
        let again = anna.tries([event("b")]).await;
        let repeated = Err(CommitError::WentBack("commits"));
        assert!(again == Ok(()) || again == repeated, "{again:?}");
        anna.commits = 1;
        assert_eq!(anna.tries([event("b")]).await, repeated);
        let events = store.feed(SHARD, Position::default(), 9).await.unwrap().unwrap();
        assert_eq!(events.len(), 2);
    });
}

#[test]
fn who_is_not_answered_in_time_has_not_submitted_later() {
    // Many more than go in one call.
    let texts: Vec<String> = (0..2_000).map(|n| format!("entry {n}")).collect();
    let server = RedisServer::start(&ALWAYS);
    let store = server.new_store();
    block_on(async {
        let submit = |text: &String| store.submit(SHARD, text.clone(), DAY, at(0), bytes(text));
        assert!(submit(&"before".to_owned()).await.is_ok());
        server.stands_still();
        let answers = join_all(texts.iter().map(submit)).await;
        assert!(answers.iter().all(Result::is_err), "{answers:?}");
        server.goes_on();
        // Of those in the call that was made nobody knows.
        let known = submit(&"behind".to_owned()).await;
        assert!(known.is_ok(), "{known:?}");
        assert!(waiting(&store, 1).await.len() < texts.len() / 2);
        let again = join_all(texts.iter().map(submit)).await;
        assert!(again.iter().all(Result::is_ok), "{again:?}");
        let mut arrived: Vec<String> =
            waiting(&store, 1).await.into_iter().map(|(_, text)| text).collect();
        arrived.retain(|text| text != "behind");
        assert_eq!(arrived, texts);
    });
}

#[test]
fn what_is_read_is_read_over_another_connection_if_one_was_cut() {
    let server = RedisServer::start(&ALWAYS);
    let store = server.new_store();
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([event("a"), put("c", 0, "text")]).await;
        submit(&store, "hello").await;
        for _ in 0..3 {
            assert_eq!(store.meta(SHARD).await.map(|meta| meta.commits), Ok(1));
            server.cli(&["client", "kill", "type", "normal"]);
            assert_eq!(store.inbox(SHARD, InboxPosition(0), 9).await.map(|page| page.len()), Ok(1));
            let feed = store.feed(SHARD, Position::default(), 9).await.unwrap();
            assert_eq!(feed.map(|events| events.len()), Some(1));
            server.cli(&["client", "kill", "type", "normal"]);
            let feed = store.feed(SHARD, Position::default(), 9).await.unwrap();
            assert_eq!(feed.map(|events| events.len()), Some(1));
        }
    });
}

#[test]
fn a_full_server_refuses_the_whole_commit_and_keeps_the_leases() {
    let server = RedisServer::start(&ALWAYS);
    let store = server.new_store();
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([event("a"), put("c", 0, "text")]).await;
        server.cli(&["config", "set", "maxmemory", "100kb"]);
        assert_unavailable(anna.tries([event("b"), put("c", 1, "more")]).await);
        assert!(store.submit(SHARD, "k".into(), DAY, at(0), bytes("hello")).await.is_err());
        assert_eq!(store.meta(SHARD).await.unwrap().commits, 1);
        let events = store.feed(SHARD, Position::default(), 9).await.unwrap().unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(waiting(&store, 0).await, []);
        let renewed = renew(&store, SHARD, anna.me.clone(), anna.epoch).await;
        assert_eq!(renewed, Ok(Renewed::Ours { want: None }));
        assert_eq!(store.release(SHARD, anna.me, anna.epoch).await, Ok(true));
        let mut boris = Owner::of(&store, "boris").await;
        server.cli(&["config", "set", "maxmemory", "0"]);
        boris.does([event("there is room again")]).await;
    });
}

#[test]
fn a_feed_is_not_trimmed_all_at_once() {
    let server = RedisServer::start(&EVERY_SECOND);
    let store = server.new_store();
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        for _ in 0..250 {
            anna.does([event("a")]).await;
        }
        let feed = Trim { shard: SHARD, end: position(1, 250), keep: 0 };
        assert_eq!(store.trim(vec![feed]).await.unwrap(), [feed], "there is more");
        assert!(store.feed_at(SHARD, position(1, 250)).await.unwrap().is_some());
        trim(&store, SHARD, 0).await;
        assert!(store.feed_at(SHARD, position(1, 250)).await.unwrap().is_none());
    });
}

#[test]
fn a_feed_that_cannot_be_trimmed_keeps_no_other_from_it() {
    let server = RedisServer::start(&EVERY_SECOND);
    let store = server.store("one:");
    block_on(async {
        for shard in [SHARD, ELSEWHERE] {
            let mut owner = Owner::of_shard(&store, shard, "anna").await;
            for _ in 0..250 {
                owner.does([event("a")]).await;
            }
        }
        server.cli(&["set", &format!("one:{{{SHARD}}}:feed"), "no stream"]);
        let feed = |shard| Trim { shard, end: position(1, 250), keep: 0 };
        let mut left = vec![feed(SHARD), feed(ELSEWHERE)];
        let Unavailable(why) = loop {
            left = match store.trim(left).await {
                Ok(left) => left,
                Err(failed) => break failed,
            };
            assert_eq!(left, [feed(ELSEWHERE), feed(SHARD)]);
        };
        assert!(why.starts_with(&format!("shard {SHARD}: ")), "{why}");
        assert!(store.feed_at(ELSEWHERE, position(1, 250)).await.unwrap().is_none());
    });
}

#[test]
fn nobody_works_on_a_store_that_was_emptied() {
    let server = RedisServer::start(&ALWAYS);
    let store = server.new_store();
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([event("a")]).await;
        server.cli(&["flushall"]);
        let foreign = |Unavailable(why): &Unavailable| why.contains("emptied or replaced");
        let claimed = store.claim(SHARD, instance("boris"), lease_of(&store, SHARD).await, 0).await;
        assert!(claimed.as_ref().is_err_and(foreign), "{claimed:?}");
        let submitted = store.submit(SHARD, "k".into(), DAY, at(0), bytes("hello")).await;
        assert!(submitted.as_ref().is_err_and(foreign), "{submitted:?}");
        let renewed = renew(&store, SHARD, instance("anna"), anna.epoch).await;
        assert_eq!(renewed, Ok(Renewed::Lost));
        let fenced = CommitError::Fenced { owner: None, epoch: 0 };
        assert_eq!(anna.tries([event("b")]).await, Err(fenced));
    });
}

#[test]
fn a_server_that_was_started_anew_is_noticed_at_the_first_call() {
    let mut server = RedisServer::start(&ALWAYS);
    let store = server.new_store();
    block_on(async {
        let anna = Owner::of(&store, "anna").await;
        let mut signals = store.signals();
        let again = || renew(&store, SHARD, anna.me.clone(), anna.epoch);
        server.cli(&["client", "kill", "type", "normal"]);
        while again().await.is_err() {}
        server.is_killed();
        server.starts_again();
        while again().await.is_err() {}
        assert_eq!(signals.try_recv(), Ok(Signal::Restarted));
        assert!(signals.try_recv().is_err(), "a connection that was cut is no new server");
    });
}

/// As when a lease is mended by hand, or comes from another copy than the rest.
#[test]
fn nobody_writes_behind_the_feed_of_a_lease_that_went_back() {
    let server = RedisServer::start(&ALWAYS);
    let store = server.store("back:");
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([event("a")]).await;
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([event("b")]).await;
        let lease = server.cli(&["keys", "back:*:lease"]);
        server.cli(&["hset", lease.trim(), "epoch", "1"]);
        anna.epoch = 1;
        assert_eq!(anna.tries([event("c")]).await, Err(CommitError::WentBack("feed")));
        assert_eq!(store.meta(SHARD).await.unwrap().feed_end, position(2, 1));
    });
}

#[test]
fn forgotten_scripts_and_lost_listeners_are_made_good() {
    let server = RedisServer::start(&ALWAYS);
    let store = server.new_store();
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        let mut signals = store.signals();
        server.cli(&["script", "flush"]);
        anna.does([event("a")]).await;
        assert_eq!(signals.recv().await, Ok(Signal::Feed(SHARD)));
        server.cli(&["client", "kill", "type", "pubsub"]);
        while server.cli(&["pubsub", "channels"]).trim().is_empty() {}
        anna.does([event("b")]).await;
        assert_eq!(signals.recv().await, Ok(Signal::Feed(SHARD)));
    });
}

/// Each ring costs the server and whoever hears it as much as the commit's own answer.
#[test]
fn who_is_alone_rings_for_nobody_else() {
    let server = RedisServer::start(&ALWAYS);
    let (here, there) = (server.store("one:"), server.store("one:"));
    block_on(async {
        let says = |store: &Store, who: &str| {
            let (store, who) = (store.clone(), instance(who));
            async move { store.announce(who, Vec::new(), Duration::from_mins(1)).await.unwrap() }
        };
        let mut anna = Owner::of(&here, "anna").await;
        let mut elsewhere = Owner::of_shard(&here, ELSEWHERE, "anna").await;
        says(&here, "anna").await;
        assert_eq!(here.members().await.unwrap().len(), 1);
        let (mut own, mut others) = (here.signals(), there.signals());
        anna.does([event("a")]).await;
        assert_eq!(own.recv().await, Ok(Signal::Feed(SHARD)));
        says(&there, "boris").await;
        assert_eq!(here.members().await.unwrap().len(), 2);
        elsewhere.does([event("b")]).await;
        assert_eq!(own.recv().await, Ok(Signal::Feed(ELSEWHERE)));
        assert_eq!(others.recv().await, Ok(Signal::Feed(ELSEWHERE)), "not that of before");
    });
}

#[test]
fn a_lease_that_is_broken_is_one_lost() {
    let server = RedisServer::start(&ALWAYS);
    let store = server.store("broken:");
    block_on(async {
        let anna = Owner::of(&store, "anna").await;
        let lease = server.cli(&["keys", "broken:*:lease"]);
        Owner::of_shard(&store, ELSEWHERE, "anna").await;
        let held = || vec![(SHARD, anna.epoch), (ELSEWHERE, 1)];
        let ours = Renewed::Ours { want: None };
        let breaks: [&[&str]; 2] =
            [&["hset", lease.trim(), "beat", "no number"], &["set", lease.trim(), "no lease"]];
        for breaks in breaks {
            server.cli(breaks);
            let renewed = store.renew(instance("anna"), held()).await;
            assert_eq!(renewed, Ok(vec![Renewed::Lost, ours.clone()]));
            let known = store.leases().await.map(|leases| leases.into_iter().map(|(of, _)| of));
            assert_eq!(known.map(Vec::from_iter), Ok(vec![ELSEWHERE]));
        }
    });
}

fn assert_unavailable(made: Result<(), CommitError>) {
    assert!(matches!(made, Err(CommitError::Unavailable(_))), "{made:?}");
}

fn log_path(server: &RedisServer) -> PathBuf {
    let files = fs::read_dir(server.folder().join("appendonlydir")).unwrap();
    let mut logs = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(".incr.aof"));
    logs.next().unwrap()
}

fn log_of(server: &RedisServer) -> Vec<u8> {
    fs::read(log_path(server)).unwrap()
}
