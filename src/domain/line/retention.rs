//! How long closed conversations are kept.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::line::{Checks, LineSettings};

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

impl LineSettings {
    /// How long a conversation is kept after its close; none: for ever.
    pub fn kept_for(&self) -> Option<SignedDuration> {
        let days = i64::from(self.retention.days);
        (days > 0).then(|| SignedDuration::from_hours(24 * days))
    }
}
