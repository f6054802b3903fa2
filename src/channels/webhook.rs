//! Our own generic webhook: JSON in and out, signed as Standard Webhooks says.
//!
//! Sources: `docs/WEBHOOK.md` is the promise to integrators; standardwebhooks.com for the headers
//! and the signature; the field names are those of Bitrix24's imconnector. What is genuine but not
//! in the promised form is refused with a JSON pointer, because its author can mend it.

mod form;
mod pointer;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::entry::Correction;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use super::correcting::{self, Correcting};
use super::form::{Form, Is, field};
use super::{
    Acknowledgement, AnswerBody, HookRequest, Item, Outgoing, OutgoingFile, Rejected, SendOutcome,
    Taken, retry_after,
};
use crate::outbound::{Answer, Outbound, Post};

/// Its keys are made by the API.
pub const FORM: Form = Form { kind: "webhook", fields: &[field!("outgoing_url", Is::OptionalUrl)] };

pub const ID_HEADER: &str = "webhook-id";
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
pub const SIGNATURE_HEADER: &str = "webhook-signature";
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";
/// Prefix of a key as it is shown to people; what follows is base64.
pub const KEY_PREFIX: &str = "whsec_";
/// How far the sender's clock may be off, either way.
pub const SKEW_SECONDS_MAX: i64 = 5 * 60;
/// Most signatures looked at in one header.
const SIGNATURES_MAX: usize = 10;
/// Longest id that we take from an answer, in bytes.
const EXTERNAL_ID_BYTES_MAX: usize = 128;

/// One message or a list of them; see `docs/WEBHOOK.md`.
pub(super) fn parse(keys: &[String], request: &HookRequest<'_>) -> Result<Vec<Item>, Rejected> {
    let id = verify(keys, request)?;
    form::read(request.body, (request.header)(IDEMPOTENCY_HEADER).unwrap_or(id))
}

/// Answers the id of the request, which its sender keeps when he repeats it.
fn verify<'a>(keys: &[String], request: &HookRequest<'a>) -> Result<&'a str, Rejected> {
    let header = |name| (request.header)(name).ok_or(Rejected::NotGenuine);
    let (id, timestamp) = (header(ID_HEADER)?, header(TIMESTAMP_HEADER)?);
    let signatures = header(SIGNATURE_HEADER)?;
    let genuine = keys.iter().filter_map(|key| sign(key, id, timestamp, request.body));
    // Every key is tried against every signature, so that time tells nothing about either.
    let mut found = Choice::from(0);
    for expected in genuine {
        for given in signatures.split(' ').take(SIGNATURES_MAX) {
            found |= expected.as_bytes().ct_eq(given.as_bytes());
        }
    }
    let written: i64 = timestamp.parse().map_err(|_| Rejected::NotGenuine)?;
    let skew = request.now.as_second().abs_diff(written);
    let fresh = skew <= SKEW_SECONDS_MAX.unsigned_abs();
    if bool::from(found) && fresh && !id.is_empty() { Ok(id) } else { Err(Rejected::NotGenuine) }
}

/// The signature `v1,<base64>` of one message; none for a key that is empty or not base64.
pub fn sign(key: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    let key = BASE64.decode(key.strip_prefix(KEY_PREFIX).unwrap_or(key)).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok().filter(|_| !key.is_empty())?;
    for piece in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(piece);
    }
    Some(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
}

/// Says of each message whether it was new.
pub(super) fn acknowledge(items: &[Item], taken: &[Taken]) -> Acknowledgement {
    let accepted = items.iter().zip(taken).map(|(item, taken)| {
        let status = match taken {
            Taken::Created => "created",
            Taken::Duplicate => "duplicate",
        };
        json!({ "id": form::external_id(item), "status": status })
    });
    let json = json!({ "accepted": accepted.collect::<Vec<_>>() }).to_string();
    Acknowledgement { status: 202, body: AnswerBody::Json(json) }
}

/// What can be said without sending anything: the receiver is a program of somebody's.
pub(super) fn test(outbound: &Outbound, url: Option<&str>) -> Result<String, String> {
    match url.map(|url| outbound.check(url)) {
        None | Some(Ok(())) => Ok(String::new()),
        Some(Err(fault)) => Err(fault.to_string()),
    }
}

/// Posts the message. The receiver recognises a repeat by its id, so a repeat is always safe.
pub(super) async fn send(
    outbound: &Outbound,
    keys: &[String],
    url: Option<&str>,
    message: &Outgoing<'_>,
) -> SendOutcome {
    let Some(url) = url else {
        let reason = "the channel has no address for outgoing messages".to_owned();
        return SendOutcome::Refused { reason };
    };
    let Some(body) = envelope(message) else {
        let reason = "the hub has no public address from which files could be fetched".to_owned();
        return SendOutcome::Refused { reason };
    };
    post(outbound, keys, url, message.job, &body, message.now).await
}

