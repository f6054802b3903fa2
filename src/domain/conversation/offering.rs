//! Offers: made by a decision of the queue, ended by time, decline, departure or withdrawal.

use std::mem;

use crate::conversation::turn::{Turn, after};
use crate::conversation::{Conversation, OpenOffer, Search, State};
use crate::effect::{Effect, PlaceLimit, Refusal};
use crate::entry::Fact;
use crate::id::{OfferId, OperatorId};
use crate::operator::Departure;
use crate::routing::{Decision, PassedHow, Seek};

impl Conversation {
    /// Asks the queue, if the line routes at all. The conversation must be waiting.
    pub(super) fn seek(&mut self, turn: &mut Turn<'_>) {
        let text_sent = self.unanswered_text_sent;
        let State::Waiting { search } = &mut self.state else {
            return turn.ignore("it does not wait");
        };
        if turn.line.active {
            search.run(turn.line, text_sent, turn.now);
            turn.push(Effect::Seek(Seek { passed: search.passed.clone() }));
        } else {
            search.pause();
        }
    }

    pub(super) fn decided(&mut self, decision: Decision, turn: &mut Turn<'_>) {
        let State::Waiting { search } = &self.state else {
            return turn.ignore("it does not wait for a decision any more");
        };
        if decision.operators.is_empty() {
            self.nobody_found(decision.explanation, turn);
        } else {
            self.offer(search.clone(), decision, turn);
        }
    }

    /// An offer to one operator takes a place and counts from now on; one to all does so for who
    /// accepts it, so that its cost does not grow with their number.
    fn offer(&mut self, mut search: Search, decision: Decision, turn: &mut Turn<'_>) {
        let until = after(turn.now, turn.line.offer_timeout());
        let offer = OfferId(self.last_offer.0.saturating_add(1));
        let (operators, reserved) = (decision.operators, decision.reserves);
        for operator in operators.iter().cloned() {
            if reserved {
                let limit = PlaceLimit::Capacity;
                turn.push(Effect::Reserve { operator: operator.clone(), limit });
                turn.push(Effect::Count { operator, by: 1, at: turn.now });
            }
        }
        search.offered(turn.now);
        let fact = Fact::Routed {
            round: search.round,
            offer: Some(offer),
            operators: operators.clone(),
            until: Some(until),
            explanation: decision.explanation,
        };
        let open = operators.into_iter().map(|operator| OpenOffer { operator, until, reserved });
        self.last_offer = offer;
        self.state = State::Offered { search, offer, open: open.collect() };
        self.fact(fact, turn);
    }

    pub(super) fn decline(
        &mut self,
        operator: OperatorId,
        offer: OfferId,
        reason: Option<String>,
        turn: &mut Turn<'_>,
    ) {
        let Some(ended) = self.end_offer(&operator, Some(offer)) else {
            return turn.refuse(Refusal::NoLongerYours { holder: self.holder().cloned() });
        };
        self.passed(&ended, PassedHow::Declined, turn);
        self.fact(Fact::Declined { operator, reason }, turn);
        self.move_on(turn);
    }

    pub(super) fn operator_left(
        &mut self,
        operator: OperatorId,
        departure: Departure,
        turn: &mut Turn<'_>,
    ) {
        match departure {
            Departure::Absent if !turn.line.queue.require_available => {
                return turn.ignore("absence does not move offers of this line");
            }
            Departure::Absent | Departure::Disabled => {}
        }
        let Some(ended) = self.end_offer(&operator, None) else {
            return turn.ignore("nothing is offered to him");
        };
        give_place_back(&ended, turn);
        self.fact(Fact::Left { operator }, turn);
        self.move_on(turn);
    }

    /// Ends the offers whose time is over, and sends the text if that is due.
    pub(super) fn offers_run_out(&mut self, turn: &mut Turn<'_>) {
        self.send_text_if_due(turn);
        let State::Offered { open, .. } = &mut self.state else {
            return turn.ignore("nothing is offered");
        };
        let (over, standing) = mem::take(open).into_iter().partition(|o| o.until <= turn.now);
        *open = standing;
        let over: Vec<OpenOffer> = over;
        for ended in &over {
            self.passed(ended, PassedHow::Missed, turn);
        }
        if !over.is_empty() {
            let operators = over.into_iter().map(|ended| ended.operator).collect();
            self.fact(Fact::Missed { operators }, turn);
        }
        self.move_on(turn);
    }

    /// Takes every open offer back, but that of `keep`. Withdrawn offers do not count.
    pub(super) fn withdraw_offers(&mut self, keep: Option<&OperatorId>, turn: &mut Turn<'_>) {
        let State::Offered { open, .. } = &self.state else {
            return;
        };
        for offer in open.iter().filter(|o| Some(&o.operator) != keep) {
            give_place_back(offer, turn);
            if offer.reserved {
                let operator = offer.operator.clone();
                turn.push(Effect::Count { operator, by: -1, at: turn.now });
            }
        }
    }

    pub(super) fn open_offer(&self, operator: &OperatorId) -> Option<(OfferId, &OpenOffer)> {
        match &self.state {
            State::Offered { offer, open, search: _ } => {
                open.iter().find(|o| o.operator == *operator).map(|found| (*offer, found))
            }
            State::Waiting { .. }
            | State::Active { .. }
            | State::Closing { .. }
            | State::Closed { .. } => None,
        }
    }

    /// Removes his open offer; with `only`, if it is that one.
    fn end_offer(&mut self, operator: &OperatorId, only: Option<OfferId>) -> Option<OpenOffer> {
        let State::Offered { offer, open, search: _ } = &mut self.state else {
            return None;
        };
        if only.is_some_and(|only| only != *offer) {
            return None;
        }
        let at = open.iter().position(|o| o.operator == *operator)?;
        Some(open.remove(at))
    }

    fn passed(&mut self, ended: &OpenOffer, how: PassedHow, turn: &mut Turn<'_>) {
        give_place_back(ended, turn);
        if let State::Offered { search, .. } = &mut self.state {
            search.pass(ended.operator.clone(), how, turn.now);
        }
    }

    /// When the last open offer has ended, the next one is sought.
    fn move_on(&mut self, turn: &mut Turn<'_>) {
        let State::Offered { search, open, offer: _ } = &self.state else {
            return;
        };
        if open.is_empty() {
            self.state = State::Waiting { search: search.clone() };
            self.seek(turn);
        }
    }
}

fn give_place_back(offer: &OpenOffer, turn: &mut Turn<'_>) {
    if offer.reserved {
        turn.push(Effect::Release { operator: offer.operator.clone() });
    }
}
