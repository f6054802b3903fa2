//! Kill -9 in the middle of writing: what was acknowledged is there, and every commit is there
//! wholly or not at all.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use domain::id::ShardId;
use futures_util::future::join_all;
use switchboard::store::Store;
use switchboard::store::op::{DocumentKind, InboxPosition, Position, SharedKind, Slot};

use crate::contract::words::*;
use crate::contract::{block_on, words};

const ROUNDS: u64 = 5;
const SHARDS: u16 = 8;
/// The inbox into which a shard puts an entry with each commit; nobody claims it.
const SINK: u16 = 100;
/// The data directory of the child; it is the child that has it set.
const DIRECTORY: &str = "SWITCHBOARD_TEST_KILL_DIRECTORY";

#[test]
fn what_was_acknowledged_survives_and_nothing_is_halved() {
    let dir = tempfile::tempdir().unwrap();
    let mut kept = vec![0; usize::from(SHARDS)];
    for round in 1..=ROUNDS {
        let mut child = writing_child(dir.path());
        let acknowledged = kill_after(&mut child, 100 + 150 * round);
        for (shard, kept) in (0..).zip(&mut kept) {
            let sure = acknowledged.iter().filter(|(of, _)| *of == shard).map(|(_, n)| *n);
            let sure = sure.fold(*kept, u64::max);
            *kept = block_on(found_whole(dir.path(), ShardId(shard)));
            assert!(*kept >= sure, "shard {shard} lost {sure} in round {round}, has {kept}");
        }
    }
    assert!(kept.iter().all(|n| *n > 0), "every shard has written: {kept:?}");
}

/// Not a test of its own: the process that is killed. Without the directory it has nothing to do.
#[test]
fn child_that_writes_until_it_is_killed() {
    let Ok(dir) = std::env::var(DIRECTORY) else { return };
    let store = Store::sqlite(Path::new(&dir)).unwrap();
    block_on(join_all((0..SHARDS).map(|shard| write_for_ever(store.clone(), ShardId(shard)))));
}

fn writing_child(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store_kill::child_that_writes_until_it_is_killed", "--nocapture"])
        .env(DIRECTORY, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Kills the child when it has acknowledged so many commits, and answers all that it
/// acknowledged till the end: shard and number.
fn kill_after(child: &mut Child, count: u64) -> Vec<(u16, u64)> {
    let mut acknowledged = Vec::new();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines {
        let line = line.unwrap();
        acknowledged.extend(line.strip_prefix("acknowledged ").and_then(parse));
        if acknowledged.len() as u64 == count {
            child.kill().unwrap();
        }
    }
    let status = child.wait().unwrap();
    assert!(!status.success() && acknowledged.len() as u64 >= count, "the child ended by itself");
    acknowledged
}

/// None for a line that the kill has cut.
fn parse(text: &str) -> Option<(u16, u64)> {
    let (shard, n) = text.strip_suffix('.')?.split_once(' ')?;
    Some((shard.parse().ok()?, n.parse().ok()?))
}

/// Commit n of a shard touches everything that a commit can touch, all with the number n.
async fn write_for_ever(store: Store, shard: ShardId) {
    let mut owner = Owner::of_shard(&store, shard, "child").await;
    let mut n = owner.commits;
    loop {
        let text = n.to_string();
        let key = format!("entry {}", n + 1);
        store.submit(shard, key, DAY, at(0), bytes("entry")).await.unwrap();
        let from = store.meta(shard).await.unwrap().inbox_at.0;
        let mut ops = vec![
            put("c", n, &text),
            history("c", u32::try_from(n).unwrap() + 1, &text),
            event(&text),
            set_timer("timer", at(i64::try_from(n).unwrap() + 1)),
            put_job("job", &(n + 1).to_string()),
            advance(from, n + 1),
            put_inbox(ShardId(SINK + shard.0), &text),
            dead(&text),
            count(&shard.to_string(), "olga", 1, at(0)),
            reserve("olga", &format!("{shard}-{}", n + 1), 0),
            release("olga", &format!("{shard}-{n}")),
            words::put_shared(&shard.to_string(), n, &text),
        ];
        // The heavier commits make it likelier that the kill comes between two writes of one.
        ops.extend((0..n % 7).map(|_| event(&text)));
        owner.does(ops).await;
        n += 1;
        // One write a line, so that lines of a dying process are cut but never mixed.
        let line = format!("acknowledged {shard} {n}.\n");
        std::io::stdout().write_all(line.as_bytes()).unwrap();
    }
}

/// The number of commits of a shard, after making sure that everything shows that number.
async fn found_whole(dir: &Path, shard: ShardId) -> u64 {
    let store = Store::sqlite(dir).unwrap();
    let meta = store.meta(shard).await.unwrap();
    let n = meta.commits;
    if n == 0 {
        return 0;
    }
    let last = bytes(&(n - 1).to_string());
    let document = store.document(shard, DocumentKind::Conversation, "c".to_owned()).await;
    assert_eq!(document.unwrap(), Some(words::document("c", n, &(n - 1).to_string())));

    let history = store.history(shard, conversation("c"), 0, usize::MAX).await.unwrap();
    let numbers: Vec<u64> = history.iter().map(|(n, _)| u64::from(*n)).collect();
    assert_eq!(numbers, (1..=n).collect::<Vec<_>>());
    assert_eq!(history.last().map(|(_, bytes)| bytes), Some(&last));

    let feed = store.feed(shard, Position::default(), usize::MAX).await.unwrap().unwrap();
    assert_eq!(feed.len() as u64, (0..n).map(|n| 1 + n % 7).sum::<u64>());
    assert_eq!(
        feed.last().map(|record| (record.position, &record.bytes)),
        Some((meta.feed_end, &last))
    );
    for (before, after) in feed.iter().zip(&feed[1..]) {
        assert_eq!(after.previous, before.position);
    }

    let due = at(i64::try_from(n).unwrap());
    assert_eq!(store.timers(shard).await.unwrap(), [("timer".to_owned(), due)]);
    let jobs = store.jobs(shard).await.unwrap();
    assert_eq!(jobs.iter().map(|job| text(&job.bytes)).collect::<Vec<_>>(), [n.to_string()]);
    assert_eq!(store.dead(shard, usize::MAX).await.unwrap().len() as u64, n);
    let counters = store.counters(line(&shard.to_string())).await.unwrap();
    assert_eq!(
        counters.iter().map(|counter| counter.received).sum::<i64>(),
        i64::try_from(n).unwrap()
    );
    let loads = store.loads(Slot::Place).await.unwrap();
    assert!(loads.contains(&(operator("olga"), conversation(&format!("{shard}-{n}")))));
    let public = store.shared_all(SharedKind::Line, None, 99).await.unwrap();
    assert!(public.contains(&words::document(&shard.to_string(), n, &(n - 1).to_string())));

    let put = waiting_in(&store, ShardId(SINK + shard.0), 0).await;
    assert_eq!(put, (0..n).map(|n| (n + 1, n.to_string())).collect::<Vec<_>>());

    assert_eq!(meta.inbox_at, InboxPosition(n));
    // A submission of its own: it may be there without the commit that was to follow it.
    let waiting = store.inbox(shard, InboxPosition(0), usize::MAX).await.unwrap();
    assert!(waiting.len() <= 1 && waiting.iter().all(|entry| entry.position.0 == n + 1));
    n
}
