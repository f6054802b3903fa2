//! When each rule of a conversation is due, told from the rules alone.

use jiff::{SignedDuration, Timestamp};

use crate::line::{ClosingRule, UnansweredRule};
use crate::stories::simulator::book::Book;
use crate::stories::simulator::book::case::{Case, Stage, Tenure};

/// What is due in an active conversation, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeldDeadlines {
    pub(super) reroute: Option<Timestamp>,
    pub(super) late: Option<Timestamp>,
    pub(super) hold: Option<Timestamp>,
    pub(super) close: Option<Timestamp>,
    pub(super) idle: Option<Timestamp>,
}

impl Book {
    /// I17: the one moment at which it is to be woken.
    pub(super) fn deadline(&self, case: &Case) -> Option<Timestamp> {
        match &case.stage {
            Stage::Waiting if !self.routes(&case.line) => None,
            Stage::Waiting => self.text_due(case).into_iter().chain(case.hunt.next_round).min(),
            Stage::Offered(offered) => {
                let untils = offered.open.values().map(|put| put.until);
                untils.chain(self.text_due(case)).min()
            }
            Stage::Active(tenure) => {
                let HeldDeadlines { reroute, late, hold, close, idle } = self.held(case, tenure);
                [reroute, late, hold, close, idle].into_iter().flatten().min()
            }
            Stage::Closing { until, .. } => Some(*until),
            Stage::Closed => None,
        }
    }

    /// The unanswered text, by the clock: the customer has waited so long in open hours while he
    /// was sought somebody.
    pub(super) fn text_due(&self, case: &Case) -> Option<Timestamp> {
        let line = self.line(&case.line);
        let after = i64::from(line.settings.unanswered.after_seconds);
        let sought = case.is_sought() && self.routes(&case.line) && !case.hunt.asleep;
        if !sought || case.unanswered_said || after == 0 || !self.wants_unanswered_text(case) {
            return None;
        }
        let since = case.hunt.routed?.max(case.waiting?);
        Some(line.hours.after_open(since, SignedDuration::from_secs(after)))
    }

    pub(super) fn wants_unanswered_text(&self, case: &Case) -> bool {
        let rules = &self.line(&case.line).settings.unanswered;
        match rules.rule {
            UnansweredRule::Reply => true,
            UnansweredRule::Requeue => rules.text_on_requeue,
            UnansweredRule::Nothing => false,
        }
    }

    pub(super) fn held(&self, case: &Case, tenure: &Tenure) -> HeldDeadlines {
        let line = self.line(&case.line);
        let (rules, hours) = (&line.settings, &line.hours);
        // What takes a conversation from somebody, or speaks to the customer, waits for the
        // opening.
        let once_open = |at: Timestamp| {
            let earliest = at.max(case.touched);
            let open = hours.is_open(earliest);
            if open { at } else { hours.opens_next(earliest).unwrap_or(at) }
        };
        let limit = SignedDuration::from_secs(rules.answer.limit_seconds.into());
        let late = case
            .waiting
            .filter(|_| !tenure.late && !limit.is_zero())
            .map(|waiting| once_open(hours.after_open(waiting.max(tenure.since), limit)));
        let absent = case.waiting.zip(tenure.away).filter(|_| rules.active);
        let reroute = absent.map(|(waiting, away)| {
            once_open(hours.after_open(waiting.max(away), rules.offer_timeout()))
        });
        let after = SignedDuration::from_secs(rules.auto_close.after_seconds.into());
        let quiet = case.waiting.is_none() && tenure.hold.is_none() && !after.is_zero();
        let close = tenure.silent.filter(|_| quiet).map(|silent| {
            let speaks = rules.auto_close.rule != ClosingRule::Nothing;
            if speaks { once_open(silent + after) } else { silent + after }
        });
        let idle = self.limits.place_idle;
        let idles = self.takes_place(case) && case.waiting.is_none() && !idle.is_zero();
        let idle = idles.then(|| case.last_word + idle);
        HeldDeadlines { reroute, late, hold: tenure.hold, close, idle }
    }

    /// A conversation takes a place while the customer waits or something was written of late.
    pub(super) fn takes_place(&self, case: &Case) -> bool {
        let Stage::Active(tenure) = &case.stage else { return false };
        let idle = self.limits.place_idle;
        let fresh = idle.is_zero() || case.last_word + idle > case.touched;
        tenure.hold.is_none() && (case.waiting.is_some() || fresh)
    }
}
