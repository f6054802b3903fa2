//! What the commit's script answers, as an answer of the port.

use crate::store::Unavailable;
use crate::store::op::{Commit, CommitError, Committed, InstanceId, Op, Position, Refusal};
use crate::store::redis::commit::{OUT_OF_PLACE, malformed};
use crate::store::redis::value::{odd, parse};

/// The answer as the head of `commit.lua` lists it.
pub(super) fn of_commit(commit: &Commit, answer: &[String]) -> Result<Committed, CommitError> {
    let words: Vec<&str> = answer.iter().map(String::as_str).collect();
    read(commit, &words).unwrap_or_else(|Unavailable(why)| Err(CommitError::Unavailable(why)))
}

fn read(commit: &Commit, words: &[&str]) -> Result<Result<Committed, CommitError>, Unavailable> {
    let error = match *words {
        ["made", commits, epoch, n, newest] => {
            return Ok(Ok(Committed {
                commits: parse(commits)?,
                feed_before: Position { epoch: parse(epoch)?, n: parse(n)? },
                appended: appended(commit, parse(newest)?),
            }));
        }
        ["fenced", owner, epoch] => {
            let owner = (!owner.is_empty()).then(|| InstanceId(owner.into()));
            CommitError::Fenced { owner, epoch: parse(epoch)? }
        }
        ["back", "commits"] => CommitError::WentBack("commits"),
        ["back", "inbox"] => CommitError::WentBack("inbox"),
        ["back", "feed"] => CommitError::WentBack("feed"),
        ["malformed", _] => CommitError::Malformed(malformed(commit).unwrap_or(OUT_OF_PLACE)),
        ["refused", ref refused @ ..] => CommitError::Refused(refusals(commit, refused)?),
        _ => return Err(odd(words)),
    };
    Ok(Err(error))
}

/// The positions of the events of a commit, when the newest event is number `newest` of its epoch.
fn appended(commit: &Commit, newest: u64) -> Vec<Position> {
    let events = commit.groups.iter().flatten().filter(|op| matches!(op, Op::AppendFeed { .. }));
    let first = (newest + 1).saturating_sub(events.count() as u64);
    (first..=newest).map(|n| Position { epoch: commit.epoch, n }).collect()
}

/// The first reason of each refused group. The script counts the ops that it was given.
fn refusals(commit: &Commit, refused: &[&str]) -> Result<Vec<(usize, Refusal)>, Unavailable> {
    let groups = commit.groups.iter().enumerate();
    let ops: Vec<(usize, &Op)> = groups
        .flat_map(|(group, ops)| ops.iter().map(move |op| (group, op)))
        .filter(|(_, op)| !matches!(op, Op::AdvanceInbox { .. }))
        .collect();
    let mut refusals: Vec<(usize, Refusal)> = Vec::new();
    for pair in refused.chunks(2) {
        let &[op, found] = pair else { return Err(odd(refused)) };
        let Some(&(group, op)) = ops.get(parse::<usize>(op)?) else { return Err(odd(refused)) };
        if refusals.last().is_none_or(|(before, _)| *before != group) {
            let refusal = refusal(op, parse(found)?).ok_or_else(|| odd(refused))?;
            refusals.push((group, refusal));
        }
    }
    Ok(refusals)
}

/// Why an op was refused; none when it cannot be.
fn refusal(op: &Op, found: u64) -> Option<Refusal> {
    match op {
        Op::RequireDedupe { .. } => Some(Refusal::Duplicate),
        Op::RequireInboxDrained => Some(Refusal::Behind),
        Op::PutInbox { shard, .. } => Some(Refusal::InboxFull { shard: *shard }),
        Op::PutDocument { kind, id, .. } | Op::DeleteDocument { kind, id, .. } => {
            Some(Refusal::Version { kind: *kind, id: id.clone(), found })
        }
        Op::PutShared { kind, id, .. }
        | Op::RequireShared { kind, id, .. }
        | Op::DeleteShared { kind, id, .. } => {
            Some(Refusal::SharedVersion { kind: *kind, id: id.clone(), found })
        }
        Op::ClearTimer { .. } => Some(Refusal::Timer),
        Op::UpdateJob { .. } | Op::DeleteJob { .. } => Some(Refusal::Job),
        Op::Reserve { slot, operator, .. } => {
            let load = u32::try_from(found).unwrap_or(u32::MAX);
            Some(Refusal::Capacity { slot: *slot, operator: operator.clone(), load })
        }
        Op::AdvanceInbox { .. }
        | Op::AppendHistory { .. }
        | Op::PackHistory { .. }
        | Op::DeleteHistory { .. }
        | Op::AppendFeed { .. }
        | Op::SetTimer { .. }
        | Op::PutJob { .. }
        | Op::AppendDead { .. }
        | Op::Release { .. }
        | Op::AddCounter { .. } => None,
    }
}
