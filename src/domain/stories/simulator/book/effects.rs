//! Books the effects of a step, one after the other, and judges the step when all are booked.

use crate::effect::{Effect, PlaceLimit};
use crate::entry::{Author, Body, DeliveryState, Entry, Record};
use crate::id::{EntryNumber, OperatorId};
use crate::routing::{Seek, Via};
use crate::stories::simulator::book::Book;
use crate::stories::simulator::book::case::{Case, Stage, Tenure};
use crate::stories::simulator::book::facts::{FOLLOWS, word};
use crate::stories::simulator::book::told::Told;
use crate::texts::Kind;

impl Book {
    pub(super) fn take_effect(&mut self, case: &mut Case, effect: &Effect, told: &mut Told) {
        match effect {
            Effect::Append(Record::Entry { entry, .. }) => self.take_entry(case, entry, told),
            Effect::Append(
                Record::Edited { .. }
                | Record::Delivery { .. }
                | Record::Copied { .. }
                | Record::Deleted { .. }
                | Record::Reacted { .. }
                | Record::Corrected { .. },
            )
            | Effect::Correct { .. }
            | Effect::Copy { .. } => {}
            Effect::Send { entry, text, files: _, rating: _ } => {
                assert_eq!(entry.0, case.entries, "what is sent is the entry just written");
                assert_eq!(told.last_message.take().as_ref(), Some(text));
                if let Some(kind) = told.to_send.take() {
                    self.said(case, kind);
                }
            }
            Effect::Seek(seek) => self.take_seek(case, seek, told),
            Effect::Reserve { operator, limit } => self.reserve(case, operator, *limit, told),
            Effect::Release { operator } => {
                let id = case.id.clone();
                let held = self.person(operator).places.remove(&id);
                assert!(held, "I16: {operator} gives back a place that he did not take");
            }
            Effect::Count { operator, by, at } => {
                assert_eq!(*at, self.now);
                *told.counted.entry(operator.clone()).or_default() += by;
                let line = self.lines.get_mut(&case.line).expect("a line of the scene");
                *line.received.entry(operator.clone()).or_default() += by;
                if *by > 0 {
                    self.receives(operator);
                } else {
                    self.disturb(case);
                }
            }
            Effect::Answered { operator } => {
                told.answers.push(operator.clone());
                let person = self.person(operator);
                (person.misses, person.missed, person.asleep) = (0, None, false);
            }
            Effect::Missed { operator } => {
                told.misses.push(operator.clone());
                self.misses(operator);
            }
            Effect::Assigned { operator, via } => self.assign(case, operator, *via, told),
            Effect::Consented => {
                let his = self.customers.entry(case.customer.clone()).or_default();
                assert!(!his.consented, "6: he has consented already");
                assert!(told.said.contains(&Kind::Consent), "6: he has not been told");
                his.consented = true;
            }
            Effect::Spam { block, .. } => {
                self.customers.entry(case.customer.clone()).or_default().blocked |= block;
            }
            Effect::Finished { operator } => self.finish(case, operator.as_ref()),
            Effect::Continue(next) => {
                let part = self.part_of(case, next);
                let chat = self.chats.get_mut(&case.chat).expect("a chat of the scene");
                chat.open = Some(part.id.clone());
                self.parts.insert(part.id.clone(), part);
            }
            Effect::Closed => {
                assert!(matches!(case.stage, Stage::Closed), "the chat is free before the close");
                let chat = self.chats.get_mut(&case.chat).expect("a chat of the scene");
                (chat.open, chat.last) = (None, Some(case.id.clone()));
            }
            Effect::Refuse(_) | Effect::Ignore(_) => panic!("a refusal stands alone: {effect:?}"),
        }
    }

