//! Files that a bot sends: each is uploaded, then the message names it by its token.
//!
//! Source: dev.max.ru, "Uploading media files" (`POST /uploads`) and the published schema. A token of
//! a picture or file comes with the answer to the upload, that of a video or sound with its address. A
//! file that is not worked through yet is refused as not ready; its token stays good.

use domain::file::StoredFile;
use domain::id::ChannelId;
use serde_json::{Value, json};

use super::super::file::{self, UPLOAD_PATIENCE, not_uploaded, upload_status};
use super::super::kept::Kept;
use super::super::{NOT_UNDERSTOOD, Outgoing, OutgoingFile, Part, SendOutcome};
use super::api::{Bot, Reply, class_of};
use crate::outbound::{Outbound, Upload};

/// Files of one message; the platform allows a few more attachments of all kinds.
const ATTACHED_MAX: usize = 10;

/// As what the platform is given a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Image,
    Video,
    Audio,
    File,
}

impl Kind {
    fn of(file: &StoredFile) -> Self {
        match file.media_type.as_str() {
            "image/jpeg" | "image/png" | "image/gif" | "image/bmp" => Self::Image,
            "video/mp4" | "video/quicktime" | "video/webm" => Self::Video,
            "audio/mpeg" | "audio/m4a" | "audio/ogg" | "audio/opus" | "audio/x-wav" => Self::Audio,
            _ => Self::File,
        }
    }

    /// Pictures and videos stand in one message, all else alone.
    fn goes_with(self, other: Self) -> bool {
        let seen = |kind| matches!(kind, Self::Image | Self::Video);
        seen(self) && seen(other)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::File => "file",
        }
    }
}

pub(super) fn albums(files: &[StoredFile]) -> Vec<Part> {
    file::albums(files, ATTACHED_MAX, |first, next| Kind::of(first).goes_with(Kind::of(next)))
}

/// Uploads the files of one part: its attachments.
pub(super) async fn attach(
    outbound: &Outbound,
    kept: &Kept,
    channel: &ChannelId,
    bot: Bot<'_>,
    message: &Outgoing<'_>,
) -> Result<Vec<Value>, SendOutcome> {
    let uploaded = async |file: &OutgoingFile<'_>| {
        uploaded(outbound, bot, file).await.map(|attachment| attachment.to_string())
    };
    let attachments = file::upload_each(kept, channel, message, uploaded).await?;
    Ok(attachments.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
}

async fn uploaded(
    outbound: &Outbound,
    bot: Bot<'_>,
    file: &OutgoingFile<'_>,
) -> Result<Value, SendOutcome> {
    let kind = Kind::of(file.file);
    match uploaded_as(kind, outbound, bot, file).await {
        Err(SendOutcome::Refused { .. }) if kind != Kind::File => {
            uploaded_as(Kind::File, outbound, bot, file).await
        }
        done => done,
    }
}

async fn uploaded_as(
    kind: Kind,
    outbound: &Outbound,
    bot: Bot<'_>,
    file: &OutgoingFile<'_>,
) -> Result<Value, SendOutcome> {
    let path = format!("/uploads?type={}", kind.word());
    let answer = bot.post(outbound, &path, &json!({})).await;
    let place = bot.reply(&answer.map_err(|fault| not_uploaded(&fault))?);
    if place.status >= 300 {
        return Err(no_place(&place));
    }
    let Some(url) = place.body["url"].as_str() else { return Err(not_understood()) };
    let pieces = [file.piece("data").await?];
    // The address is proof enough, and may lead to another host: the token does not go there.
    let upload =
        Upload { url, headers: &[], fields: &[], pieces: &pieces, patience: UPLOAD_PATIENCE };
    let answer = outbound.upload(upload).await.map_err(|fault| not_uploaded(&fault))?;
    if let Some(outcome) = upload_status(&answer) {
        return Err(outcome);
    }
    let given: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let token = [&given["token"], &place.body["token"]].into_iter().find_map(Value::as_str);
    let payload = match (&given["photos"], token) {
        (photos @ Value::Object(_), _) => json!({ "photos": photos }),
        (_, Some(token)) => json!({ "token": token }),
        (_, None) => return Err(not_understood()),
    };
    Ok(json!({ "type": kind.word(), "payload": payload }))
}

/// Why there is nowhere to upload to. No word of it is about the customer.
fn no_place(reply: &Reply) -> SendOutcome {
    let outcome = class_of(reply);
    if matches!(outcome, SendOutcome::Unreachable { .. }) {
        return SendOutcome::Refused { reason: outcome.into_reason() };
    }
    outcome
}

fn not_understood() -> SendOutcome {
    SendOutcome::RetryLater { reason: NOT_UNDERSTOOD.to_owned() }
}
