//! Lines over HTTP: list, read, create, change. What is allowed in settings is the domain's.

pub mod archive;
pub mod audit;
pub mod defaults;
pub mod exchange;
pub mod preview;
pub mod rehearse;
mod settings;

use actix_web::{HttpResponse, web};
use domain::id::{LineId, ShardId};
use domain::line::{Line, LineSettings};
use domain::permission::Action;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::actors::directory::{Directory, Versioned};
use crate::actors::handle::Change;
use crate::clock;
use crate::web::api::{line_schema, not_stored, same_version};
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct LineBody {
    #[schema(value_type = String)]
    id: LineId,
    /// Send it back with a change.
    version: u64,
    /// Where the line lives.
    #[schema(value_type = u16)]
    shard: ShardId,
    /// Put away: it has no channels and no open conversations, and gets none.
    archived: bool,
    #[schema(value_type = line_schema::LineSettings)]
    settings: LineSettings,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct LinesBody {
    lines: Vec<LineBody>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewLine {
    /// Whatever is left out is as in a new line: named after the company, with its creator in the
    /// queue.
    #[schema(value_type = Option<line_schema::NewLineSettings>)]
    #[serde(default)]
    settings: Value,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ChangedLine {
    /// The version that was read.
    version: u64,
    #[schema(value_type = line_schema::LineSettings)]
    settings: Value,
}

/// Lines whose settings the person may see, the archived among them.
#[utoipa::path(get, path = "/api/v1/lines", tag = "lines", security(("cookie" = [])),
    responses((status = 200, body = LinesBody), (status = 401, body = ErrorBody)))]
pub(in crate::web) async fn list(person: Person) -> web::Json<LinesBody> {
    let lines = person.directory.lines.values();
    let seen = lines.filter(|line| person.may(Action::SeeLine(&line.value.id)));
    web::Json(LinesBody { lines: seen.map(show).collect() })
}

#[utoipa::path(get, path = "/api/v1/lines/{id}", tag = "lines", security(("cookie" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = LineBody), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn one(
    person: Person,
    id: web::Path<String>,
) -> Result<web::Json<LineBody>, ApiError> {
    Ok(web::Json(show(seen(&person, &id)?)))
}

#[utoipa::path(post, path = "/api/v1/lines", tag = "lines", security(("cookie" = [])),
    request_body = NewLine,
    responses(
        (status = 201, body = LineBody),
        (status = 403, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn create(
    person: Person,
    edge: web::Data<Edge>,
    body: web::Json<NewLine>,
) -> Result<HttpResponse, ApiError> {
    person.administers()?;
    let creator = vec![person.operator.id.clone()];
    let new = settings::of_new_line(creator, &edge, &person.directory);
    let settings = settings::over(&new, body.into_inner().settings, &edge)?;
    settings::check(&settings, None, &edge, &person.directory)?;
    let line = new_line(settings, &edge);
    let change = Change::Line { version: 0, line: line.clone() };
    edge.node.change(&person.operator.id, vec![change]).await?;
    Ok(HttpResponse::Created().json(show(&Versioned { version: 1, value: line.into() })))
}

#[utoipa::path(put, path = "/api/v1/lines/{id}", tag = "lines", security(("cookie" = [])),
    params(("id" = String, Path)), request_body = ChangedLine,
    responses(
        (status = 200, body = LineBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "with the newer one", body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn change(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<ChangedLine>,
) -> Result<web::Json<LineBody>, ApiError> {
    person.administers()?;
    let found = find(&person.directory, &id)?;
    let ChangedLine { version, settings } = body.into_inner();
    same_version(found, version, show)?;
    let settings = settings::whole(settings, &edge)?;
    settings::check(&settings, Some(&found.value.id), &edge, &person.directory)?;
    let line = Line { settings, ..(*found.value).clone() };
    store(line, version, &person, &edge).await.map(web::Json)
}

/// Stores a line in place of that version of it.
async fn store(
    line: Line,
    version: u64,
    person: &Person,
    edge: &Edge,
) -> Result<LineBody, ApiError> {
    let change = Change::Line { version, line: line.clone() };
    let stored = edge.node.change(&person.operator.id, vec![change]).await;
    stored.map_err(|why| {
        not_stored(why, || find(&edge.node.directory(), line.id.as_str()).ok().map(show))
    })?;
    Ok(show(&Versioned { version: version + 1, value: line.into() }))
}

fn new_line(settings: LineSettings, edge: &Edge) -> Line {
    let id = LineId::new(clock::new_uuid());
    Line { id, shard: edge.node.shard_for_new_line(), archived: false, settings }
}

pub(super) fn find<'a>(
    directory: &'a Directory,
    id: &str,
) -> Result<&'a Versioned<Line>, ApiError> {
    let id = LineId::parse(id).ok_or(ApiError::NotFound)?;
    directory.lines.get(&id).ok_or(ApiError::NotFound)
}

/// The line, if the person may see its settings; otherwise there is none.
fn seen<'a>(person: &'a Person, id: &str) -> Result<&'a Versioned<Line>, ApiError> {
    let line = find(&person.directory, id)?;
    let seen = person.may(Action::SeeLine(&line.value.id));
    seen.then_some(line).ok_or(ApiError::NotFound)
}

fn show(line: &Versioned<Line>) -> LineBody {
    let Line { id, shard, archived, settings } = &*line.value;
    LineBody {
        id: id.clone(),
        version: line.version,
        shard: *shard,
        archived: *archived,
        settings: settings.clone(),
    }
}
