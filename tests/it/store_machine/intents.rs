//! What somebody wants of the store. It becomes a call when it is known how things stand, so
//! that most calls fit and the others miss by a little.

use domain::id::ShardId;
use proptest::prelude::*;
use switchboard::store::Store;
use switchboard::store::op::{
    Commit, DocumentKind, InboxPosition, Lease, Meta, Op, SharedKind, Slot, Trim,
};
use switchboard::store::pack::Pack;

use crate::contract::words::{self, at, bytes, instance, operator};
use crate::store_machine::calls::Call;

pub(crate) const SHARDS: [ShardId; 2] = [ShardId(0), ShardId(3)];
/// The last one is never claimed.
pub(crate) const INBOXES: [ShardId; 3] = [ShardId(0), ShardId(3), ShardId(5)];
pub(crate) const CONVERSATIONS: [&str; 3] = ["0", "1", "2"];
pub(crate) const LINES: [&str; 2] = ["sales", "help"];
const INSTANCES: [&str; 3] = ["anna#1", "anna#2", "boris#1"];
const OPERATORS: [&str; 2] = ["olga", "pavel"];
const KINDS: [DocumentKind; 3] =
    [DocumentKind::Conversation, DocumentKind::Archive, DocumentKind::Audit];
const SHARED: [SharedKind; 3] = [SharedKind::Line, SharedKind::Account, SharedKind::Identity];

#[derive(Clone, Debug)]
pub(crate) enum Intent {
    Claim { shard: ShardId, who: &'static str, seen: Aim, floor: u64 },
    Renew { shard: ShardId, who: Who, epoch: Aim },
    Release { shard: ShardId, who: Who, epoch: Aim },
    Submit { shard: ShardId, key: u8, seconds: u32 },
    Commit { shard: ShardId, who: Who, epoch: Aim, commits: Aim, groups: Vec<Vec<OpIntent>> },
    Tidy,
    Trim { shard: ShardId, keep: usize },
}

/// Whether a number is what the store holds, or off by a little.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    True,
    Off(u64),
}

