//! Committed documents of customers, as far as this process has them at hand.
//!
//! There may be millions, so that nothing here is complete: what is missing is read from the store.
//! What is old does no harm, as each commit checks the versions that it writes over.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ahash::RandomState;
use domain::customer::RecordKind;

use crate::actors::customers::written::Written;
use crate::store::op::Document;
use crate::store::{Store, Unavailable};

/// Documents kept in memory; beyond it all are dropped and read again.
const RECORDS_KEPT: usize = 50_000;

/// Documents of customers, leads, and what customers are known by.
#[derive(Debug, Default)]
pub(crate) struct Records(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    known: HashMap<(RecordKind, String), Known, RandomState>,
    era: Era,
}

/// The time from one loss of memory to the next. What was read in an earlier one may be older than
/// what was known of it, and lost since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Era(u64);

#[derive(Debug)]
enum Known {
    Read(Record),
    /// It is of that version at least, and what it says is in the store.
    Moved(u64),
}

/// A document as it was when it was read or written. The default: there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) version: u64,
    pub(crate) written: Option<Written>,
}

impl Records {
    /// From memory, else from the store.
    pub(crate) async fn read(
        &self,
        store: &Store,
        kind: RecordKind,
        id: &str,
    ) -> Result<Record, Unavailable> {
        let key = (kind, id.to_owned());
        let era = {
            let kept = self.kept();
            if let Some(Known::Read(record)) = kept.known.get(&key) {
                return Ok(record.clone());
            }
            kept.era
        };
        let record = Record::of(store.shared(kind.into(), id.to_owned()).await?);
        self.put(key, record.clone(), era);
        Ok(record)
    }

    /// To be asked before the store is, for [`Self::put`].
    pub(crate) fn era(&self) -> Era {
        self.kept().era
    }

    /// Takes a document as it was stored at some time since `era` was asked for; the higher version
    /// wins.
    pub(crate) fn put(&self, key: (RecordKind, String), record: Record, era: Era) {
        let mut kept = self.kept();
        if kept.era == era {
            kept.know(key, Known::Read(record));
        }
    }

    /// Takes it that somebody has written these: kind, id and version of each.
    pub(crate) fn moved(&self, changed: &[(RecordKind, String, u64)]) {
        let mut kept = self.kept();
        for (kind, id, version) in changed {
            kept.know((*kind, id.clone()), Known::Moved(*version));
        }
    }

    /// Takes a document as it was just committed by whoever had asked for `era` before he read what it
    /// was made from.
    pub(crate) fn committed(&self, key: (RecordKind, String), record: Record, era: Era) {
        let mut kept = self.kept();
        // Whether somebody wrote over it meanwhile is not known any more; that it was written is.
        let known =
            if kept.era == era { Known::Read(record) } else { Known::Moved(record.version) };
        kept.know(key, known);
    }

    /// A commit was refused because that document is of another version; 0: there is none.
    pub(crate) fn found(&self, kind: RecordKind, id: &str, version: u64) {
        let (key, mut kept) = ((kind, id.to_owned()), self.kept());
        let began_anew =
            version == 0 || kept.known.get(&key).is_some_and(|known| known.version() > version);
        if began_anew {
            kept.known.remove(&key);
            kept.era.ends();
        } else {
            kept.know(key, Known::Moved(version));
        }
    }

    /// The next who asks reads it from the store.
    pub(crate) fn forget(&self, kind: RecordKind, id: &str) {
        let mut kept = self.kept();
        kept.known.remove(&(kind, id.to_owned()));
        kept.era.ends();
    }

    /// All that is known may be wrong.
    pub(crate) fn forget_all(&self) {
        self.kept().forget_all();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn know(&mut self, key: (RecordKind, String), known: Known) {
        if self.known.get(&key).is_some_and(|before| !known.is_newer_than(before)) {
            return;
        }
        if self.known.len() >= RECORDS_KEPT && !self.known.contains_key(&key) {
            self.forget_all();
        }
        self.known.insert(key, known);
    }

    fn forget_all(&mut self) {
        self.known.clear();
        self.era.ends();
    }
}

impl Era {
    fn ends(&mut self) {
        self.0 += 1;
    }
}

impl Record {
    pub(crate) fn of(stored: Option<Document>) -> Self {
        stored.map_or_else(Self::default, |document| Self {
            version: document.version,
            written: Some(Written::of(document.bytes)),
        })
    }
}

impl Known {
    fn version(&self) -> u64 {
        match self {
            Self::Read(Record { version, .. }) | Self::Moved(version) => *version,
        }
    }

