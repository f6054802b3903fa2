//! The queue of a line: who is offered next, and which conversation waits longest.
//!
//! Held in memory by the line's actor and rebuilt from the store at start. Changes of a round are
//! applied at once and can be taken back until the round is committed.

use jiff::Timestamp;

use crate::id::{ConversationId, OperatorId};
use crate::line::LineSettings;
use crate::operator::Operator;
use crate::routing::{Decision, Passed, Seek};

/// What a queue knows of the operators of a line, and the conversations that wait in it.
#[derive(Debug, Default)]
pub struct Queue {}

impl Queue {
    /// Takes the line's rules; operators that left the list are forgotten.
    pub fn configure(&mut self, _settings: &LineSettings) {}

    /// Takes an operator as he is now. `present`: a live session, or one lost less than the grace
    /// ago. Answers by how much his counter is to be raised because he became available or joined
    /// (so that he is not flooded for having been away); already applied here.
    pub fn operator(&mut self, _operator: &Operator, _present: bool) -> i64 {
        0
    }

    /// What he has received so far, as stored.
    pub fn received(&mut self, _operator: &OperatorId, _by: i64, _last: Option<Timestamp>) {}

    /// The conversation takes a place of his capacity, or does not any more. Idempotent.
    pub fn hold(&mut self, _operator: &OperatorId, _conversation: &ConversationId, _holds: bool) {}

    /// The conversation waits for somebody, or waits on with others passed.
    pub fn wait(&mut self, _conversation: &ConversationId, _since: Timestamp, _passed: &[Passed]) {}

    /// The conversation waits no longer.
    pub fn wait_no_more(&mut self, _conversation: &ConversationId) {}

    /// The oldest waiting conversation that somebody eligible has not passed.
    pub fn next_waiting(&self) -> Option<ConversationId> {
        None
    }

    /// Decides who is offered the conversation. Changes nothing: the offer's effects
    /// ([`Self::hold`], [`Self::received`]) come from the conversation in the same round.
    pub fn next(&self, _seek: &Seek) -> Decision {
        unreachable!()
    }

    /// The round is committed: what was applied stands.
    pub fn keep(&mut self) {}

    /// The round was refused: everything since the last [`Self::keep`] is taken back.
    pub fn take_back(&mut self) {}
}
