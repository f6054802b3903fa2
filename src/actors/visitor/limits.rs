//! How much a visitor, and an address, may do. The bounds are settings of each widget.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::channel::widget::VisitorLimits;
use domain::id::ChannelId;
use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Keys remembered before those that could act again anyway are forgotten.
const KEYS_MAX: usize = 20_000;
const MESSAGES_PERIOD: Duration = Duration::from_secs(10);
const CONVERSATIONS_PERIOD: Duration = Duration::from_hours(1);
/// What costs a reading of the store, of one visitor: sustained, and at once.
const READINGS_PERIOD: Duration = Duration::from_secs(1);
const READINGS: u32 = 10;
/// New visitors of one address.
const STARTS_PERIOD: Duration = Duration::from_mins(1);
const STARTS: u32 = 120;

/// Files that are uploaded at one address.
const UPLOADS_PERIOD: Duration = Duration::from_hours(1);
const UPLOADS: u32 = 120;
/// Files that one visitor looks at: a page that opens shows all its pictures at once.
const FILES_PERIOD: Duration = Duration::from_mins(1);
const FILES: u32 = 300;

/// The limits of all widgets on this node.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<BTreeMap<ChannelId, Arc<OfWidget>>>);

/// Those of one widget, as its settings are now.
#[derive(Debug)]
pub(crate) struct OfWidget {
    settings: VisitorLimits,
    messages: DefaultKeyedRateLimiter<Arc<str>>,
    readings: DefaultKeyedRateLimiter<Arc<str>>,
    conversations: DefaultKeyedRateLimiter<IpAddr>,
    starts: DefaultKeyedRateLimiter<IpAddr>,
    uploads: DefaultKeyedRateLimiter<IpAddr>,
    files: DefaultKeyedRateLimiter<Arc<str>>,
}

/// Too much: so many seconds are to be waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooFast(pub(crate) u64);

impl Limits {
    /// Changed settings begin to count anew.
    pub(crate) fn of(&self, channel: &ChannelId, settings: &VisitorLimits) -> Arc<OfWidget> {
        let mut widgets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = widgets.get(channel).filter(|kept| kept.settings == *settings);
        if let Some(kept) = kept {
            return kept.clone();
        }
        let made = Arc::new(OfWidget::new(settings.clone()));
        widgets.insert(channel.clone(), made.clone());
        made
    }
}

impl OfWidget {
    fn new(settings: VisitorLimits) -> Self {
        let messages = quota(settings.messages_per_10_seconds, MESSAGES_PERIOD);
        let conversations = quota(settings.conversations_per_hour, CONVERSATIONS_PERIOD);
        Self {
            settings,
            messages: RateLimiter::keyed(messages),
            readings: RateLimiter::keyed(quota(READINGS, READINGS_PERIOD)),
            conversations: RateLimiter::keyed(conversations),
            starts: RateLimiter::keyed(quota(STARTS, STARTS_PERIOD)),
            uploads: RateLimiter::keyed(quota(UPLOADS, UPLOADS_PERIOD)),
            files: RateLimiter::keyed(quota(FILES, FILES_PERIOD)),
        }
    }

    /// A visitor writes.
    pub(crate) fn message(&self, visitor: &Arc<str>) -> Result<(), TooFast> {
        attempt(&self.messages, visitor)
    }

    /// A visitor asks, or says that he has read.
    pub(crate) fn reading(&self, visitor: &Arc<str>) -> Result<(), TooFast> {
        attempt(&self.readings, visitor)
    }

    /// A message from that address begins a conversation.
    pub(crate) fn conversation(&self, address: IpAddr) -> Result<(), TooFast> {
        attempt(&self.conversations, &address)
    }

    /// A file is uploaded at that address.
    pub(crate) fn upload(&self, address: IpAddr) -> Result<(), TooFast> {
        attempt(&self.uploads, &address)
    }

    /// A visitor fetches a file.
    pub(crate) fn file(&self, visitor: &Arc<str>) -> Result<(), TooFast> {
        attempt(&self.files, visitor)
    }

    /// A page is opened at that address.
    pub(crate) fn start(&self, address: IpAddr) -> Result<(), TooFast> {
        attempt(&self.starts, &address)
    }
}

/// So many at once, and so many in each period.
fn quota(count: u32, period: Duration) -> Quota {
    let count = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    // None for an empty period only.
    let each = Quota::with_period(period / count.get());
    each.unwrap_or(Quota::per_hour(NonZeroU32::MIN)).allow_burst(count)
}

fn attempt<K: std::hash::Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<(), TooFast> {
    if limiter.len() > KEYS_MAX {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(limiter.clock().now());
        TooFast(wait.as_secs() + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_visitor_and_each_address_has_its_own_measure() {
        let limits = Limits::default();
        let channel = ChannelId::new("c");
        let settings = VisitorLimits { messages_per_10_seconds: 2, conversations_per_hour: 1 };
        let widget = limits.of(&channel, &settings);
        let (one, other): (Arc<str>, Arc<str>) = ("one".into(), "other".into());
        assert_eq!((widget.message(&one), widget.message(&one)), (Ok(()), Ok(())));
        assert!(matches!(widget.message(&one), Err(TooFast(1..=6))));
        assert_eq!(widget.message(&other), Ok(()));
        let (here, there) = (IpAddr::from([1, 1, 1, 1]), IpAddr::from([2, 2, 2, 2]));
        assert_eq!(widget.conversation(here), Ok(()));
        assert!(matches!(widget.conversation(here), Err(TooFast(3_500..=3_601))));
        assert_eq!(widget.conversation(there), Ok(()));
        let kept = limits.of(&channel, &settings);
        assert!(kept.message(&one).is_err(), "it is counted on");
    }
}
