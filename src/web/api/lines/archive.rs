//! Putting a line away, and taking it out again. It is never deleted: its history stays.

use actix_web::web;
use domain::line::Line;
use serde::Deserialize;

use crate::web::api::lines::{LineBody, find, show, store};
use crate::web::api::same_version;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

const HAS_CHANNELS: ApiError = ApiError::Refused {
    code: "has_channels",
    message: "the line has channels: move them to another line first",
};
const HAS_CONVERSATIONS: ApiError = ApiError::Refused {
    code: "has_conversations",
    message: "the line has conversations that are not closed yet",
};

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ArchiveBody {
    /// The version that was read.
    version: u64,
    /// False: out of the archive.
    archived: bool,
}

/// Archives a line that has no channels and no open conversations, or takes one out.
#[utoipa::path(post, path = "/api/v1/lines/{id}/archive", tag = "lines",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = ArchiveBody,
    responses(
        (status = 200, body = LineBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "`stale` with the newer one; `has_channels` or \
            `has_conversations` that stand in the way", body = ErrorBody),
    ))]
pub(in crate::web) async fn archive(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<ArchiveBody>,
) -> Result<web::Json<LineBody>, ApiError> {
    person.administers()?;
    let found = find(&person.directory, &id)?;
    let ArchiveBody { version, archived } = body.into_inner();
    same_version(found, version, show)?;
    let line = Line { archived, ..(*found.value).clone() };
    if archived {
        may_be_archived(&line, &person, &edge).await?;
    }
    store(line, version, &person, &edge).await.map(web::Json)
}

/// Without channels no conversation begins; so one that is not open now will not be.
async fn may_be_archived(line: &Line, person: &Person, edge: &Edge) -> Result<(), ApiError> {
    if person.directory.channels.values().any(|channel| channel.value.line == line.id) {
        return Err(HAS_CHANNELS);
    }
    if edge.node.has_open_conversations(&line.id).await? {
        return Err(HAS_CONVERSATIONS);
    }
    Ok(())
}
