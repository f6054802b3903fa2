//! Handing it on: to a colleague, who is asked first, or to another line.

use crate::conversation::continuing::Continuation;
use crate::conversation::held::Place;
use crate::conversation::turn::{Turn, after};
use crate::conversation::{Conversation, Handover, OpenOffer, Search, State};
use crate::effect::{Effect, PlaceLimit, Refusal};
use crate::entry::{CloseReason, Fact, RoutedAgainWhy, TransferEnd};
use crate::id::{ConversationId, LineId, OperatorId};
use crate::routing::{Passed, PassedHow, Via};

impl Conversation {
    pub(super) fn transfer(
        &mut self,
        operator: OperatorId,
        to: OperatorId,
        to_available: bool,
        comment: Option<String>,
        turn: &mut Turn<'_>,
    ) {
        if !self.is_held_by(&operator, turn) {
            return;
        }
        if operator == to {
            return turn.refuse(Refusal::SameOperator);
        }
        self.give_place_back(turn);
        turn.push(Effect::Reserve { operator: to.clone(), limit: PlaceLimit::Beyond });
        let (offer, until) = (self.next_offer(), after(turn.now, turn.line.offer_timeout()));
        self.state = State::Offered {
            search: Search::begin(self.waiting_since.unwrap_or(turn.now)),
            offer,
            via: Via::Transfer,
            handover: Some(Handover { by: operator.clone(), to: to.clone() }),
            open: vec![OpenOffer {
                operator: to.clone(),
                until,
                reserved: true,
                counted: false,
                available: to_available,
            }],
        };
        self.fact(Fact::Transferred { operator, to, offer, until, comment }, turn);
    }

    /// The sender changes his mind, as long as nobody has accepted.
    pub(super) fn withdraw(&mut self, operator: &OperatorId, turn: &mut Turn<'_>) {
        match &self.state {
            State::Offered { handover: Some(handover), .. } if handover.by == *operator => {
                let handover = handover.clone();
                self.withdraw_offers(None, turn);
                self.transfer_came_back(handover, TransferEnd::Withdrawn, None, turn);
            }
            State::Waiting { .. } | State::Offered { .. } | State::Closing { .. } => {
                turn.refuse(Refusal::NotNow);
            }
            State::Active(_) => {
                turn.refuse(Refusal::NoLongerYours { holder: self.holder().cloned() });
            }
            State::Closed { .. } => turn.refuse(Refusal::Closed),
        }
    }

    /// Nobody took it: it is the sender's again, or the queue's if he is gone.
    pub(super) fn transfer_came_back(
        &mut self,
        handover: Handover,
        how: TransferEnd,
        reason: Option<String>,
        turn: &mut Turn<'_>,
    ) {
        let Handover { by: sender, to } = handover;
        self.fact(Fact::TransferEnded { operator: sender.clone(), to, how, reason }, turn);
        // Who takes it back is there to do so, whatever his status says.
        if turn.colleague_is_gone() && how != TransferEnd::Withdrawn {
            let (from, why) = (sender.clone(), RoutedAgainWhy::SenderAbsent);
            self.fact(Fact::RoutedAgain { from, why, by: None }, turn);
            return self.seek_for(Some(sender), self.declined_already(), turn);
        }
        self.hand_back(sender, turn);
    }

    /// The new search leaves out who declined just now.
    fn declined_already(&self) -> Vec<Passed> {
        let passed = self.search().map(|search| search.passed.as_slice()).unwrap_or_default();
        passed.iter().filter(|passed| passed.how == PassedHow::Declined).cloned().collect()
    }

    /// Without counting: it was his all the time.
    fn hand_back(&mut self, sender: OperatorId, turn: &mut Turn<'_>) {
        if let State::Offered { open, .. } = &mut self.state {
            open.clear();
        }
        self.hand_to(sender, Via::Return, Place::ToTake, turn);
    }

    /// Handed to another line: this part is over and the next one begins there, in the same
    /// commit.
    pub(super) fn move_on_to(
        &mut self,
        operator: OperatorId,
        line: LineId,
        next: ConversationId,
        comment: Option<String>,
        turn: &mut Turn<'_>,
    ) {
        match &self.state {
            State::Waiting { .. } | State::Offered { .. } | State::Active(_) => {}
            State::Closing { .. } => return turn.refuse(Refusal::NotNow),
            State::Closed { .. } => return turn.refuse(Refusal::Closed),
        }
        self.give_place_back(turn);
        self.withdraw_offers(None, turn);
        let next_part = Continuation::of(self, &operator, &line, &next, comment.clone());
        let holder = self.holder().cloned();
        let (to, on) = (line.clone(), next.clone());
        self.fact(Fact::Moved { operator, line, next, comment }, turn);
        self.waiting_since = None;
        self.draft = None;
        let reason = CloseReason::Moved { line: to, next: on };
        self.state = State::Closed { operator: holder, at: turn.now, reason };
        turn.push(Effect::Continue(Box::new(next_part)));
    }

    /// Frees the place of whoever has it.
    pub(super) fn give_place_back(&mut self, turn: &mut Turn<'_>) {
        if let State::Active(held) = &mut self.state
            && std::mem::take(&mut held.place)
        {
            turn.push(Effect::Release { operator: held.operator.clone() });
        }
    }
}
