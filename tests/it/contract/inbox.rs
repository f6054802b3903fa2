//! The inbox: order, dedupe, cursor, backpressure.

use domain::id::ShardId;
use futures_util::future::join_all;
use switchboard::store::Store;
use switchboard::store::op::{
    Commit, CommitError, INBOX_MAX, InboxPosition, Lease, Meta, Op, Refusal, Submitted,
};

use crate::contract::words::*;

pub(crate) async fn entries_come_out_in_order(store: Store) {
    assert_eq!(waiting(&store, 0).await, []);
    for (n, text) in ["one", "two", "three"].into_iter().enumerate() {
        let position = InboxPosition(n as u64 + 1);
        assert_eq!(submit(&store, text).await, Submitted::Accepted(position));
    }
    let all = [(1, "one".to_owned()), (2, "two".to_owned()), (3, "three".to_owned())];
    assert_eq!(waiting(&store, 0).await, all);
    assert_eq!(waiting(&store, 2).await, all[2..]);
    assert_eq!(waiting(&store, u64::MAX).await, []);
}

pub(crate) async fn entries_behind_a_position_are_read_in_pages(store: Store) {
    for text in ["one", "two", "three", "four"] {
        submit(&store, text).await;
    }
    let page = store.inbox(SHARD, InboxPosition(1), 2).await.unwrap();
    let positions: Vec<u64> = page.iter().map(|entry| entry.position.0).collect();
    assert_eq!(positions, [2, 3]);
}

pub(crate) async fn inboxes_that_hold_something_are_listed(store: Store) {
    let mut owner = Owner::of(&store, "anna").await;
    assert_eq!(store.inboxes().await.unwrap(), []);
    submit(&store, "one").await;
    submit(&store, "two").await;
    assert_eq!(store.inboxes().await.unwrap(), [SHARD]);
    for (from, to) in [(0, 1), (1, 2)] {
        assert_eq!(store.inboxes().await.unwrap(), [SHARD]);
        let (from, to) = (InboxPosition(from), InboxPosition(to));
        owner.does([Op::AdvanceInbox { from, to }]).await;
    }
    assert_eq!(store.inboxes().await.unwrap(), []);
}

pub(crate) async fn a_repeated_submission_is_a_duplicate(store: Store) {
    submit(&store, "hello").await;
    assert_eq!(submit(&store, "hello").await, Submitted::Duplicate);
    assert_eq!(waiting(&store, 0).await, [(1, "hello".to_owned())]);
}

pub(crate) async fn a_key_is_forgotten_when_its_time_is_over(store: Store) {
    let day = i64::from(DAY);
    submit_at(&store, at(0), "key", "hello").await;
    let repeated = submit_at(&store, at(day - 1), "key", "hello").await;
    assert_eq!(repeated, Submitted::Duplicate);
    let anew = submit_at(&store, at(day), "key", "hello").await;
    assert_eq!(anew, Submitted::Accepted(InboxPosition(2)));
    let repeated = submit_at(&store, at(2 * day - 1), "key", "hello").await;
    assert_eq!(repeated, Submitted::Duplicate);
}

pub(crate) async fn a_key_is_known_as_long_as_it_refuses_a_repeat(store: Store) {
    let knows = async |key: &str, second| store.knows(SHARD, key.to_owned(), at(second)).await;
    let day = i64::from(DAY);
    assert_eq!(knows("key", 0).await, Ok(false));
    submit_at(&store, at(0), "key", "hello").await;
    let mut owner = Owner::of(&store, "a").await;
    owner.does([Op::RequireDedupe { key: "of a commit".to_owned(), seconds: DAY }]).await;
    for key in ["key", "of a commit"] {
        assert_eq!(knows(key, day - 1).await, Ok(true), "{key}");
        assert_eq!(knows(key, day).await, Ok(false), "{key}");
        assert_eq!(store.knows(ELSEWHERE, key.to_owned(), at(0)).await, Ok(false), "{key}");
    }
}

pub(crate) async fn a_key_belongs_to_its_shard(store: Store) {
    submit(&store, "hello").await;
    let there = store.submit(ELSEWHERE, "hello".to_owned(), DAY, at(0), bytes("hello")).await;
    assert_eq!(there, Ok(Submitted::Accepted(InboxPosition(1))));
    assert_eq!(waiting(&store, 0).await.len(), 1);
}

pub(crate) async fn advancing_drops_what_is_done(store: Store) {
    for text in ["one", "two", "three"] {
        submit(&store, text).await;
    }
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([advance(0, 2)]).await;
    assert_eq!(waiting(&store, 0).await, [(3, "three".to_owned())]);
    assert_eq!(store.meta(SHARD).await.unwrap().inbox_at, InboxPosition(2));
    anna.does([advance(2, 2)]).await;
    assert_eq!(waiting(&store, 0).await.len(), 1);
}

