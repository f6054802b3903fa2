//! Commands that were not carried out: rightly?

use crate::effect::{Input, Refusal};
use crate::id::OperatorId;
use crate::stories::simulator::book::Book;
use crate::stories::simulator::book::case::Case;
use crate::stories::simulator::book::inputs::{is_before, takes_beyond};

impl Book {
    /// A command that was not carried out: rightly?
    pub(super) fn refused(&self, case: &Case, input: &Input, refusal: &Refusal) {
        let has_place = |operator: &OperatorId| {
            let person = self.people.get(operator).expect("an operator of the scene");
            person.capacity() == 0 || person.places.len() < person.capacity()
        };
        match input {
            Input::Accept { operator, offer } if is_before(case, operator, *offer) => {
                let reserved = case.put_before(operator).is_some_and(|(_, put)| put.reserved);
                let full = *refusal == Refusal::Full && !reserved && !has_place(operator);
                assert!(full, "I15: {operator} may accept, and {refusal:?}");
            }
            Input::Decline { operator, offer, .. } => {
                assert!(!is_before(case, operator, *offer), "I15: {operator} may decline");
            }
            Input::Take { operator } if case.put_before(operator).is_none() => {
                let free = has_place(operator) || takes_beyond(case, operator);
                assert!(!(case.is_sought() && free), "3: {operator} may take it: {refusal:?}");
            }
            Input::Finish { operator, .. } if case.holder().is_some() => {
                let rules = &self.line(&case.line).settings;
                let lacks_topic = rules.topic_required && case.topic.is_none();
                let his = case.holder() == Some(operator);
                assert!(lacks_topic && his, "{operator} may finish it: {refusal:?}");
            }
            Input::Spam { .. } => assert!(!case.is_open(), "4: spam works in every open state"),
            Input::CustomerWrote { .. }
            | Input::SomebodyEligible
            | Input::OperatorLeft { .. }
            | Input::OperatorBack { .. }
            | Input::Reconsider
            | Input::DeadlinePassed => panic!("what nobody commands is refused: {refusal:?}"),
            Input::Accept { .. }
            | Input::Take { .. }
            | Input::TakeOver { .. }
            | Input::PickUp { .. }
            | Input::Reply { .. }
            | Input::Note { .. }
            | Input::Draft { .. }
            | Input::Topic { .. }
            | Input::Hold { .. }
            | Input::Transfer { .. }
            | Input::Move { .. }
            | Input::Continue { .. }
            | Input::Withdraw { .. }
            | Input::Invite { .. }
            | Input::Join { .. }
            | Input::Leave { .. }
            | Input::Finish { .. }
            | Input::Release { .. }
            | Input::Review { .. }
            | Input::CustomerEdited { .. }
            | Input::CustomerGone { .. }
            | Input::CustomerBack
            | Input::WrittenElsewhere { .. }
            | Input::Decided(_)
            | Input::Correct { .. }
            | Input::CorrectionOver { .. }
            | Input::DeliveryChanged { .. }
            | Input::SaidEarly { .. }
            | Input::FileCopied { .. }
            | Input::CustomerDeleted { .. }
            | Input::ChatMigrated { .. }
            | Input::CustomerReacted { .. } => {}
        }
    }
}
