//! Who was there when: each change of how an operator stands before the queues becomes a record.
//! Kept by shard 0 alone.

use std::collections::BTreeMap;

use domain::attendance::{AttendanceRecord, Attends};
use domain::id::{OperatorId, ShardId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actors::bench::Bench;
use crate::actors::group::Group;
use crate::actors::ledger::Ledger;
use crate::store::op::DocumentKind;
use crate::store::{Store, Unavailable};

/// The records of a shard, and how everybody stands after them.
#[derive(Debug)]
pub(crate) struct AttendanceBook {
    ledger: Ledger,
    /// Those who are not offline, as committed.
    here: BTreeMap<OperatorId, Attends>,
    /// What the round at hand changes.
    staged: BTreeMap<OperatorId, Attends>,
}

/// Kept beside the records, so that nobody has to read them all to go on.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Here {
    here: BTreeMap<OperatorId, Attends>,
}

/// Those who were here when the process before this one ended, as far as it has noted: with it they
/// have lost their connections.
pub(crate) async fn were_here(store: &Store) -> Result<Vec<OperatorId>, Unavailable> {
    let loaded = Ledger::load(store, ShardId(0), DocumentKind::Presence).await?;
    let (_, Here { here }) = loaded;
    Ok(here.into_keys().collect())
}

impl AttendanceBook {
    pub(crate) async fn load(store: &Store, shard: ShardId) -> Result<Self, Unavailable> {
        let (ledger, Here { here }) = Ledger::load(store, shard, DocumentKind::Presence).await?;
        Ok(Self { ledger, here, staged: BTreeMap::new() })
    }

    /// Adds a record, if he stands otherwise than at his last one.
    fn note(&mut self, group: &mut Group, operator: &OperatorId, attends: Attends, at: Timestamp) {
        let known = self.staged.get(operator).or_else(|| self.here.get(operator)).copied();
        let same = match known {
            Some(known) => known == attends || known.is_offline() && attends.is_offline(),
            None => attends.is_offline(),
        };
        if !same {
            let operator = operator.clone();
            self.staged.insert(operator.clone(), attends);
            self.ledger.append(group, &AttendanceRecord { at, operator, attends });
        }
    }

    pub(crate) fn draft(&self, group: &mut Group) {
        if !self.staged.is_empty() {
            self.ledger.draft(group, Here { here: self.after_round() });
        }
    }

    pub(crate) fn keep(&mut self) {
        if !self.staged.is_empty() {
            self.here = self.after_round();
        }
        self.staged.clear();
        self.ledger.keep();
    }

    pub(crate) fn take_back(&mut self) {
        self.staged.clear();
        self.ledger.take_back();
    }

    fn after_round(&self) -> BTreeMap<OperatorId, Attends> {
        let mut here = self.here.clone();
        here.extend(self.staged.iter().map(|(operator, attends)| (operator.clone(), *attends)));
        here.retain(|_, attends| !attends.is_offline());
        here
    }
}

impl Bench {
    /// Notes how an operator stands now; none: how all of them do, also those who are no more.
    pub(crate) fn attend(&mut self, group: &mut Group, operator: Option<&OperatorId>) {
        let at = self.parts.clock.now();
        let standing = match operator {
            Some(operator) => self.parts.standing(operator).into_iter().collect(),
            None => self.parts.standings(),
        };
        for (operator, present) in standing {
            let attends = Attends::of(&operator, present);
            self.attendance.note(group, &operator.id, attends, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::attendance::Attendance;

    use super::*;
    use crate::store::op::Op;

    fn attends(state: Attendance, capacity: u32) -> Attends {
        Attends { state, capacity }
    }

    #[actix::test]
    async fn only_what_is_news_becomes_a_record() {
        let book = AttendanceBook::load(&Store::model(), ShardId(0)).await;
        let (mut book, anna) = (book.expect("loaded"), OperatorId::new("anna"));
        let mut records = |story: &[Attends]| {
            let mut group = Group::default();
            for attends in story {
                book.note(&mut group, &anna, *attends, Timestamp::UNIX_EPOCH);
            }
            book.keep();
            group.ops.iter().filter(|op| matches!(op, Op::AppendHistory { .. })).count()
        };
        let (here, busy) = (attends(Attendance::Available, 5), attends(Attendance::Busy, 5));
        let (more, gone) = (attends(Attendance::Available, 6), attends(Attendance::Offline, 5));
        assert_eq!(records(&[gone]), 0, "nobody has seen him yet");
        assert_eq!(records(&[here, here]), 1);
        assert_eq!(records(&[here, busy]), 1);
        assert_eq!(records(&[here, more]), 2);
        assert_eq!(records(&[gone, attends(Attendance::Offline, 9)]), 1);
        assert!(book.here.is_empty());
    }
}
