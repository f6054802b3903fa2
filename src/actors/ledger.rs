//! Records of a shard that belong to no conversation: kept as the history of one that is none, and
//! numbered without a gap by a document that is written in the same commit.

use std::marker::PhantomData;

use domain::id::{ConversationId, ShardId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::actors::encode;
use crate::actors::group::Group;
use crate::store::op::{DocumentKind, Op};
use crate::store::{Store, Unavailable};

/// Records read at a time.
const PAGE: u32 = 256;

/// Where records of a kind are counted and kept.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    kind: DocumentKind,
    history: ConversationId,
    /// Of the document, as committed; 0: there is none yet.
    version: u64,
    /// Number of the last record that is committed.
    last: u32,
    /// Records of the round at hand.
    staged: u32,
}

/// The document beside the records. What else it holds is its owner's.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Count<T> {
    pub(crate) last: u32,
    #[serde(flatten)]
    pub(crate) beside: T,
}

/// Nothing is kept beside; or it is of no interest.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Nothing {}

impl Ledger {
    /// Reads where the records stand, and what is kept beside.
    pub(crate) async fn load<T>(
        store: &Store,
        shard: ShardId,
        kind: DocumentKind,
    ) -> Result<(Self, T), Unavailable>
    where
        T: Default + DeserializeOwned,
    {
        let found = store.document(shard, kind, kind.as_str().to_owned()).await?;
        let version = found.as_ref().map_or(0, |found| found.version);
        let count = found.and_then(|found| encode::read::<Count<T>>("count", &found.bytes));
        let Count { last, beside } =
            count.unwrap_or_else(|| Count { last: 0, beside: T::default() });
        Ok((Self { kind, history: history(shard, kind), version, last, staged: 0 }, beside))
    }

    /// Adds a record in the round at hand.
    pub(crate) fn append(&mut self, group: &mut Group, record: &impl Serialize) {
        self.staged += 1;
        group.ops.push(Op::AppendHistory {
            conversation: self.history.clone(),
            n: self.last + self.staged,
            bytes: encode::document(record),
        });
    }

    /// Adds the document, if the round has records.
    pub(crate) fn draft(&self, group: &mut Group, beside: impl Serialize) {
        if self.has_news() {
            group.ops.push(Op::PutDocument {
                kind: self.kind,
                id: self.kind.as_str().to_owned(),
                expected: self.version,
                bytes: encode::document(&Count { last: self.last + self.staged, beside }),
            });
        }
    }

    /// Whether the round at hand has records.
    pub(crate) fn has_news(&self) -> bool {
        self.staged > 0
    }

    /// The round is committed.
    pub(crate) fn keep(&mut self) {
        self.version += u64::from(self.staged > 0);
        self.last += std::mem::take(&mut self.staged);
    }

    /// The round is refused, or drawn anew.
    pub(crate) fn take_back(&mut self) {
        self.staged = 0;
    }
}

/// The records of a shard, to be read. Those of a store that is being written may be more by now.
pub(crate) struct Records<T> {
    store: Store,
    shard: ShardId,
    history: ConversationId,
    last: u32,
    what: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Records<T> {
    pub(crate) async fn of(
        store: &Store,
        shard: ShardId,
        kind: DocumentKind,
    ) -> Result<Self, Unavailable> {
        let (ledger, _beside) = Ledger::load::<Nothing>(store, shard, kind).await?;
        let Ledger { history, last, .. } = ledger;
        Ok(Self { store: store.clone(), shard, history, last, what: PhantomData })
    }

    /// How many records there are at the beginning for which this holds: it does up to one of them
    /// and then no more.
    pub(crate) async fn count_while(
        &self,
        holds: impl Fn(u32, &T) -> bool,
    ) -> Result<u32, Unavailable> {
        let (mut low, mut high) = (0, self.last);
        while low < high {
            let middle = high - (high - low) / 2;
            let found = self.page(middle - 1, 1).await?;
            // One that cannot be read is passed over.
            if found.first().is_none_or(|(n, record)| holds(*n, record)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Ok(low)
    }

    /// A page of records that ends with that number, in order, and the number before it.
    pub(crate) async fn up_to(&self, n: u32) -> Result<(u32, Vec<(u32, T)>), Unavailable> {
        let before = n.saturating_sub(PAGE);
        Ok((before, self.page(before, n - before).await?))
    }

    async fn page(&self, after: u32, count: u32) -> Result<Vec<(u32, T)>, Unavailable> {
        let limit = usize::try_from(count).unwrap_or(usize::MAX);
        let found = self.store.history(self.shard, self.history.clone(), after, limit).await?;
        let read = |(n, bytes): (u32, Vec<u8>)| Some((n, encode::read("record", &bytes)?));
        Ok(found.into_iter().filter_map(read).collect())
    }
}

/// Under which the records of a shard are kept.
fn history(shard: ShardId, kind: DocumentKind) -> ConversationId {
    ConversationId::new(format!("{shard}-{}", kind.as_str()))
}