impl Aim {
    fn at(self, truth: u64) -> u64 {
        match self {
            Self::True => truth,
            Self::Off(by) => (truth + by).saturating_sub(2),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Who {
    Owner,
    Named(&'static str),
}

/// An op; those that need what is stored say how well they aim.
#[derive(Clone, Debug)]
pub(crate) enum OpIntent {
    Plain(Op),
    Advance {
        from: Aim,
        by: u64,
    },
    Document {
        op: Op,
        aim: Aim,
    },
    /// Packs as many records as are there, at most so many.
    Pack {
        conversation: &'static str,
        records: usize,
    },
}

/// How things stand in a shard.
pub(crate) struct Situation {
    store: Store,
    shard: ShardId,
    lease: Lease,
    meta: Meta,
    seconds: i64,
}

impl Situation {
    pub(crate) async fn of(store: &Store, shard: ShardId, seconds: i64) -> Self {
        let lease = words::lease_of(store, shard).await;
        let meta = store.meta(shard).await.unwrap();
        Self { store: store.clone(), shard, lease, meta, seconds }
    }

    async fn op(&self, intent: OpIntent) -> Op {
        match intent {
            OpIntent::Plain(op) => op,
            OpIntent::Advance { from, by } => {
                let from = from.at(self.meta.inbox_at.0);
                Op::AdvanceInbox { from: InboxPosition(from), to: InboxPosition(from + by) }
            }
            OpIntent::Pack { conversation, records } => self.pack(conversation, records).await,
            OpIntent::Document { mut op, aim } => {
                let stored = self.version(&op).await;
                if let Op::PutDocument { expected, .. }
                | Op::DeleteDocument { expected, .. }
                | Op::PutShared { expected, .. }
                | Op::RequireShared { expected, .. }
                | Op::DeleteShared { expected, .. } = &mut op
                {
                    *expected = aim.at(stored);
                }
                op
            }
        }
    }

    /// What cannot be packed is forgotten: there is nothing of it.
    async fn pack(&self, conversation: &str, records: usize) -> Op {
        let conversation = words::conversation(conversation);
        let stored = self.store.history(self.shard, conversation.clone(), 0, records).await;
        match Pack::of(&stored.unwrap()) {
            Some(pack) => Op::PackHistory { conversation, pack },
            None => Op::DeleteHistory { conversation },
        }
    }

    async fn version(&self, op: &Op) -> u64 {
        let found =
            if let Op::PutDocument { kind, id, .. } | Op::DeleteDocument { kind, id, .. } = op {
                self.store.document(self.shard, *kind, id.clone()).await
            } else if let Op::PutShared { kind, id, .. }
            | Op::RequireShared { kind, id, .. }
            | Op::DeleteShared { kind, id, .. } = op
            {
                self.store.shared(*kind, id.clone()).await
            } else {
                Ok(None)
            };
        found.unwrap().map_or(0, |document| document.version)
    }

    fn who(&self, who: Who) -> switchboard::store::op::InstanceId {
        match who {
            Who::Owner => self.lease.owner.clone().unwrap_or_else(|| instance("nobody")),
            Who::Named(name) => instance(name),
        }
    }
}

impl Intent {
    pub(crate) fn shard(&self) -> ShardId {
        match self {
            Self::Claim { shard, .. }
            | Self::Renew { shard, .. }
            | Self::Release { shard, .. }
            | Self::Submit { shard, .. }
            | Self::Commit { shard, .. }
            | Self::Trim { shard, .. } => *shard,
            Self::Tidy => SHARDS[0],
        }
    }

    pub(crate) async fn into_call(self, now: &Situation) -> Call {
        let Situation { lease, meta, seconds: second, .. } = now;
        match self {
            Self::Claim { shard, who, seen, floor } => {
                let seen = Lease { epoch: seen.at(lease.epoch), ..lease.clone() };
                Call::Claim { shard, me: instance(who), seen, floor }
            }
            Self::Renew { shard, who, epoch } => {
                Call::Renew { shard, me: now.who(who), epoch: epoch.at(lease.epoch) }
            }
            Self::Release { shard, who, epoch } => {
                Call::Release { shard, me: now.who(who), epoch: epoch.at(lease.epoch) }
            }
            Self::Submit { shard, key, seconds } => {
                let key = format!("key {key}");
                Call::Submit { shard, bytes: bytes(&key), key, seconds, at: at(*second) }
            }
            Self::Commit { shard, who, epoch, commits, groups: intents } => {
                let mut groups = Vec::new();
                for intents in intents {
                    let mut ops = Vec::new();
                    for intent in intents {
                        ops.push(now.op(intent).await);
                    }
                    groups.push(ops);
                }
                Call::Commit(Commit {
                    shard,
                    owner: now.who(who),
                    epoch: epoch.at(lease.epoch),
                    after_commits: commits.at(meta.commits),
                    at: at(*second),
                    groups,
                })
            }
            Self::Tidy => Call::Tidy { at: at(*second) },
            Self::Trim { shard, keep } => Call::Trim(Trim { shard, end: meta.feed_end, keep }),
        }
    }
}

pub(crate) fn intent() -> impl Strategy<Value = Intent> {
    let shard = || prop::sample::select(&SHARDS[..]);
    let who = || {
        let named = prop::sample::select(&INSTANCES[..]).prop_map(Who::Named);
        prop_oneof![19 => Just(Who::Owner), 1 => named]
    };
    let groups = prop::collection::vec(prop::collection::vec(op(), 0..6), 0..4);
    prop_oneof![
        6 => (shard(), prop::sample::select(&INSTANCES[..]), aim(), 0..4_u64)
            .prop_map(|(shard, who, seen, floor)| Intent::Claim { shard, who, seen, floor }),
        2 => (shard(), who(), aim())
            .prop_map(|(shard, who, epoch)| Intent::Renew { shard, who, epoch }),
        1 => (shard(), who(), aim())
            .prop_map(|(shard, who, epoch)| Intent::Release { shard, who, epoch }),
        9 => (shard(), 0..12_u8, 0..30_u32)
            .prop_map(|(shard, key, seconds)| Intent::Submit { shard, key, seconds }),
        36 => (shard(), who(), aim(), aim(), groups).prop_map(
            |(shard, who, epoch, commits, groups)| {
                Intent::Commit { shard, who, epoch, commits, groups }
            }
        ),
        1 => Just(Intent::Tidy),
        // Between all and nothing stores may keep more than they are told to.
        2 => (shard(), prop::sample::select(&[0_usize, 1_000][..]))
            .prop_map(|(shard, keep)| Intent::Trim { shard, keep }),
    ]
}

fn aim() -> impl Strategy<Value = Aim> {
    prop_oneof![24 => Just(Aim::True), 1 => (0..5_u64).prop_map(Aim::Off)]
}

fn op() -> impl Strategy<Value = OpIntent> {
    let conversation = || prop::sample::select(&CONVERSATIONS[..]);
    let line = || prop::sample::select(&LINES[..]);
    let who = || prop::sample::select(&OPERATORS[..]);
    let slot = || prop::sample::select(&[Slot::Place, Slot::Place, Slot::Offer][..]);
    let plain = prop_oneof![
        (0..6_u8, 0..30_u32)
            .prop_map(|(key, seconds)| Op::RequireDedupe { key: format!("key {key}"), seconds }),
        (0..6_u8).prop_map(|key| words::forget(&format!("key {key}"))),
        Just(Op::RequireInboxDrained),
        (prop::sample::select(&INBOXES[..]), ".{0,3}")
            .prop_map(|(to, text)| words::pass_on(to, &text)),
        (prop::sample::select(&INBOXES[..]), ".{0,3}")
            .prop_map(|(to, text)| words::put_inbox(to, &text)),
        (conversation(), 0..9_u32, ".{0,3}").prop_map(|(of, n, text)| words::history(of, n, &text)),
        ".{0,3}".prop_map(|text| words::event(&text)),
        ".{0,3}".prop_map(|text| words::event(&text)),
        (0..4_u8, any::<i32>())
            .prop_map(|(key, second)| words::set_timer(&key.to_string(), at(second.into()))),
        (0..4_u8, any::<bool>())
            .prop_map(|(key, must_exist)| Op::ClearTimer { key: key.to_string(), must_exist }),
        (0..4_u8, ".{0,3}").prop_map(|(id, text)| words::put_job(&id.to_string(), &text)),
        (0..4_u8, 0..99_i64, ".{0,3}").prop_map(|(id, second, text)| words::update_job(
            &id.to_string(),
            at(second),
            &text
        )),
        (0..4_u8).prop_map(|id| words::delete_job(&id.to_string())),
        ".{0,3}".prop_map(|text| words::dead(&text)),
        (slot(), who(), conversation(), 0..3_u32)
            .prop_map(|(slot, who, of, limit)| words::take(slot, who, of, limit)),
        (slot(), who(), conversation()).prop_map(|(slot, who, of)| words::give_back(slot, who, of)),
        conversation().prop_map(words::forget_history),
        (line(), who(), -2..5_i64, 0..99_i64).prop_map(|(line, who, by, second)| {
            Op::AddCounter { line: words::line(line), operator: operator(who), by, at: at(second) }
        }),
    ];
    prop_oneof![
        12 => plain.prop_map(OpIntent::Plain),
        1 => (aim(), 0..3_u64).prop_map(|(from, by)| OpIntent::Advance { from, by }),
        1 => (conversation(), 1..9_usize)
            .prop_map(|(conversation, records)| OpIntent::Pack { conversation, records }),
        5 => (versioned(), aim()).prop_map(|(op, aim)| OpIntent::Document { op, aim }),
    ]
}

/// Ops whose expected version is still to be found out.
fn versioned() -> impl Strategy<Value = Op> {
    let id = || (0..3_u8).prop_map(|id| id.to_string());
    let kind = || prop::sample::select(&KINDS[..]);
    let shared = || prop::sample::select(&SHARED[..]);
    prop_oneof![
        3 => (kind(), id(), ".{0,3}")
            .prop_map(|(kind, id, text)| words::put_kind(kind, &id, 0, &text)),
        1 => (kind(), id()).prop_map(|(kind, id)| Op::DeleteDocument { kind, id, expected: 0 }),
        3 => (shared(), id(), ".{0,3}")
            .prop_map(|(kind, id, text)| words::put_shared_kind(kind, &id, 0, &text)),
        1 => (shared(), id()).prop_map(|(kind, id)| Op::RequireShared { kind, id, expected: 0 }),
        1 => (shared(), id()).prop_map(|(kind, id)| Op::DeleteShared { kind, id, expected: 0 }),
    ]
}
