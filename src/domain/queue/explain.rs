//! Why a decision fell as it did: names for the few that matter, counts for the others.

use std::collections::BTreeSet;

use crate::id::OperatorId;
use crate::line::QueueMode;
use crate::queue::people::{Class, People, Person, Rank};
use crate::routing::{Candidate, Counts, Explanation, NAMED_BEFORE_MAX, Passed, PassedHow, Reason};

impl People {
    pub(super) fn explain(&self, chosen: &[Rank], passed: &[Passed]) -> Explanation {
        let mut candidates: Vec<Candidate> =
            chosen.iter().map(|rank| candidate(self.at(rank), self.why_chosen(rank))).collect();
        candidates.extend(passed.iter().map(|p| candidate(&p.operator, why_passed(p))));
        let passers: BTreeSet<&OperatorId> = passed.iter().map(|p| &p.operator).collect();
        let before = self
            .listed_before(chosen.first().copied())
            .filter(|operator| !passers.contains(operator))
            .filter_map(|operator| Some(candidate(operator, self.why_not(operator)?)))
            .take(NAMED_BEFORE_MAX);
        candidates.extend(before);
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
        match self.get(operator)?.class(self.rules()) {
            Class::Free => None,
            Class::AtCapacity { load, capacity } => Some(Reason::AtCapacity { load, capacity }),
            Class::Unavailable => Some(Reason::Unavailable),
        }
    }

    /// The list without those who are named.
    fn others(&self, named: &[Candidate]) -> Counts {
        let (listed, ready, free) = self.sizes();
        let mut counts =
            Counts { eligible: free, unavailable: listed - ready, at_capacity: ready - free };
        let named = named.iter().filter_map(|candidate| self.get(&candidate.operator));
        for person in named.filter(|person| person.rank(self.rules()).is_some()) {
            match person.class(self.rules()) {
                Class::Free => counts.eligible -= 1,
                Class::AtCapacity { .. } => counts.at_capacity -= 1,
                Class::Unavailable => counts.unavailable -= 1,
            }
        }
        counts
    }
}

fn candidate(operator: &OperatorId, reason: Reason) -> Candidate {
    Candidate { operator: operator.clone(), reason }
}

fn why_passed(passed: &Passed) -> Reason {
    let at = passed.at;
    match passed.how {
        PassedHow::Declined => Reason::Declined { at },
        PassedHow::Missed => Reason::Missed { at },
    }
}
