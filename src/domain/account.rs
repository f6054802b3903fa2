//! How a person proves who he is, as stored.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::OperatorId;

/// A login; stored under the login in lower case, so that each is taken once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub operator: OperatorId,
    /// PHC string of Argon2id. Never leaves the process.
    pub password_hash: String,
}

/// A signed-in browser; stored under the SHA-256 of its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    pub operator: OperatorId,
    pub login: String,
    pub created_at: Timestamp,
    /// Renewed in steps, not at every request.
    pub seen_at: Timestamp,
}

impl SignIn {
    /// Whether it was unused for `idle`, or is as old as `absolute`.
    pub fn has_ended(
        &self,
        idle: SignedDuration,
        absolute: SignedDuration,
        now: Timestamp,
    ) -> bool {
        now.duration_since(self.seen_at) >= idle || now.duration_since(self.created_at) >= absolute
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_ends_unused_or_old() {
        let at = |hour| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        let (idle, absolute) = (SignedDuration::from_hours(12), SignedDuration::from_hours(168));
        for (seen, now, ended) in
            [(0, 11, false), (0, 12, true), (167, 167, false), (167, 168, true)]
        {
            let sign_in = SignIn {
                operator: OperatorId::new("anna"),
                login: "anna".to_owned(),
                created_at: at(0),
                seen_at: at(seen),
            };
            assert_eq!(sign_in.has_ended(idle, absolute, at(now)), ended, "{seen} {now}");
        }
    }
}