    fn take_entry(&mut self, case: &mut Case, entry: &Entry, told: &mut Told) {
        case.entries += 1;
        assert_eq!(entry.n, EntryNumber(case.entries), "entries are numbered without gaps");
        assert_eq!(entry.at, self.now);
        match (&entry.author, &entry.body) {
            (Author::Customer, Body::Message(message)) => {
                told.messages += 1;
                assert_eq!(message.external_id.as_deref(), told.message.as_deref());
                assert_eq!(message.unheard, told.unheard, "5: how it is marked");
            }
            (Author::Operator { .. }, Body::Message(message)) => {
                told.replies += 1;
                assert_eq!(message.delivery, Some(DeliveryState::Pending));
                told.last_message = Some(message.text.clone());
            }
            (Author::Line, Body::Message(message)) => {
                let kind = message.automatic.expect("what the line says is of a kind");
                assert!(!message.text.is_empty(), "the line says nothing");
                told.said.push(kind);
                told.to_send = Some(kind);
                told.last_message = Some(message.text.clone());
            }
            (Author::Line, Body::Fact(fact)) => {
                told.facts.push(fact.clone());
                self.seen.insert(word(fact));
                self.take_fact(case, fact, told);
            }
            (Author::Operator { .. }, Body::Note { .. }) => {}
            (Author::Customer | Author::Operator { .. }, Body::Fact(_))
            | (Author::Customer | Author::Line, Body::Note { .. })
            | (Author::Elsewhere, _) => {
                panic!("whose words are these? {entry:?}")
            }
        }
    }

    fn take_seek(&mut self, case: &mut Case, seek: &Seek, told: &mut Told) {
        assert!(case.waits(), "nobody is sought: {case:?}");
        assert!(told.seeks, "4: sought without a reason: {case:?}");
        assert!(told.choice.is_none() || told.anew, "4: sought twice in one step: {case:?}");
        assert!(self.routes(&case.line), "4.1: sought while the line is closed or inactive");
        let (now, timeout) = (self.now, self.timeout(case));
        if told.anew || case.hunt.asleep && case.hunt.exhausted {
            // 4.1: at the opening what waits is routed, whoever missed it at the end of the day.
            case.hunt.exhausted = true;
            case.hunt.begin_round(timeout, now);
        }
        let was_asleep = std::mem::take(&mut case.hunt.asleep);
        case.hunt.routed.get_or_insert(now);
        assert_eq!(seek.since, case.hunt.since, "4.6: its place in the line: {case:?}");
        let mut passed: Vec<_> = seek.passed.iter().map(|passed| &passed.operator).collect();
        let mut expected: Vec<_> = case.hunt.passed.iter().map(|(who, _, _)| who).collect();
        passed.sort();
        expected.sort();
        assert_eq!(passed, expected, "4.5-4.7: who has passed");
        let choice = self.choose(case);
        case.hunt.responsible_asked |= self.responsible(case).is_some();
        case.hunt.known_asked |= choice.via == Via::Known;
        if choice.listed_for.is_some() {
            case.hunt.listed_for.clone_from(&choice.listed_for);
        }
        let nobody = choice.operators.is_empty() || self.news_waits;
        told.anew = was_asleep && nobody && case.hunt.somebody_passed;
        told.choice = Some(choice);
    }

    fn reserve(&mut self, case: &Case, operator: &OperatorId, limit: PlaceLimit, told: &mut Told) {
        let id = case.id.clone();
        let person = self.person(operator);
        let free = person.capacity() == 0 || person.places.len() < person.capacity();
        assert!(free || limit == PlaceLimit::Beyond, "I16: {operator} is full");
        assert!(person.places.insert(id), "I16: {operator} takes a place twice");
        told.reserved.push((operator.clone(), limit));
    }

    /// Something was offered to him, or came to him.
    pub(super) fn receives(&mut self, operator: &OperatorId) {
        let now = self.now;
        self.person(operator).last = Some(now);
    }

    /// 3: two in a row set him away; those of one minute are one.
    fn misses(&mut self, operator: &OperatorId) {
        let now = self.now;
        let person = self.person(operator);
        if person.missed.is_none_or(|last| now >= last + super::APART) {
            person.misses += 1;
            person.missed = Some(now);
        }
        person.asleep = person.misses >= 2;
    }

    fn assign(&mut self, case: &mut Case, operator: &OperatorId, via: Via, told: &mut Told) {
        assert!(told.got.is_none(), "I15: two get it in one step");
        told.got = Some(operator.clone());
        if via != Via::Queue {
            self.disturb(case);
        }
        if let Stage::Offered(offered) = &case.stage {
            let accepts = told.answers.contains(operator);
            assert!(!accepts || via == offered.via, "how it comes to him");
            let open = offered.open.keys().cloned().collect::<Vec<_>>();
            for who in open {
                self.person(&who).offers.remove(&case.id);
            }
        }
        case.joined.remove(operator);
        // 3: the customer is silent since one of us wrote, whoever has it.
        let silent = case.waiting.is_none() && !case.writers.is_empty();
        let silent = silent.then_some(case.last_word);
        let mut tenure = Tenure::begin(operator.clone(), silent, self.now);
        tenure.away = told.reopened_for_absent.then_some(self.now);
        case.stage = Stage::Active(tenure);
    }

