//! Who is to be offered a conversation: looks at everybody, every time.

use jiff::{SignedDuration, Timestamp};

use crate::id::{LineId, OperatorId};
use crate::line::QueueMode;
use crate::operator::{Departure, Status};
use crate::routing::Via;
use crate::stories::simulator::book::case::{Case, Stage};
use crate::stories::simulator::book::{Book, LineBook};

/// The offer that is right at this moment; nobody: none can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) via: Via,
    pub(super) operators: Vec<OperatorId>,
    pub(super) listed_for: Option<OperatorId>,
}

impl Book {
    /// 4.2, 4.3: the responsible, then whom the customer knows, then the queue.
    pub(super) fn choose(&self, case: &Case) -> Choice {
        let responsible = self.responsible(case).filter(|_| !case.hunt.responsible_asked);
        let responsible = responsible.filter(|who| !case.hunt.has_passed(who));
        let mut listed_for = None;
        if let Some(who) = responsible {
            match self.departure(&who) {
                None if self.has_enough_offers(&who) => listed_for = Some(who),
                None => {
                    let operators = vec![who];
                    return Choice { via: Via::Responsible, operators, listed_for: None };
                }
                Some(Departure::Absent) => listed_for = Some(who),
                Some(Departure::Disabled) => {}
            }
        }
        if let Some(known) = self.known(case).filter(|_| !case.hunt.known_asked)
            && self.is_eligible(&known, case)
        {
            return Choice { via: Via::Known, operators: vec![known], listed_for };
        }
        let operators = self.by_mode(case);
        Choice { via: Via::Queue, operators, listed_for }
    }

    fn by_mode(&self, case: &Case) -> Vec<OperatorId> {
        let line = self.line(&case.line);
        let list = &line.settings.queue.operators;
        let mut eligible: Vec<OperatorId> =
            list.iter().filter(|who| self.is_eligible(who, case)).cloned().collect();
        match line.settings.queue.mode {
            QueueMode::All => return eligible,
            QueueMode::Strictly => {}
            // Stable: of equals the first of the list.
            QueueMode::Evenly => eligible.sort_by_key(|who| (line.received(who), self.last(who))),
        }
        eligible.truncate(1);
        eligible
    }

    fn last(&self, operator: &OperatorId) -> Option<Timestamp> {
        self.people.get(operator).and_then(|person| person.last)
    }

    /// 4.4, and that nobody is given away for whom somebody has waited longer.
    fn is_eligible(&self, operator: &OperatorId, case: &Case) -> bool {
        let older = |other: &Case| {
            other.line == case.line
                && other.waits()
                && other.hunt.since < case.hunt.since
                && !other.hunt.has_passed(operator)
        };
        self.could_have(operator, case) && !self.cases.values().any(older)
    }

    /// Could be offered it at this moment, as far as he is concerned.
    pub(super) fn could_have(&self, operator: &OperatorId, case: &Case) -> bool {
        let Some(person) = self.people.get(operator) else { return false };
        let listed = self.line(&case.line).settings.queue.operators.contains(operator);
        let has_place = person.capacity() == 0 || person.places.len() < person.capacity();
        let may_be_asked = !self.has_enough_offers(operator);
        let ready = self.is_ready(operator, self.line(&case.line));
        listed && ready && has_place && may_be_asked && !case.hunt.has_passed(operator)
    }

    /// 3: as many as anybody may have.
    fn has_enough_offers(&self, operator: &OperatorId) -> bool {
        let offers = self.people.get(operator).map_or(0, |person| person.offers.len());
        offers >= self.limits.open_offers
    }

    /// Could be offered something if he had a place.
    pub(super) fn is_ready(&self, operator: &OperatorId, line: &LineBook) -> bool {
        let listed = line.settings.queue.operators.contains(operator);
        let here = !line.settings.queue.require_available || self.is_available(operator);
        listed && here && self.departure(operator) != Some(Departure::Disabled)
    }

    pub(super) fn is_available(&self, operator: &OperatorId) -> bool {
        self.people.get(operator).is_some_and(|person| {
            let who = &person.operator;
            who.enabled && person.present && who.status == Status::Available
        })
    }

    /// How he is gone, if he is.
    pub(super) fn departure(&self, operator: &OperatorId) -> Option<Departure> {
        match self.people.get(operator) {
            None => Some(Departure::Disabled),
            Some(person) if !person.operator.enabled => Some(Departure::Disabled),
            Some(person) if !person.present => Some(Departure::Absent),
            Some(person) if person.operator.status == Status::Away => Some(Departure::Absent),
            Some(_) => None,
        }
    }

    /// 4.8: he is gone, and this line minds.
    pub(super) fn is_missed(&self, operator: &OperatorId, line: &LineId) -> bool {
        match self.departure(operator) {
            None => false,
            Some(Departure::Disabled) => true,
            Some(Departure::Absent) => self.line(line).settings.queue.require_available,
        }
    }

    pub(super) fn responsible(&self, case: &Case) -> Option<OperatorId> {
        let crm = &self.line(&case.line).settings.crm;
        let asks = crm.check && crm.forward_to_responsible;
        self.customers.get(&case.customer)?.responsible.clone().filter(|_| asks)
    }

    /// Who holds another conversation of his, or else finished his last one within the days.
    fn known(&self, case: &Case) -> Option<OperatorId> {
        let days = i64::from(self.line(&case.line).settings.queue.known_operator_days);
        if days == 0 || self.responsible(case).is_some() {
            return None;
        }
        let others = self.cases.values().filter(|other| other.id != case.id);
        let mut his = others.filter(|other| other.customer == case.customer);
        if let Some(holder) = his.find_map(|other| other.holder()) {
            return Some(holder.clone());
        }
        let (operator, at) = self.customers.get(&case.customer)?.finished.clone()?;
        (at + SignedDuration::from_hours(24 * days) > self.now).then_some(operator)
    }

    /// Those of other operators who hold a place for this conversation.
    pub(super) fn place_holders(&self, case: &Case) -> Vec<OperatorId> {
        match &case.stage {
            Stage::Offered(offered) => {
                let reserved = offered.open.iter().filter(|(_, put)| put.reserved);
                reserved.map(|(operator, _)| operator.clone()).collect()
            }
            Stage::Active(tenure) if self.takes_place(case) => vec![tenure.operator.clone()],
            Stage::Waiting | Stage::Active(_) | Stage::Closing { .. } | Stage::Closed => Vec::new(),
        }
    }
}
