//! What the line says to customers by itself: when, and how often at most.

use jiff::SignedDuration;

use crate::entry::Fact;
use crate::hours::HoursRule;
use crate::line::{ClosingRule, RatingScale};
use crate::stories::simulator::book::Book;
use crate::stories::simulator::book::case::Case;
use crate::stories::simulator::book::told::Told;
use crate::texts::Kind;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Book {
    /// Exactly what the rules ask for is said, or suppressed because it was said too often.
    pub(super) fn judge_texts(&mut self, case: &mut Case, told: &mut Told) {
        let mut due = Vec::new();
        self.greeting(case, told, &mut due);
        self.off_hours(case, told, &mut due);
        self.unanswered(case, told, &mut due);
        self.last_words(case, told, &mut due);
        if self.customers.get(&case.customer).is_some_and(|his| his.blocked) {
            due.clear();
        }
        due.sort();
        told.said.sort();
        assert_eq!(due, told.said, "5: what the line is to say, and what it says: {case:?}");
        assert_eq!(told.to_send, None, "what is said is sent");
    }

    fn greeting(&mut self, case: &Case, told: &Told, due: &mut Vec<Kind>) {
        let line = self.line(&case.line);
        if !told.greets || !line.settings.active {
            return;
        }
        let consented = told.consented_before;
        if line.settings.consent.enabled && !consented {
            due.push(Kind::Consent);
        }
        let welcome = &line.settings.welcome;
        let is_due = welcome.each_conversation || case.is_first;
        if welcome.enabled && is_due && line.hours.is_open(self.now) {
            due.push(Kind::Welcome);
        }
    }

    /// 4.1: once in each closed period, to who waits.
    fn off_hours(&mut self, case: &mut Case, told: &Told, due: &mut Vec<Kind>) {
        let line = self.line(&case.line);
        let closed = line.settings.active && !line.hours.is_open(self.now);
        let wants = told.tells_hours && line.settings.hours.rule == HoursRule::Reply;
        if !closed || !wants || case.waiting.is_none() {
            return;
        }
        let opened_since = |said| line.hours.opens_next(said).is_some_and(|at| at <= self.now);
        if case.off_hours_said.is_none_or(opened_since) {
            case.off_hours_said = Some(self.now);
            due.push(Kind::OffHours);
        }
    }

    /// 4.7: at the end of the round or after the wait, once.
    fn unanswered(&mut self, case: &mut Case, told: &Told, due: &mut Vec<Kind>) {
        let is_due = told.exhausted || told.text_is_due;
        let waits = case.waiting.is_some() && self.routes(&case.line);
        if is_due && waits && !case.unanswered_said && self.wants_unanswered_text(case) {
            case.unanswered_said = true;
            due.push(Kind::Unanswered);
        }
    }

    fn last_words(&mut self, case: &mut Case, told: &Told, due: &mut Vec<Kind>) {
        let rules = &self.line(&case.line).settings;
        for fact in &told.facts {
            let (rule, kind) = if matches!(fact, Fact::Finished { silent: false, .. }) {
                (rules.closing.rule, Kind::Closing)
            } else if matches!(fact, Fact::SilentTooLong) {
                (rules.auto_close.rule, Kind::AutoClose)
            } else {
                continue;
            };
            if rule == ClosingRule::Nothing {
                continue;
            }
            if kind == Kind::AutoClose {
                let open = self.lines[&case.line].hours.is_open(self.now);
                assert!(open, "4.1: texts of auto-close wait for the opening");
            }
            if !std::mem::replace(&mut case.closing_said, true) {
                due.push(kind);
            }
            if rule == ClosingRule::Rating && !case.rating_asked_before(told) {
                due.push(match rules.rating.scale {
                    RatingScale::Like => Kind::RateLike,
                    RatingScale::Stars => Kind::RateStars,
                });
            }
        }
    }

    /// It was sent. The chat is not to have too many of its kind.
    pub(super) fn said(&mut self, case: &Case, kind: Kind) {
        assert!(!self.is_too_often(case, kind), "5: {kind:?} is said too often");
        let blocked = self.customers.get(&case.customer).is_some_and(|his| his.blocked);
        assert!(!blocked, "4: a blocked customer gets no automatic message");
        let now = self.now;
        let chat = self.chats.get_mut(&case.chat).expect("a chat of the scene");
        chat.texts.push((kind, now));
    }

    pub(super) fn is_too_often(&self, case: &Case, kind: Kind) -> bool {
        let of_kind = self.chats[&case.chat].texts.iter().filter(|(said, _)| *said == kind);
        let ages: Vec<SignedDuration> =
            of_kind.map(|(_, at)| self.now.duration_since(*at)).collect();
        let within = |span| ages.iter().filter(|age| **age < span).count();
        within(HOUR) >= self.limits.texts_per_hour || within(DAY) >= self.limits.texts_per_day
    }
}