    fn finish(&mut self, case: &mut Case, operator: Option<&OperatorId>) {
        assert_eq!(case.holder(), operator, "whose work is over");
        self.withdraw(case);
        case.waiting = None;
        case.joined.clear();
        let Some(operator) = operator else { return };
        let his = self.customers.entry(case.customer.clone()).or_default();
        his.finished = Some((operator.clone(), self.now));
        let window = self.line(&case.line).settings.reopen_window();
        if !window.is_zero() {
            let (operator, until) = (operator.clone(), self.now + window);
            case.stage = Stage::Closing { operator, until };
        }
    }

    /// Nobody is asked any more.
    pub(super) fn withdraw(&mut self, case: &mut Case) {
        if let Stage::Offered(offered) = &case.stage {
            for operator in offered.open.keys() {
                let person = self.people.get_mut(operator).expect("an operator of the scene");
                person.offers.remove(&case.id);
            }
        }
    }

    pub(super) fn settle_step(&mut self, case: &mut Case, told: &mut Told) {
        let routes = self.routes(&case.line);
        if told.seeks && !routes {
            self.falls_asleep(case, told);
        }
        assert!(told.choice.is_some() || !told.seeks || !routes, "4: nobody is sought: {case:?}");
        if told.choice.is_some() && !told.offered {
            self.nobody_was_found(case, told);
        }
        self.judge_texts(case, told);
        assert_eq!(told.messages, u32::from(told.message.is_some()), "I11: one entry a message");
        assert_eq!(told.replies, u32::from(told.reply), "a reply is one entry");
        assert_eq!(told.assigned, told.got, "I15: who has it now: {case:?}");
        let words: Vec<&str> = told.facts.iter().map(word).collect();
        for expected in &told.expected {
            assert!(words.contains(expected), "no {expected} in {words:?}");
        }
        for word in words.iter().filter(|word| !FOLLOWS.contains(*word)) {
            assert!(told.expected.contains(word), "{word} for no reason: {case:?}");
        }
        assert_eq!(told.answered, told.answers, "who is awake");
        assert_eq!(told.missed, told.misses, "3: what counts as a miss");
        told.to_count.retain(|_, by| *by != 0);
        told.counted.retain(|_, by| *by != 0);
        assert_eq!(told.to_count, told.counted, "4.3: what counts for whom: {case:?}");
        for (operator, limit) in &told.reserved {
            let may = *limit == PlaceLimit::Capacity || told.beyond.contains(operator);
            assert!(may, "I16: {operator} is placed beyond his capacity: {case:?}");
        }
        let holders = self.people.iter().filter(|(_, person)| person.places.contains(&case.id));
        let holders: Vec<OperatorId> = holders.map(|(operator, _)| operator.clone()).collect();
        assert_eq!(holders, self.place_holders(case), "I16: whose place it takes: {case:?}");
    }

    /// 4.1: nothing runs before the line routes.
    fn falls_asleep(&self, case: &mut Case, told: &mut Told) {
        if !case.waits() {
            return;
        }
        told.tells_hours = true;
        case.hunt.asleep = true;
        case.hunt.next_round = None;
        if !self.line(&case.line).settings.active {
            case.hunt.routed = None;
        }
    }

    /// 4.6, 4.7: it waits on, or the round is exhausted.
    fn nobody_was_found(&mut self, case: &mut Case, told: &Told) {
        let choice = told.choice.as_ref().expect("somebody was sought");
        assert!(
            choice.operators.is_empty() || self.news_waits,
            "4.3: {:?} could be offered {case:?}",
            choice.operators
        );
        let anew = told.anew && !self.news_waits;
        assert!(!anew, "4.1: what waits is routed at the opening: {case:?}");
        if !case.hunt.exhausted {
            let list = &self.line(&case.line).settings.queue.operators;
            // Whoever is left to an older one is eligible all the same.
            let is_over = list.iter().all(|operator| !self.could_have(operator, case));
            let ends = is_over && case.hunt.somebody_passed && !self.news_waits;
            assert!(!ends, "4.7: the round is exhausted: {case:?}");
            let timeout = self.timeout(case);
            let first = case.hunt.passed.iter().map(|(_, _, at)| *at + timeout).min();
            case.hunt.next_round = first.map(|first| first.max(self.now));
        }
    }
}
