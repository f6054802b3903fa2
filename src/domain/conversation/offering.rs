//! Offers: made by a decision of the queue, ended by time, decline, departure or withdrawal.

use std::mem;

use crate::conversation::turn::{Turn, after};
use crate::conversation::{Conversation, OpenOffer, Search, State};
use crate::effect::{Effect, PlaceLimit, Refusal};
use crate::entry::{Fact, TransferEnd};
use crate::id::{OfferId, OperatorId};
use crate::routing::{Decision, PassedHow, Seek, Via};

impl Conversation {
    /// Asks the queue, if the line routes now. The conversation must be waiting.
    pub(super) fn seek(&mut self, turn: &mut Turn<'_>) {
        let waits_since = self.waits_for_text_since();
        let State::Waiting { search } = &mut self.state else {
            return turn.ignore("it does not wait");
        };
        if !turn.line.active {
            return search.pause();
        }
        if !turn.is_open() {
            search.sleep();
            return self.tell_off_hours(turn);
        }
        search.wake(turn.line, turn.now);
        search.run(waits_since, turn);
        search.asked_at = Some(turn.now);
        let seek = Seek {
            since: search.since,
            passed: search.passed.clone(),
            responsible: responsible(turn).filter(|_| !search.responsible_asked),
            known: known_operator(turn).filter(|_| !search.known_asked),
        };
        turn.push(Effect::Seek(seek));
    }

    pub(super) fn decided(&mut self, decision: Decision, turn: &mut Turn<'_>) {
        let State::Waiting { search } = &mut self.state else {
            return turn.ignore("it does not wait for a decision any more");
        };
        search.asked_at = None;
        // Whatever became of the responsible, he is asked first but once.
        search.responsible_asked |= responsible(turn).is_some();
        search.known_asked |= decision.via == Via::Known;
        let was_asleep = mem::take(&mut search.asleep);
        if decision.listed_for.is_some() {
            search.listed_for.clone_from(&decision.listed_for);
        }
        if !decision.operators.is_empty() {
            let search = search.clone();
            self.offer(search, decision, turn);
        } else if was_asleep && search.nobody_ends_round(&decision) {
            self.begin_anew(turn);
        } else {
            self.nobody_found(decision, turn);
        }
    }

    /// An offer to one operator takes a place from now on; one to all does so for who accepts it.
    fn offer(&mut self, mut search: Search, decision: Decision, turn: &mut Turn<'_>) {
        let until = after(turn.now, turn.line.offer_timeout());
        let offer = self.next_offer();
        let (operators, reserved) = (decision.operators, decision.reserves);
        let (limit, by_the_queue) = match decision.via {
            Via::Queue | Via::Known => (PlaceLimit::Capacity, true),
            Via::Responsible | Via::Transfer | Via::Hand | Via::Return => {
                (PlaceLimit::Beyond, false)
            }
        };
        let counted = reserved && by_the_queue;
        for operator in operators.iter().cloned() {
            if reserved {
                turn.push(Effect::Reserve { operator: operator.clone(), limit });
            }
            if counted {
                turn.push(Effect::Count { operator, by: 1, at: turn.now });
            }
        }
        search.offered(turn.now);
        let fact = Fact::Routed {
            round: search.round,
            via: decision.via,
            offer: Some(offer),
            operators: operators.clone(),
            listed_for: decision.listed_for,
            until: Some(until),
            explanation: decision.explanation,
        };
        let open = operators.into_iter().map(|operator| {
            let available = !decision.absent.contains(&operator);
            OpenOffer { operator, until, reserved, counted, available }
        });
        let (via, open) = (decision.via, open.collect());
        self.state = State::Offered { search, offer, via, handover: None, open };
        self.fact(fact, turn);
    }

    pub(super) fn next_offer(&mut self) -> OfferId {
        self.last_offer = OfferId(self.last_offer.0.saturating_add(1));
        self.last_offer
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
        turn.push(Effect::Answered { operator: operator.clone() });
        self.passed(&ended, PassedHow::Declined, turn);
        self.fact(Fact::Declined { operator, reason: reason.clone() }, turn);
        self.move_on(TransferEnd::Declined, reason, turn);
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
            if ended.available && ended.reserved {
                turn.push(Effect::Missed { operator: ended.operator.clone() });
            }
            self.passed(ended, PassedHow::Missed, turn);
        }
        if !over.is_empty() {
            let operators = over.into_iter().map(|ended| ended.operator).collect();
            self.fact(Fact::Missed { operators }, turn);
        }
        self.move_on(TransferEnd::Missed, None, turn);
    }

    /// Takes every open offer back, but that of `keep`. Withdrawn offers do not count.
    pub(super) fn withdraw_offers(&mut self, keep: Option<&OperatorId>, turn: &mut Turn<'_>) {
        for offer in self.open_offers().iter().filter(|o| Some(&o.operator) != keep) {
            offer.give_back(turn);
            if offer.counted {
                let operator = offer.operator.clone();
                turn.push(Effect::Count { operator, by: -1, at: turn.now });
            }
        }
    }

    pub(super) fn open_offer(&self, operator: &OperatorId) -> Option<(OfferId, &OpenOffer)> {
        match &self.state {
            State::Offered { offer, open, .. } => {
                open.iter().find(|o| o.operator == *operator).map(|found| (*offer, found))
            }
            State::Waiting { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => None,
        }
    }

    /// Removes his open offer; with `only`, if it is that one.
    pub(super) fn end_offer(
        &mut self,
        operator: &OperatorId,
        only: Option<OfferId>,
    ) -> Option<OpenOffer> {
        let State::Offered { offer, open, .. } = &mut self.state else {
            return None;
        };
        if only.is_some_and(|only| only != *offer) {
            return None;
        }
        let at = open.iter().position(|o| o.operator == *operator)?;
        Some(open.remove(at))
    }

    fn passed(&mut self, ended: &OpenOffer, how: PassedHow, turn: &mut Turn<'_>) {
        ended.give_back(turn);
        if let State::Offered { search, .. } = &mut self.state {
            search.pass(ended.operator.clone(), how, turn.now);
        }
    }

    /// When the last open offer has ended, it goes back to who handed it on, or the next one is
    /// sought.
    pub(super) fn move_on(
        &mut self,
        how: TransferEnd,
        reason: Option<String>,
        turn: &mut Turn<'_>,
    ) {
        let State::Offered { search, open, handover, .. } = &self.state else {
            return;
        };
        if !open.is_empty() {
            return;
        }
        if let Some(handover) = handover.clone() {
            return self.transfer_came_back(handover, how, reason, turn);
        }
        self.state = State::Waiting { search: search.clone() };
        self.seek(turn);
    }
}

impl OpenOffer {
    /// Its place is free again.
    pub(super) fn give_back(&self, turn: &mut Turn<'_>) {
        if self.reserved {
            turn.push(Effect::Release { operator: self.operator.clone() });
        }
    }
}

/// Who owns the customer, if the line asks him first.
fn responsible(turn: &Turn<'_>) -> Option<OperatorId> {
    let crm = &turn.line.crm;
    let asks = crm.check && crm.forward_to_responsible;
    turn.facts.customer.responsible.clone().filter(|_| asks)
}

/// Whom the customer knows, if the line asks him first. A responsible goes before.
fn known_operator(turn: &Turn<'_>) -> Option<OperatorId> {
    let lasts = turn.line.known_operator_for()?;
    let known = turn.facts.customer.known.as_ref()?;
    let still = known.finished_at.is_none_or(|finished| after(finished, lasts) > turn.now);
    (still && responsible(turn).is_none()).then(|| known.operator.clone())
}
