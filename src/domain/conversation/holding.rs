//! Who has the conversation: accept, take, take over, pick up.

use crate::conversation::held::{Held, Place};
use crate::conversation::turn::Turn;
use crate::conversation::{Conversation, State};
use crate::effect::{Effect, PlaceLimit, Refusal};
use crate::entry::Fact;
use crate::id::{OfferId, OperatorId};
use crate::routing::Via;

impl Conversation {
    /// The first accept of the current offer has it; all others get to know who that was.
    pub(super) fn accept(&mut self, operator: &OperatorId, offer: OfferId, turn: &mut Turn<'_>) {
        match self.open_offer(operator) {
            Some((current, open)) if current == offer => {
                let (reserved, counted) = (open.reserved, open.counted);
                if !reserved {
                    let limit = PlaceLimit::Capacity;
                    turn.push(Effect::Reserve { operator: operator.clone(), limit });
                }
                if !counted {
                    count(operator, turn);
                }
                turn.push(Effect::Answered { operator: operator.clone() });
                self.hand_to(operator.clone(), self.via(), Place::Taken, turn);
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
        let (limit, via) = match &self.state {
            State::Waiting { search } | State::Offered { search, .. }
                if search.listed_for.as_ref() == Some(&operator) =>
            {
                (PlaceLimit::Beyond, Via::Responsible)
            }
            State::Waiting { search } if search.is_unanswered() => (PlaceLimit::Beyond, Via::Hand),
            State::Offered { handover: Some(_), .. } | State::Closing { .. } => {
                return turn.refuse(Refusal::NotNow);
            }
            State::Waiting { .. } | State::Offered { .. } => (PlaceLimit::Capacity, Via::Hand),
            State::Active(_) => return self.refuse_to_hand_over(&operator, turn),
            State::Closed { .. } => return turn.refuse(Refusal::Closed),
        };
        turn.push(Effect::Reserve { operator: operator.clone(), limit });
        count(&operator, turn);
        self.hand_to(operator.clone(), via, Place::Taken, turn);
        self.fact(Fact::Taken { operator }, turn);
    }

    /// Takes it from whoever has it, or from the list, beyond any limit: that `operator` may is
    /// decided outside.
    pub(super) fn take_over(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        let from = match &self.state {
            State::Active(held) if held.operator == operator => {
                return turn.ignore("he has it already");
            }
            State::Active(held) => {
                if held.place {
                    turn.push(Effect::Release { operator: held.operator.clone() });
                }
                Some(held.operator.clone())
            }
            State::Waiting { .. } | State::Offered { .. } => None,
            State::Closing { .. } => return turn.refuse(Refusal::NotNow),
            State::Closed { .. } => return turn.refuse(Refusal::Closed),
        };
        if !self.open_offer(&operator).is_some_and(|(_, offer)| offer.counted) {
            count(&operator, turn);
        }
        self.hand_to(operator.clone(), Via::Hand, Place::ToTake, turn);
        self.fact(
            match from {
                Some(from) => Fact::TakenOver { operator, from },
                None => Fact::Taken { operator },
            },
            turn,
        );
    }

    /// Begins a new conversation after a closed one; he writes first.
    pub(super) fn pick_up(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        if self.last_entry.0 > 0 {
            return turn.refuse(Refusal::NotNow);
        }
        self.greeted = true;
        count(&operator, turn);
        self.hand_to(operator.clone(), Via::Hand, Place::ToTake, turn);
        self.fact(Fact::PickedUp { operator }, turn);
    }

    /// It is his from now on, with the place that was kept for him; what others were offered is
    /// withdrawn.
    pub(super) fn hand_to(
        &mut self,
        operator: OperatorId,
        via: Via,
        place: Place,
        turn: &mut Turn<'_>,
    ) {
        let kept = self.open_offer(&operator).is_some_and(|(_, offer)| offer.reserved);
        let place = if kept { Place::Taken } else { place };
        self.withdraw_offers(Some(&operator), turn);
        if !self.held.contains(&operator) {
            self.held.push(operator.clone());
        }
        self.joined.retain(|colleague| *colleague != operator);
        turn.push(Effect::Assigned { operator: operator.clone(), via });
        // Whoever has it: the customer has been silent since one of us wrote to him.
        let is_silent = self.waiting_since.is_none() && !self.writers.is_empty();
        let silent_since = is_silent.then_some(self.last_word_at);
        self.state = State::Active(Held::by(operator, place, silent_since, turn.now));
    }

    fn via(&self) -> Via {
        match &self.state {
            State::Offered { via, .. } => *via,
            State::Waiting { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => Via::Hand,
        }
    }

    fn refuse_to_hand_over(&self, operator: &OperatorId, turn: &mut Turn<'_>) {
        match &self.state {
            State::Active(held) if held.operator == *operator => {
                turn.ignore("he has it already");
            }
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => {
                turn.refuse(Refusal::NoLongerYours { holder: self.holder().cloned() });
            }
        }
    }

    /// Whether he has it. If not, refuses.
    pub(super) fn is_held_by(&self, operator: &OperatorId, turn: &mut Turn<'_>) -> bool {
        match &self.state {
            State::Active(held) if held.operator == *operator => return true,
            State::Waiting { .. } | State::Offered { .. } | State::Active(_) => {
                turn.refuse(Refusal::NotYours { holder: self.holder().cloned() });
            }
            State::Closing { .. } => turn.refuse(Refusal::NotNow),
            State::Closed { .. } => turn.refuse(Refusal::Closed),
        }
        false
    }
}

/// What comes otherwise than by an offer of the queue counts when it comes.
fn count(operator: &OperatorId, turn: &mut Turn<'_>) {
    turn.push(Effect::Count { operator: operator.clone(), by: 1, at: turn.now });
}
