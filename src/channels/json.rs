//! What all platforms share about JSON: ids, moments, files and dedupe keys, read leniently.

pub(super) mod tree;

use std::sync::Arc;

use domain::chat::Inbound;
use domain::entry::Attachment;
use jiff::Timestamp;
use serde_json::Value;

use super::text::clean_line;
use super::{Item, Meaning};

/// Longest id that is taken, in bytes.
const ID_BYTES_MAX: usize = 512;
/// Longest name of a file, in characters.
const FILE_NAME_CHARS_MAX: usize = 255;
/// Longest address of a file, in bytes.
const URL_BYTES_MAX: usize = 4096;

/// What came in, or the word under which it is ignored.
pub(super) type Found = Result<Inbound, &'static str>;

/// An id as text, whether it came as a number or as a text.
pub(super) fn id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        Value::String(text) if (1..=ID_BYTES_MAX).contains(&text.len()) => Some(text.clone()),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => None,
    }
}

/// The first of these that is an id.
pub(super) fn first_id<const N: usize>(values: [&Value; N]) -> Option<String> {
    values.into_iter().find_map(id)
}

/// A text that says something; none for anything else.
pub(super) fn words(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// A moment in seconds, as number or text; 0 is what platforms write when they do not know.
pub(super) fn seconds(value: &Value) -> Option<Timestamp> {
    Timestamp::from_second(count(value)?).ok()
}

/// A moment in milliseconds, as number or text.
pub(super) fn millis(value: &Value) -> Option<Timestamp> {
    Timestamp::from_millisecond(count(value)?).ok()
}

fn count(value: &Value) -> Option<i64> {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    Some(number).filter(|number| *number > 0)
}

/// A file that stayed on the platform; `handle` is what fetches it there.
pub(super) fn file(what: &str, name: &Value, size: &Value, handle: &Value) -> Attachment {
    let name = name.as_str().map(|name| clean_line(name, FILE_NAME_CHARS_MAX));
    let handle = handle.as_str().filter(|handle| handle.len() <= URL_BYTES_MAX);
    Attachment::File {
        what: what.to_owned(),
        name: name.filter(|name| !name.is_empty()),
        size_bytes: size.as_u64().or_else(|| size.as_str()?.parse().ok()),
        external_id: handle.map(str::to_owned),
        copy: None,
    }
}

/// Content that is named but not shown.
pub(super) fn other(what: &str) -> Attachment {
    Attachment::Other { what: what.to_owned() }
}

/// The customer is writing: nothing to store, and never the same twice.
pub(super) fn writing(dedupe: String, dedupe_seconds: u32, chat: String) -> Item {
    let meaning = Meaning::Writing { chat: chat.into() };
    Item { dedupe, dedupe_seconds, account: None, meaning }
}

/// What was found, with the platform's own JSON beside it.
pub(super) fn item(dedupe: String, dedupe_seconds: u32, found: Found, original: &str) -> Item {
    let meaning = match found {
        Ok(inbound) => {
            let original = Some(Arc::from(original));
            Meaning::Inbound(Box::new(Inbound { original, ..inbound }))
        }
        Err(word) => Meaning::Ignored(word),
    };
    Item { dedupe, dedupe_seconds, account: None, meaning }
}
