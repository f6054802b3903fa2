//! What a Telegram message holds: its text, and one attachment for what is not text.

use domain::entry::Attachment;

use super::super::json::tree::Tree;
use super::super::text::clean_line;
use super::id;

/// Longest name of a file, in characters.
const FILE_NAME_CHARS_MAX: usize = 255;

/// Content that stays a file on the platform, the richer form first: an animation comes with a
/// `document` beside it.
const FILES: [&str; 6] = ["animation", "video", "voice", "video_note", "audio", "document"];

/// Content that is named but not shown.
const OTHERS: [&str; 9] = [
    "poll",
    "dice",
    "story",
    "game",
    "invoice",
    "paid_media",
    "checklist",
    "giveaway",
    "giveaway_winners",
];

/// Notices about the chat itself: nobody wrote them.
const NOTICES: [&str; 40] = [
    "new_chat_members",
    "left_chat_member",
    "chat_owner_left",
    "chat_owner_changed",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "channel_chat_created",
    "message_auto_delete_timer_changed",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "successful_payment",
    "refunded_payment",
    "users_shared",
    "user_shared",
    "chat_shared",
    "connected_website",
    "write_access_allowed",
    "passport_data",
    "proximity_alert_triggered",
    "boost_added",
    "chat_background_set",
    "checklist_tasks_done",
    "checklist_tasks_added",
    "gift",
    "unique_gift",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "giveaway_created",
    "giveaway_completed",
    "video_chat_started",
    "video_chat_ended",
    "web_app_data",
];

/// Text and attachments of a message, or the word under which it is ignored.
pub(super) fn of(message: &Tree<'_>) -> Result<(String, Vec<Attachment>), &'static str> {
    let text = ["text", "caption"].into_iter().filter_map(|field| message[field].as_str());
    let text = text.into_iter().find(|text| !text.is_empty());
    let attachment = attachment(message);
    match (text, attachment) {
        (None, None) if NOTICES.iter().any(|notice| message.get(notice).is_some()) => {
            Err("service_message")
        }
        // Something was written that no field of ours shows: say so instead of losing it.
        (None, None) => Ok((String::new(), vec![other("unsupported")])),
        (text, attachment) => {
            Ok((text.unwrap_or_default().to_owned(), attachment.into_iter().collect()))
        }
    }
}

fn attachment(message: &Tree<'_>) -> Option<Attachment> {
    contact(message)
        .or_else(|| location(message))
        .or_else(|| sticker(&message["sticker"]))
        .or_else(|| FILES.iter().find_map(|what| file(what, &message[*what])))
        .or_else(|| photo(&message["photo"]))
        .or_else(|| OTHERS.iter().find(|what| message.get(what).is_some()).map(|what| other(what)))
}

/// The phone is the customer's own only if the platform says whose contact it is.
fn contact(message: &Tree<'_>) -> Option<Attachment> {
    let contact = message["contact"].as_object()?;
    let field = |name: &str| contact[name].as_str().unwrap_or_default();
    let name = format!("{} {}", field("first_name"), field("last_name"));
    let owner = id(&contact["user_id"]);
    Some(Attachment::Contact {
        name: clean_line(&name, super::NAME_CHARS_MAX),
        phone: clean_line(field("phone_number"), 32),
        own: owner.is_some()
            && owner == id(&message["from"]["id"])
            && !super::group::is_group(message),
    })
}

/// A venue is a location with a title and an address, and comes with the plain one beside it.
fn location(message: &Tree<'_>) -> Option<Attachment> {
    let venue = &message["venue"];
    let place = [&venue["location"], &message["location"]].into_iter().find(|v| v.is_object())?;
    let parts = ["title", "address"].map(|field| venue[field].as_str().unwrap_or_default());
    let title = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    Some(Attachment::Location {
        latitude: place["latitude"].as_f64()?,
        longitude: place["longitude"].as_f64()?,
        title: (!title.is_empty()).then_some(title),
    })
}

/// Animated stickers are no images, so the emoji stands for all of them.
fn sticker(sticker: &Tree<'_>) -> Option<Attachment> {
    let emoji = sticker.as_object()?["emoji"].as_str().unwrap_or_default();
    Some(Attachment::Sticker { emoji: emoji.to_owned() })
}

fn file(what: &str, file: &Tree<'_>) -> Option<Attachment> {
    let file = file.as_object()?;
    let text = |name: &str| file[name].as_str();
    let name = text("file_name").or_else(|| text("title"));
    Some(Attachment::File {
        what: what.to_owned(),
        name: name.map(|name| clean_line(name, FILE_NAME_CHARS_MAX)),
        size_bytes: file["file_size"].as_u64(),
        external_id: text("file_id").map(str::to_owned),
        copy: None,
    })
}

/// A photo comes in several sizes; the largest is the photo.
fn photo(sizes: &Tree<'_>) -> Option<Attachment> {
    let area = |size: &&Tree<'_>| {
        let side = |name: &str| size[name].as_u64().unwrap_or(0);
        side("width").saturating_mul(side("height"))
    };
    file("photo", sizes.as_array()?.iter().max_by_key(area)?)
}

fn other(what: &str) -> Attachment {
    Attachment::Other { what: what.to_owned() }
}
