//! A file on its way to whoever may read it.

use bytes::Bytes;
use domain::file::StoredFile;
use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, once};
use object_store::{Error, GetOptions, ObjectStore as _};
use std::future::ready;
use std::ops::Range;

use super::{CONTENT, Files, Owner, PICTURE, Unavailable, path, picture};

/// What is asked of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// The file itself, or the part of it that lies in the range.
    Content(Option<Range<u64>>),
    /// The picture that is shown of it.
    Picture,
}

/// A file as it is answered.
pub struct Served {
    pub media_type: String,
    pub size_bytes: u64,
    pub bytes: BoxStream<'static, Result<Bytes, Unavailable>>,
}

impl Files {
    /// Opens a file. None: it is gone, or there is no picture of it.
    pub async fn serve(
        &self,
        owner: &Owner,
        file: &StoredFile,
        form: Form,
    ) -> Result<Option<Served>, Unavailable> {
        match form {
            Form::Content(range) => self.content(owner, file, range).await,
            Form::Picture => {
                let Some(bytes) = self.bytes(&path(owner, &file.id, PICTURE)).await? else {
                    return Ok(None);
                };
                Ok(Some(Served {
                    media_type: picture::media_type(&bytes).to_owned(),
                    size_bytes: bytes.len() as u64,
                    bytes: once(ready(Ok(bytes))).boxed(),
                }))
            }
        }
    }

    async fn content(
        &self,
        owner: &Owner,
        file: &StoredFile,
        range: Option<Range<u64>>,
    ) -> Result<Option<Served>, Unavailable> {
        let range = range.map(Into::into);
        let options = GetOptions { range, ..GetOptions::default() };
        let found = match self.objects.get_opts(&path(owner, &file.id, CONTENT), options).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(Some(Served {
            media_type: file.media_type.clone(),
            size_bytes: found.range.end - found.range.start,
            bytes: found.into_stream().map(|chunk| chunk.map_err(Unavailable::from)).boxed(),
        }))
    }
}
