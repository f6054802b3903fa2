//! Files that a community sends: each is uploaded and saved, then the message names them.
//!
//! Source: dev.vk.com, "Uploading photos to messages", "Uploading documents" and "Voice messages". A
//! photo is JPEG or PNG up to 50 MB, a voice message OGG with Opus; whatever the platform does not
//! take as such it takes as a document, of up to 200 MB.

use domain::file::StoredFile;
use domain::id::ChannelId;
use serde_json::Value;

use super::super::file::{self, UPLOAD_PATIENCE, not_uploaded, upload_status};
use super::super::kept::Kept;
use super::super::{NOT_UNDERSTOOD, Outgoing, OutgoingFile, Part, SendOutcome, reason};
use super::api::{Community, Failed, class_of};
use crate::outbound::{Outbound, Upload};

/// Files of one message.
const ATTACHED_MAX: usize = 10;
const PHOTO_BYTES_MAX: u64 = 50 * 1024 * 1024;

/// As what the platform is given a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Photo,
    Voice,
    Document,
}

impl Kind {
    fn of(file: &StoredFile) -> Self {
        match file.media_type.as_str() {
            "image/jpeg" | "image/png" if file.size_bytes <= PHOTO_BYTES_MAX => Self::Photo,
            "audio/ogg" | "audio/opus" => Self::Voice,
            _ => Self::Document,
        }
    }
}

/// Up to ten files in one message; a voice message stands alone.
pub(super) fn albums(files: &[StoredFile]) -> Vec<Part> {
    let alone = |file: &StoredFile| Kind::of(file) == Kind::Voice;
    file::albums(files, ATTACHED_MAX, |first, next| !alone(first) && !alone(next))
}

/// Whether a text may stand with these.
pub(super) fn take_a_text(files: &[StoredFile]) -> bool {
    files.iter().all(|file| Kind::of(file) != Kind::Voice)
}

/// Uploads the files of one part: what the message says of them.
pub(super) async fn attach(
    outbound: &Outbound,
    kept: &Kept,
    channel: &ChannelId,
    community: Community<'_>,
    message: &Outgoing<'_>,
) -> Result<String, SendOutcome> {
    let uploaded =
        async |file: &OutgoingFile<'_>| uploaded(outbound, community, message.chat, file).await;
    Ok(file::upload_each(kept, channel, message, uploaded).await?.join(","))
}

async fn uploaded(
    outbound: &Outbound,
    community: Community<'_>,
    peer: &str,
    file: &OutgoingFile<'_>,
) -> Result<String, SendOutcome> {
    let kind = Kind::of(file.file);
    match uploaded_as(kind, outbound, community, peer, file).await {
        Err(SendOutcome::Refused { .. }) if kind != Kind::Document => {
            uploaded_as(Kind::Document, outbound, community, peer, file).await
        }
        done => done,
    }
}

async fn uploaded_as(
    kind: Kind,
    outbound: &Outbound,
    community: Community<'_>,
    peer: &str,
    file: &OutgoingFile<'_>,
) -> Result<String, SendOutcome> {
    let server = [("peer_id", peer)];
    let call = async |method: &str, fields: &[(&str, &str)]| {
        community.call(outbound, method, fields).await.map_err(failed)
    };
    match kind {
        Kind::Photo => {
            let place = call("photos.getMessagesUploadServer", &server).await?;
            let given = put(outbound, &place, file, "photo").await?;
            let (server, photo, hash) =
                (written(&given["server"]), written(&given["photo"]), written(&given["hash"]));
            // The server answers a picture that it cannot read with an empty list.
            if photo.is_empty() || photo == "[]" {
                return Err(refused(&given));
            }
            let fields = [("server", &*server), ("photo", &*photo), ("hash", &*hash)];
            let saved = call("photos.saveMessagesPhoto", &fields).await?;
            name_of("photo", &saved[0])
        }
        Kind::Voice | Kind::Document => {
            let word = if kind == Kind::Voice { "audio_message" } else { "doc" };
            let typed = [server[0], ("type", word)];
            let place = call("docs.getMessagesUploadServer", &typed).await?;
            let given = put(outbound, &place, file, "file").await?;
            let name = written(&given["file"]);
            if name.is_empty() {
                return Err(refused(&given));
            }
            let fields = [("file", &*name), ("title", &*file.file.name)];
            let saved = call("docs.save", &fields).await?;
            // Older versions answer a list of documents without their kind.
            let kind = saved["type"].as_str().unwrap_or("doc");
            let thing = if saved.is_array() { &saved[0] } else { &saved[kind] };
            name_of(kind, thing)
        }
    }
}

/// Hands the file to the upload server, whose address is the platform's own.
async fn put(
    outbound: &Outbound,
    place: &Value,
    file: &OutgoingFile<'_>,
    field: &str,
) -> Result<Value, SendOutcome> {
    let Some(url) = place["upload_url"].as_str() else { return Err(failed(Failed::NotUnderstood)) };
    let pieces = [file.piece(field).await?];
    let upload =
        Upload { url, headers: &[], fields: &[], pieces: &pieces, patience: UPLOAD_PATIENCE };
    let answer = outbound.upload(upload).await.map_err(|fault| not_uploaded(&fault))?;
    match upload_status(&answer) {
        Some(outcome) => Err(outcome),
        None => Ok(serde_json::from_slice(&answer.body).unwrap_or_default()),
    }
}

/// `photo<owner>_<id>_<key>`, as a message names it.
fn name_of(kind: &str, saved: &Value) -> Result<String, SendOutcome> {
    let owner_and_id = super::id(&saved["owner_id"]).zip(super::id(&saved["id"]));
    let Some((owner, id)) = owner_and_id else { return Err(failed(Failed::NotUnderstood)) };
    let key = super::id(&saved["access_key"]).map_or_else(String::new, |key| format!("_{key}"));
    Ok(format!("{kind}{owner}_{id}{key}"))
}

/// What the upload server says of a file that it does not take.
fn refused(given: &Value) -> SendOutcome {
    let said = ["error_descr", "error"].iter().find_map(|field| given[*field].as_str());
    SendOutcome::Refused { reason: reason(said.unwrap_or("the platform does not take the file")) }
}

/// A call before the message itself: the customer has seen nothing of it.
fn failed(why: Failed) -> SendOutcome {
    match why {
        Failed::Fault(fault) => not_uploaded(&fault),
        Failed::Wait(wait) => SendOutcome::RetryAfter(wait),
        // The upload is lost, or was not saved in time.
        Failed::Error { code: 22 | 105, reason } => SendOutcome::RetryLater { reason },
        Failed::Error { code, reason } => class_of(code, reason),
        Failed::NotUnderstood => SendOutcome::RetryLater { reason: NOT_UNDERSTOOD.to_owned() },
    }
}

/// A field that comes as a number or as a text, and goes back as it came.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    }
}
