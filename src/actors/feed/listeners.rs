//! The consoles that listen on this node: an index of operators, lines and open conversations.
//!
//! Knows whom an event may concern, not who may see what: that is checked again by each session.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix::{Addr, Handler, Message, MessageResponse};
use domain::event::{Audience, FeedEvent};
use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use domain::operator::Role;

use crate::actors::concerned::Concerned;
use crate::actors::directory::Directory;
use crate::actors::feed::{Feed, RightsChanged, SessionKey, drop_from};
use crate::actors::operator_session::OperatorSession;
use crate::actors::taken::Taken;

/// What the feed keeps of a session.
pub(crate) struct Listener {
    pub(crate) operator: OperatorId,
    pub(crate) sign_in: Arc<str>,
    /// One address: each takes three allocations, and there are thousands of listeners.
    pub(crate) session: Addr<OperatorSession>,
}

struct Kept {
    listener: Listener,
    lines: Lines,
    watch: Option<ConversationId>,
}

/// The lines of an operator.
#[derive(Clone, PartialEq, Eq)]
struct Lines {
    /// In whose queue he is, without those that he oversees.
    queues: Vec<LineId>,
    oversees: Vec<LineId>,
}

impl Lines {
    fn of(operator: &OperatorId, directory: &Directory) -> Self {
        let oversees = match directory.operators.get(operator).map(|who| &who.value) {
            Some(who) => match who.role {
                Role::Administrator => directory.lines.keys().cloned().collect(),
                Role::Supervisor => who.supervises.clone(),
                Role::Operator => Vec::new(),
            },
            None => Vec::new(),
        };
        let mut queues = directory.queues_of(operator).to_vec();
        queues.retain(|line| !oversees.contains(line));
        Self { queues, oversees }
    }
}

/// All sessions of operators on this node.
#[derive(Default)]
pub(crate) struct Listeners {
    sessions: BTreeMap<SessionKey, Kept>,
    by_operator: BTreeMap<OperatorId, BTreeSet<SessionKey>>,
    by_queue: BTreeMap<LineId, BTreeSet<SessionKey>>,
    by_overseen: BTreeMap<LineId, BTreeSet<SessionKey>>,
    by_watch: BTreeMap<ConversationId, BTreeSet<SessionKey>>,
    taken: Taken,
    concerned: Concerned,
    next_key: SessionKey,
}

impl Listeners {
    pub(super) fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Listener> {
        self.sessions.values().map(|kept| &kept.listener)
    }

    pub(super) fn get(&self, key: SessionKey) -> Option<&Listener> {
        self.sessions.get(&key).map(|kept| &kept.listener)
    }

    /// Those whom the messages of that customer reach, and those who have the conversation open.
    pub(super) fn near(
        &self,
        conversation: &ConversationId,
        audience: &Audience,
    ) -> impl Iterator<Item = &Listener> {
        let people = audience.0.iter().filter_map(|who| self.by_operator.get(who));
        let watching = self.by_watch.get(conversation);
        let keys: BTreeSet<SessionKey> = people.chain(watching).flatten().copied().collect();
        keys.into_iter().filter_map(|key| self.get(key))
    }

    /// Sessions that an event may concern.
    pub(super) fn meant(&mut self, event: &FeedEvent) -> BTreeSet<SessionKey> {
        let mut keys = BTreeSet::new();
        let mut operators = |ids: &mut dyn Iterator<Item = &OperatorId>| {
            keys.extend(ids.filter_map(|id| self.by_operator.get(id)).flatten());
        };
        match event {
            FeedEvent::Row { row } => {
                operators(&mut row.people());
                operators(&mut self.concerned.no_more(row).iter());
                keys.extend(self.by_overseen.get(&row.line).into_iter().flatten());
                if self.taken.concerns_queue(row) {
                    keys.extend(self.by_queue.get(&row.line).into_iter().flatten());
                }
                keys.extend(self.by_watch.get(&row.conversation).into_iter().flatten());
            }
            FeedEvent::Entry { conversation, audience, .. }
            | FeedEvent::Edited { conversation, audience, .. }
            | FeedEvent::Delivery { conversation, audience, .. }
            | FeedEvent::Copied { conversation, audience, .. }
            | FeedEvent::Deleted { conversation, audience, .. }
            | FeedEvent::Reacted { conversation, audience, .. }
            | FeedEvent::Corrected { conversation, audience, .. } => {
                operators(&mut audience.0.iter());
                keys.extend(self.by_watch.get(conversation).into_iter().flatten());
            }
            FeedEvent::Shared { kind, .. } => {
                if matches!(kind.as_str(), "line" | "channel" | "operator") {
                    keys.extend(self.sessions.keys());
                }
            }
            FeedEvent::Alarm { line, alarm, .. } => {
                operators(&mut alarm.operator().into_iter());
                keys.extend(self.by_overseen.get(line).into_iter().flatten());
            }
            FeedEvent::Load { .. }
            | FeedEvent::Offered { .. }
            | FeedEvent::Records { .. }
            | FeedEvent::Attention { .. }
            | FeedEvent::Chat { .. }
            | FeedEvent::Answered { .. }
            | FeedEvent::Forgotten { .. } => {}
        }
        keys
    }