    fn is_newer_than(&self, before: &Self) -> bool {
        match (self, before) {
            // What it says is news too.
            (Self::Read(_), Self::Moved(_)) => self.version() >= before.version(),
            (Self::Read(_) | Self::Moved(_), Self::Read(_)) | (Self::Moved(_), Self::Moved(_)) => {
                self.version() > before.version()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: RecordKind = RecordKind::Customer;

    /// What is lost, and how.
    type Loss<'a> = (&'a str, &'a dyn Fn(&Records));

    fn key(id: &str) -> (RecordKind, String) {
        (KIND, id.to_owned())
    }

    fn record(version: u64, text: &str) -> Record {
        Record { version, written: Some(Written::of(text.as_bytes())) }
    }

    #[actix::test]
    async fn the_higher_version_wins() {
        let (records, store) = (Records::default(), Store::model());
        assert_eq!(records.read(&store, KIND, "1").await, Ok(Record::default()));
        let put = |record| records.put(key("1"), record, records.era());
        put(record(2, "new"));
        put(record(1, "old"));
        assert_eq!(records.read(&store, KIND, "1").await, Ok(record(2, "new")));
        records.forget(KIND, "1");
        assert_eq!(records.read(&store, KIND, "1").await, Ok(Record::default()));
    }

    #[actix::test]
    async fn what_others_have_written_is_read_from_the_store() {
        let (records, store) = (Records::default(), Store::model());
        let moved = |version| records.moved(&[(KIND, "1".to_owned(), version)]);
        let put = |record| records.put(key("1"), record, records.era());
        put(record(2, "new"));
        moved(2);
        assert_eq!(records.read(&store, KIND, "1").await, Ok(record(2, "new")), "known already");
        moved(4);
        assert_eq!(records.read(&store, KIND, "1").await, Ok(Record::default()), "as stored");
        put(record(3, "read before it was heard of"));
        assert_eq!(records.read(&store, KIND, "1").await, Ok(Record::default()), "not kept");
        put(record(4, "read after"));
        assert_eq!(records.read(&store, KIND, "1").await, Ok(record(4, "read after")));
    }

    #[actix::test]
    async fn what_was_read_before_a_loss_is_not_kept_after_it() {
        let overflows = |records: &Records| {
            let era = records.era();
            (0..RECORDS_KEPT).for_each(|n| records.put(key(&n.to_string()), record(1, ""), era));
        };
        let losses: [Loss; 3] = [
            ("one", &|records| records.forget(KIND, "card")),
            ("all", &Records::forget_all),
            ("too many", &overflows),
        ];
        for (what, loses) in losses {
            let (records, store) = (Records::default(), Store::model());
            let era = records.era();
            records.moved(&[(KIND, "card".to_owned(), 4)]);
            loses(&records);
            records.put(key("card"), record(3, "read before"), era);
            let read = records.read(&store, KIND, "card").await;
            assert_eq!(read, Ok(Record::default()), "as stored, after a loss of {what}");
        }
    }

    #[actix::test]
    async fn what_is_committed_after_a_loss_is_read_from_the_store() {
        let (records, store) = (Records::default(), Store::model());
        let era = records.era();
        records.put(key("card"), record(3, "before"), era);
        records.forget(KIND, "another");
        records.committed(key("card"), record(4, "written by us"), era);
        assert_eq!(records.read(&store, KIND, "card").await, Ok(Record::default()), "as stored");
    }

    #[actix::test]
    async fn what_was_found_at_another_version_is_read_from_the_store() {
        for (found, what) in [(4, "written"), (2, "made anew"), (0, "deleted")] {
            let (records, store) = (Records::default(), Store::model());
            records.put(key("card"), record(3, "before"), records.era());
            records.found(KIND, "card", found);
            let read = records.read(&store, KIND, "card").await;
            assert_eq!(read, Ok(Record::default()), "as stored, as it was {what} meanwhile");
        }
    }

    #[test]
    fn only_so_many_are_kept() {
        let (records, era) = (Records::default(), Era::default());
        for n in 0..=RECORDS_KEPT {
            records.put(key(&n.to_string()), record(1, ""), era);
        }
        assert!(records.kept().known.len() <= RECORDS_KEPT);
    }
}
