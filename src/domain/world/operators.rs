//! Operators, and what follows when one of them comes, goes, or is found to be asleep.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::conversation::{Conversation, State};
use crate::effect::{Colleague, Input};
use crate::id::{ConversationId, OperatorId};
use crate::operator::{Departure, Misses, Operator, Status};
use crate::queue::Reach;
use crate::world::{Happened, World};

#[derive(Debug, Default)]
pub(super) struct Operators {
    by_id: BTreeMap<OperatorId, Known>,
}

#[derive(Debug)]
pub(super) struct Known {
    pub(super) operator: Operator,
    pub(super) present: bool,
    pub(super) misses: Misses,
}

impl Operators {
    pub(super) fn get(&self, id: &OperatorId) -> Option<&Known> {
        self.by_id.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &OperatorId) -> Option<&mut Known> {
        self.by_id.get_mut(id)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Known> {
        self.by_id.values()
    }

    /// Whether so many conversations take all his places.
    pub(super) fn is_full(&self, id: &OperatorId, load: usize) -> bool {
        let capacity = self.get(id).map_or(0, |known| known.operator.capacity);
        capacity > 0 && load >= usize::try_from(capacity).unwrap_or(usize::MAX)
    }

    /// Those who are away, offline or disabled.
    pub(super) fn gone(&self) -> impl Iterator<Item = &OperatorId> {
        let gone = self.by_id.values().filter(|k| k.operator.departure(k.present).is_some());
        gone.map(|known| &known.operator.id)
    }

    pub(super) fn reach(&self, id: &OperatorId) -> Reach {
        self.get(id).map_or(Reach::None, |known| Reach::of(&known.operator, known.present))
    }

    pub(super) fn colleague(&self, id: &OperatorId) -> Option<Colleague<'_>> {
        let known = self.get(id)?;
        let departure = known.operator.departure(known.present);
        Some(Colleague { name: &known.operator.name, departure })
    }

    /// Takes him as he is now. Answers how he was gone before, if he was.
    fn set(&mut self, operator: Operator, present: bool) -> Option<Departure> {
        let before = self.by_id.remove(&operator.id);
        let was_gone = before.as_ref().and_then(|known| known.operator.departure(known.present));
        let mut misses = before.map(|known| known.misses).unwrap_or_default();
        misses.sees(&operator);
        self.by_id.insert(operator.id.clone(), Known { operator, present, misses });
        was_gone
    }
}

impl World {
    /// The queues know it first, then the conversations that it concerns.
    pub(super) fn stand(&mut self, operator: Operator, present: bool) {
        let (id, is_gone) = (operator.id.clone(), operator.departure(present));
        for line in self.lines.values_mut() {
            line.meet(&operator, present);
        }
        let was_gone = self.operators.set(operator, present);
        match is_gone {
            Some(departure) if was_gone != is_gone => self.left(&id, departure),
            None if was_gone.is_some() => self.back(&id),
            Some(_) | None => {}
        }
    }

    fn left(&mut self, operator: &OperatorId, departure: Departure) {
        let concerns = |conversation: &Conversation| {
            let offers = conversation.open_offers().iter();
            has(conversation, operator) || offers.map(|o| &o.operator).any(|o| o == operator)
        };
        for conversation in self.oldest_first(concerns) {
            self.step(&conversation, Input::OperatorLeft { operator: operator.clone(), departure });
        }
    }

    fn back(&mut self, operator: &OperatorId) {
        let concerns = |conversation: &Conversation| {
            has(conversation, operator) || conversation.returns_to() == Some(operator)
        };
        for conversation in self.oldest_first(concerns) {
            self.step(&conversation, Input::OperatorBack { operator: operator.clone() });
        }
    }

    /// He missed offers in a row: he is not here, whatever he says.
    pub(super) fn set_away(&mut self, operator: &OperatorId) {
        let Some(known) = self.operators.get(operator) else { return };
        if known.operator.status == Status::Away {
            return;
        }
        let (mut away, present) = (known.operator.clone(), known.present);
        (away.status, away.set_away) = (Status::Away, true);
        self.happened.push(Happened::SetAway { at: self.now, operator: operator.clone() });
        self.stand(away, present);
    }

    /// Open conversations in the order in which their customers have waited.
    fn oldest_first(&self, concerns: impl Fn(&Conversation) -> bool) -> Vec<ConversationId> {
        let concerned = self.live.values().filter(|conversation| concerns(conversation));
        let mut concerned: Vec<_> = concerned.map(|c| (age(c), c.id.clone())).collect();
        concerned.sort();
        concerned.into_iter().map(|(_, id)| id).collect()
    }
}

/// Since when it waits for somebody; who waits for nobody comes last.
fn age(conversation: &Conversation) -> Timestamp {
    match &conversation.state {
        State::Waiting { search } | State::Offered { search, .. } => search.since,
        State::Active(_) | State::Closing { .. } | State::Closed { .. } => {
            conversation.waiting_since.unwrap_or(Timestamp::MAX)
        }
    }
}

fn has(conversation: &Conversation, operator: &OperatorId) -> bool {
    matches!(&conversation.state, State::Active(held) if held.operator == *operator)
}

/// Who gives the command; none: it is no command of a person's.
pub(super) fn commander(input: &Input) -> Option<&OperatorId> {
    match input {
        Input::Accept { operator, .. }
        | Input::Decline { operator, .. }
        | Input::Take { operator }
        | Input::TakeOver { operator }
        | Input::PickUp { operator }
        | Input::Reply { operator, .. }
        | Input::Correct { operator, .. }
        | Input::Note { operator, .. }
        | Input::Draft { operator, .. }
        | Input::Topic { operator, .. }
        | Input::Hold { operator, .. }
        | Input::Transfer { operator, .. }
        | Input::Move { operator, .. }
        | Input::Withdraw { operator }
        | Input::Invite { operator, .. }
        | Input::Join { operator }
        | Input::Leave { operator }
        | Input::Finish { operator, .. }
        | Input::Spam { operator, .. }
        | Input::Release { operator }
        | Input::Review { operator, .. } => Some(operator),
        Input::CustomerWrote { .. }
        | Input::CustomerEdited { .. }
        | Input::CustomerGone { .. }
        | Input::CustomerBack
        | Input::WrittenElsewhere { .. }
        | Input::Continue { .. }
        | Input::Decided(_)
        | Input::SomebodyEligible
        | Input::OperatorLeft { .. }
        | Input::OperatorBack { .. }
        | Input::Reconsider
        | Input::DeliveryChanged { .. }
        | Input::CorrectionOver { .. }
        | Input::SaidEarly { .. }
        | Input::FileCopied { .. }
        | Input::CustomerDeleted { .. }
        | Input::ChatMigrated { .. }
        | Input::CustomerReacted { .. }
        | Input::DeadlinePassed => None,
    }
}
