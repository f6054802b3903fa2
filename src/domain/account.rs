//! How a person proves who he is, as stored.

use jiff::Timestamp;
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
