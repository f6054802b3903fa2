//! What an input asks for by the rules, before its effects are looked at.

use jiff::Timestamp;

use crate::chat::CustomerMessage;
use crate::effect::Input;
use crate::entry::Unheard;
use crate::id::{OfferId, OperatorId};
use crate::line::{AnswerRule, UnansweredRule};
use crate::operator::Departure;
use crate::routing::PassedHow;
use crate::stories::simulator::book::Book;
use crate::stories::simulator::book::case::{Case, Hunt, Stage};
use crate::stories::simulator::book::told::Told;

impl Book {
    #[expect(clippy::too_many_lines, reason = "one short arm an input")]
    pub(super) fn expect_of_input(&mut self, case: &mut Case, input: &Input, told: &mut Told) {
        let is_due = self.text_due(case).is_some_and(|due| due <= self.now);
        told.text_is_due = is_due && matches!(input, Input::DeadlinePassed);
        told.consented_before = self.customers.get(&case.customer).is_some_and(|his| his.consented);
        match input {
            Input::CustomerWrote { message, .. } => self.expect_of_message(case, message, told),
            Input::Accept { operator, offer } => expect_of_accept(case, operator, *offer, told),
            Input::Decline { operator, offer, .. } => {
                expect_of_decline(case, operator, *offer, told);
            }
            Input::Take { operator } => expect_of_take(case, operator, told),
            Input::TakeOver { operator } => expect_of_take_over(case, operator, told),
            Input::PickUp { operator } => expect_of_pick_up(case, operator, told),
            Input::Reply { operator, .. } => self.expect_of_reply(case, operator, told),
            Input::Note { .. } | Input::Draft { .. } => {}
            Input::Review { .. } => told.expected.push("reviewed"),
            Input::Topic { topic, .. } => {
                case.topic = Some(topic.clone()).filter(|topic| !topic.is_empty());
                told.expected.push("topic_chosen");
            }
            Input::Hold { operator, until } => self.expect_of_hold(case, operator, *until, told),
            Input::Transfer { operator, to, .. } => {
                assert_eq!(case.holder(), Some(operator), "4: only who has it hands it on");
                told.beyond.push(to.clone());
                told.expected.push("transferred");
            }
            Input::Move { .. } => expect_of_end(case, "moved", told),
            Input::Continue { operator, .. } => {
                case.hunt.passed.push((operator.clone(), PassedHow::Sent, self.now));
                told.expected.push("came_from");
                told.seeks = true;
            }
            Input::Withdraw { operator } => {
                assert_eq!(offered_by(case), Some(operator), "4: only the sender withdraws");
                told.expected.push("transfer_ended");
            }
            Input::Invite { operator, colleague } => {
                assert_eq!(case.holder(), Some(operator));
                case.joined.insert(colleague.clone());
            }
            Input::Join { operator } => drop(case.joined.insert(operator.clone())),
            Input::Leave { operator } => assert!(case.joined.remove(operator)),
            Input::Finish { operator, .. } => self.expect_of_finish(case, operator, told),
            Input::Spam { .. } => expect_of_end(case, "marked_spam", told),
            Input::Release { .. } => {
                assert!(case.holder().is_some(), "4: nobody has it");
                told.expected.push("routed_again");
            }
            Input::SomebodyEligible => {
                let waits = case.waits() && self.routes(&case.line);
                assert!(waits, "4.6: woken for nothing: {case:?}");
                told.seeks = true;
            }
            Input::OperatorLeft { operator, departure } => {
                self.expect_of_departure(case, operator, *departure, told);
            }
            Input::OperatorBack { operator } => expect_of_return(case, operator, told),
            Input::Reconsider => self.expect_of_reconsidering(case, told),
            Input::DeadlinePassed => self.expect_of_deadline(case, told),
            Input::CustomerEdited { .. }
            | Input::CustomerGone { .. }
            | Input::CustomerBack
            | Input::WrittenElsewhere { .. }
            | Input::Decided(_)
            | Input::Correct { .. }
            | Input::CorrectionOver { .. }
            | Input::DeliveryChanged { .. }
            | Input::SaidEarly { .. }
            | Input::FileCopied { .. }
            | Input::CustomerDeleted { .. }
            | Input::ChatMigrated { .. }
            | Input::CustomerReacted { .. } => panic!("nobody sends this here: {input:?}"),
        }
    }

