//! Who has the conversation: accept, take, finish, close.

use crate::conversation::turn::{Turn, after};
use crate::conversation::{Conversation, State};
use crate::effect::{Effect, PlaceLimit, Refusal};
use crate::entry::Fact;
use crate::id::{OfferId, OperatorId};

impl Conversation {
    /// The first accept of the current offer has it; all others get to know who that was.
    pub(super) fn accept(&mut self, operator: &OperatorId, offer: OfferId, turn: &mut Turn<'_>) {
        match self.open_offer(operator) {
            Some((current, open)) if current == offer => {
                let reserved = open.reserved;
                if !reserved {
                    let limit = PlaceLimit::Capacity;
                    turn.push(Effect::Reserve { operator: operator.clone(), limit });
                    let operator = operator.clone();
                    turn.push(Effect::Count { operator, by: 1, at: turn.now });
                }
                self.hand_to(operator.clone(), turn);
                self.fact(Fact::Accepted { operator: operator.clone() }, turn);
            }
            Some(_) | None => self.refuse_to_hand_over(operator, turn),
        }
    }

    /// Takes it from the list. Who takes what he is offered accepts it.
    pub(super) fn take(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        if let Some((offer, _)) = self.open_offer(&operator) {
            return self.accept(&operator, offer, turn);
        }
        let limit = match &self.state {
            State::Waiting { search } if search.is_unanswered() => PlaceLimit::Beyond,
            State::Waiting { .. } | State::Offered { .. } => PlaceLimit::Capacity,
            State::Active { .. } => return self.refuse_to_hand_over(&operator, turn),
            State::Closing { .. } => return turn.refuse(Refusal::NotNow),
            State::Closed { .. } => return turn.refuse(Refusal::Closed),
        };
        turn.push(Effect::Reserve { operator: operator.clone(), limit });
        turn.push(Effect::Count { operator: operator.clone(), by: 1, at: turn.now });
        self.hand_to(operator.clone(), turn);
        self.fact(Fact::Taken { operator }, turn);
    }

    fn hand_to(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        self.withdraw_offers(Some(&operator), turn);
        if !self.held.contains(&operator) {
            self.held.push(operator.clone());
        }
        self.state = State::Active { operator };
    }

    fn refuse_to_hand_over(&self, operator: &OperatorId, turn: &mut Turn<'_>) {
        match &self.state {
            State::Active { operator: holder } if holder == operator => {
                turn.ignore("he has it already");
            }
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Active { .. }
            | State::Closing { .. }
            | State::Closed { .. } => {
                turn.refuse(Refusal::NoLongerYours { holder: self.holder().cloned() });
            }
        }
    }

    /// Finishes it, whoever holds it: that `operator` may is decided outside.
    ///
    /// The reopening window brings the customer back to the operator he had. Without one there is
    /// nothing to come back to, and the conversation closes at once.
    pub(super) fn finish(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        let holder = match &self.state {
            State::Active { operator: holder } => Some(holder.clone()),
            State::Waiting { .. } | State::Offered { .. } => None,
            State::Closing { .. } => return turn.refuse(Refusal::NotNow),
            State::Closed { .. } => return turn.refuse(Refusal::Closed),
        };
        self.withdraw_offers(None, turn);
        self.waiting_since = None;
        self.fact(Fact::Finished { operator }, turn);
        let Some(holder) = holder else {
            return self.close(None, turn);
        };
        turn.push(Effect::Release { operator: holder.clone() });
        let window = turn.line.reopen_window();
        if window.is_zero() {
            self.close(Some(holder), turn);
        } else {
            self.state = State::Closing { operator: holder, until: after(turn.now, window) };
        }
    }

    pub(super) fn close(&mut self, operator: Option<OperatorId>, turn: &mut Turn<'_>) {
        self.state = State::Closed { operator, at: turn.now };
        self.fact(Fact::Closed, turn);
        turn.push(Effect::Closed);
    }
}
