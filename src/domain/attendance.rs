//! When operators were there: what is remembered of their coming and going.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::OperatorId;
use crate::operator::{Operator, Status};

/// From then on an operator stands like this, until the next record of his.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceRecord {
    pub at: Timestamp,
    pub operator: OperatorId,
    #[serde(flatten)]
    pub attends: Attends,
}

/// How somebody stands before the queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attends {
    pub state: Attendance,
    /// Conversations at a time over all lines; 0: unlimited.
    pub capacity: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attendance {
    Available,
    /// Here, and takes no new offers.
    Busy,
    /// Here, and counts as gone: he says so.
    Away,
    /// Counts as gone because he missed offers.
    SetAway,
    /// Not here, or disabled.
    Offline,
}

impl Attends {
    /// `present`: a live session, or one lost less than the grace ago.
    pub fn of(operator: &Operator, present: bool) -> Self {
        let state = match operator.status {
            _ if !operator.enabled || !present => Attendance::Offline,
            Status::Available => Attendance::Available,
            Status::Busy => Attendance::Busy,
            Status::Away if operator.set_away => Attendance::SetAway,
            Status::Away => Attendance::Away,
        };
        Self { state, capacity: operator.capacity }
    }

    pub fn is_offline(self) -> bool {
        self.state == Attendance::Offline
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::Role;

    #[test]
    fn who_is_not_here_is_offline_whatever_he_says() {
        for (status, state) in [
            (Status::Available, Attendance::Available),
            (Status::Busy, Attendance::Busy),
            (Status::Away, Attendance::Away),
        ] {
            let mut operator = Operator {
                id: OperatorId::new("anna"),
                name: "Anna".to_owned(),
                role: Role::Operator,
                supervises: Vec::new(),
                capacity: 3,
                status,
                status_reason: None,
                set_away: false,
                enabled: true,
            };
            assert_eq!(Attends::of(&operator, true), Attends { state, capacity: 3 });
            operator.set_away = status == Status::Away;
            let set_away = Attends::of(&operator, true).state == Attendance::SetAway;
            assert_eq!(set_away, status == Status::Away);
            assert!(Attends::of(&operator, false).is_offline());
            operator.enabled = false;
            assert!(Attends::of(&operator, true).is_offline());
        }
    }
}
