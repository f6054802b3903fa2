//! The visitors of sites who are here: who is told that something stirs in which chat.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix::{Addr, Handler, Message, MessageResponse};
use bytestring::ByteString;
use domain::event::{Audience, FeedEvent};
use domain::id::{ChatKey, ConversationId};

use crate::actors::encode;
use crate::actors::feed::tail::TailEvent;
use crate::actors::feed::{Aside, Feed, FeedBatch, GoAway, SessionKey, drop_from};
use crate::actors::visitor::VisitorSession;
use crate::protocol::ServerFrame;

/// Sockets of one chat; a page more gets none and polls.
const SOCKETS_OF_CHAT_MAX: usize = 10;

/// Something that the visitor may read has changed in his chat: what was read of the feed at once says this
/// of the conversation, of which he may read a part. Nothing: it is not known what.
#[derive(Clone, Debug, Default, Message)]
#[rtype(result = "()")]
pub(crate) struct Stirred(pub(crate) Arc<Vec<Arc<TailEvent>>>);

/// Whoever answers the visitor is writing.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct IsTyping;

/// What the feed keeps of a visitor's session.
pub(crate) struct VisitorListener {
    pub(crate) chat: ChatKey,
    pub(crate) session: Addr<VisitorSession>,
}

struct Kept {
    listener: VisitorListener,
    /// The conversation that is on his page.
    reads: Option<ConversationId>,
}

/// All sessions of visitors on this node.
#[derive(Default)]
pub(super) struct Visitors {
    sessions: BTreeMap<SessionKey, Kept>,
    by_chat: BTreeMap<ChatKey, BTreeSet<SessionKey>>,
    by_conversation: BTreeMap<ConversationId, BTreeSet<SessionKey>>,
    next_key: SessionKey,
}

impl Visitors {
    /// Tells those whom it concerns.
    pub(super) fn stir(&self, batch: &FeedBatch) {
        if self.sessions.is_empty() {
            return;
        }
        let mut here = BTreeMap::new();
        for event in &batch.events {
            if let FeedEvent::Chat { chat, conversation, .. } = &event.event
                && let Some(keys) = self.by_chat.get(chat)
            {
                here.insert(conversation, (keys, Vec::new()));
            }
        }
        for event in &batch.events {
            if let Some((_, events)) = told_of(&event.event).and_then(|of| here.get_mut(of)) {
                events.push(event.clone());
            }
        }
        for (keys, events) in here.into_values() {
            let stirred = Stirred(Arc::new(events));
            for kept in keys.iter().filter_map(|key| self.sessions.get(key)) {
                kept.listener.session.do_send(stirred.clone());
            }
        }
    }

    /// Events were missed: whatever is on the pages may be old.
    pub(super) fn stir_all(&self) {
        for kept in self.sessions.values() {
            kept.listener.session.do_send(Stirred::default());
        }
    }

    pub(super) fn send_away(&self) {
        for kept in self.sessions.values() {
            kept.listener.session.do_send(GoAway);
        }
    }

    fn attach(&mut self, listener: VisitorListener) -> Option<SessionKey> {
        let of_chat = self.by_chat.entry(listener.chat.clone()).or_default();
        if of_chat.len() >= SOCKETS_OF_CHAT_MAX {
            return None;
        }
        let key = self.next_key;
        self.next_key += 1;
        of_chat.insert(key);
        self.sessions.insert(key, Kept { listener, reads: None });
        Some(key)
    }

    fn detach(&mut self, key: SessionKey) {
        self.reads(key, None);
        let Some(kept) = self.sessions.remove(&key) else { return };
        drop_from(&mut self.by_chat, &kept.listener.chat, key);
    }

    fn reads(&mut self, key: SessionKey, conversation: Option<ConversationId>) {
        let Some(kept) = self.sessions.get_mut(&key) else { return };
        let before = std::mem::replace(&mut kept.reads, conversation.clone());
        if let Some(before) = before {
            drop_from(&mut self.by_conversation, &before, key);
        }
        if let Some(conversation) = conversation {
            self.by_conversation.entry(conversation).or_default().insert(key);
        }
    }

    fn types(&self, conversation: &ConversationId) {
        let keys = self.by_conversation.get(conversation).into_iter().flatten();
        for kept in keys.filter_map(|key| self.sessions.get(key)) {
            kept.listener.session.do_send(IsTyping);
        }
    }
}

/// The conversation in which something happened that its customer's page may have to know.
fn told_of(event: &FeedEvent) -> Option<&ConversationId> {
    match event {
        FeedEvent::Row { row } => Some(&row.conversation),
        FeedEvent::Entry { conversation, .. }
        | FeedEvent::Edited { conversation, .. }
        | FeedEvent::Delivery { conversation, .. }
        | FeedEvent::Copied { conversation, .. }
        | FeedEvent::Deleted { conversation, .. }
        | FeedEvent::Reacted { conversation, .. }
        | FeedEvent::Corrected { conversation, .. }
        | FeedEvent::Chat { conversation, .. } => Some(conversation),
        FeedEvent::Shared { .. }
        | FeedEvent::Records { .. }
        | FeedEvent::Load { .. }
        | FeedEvent::Offered { .. }
        | FeedEvent::Attention { .. }
        | FeedEvent::Answered { .. }
        | FeedEvent::Forgotten { .. }
        | FeedEvent::Alarm { .. } => None,
    }
}

/// A visitor's session begins to listen.
#[derive(Message)]
#[rtype(result = "VisitorAttached")]
pub(crate) struct AttachVisitor(pub(crate) VisitorListener);

/// None: too many pages of this chat are open.
#[derive(Clone, Copy, Debug, MessageResponse)]
pub(crate) struct VisitorAttached(pub(crate) Option<SessionKey>);

impl Handler<AttachVisitor> for Feed {
    type Result = VisitorAttached;

    fn handle(&mut self, attach: AttachVisitor, _: &mut Self::Context) -> VisitorAttached {
        VisitorAttached(self.visitors.attach(attach.0))
    }
}

/// A visitor's session ends.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct DetachVisitor(pub(crate) SessionKey);

impl Handler<DetachVisitor> for Feed {
    type Result = ();

    fn handle(&mut self, detach: DetachVisitor, _: &mut Self::Context) {
        self.visitors.detach(detach.0);
    }
}

/// A visitor has that conversation on his page.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct VisitorReads {
    pub(crate) key: SessionKey,
    pub(crate) conversation: Option<ConversationId>,
}

impl Handler<VisitorReads> for Feed {
    type Result = ();

    fn handle(&mut self, reads: VisitorReads, _: &mut Self::Context) {
        self.visitors.reads(reads.key, reads.conversation);
    }
}

/// Somebody is writing in a conversation. Is told to those who are there, and forgotten.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) enum Typing {
    /// Whoever has it: his customer is told, if he is on a page of ours.
    Operator(ConversationId),
    /// The customer: those are told whom his messages reach, and who has the conversation on the
    /// screen.
    Customer { conversation: ConversationId, audience: Audience },
}

impl Handler<Typing> for Feed {
    type Result = ();

    fn handle(&mut self, typing: Typing, _: &mut Self::Context) {
        match typing {
            Typing::Operator(conversation) => self.visitors.types(&conversation),
            Typing::Customer { conversation, audience } => {
                let typing = ServerFrame::Typing { conversation: conversation.clone() };
                let frame: ByteString = encode::frame(&typing);
                for listener in self.listeners.near(&conversation, &audience) {
                    listener.session.do_send(Aside(frame.clone()));
                }
            }
        }
    }
}
