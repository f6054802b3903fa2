//! Reports of servers that could not deliver a letter of ours.
//!
//! RFC 3464: a part with fields for each recipient, and the letter itself, or its head. Believed only if
//! it gives back a signed id.

use domain::entry::DeliveryState;
use domain::progress::Mark;
use mail_parser::{Message, MimeHeaders as _, PartType};

use super::super::reason;
use super::thread;

/// More of a report is not read.
const REPORT_CHARS_MAX: usize = 64 * 1024;

/// What did not arrive, and why; none: it is no such report, or about no letter of ours.
pub(super) fn read(secret: &str, message: &Message<'_>) -> Option<(Mark, DeliveryState)> {
    if !message.is_content_type("multipart", "report") {
        return None;
    }
    let texts: Vec<String> = message.parts.iter().filter_map(text_of).collect();
    let fields: Vec<(String, &str)> = texts.iter().flat_map(|text| fields_of(text)).collect();
    let field =
        |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
    if !field("action")?.eq_ignore_ascii_case("failed") {
        return None;
    }
    let ids = texts.iter().flat_map(|text| text.split(['<', '>', ' ', '\n']));
    let mark = ids.filter(|word| word.contains('@')).find_map(|id| thread::read(secret, id))?;
    let why = field("diagnostic-code").or_else(|| field("status")).unwrap_or("undeliverable");
    let why = why.split_once(';').map_or(why, |(_kind, words)| words);
    Some((mark, DeliveryState::Failed { reason: reason(why) }))
}

fn text_of(part: &mail_parser::MessagePart<'_>) -> Option<String> {
    let bytes = match &part.body {
        PartType::Text(text) => text.as_bytes(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes,
        PartType::Message(inner) => inner.raw_message(),
        PartType::Html(_) | PartType::Multipart(_) => return None,
    };
    Some(String::from_utf8_lossy(&bytes[..bytes.len().min(REPORT_CHARS_MAX)]).into_owned())
}

/// Fields in one line each, by their names in small letters.
fn fields_of(text: &str) -> impl Iterator<Item = (String, &str)> {
    text.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let plain = name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
        plain.then(|| (name.to_ascii_lowercase(), value.trim()))
    })
}
