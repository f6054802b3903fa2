//! What a commit is refused for, in what order, and that a refused one leaves nothing.

use switchboard::store::Store;
use switchboard::store::op::{
    Commit, CommitError, DocumentKind, GROUPS_MAX, InboxPosition, Meta, OPS_MAX, Op, Refusal,
    SharedKind, Slot,
};

use crate::contract::words::*;

pub(crate) async fn a_commit_counts(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    assert_eq!(store.meta(SHARD).await.unwrap(), Meta::default());
    for n in 1..=3 {
        assert_eq!(anna.does([]).await.commits, n);
    }
    assert_eq!(store.meta(SHARD).await.unwrap().commits, 3);
    assert_eq!(store.meta(ELSEWHERE).await.unwrap(), Meta::default());
    assert_eq!(Owner::of(&store, "boris").await.does([]).await.commits, 4);
}

pub(crate) async fn nobody_commits_to_a_free_shard(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.shard = ELSEWHERE;
    let fenced = CommitError::Fenced { owner: None, epoch: 0 };
    assert_eq!(anna.tries([event("a")]).await, Err(fenced));
}

pub(crate) async fn a_stale_owner_is_fenced(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([event("a")]).await;
    Owner::of(&store, "boris").await;
    let fenced = CommitError::Fenced { owner: Some(instance("boris")), epoch: 2 };
    assert_eq!(anna.tries([event("b")]).await, Err(fenced.clone()));
    // The right epoch does not help the wrong owner.
    anna.epoch = 2;
    assert_eq!(anna.tries([event("b")]).await, Err(fenced));
    assert_eq!(store.meta(SHARD).await.unwrap().commits, 1);
}

pub(crate) async fn a_released_owner_is_fenced(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    store.release(SHARD, instance("anna"), 1).await.unwrap();
    let fenced = CommitError::Fenced { owner: None, epoch: 1 };
    assert_eq!(anna.tries([]).await, Err(fenced));
}

pub(crate) async fn a_claim_anew_fences_the_older_epoch(store: Store) {
    let mut older = Owner::of(&store, "anna").await;
    let mut newer = Owner::of(&store, "anna").await;
    let fenced = CommitError::Fenced { owner: Some(instance("anna")), epoch: 2 };
    assert_eq!(older.tries([]).await, Err(fenced));
    newer.does([]).await;
}

pub(crate) async fn the_fence_comes_before_all(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    Owner::of(&store, "boris").await;
    anna.commits = 9;
    let fenced = CommitError::Fenced { owner: Some(instance("boris")), epoch: 2 };
    let wrong = [advance(5, 6), put("c1", 9, "x"), history("c", 0, "x")];
    assert_eq!(anna.tries(wrong).await, Err(fenced.clone()));
    // Not even into an inbox that takes what it gets from everybody.
    assert_eq!(anna.tries([put_inbox(ELSEWHERE, "x")]).await, Err(fenced));
    assert_eq!(waiting_in(&store, ELSEWHERE, 0).await, []);
}

pub(crate) async fn a_repeat_is_refused(store: Store) {
    let anna = Owner::of(&store, "anna").await;
    let commit = Commit { groups: vec![vec![event("a")]], ..anna.nothing() };
    store.commit(commit.clone()).await.unwrap();
    assert_eq!(store.commit(commit).await, Err(CommitError::WentBack("commits")));
    assert_eq!(store.meta(SHARD).await.unwrap().feed_end, position(1, 1));
}

pub(crate) async fn memory_ahead_of_the_store_is_noticed(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.commits = 1;
    assert_eq!(anna.tries([]).await, Err(CommitError::WentBack("commits")));
}

pub(crate) async fn a_foreign_cursor_is_noticed(store: Store) {
    submit(&store, "one").await;
    submit(&store, "two").await;
    let mut anna = Owner::of(&store, "anna").await;
    assert_eq!(anna.tries([advance(1, 2)]).await, Err(CommitError::WentBack("inbox")));
    anna.does([advance(0, 1)]).await;
    assert_eq!(anna.tries([advance(0, 2)]).await, Err(CommitError::WentBack("inbox")));
}

pub(crate) async fn the_number_of_commits_comes_before_the_cursor(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.commits = 1;
    assert_eq!(anna.tries([advance(1, 1)]).await, Err(CommitError::WentBack("commits")));
}

