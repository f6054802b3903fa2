//! Why a decision fell as it did: names for the few that matter, counts for the others.

use std::collections::BTreeSet;

use crate::id::OperatorId;
use crate::line::QueueMode;
use crate::queue::people::{Class, People, Person, Rank};
use crate::routing::{Candidate, Counts, Explanation, NAMED_BEFORE_MAX, Passed, PassedHow, Reason};

impl People {
    /// Why these were chosen by the queue, and why others were not. `owner`: why the responsible was
    /// not asked before them.
    pub(super) fn explain(
        &self,
        owner: Option<Candidate>,
        chosen: &[Rank],
        passed: &[Passed],
    ) -> Explanation {
        let end = chosen.first().copied();
        let chosen = chosen.iter().map(|rank| candidate(self.at(rank), self.why_chosen(rank)));
        let mut candidates: Vec<_> = owner.into_iter().chain(chosen).collect();
        candidates.extend(passed.iter().map(|p| candidate(&p.operator, why_passed(p))));
        let named: BTreeSet<_> = candidates.iter().map(|c| c.operator.clone()).collect();
        let before = self
            .listed_before(end)
            .filter(|operator| !named.contains(operator))
            .filter_map(|operator| Some(candidate(operator, self.why_not(operator)?)))
            .take(NAMED_BEFORE_MAX);
        candidates.extend(before);
        self.with_others(candidates)
    }

    /// Why somebody was chosen before the queue's order was looked at.
    pub(super) fn explain_first(
        &self,
        owner: Option<Candidate>,
        chosen: Candidate,
        passed: &[Passed],
    ) -> Explanation {
        let passed = passed.iter().map(|p| candidate(&p.operator, why_passed(p)));
        self.with_others(owner.into_iter().chain([chosen]).chain(passed).collect())
    }

    fn with_others(&self, candidates: Vec<Candidate>) -> Explanation {
        let others = self.others(&candidates);
        Explanation { mode: self.rules().mode, candidates, others }
    }

    fn why_chosen(&self, rank: &Rank) -> Reason {
        match self.rules().mode {
            QueueMode::Evenly => {
                let received = self.get(self.at(rank)).map_or(0, Person::received);
                Reason::FewestReceived { received }
            }
            QueueMode::Strictly => Reason::FirstInOrder { place: rank.place + 1 },
            QueueMode::All => Reason::Everybody,
        }
    }

    /// Why somebody who has not passed is not eligible; none: he is.
    fn why_not(&self, operator: &OperatorId) -> Option<Reason> {
        match self.class(operator)? {
            Class::Free => None,
            Class::AtCapacity { load, capacity } => Some(Reason::AtCapacity { load, capacity }),
            Class::TooManyOffers { offers } => Some(Reason::TooManyOffers { offers }),
            Class::Unavailable => Some(Reason::Unavailable),
        }
    }

    /// The list without those who are named. Who is kept from more offers counts with those who
    /// are full until he is named: the sets do not tell the two apart.
    fn others(&self, named: &[Candidate]) -> Counts {
        let (listed, ready, free) = self.sizes();
        let mut counts =
            Counts { eligible: free, unavailable: listed - ready, at_capacity: ready - free };
        let named: BTreeSet<_> = named.iter().map(|candidate| &candidate.operator).collect();
        for class in named.into_iter().filter_map(|operator| self.class(operator)) {
            match class {
                Class::Free => counts.eligible -= 1,
                Class::AtCapacity { .. } | Class::TooManyOffers { .. } => counts.at_capacity -= 1,
                Class::Unavailable => counts.unavailable -= 1,
            }
        }
        counts
    }
}

pub(super) fn candidate(operator: &OperatorId, reason: Reason) -> Candidate {
    Candidate { operator: operator.clone(), reason }
}

fn why_passed(passed: &Passed) -> Reason {
    let at = passed.at;
    match passed.how {
        PassedHow::Declined => Reason::Declined { at },
        PassedHow::Missed => Reason::Missed { at },
        PassedHow::Sent => Reason::Sent { at },
    }
}
