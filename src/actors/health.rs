//! How each channel is: what was last heard of its platform, since this process began.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::ChannelId;
use jiff::Timestamp;

use crate::actors::handle::channels::{ChannelHealth, ChannelState, ChannelTrouble};
use crate::channels::{PollError, SendOutcome};

/// Written by whoever talks to a platform, read by the API.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health(Arc<Mutex<BTreeMap<ChannelId, ChannelHealth>>>);

impl Health {
    fn all(&self) -> MutexGuard<'_, BTreeMap<ChannelId, ChannelHealth>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn of(&self, channel: &ChannelId) -> ChannelHealth {
        self.all().get(channel).cloned().unwrap_or_default()
    }

    /// Its settings were changed: what was wrong with the old ones says nothing of the new ones.
    pub(crate) fn begins_anew(&self, channel: &ChannelId) {
        self.all().remove(channel);
    }

    /// Something genuine came in.
    pub(crate) fn arrived(&self, channel: &ChannelId, now: Timestamp) {
        self.change(channel, |health| {
            health.arrived_at = Some(now);
            health.state = ChannelState::Connected;
        });
    }

    pub(crate) fn sent(&self, channel: &ChannelId, outcome: &SendOutcome, now: Timestamp) {
        match outcome {
            SendOutcome::Sent { .. } => self.change(channel, |health| {
                health.sent_at = Some(now);
                health.state = ChannelState::Connected;
            }),
            SendOutcome::ChannelDead { reason } => self.failed(channel, true, reason, now),
            SendOutcome::RetryLater { reason }
            | SendOutcome::RetryIn { reason, .. }
            | SendOutcome::Refused { reason }
            | SendOutcome::Unknown { reason } => self.failed(channel, false, reason, now),
            // The customer's doing, or the pace of the platform.
            SendOutcome::RetryAfter(_)
            | SendOutcome::Migrated { .. }
            | SendOutcome::Unreachable { .. } => {}
        }
    }

    pub(crate) fn polled(
        &self,
        channel: &ChannelId,
        polled: Result<(), &PollError>,
        now: Timestamp,
    ) {
        match polled {
            Ok(()) => self.change(channel, |health| health.state = ChannelState::Connected),
            Err(PollError::RetryAfter(_)) => {}
            Err(PollError::ChannelDead { reason }) => self.failed(channel, true, reason, now),
            Err(PollError::Conflict { reason } | PollError::RetryLater { reason }) => {
                self.failed(channel, false, reason, now);
            }
        }
    }

    /// What the platform said when it was told how to reach us, or was asked about the settings.
    pub(crate) fn told<T>(&self, channel: &ChannelId, told: &Result<T, String>, now: Timestamp) {
        match told {
            Ok(_) => self.change(channel, |health| {
                if health.state == ChannelState::Broken {
                    health.state = ChannelState::Unheard;
                }
            }),
            Err(reason) => self.failed(channel, true, reason, now),
        }
    }

    fn failed(&self, channel: &ChannelId, is_broken: bool, reason: &str, now: Timestamp) {
        self.change(channel, |health| {
            if is_broken {
                health.state = ChannelState::Broken;
            }
            health.trouble = Some(ChannelTrouble { at: now, reason: reason.to_owned() });
        });
    }

    fn change(&self, channel: &ChannelId, change: impl FnOnce(&mut ChannelHealth)) {
        change(self.all().entry(channel.clone()).or_default());
    }
}
