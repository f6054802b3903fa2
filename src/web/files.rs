//! Files in and out. Who asks is proved first, by the conversation that the file stands in; then a
//! file is bytes: saved and not opened, and never more than its own type says.

use std::ops::Range;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    Charset, ContentDisposition, DispositionParam, DispositionType, ETAG, ExtendedValue,
    Header as _, IF_NONE_MATCH, Range as RangeHeader,
};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::file::{FileProblem, StoredFile};
use domain::id::{ConversationId, FileId};
use domain::permission::Action;
use futures_util::StreamExt as _;
use serde::Deserialize;

use crate::channels;
use crate::files::{self, Form, NotKept, Owner};
use crate::web::api::entry_schema;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

/// Longest name that is kept, in characters.
pub(in crate::web) const NAME_CHARS_MAX: usize = 120;
/// How long an upload may take.
const UPLOAD_WAIT: Duration = Duration::from_mins(10);
/// Nothing of a file runs, wherever it is opened.
const POLICY: &str = "sandbox; default-src 'none'";
/// Whether somebody may still see it is asked each time.
const CACHING: &str = "private, no-cache";

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct UploadQuery {
    /// What the file is called; only its last part is kept.
    pub(in crate::web) name: Option<String>,
}

/// Takes a file in that is to be sent in a conversation: the body is its bytes. It is sent by a
/// `reply` with its id.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/files", tag = "files",
    security(("cookie" = [])), params(("id" = String, Path), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = entry_schema::StoredFile),
        (status = 404, body = ErrorBody),
        (status = 409, description = "`empty`, `not_allowed` or `too_many`", body = ErrorBody),
    ))]
pub(in crate::web) async fn upload(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    query: web::Query<UploadQuery>,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let id = ConversationId::parse(&id).ok_or(ApiError::NotFound)?;
    let row = edge.node.row(&id).await.ok_or(ApiError::NotFound)?;
    if !person.may(Action::Reply(&row)) {
        let reads = person.may(Action::ReadConversation(&row));
        return Err(if reads { ApiError::Forbidden } else { ApiError::NotFound });
    }
    let owner = Owner::Conversation(id);
    let name = query.name.as_deref().map(|name| channels::clean_line(name, NAME_CHARS_MAX));
    let file = take_in(&edge, &owner, name.as_deref(), payload).await?;
    Ok(HttpResponse::Created().json(file))
}

/// A file of a conversation that the person may read, to be saved.
#[utoipa::path(get, path = "/files/{conversation}/{file}", tag = "files",
    security(("cookie" = [])),
    params(("conversation" = String, Path), ("file" = String, Path)),
    responses(
        (status = 200, description = "the bytes, as an attachment"),
        (status = 206, description = "the part that `Range` asks for"),
        (status = 404, body = ErrorBody),
        (status = 416, description = "no such part"),
    ))]
pub(in crate::web) async fn content(
    person: Person,
    request: HttpRequest,
    edge: web::Data<Edge>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (conversation, file) = ids(&path.0, &path.1)?;
    may_read(&edge, &person, &conversation).await?;
    serve(&edge, &request, &Owner::Conversation(conversation), &file).await
}

/// What is shown of a file that is a picture: made anew from its pixels.
#[utoipa::path(get, path = "/files/{conversation}/{file}/picture", tag = "files",
    security(("cookie" = [])),
    params(("conversation" = String, Path), ("file" = String, Path)),
    responses((status = 200, description = "a JPEG or PNG"), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn picture(
    person: Person,
    request: HttpRequest,
    edge: web::Data<Edge>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (conversation, file) = ids(&path.0, &path.1)?;
    may_read(&edge, &person, &conversation).await?;
    serve_picture(&edge, &request, &Owner::Conversation(conversation), &file).await
}

/// A file that was sent to a platform or a program, which fetches it here. The link is its proof.
#[utoipa::path(get, path = "/files/{conversation}/{file}/{link}", tag = "files",
    params(("conversation" = String, Path), ("file" = String, Path),
        ("link" = String, Path, description = "as it was given with the message; for seven days")),
    responses((status = 200, description = "the bytes"), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn linked(
    request: HttpRequest,
    edge: web::Data<Edge>,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (conversation, file) = ids(&path.0, &path.1)?;
    let (owner, now) = (Owner::Conversation(conversation), edge.clock.now());
    let linked = edge.node.files().is_linked(&owner, &file, &path.2, now).await;
    if !linked.map_err(unavailable)? {
        return Err(ApiError::NotFound);
    }
    serve(&edge, &request, &owner, &file).await
}

/// A conversation that the person may not read is one that there is not.
async fn may_read(
    edge: &Edge,
    person: &Person,
    conversation: &ConversationId,
) -> Result<(), ApiError> {
    let row = edge.node.row(conversation).await.ok_or(ApiError::NotFound)?;
    person.may(Action::ReadConversation(&row)).then_some(()).ok_or(ApiError::NotFound)
}

/// Takes a file in, bounded in bytes and time. Whether it is welcome is asked before.
pub(in crate::web) async fn take_in(
    edge: &Edge,
    owner: &Owner,
    name: Option<&str>,
    payload: web::Payload,
) -> Result<StoredFile, ApiError> {
    let _turn = edge.uploads.try_acquire().map_err(|_| ApiError::Unavailable)?;
    let received = receive(edge, owner, name, payload);
    let incomplete = |_| ApiError::Malformed("the file did not arrive in time".to_owned());
    actix_web::rt::time::timeout(UPLOAD_WAIT, received).await.map_err(incomplete)?
}

async fn receive(
    edge: &Edge,
    owner: &Owner,
    name: Option<&str>,
    mut payload: web::Payload,
) -> Result<StoredFile, ApiError> {
    let receiving = edge.node.files().receive(owner, files::new_id()).await;
    let mut receiving = receiving.map_err(refused)?;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| ApiError::Malformed("the file did not arrive".to_owned()))?;
        receiving.push(chunk).await.map_err(refused)?;
    }
    receiving.finish(name, edge.clock.now()).await.map_err(refused)
}

