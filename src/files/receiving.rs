//! A file on its way in, chunk by chunk.

use bytes::Bytes;
use domain::file::{FileProblem, PictureSize, StoredFile};
use domain::id::FileId;
use jiff::Timestamp;
use object_store::buffered::BufWriter;
use object_store::{Error, ObjectStoreExt as _};
use tokio::io::AsyncWriteExt as _;

use super::{
    ABOUT, About, CONTENT, Files, Owner, PICTURE, Unavailable, kind, path, picture, secret,
};

/// Longest name that is kept, in characters.
const NAME_CHARS_MAX: usize = 120;
/// Written to the bucket at a time.
const CHUNK_BYTES: usize = 5 * 1024 * 1024;

/// Why a file was not taken in; nothing of it is left.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotKept {
    #[error("not kept: {}", .0.word())]
    Problem(FileProblem),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<Error> for NotKept {
    fn from(error: Error) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Dropped before its end, it leaves nothing that could be found.
pub struct Receiving {
    files: Files,
    owner: Owner,
    id: FileId,
    writer: BufWriter,
    head: Vec<u8>,
    size_bytes: u64,
}

impl Receiving {
    pub(super) fn begin(files: Files, owner: Owner, id: FileId) -> Self {
        let content = path(&owner, &id, CONTENT);
        let writer = BufWriter::with_capacity(files.objects.clone(), content, CHUNK_BYTES);
        Self { files, owner, id, writer, head: Vec::new(), size_bytes: 0 }
    }

    /// Takes the next bytes.
    pub async fn push(&mut self, bytes: Bytes) -> Result<(), NotKept> {
        self.size_bytes = self.size_bytes.saturating_add(bytes.len() as u64);
        if self.size_bytes > self.files.limits.bytes_max {
            return self.give_up(FileProblem::TooLarge).await;
        }
        let wanted = kind::HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        Ok(self.writer.put(bytes).await?)
    }

    /// The file is complete. `name` is what its sender calls it.
    pub async fn finish(
        mut self,
        name: Option<&str>,
        at: Timestamp,
    ) -> Result<StoredFile, NotKept> {
        if self.size_bytes == 0 {
            return Err(NotKept::Problem(FileProblem::Empty));
        }
        let Some(media_type) = kind::of(&self.head) else {
            self.give_up(FileProblem::NotAllowed).await?;
            return Err(NotKept::Problem(FileProblem::NotAllowed));
        };
        self.writer.shutdown().await.map_err(|error| Unavailable(error.to_string()))?;
        let picture = self.picture(media_type).await?;
        let file = StoredFile {
            id: self.id.clone(),
            name: shown_name(name, media_type),
            media_type: media_type.to_owned(),
            size_bytes: self.size_bytes,
            picture,
        };
        let about = About { file: file.clone(), at, link: secret() };
        let bytes = serde_json::to_vec(&about).map_err(|error| Unavailable(error.to_string()))?;
        let about = path(&self.owner, &self.id, ABOUT);
        self.files.objects.put(&about, bytes.into()).await?;
        Ok(file)
    }

    async fn picture(&self, media_type: &str) -> Result<Option<PictureSize>, NotKept> {
        if !picture::is_made_of(media_type) {
            return Ok(None);
        }
        let _turn = self.files.pictures.acquire().await;
        let content = self.files.read(&self.owner, &self.id).await?.unwrap_or_default();
        let made = tokio::task::spawn_blocking(move || picture::of(&content)).await;
        // A decoder that panics has met something that is not to be shown.
        let Some(made) = made.ok().flatten() else { return Ok(None) };
        let picture = path(&self.owner, &self.id, PICTURE);
        self.files.objects.put(&picture, made.bytes.into()).await?;
        Ok(Some(made.size))
    }

    async fn give_up(&mut self, why: FileProblem) -> Result<(), NotKept> {
        // What cannot be taken back is found by nobody: it has no `about`.
        let _left = self.writer.abort().await;
        Err(NotKept::Problem(why))
    }
}

/// One line without a path, and never empty.
fn shown_name(name: Option<&str>, media_type: &str) -> String {
    let last = name.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    let plain = plain.trim().trim_start_matches('.');
    if !plain.is_empty() {
        return plain.to_owned();
    }
    let extension = mime_guess::get_mime_extensions_str(media_type).and_then(|all| all.first());
    extension.map_or_else(|| "file".to_owned(), |extension| format!("file.{extension}"))
}
