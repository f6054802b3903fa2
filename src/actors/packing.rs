//! What is over is kept in little room: the records of conversations that are closed for a day are
//! packed, some in a round, when the shard has nothing else to do.

use domain::id::{ConversationId, ShardId};
use jiff::{SignedDuration, Timestamp};

use crate::actors::bench::{Bench, Broken};
use crate::actors::encode;
use crate::actors::group::Group;
use crate::store::op::{DocumentKind, Op};
use crate::store::pack::{PACKED_RECORDS_MAX, Pack};
use crate::store::{Store, Unavailable};

/// How long a conversation is closed, and was not written to, before it is packed.
const PACKED_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Conversations looked at in one round, and packed in one: what comes meanwhile waits for it.
const LOOKED_AT: usize = 64;
const AT_A_TIME: usize = 8;
/// Records packed in one round; the conversation that passes it is the last one.
const RECORDS_ENOUGH: usize = 2_000;
/// Records read at a time.
const PAGE: usize = 1_000;

/// How far a shard has come with it.
#[derive(Debug, Default)]
pub(crate) struct Packing {
    /// The last one that was looked at; none: it begins with the first.
    after: Option<String>,
    /// There are others to look at.
    pub(crate) goes_on: bool,
}

impl Bench {
    /// Packs the next ones that are due. Stands at the end of its round: what it reads of a history
    /// is all of it.
    pub(crate) async fn pack_some(&mut self, group: &mut Group) -> Result<(), Broken> {
        let (store, kind) = (self.parts.store.clone(), DocumentKind::Unpacked);
        let due = self.parts.clock.now() - PACKED_AFTER;
        let after = self.packing.after.take();
        let page = store.documents(self.shard, kind, after, LOOKED_AT).await?;
        self.packing.goes_on = page.len() == LOOKED_AT;
        let (mut packed, mut records) = (0, 0);
        for found in page {
            if packed == AT_A_TIME || records >= RECORDS_ENOUGH {
                self.packing.goes_on = true;
                break;
            }
            self.packing.after = Some(found.id.clone());
            let id = ConversationId::new(found.id.clone());
            let since = encode::read::<Timestamp>("moment", &found.bytes);
            // One that this round writes to is not over.
            if self.touched.contains(&id) || since.is_some_and(|since| since > due) {
                continue;
            }
            self.conversations.remove(&id);
            let read = records_of(&store, self.shard, &id).await?;
            packed += 1;
            records += read.len();
            let pack = tokio::task::spawn_blocking(move || Pack::of(&read)).await;
            let pack = pack.map_err(|_| Broken::Panicked)?;
            let conversation = id;
            group.ops.extend(pack.map(|pack| Op::PackHistory { conversation, pack }));
            let (id, expected) = (found.id, found.version);
            group.ops.push(Op::DeleteDocument { kind, id, expected });
        }
        if !self.packing.goes_on {
            self.packing.after = None;
        }
        Ok(())
    }
}

/// The records of a history, as many as a pack takes.
async fn records_of(
    store: &Store,
    shard: ShardId,
    id: &ConversationId,
) -> Result<Vec<(u32, Vec<u8>)>, Unavailable> {
    let mut records: Vec<(u32, Vec<u8>)> = Vec::new();
    while records.len() < PACKED_RECORDS_MAX {
        let after = records.last().map_or(0, |(n, _)| *n);
        let page = store.history(shard, id.clone(), after, PAGE).await?;
        let is_last = page.len() < PAGE;
        records.extend(page);
        if is_last {
            break;
        }
    }
    Ok(records)
}