pub(crate) async fn positions_go_on_after_everything_is_done(store: Store) {
    submit(&store, "one").await;
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([advance(0, 1)]).await;
    assert_eq!(submit(&store, "one").await, Submitted::Duplicate);
    assert_eq!(submit(&store, "two").await, Submitted::Accepted(InboxPosition(2)));
}

pub(crate) async fn a_full_inbox_takes_nothing(store: Store) {
    fill(&store).await;
    assert_eq!(submit(&store, "too much").await, Submitted::Full);
    assert_eq!(waiting(&store, 0).await.len(), INBOX_MAX);
    let there = store.submit(ELSEWHERE, "room".to_owned(), DAY, at(0), bytes("room")).await;
    assert_eq!(there, Ok(Submitted::Accepted(InboxPosition(1))));
}

pub(crate) async fn a_full_inbox_still_knows_its_duplicates(store: Store) {
    fill(&store).await;
    assert_eq!(submit(&store, "entry 0").await, Submitted::Duplicate);
}

pub(crate) async fn advancing_makes_room(store: Store) {
    fill(&store).await;
    assert_eq!(submit(&store, "late").await, Submitted::Full);
    Owner::of(&store, "anna").await.does([advance(0, 1)]).await;
    let position = InboxPosition(INBOX_MAX as u64 + 1);
    assert_eq!(submit(&store, "late").await, Submitted::Accepted(position));
    assert_eq!(submit(&store, "later").await, Submitted::Full);
}

pub(crate) async fn what_is_submitted_at_once_is_judged_one_after_the_other(store: Store) {
    fill_but(&store, 3).await;
    let more: Vec<String> = (0..100).map(|n| format!("more {n}")).collect();
    let texts = ["one", "two", "one", "three", "two", "entry 0"].into_iter();
    let texts = texts.chain(more.iter().map(String::as_str));
    let here = join_all(texts.map(|text| submit(&store, text)));
    let elsewhere = store.submit(ELSEWHERE, "one".to_owned(), DAY, at(0), bytes("one"));
    let (here, elsewhere) = tokio::join!(here, elsewhere);
    let first = INBOX_MAX as u64 - 2;
    let [one, two, three] = [0, 1, 2].map(|n| Submitted::Accepted(InboxPosition(first + n)));
    let repeated = Submitted::Duplicate;
    assert_eq!(here[..6], [one, two, repeated, three, repeated, repeated]);
    assert!(here[6..].iter().all(|answer| *answer == Submitted::Full));
    assert_eq!(elsewhere, Ok(Submitted::Accepted(InboxPosition(1))));
    let newest = ["one", "two", "three"].map(str::to_owned);
    assert_eq!(waiting(&store, first - 1).await, (first..).zip(newest).collect::<Vec<_>>());
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([advance(0, 1)]).await;
    let next = Submitted::Accepted(InboxPosition(first + 3));
    assert_eq!(submit(&store, "more 0").await, next, "what was refused is not known");
}

pub(crate) async fn an_entry_is_put_into_another_inbox(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let mut boris = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    anna.does([put_inbox(ELSEWHERE, "one"), put_inbox(ELSEWHERE, "two")]).await;
    assert_eq!(waiting(&store, 0).await, []);
    let all = [(1, "one".to_owned()), (2, "two".to_owned())];
    assert_eq!(waiting_in(&store, ELSEWHERE, 0).await, all);
    assert_eq!(boris.tries([Op::RequireInboxDrained]).await, refused(Refusal::Behind));
    boris.does([advance(0, 1)]).await;
    let mut carl = Owner::of_shard(&store, ELSEWHERE, "carl").await;
    assert_eq!(waiting_in(&store, ELSEWHERE, 0).await, all[1..]);
    carl.does([Op::RequireInboxDrained, advance(1, 2)]).await;
    anna.does([put_inbox(ELSEWHERE, "three")]).await;
    assert_eq!(waiting_in(&store, ELSEWHERE, 0).await, [(3, "three".to_owned())]);
}

pub(crate) async fn an_entry_is_put_into_the_own_inbox(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let made = anna.does([event("a"), put_inbox(SHARD, "one"), event("b")]).await;
    assert_eq!(made.appended, [position(1, 1), position(1, 2)]);
    assert_eq!(waiting(&store, 0).await, [(1, "one".to_owned())]);
    let meta = Meta { commits: 1, inbox_at: InboxPosition(0), feed_end: position(1, 2) };
    assert_eq!(store.meta(SHARD).await.unwrap(), meta);
    assert_eq!(anna.tries([Op::RequireInboxDrained]).await, refused(Refusal::Behind));
    anna.does([advance(0, 1), Op::RequireInboxDrained]).await;
    assert_eq!(submit(&store, "two").await, Submitted::Accepted(InboxPosition(2)));
}

