//! Telling platforms where to deliver, and asking those that do not.

use std::sync::Arc;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use domain::channel::Channel;
use domain::id::ChannelId;

use crate::actors::delivery::ChannelMended;
use crate::actors::node::Node;
use crate::actors::poller::{Poller, StopPolling};
use crate::channels;

/// Pause before a platform that could not be told is told again.
const CONNECT_AGAIN: Duration = Duration::from_mins(5);

impl Node {
    pub(super) fn channel_changed(&mut self, id: &ChannelId, ctx: &mut Context<Self>) {
        self.parts.health.begins_anew(id);
        self.reconnect(id, ctx);
    }

    fn reconnect(&mut self, id: &ChannelId, ctx: &mut Context<Self>) {
        if let Some(delivery) = self.parts.delivery.get() {
            delivery.do_send(ChannelMended(id.clone()));
        }
        if let Some(poller) = self.pollers.remove(id) {
            poller.do_send(StopPolling);
        }
        if self.connecting.contains(id) {
            self.connect_again.insert(id.clone());
        } else {
            self.connect(id.clone(), ctx);
        }
    }

    /// Tells the platform where to deliver, or that we ask; then asks. One call at a time for a
    /// channel, so that the last change is what stands.
    fn connect(&mut self, id: ChannelId, ctx: &mut Context<Self>) {
        let directory = self.parts.directory.get();
        let channel = directory.channels.get(&id).map(|found| found.value.clone());
        let ours = |channel: &Arc<Channel>| channel.enabled && self.parts.serves(channel.shard);
        let Some(channel) = channel.filter(ours) else { return };
        let hook = self.parts.settings.public_url.as_ref().map(|url| format!("{url}/hooks/{id}"));
        self.connecting.insert(id);
        let (parts, told) = (self.parts.clone(), channel.clone());
        let told = async move { channels::connect(&parts.outbound, &told, hook.as_deref()).await };
        ctx.spawn(told.into_actor(self).map(move |told, node, ctx| {
            node.connected(&channel, told, ctx);
        }));
    }

    fn connected(
        &mut self,
        channel: &Arc<Channel>,
        told: Result<(), String>,
        ctx: &mut Context<Self>,
    ) {
        let id = channel.id.clone();
        self.connecting.remove(&id);
        self.parts.health.told(&id, &told, self.parts.clock.now());
        if self.connect_again.remove(&id) {
            return self.connect(id, ctx);
        }
        if !self.parts.serves(channel.shard) {
            return;
        }
        if let Some(poller) = Poller::start_for(channel, &self.parts) {
            self.pollers.insert(id.clone(), poller);
        }
        if let Err(reason) = told {
            tracing::error!(channel = %id, reason, "the platform was not told how to reach us");
            ctx.run_later(CONNECT_AGAIN, move |node, ctx| node.reconnect(&id, ctx));
        }
    }
}
