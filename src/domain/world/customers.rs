//! What conversations may know of their customers.

use std::collections::{BTreeMap, BTreeSet};

use crate::conversation::{Conversation, State};
use crate::customer::{CustomerFacts, KnownOperator};
use crate::id::{ConversationId, CustomerId, OperatorId};

#[derive(Debug, Default)]
pub(super) struct Customers {
    by_id: BTreeMap<CustomerId, Customer>,
}

#[derive(Debug, Default)]
pub(super) struct Customer {
    pub(super) blocked: bool,
    pub(super) responsible: Option<OperatorId>,
    pub(super) consented: bool,
    /// Who finished his last conversation, and when.
    pub(super) finished: Option<KnownOperator>,
    /// His conversations that are not closed.
    live: BTreeSet<ConversationId>,
}

impl Customers {
    pub(super) fn get(&mut self, id: &CustomerId) -> &mut Customer {
        self.by_id.entry(id.clone()).or_default()
    }

    pub(super) fn opened(&mut self, id: Option<&CustomerId>, conversation: &ConversationId) {
        if let Some(id) = id {
            self.get(id).live.insert(conversation.clone());
        }
    }

    pub(super) fn closed(&mut self, id: Option<&CustomerId>, conversation: &ConversationId) {
        if let Some(id) = id {
            self.get(id).live.remove(conversation);
        }
    }

    /// As a conversation of his is to see him.
    pub(super) fn facts(
        &self,
        id: Option<&CustomerId>,
        conversation: &ConversationId,
        live: &BTreeMap<ConversationId, Conversation>,
    ) -> CustomerFacts {
        let Some(customer) = id.and_then(|id| self.by_id.get(id)) else {
            return CustomerFacts::default();
        };
        let mut others = customer.live.iter().filter(|other| *other != conversation);
        let held = others.find_map(|other| holder(live.get(other)?));
        let holds = held.map(|operator| KnownOperator { operator, finished_at: None });
        CustomerFacts {
            blocked: customer.blocked,
            responsible: customer.responsible.clone(),
            known: holds.or_else(|| customer.finished.clone()),
            consented: customer.consented,
            claims: None,
        }
    }
}

fn holder(conversation: &Conversation) -> Option<OperatorId> {
    match &conversation.state {
        State::Active(held) => Some(held.operator.clone()),
        State::Waiting { .. }
        | State::Offered { .. }
        | State::Closing { .. }
        | State::Closed { .. } => None,
    }
}