pub(crate) async fn entries_are_put_in_the_order_of_ops(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    submit(&store, "one").await;
    let groups = [
        vec![put_inbox(SHARD, "two"), put_inbox(ELSEWHERE, "a"), put_inbox(SHARD, "three")],
        vec![put_inbox(ELSEWHERE, "b"), put_inbox(SHARD, "four")],
    ];
    anna.commits(groups).await.unwrap();
    // There is no key, so the same text is another entry.
    assert_eq!(submit(&store, "four").await, Submitted::Accepted(InboxPosition(5)));
    let all = [(1, "one"), (2, "two"), (3, "three"), (4, "four"), (5, "four")];
    assert_eq!(waiting(&store, 0).await, all.map(|(n, text)| (n, text.to_owned())));
    let there = [(1, "a"), (2, "b")].map(|(n, text)| (n, text.to_owned()));
    assert_eq!(waiting_in(&store, ELSEWHERE, 0).await, there);
}

pub(crate) async fn what_a_commit_puts_is_not_behind_it(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([put_inbox(SHARD, "one"), Op::RequireInboxDrained]).await;
    let groups = [[put_inbox(SHARD, "two")], [Op::RequireInboxDrained], [advance(0, 1)]];
    anna.commits(groups).await.unwrap();
    assert_eq!(waiting(&store, 0).await, [(2, "two".to_owned())]);
}

pub(crate) async fn the_cursor_does_not_pass_what_its_commit_puts(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    submit(&store, "one").await;
    let malformed = Err(CommitError::Malformed("inbox cursor out of place"));
    assert_eq!(anna.tries([put_inbox(SHARD, "two"), advance(0, 2)]).await, malformed);
    anna.does([advance(0, 1), put_inbox(SHARD, "two")]).await;
    assert_eq!(waiting(&store, 0).await, [(2, "two".to_owned())]);
    anna.does([advance(1, 2)]).await;
}

pub(crate) async fn an_inbox_that_nobody_claimed_takes_entries(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([put_inbox(ELSEWHERE, "one")]).await;
    assert_eq!(lease_of(&store, ELSEWHERE).await, Lease::default());
    assert_eq!(store.leases().await.unwrap().len(), 1);
    assert_eq!(store.meta(ELSEWHERE).await.unwrap(), Meta::default());
    let mut boris = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    assert_eq!(boris.epoch, 1);
    assert_eq!(waiting_in(&store, ELSEWHERE, 0).await, [(1, "one".to_owned())]);
    boris.does([advance(0, 1)]).await;
}

pub(crate) async fn putting_changes_nothing_else_of_a_shard(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let mut boris = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    anna.does([put_inbox(ELSEWHERE, "one")]).await;
    boris.does([advance(0, 1), event("x"), once("key")]).await;
    let before = (lease_of(&store, ELSEWHERE).await, store.meta(ELSEWHERE).await);
    anna.does([put_inbox(ELSEWHERE, "two"), event("y"), once("key")]).await;
    assert_eq!((lease_of(&store, ELSEWHERE).await, store.meta(ELSEWHERE).await), before);
    let made = boris.does([advance(1, 2), event("z")]).await;
    assert_eq!((made.commits, made.feed_before), (2, position(1, 1)));
}

pub(crate) async fn a_repeated_commit_puts_nothing(store: Store) {
    let anna = Owner::of(&store, "anna").await;
    let groups = vec![vec![put_inbox(ELSEWHERE, "one")]];
    let commit = Commit { groups, ..anna.nothing() };
    store.commit(commit.clone()).await.unwrap();
    assert_eq!(store.commit(commit).await, Err(CommitError::WentBack("commits")));
    assert_eq!(waiting_in(&store, ELSEWHERE, 0).await, [(1, "one".to_owned())]);
}

pub(crate) async fn a_full_inbox_refuses_what_is_put(store: Store) {
    fill(&store).await;
    let mut boris = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    let tried = boris.tries([event("a"), put_inbox(SHARD, "late")]).await;
    assert_eq!(tried, refused(full(SHARD)));
    assert_eq!(store.meta(ELSEWHERE).await.unwrap(), Meta::default());
    boris.does([put_inbox(ELSEWHERE, "room here")]).await;
    Owner::of(&store, "anna").await.does([advance(0, 1)]).await;
    boris.does([put_inbox(SHARD, "late")]).await;
    let newest = INBOX_MAX as u64;
    assert_eq!(waiting(&store, newest).await, [(newest + 1, "late".to_owned())]);
    assert_eq!(boris.tries([put_inbox(SHARD, "later")]).await, refused(full(SHARD)));
    assert_eq!(submit(&store, "later").await, Submitted::Full);
}

