//! What the line itself says to the customer, and how often at most.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::conversation::Conversation;
use crate::conversation::turn::Turn;
use crate::effect::Effect;
use crate::entry::{Author, Fact};
use crate::hours::HoursRule;
use crate::limits::Limits;
use crate::line::RatingScale;
use crate::texts::{self, Kind, Values};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// When a chat was sent which automatic messages; those of the last day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextsSent(Vec<(Kind, Timestamp)>);

impl TextsSent {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes one more, unless the chat has had too many of its kind. Answers whether it may be
    /// sent.
    fn may_send(&mut self, kind: Kind, limits: &Limits, now: Timestamp) -> bool {
        self.0.retain(|(_, at)| now.duration_since(*at) < DAY);
        let of_kind = || self.0.iter().filter(|(sent, _)| *sent == kind);
        let in_hour = of_kind().filter(|(_, at)| now.duration_since(*at) < HOUR).count();
        let answered = |(sent, at): &(Kind, Timestamp)| {
            sent.answers() && now.duration_since(*at) < limits.answers_apart
        };
        let may = in_hour < limits.texts_per_hour
            && of_kind().count() < limits.texts_per_day
            && !(kind.answers() && self.0.iter().any(answered));
        if may {
            self.0.push((kind, now));
        }
        may
    }
}

impl Conversation {
    /// After the customer's first message. While the line is closed the off-hours text stands for
    /// the welcome.
    pub(super) fn greet(&mut self, turn: &mut Turn<'_>) {
        if std::mem::replace(&mut self.greeted, true) || !turn.line.active {
            return;
        }
        let (consent, welcome) = (&turn.line.consent, &turn.line.welcome);
        let asks = consent.enabled && !turn.facts.customer.consented;
        if asks && self.say(Kind::Consent, turn) {
            turn.push(Effect::Consented);
        }
        let is_due = welcome.each_conversation || self.continues.is_none();
        if welcome.enabled && is_due && turn.is_open() {
            self.say(Kind::Welcome, turn);
        }
    }

    /// Tells a customer who waits that the line is closed; once in each closed period.
    pub(super) fn tell_off_hours(&mut self, turn: &mut Turn<'_>) {
        let hours = turn.facts.hours;
        let wants = turn.line.active && turn.line.hours.rule == HoursRule::Reply;
        if !wants || self.waiting_since.is_none() || turn.is_open() {
            return;
        }
        let opens = hours.opens_next(turn.now);
        if self.off_hours_told.is_some_and(|told| hours.opens_next(told) == opens) {
            return;
        }
        self.off_hours_told = Some(turn.now);
        self.say(Kind::OffHours, turn);
    }

    /// Sends an automatic message, unless the customer is blocked or the chat has had too many of its
    /// kind. Answers whether it was sent.
    pub(super) fn say(&mut self, kind: Kind, turn: &mut Turn<'_>) -> bool {
        self.say_with(kind, None, turn)
    }

    pub(super) fn ask_for_rating(&mut self, scale: RatingScale, turn: &mut Turn<'_>) -> bool {
        let kind = match scale {
            RatingScale::Like => Kind::RateLike,
            RatingScale::Stars => Kind::RateStars,
        };
        self.say_with(kind, Some(scale), turn)
    }

    fn say_with(&mut self, kind: Kind, rating: Option<RatingScale>, turn: &mut Turn<'_>) -> bool {
        if turn.facts.customer.blocked {
            return false;
        }
        if !self.texts_sent.may_send(kind, turn.facts.limits, turn.now) {
            self.fact(Fact::TextSuppressed { text: kind }, turn);
            return false;
        }
        let line = turn.line;
        let text = match kind {
            Kind::Welcome => line.welcome_text(),
            Kind::Consent => line.consent_text(),
            Kind::OffHours => line.off_hours_text(),
            Kind::Unanswered => line.unanswered_text().unwrap_or_default(),
            Kind::Closing => line.closing_text(),
            Kind::AutoClose => line.auto_close_text(),
            Kind::RateLike | Kind::RateStars => line.rating_request(),
        };
        let text = self.filled(text, turn);
        self.send(Author::Line, text, Some(kind), rating, turn);
        true
    }

    fn filled(&self, text: &str, turn: &Turn<'_>) -> String {
        let hours = turn.facts.hours;
        let opens = hours.opens_next(turn.now);
        let opens_at = texts::moment(opens, turn.now, hours.zone(), turn.line.language);
        let his_name = self.holder().zip(turn.facts.colleague);
        let shown = his_name.and_then(|(id, colleague)| turn.line.shown(id, colleague.name));
        let values = Values {
            opens_at: &opens_at,
            operator: shown.map_or(turn.facts.company, |shown| shown.name),
            company: turn.facts.company,
            customer: &self.customer_name,
        };
        texts::fill(text, &values)
    }
}
