//! The buttons of a rating request: how they look, what they send back, which one was pressed.

use domain::line::RatingScale;
use serde_json::{Value, json};

use super::super::text::clean_line;

/// Longest words of a button that are kept, in characters.
const WORDS_CHARS_MAX: usize = 64;

/// One row of buttons, as `reply_markup` has it.
pub(super) fn keyboard(scale: RatingScale) -> Value {
    let button = |words: &str, value: u8| json!({ "text": words, "callback_data": data_of(value) });
    let row: Vec<Value> = match scale {
        RatingScale::Like => vec![button("👍", 1), button("👎", 0)],
        RatingScale::Stars => (1..=5).map(|stars| button(&format!("{stars} ⭐"), stars)).collect(),
    };
    json!({ "inline_keyboard": [row] })
}

/// The value that a button sends back; none: the button is none of ours.
///
/// Programs other than the platform's own may send back what they like.
pub(super) fn value_of(data: &str) -> Option<u8> {
    let scales = [RatingScale::Like, RatingScale::Stars];
    let allowed = |value: &u8| scales.iter().any(|scale| scale.allows(*value));
    (0..=u8::MAX).filter(allowed).find(|value| data_of(*value) == data)
}

/// What the button says, if the platform still shows the message under which it stands.
pub(super) fn words_of(data: &str, message: &Value) -> Option<String> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array()?;
    let mut buttons = rows.iter().filter_map(Value::as_array).flatten();
    let pressed = buttons.find(|button| button["callback_data"] == data)?;
    let words = clean_line(pressed["text"].as_str()?, WORDS_CHARS_MAX);
    (!words.is_empty()).then_some(words)
}

fn data_of(value: u8) -> String {
    format!("rating:{value}")
}
