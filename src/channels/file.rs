//! Files between a platform and us: where to fetch one, and one on its way out.

use std::time::Duration;

use bytes::Bytes;
use domain::file::StoredFile;
use domain::id::FileId;

use super::SendOutcome;
use crate::files::{Files, Owner};

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
}
