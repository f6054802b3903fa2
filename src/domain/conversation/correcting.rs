//! What operators make of messages of theirs that the customer has: edited or deleted.
//!
//! A message stands as before until the customer sees the correction.

use crate::conversation::turn::Turn;
use crate::conversation::{Conversation, State};
use crate::effect::Effect;
use crate::entry::{Correction, CorrectionState, Record};
use crate::id::{EntryNumber, OperatorId};

impl Conversation {
    /// While he may write to the customer.
    pub(super) fn correct(
        &mut self,
        operator: &OperatorId,
        entry: EntryNumber,
        correction: Correction,
        turn: &mut Turn<'_>,
    ) {
        let writes = match &self.state {
            State::Active(held) => held.operator == *operator || self.joined.contains(operator),
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Closing { .. }
            | State::Closed { .. } => false,
        };
        if !writes {
            return self.refuse_reply(turn);
        }
        if !self.has_entry(entry) {
            return turn.ignore("there is no such entry");
        }
        let state = CorrectionState::Pending;
        let change = correction.clone();
        self.record(Record::Corrected { entry, correction: change, state, at: turn.now }, turn);
        turn.push(Effect::Correct { entry, correction });
    }

    /// Also after the close.
    pub(super) fn correction_over(
        &mut self,
        entry: EntryNumber,
        correction: Correction,
        state: CorrectionState,
        turn: &mut Turn<'_>,
    ) {
        if !self.has_entry(entry) {
            return turn.ignore("there is no such entry");
        }
        if state == CorrectionState::Done {
            self.preview_is_corrected(entry, &correction);
        }
        self.record(Record::Corrected { entry, correction, state, at: turn.now }, turn);
    }
}
