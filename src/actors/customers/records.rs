//! Committed documents of customers, as far as this process has them at hand.
//!
//! There may be millions, so that nothing here is complete: what is missing is read from the store.
//! What is old does no harm, as each commit checks the versions that it writes over.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ahash::RandomState;

use crate::actors::customers::written::Written;
use crate::store::op::{Document, SharedKind};
use crate::store::{Store, Unavailable};

/// Documents kept in memory; beyond it all are dropped and read again.
const RECORDS_KEPT: usize = 50_000;

/// Documents of customers, leads, and what customers are known by.
#[derive(Debug, Default)]
pub(crate) struct Records(Mutex<Kept>);

type Kept = HashMap<(SharedKind, String), Known, RandomState>;

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
        kind: SharedKind,
        id: &str,
    ) -> Result<Record, Unavailable> {
        if let Some(Known::Read(record)) = self.kept().get(&(kind, id.to_owned())) {
            return Ok(record.clone());
        }
        let record = Record::of(store.shared(kind, id.to_owned()).await?);
        self.put(kind, id.to_owned(), record.clone());
        Ok(record)
    }

    /// Takes a document as stored; the higher version wins.
    pub(crate) fn put(&self, kind: SharedKind, id: String, record: Record) {
        self.know((kind, id), Known::Read(record));
    }

    /// Takes it that somebody has written these: kind, id and version of each.
    pub(crate) fn moved(&self, changed: &[(String, String, u64)]) {
        for (kind, id, version) in changed {
            let Some(kind) = kind_of_record(kind) else {
                tracing::warn!(kind, "a record of an unknown kind");
                continue;
            };
            self.know((kind, id.clone()), Known::Moved(*version));
        }
    }

    fn know(&self, key: (SharedKind, String), known: Known) {
        let mut kept = self.kept();
        if kept.get(&key).is_some_and(|before| !known.is_newer_than(before)) {
            return;
        }
        if kept.len() >= RECORDS_KEPT && !kept.contains_key(&key) {
            kept.clear();
        }
        kept.insert(key, known);
    }

    /// The next who asks reads it from the store.
    pub(crate) fn forget(&self, kind: SharedKind, id: &str) {
        self.kept().remove(&(kind, id.to_owned()));
    }

    /// All that is known may be wrong.
    pub(crate) fn forget_all(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn is_newer_than(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Read(now), Self::Moved(before)) => now.version >= *before,
            (Self::Read(now), Self::Read(before)) => now.version > before.version,
            (
                Self::Moved(now),
                Self::Read(Record { version: before, .. }) | Self::Moved(before),
            ) => now > before,
        }
    }
}

/// The kind of a shared document that is kept here and not in the directory; none: it is not.
fn kind_of_record(kind: &str) -> Option<SharedKind> {
    [
        SharedKind::Customer,
        SharedKind::Identity,
        SharedKind::Phone,
        SharedKind::Email,
        SharedKind::Lead,
    ]
    .into_iter()
    .find(|one| one.as_str() == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: SharedKind = SharedKind::Customer;

    fn record(version: u64, text: &str) -> Record {
        Record { version, written: Some(Written::of(text.as_bytes())) }
    }

    #[actix::test]
    async fn the_higher_version_wins() {
        let (records, store) = (Records::default(), Store::model());
        assert_eq!(records.read(&store, KIND, "1").await, Ok(Record::default()));
        records.put(KIND, "1".to_owned(), record(2, "new"));
        records.put(KIND, "1".to_owned(), record(1, "old"));
        assert_eq!(records.read(&store, KIND, "1").await, Ok(record(2, "new")));
        records.forget(KIND, "1");
        assert_eq!(records.read(&store, KIND, "1").await, Ok(Record::default()));
    }

    #[actix::test]
    async fn what_others_have_written_is_read_from_the_store() {
        let (records, store) = (Records::default(), Store::model());
        let moved = |version| records.moved(&[("customer".to_owned(), "1".to_owned(), version)]);
        records.put(KIND, "1".to_owned(), record(2, "new"));
        moved(2);
        assert_eq!(records.read(&store, KIND, "1").await, Ok(record(2, "new")), "known already");
        moved(4);
        assert_eq!(records.read(&store, KIND, "1").await, Ok(Record::default()), "as stored");
        records.put(KIND, "1".to_owned(), record(3, "read before it was heard of"));
        assert_eq!(records.read(&store, KIND, "1").await, Ok(Record::default()), "not kept");
        records.put(KIND, "1".to_owned(), record(4, "read after"));
        assert_eq!(records.read(&store, KIND, "1").await, Ok(record(4, "read after")));
    }

    #[test]
    fn only_so_many_are_kept() {
        let records = Records::default();
        for n in 0..=RECORDS_KEPT {
            records.put(KIND, n.to_string(), record(1, ""));
        }
        assert!(records.kept().len() <= RECORDS_KEPT);
    }

    #[test]
    fn what_the_directory_holds_is_not_kept_here() {
        assert_eq!(kind_of_record("customer"), Some(SharedKind::Customer));
        assert_eq!(kind_of_record("line"), None);
    }
}
