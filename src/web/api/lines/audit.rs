//! Who changed a line, and how.

use actix_web::web;
use domain::audit::Subject;

use crate::web::api::audit::{AuditBody, PageQuery, page};
use crate::web::api::lines::seen;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

/// The line's changes, newest first.
#[utoipa::path(get, path = "/api/v1/lines/{id}/audit", tag = "lines", security(("cookie" = [])),
    params(("id" = String, Path), PageQuery),
    responses(
        (status = 200, body = AuditBody),
        (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn audit(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    query: web::Query<PageQuery>,
) -> Result<web::Json<AuditBody>, ApiError> {
    let line = seen(&person, &id)?.value.id.clone();
    page(Some(Subject::Line(line)), &query, &edge).await
}
