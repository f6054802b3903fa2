//! The audit log over HTTP: who changed what, newest first.

use actix_web::web;
use domain::audit::{AuditEntry, Subject};
use domain::id::{ChannelId, CustomerId, LineId, OperatorId, ShardId};
use serde::{Deserialize, Serialize};

use crate::actors::handle::audit::{AUDIT_PAGE_MAX, AuditPlace, AuditQuery};
use crate::web::api::schema;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

const PAGE_DEFAULT: usize = 50;
/// Between the parts of a cursor.
const CURSOR_SEPARATOR: char = '~';

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct PageQuery {
    /// `next` of the page before.
    before: Option<String>,
    /// 1..100; 50 if left out.
    limit: Option<usize>,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct LogQuery {
    /// Only of one: `line`, `channel`, `operator` or `customer`, together with `id`.
    kind: Option<String>,
    id: Option<String>,
    /// `next` of the page before.
    before: Option<String>,
    /// 1..100; 50 if left out.
    limit: Option<usize>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct AuditBody {
    /// Newest first. May be empty though there is a next page.
    #[schema(value_type = Vec<schema::AuditEntry>)]
    entries: Vec<AuditEntry>,
    /// `before` of the next page; null: this is the last.
    next: Option<String>,
}

/// All changes.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", security(("cookie" = [])),
    params(LogQuery),
    responses(
        (status = 200, body = AuditBody),
        (status = 403, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn log(
    person: Person,
    edge: web::Data<Edge>,
    query: web::Query<LogQuery>,
) -> Result<web::Json<AuditBody>, ApiError> {
    person.administers()?;
    let LogQuery { kind, id, before, limit } = query.into_inner();
    let subject = match (kind, id) {
        (Some(kind), Some(id)) => Some(subject_of(&kind, &id)?),
        (None, None) => None,
        (Some(_), None) => return Err(ApiError::field("id", "is needed with `kind`")),
        (None, Some(_)) => return Err(ApiError::field("kind", "is needed with `id`")),
    };
    page(subject, &PageQuery { before, limit }, &edge).await
}

/// A page of the changes of one subject, or of all.
pub(super) async fn page(
    subject: Option<Subject>,
    query: &PageQuery,
    edge: &Edge,
) -> Result<web::Json<AuditBody>, ApiError> {
    let limit = query.limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=AUDIT_PAGE_MAX).contains(&limit) {
        return Err(ApiError::field("limit", "1..100"));
    }
    let before = query.before.as_deref().map(|cursor| {
        place_of(cursor).ok_or_else(|| ApiError::field("before", "`next` of the page before"))
    });
    let query = AuditQuery { subject, before: before.transpose()?, limit };
    let page = edge.node.audit(&query).await?;
    Ok(web::Json(AuditBody { entries: page.entries, next: page.next.map(cursor_of) }))
}

fn subject_of(kind: &str, id: &str) -> Result<Subject, ApiError> {
    let subject = match kind {
        "line" => LineId::parse(id).map(Subject::Line),
        "channel" => ChannelId::parse(id).map(Subject::Channel),
        "operator" => OperatorId::parse(id).map(Subject::Operator),
        "customer" => CustomerId::parse(id).map(Subject::Customer),
        _ => return Err(ApiError::field("kind", "line, channel, operator, customer")),
    };
    subject.ok_or_else(|| ApiError::field("id", "an id"))
}

fn cursor_of(place: AuditPlace) -> String {
    let AuditPlace { at, shard, n } = place;
    format!("{at}{CURSOR_SEPARATOR}{shard}{CURSOR_SEPARATOR}{n}")
}

fn place_of(cursor: &str) -> Option<AuditPlace> {
    let mut parts = cursor.split(CURSOR_SEPARATOR);
    let (at, shard, n) = (parts.next()?, parts.next()?, parts.next()?);
    let place = AuditPlace {
        at: at.parse().ok()?,
        shard: ShardId(shard.parse().ok()?),
        n: n.parse().ok()?,
    };
    parts.next().is_none().then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let at = "2026-03-02T09:00:00.123456789Z".parse().expect("a moment");
        let place = AuditPlace { at, shard: ShardId(3), n: 77 };
        assert_eq!(place_of(&cursor_of(place)), Some(place));
        for wrong in ["", "7", "2026-03-02T09:00:00Z~1", "2026-03-02T09:00:00Z~1~2~3", "now~1~2"] {
            assert_eq!(place_of(wrong), None, "{wrong}");
        }
    }
}
