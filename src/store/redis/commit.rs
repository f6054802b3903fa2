//! A commit as the arguments of its script.

use std::fmt::Display;
use std::io::Write as _;

use ahash::RandomState;
use domain::id::{LineId, OperatorId, ShardId};
use indexmap::IndexSet;
use jiff::Timestamp;
use redis::{Cmd, RedisWrite as _, Script, ToSingleRedisArg};

use crate::store::op::{Commit, CommitError, Op, Room};
use crate::store::redis::keys::Keys;
use crate::store::redis::script::Call;
use crate::store::redis::value::{Load, dedupe_key, feed_signal, inbox_signal, microseconds};
use crate::store::rules;

pub(super) const OUT_OF_PLACE: &str = "inbox cursor out of place";

/// What the arguments of an op take on the mean.
const USUAL_OP_BYTES: usize = 640;
/// How many arguments most ops have.
const USUAL_OP_ARGS: usize = 5;

/// Who is told of a commit by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rings {
    Everybody,
    /// There is nobody else.
    Nobody,
}

/// The call that makes the commit, and tells of it.
pub(super) fn call<'a>(script: &'a Script, keys: &Keys, commit: &Commit, rings: Rings) -> Call<'a> {
    let malformed = malformed(commit).unwrap_or_default();
    let mut ops = Ops::new(keys, commit);
    // The script looks for what is graver than a wrong form; it needs no ops for that.
    if malformed.is_empty() {
        commit.groups.iter().flatten().for_each(|op| ops.push(op));
    }
    let (from, to, kept_from) = match rules::inbox_move(commit) {
        Some((from, to)) => {
            let kept_from = format!("{}-0", to.0.saturating_add(1));
            (from.0.to_string(), to.0.to_string(), kept_from)
        }
        None => Default::default(),
    };
    Call::new(script, &ops.names)
        .arg(&*commit.owner.0)
        .arg(commit.epoch)
        .arg(commit.after_commits)
        .arg(microseconds(rules::known_at(commit.at)))
        .arg(from)
        .arg(to)
        .arg(kept_from)
        .arg(malformed)
        .arg(match rings {
            Rings::Everybody => keys.signals(),
            Rings::Nobody => String::new(),
        })
        .arg(feed_signal(commit.shard))
        .args_of(&ops.args)
}

/// What can be seen of a bug of ours without looking at what is stored.
pub(super) fn malformed(commit: &Commit) -> Option<&'static str> {
    if let Err(CommitError::Malformed(what)) = rules::check_shape(commit) {
        return Some(what);
    }
    let back = rules::inbox_move(commit).is_some_and(|(from, to)| to < from);
    back.then_some(OUT_OF_PLACE)
}

/// The ops, one after another, as the head of `commit.lua` lists them.
struct Ops<'a> {
    keys: &'a Keys,
    commit: &'a Commit,
    /// The script knows each by its number.
    names: IndexSet<String, RandomState>,
    /// A command without a name: its arguments lie in one buffer.
    args: Cmd,
}

impl<'a> Ops<'a> {
    fn new(keys: &'a Keys, commit: &'a Commit) -> Self {
        let of = commit.shard;
        let names = IndexSet::from_iter([
            keys.lease(of),
            keys.meta(of),
            keys.inbox(of),
            keys.feed(of),
            keys.seen(of),
            keys.loads(),
            keys.timers(of),
            keys.jobs(of),
            keys.dead(of),
            keys.shards(),
        ]);
        let ops = commit.groups.iter().map(Vec::len).sum::<usize>();
        let args = Cmd::with_capacity(ops * USUAL_OP_ARGS, ops * USUAL_OP_BYTES);
        Self { keys, commit, names, args }
    }

