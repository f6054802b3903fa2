//! What a `WhatsApp` message holds, by its type.

use domain::entry::Attachment;
use serde_json::Value;

use super::super::json::{file, id, other, words};
use super::super::text::{NAME_CHARS_MAX, clean_line};

/// Contacts of one message that are kept.
const CONTACTS_MAX: usize = 10;

/// Text and attachments; `phone` is the writer's own, if it is known.
pub(super) fn of(message: &Value, phone: Option<&str>) -> (String, Vec<Attachment>) {
    let kind = message["type"].as_str().unwrap_or_default();
    let thing = &message[kind];
    let caption = words(&thing["caption"]).unwrap_or_default().to_owned();
    let media = |what: &str| (caption.clone(), vec![media(what, thing)]);
    match kind {
        "text" => said(&thing["body"]),
        "button" => said(&thing["text"]),
        "interactive" => interactive(thing),
        "image" => media("photo"),
        "video" => media("video"),
        "audio" if thing["voice"] == true => media("voice"),
        "audio" => media("audio"),
        "document" => media("document"),
        "sticker" => (String::new(), vec![Attachment::Sticker { emoji: String::new() }]),
        "location" => place(thing),
        "contacts" => contacts(thing, phone),
        "" | "unsupported" | "unknown" => (String::new(), vec![other("unsupported")]),
        named => (caption, vec![other(&named.chars().take(32).collect::<String>())]),
    }
}

/// A text, or a word for something that has none.
fn said(text: &Value) -> (String, Vec<Attachment>) {
    match words(text) {
        Some(text) => (text.to_owned(), Vec::new()),
        None => (String::new(), vec![other("unsupported")]),
    }
}

/// What stands on the button, or a form that was filled in.
fn interactive(thing: &Value) -> (String, Vec<Attachment>) {
    let titles = [&thing["button_reply"]["title"], &thing["list_reply"]["title"]];
    match titles.into_iter().find_map(words) {
        Some(title) => (title.to_owned(), Vec::new()),
        None => said(&thing["nfm_reply"]["response_json"]),
    }
}

fn media(what: &str, thing: &Value) -> Attachment {
    file(what, &thing["filename"], &Value::Null, &thing["id"])
}

fn place(thing: &Value) -> (String, Vec<Attachment>) {
    let (latitude, longitude) = (thing["latitude"].as_f64(), thing["longitude"].as_f64());
    let Some((latitude, longitude)) = latitude.zip(longitude) else {
        return (String::new(), vec![other("location")]);
    };
    let title = ["name", "address"].iter().filter_map(|field| words(&thing[*field]));
    let title = title.collect::<Vec<_>>().join(", ");
    let title = Some(title).filter(|title| !title.is_empty());
    (String::new(), vec![Attachment::Location { latitude, longitude, title }])
}

/// Each with his first phone; the writer's own is known by the platform's number of it.
fn contacts(list: &Value, phone: Option<&str>) -> (String, Vec<Attachment>) {
    let list = list.as_array().into_iter().flatten().take(CONTACTS_MAX);
    let contact = |contact: &Value| {
        let first = &contact["phones"][0];
        let own = id(&first["wa_id"]);
        let name = words(&contact["name"]["formatted_name"]).unwrap_or_default();
        Attachment::Contact {
            name: clean_line(name, NAME_CHARS_MAX),
            phone: clean_line(first["phone"].as_str().unwrap_or_default(), 32),
            own: own.is_some() && own.as_deref() == phone,
        }
    };
    let mut attachments: Vec<_> = list.map(contact).collect();
    if attachments.is_empty() {
        attachments.push(other("contact"));
    }
    (String::new(), attachments)
}
