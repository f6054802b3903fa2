//! The changes of a round: each is noted with what undoes it, until the round is committed or
//! refused. While one is being written the next may be decided already.

use jiff::Timestamp;

use crate::id::{ConversationId, OperatorId};
use crate::queue::Queue;
use crate::queue::people::Person;
use crate::queue::waiting::Waits;

/// What undoes one change of a round.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    /// Adds `by`, and restores when he was last offered something.
    Received {
        operator: OperatorId,
        by: i64,
        last: Option<Timestamp>,
    },
    Hold {
        operator: OperatorId,
        conversation: ConversationId,
        holds: bool,
    },
    Offers {
        conversation: ConversationId,
        operators: Vec<OperatorId>,
    },
    Wait {
        conversation: ConversationId,
        waits: Option<Waits>,
    },
}

impl Queue {
    /// Everything that was applied stands: there is no round.
    pub fn keep(&mut self) {
        self.undo.clear();
        self.sealed.clear();
    }

    /// The round is decided and is written now: what is applied from here on is the next one's.
    pub fn seal(&mut self) {
        self.sealed.append(&mut self.undo);
    }

    /// The round that was sealed is committed: what it applied stands.
    pub fn keep_sealed(&mut self) {
        self.sealed.clear();
    }

    /// The round was refused: what it did is taken back, and what the next one has done.
    pub fn take_back(&mut self) {
        self.seal();
        while let Some(undo) = self.sealed.pop() {
            match undo {
                Undo::Received { operator, by, last } => {
                    self.change(&operator, |person| person.receive(by, |_| last));
                }
                Undo::Hold { operator, conversation, holds } => {
                    self.change(&operator, |person| person.set_hold(&conversation, holds));
                }
                Undo::Offers { conversation, operators } => {
                    self.set_offers(&conversation, operators);
                }
                Undo::Wait { conversation, waits } => {
                    self.put(&conversation, waits);
                }
            }
        }
    }

    pub(super) fn counted(&mut self, operator: &OperatorId, by: i64, at: Timestamp) {
        let last = self.people.received(operator).last;
        self.received(operator, by, (by > 0).then_some(at));
        self.undo.push(Undo::Received { operator: operator.clone(), by: -by, last });
    }

    pub(super) fn holds_now(
        &mut self,
        operator: &OperatorId,
        conversation: &ConversationId,
        holds: bool,
    ) {
        if self.change(operator, |person| person.set_hold(conversation, holds)) {
            let (operator, conversation) = (operator.clone(), conversation.clone());
            self.undo.push(Undo::Hold { operator, conversation, holds: !holds });
        }
    }

    pub(super) fn offers_now(&mut self, conversation: &ConversationId, operators: Vec<OperatorId>) {
        if let Some(before) = self.set_offers(conversation, operators) {
            let conversation = conversation.clone();
            self.undo.push(Undo::Offers { conversation, operators: before });
        }
    }

    /// Answers before whom it was put, if that was news.
    pub(super) fn set_offers(
        &mut self,
        conversation: &ConversationId,
        operators: Vec<OperatorId>,
    ) -> Option<Vec<OperatorId>> {
        let before = self.offers.get(conversation).map(Vec::as_slice).unwrap_or_default();
        if before == operators {
            return None;
        }
        let before = self.offers.remove(conversation).unwrap_or_default();
        for operator in &before {
            self.change(operator, |person| person.set_offered(conversation, false));
        }
        for operator in &operators {
            self.change(operator, |person| person.set_offered(conversation, true));
        }
        if !operators.is_empty() {
            self.offers.insert(conversation.clone(), operators);
        }
        Some(before)
    }

    pub(super) fn set_wait(&mut self, conversation: &ConversationId, waits: Option<Waits>) {
        let waits = self.put(conversation, waits);
        self.undo.push(Undo::Wait { conversation: conversation.clone(), waits });
    }

    /// Answers how it waited before.
    fn put(&mut self, conversation: &ConversationId, waits: Option<Waits>) -> Option<Waits> {
        self.waiting.set(conversation, waits, |operator| self.people.is_free(operator))
    }

    /// Whatever may make an operator free, or not: those who wait count on him or do not.
    pub(super) fn change<T>(
        &mut self,
        operator: &OperatorId,
        change: impl FnOnce(&mut Person) -> T,
    ) -> T {
        let (changed, turned) = self.people.change(operator, change);
        if let Some(is_free) = turned {
            self.waiting.turned(operator, is_free);
        }
        changed
    }
}