pub(crate) async fn memory_comes_before_shape(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let twice = [advance(1, 1), put("c1", 0, "x"), put("c1", 1, "x")];
    assert_eq!(anna.tries(twice).await, Err(CommitError::WentBack("inbox")));
}

pub(crate) async fn a_known_key_is_a_duplicate(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([once("key")]).await;
    assert_eq!(anna.tries([once("key")]).await, refused(Refusal::Duplicate));
    anna.does([once("another key")]).await;
}

pub(crate) async fn an_old_key_is_taken_again(store: Store) {
    let day = i64::from(DAY);
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([once("key")]).await;
    let known = anna.commits_at(at(day - 1), [[once("key")]]).await;
    assert_eq!(known, Err(CommitError::Refused(vec![(0, Refusal::Duplicate)])));
    anna.commits_at(at(day), [[once("key")]]).await.unwrap();
    let known = anna.commits_at(at(2 * day - 1), [[once("key")]]).await;
    assert_eq!(known, Err(CommitError::Refused(vec![(0, Refusal::Duplicate)])));
}

pub(crate) async fn the_fast_path_shares_its_keys_with_the_inbox(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    submit(&store, "by the inbox").await;
    assert_eq!(anna.tries([once("by the inbox")]).await, refused(Refusal::Duplicate));
    anna.does([once("by the fast path")]).await;
    let repeated = submit(&store, "by the fast path").await;
    assert_eq!(repeated, switchboard::store::op::Submitted::Duplicate);
    let mut there = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    there.does([once("by the inbox")]).await;
}

pub(crate) async fn a_waiting_entry_is_behind(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([Op::RequireInboxDrained]).await;
    submit(&store, "one").await;
    assert_eq!(anna.tries([Op::RequireInboxDrained]).await, refused(Refusal::Behind));
    anna.does([advance(0, 1)]).await;
    anna.does([Op::RequireInboxDrained]).await;
}

pub(crate) async fn drained_means_the_cursor_of_this_commit(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    submit(&store, "one").await;
    submit(&store, "two").await;
    let short = anna.commits([[Op::RequireInboxDrained], [advance(0, 1)]]).await;
    assert_eq!(short, Err(CommitError::Refused(vec![(0, Refusal::Behind)])));
    anna.commits([[Op::RequireInboxDrained], [advance(0, 2)]]).await.unwrap();
}

pub(crate) async fn another_version_is_refused(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    assert_eq!(anna.tries([put("c1", 1, "x")]).await, refused(version("c1", 0)));
    assert_eq!(anna.tries([delete("c1", 1)]).await, refused(version("c1", 0)));
    anna.does([put("c1", 0, "x")]).await;
    anna.does([put("c1", 1, "x")]).await;
    for expected in [0, 1, 3] {
        assert_eq!(anna.tries([put("c1", expected, "y")]).await, refused(version("c1", 2)));
        assert_eq!(anna.tries([delete("c1", expected)]).await, refused(version("c1", 2)));
    }
    for expected in 2..12 {
        anna.does([put("c1", expected, "x")]).await;
    }
    // It begins like the one that is stored.
    assert_eq!(anna.tries([put("c1", 1, "y")]).await, refused(version("c1", 12)));
    let archive = Refusal::Version { kind: DocumentKind::Archive, id: "c1".to_owned(), found: 0 };
    let tried = anna.tries([put_kind(DocumentKind::Archive, "c1", 2, "y")]).await;
    assert_eq!(tried, refused(archive));
}

pub(crate) async fn another_shared_version_is_refused(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    assert_eq!(anna.tries([put_shared("l1", 1, "x")]).await, refused(shared_version("l1", 0)));
    anna.does([put_shared("l1", 0, "x")]).await;
    let mut there = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    for expected in [0, 2] {
        let why = || refused(shared_version("l1", 1));
        assert_eq!(there.tries([put_shared("l1", expected, "y")]).await, why());
        assert_eq!(there.tries([delete_shared("l1", expected)]).await, why());
    }
}

pub(crate) async fn a_missing_timer_is_refused(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    assert_eq!(anna.tries([end_timer("answer")]).await, refused(Refusal::Timer));
    anna.does([set_timer("answer", at(1))]).await;
    anna.does([end_timer("answer")]).await;
    assert_eq!(anna.tries([end_timer("answer")]).await, refused(Refusal::Timer));
}

