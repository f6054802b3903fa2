//! Books the facts of a step: each moves its conversation from stage to stage.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::entry::{CloseReason, Fact, RoutedAgainWhy, TransferEnd};
use crate::id::{OfferId, OperatorId};
use crate::line::{QueueMode, RatingScale};
use crate::routing::{Explanation, PassedHow, Via};
use crate::stories::simulator::book::Book;
use crate::stories::simulator::book::case::{Case, Hunt, Offered, Put, Stage};
use crate::stories::simulator::book::told::Told;

/// The word for a fact.
pub(super) fn word(fact: &Fact) -> &'static str {
    match fact {
        Fact::Routed { .. } => "routed",
        Fact::Accepted { .. } => "accepted",
        Fact::Declined { .. } => "declined",
        Fact::Missed { .. } => "missed",
        Fact::Left { .. } => "left",
        Fact::Taken { .. } => "taken",
        Fact::TakenOver { .. } => "taken_over",
        Fact::PickedUp { .. } => "picked_up",
        Fact::RoundExhausted { .. } => "round_exhausted",
        Fact::Transferred { .. } => "transferred",
        Fact::TransferEnded { .. } => "transfer_ended",
        Fact::Moved { .. } => "moved",
        Fact::CameFrom { .. } => "came_from",
        Fact::RoutedAgain { .. } => "routed_again",
        Fact::Returned { .. } => "returned",
        Fact::AnswerLate { .. } => "answer_late",
        Fact::PutOnHold { .. } => "put_on_hold",
        Fact::HoldEnded { .. } => "hold_ended",
        Fact::TopicChosen { .. } => "topic_chosen",
        Fact::Invited { .. } => "invited",
        Fact::Joined { .. } => "joined",
        Fact::LeftAgain { .. } => "left_again",
        Fact::Finished { .. } => "finished",
        Fact::RatingRequested { .. } => "rating_requested",
        Fact::Rated { .. } => "rated",
        Fact::Reviewed { .. } => "reviewed",
        Fact::MarkedSpam { .. } => "marked_spam",
        Fact::Reopened { .. } => "reopened",
        Fact::Closed { .. } => "closed",
        Fact::TextSuppressed { .. } => "text_suppressed",
        Fact::CustomerUnreachable { .. } => "customer_unreachable",
        Fact::SilentTooLong => "silent_too_long",
        Fact::CustomerReachable => "customer_reachable",
    }
}

/// What follows from others by itself, and is looked at where it is booked.
pub(super) const FOLLOWS: [&str; 8] = [
    "routed",
    "round_exhausted",
    "rating_requested",
    "text_suppressed",
    "closed",
    "invited",
    "joined",
    "left_again",
];

/// A decision as the history has it.
struct Routed<'a> {
    round: u32,
    via: Via,
    offer: Option<OfferId>,
    operators: &'a [OperatorId],
    listed_for: Option<&'a OperatorId>,
    until: Option<Timestamp>,
    explanation: &'a Explanation,
}

