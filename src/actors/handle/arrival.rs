//! What arrives on a channel, and how it becomes durable.

use domain::channel::Channel;
use domain::chat::{Inbound, InboundKind};
use domain::id::{ChannelId, ChatKey, ShardId};

use crate::actors::delivery::PressTaken;
use crate::actors::encode;
use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::parts::{Shared, TooMuch};
use crate::actors::post::Post;
use crate::actors::shard::Bell;
use crate::actors::visitor::chat::chat;
use crate::actors::work::{Answer, Work};
use crate::channels::press;
use crate::store::Unavailable;
use crate::store::op::Submitted;

/// One thing that arrived on a channel and was verified.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub channel: ChannelId,
    /// What makes a repeated delivery recognisable, within the channel.
    pub dedupe: String,
    pub dedupe_seconds: u32,
    pub inbound: Inbound,
}

impl Arrival {
    /// Under which a repeat is recognised.
    pub(crate) fn dedupe_key(&self) -> String {
        format!("{}:{}", self.channel, self.dedupe)
    }

    /// Stores it for whoever runs the shard. Durable when it is accepted.
    pub(crate) async fn put_into_inbox(
        self,
        parts: &Shared,
        shard: ShardId,
    ) -> Result<Submitted, Unavailable> {
        let key = self.dedupe_key();
        let stored = Post::Arrival { channel: self.channel, inbound: self.inbound };
        let (now, bytes) = (parts.clock.now(), encode::document(&stored));
        let submitted = parts.store.submit(shard, key, self.dedupe_seconds, now, bytes).await;
        parts.with_shard(shard, |addr| addr.do_send(Bell));
        submitted
    }
}

/// An arrival that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    Created,
    /// It had arrived before; nothing was written.
    Duplicate,
}

impl Accepted {
    /// What became of what was put into an inbox.
    pub(crate) fn of(submitted: &Result<Submitted, Unavailable>) -> Result<Self, NotStored> {
        match submitted {
            Ok(Submitted::Accepted(_)) => Ok(Self::Created),
            Ok(Submitted::Duplicate) => Ok(Self::Duplicate),
            Ok(Submitted::Full) => Err(NotStored::Full),
            Err(_) => Err(NotStored::Unavailable),
        }
    }
}

impl NodeHandle {
    /// Stores an arrival. Durable when it returns `Ok`.
    pub async fn arrive(&self, arrival: Arrival) -> Result<Accepted, NotStored> {
        if self.parts.is_draining() && !self.is_among_others() {
            return Err(NotStored::Unavailable);
        }
        let directory = self.directory();
        let channel = directory.channels.get(&arrival.channel).ok_or(NotStored::Unavailable)?;
        let channel = channel.value.clone();
        if !self.parts.store.has_room() && self.begins_something(&channel, &arrival).await? {
            return Err(NotStored::Full);
        }
        let is_press = press(&channel.settings, &arrival.inbound).is_some();
        let pressed = is_press.then(|| arrival.inbound.clone());
        let inbound = self.named(&channel, arrival.inbound).await;
        let accepted = self.store_arrival(channel.shard, Arrival { inbound, ..arrival }).await?;
        self.parts.health.arrived(&channel.id, self.parts.clock.now());
        if let (Some(inbound), Some(delivery)) = (pressed, self.parts.delivery.get()) {
            let _too_many = delivery.try_send(PressTaken { channel, inbound });
        }
        Ok(accepted)
    }

    /// Whether an arrival would begin a conversation, as far as it can be told before it is decided.
    async fn begins_something(
        &self,
        channel: &Channel,
        arrival: &Arrival,
    ) -> Result<bool, NotStored> {
        let InboundKind::Message(_) = arrival.inbound.what else { return Ok(false) };
        // One that has arrived before begins nothing again.
        let (store, now) = (&self.parts.store, self.parts.clock.now());
        let known = store.knows(channel.shard, arrival.dedupe_key(), now).await;
        if known.map_err(|_| NotStored::Unavailable)? {
            return Ok(false);
        }
        let key = ChatKey { channel: channel.id.clone(), external: arrival.inbound.chat.clone() };
        Ok(chat(self, &key).await?.is_none_or(|chat| chat.open.is_none()))
    }

    async fn store_arrival(&self, shard: ShardId, arrival: Arrival) -> Result<Accepted, NotStored> {
        // A shard that is just given away may be another's before it answers.
        if !self.runs(shard) || self.parts.is_draining() {
            return Accepted::of(&arrival.put_into_inbox(&self.parts, shard).await);
        }
        let (answer, answered) = Answer::new();
        match self.parts.hand_to(shard, Work::Arrive { arrival, answer }) {
            Some(Ok(())) => answered.await.unwrap_or(Err(NotStored::Unavailable)),
            Some(Err(TooMuch)) => Err(NotStored::Full),
            None => Err(NotStored::Unavailable),
        }
    }
}
