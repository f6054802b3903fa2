//! Whatever is signed is taken, or refused with the place that is wrong, and never a panic.
#![no_main]

use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, LineId, ShardId};
use libfuzzer_sys::fuzz_target;
use switchboard::channels::webhook::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use switchboard::channels::{self, HookRequest, Rejected};

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SECONDS: &str = "1772442000";

fuzz_target!(|body: &[u8]| {
    let channel = Channel {
        id: ChannelId::new("form"),
        name: String::new(),
        line: LineId::new("sales"),
        shard: ShardId(0),
        enabled: true,
        settings: ChannelSettings::Webhook { keys: vec![KEY.to_owned()], outgoing_url: None },
    };
    let signature = sign(KEY, "msg-1", SECONDS, body).expect("a key");
    let header = |name: &str| match name.to_ascii_lowercase().as_str() {
        ID_HEADER => Some("msg-1"),
        TIMESTAMP_HEADER => Some(SECONDS),
        SIGNATURE_HEADER => Some(&*signature),
        _ => None,
    };
    let now = "2026-03-02T09:00:00Z".parse().expect("a moment");
    let items = channels::parse(&channel, &HookRequest { header: &header, body, keys: None, now });
    assert_ne!(items, Err(Rejected::NotGenuine));
});
