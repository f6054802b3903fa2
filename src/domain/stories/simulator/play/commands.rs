//! What operators do with conversations.

use jiff::SignedDuration;

use crate::conversation::State;
use crate::effect::Input;
use crate::id::{ConversationId, LineId, OfferId, OperatorId};
use crate::stories::simulator::play::Play;
use crate::stories::simulator::scene::Mood;
use crate::world::Outcome;

impl Play {
    fn command(&mut self, conversation: &ConversationId, input: Input) {
        self.say(&format!("{conversation}: {input:?}"));
        let outcome = self.world.command(conversation, input);
        if !matches!(outcome, Outcome::Done) {
            self.say(&format!("   {outcome:?}"));
        }
        self.judge();
    }

    /// An operator who is asked accepts or declines.
    pub(super) fn somebody_answers(&mut self) {
        let mut offers = Vec::new();
        for conversation in self.world.conversations() {
            for offer in conversation.row().offers {
                offers.push((conversation.id.clone(), offer.operator, offer.offer));
            }
        }
        let Some((conversation, operator, offer)) = self.chance.any_of(offers) else { return };
        let accepts = if self.mood == Mood::Calm { 100 } else { 65 };
        let input = if self.chance.percent(accepts) {
            Input::Accept { operator, offer }
        } else {
            Input::Decline { operator, offer, reason: None }
        };
        self.command(&conversation, input);
    }

    /// Somebody answers an offer that was made once, or one that never was.
    pub(super) fn somebody_answers_late(&mut self) {
        let remembered = self.remembered.clone();
        let Some((conversation, operator, offer)) = self.chance.any_of(remembered) else { return };
        let offer = if self.chance.percent(20) { OfferId(offer.0 + 1) } else { offer };
        let operator = if self.chance.percent(20) {
            self.chance.one_of(&self.operators).clone()
        } else {
            operator
        };
        let input = if self.chance.percent(70) {
            Input::Accept { operator, offer }
        } else {
            Input::Decline { operator, offer, reason: None }
        };
        self.command(&conversation, input);
    }

    /// Somebody takes what he is not asked for, or throws it out.
    pub(super) fn somebody_takes(&mut self) {
        let open: Vec<_> = self.world.conversations().map(|c| c.id.clone()).collect();
        let Some(conversation) = self.chance.any_of(open) else { return };
        let Some(operator) = self.somebody_here() else { return };
        let input = match self.chance.within(0..10) {
            0..5 => Input::Take { operator },
            5 => Input::TakeOver { operator },
            6 => Input::Join { operator },
            7 => Input::Finish { operator, silent: false },
            8 => Input::Move {
                operator,
                line: self.any_line(),
                next: conversation.clone(),
                comment: None,
            },
            _ => Input::Spam { operator, block: self.chance.percent(20) },
        };
        self.command(&conversation, input);
    }

    /// Somebody does something in a conversation that is his, or was put before another by him.
    pub(super) fn somebody_works(&mut self) {
        let held = self.world.conversations().filter_map(|conversation| {
            let operator = match &conversation.state {
                State::Active(held) => held.operator.clone(),
                State::Offered { handover: Some(handover), .. } => handover.by.clone(),
                State::Waiting { .. }
                | State::Offered { handover: None, .. }
                | State::Closing { .. }
                | State::Closed { .. } => return None,
            };
            Some((conversation.id.clone(), operator))
        });
        let held: Vec<_> = held.collect();
        let Some((conversation, operator)) = self.chance.any_of(held) else { return };
        let is_here = |id: &OperatorId| {
            let known = self.world.operator(id);
            known.is_some_and(|(operator, present)| operator.enabled && present)
        };
        if !is_here(&operator) {
            return;
        }
        let input = if self.mood == Mood::Calm {
            match self.chance.within(0..3) {
                0 => Input::Reply { operator, text: "yes".to_owned(), files: Vec::new() },
                _ => Input::Finish { operator, silent: false },
            }
        } else {
            self.any_work(&conversation, operator)
        };
        self.command(&conversation, input);
    }

    fn any_work(&mut self, conversation: &ConversationId, operator: OperatorId) -> Input {
        let other = self.chance.one_of(&self.operators).clone();
        match self.chance.within(0..40) {
            0..13 => Input::Reply { operator, text: "yes".to_owned(), files: Vec::new() },
            13..20 => Input::Finish { operator, silent: self.chance.percent(20) },
            20..25 => Input::Transfer { operator, to: other, to_available: true, comment: None },
            25 | 26 => Input::Withdraw { operator },
            27 | 28 => {
                let (line, next) = (self.any_line(), conversation.clone());
                Input::Move { operator, line, next, comment: None }
            }
            29..32 => {
                let span = SignedDuration::from_secs(self.chance.within(1..4_000));
                let until = self.chance.percent(85).then(|| self.world.now() + span);
                Input::Hold { operator, until }
            }
            32 | 33 => Input::Release { operator },
            34 => Input::Invite { operator, colleague: other },
            35 => {
                let topic = if self.chance.percent(80) { "money" } else { "" };
                Input::Topic { operator, topic: topic.to_owned() }
            }
            36 => Input::Note { operator, text: "odd".to_owned() },
            37 if self.chance.percent(30) => Input::Leave { operator: other },
            37 if self.chance.percent(30) => Input::Review { operator, stars: 4, comment: None },
            37 if self.chance.percent(30) => Input::Draft { operator, text: "well".to_owned() },
            37 => Input::Reply { operator: other, text: "me too".to_owned(), files: Vec::new() },
            38 => Input::Spam { operator, block: self.chance.percent(10) },
            _ => Input::TakeOver { operator: self.somebody_here().unwrap_or(operator) },
        }
    }

    fn any_line(&mut self) -> LineId {
        self.chance.one_of(&self.lines).0.clone()
    }
}