/// Answers a file as an attachment. Whether the asker may have it is asked before.
pub(in crate::web) async fn serve(
    edge: &Edge,
    request: &HttpRequest,
    owner: &Owner,
    id: &FileId,
) -> Result<HttpResponse, ApiError> {
    let files = edge.node.files();
    let file = files.find(owner, id).await.map_err(unavailable)?.ok_or(ApiError::NotFound)?;
    if is_known(request, id) {
        return Ok(not_modified(id));
    }
    let Ok(part) = asked_part(request, file.size_bytes) else {
        let whole = format!("bytes */{}", file.size_bytes);
        let mut none = HttpResponse::build(StatusCode::RANGE_NOT_SATISFIABLE);
        return Ok(none.insert_header((CONTENT_RANGE, whole)).finish());
    };
    let served = files.serve(owner, &file, Form::Content(part.clone())).await;
    let served = served.map_err(unavailable)?.ok_or(ApiError::NotFound)?;
    let mut response = HttpResponse::Ok();
    if let Some(Range { start, end }) = part {
        let range = format!("bytes {start}-{}/{}", end.saturating_sub(1), file.size_bytes);
        response.status(StatusCode::PARTIAL_CONTENT).insert_header((CONTENT_RANGE, range));
    }
    response
        .insert_header((CONTENT_DISPOSITION, attachment(&file.name)))
        .insert_header((ACCEPT_RANGES, "bytes"));
    Ok(sent(response, id, served))
}

/// Answers the picture of a file, to be shown.
pub(in crate::web) async fn serve_picture(
    edge: &Edge,
    request: &HttpRequest,
    owner: &Owner,
    id: &FileId,
) -> Result<HttpResponse, ApiError> {
    let files = edge.node.files();
    let file = files.find(owner, id).await.map_err(unavailable)?.ok_or(ApiError::NotFound)?;
    if is_known(request, id) {
        return Ok(not_modified(id));
    }
    let served = files.serve(owner, &file, Form::Picture).await;
    let served = served.map_err(unavailable)?.ok_or(ApiError::NotFound)?;
    Ok(sent(HttpResponse::Ok(), id, served))
}

fn sent(
    mut response: actix_web::HttpResponseBuilder,
    id: &FileId,
    served: files::Served,
) -> HttpResponse {
    response
        .content_type(served.media_type)
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .insert_header((CACHE_CONTROL, CACHING))
        .insert_header((ETAG, tag(id)))
        .no_chunking(served.size_bytes)
        .streaming(served.bytes.map(|chunk| chunk.map_err(unavailable)))
}

fn not_modified(id: &FileId) -> HttpResponse {
    let mut response = HttpResponse::NotModified();
    response.insert_header((CACHE_CONTROL, CACHING)).insert_header((ETAG, tag(id))).finish()
}

/// A file never changes, so its id tells its versions apart.
fn tag(id: &FileId) -> String {
    format!("\"{id}\"")
}

fn is_known(request: &HttpRequest, id: &FileId) -> bool {
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag(id)))
}

/// What is asked for lies outside the file.
struct NoSuchPart;

/// The part that is asked for; none: the whole, also where several parts are asked for at once.
fn asked_part(request: &HttpRequest, size_bytes: u64) -> Result<Option<Range<u64>>, NoSuchPart> {
    let Ok(RangeHeader::Bytes(parts)) = RangeHeader::parse(request) else { return Ok(None) };
    let [part] = parts.as_slice() else { return Ok(None) };
    let (first, last) = part.to_satisfiable_range(size_bytes).ok_or(NoSuchPart)?;
    Ok(Some(first..last.saturating_add(1)))
}

fn attachment(name: &str) -> ContentDisposition {
    let value = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.as_bytes().to_vec(),
    };
    let parameters = vec![DispositionParam::FilenameExt(value)];
    ContentDisposition { disposition: DispositionType::Attachment, parameters }
}

fn ids(conversation: &str, file: &str) -> Result<(ConversationId, FileId), ApiError> {
    let ids = ConversationId::parse(conversation).zip(FileId::parse(file));
    ids.ok_or(ApiError::NotFound)
}

fn refused(why: NotKept) -> ApiError {
    match why {
        NotKept::Problem(FileProblem::TooLarge) => ApiError::TooLarge,
        NotKept::Problem(problem) => ApiError::Refused {
            code: problem.word(),
            message: match problem {
                FileProblem::Empty => "the file holds nothing",
                FileProblem::NotAllowed => "files of this kind are not kept",
                FileProblem::TooMany => "the conversation has as many files as it may have",
                FileProblem::TooLarge | FileProblem::Gone | FileProblem::Unreachable => {
                    "the file cannot be kept"
                }
            },
        },
        NotKept::Unavailable(error) => unavailable(error),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
fn unavailable(error: files::Unavailable) -> ApiError {
    tracing::warn!(%error, "a file could not be read or written");
    ApiError::Unavailable
}
