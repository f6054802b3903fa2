//! Sending files: a form of fields and files, as browsers send it.

use std::time::Duration;

use bytes::Bytes;
use reqwest::multipart::{Form, Part};

use super::{ANSWER_BYTES_MAX, Answer, Fault, Outbound, fault, read};

/// One POST of `multipart/form-data`.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
    pub url: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub fields: &'a [(&'a str, &'a str)],
    pub pieces: &'a [Piece],
    /// On top of the settings' time.
    pub patience: Duration,
}

/// A file of an [`Upload`].
#[derive(Clone, Debug)]
pub struct Piece {
    /// The field under which the other side expects it.
    pub field: String,
    pub name: String,
    pub media_type: String,
    pub content: Bytes,
}

impl Outbound {
    /// Sends `upload` once and reads the whole answer.
    pub async fn upload(&self, upload: Upload<'_>) -> Result<Answer, Fault> {
        let (url, reach) = self.admit(upload.url)?;
        let mut form = Form::new();
        for (name, value) in upload.fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        for piece in upload.pieces {
            let length = piece.content.len() as u64;
            let part = Part::stream_with_length(piece.content.clone(), length)
                .file_name(piece.name.clone())
                .mime_str(&piece.media_type)
                .map_err(|_| Fault::Forbidden("not a media type"))?;
            form = form.part(piece.field.clone(), part);
        }
        let timeout = self.timeout.saturating_add(upload.patience);
        let mut request = self.client(reach).post(url).timeout(timeout);
        for (name, value) in upload.headers {
            request = request.header(*name, *value);
        }
        let response = request.multipart(form).send().await.map_err(|error| fault(&error))?;
        read(response, ANSWER_BYTES_MAX).await
    }
}