    fn expect_of_message(&mut self, case: &mut Case, message: &CustomerMessage, told: &mut Told) {
        told.message = message.external_id.as_deref().map(str::to_owned);
        let blocked = self.customers.get(&case.customer).is_some_and(|his| his.blocked);
        let rating = Self::rating(case, message, self.now);
        told.unheard = match message.rating {
            _ if blocked => Some(Unheard::Blocked),
            _ if message.automatic => Some(Unheard::Automatic),
            Some(_) if rating.is_none() => Some(Unheard::UnaskedRating),
            Some(_) | None => None,
        };
        if told.unheard.is_some() {
            if case.entries == 0 {
                told.expected.push("closed");
            }
            return;
        }
        if rating.is_some() {
            return told.expected.push("rated");
        }
        assert!(case.is_open(), "5: a message in a closed conversation: {case:?}");
        told.greets = !std::mem::replace(&mut case.heard, true);
        case.waiting.get_or_insert(self.now);
        case.last_word = self.now;
        let (now, routes, timeout) = (self.now, self.routes(&case.line), self.timeout(case));
        let gone = self.holder_is_missed(case);
        match &mut case.stage {
            Stage::Waiting => {
                if routes && case.hunt.is_unanswered() {
                    // 4.7: a message starts a new round.
                    case.hunt.begin_round(timeout, now);
                    told.seeks = true;
                }
                told.seeks |= case.hunt.asleep || case.hunt.routed.is_none() || !routes;
            }
            Stage::Offered(_) => told.tells_hours = true,
            Stage::Active(tenure) => {
                told.beyond.push(tenure.operator.clone());
                tenure.silent = None;
                if tenure.hold.is_some() {
                    told.expected.push("hold_ended");
                }
                if gone {
                    tenure.away.get_or_insert(now);
                    told.tells_hours = true;
                }
            }
            Stage::Closing { operator, .. } => {
                let operator = operator.clone();
                told.expected.push("reopened");
                told.beyond.push(operator.clone());
                if gone && (routes || self.is_disabled(&operator)) {
                    told.expected.push("routed_again");
                } else {
                    told.tells_hours = gone;
                    told.reopened_for_absent = gone;
                }
                told.assigned = Some(operator);
            }
            Stage::Closed => {}
        }
    }

    fn expect_of_finish(&self, case: &Case, operator: &OperatorId, told: &mut Told) {
        let rules = &self.line(&case.line).settings;
        let wants_topic = rules.topic_required && case.topic.is_none();
        let lacks_topic = wants_topic && case.holder() == Some(operator);
        assert!(!lacks_topic, "3: finished without a topic");
        expect_of_end(case, "finished", told);
    }

    fn expect_of_reply(&self, case: &mut Case, operator: &OperatorId, told: &mut Told) {
        let (now, joined) = (self.now, case.joined.contains(operator));
        let tenure = case.tenure().expect("I15: a reply where nobody has it");
        let his = tenure.operator == *operator;
        assert!(his || joined, "I15: {operator} writes and has no part in it");
        told.beyond.push(tenure.operator.clone());
        tenure.late = false;
        tenure.silent = Some(now);
        case.waiting = None;
        case.last_word = now;
        case.rating_open = None;
        case.writers.insert(operator.clone());
        told.reply = true;
    }

    fn expect_of_hold(
        &self,
        case: &Case,
        operator: &OperatorId,
        until: Option<Timestamp>,
        told: &mut Told,
    ) {
        assert_eq!(case.holder(), Some(operator), "4: only who has it puts it aside");
        assert!(until.is_none_or(|until| until > self.now));
        told.expected.push(if until.is_some() { "put_on_hold" } else { "hold_ended" });
        if until.is_none() {
            told.beyond.push(operator.clone());
        }
    }

