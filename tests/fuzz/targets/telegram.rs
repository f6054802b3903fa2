//! Whatever a platform delivers with the right secret is taken or ignored, and never a panic.
#![no_main]

use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, LineId, ShardId};
use libfuzzer_sys::fuzz_target;
use switchboard::channels::{self, HookRequest, telegram::SECRET_HEADER};

fuzz_target!(|body: &[u8]| {
    let channel = Channel {
        id: ChannelId::new("bot"),
        name: String::new(),
        line: LineId::new("sales"),
        shard: ShardId(0),
        enabled: true,
        settings: ChannelSettings::Telegram {
            token: "1:a".to_owned(),
            secret: "secret".to_owned(),
            api_base: "https://api.telegram.org".to_owned(),
            polling: false, groups: false
        },
    };
    let header = |name: &str| name.eq_ignore_ascii_case(SECRET_HEADER).then_some("secret");
    let now = "2026-03-02T09:00:00Z".parse().expect("a moment");
    let items = channels::parse(&channel, &HookRequest { header: &header, body, keys: None, now });
    assert_eq!(items.expect("genuine").len(), 1);
});
