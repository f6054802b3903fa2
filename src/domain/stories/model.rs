//! The slow and simple model of a decision, which every decision is compared with: it looks at
//! everybody, each time.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::conversation::State;
use crate::id::OperatorId;
use crate::limits::Limits;
use crate::line::{LineSettings, QueueMode};
use crate::queue::Reach;
use crate::routing::{Decision, Passed, Seek, Via};
use crate::stories::ledger::{Ledger, People};
use crate::stories::story::Story;

impl Ledger {
    /// Who is eligible, in the order of offers.
    pub(super) fn eligible(
        &self,
        line: &LineSettings,
        limits: &Limits,
        people: &People,
        passed: &[Passed],
    ) -> Vec<OperatorId> {
        let is_eligible = |operator: &&OperatorId| {
            let Some((person, present)) = people.get(*operator) else { return false };
            let load = self.held.get(*operator).map_or(0, BTreeSet::len);
            let has_place = person.capacity == 0 || load < person.capacity as usize;
            let is_there =
                person.is_available(*present) || (person.enabled && !line.queue.require_available);
            let offers = self.offered.get(*operator).map_or(0, BTreeSet::len);
            let may_be_asked = offers < limits.open_offers;
            let has_passed = passed.iter().any(|p| p.operator == **operator);
            has_place && is_there && may_be_asked && !has_passed
        };
        let mut eligible: Vec<OperatorId> =
            line.queue.operators.iter().filter(is_eligible).cloned().collect();
        match line.queue.mode {
            QueueMode::Evenly => {
                eligible.sort_by_key(|who| self.received.get(who).copied().unwrap_or_default());
            }
            QueueMode::Strictly | QueueMode::All => {}
        }
        eligible
    }

    /// I21: each offer goes to a minimum among those eligible at that moment; strictly, to the
    /// first in order; otherwise to all. And nobody is found only where there is nobody. Before
    /// that the responsible is asked, then whom the customer knows.
    pub(super) fn check_decision(
        &self,
        decision: &Decision,
        story: &Story,
        seek: &Seek,
        reach: Reach,
    ) {
        let has_passed = |who: &&OperatorId| seek.passed.iter().any(|p| p.operator == **who);
        let owner = seek.responsible.as_ref().filter(|who| !has_passed(who));
        let mut eligible = self.eligible(&story.line, &story.limits, &story.people, &seek.passed);
        eligible.retain(|who| !is_left_to_an_older_one(who, story, seek.since));
        let known = seek.known.as_ref().filter(|who| eligible.contains(who));
        let offers = |who: &OperatorId| self.offered.get(who).map_or(0, BTreeSet::len);
        let is_asked = |owner: &&OperatorId| match reach {
            Reach::Available | Reach::Busy => offers(owner) < story.limits.open_offers,
            Reach::Gone | Reach::None => false,
        };
        let (via, expected) = match (owner.filter(is_asked), known) {
            (Some(owner), _) => (Via::Responsible, vec![owner.clone()]),
            (None, Some(known)) => (Via::Known, vec![known.clone()]),
            (None, None) => {
                let asked = match story.line.queue.mode {
                    QueueMode::Evenly | QueueMode::Strictly => 1,
                    QueueMode::All => eligible.len(),
                };
                (Via::Queue, eligible.into_iter().take(asked).collect())
            }
        };
        assert_eq!((decision.via, &decision.operators), (via, &expected), "{:?}", self.received);
        let listed = owner.filter(|owner| reach != Reach::None && !is_asked(owner));
        assert_eq!(decision.listed_for.as_ref(), listed);
        let is_here = |who: &&OperatorId| story.people[*who].0.is_available(story.people[*who].1);
        let absent: Vec<_> = expected.iter().filter(|who| !is_here(who)).cloned().collect();
        assert_eq!(decision.absent, absent);
    }
}

/// Oldest first: whoever can be offered what has waited longer is not offered anything younger.
fn is_left_to_an_older_one(operator: &OperatorId, story: &Story, since: Timestamp) -> bool {
    story.conversations.iter().filter(|c| c.last_entry.0 > 0).any(|conversation| {
        let State::Waiting { search } = &conversation.state else { return false };
        search.since < since && search.passed.iter().all(|p| p.operator != *operator)
    })
}
