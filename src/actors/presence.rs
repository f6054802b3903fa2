//! Who is here: operators with a live socket on any node, and those who lost theirs a moment ago.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::id::{ConversationId, OperatorId};
use jiff::{SignedDuration, Timestamp};

use crate::cluster::presence::{Announced, Elsewhere, Side, Stand, Writing};
use crate::store::op::{InstanceId, Member};

/// Sockets of each operator. Kept in memory: after a restart browsers come back by themselves.
#[derive(Debug, Default)]
pub(crate) struct Presence(Mutex<Everywhere>);

#[derive(Debug, Default)]
struct Everywhere {
    /// Those of this node.
    people: BTreeMap<OperatorId, Here>,
    /// Who is writing here.
    writing: Writing,
    /// Where customers stand who wait in lines of this node.
    waiting: BTreeMap<ConversationId, Stand>,
    elsewhere: Elsewhere,
}

/// What a new socket says of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// He had none at this node.
    First,
    /// He was here already.
    WithOthers,
}

#[derive(Debug)]
struct Here {
    sockets: usize,
    left_at: Option<Timestamp>,
}

impl Everywhere {
    fn has_socket(&self, operator: &OperatorId) -> bool {
        self.people.get(operator).is_some_and(|here| here.sockets > 0)
            || self.elsewhere.is_here(operator)
    }

    /// When he lost his last socket.
    fn left_at(&self, operator: &OperatorId) -> Option<Timestamp> {
        let here = self.people.get(operator).and_then(|here| here.left_at);
        here.max(self.elsewhere.left_at(operator))
    }
}

impl Presence {
    /// A socket was opened. None: he has as many as he may.
    pub(crate) fn came(&self, operator: &OperatorId, sockets_max: usize) -> Option<Came> {
        let mut all = self.lock();
        let here = all.people.entry(operator.clone()).or_insert(Here { sockets: 0, left_at: None });
        if here.sockets >= sockets_max {
            return None;
        }
        let came = if here.sockets == 0 { Came::First } else { Came::WithOthers };
        here.sockets += 1;
        here.left_at = None;
        all.elsewhere.forget(operator);
        Some(came)
    }

    /// A socket was closed. `true`: it was the last one here, the grace begins.
    pub(crate) fn left(&self, operator: &OperatorId, now: Timestamp) -> bool {
        let mut all = self.lock();
        let Some(here) = all.people.get_mut(operator) else { return false };
        here.sockets = here.sockets.saturating_sub(1);
        if here.sockets > 0 {
            return false;
        }
        here.left_at = Some(now);
        true
    }

    /// He was here before this process was started, and may come back within the grace.
    pub(crate) fn was_here(&self, operator: &OperatorId, now: Timestamp) {
        let here = Here { sockets: 0, left_at: Some(now) };
        self.lock().people.entry(operator.clone()).or_insert(here);
    }

    /// Whether he has a live socket, or lost his last one less than the grace ago.
    pub(crate) fn is_present(
        &self,
        operator: &OperatorId,
        now: Timestamp,
        grace: SignedDuration,
    ) -> bool {
        let all = self.lock();
        all.has_socket(operator)
            || all.left_at(operator).is_some_and(|left_at| now < left_at + grace)
    }

    /// When the grace of somebody without a socket ends. None: he has one, or was never here.
    pub(crate) fn grace_ends(
        &self,
        operator: &OperatorId,
        grace: SignedDuration,
    ) -> Option<Timestamp> {
        let all = self.lock();
        let left_at = all.left_at(operator).filter(|_| !all.has_socket(operator))?;
        Some(left_at + grace)
    }

    /// He signed out: no grace.
    pub(crate) fn gone_for_good(&self, operator: &OperatorId) {
        let mut all = self.lock();
        if all.people.get(operator).is_some_and(|here| here.sockets == 0) {
            all.people.remove(operator);
            all.elsewhere.forget(operator);
        }
    }

    /// All who are here or were a moment ago.
    pub(crate) fn everybody(&self) -> Vec<OperatorId> {
        self.lock().people.keys().cloned().collect()
    }

    /// What the other nodes are to know: who is here, and who may still come back.
    pub(crate) fn announced(&self, now: Timestamp, grace: SignedDuration) -> Announced {
        let all = self.lock();
        let here = all.people.iter().filter(|(_, here)| here.sockets > 0);
        let left = all.people.iter().filter_map(|(operator, here)| {
            let left_at = here.left_at.filter(|left_at| now < *left_at + grace)?;
            Some((operator.clone(), left_at))
        });
        Announced {
            here: here.map(|(id, _)| id.clone()).collect(),
            left: left.collect(),
            writing: all.writing.clone(),
            waiting: all.waiting.clone(),
        }
    }

    /// Somebody here wrote at something a moment ago.
    pub(crate) fn writes(&self, side: Side, conversation: &ConversationId, now: Timestamp) {
        self.lock().writing.note(side, conversation, now);
    }

    /// Takes where customers stand who wait here. Answers whether it is news.
    pub(crate) fn wait_here(&self, waiting: BTreeMap<ConversationId, Stand>) -> bool {
        let mut all = self.lock();
        let is_news = all.waiting != waiting;
        all.waiting = waiting;
        is_news
    }

    /// Who writes on other nodes, of whom nobody here was told yet.
    pub(crate) fn writing_elsewhere(&self) -> Vec<(Side, ConversationId)> {
        self.lock().elsewhere.writing()
    }

    /// Where somebody stands who waits in a line of another node.
    pub(crate) fn stands_elsewhere(&self, conversation: &ConversationId) -> Option<Stand> {
        self.lock().elsewhere.stand(conversation)
    }

    /// Takes what the other nodes say. Answers whose presence may be another than before.
    pub(crate) fn take(
        &self,
        me: &InstanceId,
        members: &[Member],
        now: Timestamp,
    ) -> BTreeSet<OperatorId> {
        self.lock().elsewhere.take(me, members, now)
    }

    fn lock(&self) -> MutexGuard<'_, Everywhere> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
