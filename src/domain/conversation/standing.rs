//! How a conversation stands: what its state says of offers, of whoever has it, and of its end.

use jiff::Timestamp;

use crate::conversation::{Conversation, Held, OpenOffer, State};
use crate::entry::CloseReason;
use crate::hours::Hours;
use crate::id::{ConversationId, OperatorId};

impl Conversation {
    /// The offers that stand now.
    pub fn open_offers(&self) -> &[OpenOffer] {
        match &self.state {
            State::Offered { open, .. } => open,
            State::Waiting { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => &[],
        }
    }

    /// Whether an opening or closing concerns it: somebody is sought, or whoever has it is gone. All
    /// other deadlines know the hours already.
    pub fn minds_turns(&self, is_gone: impl Fn(&OperatorId) -> bool) -> bool {
        match &self.state {
            State::Waiting { .. } | State::Offered { .. } => true,
            State::Active(held) => is_gone(&held.operator),
            State::Closing { .. } | State::Closed { .. } => false,
        }
    }

    /// It waits, and has not heard that the line is open now, or closed, or closed once more.
    pub fn missed_a_turn(&self, hours: &Hours, now: Timestamp) -> bool {
        match &self.state {
            State::Waiting { search } if hours.is_open(now) => search.asleep,
            State::Waiting { search } => {
                let opened_since = |told| hours.opens_next(told) != hours.opens_next(now);
                !search.asleep || self.off_hours_told.is_some_and(opened_since)
            }
            State::Offered { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => false,
        }
    }

    /// Where it goes on, if it was handed to another line.
    pub fn moved_to(&self) -> Option<&ConversationId> {
        match &self.state {
            State::Closed { reason: CloseReason::Moved { next, .. }, .. } => Some(next),
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => None,
        }
    }

    pub fn is_closed(&self) -> bool {
        self.closed_at().is_some()
    }

    /// When it was closed; none: it is open.
    pub fn closed_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Closed { at, .. } => Some(*at),
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Active(_)
            | State::Closing { .. } => None,
        }
    }

    /// Who has it, or had it when it was finished.
    pub fn holder(&self) -> Option<&OperatorId> {
        match &self.state {
            State::Active(Held { operator, .. }) | State::Closing { operator, .. } => {
                Some(operator)
            }
            State::Closed { operator, .. } => operator.as_ref(),
            State::Waiting { .. } | State::Offered { .. } => None,
        }
    }

    /// Whose absence matters to it; [`Facts::colleague`](crate::effect::Facts::colleague) tells of him.
    pub fn concerns(&self) -> Option<&OperatorId> {
        match &self.state {
            State::Offered { handover, .. } => handover.as_ref().map(|handover| &handover.by),
            State::Waiting { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => self.holder(),
        }
    }

    /// To whom it goes back by itself when he comes back.
    pub fn returns_to(&self) -> Option<&OperatorId> {
        self.search().and_then(|search| search.returns_to.as_ref())
    }
}
