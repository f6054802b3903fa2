//! The buttons of a rating request: how they look, what they send back, which one was pressed.

use domain::chat::AskedRating;
use domain::id::ConversationId;
use domain::line::RatingScale;
use serde_json::{Value, json};

use super::super::json::tree::Tree;
use super::super::text::clean_line;

/// Longest words of a button that are kept, in characters.
const WORDS_CHARS_MAX: usize = 64;
/// Between the parts of what a button sends back.
const SEPARATOR: char = ':';
const MARK: &str = "rating";

/// What a button stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Button {
    pub(super) value: u8,
    /// None: it was made before buttons said so.
    pub(super) asked: Option<AskedRating>,
}

/// One row of buttons, as `reply_markup` has it. They fit into the platform's 64 bytes: an id takes
/// up to 42.
pub(super) fn keyboard(scale: RatingScale, conversation: &ConversationId) -> Value {
    let button = |words: &str, value: u8| json!({ "text": words, "callback_data": data_of(scale, value, conversation) });
    let row: Vec<Value> = match scale {
        RatingScale::Like => vec![button("👍", 1), button("👎", 0)],
        RatingScale::Stars => (1..=5).map(|stars| button(&format!("{stars} ⭐"), stars)).collect(),
    };
    json!({ "inline_keyboard": [row] })
}

/// What a button sends back; none: the button is none of ours.
///
/// Programs other than the platform's own may send back what they like.
pub(super) fn read(data: &str) -> Option<Button> {
    let mut parts = data.split(SEPARATOR);
    if parts.next() != Some(MARK) {
        return None;
    }
    let (first, second, third) = (parts.next()?, parts.next(), parts.next());
    let scales = [RatingScale::Like, RatingScale::Stars];
    match (second, third, parts.next()) {
        (None, None, None) => {
            let value = digit(first)?;
            let known = scales.iter().any(|scale| scale.allows(value));
            known.then_some(Button { value, asked: None })
        }
        (Some(value), Some(conversation), None) => {
            let scale = scales.into_iter().find(|scale| word(*scale) == first)?;
            let value = digit(value).filter(|value| scale.allows(*value))?;
            let conversation = ConversationId::parse(conversation)?;
            Some(Button { value, asked: Some(AskedRating { conversation, scale }) })
        }
        _ => None,
    }
}

/// What the button says, if the platform still shows the message under which it stands.
pub(super) fn words_of(data: &str, message: &Tree<'_>) -> Option<String> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array()?;
    let mut buttons = rows.iter().filter_map(Tree::as_array).flatten();
    let pressed = buttons.find(|button| button["callback_data"].as_str() == Some(data))?;
    let words = clean_line(pressed["text"].as_str()?, WORDS_CHARS_MAX);
    (!words.is_empty()).then_some(words)
}

fn data_of(scale: RatingScale, value: u8, conversation: &ConversationId) -> String {
    format!("{MARK}{SEPARATOR}{}{SEPARATOR}{value}{SEPARATOR}{conversation}", word(scale))
}

fn word(scale: RatingScale) -> &'static str {
    match scale {
        RatingScale::Like => "like",
        RatingScale::Stars => "stars",
    }
}

/// Written as we write it, and no other way.
fn digit(text: &str) -> Option<u8> {
    let [digit] = text.as_bytes() else { return None };
    char::from(*digit).to_digit(10).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_names_its_conversation_and_scale_in_64_bytes() {
        let id = ConversationId::new("1023-0195512e-0000-7000-8000-000000000001");
        for (scale, values) in [(RatingScale::Like, 0..=1), (RatingScale::Stars, 1..=5)] {
            for value in values {
                let data = data_of(scale, value, &id);
                assert!(data.len() <= 64, "{data}");
                let asked = Some(AskedRating { conversation: id.clone(), scale });
                assert_eq!(read(&data), Some(Button { value, asked }));
            }
        }
    }

    #[test]
    fn what_is_not_ours_is_no_rating() {
        for data in [
            "rating:6",
            "rating:+5",
            "rating:05",
            "rating:like:2:0-a",
            "rating:stars:0:0-a",
            "rating:stars:5:../x",
            "rating:hearts:1:0-a",
            "rating:stars:5",
            "rating:stars:5:0-a:b",
            "vote:5",
            "rating",
            "",
        ] {
            assert_eq!(read(data), None, "{data}");
        }
        assert_eq!(read("rating:5"), Some(Button { value: 5, asked: None }));
    }
}
