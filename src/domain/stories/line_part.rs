//! The harness plays the line: it asks the queue, keeps or takes back a round, and tells the
//! conversations who goes, who comes and when the line opens.

use std::collections::BTreeSet;

use crate::conversation::{Conversation, State};
use crate::effect::{Colleague, Effect, Facts, Input};
use crate::id::{ConversationId, OperatorId};
use crate::operator::{Operator, Status};
use crate::queue::{Queue, Reach};
use crate::stories::arrows::leads;
use crate::stories::story::{Story, id};
use crate::stories::words::{in_words, news_in_words};

impl Story {
    /// Handles one input as one round; the store refuses it if somebody has no place for it.
    pub(super) fn handle(&mut self, n: usize, input: Input) {
        let (before, ledger) = (self.conversations[n].clone(), self.ledger.clone());
        let effects_before = self.effects.len();
        if let Some(full) = self.without_keeping(n, input) {
            (self.conversations[n], self.ledger) = (before.clone(), ledger);
            self.effects.truncate(effects_before);
            self.queue.take_back();
            self.told = vec![format!("full: {full}")];
        }
        self.queue.keep();
        self.ledger.check(n, &self.conversations[n]);
        let (from, to) = (before.row().state, self.conversations[n].row().state);
        assert!(leads(from, to), "no arrow leads from {from:?} to {to:?}");
        self.stand(n, &before);
    }

    /// It may concern somebody now who is gone already, or wait for somebody who is here.
    fn stand(&mut self, n: usize, before: &Conversation) {
        let news = ties(&self.conversations[n]);
        for (operator, tie) in news.difference(&ties(before)).cloned() {
            let Some((person, present)) = self.people.get(&operator) else { continue };
            let input = match person.departure(*present) {
                Some(departure) => Input::OperatorLeft { operator, departure },
                None if tie == Tie::GetsBack => Input::OperatorBack { operator },
                None => continue,
            };
            self.quietly(|story| story.handle(n, input));
        }
    }

    /// Whom it does not concern has nothing to tell.
    fn quietly(&mut self, happens: impl FnOnce(&mut Self)) {
        let told = std::mem::take(&mut self.told);
        happens(self);
        self.told.retain(|words| !words.contains("ignored: "));
        self.told.splice(..0, told);
    }

    /// As a line does before the round is committed. Answers who has no place for it.
    pub(super) fn without_keeping(&mut self, n: usize, input: Input) -> Option<OperatorId> {
        let before = self.conversations[n].clone();
        let effects = self.ask(n, input);
        if effects.iter().any(|effect| matches!(effect, Effect::Refuse(_) | Effect::Ignore(_))) {
            assert_eq!(effects.len(), 1, "a refusal stands alone");
            assert_eq!(self.conversations[n], before, "a refusal changes nothing");
        }
        // One that has not begun is not there yet.
        if self.conversations[n].last_entry.0 > 0 {
            self.queue.follow(&self.conversations[n], &effects);
        }
        self.ledger.see(n, &self.conversations[n]);
        let mut full = None;
        let mut asked = None;
        for effect in effects {
            full = full.or(self.ledger.book(n, &effect, &self.people));
            if let Effect::Seek(seek) = &effect {
                asked = Some(seek.clone());
            }
            let news = news_in_words(&effect).filter(|_| self.tells_news);
            let words = in_words(&effect).or(news);
            self.told.extend(words.map(|w| if n == 0 { w } else { format!("#{n} {w}") }));
            self.effects.push((n, effect));
        }
        let Some(seek) = asked else { return full };
        assert!(self.line.active && self.hours.is_open(self.now), "a closed line asks nobody");
        if self.queue_is_silent {
            return full;
        }
        let owner = seek.responsible.as_ref().and_then(|owner| self.people.get(owner));
        let reach = owner.map_or(Reach::None, |(person, present)| Reach::of(person, *present));
        let decision = self.queue.next(&seek, reach);
        self.ledger.check_decision(&decision, self, &seek, reach);
        full.or(self.without_keeping(n, Input::Decided(decision)))
    }

    fn ask(&mut self, n: usize, input: Input) -> Vec<Effect> {
        let conversation = &mut self.conversations[n];
        let colleague = conversation.concerns().and_then(|who| self.people.get(who));
        let facts = Facts {
            line: &self.line,
            hours: &self.hours,
            limits: &self.limits,
            company: "Acme",
            colleague: colleague.map(|(person, present)| Colleague {
                name: &person.name,
                departure: person.departure(*present),
            }),
            customer: &self.customers[n],
        };
        conversation.handle(input, &facts, self.now)
    }

    pub(super) fn settle(&mut self) {
        for _ in 0..10_000 {
            let Some(next) = self.queue.next_waiting() else { return };
            let n = self.conversations.iter().position(|c| c.id == next).unwrap();
            self.handle(n, Input::SomebodyEligible);
        }
        panic!("the queue finds work without end");
    }

