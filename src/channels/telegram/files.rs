//! Files of Telegram: where a customer's lies, and how ours are sent.
//!
//! Source: the Bot API reference, "Sending files", `sendMediaGroup` and `getFile`: a bot is given up
//! to 20 MB and may send 50 MB, photos 10 MB, voice messages 1 MB.

use std::time::Duration;

use domain::file::StoredFile;
use serde_json::{Value, json};

use super::super::file::{self, UPLOAD_PATIENCE};
use super::super::{FileSource, NoFile, Outgoing, OutgoingFile, Part, SendOutcome};
use super::Bot;
use super::api::{Reply, addressed, came_to};
use crate::outbound::{ANSWER_BYTES_MAX, Fault, Outbound, Piece, Upload};

/// Longest text under a file, in UTF-16 units.
pub(super) const CAPTION_UTF16_MAX: usize = 1024;
/// Files of one album.
const ALBUM_MAX: usize = 10;
const PHOTO_BYTES_MAX: u64 = 10 * 1024 * 1024;
const VOICE_BYTES_MAX: u64 = 1024 * 1024;

/// How the platform is to show a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Photo,
    Video,
    Animation,
    Audio,
    Voice,
    Document,
}

impl Kind {
    fn of(file: &StoredFile) -> Self {
        match file.media_type.as_str() {
            "image/jpeg" | "image/png" | "image/webp" if file.size_bytes <= PHOTO_BYTES_MAX => {
                Self::Photo
            }
            "image/gif" => Self::Animation,
            "video/mp4" => Self::Video,
            "audio/mpeg" | "audio/m4a" => Self::Audio,
            "audio/ogg" | "audio/opus" if file.size_bytes <= VOICE_BYTES_MAX => Self::Voice,
            _ => Self::Document,
        }
    }

    /// The field and, in an album, the type.
    fn word(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Video => "video",
            Self::Animation => "animation",
            Self::Audio => "audio",
            Self::Voice => "voice",
            Self::Document => "document",
        }
    }

    fn method(self) -> &'static str {
        match self {
            Self::Photo => "sendPhoto",
            Self::Video => "sendVideo",
            Self::Animation => "sendAnimation",
            Self::Audio => "sendAudio",
            Self::Voice => "sendVoice",
            Self::Document => "sendDocument",
        }
    }

    /// Photos and videos stand in one album; audio and documents only among their own.
    fn goes_with(self, other: Self) -> bool {
        match self {
            Self::Photo | Self::Video => matches!(other, Self::Photo | Self::Video),
            Self::Audio | Self::Document => self == other,
            Self::Animation | Self::Voice => false,
        }
    }
}

/// Neighbours that go together, without a text yet.
pub(super) fn albums(files: &[StoredFile]) -> Vec<Part> {
    let together =
        |first: &StoredFile, next: &StoredFile| Kind::of(first).goes_with(Kind::of(next));
    file::albums(files, ALBUM_MAX, together)
}

/// Sends the files of one part, with the text under the first.
pub(super) async fn send(outbound: &Outbound, bot: Bot<'_>, message: &Outgoing<'_>) -> SendOutcome {
    let [single] = message.files else {
        return send_album(outbound, bot, message).await;
    };
    let kind = Kind::of(single.file);
    let outcome = send_single(outbound, bot, message, single, kind).await;
    // The platform does not take every picture as a photo; as a file it takes all.
    if kind != Kind::Document && matches!(outcome, SendOutcome::Refused { .. }) {
        return send_single(outbound, bot, message, single, Kind::Document).await;
    }
    outcome
}

async fn send_single(
    outbound: &Outbound,
    bot: Bot<'_>,
    message: &Outgoing<'_>,
    file: &OutgoingFile<'_>,
    kind: Kind,
) -> SendOutcome {
    let piece = match file.piece(kind.word()).await {
        Ok(piece) => piece,
        Err(outcome) => return outcome,
    };
    let mut fields = addressed(message.chat);
    if !message.text.is_empty() {
        fields.push(("caption", message.text));
    }
    upload(outbound, bot, kind.method(), &fields, &[piece]).await
}

async fn send_album(outbound: &Outbound, bot: Bot<'_>, message: &Outgoing<'_>) -> SendOutcome {
    let mut pieces = Vec::with_capacity(message.files.len());
    let mut media = Vec::with_capacity(message.files.len());
    for (index, file) in message.files.iter().enumerate() {
        let field = format!("file{index}");
        let kind = Kind::of(file.file).word();
        let mut item = json!({ "type": kind, "media": format!("attach://{field}") });
        if index == 0 && !message.text.is_empty() {
            item["caption"] = message.text.into();
        }
        media.push(item);
        match file.piece(&field).await {
            Ok(piece) => pieces.push(piece),
            Err(outcome) => return outcome,
        }
    }
    let media = Value::from(media).to_string();
    let mut fields = addressed(message.chat);
    fields.push(("media", &media));
    upload(outbound, bot, "sendMediaGroup", &fields, &pieces).await
}

async fn upload(
    outbound: &Outbound,
    bot: Bot<'_>,
    method: &str,
    fields: &[(&str, &str)],
    pieces: &[Piece],
) -> SendOutcome {
    let url = match bot.address("bot", method) {
        Ok(url) => url,
        Err(fault) => return came_to(Err(fault), bot),
    };
    let upload = Upload { url: &url, headers: &[], fields, pieces, patience: UPLOAD_PATIENCE };
    came_to(outbound.upload(upload).await, bot)
}

/// Asks where a file lies. The answer holds for an hour.
pub(crate) async fn locate(
    outbound: &Outbound,
    bot: Bot<'_>,
    handle: &str,
) -> Result<FileSource, NoFile> {
    let body = json!({ "file_id": handle });
    let answer = bot.call(outbound, "getFile", &body, Duration::ZERO, ANSWER_BYTES_MAX).await;
    let reply = match answer {
        Ok(answer) => Reply::read(&answer, bot),
        Err(Fault::Forbidden(why)) => return Err(NoFile::Gone { reason: why.to_owned() }),
        Err(fault @ (Fault::NeverSent(_) | Fault::PerhapsSent(_))) => {
            return Err(NoFile::RetryLater { reason: fault.to_string() });
        }
    };
    let reason = reply.description.clone();
    match reply.code {
        200..=299 if reply.ok => {
            let path = reply.result["file_path"].as_str().filter(|path| is_plain(path));
            let url = path.and_then(|path| bot.address("file/bot", path).ok());
            let gone = || NoFile::Gone { reason: "the answer names no file".to_owned() };
            url.map(FileSource::at).ok_or_else(gone)
        }
        429 => Err(match reply.retry_after {
            Some(wait) => NoFile::RetryAfter(wait),
            None => NoFile::RetryLater { reason },
        }),
        400 if reason.contains("too big") => Err(NoFile::TooLarge),
        400 => Err(NoFile::Gone { reason }),
        _ => Err(NoFile::RetryLater { reason }),
    }
}

/// A path below the bot's own folder, and nothing else.
fn is_plain(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'.');
    !path.starts_with('/') && !path.contains("..") && path.bytes().all(plain)
}
