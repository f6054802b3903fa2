//! People who work in the console.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::{LineId, OperatorId};

/// Allowed `capacity`; 0 means unlimited.
pub const CAPACITY_MAX: u32 = 1_000;
pub const NAME_CHARS_MAX: usize = 100;
pub const STATUS_REASON_CHARS_MAX: usize = 100;
/// Offers that run out sooner after each other are missed once. An offer lasts that long at least,
/// unless the configuration says otherwise: two made one after the other are two misses.
const ONE_MISS: SignedDuration = SignedDuration::from_mins(1);
/// Misses in a row after which somebody is not here, whatever he says.
const MISSES_MAX: u32 = 2;

/// A person, as stored. His password is in the account, apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    pub id: OperatorId,
    pub name: String,
    pub role: Role,
    /// Lines a supervisor oversees. An operator's lines follow from the queues he is in.
    #[serde(default)]
    pub supervises: Vec<LineId>,
    /// Conversations at a time over all lines; 0 = unlimited.
    pub capacity: u32,
    pub status: Status,
    /// Why, in his own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// He was set away because he missed offers; the notice stands until he sets his status.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub set_away: bool,
    pub enabled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Operator,
    Supervisor,
    Administrator,
}

/// What the person says of himself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Available,
    /// No new offers; keeps his conversations.
    Busy,
    /// As if offline.
    Away,
}

/// How an operator is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// Away, signed out, or offline beyond the grace.
    Absent,
    Disabled,
}

impl Operator {
    /// Whether he may do what administrators may.
    pub fn administers(&self) -> bool {
        self.enabled && self.role == Role::Administrator
    }

    /// How he is gone, if he is: who is merely busy keeps his offers.
    pub fn departure(&self, present: bool) -> Option<Departure> {
        if !self.enabled {
            return Some(Departure::Disabled);
        }
        match self.status {
            Status::Away => Some(Departure::Absent),
            Status::Available | Status::Busy => (!present).then_some(Departure::Absent),
        }
    }

    /// Whether he may be offered conversations while `present` (a live session, or one lost less
    /// than the grace ago).
    pub fn is_available(&self, present: bool) -> bool {
        self.enabled && present && self.status == Status::Available
    }
}

/// The offers that an operator missed in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Misses {
    count: u32,
    last: Option<Timestamp>,
    /// What he says of himself, and whether he was set away.
    says: Option<(Status, bool)>,
}

impl Misses {
    /// One more offer ran out. Answers whether he is to be set away for it.
    pub fn missed(&mut self, at: Timestamp) -> bool {
        let together = self.last.is_some_and(|last| at.duration_since(last).abs() < ONE_MISS);
        if !together {
            self.count += 1;
            self.last = Some(at);
        }
        self.count >= MISSES_MAX
    }

    /// He answered an offer: he is awake.
    pub fn answered(&mut self) {
        (self.count, self.last) = (0, None);
    }

    /// Takes the operator as he is now. Whoever sets his status is awake.
    pub fn sees(&mut self, operator: &Operator) {
        let says = (operator.status, operator.set_away);
        if self.says.replace(says).is_some_and(|before| before != says) {
            self.answered();
        }
    }
}
