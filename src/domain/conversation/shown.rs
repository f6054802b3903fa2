//! A conversation as lists show it, and who sees its entries as they come.

use crate::conversation::{Conversation, Held, OpenOffer, State};
use crate::entry::CloseReason;
use crate::event::{Audience, Row, RowOffer, RowRating, RowState};
use crate::id::{OfferId, OperatorId};
use crate::routing::Via;

impl Conversation {
    /// The conversation as lists show it.
    pub fn row(&self) -> Row {
        let (state, unanswered, offers) = match &self.state {
            State::Waiting { search } => (RowState::Waiting, search.is_unanswered(), Vec::new()),
            State::Offered { offer, via, open, .. } => {
                (RowState::Offered, false, open.iter().map(|o| o.row(*offer, *via)).collect())
            }
            State::Active(_) => (RowState::Active, false, Vec::new()),
            State::Closing { .. } => (RowState::Closing, false, Vec::new()),
            State::Closed { .. } => (RowState::Closed, false, Vec::new()),
        };
        let rating = self.rating.given.as_ref();
        Row {
            conversation: self.id.clone(),
            line: self.line.clone(),
            channel: self.chat.channel.clone(),
            customer: self.customer.clone(),
            customer_name: self.customer_name.clone(),
            state,
            operator: self.holder().cloned(),
            offers,
            handed_by: self.handed_by().cloned(),
            listed_for: self.listed_for().cloned(),
            held: self.held.clone(),
            joined: self.joined.clone(),
            unanswered,
            waiting_since: self.waiting_since,
            late: self.tenure().is_some_and(|held| held.late),
            hold_until: self.tenure().and_then(|held| held.hold_until),
            topic: self.topic.clone(),
            rating: rating.map(|given| RowRating { scale: given.scale, value: given.value }),
            review: self.review,
            reason: self.reason().cloned(),
            continues: self.continues.clone(),
            started_at: self.started_at,
            updated_at: self.updated_at,
            preview: self.preview.clone(),
            preview_kind: self.preview_kind.clone(),
            last_entry: self.last_entry,
        }
    }

    /// Who sees its entries as they come: who holds it or held it last, takes part, is asked, hands
    /// it on, or may take it because the customer is his.
    pub fn audience(&self) -> Audience {
        let offered = self.open_offers().iter().map(|offer| &offer.operator);
        let all = self.holder().into_iter().chain(offered).chain(&self.joined);
        let all = all.chain(self.handed_by()).chain(self.listed_for()).chain(self.returns_to());
        let mut audience: Vec<OperatorId> = Vec::new();
        for operator in all {
            if !audience.contains(operator) {
                audience.push(operator.clone());
            }
        }
        Audience(audience)
    }

    fn tenure(&self) -> Option<&Held> {
        match &self.state {
            State::Active(held) => Some(held),
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Closing { .. }
            | State::Closed { .. } => None,
        }
    }

    fn handed_by(&self) -> Option<&OperatorId> {
        match &self.state {
            State::Offered { handover, .. } => handover.as_ref().map(|handover| &handover.by),
            State::Waiting { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => None,
        }
    }

    fn listed_for(&self) -> Option<&OperatorId> {
        self.search().and_then(|search| search.listed_for.as_ref())
    }

    fn reason(&self) -> Option<&CloseReason> {
        match &self.state {
            State::Closing { reason, .. } | State::Closed { reason, .. } => Some(reason),
            State::Waiting { .. } | State::Offered { .. } | State::Active(_) => None,
        }
    }
}

impl OpenOffer {
    fn row(&self, offer: OfferId, via: Via) -> RowOffer {
        RowOffer { operator: self.operator.clone(), offer, until: self.until, via }
    }
}