pub(crate) async fn what_a_commit_puts_takes_room(store: Store) {
    fill(&store).await;
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([advance(0, 2)]).await;
    let mut boris = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    let groups = [
        vec![put_inbox(SHARD, "first"), delete_job("none")],
        vec![put_inbox(SHARD, "last place"), put_inbox(ELSEWHERE, "room here")],
        vec![event("a"), put_inbox(SHARD, "too much")],
        vec![put_inbox(ELSEWHERE, "room here")],
        vec![put_inbox(SHARD, "too much")],
    ];
    let reasons = vec![(0, Refusal::Job), (2, full(SHARD)), (4, full(SHARD))];
    assert_eq!(boris.commits(groups).await, Err(CommitError::Refused(reasons)));
    assert_eq!(waiting(&store, INBOX_MAX as u64).await, []);
    boris.does([put_inbox(SHARD, "first"), put_inbox(SHARD, "last place")]).await;
    assert_eq!(waiting(&store, 0).await.len(), INBOX_MAX);
}

pub(crate) async fn the_cursor_of_the_commit_makes_room(store: Store) {
    fill(&store).await;
    let mut anna = Owner::of(&store, "anna").await;
    assert_eq!(anna.tries([put_inbox(SHARD, "late"), advance(0, 0)]).await, refused(full(SHARD)));
    anna.commits([[put_inbox(SHARD, "late")], [advance(0, 1)]]).await.unwrap();
    let later = [put_inbox(SHARD, "later"), put_inbox(SHARD, "too much")];
    let tried = anna.commits([vec![advance(1, 2)], later.to_vec()]).await;
    assert_eq!(tried, Err(CommitError::Refused(vec![(1, full(SHARD))])));
    let newest = INBOX_MAX as u64;
    assert_eq!(waiting(&store, newest).await, [(newest + 1, "late".to_owned())]);
    assert_eq!(waiting(&store, 0).await.len(), INBOX_MAX);
}

pub(crate) async fn what_comes_of_an_entry_has_room_of_its_own(store: Store) {
    fill(&store).await;
    let mut boris = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    assert_eq!(boris.tries([put_inbox(SHARD, "late")]).await, refused(full(SHARD)));
    for _ in 0..INBOX_MAX / 1_000 {
        boris.does(vec![pass_on(SHARD, "of an entry"); 1_000]).await;
    }
    assert_eq!(boris.tries([pass_on(SHARD, "too much")]).await, refused(full(SHARD)));
    assert_eq!(submit(&store, "later").await, Submitted::Full);
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([advance(0, 1)]).await;
    let both = vec![vec![pass_on(SHARD, "the last")], vec![put_inbox(SHARD, "late")]];
    let tried = boris.commits(both).await;
    assert_eq!(tried, Err(CommitError::Refused(vec![(1, full(SHARD))])));
    boris.does([pass_on(SHARD, "the last")]).await;
    let newest = 2 * INBOX_MAX as u64;
    assert_eq!(waiting(&store, newest).await, [(newest + 1, "the last".to_owned())]);
}

pub(crate) async fn a_forgotten_key_is_taken_again(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    submit(&store, "hello").await;
    anna.does([once("key"), forget("never known")]).await;
    anna.does([forget("hello"), forget("key")]).await;
    assert!(!store.knows(SHARD, "hello".to_owned(), at(0)).await.unwrap());
    assert_eq!(submit(&store, "hello").await, Submitted::Accepted(InboxPosition(2)));
    anna.does([once("key")]).await;
    let twice = CommitError::Malformed("one target twice");
    assert_eq!(anna.tries([forget("key"), once("key")]).await, Err(twice));
}

fn full(shard: ShardId) -> Refusal {
    Refusal::InboxFull { shard }
}

async fn fill(store: &Store) {
    fill_but(store, 0).await;
}

/// Fills the inbox of [`SHARD`] until it has only so much room, many at a time, as a store may write
/// them together.
async fn fill_but(store: &Store, room: usize) {
    let texts: Vec<String> = (0..INBOX_MAX - room).map(|n| format!("entry {n}")).collect();
    for together in texts.chunks(500) {
        let answers = join_all(together.iter().map(|text| submit(store, text))).await;
        assert!(answers.iter().all(|answer| matches!(answer, Submitted::Accepted(_))));
    }
}
