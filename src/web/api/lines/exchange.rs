//! A line as a file: its rules go out, and come in as a new line, here or at another hub.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, web};
use domain::id::OperatorId;
use domain::line::LineSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::actors::directory::{Directory, Versioned};
use crate::actors::handle::Change;
use crate::web::api::line_schema;
use crate::web::api::lines::{LineBody, find, new_line, settings, show};
use crate::web::api::operators::{account_of, login_of};
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

const FORMAT: &str = "switchboard.line";
const VERSION: u32 = 1;
const OPERATORS_MAX: usize = 2_000;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ExportBody {
    /// `switchboard.line`
    format: &'static str,
    /// Of the format.
    version: u32,
    #[schema(value_type = line_schema::LineSettings)]
    settings: LineSettings,
    /// Who is meant by the ids in the settings.
    operators: Vec<NamedOperator>,
}

/// An operator by whatever another hub may know him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NamedOperator {
    #[schema(value_type = String)]
    id: OperatorId,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login: Option<String>,
}

/// What an export gave.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ImportBody {
    /// `switchboard.line`
    format: String,
    /// 1
    version: u32,
    /// What is left out is as in a new line.
    #[schema(value_type = line_schema::NewLineSettings)]
    settings: Value,
    /// At most 2000.
    #[serde(default)]
    operators: Vec<NamedOperator>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ImportedBody {
    #[serde(flatten)]
    line: LineBody,
    /// Operators of the file who do not exist here, in the queue or as personas.
    left_out: Vec<NamedOperator>,
}

/// A line's rules as a file. The calendar of another line is written into it.
#[utoipa::path(get, path = "/api/v1/lines/{id}/export", tag = "lines", security(("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ExportBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
    ))]
pub(in crate::web) async fn export(
    person: Person,
    id: web::Path<String>,
) -> Result<web::Json<ExportBody>, ApiError> {
    person.administers()?;
    let directory = &*person.directory;
    let mut settings = find(directory, &id)?.value.settings.clone();
    let of = settings.hours.calendar_of.take().and_then(|of| directory.lines.get(&of));
    if let Some(of) = of {
        settings.hours = settings.hours.with_calendar(&of.value.settings.hours);
    }
    let operators = named_in(&settings).into_iter().filter_map(|id| {
        let found = directory.operators.get(&id)?;
        let login = account_of(directory, &id).map(|(login, _)| login.clone());
        Some(NamedOperator { name: found.value.name.clone(), id, login })
    });
    let operators = operators.collect();
    Ok(web::Json(ExportBody { format: FORMAT, version: VERSION, settings, operators }))
}

/// Makes a line of such a file.
#[utoipa::path(post, path = "/api/v1/lines/import", tag = "lines", security(("cookie" = [])),
    request_body = ImportBody,
    responses(
        (status = 201, body = ImportedBody),
        (status = 403, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn import(
    person: Person,
    edge: web::Data<Edge>,
    body: web::Json<ImportBody>,
) -> Result<HttpResponse, ApiError> {
    person.administers()?;
    let ImportBody { format, version, settings: given, operators } = body.into_inner();
    check_form(&format, version, &operators)?;
    let new = settings::of_new_line(Vec::new(), &edge, &person.directory);
    let mut settings = settings::over(&new, given, &edge)?;
    let left_out = settle(&mut settings, &operators, &person.directory);
    settings::check(&settings, None, &edge, &person.directory)?;
    let line = new_line(settings, &edge);
    let change = Change::ImportedLine { line: line.clone() };
    edge.node.change(&person.operator.id, vec![change]).await?;
    let line = show(&Versioned { version: 1, value: line.into() });
    Ok(HttpResponse::Created().json(ImportedBody { line, left_out }))
}

fn check_form(format: &str, version: u32, operators: &[NamedOperator]) -> Result<(), ApiError> {
    if format != FORMAT {
        return Err(ApiError::field("format", FORMAT));
    }
    if version != VERSION {
        return Err(ApiError::field("version", "1"));
    }
    if operators.len() > OPERATORS_MAX {
        return Err(ApiError::field("operators", "at most 2000"));
    }
    Ok(())
}

/// Puts operators of this hub in place of those of the file: the one with that id, else with that
/// login. Answers those that there are not, who are left out.
fn settle(
    settings: &mut LineSettings,
    named: &[NamedOperator],
    directory: &Directory,
) -> Vec<NamedOperator> {
    let by_name = |id: &OperatorId| named.iter().find(|named| named.id == *id);
    let here = |id: &OperatorId| {
        if directory.operators.contains_key(id) {
            return Some(id.clone());
        }
        let login = login_of(by_name(id)?.login.as_deref()?);
        directory.accounts.get(&login).map(|account| account.value.operator.clone())
    };
    let left_out = named_in(settings).into_iter().filter(|id| here(id).is_none()).map(|id| {
        let unnamed = NamedOperator { id: id.clone(), name: String::new(), login: None };
        by_name(&id).cloned().unwrap_or(unnamed)
    });
    let left_out = left_out.collect();
    let queue = std::mem::take(&mut settings.queue.operators);
    settings.queue.operators = queue.iter().filter_map(here).collect();
    settings.personas.retain_mut(|persona| match here(&persona.operator) {
        Some(id) => {
            persona.operator = id;
            true
        }
        None => false,
    });
    left_out
}

/// Operators whom the settings name, each once.
fn named_in(settings: &LineSettings) -> Vec<OperatorId> {
    let personas = settings.personas.iter().map(|persona| &persona.operator);
    let mut seen = BTreeSet::new();
    let named = settings.queue.operators.iter().chain(personas);
    named.filter(|id| seen.insert((*id).clone())).cloned().collect()
}
