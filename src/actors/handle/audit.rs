//! Reading the audit log, newest first.

use domain::audit::{AuditEntry, Subject};
use domain::id::ShardId;
use jiff::Timestamp;

use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::ledger::Records;
use crate::store::op::DocumentKind;

/// Most entries in a page.
pub const AUDIT_PAGE_MAX: usize = 100;
/// Records of a shard that one question looks through; who wants more asks again from there.
const LOOKED_THROUGH_MAX: u32 = 4_096;

/// Which entries.
#[derive(Clone, Debug)]
pub struct AuditQuery {
    /// None: all.
    pub subject: Option<Subject>,
    /// Only what is older than this place.
    pub before: Option<AuditPlace>,
    /// 1..[`AUDIT_PAGE_MAX`].
    pub limit: usize,
}

/// The place of an entry among all of them: later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditPlace {
    pub at: Timestamp,
    pub shard: ShardId,
    pub n: u32,
}

/// A page, newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    /// From where to go on; none: there is nothing older.
    pub next: Option<AuditPlace>,
}

/// What was found in one shard.
#[derive(Default)]
struct Found {
    entries: Vec<(AuditPlace, AuditEntry)>,
    /// Nothing older than this was looked at; none: everything was.
    stopped: Option<AuditPlace>,
}

impl NodeHandle {
    /// A page of the audit log.
    pub async fn audit(&self, query: &AuditQuery) -> Result<AuditPage, NotStored> {
        let mut found = Vec::new();
        for shard in self.audited_in(query) {
            found.push(self.audit_of(shard, query).await?);
        }
        Ok(page(found, query.limit.clamp(1, AUDIT_PAGE_MAX)))
    }

    /// Lines, channels and operators are changed in shard 0, customers anywhere.
    fn audited_in(&self, query: &AuditQuery) -> impl Iterator<Item = ShardId> + use<> {
        let shards = match query.subject {
            Some(Subject::Line(_) | Subject::Channel(_) | Subject::Operator(_)) => 1,
            Some(Subject::Customer(_)) | None => self.shards(),
        };
        (0..shards).map(ShardId)
    }

    async fn audit_of(&self, shard: ShardId, query: &AuditQuery) -> Result<Found, NotStored> {
        let unavailable = |_| NotStored::Unavailable;
        let records = Records::<AuditEntry>::of(&self.parts.store, shard, DocumentKind::Audit);
        let records = records.await.map_err(unavailable)?;
        let place = |n, entry: &AuditEntry| AuditPlace { at: entry.at, shard, n };
        let is_before =
            |n, entry: &AuditEntry| query.before.is_none_or(|before| place(n, entry) < before);
        let mut found = Found::default();
        let mut to = records.count_while(is_before).await.map_err(unavailable)?;
        let mut left = LOOKED_THROUGH_MAX;
        while to > 0 {
            let (before, page) = records.up_to(to).await.map_err(unavailable)?;
            for (n, entry) in page.into_iter().rev() {
                left = left.saturating_sub(1);
                let stopped = place(n, &entry);
                let wanted = query.subject.as_ref().is_none_or(|subject| *subject == entry.subject);
                if wanted {
                    found.entries.push((stopped, entry));
                }
                if left == 0 || found.entries.len() >= query.limit {
                    found.stopped = (n > 1).then_some(stopped);
                    return Ok(found);
                }
            }
            to = before;
        }
        Ok(found)
    }
}

/// The newest of all shards, down to where one of them was not looked at any further.
fn page(found: Vec<Found>, limit: usize) -> AuditPage {
    let stopped = found.iter().filter_map(|found| found.stopped).max();
    let mut entries: Vec<_> = found.into_iter().flat_map(|found| found.entries).collect();
    entries.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    entries.retain(|(place, _)| stopped.is_none_or(|stopped| *place >= stopped));
    let more = entries.len() > limit;
    entries.truncate(limit);
    let last = entries.last().filter(|_| more).map(|(place, _)| *place);
    let entries = entries.into_iter().map(|(_, entry)| entry).collect();
    AuditPage { entries, next: last.or(stopped) }
}