    #[expect(clippy::too_many_lines, reason = "one short arm an op")]
    fn push(&mut self, op: &Op) {
        let of = self.commit.shard;
        match op {
            Op::RequireDedupe { key, seconds } => {
                let until = microseconds(rules::known_until(self.commit.at, *seconds));
                self.word("dedupe").text(&dedupe_key(key)).number(until);
            }
            Op::RequireInboxDrained => {
                self.word("drained");
            }
            // It stands before the ops, as there is at most one.
            Op::AdvanceInbox { .. } => {}
            Op::ForgetDedupe { key } => {
                self.word("forget").text(&dedupe_key(key));
            }
            Op::PutInbox { shard, room, bytes } => self.post(*shard, *room, bytes),
            Op::PutDocument { kind, id, expected, bytes } => {
                self.put(self.keys.both_of_document(of, *kind, id), id, (*expected, bytes));
            }
            Op::DeleteDocument { kind, id, expected } => {
                self.delete(self.keys.both_of_document(of, *kind, id), id, *expected);
            }
            Op::AppendHistory { conversation, n, bytes } => {
                let key = self.keys.history(of, conversation);
                self.word("history").name(key).number(n).bytes(bytes);
            }
            Op::PackHistory { conversation, pack } => {
                let (beside, packed) = self.keys.both_of_history(of, conversation);
                self.word("pack").name(beside).name(packed).number(pack.through());
                self.numbered(pack.through(), pack.bytes());
            }
            Op::DeleteHistory { conversation } => {
                let (beside, packed) = self.keys.both_of_history(of, conversation);
                self.word("unhistory").name(beside).name(packed);
            }
            Op::AppendFeed { bytes } => {
                self.word("feed").bytes(bytes);
            }
            Op::SetTimer { key, at } => {
                self.word("timer").text(key).number(rules::nanoseconds(*at));
            }
            Op::ClearTimer { key, must_exist } => {
                self.word("clear").text(key).number(u8::from(*must_exist));
            }
            Op::PutJob { id, ready_at, bytes } => {
                self.word("job").text(id).numbered(rules::nanoseconds(*ready_at), bytes);
            }
            Op::UpdateJob { id, ready_at, bytes } => {
                self.word("rejob").text(id).numbered(rules::nanoseconds(*ready_at), bytes);
            }
            Op::DeleteJob { id } => {
                self.word("unjob").text(id);
            }
            Op::AppendDead { bytes } => {
                self.word("dead").bytes(bytes);
            }
            Op::Reserve { slot, operator, conversation, limit } => {
                let load = Load::of(*slot, operator, conversation);
                self.word("reserve").text(&load.member).text(&load.low).text(&load.high);
                self.number(limit);
            }
            Op::Release { slot, operator, conversation } => {
                let load = Load::of(*slot, operator, conversation);
                self.word("release").text(&load.member).text(&load.low).text(&load.high);
            }
            Op::AddCounter { line, operator, by, at } => self.count(line, operator, *by, *at),
            Op::PutShared { kind, id, expected, bytes } => {
                self.put(self.keys.both_of_shared(*kind, id), id, (*expected, bytes));
            }
            Op::RequireShared { kind, id, expected } => {
                let key = self.keys.shared(*kind, id);
                self.word("require").name(key).number(expected);
            }
            Op::DeleteShared { kind, id, expected } => {
                self.delete(self.keys.both_of_shared(*kind, id), id, *expected);
            }
        }
    }

    fn post(&mut self, to: ShardId, room: Room, bytes: &[u8]) {
        let (meta, inbox) = (self.keys.meta(to), self.keys.inbox(to));
        self.word("post").number(to.0).name(meta).name(inbox).text(&inbox_signal(to));
        self.number(room.entries_max()).bytes(bytes);
    }

    fn count(&mut self, line: &LineId, operator: &OperatorId, by: i64, at: Timestamp) {
        let key = self.keys.counters(line);
        let last = if by > 0 { rules::nanoseconds(at).to_string() } else { String::new() };
        self.word("count").name(key).text(operator.as_str()).number(by).text(&last);
    }

    fn put(&mut self, (key, ids): (String, String), id: &str, (expected, bytes): (u64, &[u8])) {
        if expected == 0 {
            self.word("new").name(key).name(ids).text(id);
        } else {
            self.word("put").name(key).number(expected);
        }
        self.numbered(expected.saturating_add(1), bytes);
    }

    fn delete(&mut self, (key, ids): (String, String), id: &str, expected: u64) {
        self.word("delete").name(key).name(ids).text(id).number(expected);
    }

    fn word(&mut self, word: &'static str) -> &mut Self {
        self.bytes(word.as_bytes())
    }

    /// A key, by its number.
    fn name(&mut self, name: String) -> &mut Self {
        let (before, _) = self.names.insert_full(name);
        self.number(before + 1)
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    fn number(&mut self, number: impl ToSingleRedisArg) -> &mut Self {
        self.args.arg(number);
        self
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.args.write_arg(bytes);
        self
    }

    /// Bytes behind a number, as `value::apart` reads them. Writing to memory does not fail.
    fn numbered(&mut self, number: impl Display, bytes: &[u8]) -> &mut Self {
        let mut arg = self.args.writer_for_next_arg();
        let _written = write!(arg, "{number} ").and_then(|()| arg.write_all(bytes));
        drop(arg);
        self
    }
}