/// Posts what became of a message: the receiver knows it by conversation and entry, and its own name of it.
pub(super) async fn correct(
    outbound: &Outbound,
    keys: &[String],
    url: Option<&str>,
    correcting: &Correcting<'_>,
) -> SendOutcome {
    let Some(url) = url else {
        let reason = "the channel has no address for outgoing messages".to_owned();
        return SendOutcome::Refused { reason };
    };
    let mut message = json!({
        "date": correcting.written_at.as_second(),
        "conversation": correcting.conversation.as_str(),
        "entry": correcting.entry,
    });
    if !correcting.external_id.is_empty() {
        message["id"] = correcting.external_id.into();
    }
    let kind = match correcting.correction {
        Correction::Edit { text } => {
            message["text"] = text.as_str().into();
            "message_edited"
        }
        Correction::Delete => "message_deleted",
    };
    let data = json!({ "chat": { "id": correcting.chat }, "message": message });
    let body = json!({ "type": kind, "timestamp": correcting.written_at, "data": data });
    post(outbound, keys, url, correcting.job, &body, correcting.now).await
}

/// `id`: by which the receiver recognises a repeat.
async fn post(
    outbound: &Outbound,
    keys: &[String],
    url: &str,
    id: &str,
    body: &Value,
    now: Timestamp,
) -> SendOutcome {
    let (body, timestamp) = (body.to_string(), now.as_second().to_string());
    // All keys sign while one is being changed: the receiver may know either.
    let signed = |key: &String| sign(key, id, &timestamp, body.as_bytes());
    let signatures: Vec<String> = keys.iter().filter_map(signed).collect();
    if signatures.is_empty() {
        return SendOutcome::ChannelDead { reason: "the channel has no signing key".to_owned() };
    }
    let headers = [
        ("content-type", "application/json"),
        (ID_HEADER, id),
        (TIMESTAMP_HEADER, &timestamp),
        (SIGNATURE_HEADER, &signatures.join(" ")),
    ];
    match outbound.post(Post { headers: &headers, ..Post::json(url, body.as_bytes()) }).await {
        Ok(answer) => answered(&answer, now),
        Err(fault) => correcting::unanswered(&fault),
    }
}

/// None: it has files, and there is no address of ours to fetch them from.
fn envelope(message: &Outgoing<'_>) -> Option<Value> {
    let mut data = json!({
        "chat": { "id": message.chat },
        "message": {
            "text": message.text,
            "date": message.written_at.as_second(),
            "conversation": message.conversation.as_str(),
            "entry": message.entry,
        },
    });
    if !message.files.is_empty() {
        let files: Option<Vec<Value>> = message.files.iter().map(file).collect();
        data["message"]["files"] = files?.into();
    }
    if let Some(scale) = message.rating {
        data["message"]["rating"] = json!({ "scale": scale });
    }
    if let Some(author) = message.author {
        data["author"] = json!({ "name": author.name });
        if let Some(picture) = author.picture {
            data["author"]["picture"] = picture.into();
        }
    }
    Some(json!({ "type": "message", "timestamp": message.written_at, "data": data }))
}

fn file(file: &OutgoingFile<'_>) -> Option<Value> {
    let (link, file) = (file.link.as_deref()?, file.file);
    Some(json!({
        "url": link, "name": file.name, "media_type": file.media_type, "size": file.size_bytes,
    }))
}

fn answered(answer: &Answer, now: Timestamp) -> SendOutcome {
    let reason = format!("answered with status {}", answer.status);
    match answer.status {
        200..=299 => SendOutcome::Sent { external_id: given_id(&answer.body) },
        410 => SendOutcome::ChannelDead { reason },
        429 | 500.. => match retry_after(answer, now) {
            Some(wait) => SendOutcome::RetryAfter(wait),
            None => SendOutcome::RetryLater { reason },
        },
        // The receiver asks for the same once more.
        425 => SendOutcome::RetryLater { reason },
        // Redirects are not followed.
        _ => SendOutcome::Refused { reason },
    }
}

/// The receiver may name the message, for later replies: `{"id": "..."}`.
fn given_id(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let id = body.get("id")?.as_str()?;
    (1..=EXTERNAL_ID_BYTES_MAX).contains(&id.len()).then(|| id.to_owned())
}