impl Book {
    pub(super) fn take_fact(&mut self, case: &mut Case, fact: &Fact, told: &mut Told) {
        match fact {
            Fact::Routed { round, via, offer, operators, listed_for, until, explanation } => {
                let routed = Routed {
                    round: *round,
                    via: *via,
                    offer: *offer,
                    operators,
                    listed_for: listed_for.as_ref(),
                    until: *until,
                    explanation,
                };
                self.routed(case, &routed, told);
            }
            Fact::Declined { operator, .. } => {
                self.offer_ends(case, operator, Some(PassedHow::Declined), told);
            }
            Fact::Missed { operators } => self.offers_run_out(case, operators, told),
            Fact::Left { operator } => self.offer_ends(case, operator, None, told),
            Fact::RoundExhausted { round } => self.round_is_exhausted(case, *round, told),
            Fact::Transferred { operator, to, offer, until, .. } => {
                self.transferred(case, operator, to, *offer, *until);
            }
            Fact::TransferEnded { operator, to, how, .. } => {
                self.transfer_ended(case, operator, to, *how, told);
            }
            Fact::RoutedAgain { from, why, .. } => self.routed_again(case, from, *why, told),
            Fact::AnswerLate { operator } => {
                let tenure = case.tenure().expect("somebody is late");
                assert_eq!((&tenure.operator, tenure.late), (operator, false));
                tenure.late = true;
            }
            Fact::PutOnHold { until, .. } => put_on_hold(case, *until),
            Fact::HoldEnded { .. } => self.hold_ends(case),
            Fact::RatingRequested { scale } => self.asked_for_rating(case, *scale),
            Fact::MarkedSpam { .. } => {
                self.withdraw(case);
                case.rating_open = None;
            }
            Fact::Moved { .. } => {
                self.withdraw(case);
                case.stage = Stage::Closed;
            }
            Fact::Closed { reason } => {
                let unheard = *reason == CloseReason::Unheard;
                assert_eq!(unheard, told.unheard.is_some(), "5: why it is closed: {case:?}");
                case.stage = Stage::Closed;
            }
            Fact::TextSuppressed { text } => {
                assert!(self.is_too_often(case, *text), "5: {text:?} is no text too many");
                told.said.push(*text);
            }
            Fact::Invited { .. }
            | Fact::Joined { .. }
            | Fact::LeftAgain { .. }
            | Fact::TopicChosen { .. }
            | Fact::Accepted { .. }
            | Fact::Taken { .. }
            | Fact::TakenOver { .. }
            | Fact::PickedUp { .. }
            | Fact::CameFrom { .. }
            | Fact::Returned { .. }
            | Fact::Finished { .. }
            | Fact::SilentTooLong
            | Fact::Rated { .. }
            | Fact::Reviewed { .. }
            | Fact::Reopened { .. }
            | Fact::CustomerUnreachable { .. }
            | Fact::CustomerReachable => {}
        }
    }

    fn offers_run_out(&mut self, case: &mut Case, operators: &[OperatorId], told: &mut Told) {
        let mut operators = operators.to_vec();
        operators.sort();
        assert_eq!(operators, told.run_out, "I18: whose offers run out: {case:?}");
        for operator in &operators {
            self.offer_ends(case, operator, Some(PassedHow::Missed), told);
        }
    }

    fn round_is_exhausted(&self, case: &mut Case, round: u32, told: &mut Told) {
        assert_eq!(round, case.hunt.round, "4.7: which round is exhausted");
        let ends = case.hunt.somebody_passed && !case.hunt.exhausted;
        assert!(ends, "4.6: no round to be exhausted: {case:?}");
        case.hunt.exhausted = true;
        case.hunt.next_round = self.next_round(&case.line, &case.hunt);
        told.exhausted = true;
    }

    fn hold_ends(&self, case: &mut Case) {
        let tenure = case.tenure().expect("somebody had put it aside");
        assert!(tenure.hold.take().is_some(), "nobody had put it aside");
        tenure.silent = tenure.silent.map(|_| self.now);
    }

    fn asked_for_rating(&self, case: &mut Case, scale: RatingScale) {
        assert!(!std::mem::replace(&mut case.rating_asked, true), "5: asked twice");
        let limit = self.line(&case.line).settings.rating_time_limit();
        case.rating_open = Some((scale, self.now + limit));
    }

