//! Deadlines of conversations, by time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::id::ConversationId;

/// How often one conversation is woken at the same moment. One that wants more is broken and
/// sleeps until something else comes in.
const FIRED_AT_ONCE_MAX: u32 = 16;

#[derive(Debug, Default)]
pub(super) struct Timers {
    by_time: BTreeSet<(Timestamp, ConversationId)>,
    by_conversation: BTreeMap<ConversationId, Timestamp>,
    /// Which one was woken last, when, and how often at that moment.
    last: Option<(ConversationId, Timestamp, u32)>,
}

impl Timers {
    pub(super) fn set(&mut self, conversation: &ConversationId, at: Option<Timestamp>) {
        if let Some(before) = self.by_conversation.remove(conversation) {
            self.by_time.remove(&(before, conversation.clone()));
        }
        if let Some(at) = at {
            self.by_conversation.insert(conversation.clone(), at);
            self.by_time.insert((at, conversation.clone()));
        }
    }

    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes the earliest one that has come. The step that follows sets it anew.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<ConversationId> {
        self.by_time.first().filter(|(at, _)| *at <= now)?;
        let (_, conversation) = self.by_time.pop_first()?;
        self.by_conversation.remove(&conversation);
        Some(conversation)
    }

    /// The conversation has been woken.
    pub(super) fn fired(&mut self, conversation: &ConversationId, now: Timestamp) {
        let times = match &self.last {
            Some((last, at, times)) if last == conversation && *at == now => times + 1,
            Some(_) | None => 1,
        };
        self.last = Some((conversation.clone(), now, times));
        let is_due = self.by_conversation.get(conversation).is_some_and(|at| *at <= now);
        if is_due && times >= FIRED_AT_ONCE_MAX {
            self.set(conversation, None);
        }
    }
}
