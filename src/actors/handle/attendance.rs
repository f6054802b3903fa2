//! Reading who was there when.

use std::collections::BTreeMap;

use domain::attendance::AttendanceRecord;
use domain::id::ShardId;
use jiff::Timestamp;

use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::ledger::Records;
use crate::store::op::DocumentKind;

/// Records that one question looks through, of the time asked about and before it.
const RECORDS_MAX: u32 = 50_000;

impl NodeHandle {
    /// How everybody stood when that time began, then each change up to its end. Who is not named
    /// was offline.
    pub async fn attendance(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<AttendanceRecord>, NotStored> {
        let unavailable = |_| NotStored::Unavailable;
        let store = &self.parts.store;
        let records = Records::<AttendanceRecord>::of(store, ShardId(0), DocumentKind::Presence);
        let records = records.await.map_err(unavailable)?;
        let mut last =
            records.count_while(|_, record| record.at < to).await.map_err(unavailable)?;
        let (mut within, mut before) = (Vec::new(), BTreeMap::new());
        let mut left = RECORDS_MAX;
        while last > 0 && left > 0 {
            let (earlier, page) = records.up_to(last).await.map_err(unavailable)?;
            left = left.saturating_sub(last - earlier);
            for (_, record) in page.into_iter().rev() {
                if record.at >= from {
                    within.push(record);
                } else {
                    // The latest one before it counts, and that comes first.
                    before.entry(record.operator.clone()).or_insert(record);
                }
            }
            last = earlier;
        }
        let mut before: Vec<_> = before.into_values().collect();
        before.retain(|record| !record.attends.is_offline());
        before.sort_by_key(|record| record.at);
        Ok(before.into_iter().chain(within.into_iter().rev()).collect())
    }
}
