//! Who is here: operators with a live socket, and those who lost theirs a moment ago.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::id::OperatorId;
use jiff::{SignedDuration, Timestamp};

/// Sockets of each operator. Kept in memory: after a restart browsers come back by themselves.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    people: Mutex<BTreeMap<OperatorId, Here>>,
}

#[derive(Debug)]
struct Here {
    sockets: usize,
    left_at: Option<Timestamp>,
}

impl Presence {
    /// A socket was opened. `false`: he has as many as he may.
    pub(crate) fn came(&self, operator: &OperatorId, sockets_max: usize) -> bool {
        let mut people = self.lock();
        let here = people.entry(operator.clone()).or_insert(Here { sockets: 0, left_at: None });
        if here.sockets >= sockets_max {
            return false;
        }
        here.sockets += 1;
        here.left_at = None;
        true
    }

    /// A socket was closed. `true`: it was the last one, the grace begins.
    pub(crate) fn left(&self, operator: &OperatorId, now: Timestamp) -> bool {
        let mut people = self.lock();
        let Some(here) = people.get_mut(operator) else { return false };
        here.sockets = here.sockets.saturating_sub(1);
        if here.sockets > 0 {
            return false;
        }
        here.left_at = Some(now);
        true
    }

    /// He was here before this process was started, and may come back within the grace.
    pub(crate) fn was_here(&self, operator: &OperatorId, now: Timestamp) {
        self.lock().entry(operator.clone()).or_insert(Here { sockets: 0, left_at: Some(now) });
    }

    /// Whether he has a live socket, or lost his last one less than the grace ago.
    pub(crate) fn is_present(
        &self,
        operator: &OperatorId,
        now: Timestamp,
        grace: SignedDuration,
    ) -> bool {
        self.lock().get(operator).is_some_and(|here| {
            here.sockets > 0 || here.left_at.is_some_and(|left_at| now < left_at + grace)
        })
    }

    /// When the grace of somebody without a socket ends. None: he has one, or was never here.
    pub(crate) fn grace_ends(
        &self,
        operator: &OperatorId,
        grace: SignedDuration,
    ) -> Option<Timestamp> {
        let people = self.lock();
        let here = people.get(operator).filter(|here| here.sockets == 0)?;
        here.left_at.map(|left_at| left_at + grace)
    }

    /// He signed out: no grace.
    pub(crate) fn gone_for_good(&self, operator: &OperatorId) {
        let mut people = self.lock();
        if people.get(operator).is_some_and(|here| here.sockets == 0) {
            people.remove(operator);
        }
    }

    /// All who are here or were a moment ago.
    pub(crate) fn everybody(&self) -> Vec<OperatorId> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<OperatorId, Here>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
