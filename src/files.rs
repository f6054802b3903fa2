//! Files of customers and operators, kept apart from the store: in a directory, or in a bucket.
//!
//! The only part that names the libraries for objects, types and pictures. Each file is a folder of
//! its owner: `content`, perhaps `picture`, and `about`, which is written last, so that a file
//! without it is not there. Knows no channel, no actor and no right: who may ask is asked before.

mod kind;
mod limits;
mod picture;
mod receiving;
mod served;

use std::path::Path as Directory;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use domain::file::StoredFile;
use domain::id::{ChatKey, ConversationId, FileId};
use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::clock;

pub use limits::FileLimits;
pub use receiving::{NotKept, Receiving};
pub use served::{Form, Served};

/// How long a link that we give to a platform leads to its file.
const LINK_AGE_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long what a visitor uploaded waits for the message that it belongs to.
const WAITING_AGE_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Pictures decoded at a time: each may take 160 MB for a moment.
const PICTURES_AT_A_TIME: usize = 2;
const CONVERSATIONS: &str = "conversations";
const CHATS: &str = "chats";
const CONTENT: &str = "content";
const PICTURE: &str = "picture";
const ABOUT: &str = "about";

/// A bucket of a server that speaks S3.
#[derive(Clone)]
pub struct Bucket {
    pub name: String,
    /// Empty: that of the region.
    pub endpoint: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
}

/// Whose a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// It stands in the conversation, or is about to.
    Conversation(ConversationId),
    /// A visitor uploaded it for a message that he has not sent yet. Dropped after a day.
    Chat(ChatKey),
}

/// The files cannot be read or written now.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the files cannot be reached: {0}")]
pub struct Unavailable(String);

/// What is kept beside a file.
#[derive(Serialize, Deserialize)]
struct About {
    file: StoredFile,
    at: Timestamp,
    /// Whoever has this may fetch it, for a while.
    link: String,
}

/// All files of the installation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    objects: Arc<dyn ObjectStore>,
    limits: FileLimits,
    pictures: Arc<tokio::sync::Semaphore>,
}

impl Files {
    /// In a directory, which is made if it is not there.
    pub fn in_directory(path: &Directory, limits: FileLimits) -> Result<Self, Unavailable> {
        std::fs::create_dir_all(path).map_err(|error| Unavailable(error.to_string()))?;
        let objects = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
        Ok(Self::over(Arc::new(objects.with_automatic_cleanup(true)), limits))
    }

