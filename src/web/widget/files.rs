//! Files that visitors upload, and those of their chats. The token stands in a header, so that no
//! address gives a file away.

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::id::{ConversationId, EntryNumber, FileId};
use serde::Deserialize;

use crate::actors::handle::visitors::Guest;
use crate::channels;
use crate::files::Owner;
use crate::protocol::visitor::VisitorRefusal;
use crate::web::api::entry_schema;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::files::{self, NAME_CHARS_MAX, UploadQuery};
use crate::web::widget::guest;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::web) struct FilePath {
    /// Id of the channel.
    channel: String,
    conversation: String,
    /// The number of the message.
    #[param(value_type = u32)]
    n: String,
    /// The place of the file in it.
    #[param(value_type = u32)]
    index: String,
}

/// Takes a visitor's file in: the body is its bytes. It is sent by a `message` with its id, within a
/// day.
#[utoipa::path(post, path = "/widget/{channel}/files", tag = "widget",
    params(("channel" = String, Path, description = "id of the channel"), UploadQuery,
        ("authorization" = String, Header, description = "`Bearer` and the visitor's token")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = entry_schema::StoredFile),
        (status = 401, description = "start anew", body = ErrorBody),
        (status = 403, description = "a page of a foreign origin", body = ErrorBody),
        (status = 409, description = "`empty`, `not_allowed`, `too_many`, `form_needed` or \
            `consent_needed`", body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 429, description = "too many files of one address", body = ErrorBody),
    ))]
pub(in crate::web) async fn upload(
    request: HttpRequest,
    channel: web::Path<String>,
    edge: web::Data<Edge>,
    query: web::Query<UploadQuery>,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let guest = guest(&request, &edge, &channel, token(&request))?;
    let owner = edge.node.visitor_uploads(&guest).await.map_err(|why| refused(&why))?;
    let name = query.name.as_deref().map(|name| channels::clean_line(name, NAME_CHARS_MAX));
    let file = files::take_in(&edge, &owner, name.as_deref(), payload).await?;
    Ok(HttpResponse::Created().json(file))
}

/// A file of a message of the visitor's chat, to be saved.
#[utoipa::path(get, path = "/widget/{channel}/files/{conversation}/{n}/{index}", tag = "widget",
    params(FilePath,
        ("authorization" = String, Header, description = "`Bearer` and the visitor's token")),
    responses(
        (status = 200, description = "the bytes, as an attachment"),
        (status = 206, description = "the part that `Range` asks for"),
        (status = 401, description = "start anew", body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 416, description = "no such part"),
    ))]
pub(in crate::web) async fn content(
    request: HttpRequest,
    edge: web::Data<Edge>,
    path: web::Path<FilePath>,
) -> Result<HttpResponse, ApiError> {
    let (owner, id) = found(&request, &edge, &path).await?;
    files::serve(&edge, &request, &owner, &id).await
}

/// What is shown of it, if it is a picture.
#[utoipa::path(get, path = "/widget/{channel}/files/{conversation}/{n}/{index}/picture",
    tag = "widget",
    params(FilePath,
        ("authorization" = String, Header, description = "`Bearer` and the visitor's token")),
    responses(
        (status = 200, description = "a JPEG or PNG"),
        (status = 401, description = "start anew", body = ErrorBody),
        (status = 404, body = ErrorBody),
    ))]
pub(in crate::web) async fn picture(
    request: HttpRequest,
    edge: web::Data<Edge>,
    path: web::Path<FilePath>,
) -> Result<HttpResponse, ApiError> {
    let (owner, id) = found(&request, &edge, &path).await?;
    files::serve_picture(&edge, &request, &owner, &id).await
}

async fn found(
    request: &HttpRequest,
    edge: &Edge,
    path: &FilePath,
) -> Result<(Owner, FileId), ApiError> {
    let guest: Guest = guest(request, edge, &path.channel, token(request))?;
    let conversation = ConversationId::parse(&path.conversation).ok_or(ApiError::NotFound)?;
    let n = path.n.parse().map(EntryNumber).map_err(|_| ApiError::NotFound)?;
    let index = path.index.parse().map_err(|_| ApiError::NotFound)?;
    let found = edge.node.visitor_file(&guest, &conversation, n, index);
    found.await?.ok_or(ApiError::NotFound)
}

fn token(request: &HttpRequest) -> &str {
    let said = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    said.and_then(|said| said.strip_prefix("Bearer ")).unwrap_or_default()
}

fn refused(why: &VisitorRefusal) -> ApiError {
    match why {
        VisitorRefusal::TooFast { seconds } => ApiError::TooFast(*seconds),
        VisitorRefusal::ConsentNeeded {} => ApiError::Refused {
            code: "consent_needed",
            message: "the visitor is asked for his consent first",
        },
        VisitorRefusal::FormNeeded {} => ApiError::Refused {
            code: "form_needed",
            message: "the contact form is to be filled in first",
        },
        VisitorRefusal::BadValue { .. } => ApiError::NotFound,
        VisitorRefusal::Unavailable {} => ApiError::Unavailable,
    }
}