    fn expect_of_departure(
        &self,
        case: &Case,
        operator: &OperatorId,
        departure: Departure,
        told: &mut Told,
    ) {
        let minds = self.is_missed(operator, &case.line);
        match case.put_before(operator) {
            // He is excused.
            Some(_) if !minds => {}
            Some((_, put)) => {
                let moves = put.available || departure == Departure::Disabled;
                assert!(moves, "4.8: it was offered to him although he was not here");
                told.expected.push("left");
            }
            None => {
                assert!(minds, "4.8: absence moves nothing in this line");
                assert_eq!(case.holder(), Some(operator), "4.8: it does not concern him");
                told.tells_hours = departure == Departure::Absent;
                if departure == Departure::Disabled {
                    told.expected.push("routed_again");
                }
            }
        }
    }

    fn expect_of_reconsidering(&self, case: &mut Case, told: &mut Told) {
        let (now, routes) = (self.now, self.routes(&case.line));
        let gone = self.holder_is_missed(case);
        match &mut case.stage {
            Stage::Waiting if !routes => told.seeks = true,
            Stage::Waiting if case.hunt.asleep || case.hunt.routed.is_none() => told.seeks = true,
            Stage::Waiting if case.hunt.exhausted => {
                case.hunt.next_round = self.next_round(&case.line, &case.hunt);
                told.exhausted = true;
            }
            Stage::Active(tenure) if gone => {
                tenure.away.get_or_insert(now);
                told.tells_hours = true;
            }
            Stage::Waiting
            | Stage::Offered(_)
            | Stage::Active(_)
            | Stage::Closing { .. }
            | Stage::Closed => {}
        }
    }

    /// I18: one step for whatever is due.
    fn expect_of_deadline(&self, case: &mut Case, told: &mut Told) {
        let (now, timeout) = (self.now, self.timeout(case));
        let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
        // What is noticed late, while the line is closed, waits for the opening.
        case.touched = now;
        match &case.stage {
            Stage::Waiting => {
                if is_due(case.hunt.next_round) {
                    case.hunt.begin_round(timeout, now);
                    told.seeks = true;
                }
            }
            Stage::Offered(offered) => {
                let over = offered.open.iter().filter(|(_, put)| put.until <= now);
                told.run_out = over.map(|(operator, _)| operator.clone()).collect();
                if !told.run_out.is_empty() {
                    told.expected.push("missed");
                }
            }
            Stage::Active(tenure) => {
                let due = self.held(case, tenure);
                let operator = tenure.operator.clone();
                let requeues = self.line(&case.line).settings.answer.rule == AnswerRule::Requeue;
                let wrote = case.writers.contains(&operator);
                let loses = requeues && !wrote && self.line(&case.line).settings.active;
                let is_gone = self.is_missed(&operator, &case.line);
                if is_due(due.reroute) && !is_gone {
                    case.tenure().expect("it is held").away = None;
                } else if is_due(due.reroute) || is_due(due.late) && loses {
                    told.expected.push("routed_again");
                } else if is_due(due.late) {
                    told.expected.push("answer_late");
                } else if is_due(due.hold) {
                    told.beyond.push(operator);
                    told.expected.push("hold_ended");
                } else if is_due(due.close) {
                    told.expected.push("silent_too_long");
                }
            }
            Stage::Closing { .. } => told.expected.push("closed"),
            Stage::Closed => {}
        }
    }

    pub(super) fn timeout(&self, case: &Case) -> jiff::SignedDuration {
        self.line(&case.line).settings.offer_timeout()
    }

    pub(super) fn holder_is_missed(&self, case: &Case) -> bool {
        match &case.stage {
            Stage::Active(tenure) => self.is_missed(&tenure.operator, &case.line),
            Stage::Closing { operator, .. } => self.is_missed(operator, &case.line),
            Stage::Waiting | Stage::Offered(_) | Stage::Closed => false,
        }
    }

    /// 4.7: when the round after an exhausted one begins by itself.
    pub(super) fn next_round(&self, line: &crate::id::LineId, hunt: &Hunt) -> Option<Timestamp> {
        let rules = &self.line(line).settings;
        match rules.unanswered.rule {
            UnansweredRule::Requeue => {
                let began = hunt.round_began.expect("a round that is exhausted has begun");
                Some(self.now.max(began + rules.offer_timeout()))
            }
            UnansweredRule::Reply | UnansweredRule::Nothing => None,
        }
    }
}