pub(crate) async fn a_missing_job_is_refused(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    assert_eq!(anna.tries([update_job("001", at(1), "x")]).await, refused(Refusal::Job));
    assert_eq!(anna.tries([delete_job("001")]).await, refused(Refusal::Job));
    anna.does([put_job("001", "x")]).await;
    anna.does([delete_job("001")]).await;
    assert_eq!(anna.tries([delete_job("001")]).await, refused(Refusal::Job));
}

pub(crate) async fn all_refused_groups_are_named(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    submit(&store, "known").await;
    anna.does([put("c0", 0, "x")]).await;
    let groups = [
        vec![event("fine")],
        vec![once("known")],
        vec![],
        vec![event("fine"), end_timer("answer")],
        vec![put("c1", 4, "x")],
        vec![Op::RequireInboxDrained],
        vec![reserve("olga", "c1", 1)],
        vec![delete_job("001")],
        vec![reserve("olga", "c2", 1)],
        vec![put_shared("l1", 3, "x")],
        vec![put("c2", 0, "fine"), put_shared("l2", 0, "fine")],
        vec![put("c0", 0, "x")],
    ];
    let reasons = vec![
        (1, Refusal::Duplicate),
        (3, Refusal::Timer),
        (4, version("c1", 0)),
        (5, Refusal::Behind),
        (7, Refusal::Job),
        (8, Refusal::Capacity { slot: Slot::Place, operator: operator("olga"), load: 1 }),
        (9, shared_version("l1", 0)),
        (11, version("c0", 1)),
    ];
    assert_eq!(anna.commits(groups).await, Err(CommitError::Refused(reasons)));
}

pub(crate) async fn a_group_is_refused_once(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let group = [event("fine"), end_timer("answer"), delete_job("001"), put("c1", 1, "x")];
    assert_eq!(anna.tries(group).await, refused(Refusal::Timer));
}

pub(crate) async fn a_refused_commit_leaves_nothing(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    submit(&store, "one").await;
    let before = store.meta(SHARD).await.unwrap();
    let everything = [
        once("key"),
        advance(0, 1),
        put("c1", 0, "x"),
        history("c1", 1, "x"),
        event("x"),
        set_timer("answer", at(1)),
        put_job("001", "x"),
        dead("x"),
        reserve("olga", "c1", 1),
        count("sales", "olga", 1, at(1)),
        put_shared("l1", 0, "x"),
        put_inbox(SHARD, "x"),
        put_inbox(ELSEWHERE, "x"),
    ];
    let tried = anna.commits([everything.to_vec(), vec![delete_job("none")]]).await;
    assert_eq!(tried, Err(CommitError::Refused(vec![(1, Refusal::Job)])));
    assert_eq!(store.meta(SHARD).await.unwrap(), before);
    assert_eq!(waiting(&store, 0).await.len(), 1);
    assert_eq!(waiting_in(&store, ELSEWHERE, 0).await, []);
    let conversation_one = conversation("c1");
    assert_eq!(store.documents(SHARD, DocumentKind::Conversation, None, 9).await.unwrap(), []);
    assert_eq!(store.history(SHARD, conversation_one, 0, 9).await.unwrap(), []);
    assert_eq!(store.feed_at(SHARD, position(1, 1)).await.unwrap(), None);
    assert_eq!(store.timers(SHARD).await.unwrap(), []);
    assert_eq!(store.jobs(SHARD).await.unwrap(), []);
    assert_eq!(store.dead(SHARD, 9).await.unwrap(), <[Vec<u8>; 0]>::default());
    assert_eq!(store.loads(Slot::Place).await.unwrap(), []);
    assert_eq!(store.counters(line("sales")).await.unwrap(), []);
    assert_eq!(store.shared_all(SharedKind::Line, None, 9).await.unwrap(), []);
    // Neither the key nor the number of the commit was used up.
    anna.does(everything).await;
}

pub(crate) async fn preconditions_see_the_state_before_the_commit(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let tried = anna.tries([set_timer("answer", at(1)), end_timer("answer")]).await;
    assert_eq!(tried, refused(Refusal::Timer));
    let tried = anna.tries([put_job("001", "x"), delete_job("001")]).await;
    assert_eq!(tried, refused(Refusal::Job));
    anna.does([set_timer("answer", at(1)), put_job("001", "x")]).await;
    // The writes come in the order of the ops.
    anna.does([
        end_timer("answer"),
        set_timer("answer", at(2)),
        delete_job("001"),
        put_job("001", "y"),
    ])
    .await;
    assert_eq!(store.timers(SHARD).await.unwrap(), [("answer".to_owned(), at(2))]);
    assert_eq!(store.jobs(SHARD).await.unwrap()[0].bytes, bytes("y"));
}