    /// I21, 4.9: the decision is the right one, and says why.
    fn routed(&mut self, case: &mut Case, routed: &Routed<'_>, told: &mut Told) {
        let choice = told.choice.clone().expect("a decision answers a question");
        let right = choice.operators == routed.operators && choice.via == routed.via;
        let nobody = choice.operators.is_empty() && routed.operators.is_empty();
        if !self.news_waits {
            assert!(right || nobody, "I21: {choice:?} is right, not {:?}", routed.operators);
            assert_eq!(choice.listed_for.as_ref(), routed.listed_for, "4.2: in whose list it lies");
        }
        assert_eq!(routed.round, case.hunt.round, "4.7: in which round: {case:?}");
        assert_eq!(routed.offer.is_some(), !routed.operators.is_empty());
        self.is_explained(case, routed);
        let Some(offer) = routed.offer else { return };
        told.offered = true;
        is_next_offer(case, offer);
        let until = self.now + self.timeout(case);
        assert_eq!(routed.until, Some(until), "4.5, I18: an offer lasts from when it is made");
        let mode = self.line(&case.line).settings.queue.mode;
        let by_queue = matches!(routed.via, Via::Queue | Via::Known);
        let reserved = routed.via != Via::Queue || mode != QueueMode::All;
        let counted = by_queue && reserved;
        let mut open = BTreeMap::new();
        for operator in routed.operators {
            if counted {
                told.count(operator, 1);
            }
            if !by_queue {
                told.beyond.push(operator.clone());
            }
            self.put(case, operator);
            let available = self.is_available(operator);
            let put = Put { until, reserved, counted, available };
            open.insert(operator.clone(), put);
        }
        self.is_fair(case, routed.via);
        case.hunt.round_began.get_or_insert(self.now);
        (case.hunt.exhausted, case.hunt.next_round) = (false, None);
        case.stage = Stage::Offered(Offered { offer, via: routed.via, sender: None, open });
    }

    /// 4.9: who was chosen and who has passed is named, and nobody is forgotten.
    fn is_explained(&self, case: &Case, routed: &Routed<'_>) {
        let Explanation { mode, candidates, others } = routed.explanation;
        let rules = &self.line(&case.line).settings.queue;
        assert_eq!(*mode, rules.mode);
        let named: Vec<&OperatorId> = candidates.iter().map(|c| &c.operator).collect();
        let passed = case.hunt.passed.iter().map(|(who, _, _)| who);
        for operator in routed.operators.iter().chain(passed).chain(routed.listed_for) {
            assert!(named.contains(&operator), "4.9: nobody says why {operator}: {named:?}");
        }
        let of_list = rules.operators.iter().filter(|who| named.contains(who)).count();
        let counted = others.eligible + others.unavailable + others.at_capacity;
        assert_eq!(of_list + counted, rules.operators.len(), "4.9: everybody is counted once");
    }

    fn put(&mut self, case: &Case, operator: &OperatorId) {
        self.receives(operator);
        let id = case.id.clone();
        self.person(operator).offers.insert(id);
    }

    /// I21: as long as all stay eligible and all comes by the queue, nobody gets two more than
    /// anybody else.
    fn is_fair(&mut self, case: &Case, via: Via) {
        let line = self.line(&case.line);
        let list = line.settings.queue.operators.clone();
        let all_eligible = list.iter().all(|who| {
            let person = &self.people[who];
            // He who was chosen has his place and his offer already.
            let may_be_asked = person.offers.len() < self.limits.open_offers;
            person.capacity() == 0 && may_be_asked && self.is_ready(who, line)
        });
        let calm = line.calm && via == Via::Queue && all_eligible;
        let received = list.iter().map(|who| line.received(who));
        let (most, least) = (received.clone().max(), received.min());
        let apart = most.zip(least).map_or(0, |(most, least)| most - least);
        assert!(!calm || apart <= 1, "I21: {apart} apart: {:?}", line.received);
        self.lines.get_mut(&case.line).expect("a line of the scene").calm = calm;
    }

    pub(super) fn disturb(&mut self, case: &Case) {
        self.lines.get_mut(&case.line).expect("a line of the scene").calm = false;
    }

