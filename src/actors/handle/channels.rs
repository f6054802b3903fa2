//! What people ask of channels: how they are, and whether their settings are good.

use std::sync::Arc;

use domain::channel::Channel;
use domain::chat::Inbound;
use domain::id::ChannelId;
use jiff::Timestamp;

use crate::actors::handle::NodeHandle;
use crate::channels;
use crate::channels::botframework::keys::KeySet;

/// What is known of a channel since this process began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelHealth {
    pub state: ChannelState,
    /// When the last genuine message came in.
    pub arrived_at: Option<Timestamp>,
    /// When the platform last took a message.
    pub sent_at: Option<Timestamp>,
    /// The last thing that went wrong. It may be over.
    pub trouble: Option<ChannelTrouble>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChannelState {
    /// Nothing was heard yet, good or bad.
    #[default]
    Unheard,
    /// Messages come or go.
    Connected,
    /// The platform refuses our token, our rights or our address.
    Broken,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelTrouble {
    pub at: Timestamp,
    /// In the platform's words, without tokens.
    pub reason: String,
}

impl NodeHandle {
    pub fn channel_health(&self, channel: &ChannelId) -> ChannelHealth {
        self.parts().health.of(channel)
    }

    /// Asks the platform about a channel's settings. Answers the account's name there, or why not.
    pub async fn test_channel(&self, channel: &Channel) -> Result<String, String> {
        let parts = self.parts();
        let tested = channels::test(&parts.outbound, &parts.kept, channel, parts.clock.now()).await;
        parts.health.told(&channel.id, &tested, parts.clock.now());
        tested
    }

    /// The keys with which a request may be signed; `header` looks up one of the request's.
    pub async fn keys(
        &self,
        channel: &Channel,
        header: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Arc<KeySet>> {
        let parts = self.parts();
        channels::keys(&parts.outbound, &parts.kept, channel, header, parts.clock.now()).await
    }

    /// With its writer's name, where the platform has to be asked for it.
    pub(crate) async fn named(&self, channel: &Channel, inbound: Inbound) -> Inbound {
        let parts = self.parts();
        let now = parts.clock.now();
        channels::named(&parts.outbound, &parts.kept, channel, inbound, now).await
    }
}