    /// In a bucket. Does not ask whether it is there.
    pub fn in_bucket(bucket: &Bucket, limits: FileLimits) -> Result<Self, Unavailable> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_access_key_id(&bucket.access_key)
            .with_secret_access_key(&bucket.secret_key);
        if !bucket.endpoint.is_empty() {
            let is_plain = bucket.endpoint.starts_with("http://");
            builder = builder.with_endpoint(&bucket.endpoint).with_allow_http(is_plain);
        }
        Ok(Self::over(Arc::new(builder.build()?), limits))
    }

    /// Gone with the process.
    pub fn in_memory(limits: FileLimits) -> Self {
        Self::over(Arc::new(InMemory::new()), limits)
    }

    fn over(objects: Arc<dyn ObjectStore>, limits: FileLimits) -> Self {
        let pictures = Arc::new(tokio::sync::Semaphore::new(PICTURES_AT_A_TIME));
        Self { objects, limits, pictures }
    }

    /// The bounds of a single file and of an owner.
    pub fn limits(&self) -> FileLimits {
        self.limits
    }

    /// Begins to take a file in, unless its owner has enough of them. A file of the same id is
    /// written over.
    pub async fn receive(&self, owner: &Owner, id: FileId) -> Result<Receiving, NotKept> {
        let mut taken = Taken::default();
        let mut listed = self.objects.list(Some(&folder(owner)));
        while let Some(object) = listed.try_next().await? {
            taken.count(&object.location, object.size);
            if self.limits.are_reached_by(taken.files, taken.bytes) {
                return Err(NotKept::Problem(domain::file::FileProblem::TooMany));
            }
        }
        Ok(Receiving::begin(self.clone(), owner.clone(), id))
    }

    /// What is known of a file; none: there is no such file.
    pub async fn find(
        &self,
        owner: &Owner,
        id: &FileId,
    ) -> Result<Option<StoredFile>, Unavailable> {
        Ok(self.about(owner, id).await?.map(|about| about.file))
    }

    /// The whole content; none: there is no such file.
    pub async fn read(&self, owner: &Owner, id: &FileId) -> Result<Option<Bytes>, Unavailable> {
        self.bytes(&path(owner, id, CONTENT)).await
    }

    /// Copies what a visitor uploaded to the conversation that his message went to. None: there is
    /// no such file.
    pub async fn adopt(
        &self,
        from: &Owner,
        id: &FileId,
        to: &Owner,
    ) -> Result<Option<StoredFile>, Unavailable> {
        let Some(about) = self.about(from, id).await? else { return Ok(None) };
        let parts = [Some(CONTENT), about.file.picture.map(|_| PICTURE), Some(ABOUT)];
        for part in parts.into_iter().flatten() {
            self.objects.copy(&path(from, id, part), &path(to, id, part)).await?;
        }
        Ok(Some(about.file))
    }

    /// The secret part of an address under which a platform may fetch the file for a while.
    pub async fn link(&self, owner: &Owner, id: &FileId) -> Result<Option<String>, Unavailable> {
        Ok(self.about(owner, id).await?.map(|about| about.link))
    }

    /// Whether that is the link of the file, and still leads to it.
    pub async fn is_linked(
        &self,
        owner: &Owner,
        id: &FileId,
        link: &str,
        now: Timestamp,
    ) -> Result<bool, Unavailable> {
        let Some(about) = self.about(owner, id).await? else { return Ok(false) };
        let same: bool = about.link.as_bytes().ct_eq(link.as_bytes()).into();
        Ok(same && now.duration_since(about.at) <= LINK_AGE_MAX)
    }

    /// Drops all files of an owner.
    pub async fn forget(&self, owner: &Owner) -> Result<(), Unavailable> {
        let mut listed = self.objects.list(Some(&folder(owner)));
        while let Some(object) = listed.try_next().await? {
            self.objects.delete(&object.location).await?;
        }
        Ok(())
    }

    /// Drops what visitors uploaded and never sent.
    pub async fn tidy(&self, now: Timestamp) -> Result<(), Unavailable> {
        let mut listed = self.objects.list(Some(&Path::from(CHATS)));
        while let Some(object) = listed.try_next().await? {
            let age = now.as_second() - object.last_modified.timestamp();
            if age > WAITING_AGE_MAX.as_secs() {
                self.objects.delete(&object.location).await?;
            }
        }
        Ok(())
    }

    async fn about(&self, owner: &Owner, id: &FileId) -> Result<Option<About>, Unavailable> {
        let Some(bytes) = self.bytes(&path(owner, id, ABOUT)).await? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| Unavailable(error.to_string()))
    }

    async fn bytes(&self, path: &Path) -> Result<Option<Bytes>, Unavailable> {
        match self.objects.get(path).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The address under which whoever was given it may fetch a file for a while.
pub fn link(public_url: &str, owner: &Owner, id: &FileId, secret: &str) -> String {
    let of = match owner {
        Owner::Conversation(conversation) => conversation.as_str(),
        Owner::Chat(chat) => chat.channel.as_str(),
    };
    format!("{}/files/{of}/{id}/{secret}", public_url.trim_end_matches('/'))
}

/// An id that nobody can guess.
pub fn new_id() -> FileId {
    FileId::new(secret())
}

fn secret() -> String {
    URL_SAFE_NO_PAD.encode(clock::secret_bytes::<24>())
}

/// What an owner has so far; a folder is a file, also while it is coming in.
#[derive(Default)]
struct Taken {
    files: usize,
    bytes: u64,
    last: String,
}

impl Taken {
    fn count(&mut self, location: &Path, size: u64) {
        self.bytes = self.bytes.saturating_add(size);
        let folder = location.as_ref().rsplit_once('/').map_or("", |(folder, _)| folder);
        if self.last != folder {
            self.files += 1;
            folder.clone_into(&mut self.last);
        }
    }
}

fn folder(owner: &Owner) -> Path {
    match owner {
        Owner::Conversation(id) => Path::from_iter([CONVERSATIONS, id.as_str()]),
        // A platform's id of a chat may hold anything.
        Owner::Chat(chat) => {
            let external = format!("{:x}", Sha256::digest(chat.external.as_bytes()));
            Path::from_iter([CHATS, chat.channel.as_str(), &external])
        }
    }
}

fn path(owner: &Owner, id: &FileId, part: &str) -> Path {
    folder(owner).join(id.as_str()).join(part)
}

impl From<Error> for Unavailable {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}