    fn offer_ends(
        &mut self,
        case: &mut Case,
        operator: &OperatorId,
        how: Option<PassedHow>,
        told: &mut Told,
    ) {
        self.disturb(case);
        let (id, now) = (case.id.clone(), self.now);
        self.person(operator).offers.remove(&id);
        let Stage::Offered(offered) = &mut case.stage else { panic!("nothing is offered") };
        let put = offered.open.remove(operator).expect("an offer of his ends");
        if let Some(how) = how {
            case.hunt.passed.push((operator.clone(), how, now));
            case.hunt.somebody_passed = true;
        }
        if how == Some(PassedHow::Missed) && put.available && put.reserved {
            told.missed.push(operator.clone());
        }
        if !offered.open.is_empty() {
            return;
        }
        if offered.sender.is_some() {
            told.expected.push("transfer_ended");
        } else {
            case.stage = Stage::Waiting;
            told.seeks = true;
        }
    }

    fn transferred(
        &mut self,
        case: &mut Case,
        operator: &OperatorId,
        to: &OperatorId,
        offer: OfferId,
        until: Timestamp,
    ) {
        assert_eq!(case.holder(), Some(operator), "4: only who has it hands it on");
        assert_eq!(until, self.now + self.timeout(case), "4.5: how long a transfer stands");
        is_next_offer(case, offer);
        self.put(case, to);
        let (reserved, available) = (true, self.is_available(to));
        let put = Put { until, reserved, counted: false, available };
        let open = BTreeMap::from([(to.clone(), put)]);
        let sender = Some(operator.clone());
        case.hunt = Hunt::new(case.waiting.unwrap_or(self.now));
        case.stage = Stage::Offered(Offered { offer, via: Via::Transfer, sender, open });
    }

    /// 4: it returns to the sender, if he is absent to the queue.
    fn transfer_ended(
        &mut self,
        case: &mut Case,
        sender: &OperatorId,
        to: &OperatorId,
        how: TransferEnd,
        told: &mut Told,
    ) {
        let Stage::Offered(offered) = &case.stage else { panic!("nothing was handed on") };
        assert_eq!(offered.sender.as_ref(), Some(sender));
        self.withdraw(case);
        if self.is_missed(sender, &case.line) && how != TransferEnd::Withdrawn {
            told.expected.push("routed_again");
            let how = match how {
                TransferEnd::Declined => Some(PassedHow::Declined),
                TransferEnd::Missed | TransferEnd::Left | TransferEnd::Withdrawn => None,
            };
            told.passed = how.map(|how| (to.clone(), how));
        } else {
            told.beyond.push(sender.clone());
            told.assigned = Some(sender.clone());
        }
    }

    fn routed_again(
        &mut self,
        case: &mut Case,
        from: &OperatorId,
        why: RoutedAgainWhy,
        told: &mut Told,
    ) {
        assert!(told.expected.contains(&"routed_again"), "4.8: taken from {from}: {case:?}");
        let open = self.line(&case.line).hours.is_open(self.now);
        let stays = matches!(why, RoutedAgainWhy::Absent | RoutedAgainWhy::AnswerLimit);
        assert!(open || !stays, "4.8: while the line is closed it stays {from}'s");
        self.disturb(case);
        case.hunt = Hunt::new(case.waiting.unwrap_or(self.now));
        case.hunt.returns_to = match why {
            RoutedAgainWhy::Absent | RoutedAgainWhy::SenderAbsent => Some(from.clone()),
            RoutedAgainWhy::Disabled | RoutedAgainWhy::AnswerLimit | RoutedAgainWhy::Supervisor => {
                None
            }
        };
        if let Some((who, how)) = told.passed.take() {
            case.hunt.passed.push((who, how, self.now));
        }
        case.stage = Stage::Waiting;
        told.seeks = true;
    }
}

fn is_next_offer(case: &mut Case, offer: OfferId) {
    case.last_offer += 1;
    assert_eq!(offer.0, case.last_offer, "I15: offers are numbered");
}

fn put_on_hold(case: &mut Case, until: Timestamp) {
    case.tenure().expect("somebody puts it aside").hold = Some(until);
}
