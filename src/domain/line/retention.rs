//! How long closed conversations are kept.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::conversation::Conversation;
use crate::line::Checks;

const DAYS_MAX: u32 = 3_650;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSettings {
    /// After the close. 0: for ever.
    pub days: u32,
}

impl RetentionSettings {
    pub(super) fn check(&self, check: &mut Checks) {
        check.that(self.days <= DAYS_MAX, "retention.days", format!("0..{DAYS_MAX}"));
    }
}

impl RetentionSettings {
    /// Whether conversations are kept for a while only.
    pub fn ends(&self) -> bool {
        self.days > 0
    }

    /// Whether the time of a conversation is over: it was closed so many days of 24 hours ago.
    pub fn has_ended(&self, conversation: &Conversation, now: Timestamp) -> bool {
        let kept = SignedDuration::from_hours(24 * i64::from(self.days));
        let closed_at = conversation.closed_at().filter(|_| self.ends());
        closed_at.is_some_and(|at| now.duration_since(at) >= kept)
    }
}
