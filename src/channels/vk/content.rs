//! What a VK message holds: its text, and an attachment for each thing that is not text.

use domain::entry::Attachment;
use serde_json::Value;

use super::super::json::{file, other, words};

/// Most attachments of one message that are kept; the platform allows ten.
const ATTACHMENTS_MAX: usize = 20;
/// How deep forwarded messages are looked into.
const FORWARDS_DEPTH_MAX: usize = 3;

/// Text and attachments, or the word under which it is ignored.
pub(super) fn of(message: &Value) -> Result<(String, Vec<Attachment>), &'static str> {
    let mut texts = Vec::new();
    let mut attachments = Vec::new();
    collect(message, 0, &mut texts, &mut attachments);
    if texts.is_empty() && attachments.is_empty() {
        if message["action"].is_object() {
            return Err("service_message");
        }
        // Something was written that no field of ours shows: say so instead of losing it.
        attachments.push(other("unsupported"));
    }
    attachments.truncate(ATTACHMENTS_MAX);
    Ok((texts.join("\n"), attachments))
}

/// The message itself, then what it forwards, marked as such.
fn collect(message: &Value, depth: usize, texts: &mut Vec<String>, found: &mut Vec<Attachment>) {
    if let Some(text) = words(&message["text"]) {
        let quoted = || text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n");
        texts.push(if depth == 0 { text.to_owned() } else { quoted() });
    }
    let attached = message["attachments"].as_array().into_iter().flatten();
    found.extend(attached.take(ATTACHMENTS_MAX).map(attachment));
    found.extend(place(&message["geo"]));
    if depth < FORWARDS_DEPTH_MAX {
        let forwarded = message["fwd_messages"].as_array().into_iter().flatten();
        for forwarded in forwarded.take(ATTACHMENTS_MAX) {
            collect(forwarded, depth + 1, texts, found);
        }
    }
}

fn attachment(attached: &Value) -> Attachment {
    let kind = attached["type"].as_str().unwrap_or_default();
    let thing = &attached[kind];
    let nothing = &Value::Null;
    match kind {
        "photo" => file("photo", nothing, nothing, largest(&thing["sizes"])),
        "doc" => file("document", &thing["title"], &thing["size"], &thing["url"]),
        "audio_message" => file("voice", nothing, nothing, &thing["link_ogg"]),
        "audio" => file("audio", &thing["title"], nothing, &thing["url"]),
        "graffiti" => file("photo", nothing, nothing, &thing["url"]),
        // The file of a video is not given out, only its page.
        "video" => file("video", &thing["title"], nothing, nothing),
        "sticker" => Attachment::Sticker { emoji: String::new() },
        "" => other("unsupported"),
        named => other(&named.chars().take(32).collect::<String>()),
    }
}

/// A photo comes in several sizes; the largest is the photo.
fn largest(sizes: &Value) -> &Value {
    let area = |size: &&Value| {
        let side = |name: &str| size[name].as_u64().unwrap_or(0);
        side("width").saturating_mul(side("height"))
    };
    let largest = sizes.as_array().into_iter().flatten().max_by_key(area);
    largest.map_or(&Value::Null, |size| &size["url"])
}

fn place(geo: &Value) -> Option<Attachment> {
    Some(Attachment::Location {
        latitude: geo["coordinates"]["latitude"].as_f64()?,
        longitude: geo["coordinates"]["longitude"].as_f64()?,
        title: words(&geo["place"]["title"]).map(str::to_owned),
    })
}
