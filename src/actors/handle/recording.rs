//! A day of a line, gathered from what is stored, for a rehearsal.

use std::sync::Arc;

use domain::id::{LineId, OperatorId};
use domain::limits::Limits;
use domain::recording::Recording;
use domain::rehearsal::Record;
use jiff::Timestamp;

use crate::actors::handle::{NodeHandle, NotStored};
use crate::readmodel::conversations::BegunQuery;

/// Most conversations of a day that is rehearsed.
pub const CONVERSATIONS_MAX: usize = 20_000;
/// Most entries of all of them together.
const ENTRIES_MAX: usize = 1_000_000;

/// Which day of which line.
#[derive(Clone, Debug)]
pub struct DayQuery {
    pub line: LineId,
    pub from: Timestamp,
    pub until: Timestamp,
    /// Whoever may be asked.
    pub queue: Vec<OperatorId>,
}

/// More happened on that day than is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl NodeHandle {
    /// Bounds that hold for all lines.
    pub fn limits(&self) -> Limits {
        self.parts.settings.limits
    }

    /// What happened on that day. Reads the histories of all its conversations, one by one.
    pub async fn day(&self, query: &DayQuery) -> Result<Result<Record, TooLarge>, NotStored> {
        let (from, until) = (query.from, query.until);
        let (line, limit) = (query.line.clone(), CONVERSATIONS_MAX + 1);
        let begun = self.parts.read_model.begun(BegunQuery { line, from, until, limit }).await;
        let begun = begun.map_err(|_| NotStored::Unavailable)?;
        if begun.len() > CONVERSATIONS_MAX {
            return Ok(Err(TooLarge));
        }
        let mut recording = Recording::new(from, until);
        let mut left = ENTRIES_MAX;
        for one in begun {
            let entries = self.entries(&one.conversation).await?;
            let Some(fewer) = left.checked_sub(entries.len()) else { return Ok(Err(TooLarge)) };
            left = fewer;
            recording.read(&Arc::from(one.chat), &entries);
        }
        let attendance = self.attendance(from, until).await?;
        Ok(Ok(recording.finish(&attendance, query.queue.iter())))
    }
}
