//! Files of a conversation: what is known of those that are kept here.

use serde::{Deserialize, Serialize};

use crate::id::FileId;

/// Most files of one message that are kept, or sent.
pub const FILES_OF_MESSAGE_MAX: usize = 10;
/// What an attachment calls a picture.
pub const PHOTO: &str = "photo";

/// A file that is kept here, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredFile {
    pub id: FileId,
    /// One line without a path.
    pub name: String,
    /// By its content, never by what its sender says.
    pub media_type: String,
    pub size_bytes: u64,
    /// Size of the picture that is shown of it; none: it is only to be downloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureSize>,
}

impl StoredFile {
    /// What an attachment calls it: [`PHOTO`], `video`, `audio` or `document`.
    pub fn kind(&self) -> &'static str {
        match self.media_type.split_once('/').map(|(kind, _)| kind) {
            Some("image") => PHOTO,
            Some("video") => "video",
            Some("audio") => "audio",
            _ => "document",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureSize {
    pub width: u32,
    pub height: u32,
}

/// A file that is to be fetched from its platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedFile {
    /// What the platform calls it.
    pub handle: String,
    /// What its sender calls it, if the platform says.
    pub name: Option<String>,
}

/// Our copy of a customer's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FileCopy {
    /// A job fetches it.
    Loading,
    Stored {
        file: StoredFile,
    },
    /// Given up.
    Missing {
        why: FileProblem,
    },
}

/// Why a file is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileProblem {
    /// Larger than a file may be.
    TooLarge,
    /// The conversation, or the message, has as many as it may have.
    TooMany,
    /// It holds nothing.
    Empty,
    /// A program, or another kind that is not kept.
    NotAllowed,
    /// The platform has it no longer, or does not give it to us.
    Gone,
    /// The platform could not be reached in time.
    Unreachable,
}

impl FileProblem {
    /// The word, as in the stored form.
    pub fn word(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::Empty => "empty",
            Self::NotAllowed => "not_allowed",
            Self::Gone => "gone",
            Self::Unreachable => "unreachable",
        }
    }
}
