//! The conversation on the screen: its entries come, and what is new there was read.

use std::sync::Arc;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use domain::event::{FeedEvent, Row};
use domain::id::ConversationId;
use domain::permission::{Action, may};

use crate::actors::feed::listeners::Watch;
use crate::actors::feed::tail::TailEvent;
use crate::actors::operator_session::OperatorSession;

impl OperatorSession {
    /// Entries of a conversation come while it is on the screen, to those who may read it.
    pub(super) fn watch(&mut self, conversation: Option<ConversationId>, ctx: &mut Context<Self>) {
        let Some(key) = self.key else { return };
        let Some(id) = conversation else {
            self.watch = None;
            return self.node.feed_send(Watch { key, conversation: None });
        };
        let node = self.node.clone();
        let under_way = node.parts().at_work.begin();
        let row = async move { (node.row(&id).await.map(|row| (id, row)), under_way) };
        // Frames are understood in their order: what follows waits for the store.
        ctx.wait(row.into_actor(self).map(move |(found, _under_way), session, _| {
            let Some((id, row)) = found else { return };
            if session.may_read(&row) {
                session.watch = Some(id.clone());
                session.node.feed_send(Watch { key, conversation: Some(id) });
                session.reads(&row);
            }
        }));
    }

    /// Who may no longer read what he watches, watches nothing.
    pub(super) fn check_watch(&mut self, events: &[Arc<TailEvent>]) {
        let watched = events.iter().rev().find_map(|event| {
            let FeedEvent::Row { row } = &event.event else { return None };
            (self.watch.as_ref() == Some(&row.conversation)).then_some(row)
        });
        if let (Some(row), Some(key)) = (watched, self.key)
            && !self.may_read(row)
        {
            self.watch = None;
            self.node.feed_send(Watch { key, conversation: None });
        }
        if let Some(row) = watched {
            self.reads(row);
        }
    }

    /// What is new in the conversation on the screen was read, if it is this operator's.
    fn reads(&mut self, row: &Row) {
        let is_on_screen = self.watch.as_ref() == Some(&row.conversation);
        let is_mine = row.operator.as_ref() == Some(&self.operator);
        let newest = (row.conversation.clone(), row.last_entry);
        if !is_on_screen || !is_mine || self.read.as_ref() == Some(&newest) {
            return;
        }
        let (conversation, _) = self.read.insert(newest).clone();
        let (node, operator) = (self.node.clone(), self.operator.clone());
        let under_way = node.parts().at_work.begin();
        actix::spawn(async move {
            node.operator_reads(&conversation, &operator).await;
            drop(under_way);
        });
    }

    fn may_read(&self, row: &Row) -> bool {
        let directory = self.node.directory();
        let queues = directory.queues_of(&self.operator);
        self.who().is_some_and(|who| may(&who, queues, Action::ReadConversation(row)))
    }
}
