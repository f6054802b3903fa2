//! Who is offered conversations, in which order and for how long.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::id::OperatorId;
use crate::line::{Checks, LineSettings};

const OPERATORS_MAX: usize = 1_000;
const KNOWN_OPERATOR_DAYS_MAX: u32 = 365;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueSettings {
    pub mode: QueueMode,
    /// In the order in which `strictly` offers.
    pub operators: Vec<OperatorId>,
    pub offer_timeout_seconds: u32,
    /// False: offer to everybody in order, present or not.
    pub require_available: bool,
    /// For how long whoever finished a customer's last conversation is offered his next one first.
    /// 0: not at all.
    pub known_operator_days: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueMode {
    #[default]
    Evenly,
    Strictly,
    All,
}

impl QueueSettings {
    pub(super) fn new(operators: Vec<OperatorId>) -> Self {
        Self {
            mode: QueueMode::Evenly,
            operators,
            offer_timeout_seconds: 60,
            require_available: true,
            known_operator_days: 7,
        }
    }

    pub(super) fn check(&self, check: &mut Checks, offer_timeout_seconds: &RangeInclusive<u32>) {
        check.that(
            offer_timeout_seconds.contains(&self.offer_timeout_seconds),
            "queue.offer_timeout_seconds",
            format!("{}..{}", offer_timeout_seconds.start(), offer_timeout_seconds.end()),
        );
        let distinct = self.operators.iter().collect::<BTreeSet<_>>().len();
        check.that(distinct == self.operators.len(), "queue.operators", "each operator once");
        check.that(self.operators.len() <= OPERATORS_MAX, "queue.operators", "at most 1000");
        let days = self.known_operator_days <= KNOWN_OPERATOR_DAYS_MAX;
        check.that(days, "queue.known_operator_days", "0..365");
    }
}

impl LineSettings {
    pub fn offer_timeout(&self) -> SignedDuration {
        SignedDuration::from_secs(self.queue.offer_timeout_seconds.into())
    }

    /// None: nobody is known.
    pub fn known_operator_for(&self) -> Option<SignedDuration> {
        let days = self.queue.known_operator_days;
        (days > 0).then(|| SignedDuration::from_hours(24 * i64::from(days)))
    }
}