    /// Something may have happened in the shard of which these sessions were not told.
    pub(crate) fn missed(&mut self, shard: ShardId) {
        self.taken.forget(shard);
    }

    fn attach(&mut self, listener: Listener, directory: &Directory) -> SessionKey {
        let key = self.next_key;
        self.next_key += 1;
        self.by_operator.entry(listener.operator.clone()).or_default().insert(key);
        let lines = Lines::of(&listener.operator, directory);
        self.index(key, &lines);
        self.sessions.insert(key, Kept { listener, lines, watch: None });
        key
    }

    fn detach(&mut self, key: SessionKey) {
        self.watch(key, None);
        let Some(kept) = self.sessions.remove(&key) else { return };
        self.unindex(key, &kept.lines);
        drop_from(&mut self.by_operator, &kept.listener.operator, key);
    }

    fn watch(&mut self, key: SessionKey, conversation: Option<ConversationId>) {
        let Some(kept) = self.sessions.get_mut(&key) else { return };
        let before = std::mem::replace(&mut kept.watch, conversation.clone());
        if let Some(before) = before {
            drop_from(&mut self.by_watch, &before, key);
        }
        if let Some(conversation) = conversation {
            self.by_watch.entry(conversation).or_default().insert(key);
        }
    }

    /// Rights may have changed with a line or an operator: whom it concerns begins anew.
    pub(crate) fn index_all(&mut self, directory: &Directory) {
        for key in self.sessions.keys().copied().collect::<Vec<_>>() {
            let Some(kept) = self.sessions.get_mut(&key) else { continue };
            let lines = Lines::of(&kept.listener.operator, directory);
            if kept.lines == lines {
                continue;
            }
            kept.listener.session.do_send(RightsChanged);
            let before = std::mem::replace(&mut kept.lines, lines.clone());
            self.unindex(key, &before);
            self.index(key, &lines);
        }
    }

    fn index(&mut self, key: SessionKey, lines: &Lines) {
        for line in &lines.queues {
            self.by_queue.entry(line.clone()).or_default().insert(key);
        }
        for line in &lines.oversees {
            self.by_overseen.entry(line.clone()).or_default().insert(key);
        }
    }

    fn unindex(&mut self, key: SessionKey, lines: &Lines) {
        for line in &lines.queues {
            drop_from(&mut self.by_queue, line, key);
        }
        for line in &lines.oversees {
            drop_from(&mut self.by_overseen, line, key);
        }
    }
}

/// A session begins to listen.
#[derive(Message)]
#[rtype(result = "Attached")]
pub(crate) struct Attach(pub(crate) Listener);

/// From now on the session gets its share of everything.
#[derive(Debug, MessageResponse)]
pub(crate) struct Attached {
    pub(crate) key: SessionKey,
}

impl Handler<Attach> for Feed {
    type Result = Attached;

    fn handle(&mut self, attach: Attach, _: &mut Self::Context) -> Attached {
        Attached { key: self.listeners.attach(attach.0, &self.parts.directory.get()) }
    }
}

/// A session ends.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Detach(pub(crate) SessionKey);

impl Handler<Detach> for Feed {
    type Result = ();

    fn handle(&mut self, detach: Detach, _: &mut Self::Context) {
        self.listeners.detach(detach.0);
    }
}

/// A session has a conversation open on its screen that it may read.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Watch {
    pub(crate) key: SessionKey,
    pub(crate) conversation: Option<ConversationId>,
}

impl Handler<Watch> for Feed {
    type Result = ();

    fn handle(&mut self, watch: Watch, _: &mut Self::Context) {
        self.listeners.watch(watch.key, watch.conversation);
    }
}
