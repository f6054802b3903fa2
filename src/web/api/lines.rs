//! Lines over HTTP: list, read, create, change. What is allowed in settings is the domain's.

use actix_web::{HttpResponse, web};
use domain::id::{LineId, ShardId};
use domain::line::{FieldProblem, Line, LineSettings};
use domain::permission::Action;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::actors::directory::{Directory, Versioned};
use crate::actors::handle::Change;
use crate::clock;
use crate::web::api::{not_stored, same_version, schema};
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
    #[schema(value_type = schema::LineSettings)]
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
    #[schema(value_type = Option<schema::NewLineSettings>)]
    #[serde(default)]
    settings: Value,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ChangedLine {
    /// The version that was read.
    version: u64,
    #[schema(value_type = schema::LineSettings)]
    settings: LineSettings,
}

/// Lines whose settings the person may see.
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
    let line = find(&person.directory, &id)?;
    let seen = person.may(Action::SeeLine(&line.value.id));
    if seen { Ok(web::Json(show(line))) } else { Err(ApiError::NotFound) }
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
    let name = name_of_new(&edge.company.name, &person.directory);
    let settings = LineSettings::new(name, vec![person.operator.id.clone()], "UTC");
    let settings = with(&settings, body.into_inner().settings)?;
    check(&settings, &edge, &person.directory)?;
    let id = LineId::new(clock::new_uuid());
    let line = Line { id, shard: edge.node.shard_for_new_line(), archived: false, settings };
    edge.node.change(vec![Change::Line { version: 0, line: line.clone() }]).await?;
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
    check(&settings, &edge, &person.directory)?;
    let line = Line { settings, ..(*found.value).clone() };
    let stored = edge.node.change(vec![Change::Line { version, line: line.clone() }]).await;
    stored.map_err(|why| not_stored(why, || find(&edge.node.directory(), &id).ok().map(show)))?;
    Ok(web::Json(show(&Versioned { version: version + 1, value: line.into() })))
}

pub(super) fn find<'a>(
    directory: &'a Directory,
    id: &str,
) -> Result<&'a Versioned<Line>, ApiError> {
    let id = LineId::parse(id).ok_or(ApiError::NotFound)?;
    directory.lines.get(&id).ok_or(ApiError::NotFound)
}

fn show(line: &Versioned<Line>) -> LineBody {
    let Line { id, shard, archived: _, settings } = &*line.value;
    LineBody { id: id.clone(), version: line.version, shard: *shard, settings: settings.clone() }
}

fn check(settings: &LineSettings, edge: &Edge, directory: &Directory) -> Result<(), ApiError> {
    let mut problems = settings.problems(&edge.limits.offer_timeout_seconds);
    let known = |id| directory.operators.contains_key(id);
    if !settings.queue.operators.iter().all(known) {
        problems.push(FieldProblem {
            field: "queue.operators",
            allowed: "ids of operators that there are".to_owned(),
        });
    }
    if problems.is_empty() { Ok(()) } else { Err(ApiError::InvalidFields(problems)) }
}

/// "Company", "Company 2", "Company 3": the first that no line has.
fn name_of_new(company: &str, directory: &Directory) -> String {
    let taken = |name: &str| directory.lines.values().any(|line| line.value.settings.name == name);
    let numbered = (2..).map(|number| format!("{company} {number}"));
    let mut names = std::iter::once(company.to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

/// The settings with what is given in place of what they had.
fn with(settings: &LineSettings, given: Value) -> Result<LineSettings, ApiError> {
    let malformed = |error: serde_json::Error| ApiError::Malformed(format!("settings: {error}"));
    let mut merged = serde_json::to_value(settings).map_err(malformed)?;
    if !given.is_null() {
        merge(&mut merged, given);
    }
    serde_json::from_value(merged).map_err(malformed)
}

fn merge(onto: &mut Value, given: Value) {
    match (onto, given) {
        (Value::Object(onto), Value::Object(given)) => {
            for (key, value) in given {
                merge(onto.entry(key).or_insert(Value::Null), value);
            }
        }
        (onto, given) => *onto = given,
    }
}

#[cfg(test)]
mod tests {
    use domain::line::QueueMode;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_left_out_is_as_in_a_new_line() {
        let new = LineSettings::new("Company", Vec::new(), "UTC");
        assert_eq!(with(&new, Value::Null), Ok(new.clone()));
        let given = json!({"name": "Support", "queue": {"mode": "all"}});
        let settings = with(&new, given).expect("valid");
        assert_eq!((settings.name.as_str(), settings.queue.mode), ("Support", QueueMode::All));
        assert_eq!(settings.queue.offer_timeout_seconds, new.queue.offer_timeout_seconds);
        for wrong in [json!({"colour": 1}), json!({"queue": null}), json!(3), json!({"name": 3})] {
            assert!(matches!(with(&new, wrong), Err(ApiError::Malformed(_))));
        }
    }

    #[test]
    fn new_lines_are_numbered() {
        let mut directory = Directory::default();
        for expected in ["Company", "Company 2", "Company 3"] {
            let name = name_of_new("Company", &directory);
            assert_eq!(name, expected);
            let id = LineId::new(expected);
            let settings = LineSettings::new(name, Vec::new(), "UTC");
            let line = Line { id: id.clone(), shard: ShardId(0), archived: false, settings };
            directory.lines.insert(id, Versioned { version: 1, value: line.into() });
        }
    }
}
