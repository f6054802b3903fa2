//! What every store has in common because it can be said without looking at what is stored.
//!
//! Knows no store.

use std::collections::HashSet;

use ahash::RandomState;
use jiff::Timestamp;

use crate::store::op::{
    Commit, CommitError, DocumentKind, GROUPS_MAX, InboxPosition, OPS_MAX, Op, SharedKind,
};

/// Beyond it not every whole number is one of 64 bits with a point.
const KNOWN_MICROSECONDS_MAX: i64 = 1 << 53;

/// Finds the bugs of ours that show in the commit alone.
pub(super) fn check_shape(commit: &Commit) -> Result<(), CommitError> {
    if commit.groups.len() > GROUPS_MAX {
        return Err(CommitError::Malformed("too many groups"));
    }
    if commit.groups.iter().map(Vec::len).sum::<usize>() > OPS_MAX {
        return Err(CommitError::Malformed("too many ops"));
    }
    let mut targets = HashSet::with_hasher(RandomState::new());
    for op in commit.groups.iter().flatten() {
        if matches!(op, Op::AppendHistory { n: 0, .. }) {
            return Err(CommitError::Malformed("history numbers begin at 1"));
        }
        if target(op).is_some_and(|target| !targets.insert(target)) {
            return Err(CommitError::Malformed("one target twice"));
        }
    }
    Ok(())
}

/// Where the commit says that the inbox cursor stands and where it moves it, if it does.
pub(super) fn inbox_move(commit: &Commit) -> Option<(InboxPosition, InboxPosition)> {
    commit.groups.iter().flatten().find_map(|op| match op {
        Op::AdvanceInbox { from, to } => Some((*from, *to)),
        Op::RequireDedupe { .. }
        | Op::RequireInboxDrained
        | Op::ForgetDedupe { .. }
        | Op::PutInbox { .. }
        | Op::PutDocument { .. }
        | Op::DeleteDocument { .. }
        | Op::AppendHistory { .. }
        | Op::PackHistory { .. }
        | Op::DeleteHistory { .. }
        | Op::AppendFeed { .. }
        | Op::SetTimer { .. }
        | Op::ClearTimer { .. }
        | Op::PutJob { .. }
        | Op::UpdateJob { .. }
        | Op::DeleteJob { .. }
        | Op::AppendDead { .. }
        | Op::Reserve { .. }
        | Op::Release { .. }
        | Op::AddCounter { .. }
        | Op::PutShared { .. }
        | Op::RequireShared { .. }
        | Op::DeleteShared { .. } => None,
    })
}

/// A moment as stores keep it: nanoseconds since 1970. What lies beyond 1678 to 2262 is kept as
/// the nearest moment within.
pub(super) fn nanoseconds(at: Timestamp) -> i64 {
    let at = at.as_nanosecond();
    i64::try_from(at).unwrap_or(if at < 0 { i64::MIN } else { i64::MAX })
}

/// The moment that [`nanoseconds`] stands for.
pub(super) fn timestamp(nanoseconds: i64) -> Timestamp {
    // Any i64 of nanoseconds lies within the range of a timestamp.
    Timestamp::from_nanosecond(nanoseconds.into()).unwrap_or_default()
}

/// The moment of a question about a dedupe key, as nanoseconds since 1970: whole microseconds, and
/// none beyond those that every store can compare exactly (until the year 2255).
pub(super) fn known_at(at: Timestamp) -> i64 {
    within_measure(nanoseconds(at).div_euclid(1_000))
}

/// Until when a dedupe key is known, as nanoseconds since 1970; like [`known_at`].
pub(super) fn known_until(at: Timestamp, seconds: u32) -> i64 {
    within_measure(known_at(at) / 1_000 + i64::from(seconds) * 1_000_000)
}

fn within_measure(microseconds: i64) -> i64 {
    microseconds.clamp(-KNOWN_MICROSECONDS_MAX, KNOWN_MICROSECONDS_MAX) * 1_000
}

/// What may stand only once in a commit, as its precondition is judged before the first write.
#[derive(PartialEq, Eq, Hash)]
enum Target<'a> {
    Dedupe(&'a str),
    InboxCursor,
    Document(DocumentKind, &'a str),
    Timer(&'a str),
    Job(&'a str),
    Shared(SharedKind, &'a str),
}

fn target(op: &Op) -> Option<Target<'_>> {
    match op {
        Op::RequireDedupe { key, .. } | Op::ForgetDedupe { key } => Some(Target::Dedupe(key)),
        Op::AdvanceInbox { .. } => Some(Target::InboxCursor),
        Op::PutDocument { kind, id, .. } | Op::DeleteDocument { kind, id, .. } => {
            Some(Target::Document(*kind, id))
        }
        Op::ClearTimer { key, .. } => Some(Target::Timer(key)),
        Op::UpdateJob { id, .. } | Op::DeleteJob { id } => Some(Target::Job(id)),
        Op::PutShared { kind, id, .. }
        | Op::RequireShared { kind, id, .. }
        | Op::DeleteShared { kind, id, .. } => Some(Target::Shared(*kind, id)),
        Op::RequireInboxDrained
        | Op::PutInbox { .. }
        | Op::AppendHistory { .. }
        | Op::PackHistory { .. }
        | Op::DeleteHistory { .. }
        | Op::AppendFeed { .. }
        | Op::SetTimer { .. }
        | Op::PutJob { .. }
        | Op::AppendDead { .. }
        | Op::Reserve { .. }
        | Op::Release { .. }
        | Op::AddCounter { .. } => None,
    }
}