    pub(super) fn presence_changes(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut Operator, &mut bool),
    ) {
        self.look_at_the_clock();
        let Some((operator, present)) = self.people.get_mut(&id(name)) else { return };
        let before = operator.departure(*present);
        change(operator, present);
        let after = operator.departure(*present);
        let raise = self.queue.operator(operator, *present);
        self.ledger.received.entry(id(name)).or_default().0 += raise;
        for n in 0..self.conversations.len() {
            let operator = id(name);
            if !ties(&self.conversations[n]).iter().any(|(tied, _)| *tied == operator) {
                continue;
            }
            match after {
                Some(departure) if before != after => {
                    self.handle(n, Input::OperatorLeft { operator, departure });
                }
                None if before.is_some() => self.handle(n, Input::OperatorBack { operator }),
                Some(_) | None => {}
            }
        }
        self.settle();
    }

    /// He is available, and nobody has been asked anew yet.
    pub(super) fn person_comes_unnoticed(&mut self, name: &str) {
        let Some((operator, _)) = self.people.get_mut(&id(name)) else { return };
        operator.status = Status::Available;
        let raise = self.queue.operator(operator, true);
        self.ledger.received.entry(id(name)).or_default().0 += raise;
    }

    /// The line opens or closes, if it has not noticed yet; after an outage perhaps more than once.
    pub(super) fn look_at_the_clock(&mut self) {
        if self.turns_at.is_some_and(|at| at <= self.now) {
            self.set_the_clock();
            self.quietly(Self::reconsider);
        }
    }

    pub(super) fn set_the_clock(&mut self) {
        self.is_open = self.hours.is_open(self.now);
        self.turns_at = self.hours.changes_next(self.now);
        self.queue.set_open(self.is_open);
    }

    /// Those who wait come first, and of them who waits longest.
    pub(super) fn reconsider(&mut self) {
        let number = |id: &ConversationId| self.conversations.iter().position(|c| c.id == *id);
        let mut all: Vec<usize> = self.queue.waiting().iter().filter_map(number).collect();
        for (n, conversation) in self.conversations.iter().enumerate() {
            let has_begun = conversation.last_entry.0 > 0;
            if has_begun && !conversation.is_closed() && !all.contains(&n) {
                all.push(n);
            }
        }
        for n in all {
            self.handle(n, Input::Reconsider);
        }
        self.settle();
    }

    /// Who has missed too many offers is not here, whatever he says.
    pub(super) fn judge(&mut self) {
        let Some(misses) = &mut self.misses else { return };
        let mut sleepers = Vec::new();
        for (_, effect) in self.effects.iter().skip(self.judged) {
            if let Effect::Answered { operator } = effect {
                misses.entry(operator.clone()).or_default().answered();
            }
            if let Effect::Missed { operator } = effect
                && misses.entry(operator.clone()).or_default().missed(self.now)
            {
                sleepers.push(operator.clone());
            }
        }
        self.judged = self.effects.len();
        for operator in sleepers {
            self.person_changes(operator.as_str(), |sleeper| sleeper.status = Status::Away);
        }
    }

    /// The queue made anew from what is stored.
    pub(super) fn restart_queue(&mut self) {
        let mut queue = Queue::new(&self.limits);
        for (operator, (received, last)) in &self.ledger.received {
            queue.received(operator, *received, *last);
        }
        for (operator, held) in &self.ledger.held {
            for n in held {
                queue.hold(operator, &self.conversations[*n].id, true);
            }
        }
        for (operator, present) in self.people.values() {
            queue.operator(operator, *present);
        }
        queue.set_open(self.is_open);
        queue.configure(&self.line);
        for conversation in self.conversations.iter().filter(|c| c.last_entry.0 > 0) {
            queue.follow(conversation, &[]);
        }
        queue.keep();
        self.queue = queue;
    }
}

/// What a conversation is to an operator, so that its rules mind when he comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Has,
    IsAsked,
    GetsBack,
}

fn ties(conversation: &Conversation) -> BTreeSet<(OperatorId, Tie)> {
    let holder = match &conversation.state {
        State::Active(held) => Some(&held.operator),
        State::Waiting { .. }
        | State::Offered { .. }
        | State::Closing { .. }
        | State::Closed { .. } => None,
    };
    let asked = conversation.open_offers().iter().map(|offer| (&offer.operator, Tie::IsAsked));
    let has = holder.map(|operator| (operator, Tie::Has));
    let gets_back = conversation.returns_to().map(|operator| (operator, Tie::GetsBack));
    let all = has.into_iter().chain(asked).chain(gets_back);
    all.map(|(operator, tie)| (operator.clone(), tie)).collect()
}
