//! Files between a platform and us: where to fetch one, and one on its way out.

use std::time::Duration;

use bytes::Bytes;
use domain::channel::Channel;
use domain::file::StoredFile;
use domain::id::{ChannelId, FileId};
use jiff::Timestamp;

use super::account::Account;
use super::kept::{Kept, Uploaded};
use super::sending::{asked_to_wait, one_by_one};
use super::{Outgoing, Part, SendOutcome, botframework, telegram, whatsapp};
use crate::files::{Files, Owner};
use crate::outbound::{Answer, Fault, Outbound, Piece};

/// For the bytes of a file on their way to a platform.
pub(super) const UPLOAD_PATIENCE: Duration = Duration::from_mins(2);

/// Where a customer's file can be fetched.
#[derive(Clone, PartialEq, Eq)]
pub enum FileSource {
    /// Over the guarded way out. Neither is ever logged: the address may hold a token.
    Address { url: String, headers: Vec<(&'static str, String)> },
    /// The visitor uploaded it to us, for this chat.
    Uploaded(FileId),
}

impl FileSource {
    /// An address that needs no further proof.
    pub(super) fn at(url: impl Into<String>) -> Self {
        Self::Address { url: url.into(), headers: Vec::new() }
    }
}

/// Why a file cannot be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoFile {
    /// The platform has it no longer, or never gives it: not asked again.
    #[error("gone: {reason}")]
    Gone { reason: String },
    /// It is larger than the platform gives.
    #[error("too large")]
    TooLarge,
    #[error("asked to wait")]
    RetryAfter(Duration),
    #[error("passing fault: {reason}")]
    RetryLater { reason: String },
}

/// Where a customer's file can be fetched. `handle` is what the platform calls it: the
/// `external_id` of an attachment that [`parse`] made. Asked once for each attempt, as the answer
/// may hold for an hour only.
pub async fn locate(
    outbound: &Outbound,
    kept: &Kept,
    channel: &Channel,
    handle: &str,
    now: Timestamp,
) -> Result<FileSource, NoFile> {
    match Account::of(&channel.settings) {
        Account::Telegram { bot, .. } => telegram::locate(outbound, bot, handle).await,
        Account::Whatsapp { number, .. } => whatsapp::locate(outbound, number, handle).await,
        Account::BotFramework(bot) => botframework::locate(outbound, kept, bot, handle, now).await,
        // The handle is an address that holds for some hours.
        Account::Vk { .. }
        | Account::Facebook { .. }
        | Account::Instagram { .. }
        | Account::Viber { .. }
        | Account::Max { .. }
        | Account::Webhook { .. } => Ok(FileSource::at(handle)),
        // What came with a letter is kept before the letter is taken.
        Account::Email(_) | Account::Widget => {
            let gone = || NoFile::Gone { reason: "no upload of ours".to_owned() };
            FileId::parse(handle).map(FileSource::Uploaded).ok_or_else(gone)
        }
    }
}

/// A file of an operator's on its way to the customer.
#[derive(Clone, Debug)]
pub struct OutgoingFile<'a> {
    pub file: &'a StoredFile,
    /// Where the platform can fetch it for some days; none: we have no public address.
    pub link: Option<String>,
    pub files: &'a Files,
    pub owner: &'a Owner,
}

impl OutgoingFile<'_> {
    /// The address, for platforms that fetch it. An error is what the attempt has come to.
    pub(super) fn address(&self) -> Result<&str, SendOutcome> {
        self.link.as_deref().ok_or_else(|| {
            let reason = "the hub has no public address from which files could be fetched";
            SendOutcome::Refused { reason: reason.to_owned() }
        })
    }

    /// `image`, `video`, `audio` or none of them.
    pub(super) fn family(&self) -> Option<&'static str> {
        let family = self.file.media_type.split('/').next().unwrap_or_default();
        ["image", "video", "audio"].into_iter().find(|known| *known == family)
    }

    /// The content, for platforms that are given it. An error is what the attempt has come to.
    pub async fn read(&self) -> Result<Bytes, SendOutcome> {
        match self.files.read(self.owner, &self.file.id).await {
            Ok(Some(content)) => Ok(content),
            Ok(None) => {
                Err(SendOutcome::Refused { reason: "the file is no longer there".to_owned() })
            }
            Err(error) => Err(SendOutcome::RetryLater { reason: error.to_string() }),
        }
    }

    /// The file as a piece of an upload, under that field.
    pub(super) async fn piece(&self, field: &str) -> Result<Piece, SendOutcome> {
        Ok(Piece {
            field: field.to_owned(),
            name: self.file.name.clone(),
            media_type: self.file.media_type.clone(),
            content: self.read().await?,
        })
    }
}

/// Neighbours that go together, at most so many, without a text yet.
pub(super) fn albums(
    files: &[StoredFile],
    files_max: usize,
    together: impl Fn(&StoredFile, &StoredFile) -> bool,
) -> Vec<Part> {
    let mut albums: Vec<Part> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let open = albums.last_mut().filter(|album| {
            album.files.len() < files_max && together(&files[album.files.start], file)
        });
        match open {
            Some(album) => album.files.end = index + 1,
            None => albums.push(Part { text: String::new(), files: index..index + 1 }),
        }
    }
    albums
}

/// A text that may stand with the first files does, else it goes before them in pieces of its own.
pub(super) fn with_text(
    mut albums: Vec<Part>,
    text: &str,
    may_stand: bool,
    pieces: impl FnOnce() -> Vec<String>,
) -> Vec<Part> {
    match albums.first_mut() {
        Some(first) if may_stand => {
            text.clone_into(&mut first.text);
            albums
        }
        Some(_) | None => one_by_one(pieces(), 0).into_iter().chain(albums).collect(),
    }
}

/// Uploads the files of one part, each once: what was uploaded at an attempt before this one is not
/// uploaded again. Answers what the platform calls them.
pub(super) async fn upload_each(
    kept: &Kept,
    channel: &ChannelId,
    message: &Outgoing<'_>,
    upload: impl AsyncFn(&OutgoingFile<'_>) -> Result<String, SendOutcome>,
) -> Result<Vec<String>, SendOutcome> {
    let mut names = Vec::with_capacity(message.files.len());
    for (index, file) in message.files.iter().enumerate() {
        let (job, part) = (message.job.to_owned(), message.part);
        let of = Uploaded { channel: channel.clone(), job, part, file: index };
        let name = match kept.upload(&of, message.now) {
            Some(name) => name,
            None => upload(file).await?,
        };
        kept.keep_upload(of, name.clone(), message.now);
        names.push(name);
    }
    Ok(names)
}

/// An upload that got no answer. The customer has seen nothing of it, so it may simply be repeated.
pub(super) fn not_uploaded(fault: &Fault) -> SendOutcome {
    let reason = fault.to_string();
    match fault {
        Fault::Forbidden(_) => SendOutcome::Refused { reason },
        Fault::NeverSent(_) | Fault::PerhapsSent(_) => SendOutcome::RetryLater { reason },
    }
}

/// What the status of an upload server says; none: it has taken the file.
pub(super) fn upload_status(answer: &Answer) -> Option<SendOutcome> {
    if let Some(wait) = asked_to_wait(answer) {
        return Some(SendOutcome::RetryAfter(wait));
    }
    let reason = format!("the upload was answered with status {}", answer.status);
    match answer.status {
        200..=299 => None,
        413 => Some(SendOutcome::Refused { reason: "the file is too large".to_owned() }),
        425 | 429 | 500.. => Some(SendOutcome::RetryLater { reason }),
        _ => Some(SendOutcome::Refused { reason }),
    }
}
