//! People of a story, as the changes that bring them.

use domain::account::SignIn;
use domain::id::OperatorId;
use domain::operator::{Operator, Role, Status};
use jiff::Timestamp;
use switchboard::actors::handle::Change;

/// Who changes what there is.
pub fn chief() -> OperatorId {
    OperatorId::new("chief")
}

/// An operator who is signed in under his own name.
pub fn person(name: &str, now: Timestamp) -> Vec<Change> {
    vec![operator(name, Role::Operator), sign_in(OperatorId::new(name), now)]
}

pub(super) fn sign_in(operator: OperatorId, now: Timestamp) -> Change {
    let (digest, login) = (operator.to_string(), operator.to_string());
    let sign_in = SignIn { operator, login, created_at: now, seen_at: now };
    Change::SignIn { version: 0, digest, sign_in }
}

pub(super) fn operator(name: &str, role: Role) -> Change {
    let operator = Operator {
        id: OperatorId::new(name),
        name: name.to_owned(),
        role,
        supervises: Vec::new(),
        capacity: 0,
        status: Status::Available,
        status_reason: None,
        set_away: false,
        enabled: true,
    };
    Change::Operator { version: 0, operator }
}

/// Names of operators, for settings.
pub fn operators<const N: usize>(names: [&str; N]) -> Vec<OperatorId> {
    names.into_iter().map(OperatorId::new).collect()
}
