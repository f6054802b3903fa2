//! What a browser sends is a frame that can be written again, or none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard::protocol::ClientFrame;

fuzz_target!(|text: &str| {
    let Ok(frame) = serde_json::from_str::<ClientFrame>(text) else { return };
    let again = serde_json::to_string(&frame).expect("a frame");
    assert_eq!(serde_json::from_str::<ClientFrame>(&again).expect("the same"), frame);
});
