//! How long a customer may wait for an answer of whoever has his conversation.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::line::{Checks, LineSettings, Zero};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerSettings {
    /// Of open hours. 0: off.
    pub limit_seconds: u32,
    pub rule: AnswerRule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerRule {
    /// The operator and the supervisors see and hear it.
    Alert,
    /// An operator who has not written a word loses the conversation; another one is alerted.
    Requeue,
}

impl Default for AnswerSettings {
    fn default() -> Self {
        Self { limit_seconds: 600, rule: AnswerRule::Requeue }
    }
}

impl AnswerSettings {
    pub(super) fn check(&self, check: &mut Checks) {
        check.seconds("answer.limit_seconds", self.limit_seconds, Zero::Allowed, 30..=86_400);
    }
}

impl LineSettings {
    pub fn answer_limit(&self) -> Option<SignedDuration> {
        let limit = self.answer.limit_seconds;
        (limit > 0).then(|| SignedDuration::from_secs(limit.into()))
    }
}
