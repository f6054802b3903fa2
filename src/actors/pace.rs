//! How fast may be sent: a bucket for each chat and one for each channel, as their platforms allow.
//!
//! Pure: the moment is an argument. A bucket is the moment at which it is full again.

use std::collections::BTreeMap;

use domain::id::{ChannelId, ChatKey};
use jiff::{SignedDuration, Timestamp};

use crate::channels::{Pace, Rate};

/// Buckets of chats that are kept before those that are full again are dropped.
const CHATS_MAX: usize = 4_096;

/// All buckets.
#[derive(Debug, Default)]
pub(crate) struct Paces {
    channels: BTreeMap<ChannelId, Timestamp>,
    chats: BTreeMap<ChatKey, Timestamp>,
}

impl Paces {
    /// Takes `messages` out of both buckets. `Err`: not before that moment, and nothing was taken.
    pub(crate) fn take(
        &mut self,
        pace: &Pace,
        chat: &ChatKey,
        messages: u32,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let of_channel = self.channels.get(&chat.channel).copied().unwrap_or(now).max(now);
        let of_chat = self.chats.get(chat).copied().unwrap_or(now).max(now);
        let earliest =
            earliest(pace.channel.as_ref(), of_channel).max(earliest(pace.chat.as_ref(), of_chat));
        if earliest > now {
            return Err(earliest);
        }
        if let Some(rate) = &pace.channel {
            self.channels.insert(chat.channel.clone(), of_channel + cost(rate, messages));
        }
        if let Some(rate) = &pace.chat {
            self.chats.insert(chat.clone(), of_chat + cost(rate, messages));
        }
        if self.chats.len() > CHATS_MAX {
            self.chats.retain(|_, full_at| *full_at > now);
        }
        Ok(())
    }
}

/// When the next message fits.
fn earliest(rate: Option<&Rate>, full_at: Timestamp) -> Timestamp {
    rate.map_or(Timestamp::MIN, |rate| full_at - cost(rate, rate.burst.saturating_sub(1)))
}

fn cost(rate: &Rate, messages: u32) -> SignedDuration {
    SignedDuration::try_from(rate.every.saturating_mul(messages)).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const PACE: Pace = Pace {
        chat: Some(Rate { every: Duration::from_secs(1), burst: 2 }),
        channel: Some(Rate { every: Duration::from_millis(100), burst: 3 }),
    };

    fn chat(external: &str) -> ChatKey {
        ChatKey { channel: ChannelId::new("bot"), external: external.into() }
    }

    /// Milliseconds after the beginning at which each is sent.
    fn sent(paces: &mut Paces, chats: &[&str]) -> Vec<i64> {
        let begin = Timestamp::UNIX_EPOCH;
        let mut now = begin;
        let send = |external: &&str| {
            while let Err(later) = paces.take(&PACE, &chat(external), 1, now) {
                assert!(later > now, "it waits for nothing");
                now = later;
            }
            now.duration_since(begin).as_millis().try_into().expect("a short time")
        };
        chats.iter().map(send).collect()
    }

    #[test]
    fn a_chat_has_its_burst_and_then_its_rate() {
        assert_eq!(sent(&mut Paces::default(), &["a"; 5]), [0, 0, 1_000, 2_000, 3_000]);
    }

    #[test]
    fn chats_of_a_channel_share_its_rate() {
        let chats = ["a", "b", "c", "d", "e"];
        assert_eq!(sent(&mut Paces::default(), &chats), [0, 0, 0, 100, 200]);
    }

    #[test]
    fn an_album_costs_as_many_messages_as_it_has() {
        let (mut paces, now) = (Paces::default(), Timestamp::UNIX_EPOCH);
        assert_eq!(paces.take(&PACE, &chat("a"), 10, now), Ok(()));
        let later = now + SignedDuration::from_secs(9);
        assert_eq!(paces.take(&PACE, &chat("a"), 1, now), Err(later));
    }

    #[test]
    fn what_has_no_rate_never_waits() {
        let (mut paces, now) = (Paces::default(), Timestamp::UNIX_EPOCH);
        let free = Pace { chat: None, channel: None };
        assert!((0..1_000).all(|_| paces.take(&free, &chat("a"), 1, now).is_ok()));
    }
}
