//! What became of a piece of work, and what whoever asked for it hears.

use crate::actors::handle::{Accepted, NotStored};
use crate::actors::work::Work;
use crate::protocol::{CommandRefusal, EdgeRefusal, Outcome};

/// What became of a piece of work.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Done,
    Repeated,
    Refused(CommandRefusal),
    Stale,
}

/// Answers works that are over, one way or the other.
pub(crate) fn answer(works: Vec<Work>, verdicts: Vec<Verdict>) {
    for (work, verdict) in works.into_iter().zip(verdicts) {
        match work {
            Work::Arrive { mut answer, .. } => answer.give(match verdict {
                Verdict::Done => Ok(Accepted::Created),
                Verdict::Repeated => Ok(Accepted::Duplicate),
                Verdict::Refused(_) | Verdict::Stale => Err(NotStored::Unavailable),
            }),
            Work::Command { mut answer, .. } => answer.give(outcome(verdict)),
            Work::Job { mut answer, .. }
            | Work::Copy { mut answer, .. }
            | Work::Polled { mut answer, .. }
            | Work::Change { mut answer, .. } => {
                answer.give(stored(&verdict));
            }
            Work::Inbox { .. }
            | Work::Due { .. }
            | Work::Wake { .. }
            | Work::Left { .. }
            | Work::Back { .. }
            | Work::Raise { .. }
            | Work::Deserted { .. }
            | Work::Attend { .. }
            | Work::Pack
            | Work::FindOutlived
            | Work::Forget { .. }
            | Work::Reconsider { .. } => {}
        }
    }
}

/// What the verdict says to whoever wants something stored.
pub(crate) fn stored(verdict: &Verdict) -> Result<(), NotStored> {
    match verdict {
        Verdict::Done | Verdict::Repeated => Ok(()),
        Verdict::Stale => Err(NotStored::Stale),
        Verdict::Refused(_) => Err(NotStored::Unavailable),
    }
}

/// What the verdict says to whoever has given a command.
pub(crate) fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Done => Outcome::Done {},
        Verdict::Repeated => Outcome::Repeated {},
        Verdict::Refused(why) => Outcome::refused(why),
        Verdict::Stale => Outcome::refused(CommandRefusal::Edge(EdgeRefusal::Unavailable {})),
    }
}
