//! Operators come, go and change: what that means for the queue and for what they have.

use std::sync::Arc;

use actix::{Handler, Message};
use domain::id::OperatorId;
use domain::operator::Operator;

use crate::actors::line::LineActor;
use crate::actors::work::Work;

/// An operator changed, came or went.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct OperatorStands {
    pub(crate) operator: Arc<Operator>,
    pub(crate) present: bool,
}

impl Handler<OperatorStands> for LineActor {
    type Result = ();

    fn handle(&mut self, stands: OperatorStands, _: &mut Self::Context) {
        let had_somebody = self.queue.somebody_is_available();
        self.meet(&stands.operator, stands.present);
        if had_somebody && !self.queue.somebody_is_available() {
            self.is_deserted();
        }
        self.wake();
    }
}

impl LineActor {
    pub(super) fn raise(&self, operator: OperatorId, by: i64) {
        if by != 0 {
            self.tell_shard(Work::Raise { line: self.line.id.clone(), operator, by });
        }
    }

    pub(super) fn meet(&mut self, operator: &Operator, present: bool) {
        let by = self.queue.operator(operator, present);
        self.raise(operator.id.clone(), by);
        let id = &operator.id;
        match operator.departure(present) {
            Some(departure) if self.departed.get(id) != Some(&departure) => {
                self.departed.insert(id.clone(), departure);
                for conversation in self.standings.of(id) {
                    let (conversation, operator) = (conversation.clone(), id.clone());
                    self.tell_shard(Work::Left { conversation, operator, departure });
                }
            }
            None if self.departed.remove(id).is_some() => {
                for conversation in self.standings.of(id) {
                    let (conversation, operator) = (conversation.clone(), id.clone());
                    self.tell_shard(Work::Back { conversation, operator });
                }
            }
            Some(_) | None => {}
        }
    }

    /// The last available operator has gone, in open hours.
    fn is_deserted(&self) {
        let settings = &self.line.settings;
        let minds = settings.active && settings.queue.require_available;
        if minds && self.hours.is_open(self.parts.clock.now()) {
            self.tell_shard(Work::Deserted { line: self.line.id.clone() });
        }
    }
}
