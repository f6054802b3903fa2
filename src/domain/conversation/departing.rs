//! When operators go and come back.

use crate::conversation::held::Place;
use crate::conversation::turn::Turn;
use crate::conversation::{Conversation, Search, State};
use crate::effect::{Effect, Refusal};
use crate::entry::{Fact, RoutedAgainWhy, TransferEnd};
use crate::id::OperatorId;
use crate::operator::Departure;
use crate::routing::{Passed, Via};

impl Conversation {
    pub(super) fn operator_left(
        &mut self,
        operator: &OperatorId,
        departure: Departure,
        turn: &mut Turn<'_>,
    ) {
        if !turn.minds(departure) {
            return self.excuse(operator, turn);
        }
        match &self.state {
            State::Offered { .. } => self.offer_left_behind(operator, departure, turn),
            State::Active(held) if held.operator == *operator => match departure {
                Departure::Absent => self.wait_for_him(turn),
                Departure::Disabled => self.route_again(RoutedAgainWhy::Disabled, turn),
            },
            State::Waiting { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => turn.ignore("he does not have it and is not asked"),
        }
    }

    /// Absence moves nothing in this line; but then it is no miss either that he lets an offer run
    /// out.
    fn excuse(&mut self, operator: &OperatorId, turn: &mut Turn<'_>) {
        if let State::Offered { open, .. } = &mut self.state
            && let Some(offer) = open.iter_mut().find(|o| o.operator == *operator && o.available)
        {
            offer.available = false;
        } else {
            turn.ignore("absence moves nothing in this line");
        }
    }

    /// He is gone, from now on or longer. While the line is closed it stays his, and the customer
    /// who waits is told when it opens.
    pub(super) fn wait_for_him(&mut self, turn: &mut Turn<'_>) {
        if let State::Active(held) = &mut self.state {
            held.away_since.get_or_insert(turn.now);
        }
        self.tell_off_hours(turn);
    }

    /// What was offered to him while he was here moves on at once. What was offered to him although
    /// he was not stays before him.
    fn offer_left_behind(
        &mut self,
        operator: &OperatorId,
        departure: Departure,
        turn: &mut Turn<'_>,
    ) {
        let stays = |available: bool| departure == Departure::Absent && !available;
        match self.open_offer(operator) {
            None => turn.ignore("nothing is offered to him"),
            Some((_, offer)) if stays(offer.available) => {
                turn.ignore("he was not here when it was offered to him");
            }
            Some(_) => {
                let Some(ended) = self.end_offer(operator, None) else { return };
                ended.give_back(turn);
                self.fact(Fact::Left { operator: operator.clone() }, turn);
                self.move_on(TransferEnd::Left, None, turn);
            }
        }
    }

    pub(super) fn operator_back(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        if self.returns_to() == Some(&operator) {
            self.hand_to(operator.clone(), Via::Return, Place::ToTake, turn);
            return self.fact(Fact::Returned { operator }, turn);
        }
        match &mut self.state {
            State::Active(held) if held.operator == operator && held.away_since.is_some() => {
                held.away_since = None;
            }
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Active(_)
            | State::Closing { .. }
            | State::Closed { .. } => turn.ignore("it does not wait for him"),
        }
    }

    /// Takes it from whoever has it and seeks somebody, with all that was written and drafted.
    /// Who lost it by being away has not passed it.
    pub(super) fn route_again(&mut self, why: RoutedAgainWhy, turn: &mut Turn<'_>) {
        self.route_again_by(None, why, turn);
    }

    /// Back to the queue, as a supervisor wants.
    pub(super) fn release(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        match &self.state {
            State::Active(_) => {
                self.route_again_by(Some(operator), RoutedAgainWhy::Supervisor, turn);
            }
            State::Waiting { .. } | State::Offered { .. } | State::Closing { .. } => {
                turn.refuse(Refusal::NotNow);
            }
            State::Closed { .. } => turn.refuse(Refusal::Closed),
        }
    }

    fn route_again_by(&mut self, by: Option<OperatorId>, why: RoutedAgainWhy, turn: &mut Turn<'_>) {
        let State::Active(held) = &self.state else {
            return turn.ignore("nobody has it");
        };
        let (from, place) = (held.operator.clone(), held.place);
        if place {
            turn.push(Effect::Release { operator: from.clone() });
        }
        self.fact(Fact::RoutedAgain { from: from.clone(), why, by }, turn);
        self.seek_for(returns(why).then_some(from), Vec::new(), turn);
    }

    /// Begins a new search, whose first round leaves out those who have passed. Its place in the
    /// line is that of the customer's waiting.
    pub(super) fn seek_for(
        &mut self,
        returns_to: Option<OperatorId>,
        passed: Vec<Passed>,
        turn: &mut Turn<'_>,
    ) {
        let since = self.waiting_since.unwrap_or(turn.now);
        let search = Search { passed, returns_to, ..Search::begin(since) };
        self.state = State::Waiting { search };
        self.seek(turn);
    }
}

/// Whether it goes back to him by itself when he is here again.
fn returns(why: RoutedAgainWhy) -> bool {
    match why {
        RoutedAgainWhy::Absent | RoutedAgainWhy::SenderAbsent => true,
        RoutedAgainWhy::Disabled | RoutedAgainWhy::AnswerLimit | RoutedAgainWhy::Supervisor => {
            false
        }
    }
}
