//! What must be true whenever nothing is left to be done at a moment.

use crate::conversation::Conversation;
use crate::event::RowState;
use crate::id::OperatorId;
use crate::operator::Departure;
use crate::stories::simulator::book::Book;
use crate::stories::simulator::book::case::{Case, Stage};
use crate::world::World;

impl Book {
    /// Compares the exchange with the book.
    pub(in crate::stories::simulator) fn check(&self, world: &World) {
        assert_eq!(self.now, world.now());
        assert!(self.parts.is_empty(), "4: a part that nobody goes on with");
        for (id, person) in &self.people {
            let (operator, present) = world.operator(id).expect("an operator of the scene");
            assert_eq!((operator, present), (&person.operator, person.present));
            assert!(!person.asleep, "3: {id} has missed two in a row and is not away");
            assert_eq!(world.load(id), person.places.len(), "I16: a recount of {id}'s places");
        }
        let live: Vec<&Conversation> = world.conversations().collect();
        assert_eq!(live.len(), self.cases.len(), "5: how many are open");
        for conversation in live {
            let case = self.cases.get(&conversation.id).expect("a conversation of the book");
            self.compare(case, conversation);
            self.judge(case);
        }
        let deadlines = self.cases.values().filter_map(|case| self.deadline(case));
        let turns = self.lines.values().filter_map(|line| line.hours.changes_next(self.now));
        let next = deadlines.chain(turns).min();
        assert_eq!(world.next_deadline(), next, "I17: when something happens next");
        let overdue = next.is_some_and(|next| next <= self.now);
        if !overdue && !self.news_waits {
            for case in self.cases.values().filter(|case| case.waits()) {
                self.waits_rightly(case);
            }
        }
    }

    /// I18: what was due has been done, or it never will be.
    pub(in crate::stories::simulator) fn nothing_is_overdue(&self, world: &World) {
        for conversation in world.conversations() {
            let deadline = conversation.deadline();
            let passed = deadline.is_none_or(|at| at > self.now);
            assert!(passed, "I18: {deadline:?} never passes: {conversation:?}");
        }
    }

    fn compare(&self, case: &Case, conversation: &Conversation) {
        let row = conversation.row();
        let (state, operator) = match &case.stage {
            Stage::Waiting => (RowState::Waiting, None),
            Stage::Offered(_) => (RowState::Offered, None),
            Stage::Active(tenure) => (RowState::Active, Some(&tenure.operator)),
            Stage::Closing { operator, .. } => (RowState::Closing, Some(operator)),
            Stage::Closed => panic!("closed and not closed: {case:?}"),
        };
        assert_eq!((row.state, row.operator.as_ref()), (state, operator), "I15: {case:?}");
        assert_eq!(row.waiting_since, case.waiting, "since when he waits: {case:?}");
        assert_eq!(row.last_entry.0, case.entries);
        let unanswered = case.waits() && case.hunt.is_unanswered();
        assert_eq!(row.unanswered, unanswered, "4.7: the unanswered list: {case:?}");
        let mut offers: Vec<OperatorId> = row.offers.into_iter().map(|o| o.operator).collect();
        offers.sort();
        let open: Vec<OperatorId> = match &case.stage {
            Stage::Offered(offered) => offered.open.keys().cloned().collect(),
            Stage::Waiting | Stage::Active(_) | Stage::Closing { .. } | Stage::Closed => vec![],
        };
        assert_eq!(offers, open, "before whom it is put: {case:?}");
        let (due, armed) = (self.deadline(case), conversation.deadline());
        assert_eq!(armed, due, "I17: its deadline: {case:?}\n{conversation:?}");
    }

    fn judge(&self, case: &Case) {
        if let Some(operator) = case.holder() {
            assert!(!self.is_disabled(operator), "4.8: {operator} is disabled: {case:?}");
        }
        let Stage::Offered(offered) = &case.stage else { return };
        let minds = self.line(&case.line).settings.queue.require_available;
        for (operator, put) in &offered.open {
            let moves = match self.departure(operator) {
                None => false,
                Some(Departure::Disabled) => true,
                Some(Departure::Absent) => minds && put.available,
            };
            assert!(!moves, "4.8: what was offered to {operator} moves on at once: {case:?}");
        }
    }

    /// 4.6: nobody waits for whom there is somebody. 4.8: it is his again who is back.
    fn waits_rightly(&self, case: &Case) {
        if let Some(operator) = &case.hunt.returns_to {
            assert!(self.departure(operator).is_some(), "4.8: {operator} is back: {case:?}");
        }
        if !self.routes(&case.line) {
            let asleep = case.hunt.asleep;
            return assert!(asleep, "4.1: nothing runs before the line routes: {case:?}");
        }
        let list = &self.line(&case.line).settings.queue.operators;
        let free = list.iter().find(|operator| self.could_have(operator, case));
        assert!(free.is_none(), "4.6: {free:?} could be offered {case:?}");
    }
}
