//! What conversations of all lines take of operators, as stored.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ConversationId, OperatorId};
use domain::queue::Queue;

use crate::store::op::Slot;
use crate::store::{Store, Unavailable};

type BySlot = BTreeMap<OperatorId, BTreeSet<ConversationId>>;

/// Over all shards.
#[derive(Debug)]
pub(crate) struct Taken {
    places: BySlot,
    offers: BySlot,
}

impl Taken {
    pub(crate) async fn read(store: &Store) -> Result<Self, Unavailable> {
        let (places, offers) = (store.loads(Slot::Place).await?, store.loads(Slot::Offer).await?);
        Ok(Self { places: by_operator(places), offers: by_operator(offers) })
    }

    /// Tells a queue, whatever it knew.
    pub(crate) fn correct(&self, queue: &mut Queue) {
        let mut concerned = queue.busy();
        concerned.extend(self.places.keys().chain(self.offers.keys()).cloned());
        let of = |taken: &BySlot, operator| taken.get(operator).cloned().unwrap_or_default();
        for operator in &concerned {
            queue.holds_exactly(operator, of(&self.places, operator));
            queue.offered_exactly(operator, &of(&self.offers, operator));
        }
    }
}

fn by_operator(loads: Vec<(OperatorId, ConversationId)>) -> BySlot {
    let mut taken = BySlot::new();
    for (operator, conversation) in loads {
        taken.entry(operator).or_default().insert(conversation);
    }
    taken
}
