//! What the browser gets of what happens: events that its operator may see, in frames from one
//! position to the next.

use std::sync::Arc;

use actix::Context;
use domain::event::FeedEvent;
use domain::id::{LineId, ShardId};
use domain::operator::{Operator, Role};
use domain::permission::{Action, may};

use crate::actors::encode::{self, Place};
use crate::actors::feed::Share;
use crate::actors::feed::tail::TailEvent;
use crate::actors::handle::Deliver;
use crate::actors::operator_session::OperatorSession;
use crate::protocol::{ErrorCode, Event, FeedPosition, POSITIONS_MAX, ServerFrame};
use crate::store::MEMORY_HIGH;

impl OperatorSession {
    /// Hands on what is behind the browser's place.
    pub(super) fn take_share(&mut self, share: Share, ctx: &mut Context<Self>) {
        let at = self.progress.at(share.shard);
        if self.progress.is_full() {
            return self.send_away(ctx);
        }
        let new = |event: &Arc<TailEvent>| event.place.position > at.position;
        let events: Vec<_> = share.events.into_iter().filter(new).collect();
        if share.to.position > at.position {
            self.hand_over(share.shard, share.to, &events);
        }
    }

    pub(super) fn hand_over(&mut self, shard: ShardId, to: Place, events: &[Arc<TailEvent>]) {
        self.check_watch(events);
        let directory = self.node.directory();
        let Some(who) = directory.operators.get(&self.operator).map(|found| &*found.value) else {
            return;
        };
        let queues = directory.queues_of(&self.operator);
        let visible = events.iter().filter_map(|event| self.shown(who, queues, &event.event));
        let events = visible.collect();
        let from = encode::feed_position(shard, self.progress.at(shard));
        let to_text = encode::feed_position(shard, to);
        let frame = encode::frame(&ServerFrame::Events { shard, from, to: to_text, events });
        self.progress.handed(shard, to, frame.len(), self.node.clock().now());
        self.socket.deliver.do_send(Deliver(vec![frame]));
    }

    /// An event as this browser gets it; none: it does not.
    fn shown(&self, who: &Operator, queues: &[LineId], event: &FeedEvent) -> Option<Event> {
        let is_for_him = match event {
            FeedEvent::Row { row } if !may(who, queues, Action::SeeRow(row)) => {
                return Some(encode::gone(row));
            }
            FeedEvent::Row { .. } => true,
            FeedEvent::Load { .. }
            | FeedEvent::Offered { .. }
            | FeedEvent::Records { .. }
            | FeedEvent::Attention { .. }
            | FeedEvent::Chat { .. }
            | FeedEvent::Answered { .. }
            | FeedEvent::Forgotten { .. } => false,
            FeedEvent::Alarm { line, alarm, .. } => {
                let is_meant = alarm.operator() == Some(&self.operator);
                is_meant || may(who, queues, Action::SeeLine(line))
            }
            FeedEvent::Entry { conversation, audience, .. }
            | FeedEvent::Edited { conversation, audience, .. }
            | FeedEvent::Delivery { conversation, audience, .. }
            | FeedEvent::Copied { conversation, audience, .. }
            | FeedEvent::Deleted { conversation, audience, .. }
            | FeedEvent::Reacted { conversation, audience, .. }
            | FeedEvent::Corrected { conversation, audience, .. } => {
                let watches = self.watch.as_ref() == Some(conversation);
                watches || audience.0.contains(&self.operator)
            }
            FeedEvent::Shared { .. } => may(who, queues, Action::SeeDirectory),
        };
        is_for_him.then(|| encode::shown(event)).flatten()
    }

    /// How full the memory of the store is, if that concerns him.
    pub(super) fn memory_to_be_seen(&self) -> Option<u8> {
        let percent = self.node.parts().store.memory_percent();
        let minds = |who: Arc<Operator>| who.role == Role::Administrator;
        percent.filter(|percent| *percent >= MEMORY_HIGH && self.who().is_some_and(minds))
    }

    pub(super) fn acknowledged(&mut self, positions: &[FeedPosition]) {
        if positions.len() > POSITIONS_MAX {
            return self.error(ErrorCode::BadFrame, "too many positions");
        }
        self.progress.acknowledged(&positions.iter().filter_map(encode::parse_position).collect());
    }
}