pub(super) fn is_before(case: &Case, operator: &OperatorId, offer: OfferId) -> bool {
    case.put_before(operator).is_some_and(|(offered, _)| offered.offer == offer)
}

fn offered_by(case: &Case) -> Option<&OperatorId> {
    let Stage::Offered(offered) = &case.stage else { return None };
    offered.sender.as_ref()
}

fn expect_of_decline(case: &Case, operator: &OperatorId, offer: OfferId, told: &mut Told) {
    assert!(is_before(case, operator, offer), "I15: a late decline of {operator}");
    told.answered.push(operator.clone());
    told.expected.push("declined");
}

fn expect_of_accept(case: &Case, operator: &OperatorId, offer: OfferId, told: &mut Told) {
    assert!(is_before(case, operator, offer), "I15: a late accept of {operator}: {case:?}");
    told.answered.push(operator.clone());
    counts_unless_counted(case, operator, told);
    others_lose(case, Some(operator), told);
    told.assigned = Some(operator.clone());
    told.expected.push("accepted");
}

fn expect_of_take(case: &Case, operator: &OperatorId, told: &mut Told) {
    if let Some((offered, _)) = case.put_before(operator) {
        return expect_of_accept(case, operator, offered.offer, told);
    }
    assert!(case.is_sought(), "I15: {operator} takes what is not to be taken: {case:?}");
    if takes_beyond(case, operator) {
        told.beyond.push(operator.clone());
    }
    told.count(operator, 1);
    others_lose(case, Some(operator), told);
    told.assigned = Some(operator.clone());
    told.expected.push("taken");
}

/// 3: by hand beyond his capacity from the unanswered list, and what lies in his own.
pub(super) fn takes_beyond(case: &Case, operator: &OperatorId) -> bool {
    let listed = case.hunt.listed_for.as_ref() == Some(operator);
    listed || case.waits() && case.hunt.is_unanswered()
}

fn expect_of_return(case: &Case, operator: &OperatorId, told: &mut Told) {
    let sought = matches!(case.stage, Stage::Waiting | Stage::Offered(_));
    if sought && case.hunt.returns_to.as_ref() == Some(operator) {
        others_lose(case, Some(operator), told);
        told.beyond.push(operator.clone());
        told.assigned = Some(operator.clone());
        told.expected.push("returned");
    } else {
        assert_eq!(case.holder(), Some(operator), "4.8: it does not wait for him");
    }
}

/// 4.3: what comes otherwise than by an offer of the queue counts when it comes.
fn counts_unless_counted(case: &Case, operator: &OperatorId, told: &mut Told) {
    if !case.put_before(operator).is_some_and(|(_, put)| put.counted) {
        told.count(operator, 1);
    }
}

/// Offers that are withdrawn do not count.
fn others_lose(case: &Case, keep: Option<&OperatorId>, told: &mut Told) {
    let Stage::Offered(offered) = &case.stage else { return };
    for (operator, put) in &offered.open {
        if put.counted && Some(operator) != keep {
            told.count(operator, -1);
        }
    }
}

/// A supervisor has it, whoever had it.
fn expect_of_take_over(case: &Case, operator: &OperatorId, told: &mut Told) {
    assert_ne!(case.holder(), Some(operator));
    counts_unless_counted(case, operator, told);
    others_lose(case, Some(operator), told);
    told.expected.push(if case.holder().is_some() { "taken_over" } else { "taken" });
    told.beyond.push(operator.clone());
    told.assigned = Some(operator.clone());
}

fn expect_of_pick_up(case: &mut Case, operator: &OperatorId, told: &mut Told) {
    case.heard = true;
    told.expected.push("picked_up");
    told.count(operator, 1);
    told.beyond.push(operator.clone());
    told.assigned = Some(operator.clone());
}

/// Whatever was offered is withdrawn.
fn expect_of_end(case: &Case, fact: &'static str, told: &mut Told) {
    others_lose(case, None, told);
    told.expected.push(fact);
}
