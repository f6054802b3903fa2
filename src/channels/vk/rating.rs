//! What stands in `payload`: our mark on what we send, and the values of rating buttons.

use domain::line::RatingScale;
use serde_json::{Value, json};

/// The field of a payload that is ours.
const OURS: &str = "switchboard";

/// The mark of a message that we send: VK reports it back with an echo.
pub(super) fn mark() -> String {
    json!({ OURS: "sent" }).to_string()
}

pub(super) fn is_marked(payload: &Value) -> bool {
    ours(payload).is_some()
}

/// One row of buttons under the message. Pressed, one writes its words as a message.
pub(super) fn keyboard(scale: RatingScale) -> Value {
    let button = |words: &str, value: u8| {
        let payload = json!({ OURS: value }).to_string();
        json!({ "action": { "type": "text", "label": words, "payload": payload } })
    };
    let row: Vec<Value> = match scale {
        RatingScale::Like => vec![button("👍", 1), button("👎", 0)],
        RatingScale::Stars => (1..=5).map(|stars| button(&format!("{stars} ⭐"), stars)).collect(),
    };
    json!({ "inline": true, "buttons": [row] })
}

/// The value that a button sends back; none: it is none of ours.
pub(super) fn value_of(payload: &Value) -> Option<u8> {
    let value = u8::try_from(ours(payload)?.as_u64()?).ok()?;
    [RatingScale::Like, RatingScale::Stars].iter().any(|s| s.allows(value)).then_some(value)
}

/// A payload comes as JSON in a text, or as the JSON itself.
fn ours(payload: &Value) -> Option<Value> {
    let parsed;
    let fields = match payload.as_str() {
        Some(text) => {
            parsed = serde_json::from_str::<Value>(text).ok()?;
            &parsed
        }
        None => payload,
    };
    fields.get(OURS).cloned()
}