pub(crate) async fn too_many_ops_are_malformed(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let ops = |count| (0..count).map(|_| event("x")).collect::<Vec<_>>();
    let tried = anna.commits([ops(OPS_MAX / 2), ops(OPS_MAX / 2 + 1)]).await;
    assert_eq!(tried, Err(CommitError::Malformed("too many ops")));
    assert_eq!(anna.does(ops(OPS_MAX)).await.appended.len(), OPS_MAX);
    anna.does((0..OPS_MAX).map(|n| put(&format!("c{n}"), 0, "x"))).await;
    let kind = DocumentKind::Conversation;
    let stored = store.documents(SHARD, kind, None, usize::MAX).await.unwrap();
    assert_eq!(stored.len(), OPS_MAX);
    anna.does((1..).take(OPS_MAX).map(|n| history("c1", n, "x"))).await;
    let records = store.history(SHARD, conversation("c1"), 0, usize::MAX).await.unwrap();
    assert_eq!(records.len(), OPS_MAX);
    let last = OPS_MAX - 1;
    let again =
        (0..OPS_MAX).map(|n| put(&format!("{}{n}", if n == last { 'c' } else { 'd' }), 0, "x"));
    assert_eq!(anna.tries(again).await, refused(version(&format!("c{last}"), 1)));
}

pub(crate) async fn too_many_groups_are_malformed(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let groups = |count| (0..count).map(|_| Vec::<Op>::new()).collect::<Vec<_>>();
    let tried = anna.commits(groups(GROUPS_MAX + 1)).await;
    assert_eq!(tried, Err(CommitError::Malformed("too many groups")));
    anna.commits(groups(GROUPS_MAX)).await.unwrap();
}

pub(crate) async fn one_target_twice_is_malformed(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    submit(&store, "one").await;
    let twice = [
        [once("key"), once("key")],
        [advance(0, 0), advance(0, 1)],
        [put("c1", 0, "x"), put("c1", 1, "y")],
        [put("c1", 0, "x"), delete("c1", 1)],
        [put_shared("l1", 0, "x"), put_shared("l1", 0, "y")],
        [delete_shared("l1", 0), put_shared("l1", 0, "y")],
        [drop_timer("answer"), drop_timer("answer")],
        [drop_timer("answer"), end_timer("answer")],
        [update_job("001", at(1), "x"), delete_job("001")],
        [delete_job("001"), delete_job("001")],
    ];
    for [first, second] in twice {
        let malformed = Err(CommitError::Malformed("one target twice"));
        let tried = anna.commits([[first.clone()], [second.clone()]]).await;
        assert_eq!(tried, malformed, "{first:?}, {second:?}");
    }
    let apart = [
        [put("c1", 0, "x"), put_kind(DocumentKind::Archive, "c1", 0, "x")],
        [set_timer("answer", at(1)), set_timer("answer", at(2))],
        [put_job("001", "x"), put_job("001", "y")],
        [history("c1", 1, "x"), history("c1", 2, "x")],
        [put_inbox(ELSEWHERE, "x"), put_inbox(ELSEWHERE, "x")],
        [Op::RequireInboxDrained, advance(0, 1)],
    ];
    anna.commits(apart).await.unwrap();
}

pub(crate) async fn the_cursor_stays_in_the_inbox(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    submit(&store, "one").await;
    submit(&store, "two").await;
    let malformed = Err(CommitError::Malformed("inbox cursor out of place"));
    assert_eq!(anna.tries([advance(0, 3)]).await, malformed);
    anna.does([advance(0, 2)]).await;
    assert_eq!(anna.tries([advance(2, 1)]).await, malformed);
    assert_eq!(store.meta(SHARD).await.unwrap().inbox_at, InboxPosition(2));
}

pub(crate) async fn history_begins_at_one(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let malformed = Err(CommitError::Malformed("history numbers begin at 1"));
    assert_eq!(anna.tries([history("c1", 0, "x")]).await, malformed);
}

pub(crate) async fn shape_comes_before_refusals(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let tried = anna.tries([end_timer("answer"), put("c1", 0, "x"), delete("c1", 0)]).await;
    assert_eq!(tried, Err(CommitError::Malformed("one target twice")));
}
