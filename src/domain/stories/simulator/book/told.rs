//! What one step is to show by the rules, and what it has shown.

use std::collections::BTreeMap;

use crate::effect::PlaceLimit;
use crate::entry::{Fact, Unheard};
use crate::id::OperatorId;
use crate::routing::PassedHow;
use crate::stories::simulator::book::choice::Choice;
use crate::texts::Kind;

#[expect(clippy::struct_excessive_bools, reason = "each says that one thing is so or is to be")]
#[derive(Default)]
pub(super) struct Told {
    /// The customer's message that is to become the only entry of his.
    pub(super) message: Option<String>,
    pub(super) messages: u32,
    /// It is stored and does nothing else.
    pub(super) unheard: Option<Unheard>,
    pub(super) reply: bool,
    pub(super) replies: u32,
    /// Somebody is to be sought.
    pub(super) seeks: bool,
    pub(super) choice: Option<Choice>,
    /// Nobody is left at the opening: the round begins anew at once.
    pub(super) anew: bool,
    /// An offer was made.
    pub(super) offered: bool,
    pub(super) exhausted: bool,
    /// It is reopened although its operator is gone: the line is closed.
    pub(super) reopened_for_absent: bool,
    /// Who is to have it after this.
    pub(super) assigned: Option<OperatorId>,
    pub(super) got: Option<OperatorId>,
    /// Facts that are to stand in it, by a word for each.
    pub(super) expected: Vec<&'static str>,
    pub(super) facts: Vec<Fact>,
    /// Whose offers are to run out.
    pub(super) run_out: Vec<OperatorId>,
    pub(super) answered: Vec<OperatorId>,
    pub(super) answers: Vec<OperatorId>,
    pub(super) missed: Vec<OperatorId>,
    pub(super) misses: Vec<OperatorId>,
    /// What the counters are to change by, and what they did.
    pub(super) to_count: BTreeMap<OperatorId, i64>,
    pub(super) counted: BTreeMap<OperatorId, i64>,
    pub(super) reserved: Vec<(OperatorId, PlaceLimit)>,
    /// Who may be given a place beyond his capacity.
    pub(super) beyond: Vec<OperatorId>,
    /// Automatic messages: said or suppressed.
    pub(super) said: Vec<Kind>,
    pub(super) last_message: Option<String>,
    pub(super) to_send: Option<Kind>,
    pub(super) greets: bool,
    /// The time for the unanswered text has come.
    pub(super) text_is_due: bool,
    /// The customer had been told how we use what he writes.
    pub(super) consented_before: bool,
    /// To whom a transfer was put in vain.
    pub(super) passed: Option<(OperatorId, PassedHow)>,
    pub(super) tells_hours: bool,
}

impl Told {
    pub(super) fn count(&mut self, operator: &OperatorId, by: i64) {
        *self.to_count.entry(operator.clone()).or_default() += by;
    }
}
