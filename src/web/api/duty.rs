//! What those who oversee an operator's lines may do for him: his status, and the conversations
//! that he has.

use actix_web::{HttpResponse, web};
use domain::operator::{Operator, STATUS_REASON_CHARS_MAX, Status};
use domain::permission::Action;
use serde::{Deserialize, Serialize};

use crate::actors::directory::{Directory, Versioned};
use crate::actors::handle::{Change, NotStored};
use crate::web::api::operators::find;
use crate::web::api::schema;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

/// His document may be changed by others meanwhile; his status is his status all the same.
const ATTEMPTS_MAX: usize = 3;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewStatus {
    #[schema(value_type = schema::Status)]
    status: Status,
    /// At most 100 characters.
    reason: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct HandedOverBody {
    /// How many conversations the queues have got back.
    handed_over: usize,
}

/// Sets an operator's status, as he does himself.
#[utoipa::path(put, path = "/api/v1/operators/{id}/status", tag = "operators",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = NewStatus,
    responses(
        (status = 204, description = "set"),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn set_status(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<NewStatus>,
) -> Result<HttpResponse, ApiError> {
    managed(&person, &person.directory, &id)?;
    let NewStatus { status, reason } = body.into_inner();
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > STATUS_REASON_CHARS_MAX) {
        return Err(ApiError::field("reason", "at most 100 characters, or null"));
    }
    let mut outcome = Err(NotStored::Stale);
    for _ in 0..ATTEMPTS_MAX {
        let directory = edge.node.directory();
        let found = managed(&person, &directory, &id)?;
        let (status_reason, now_so) = (reason.clone(), (*found.value).clone());
        let operator = Operator { status, status_reason, set_away: false, ..now_so };
        let change = Change::Operator { version: found.version, operator };
        outcome = edge.node.change(&person.operator.id, vec![change]).await;
        if outcome != Err(NotStored::Stale) {
            break;
        }
    }
    outcome?;
    Ok(HttpResponse::NoContent().finish())
}

/// Gives all conversations that an operator has back to their queues, as far as the person oversees
/// their lines.
#[utoipa::path(post, path = "/api/v1/operators/{id}/hand-over", tag = "operators",
    security(("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 200, body = HandedOverBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
    ))]
pub(in crate::web) async fn hand_over(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
) -> Result<web::Json<HandedOverBody>, ApiError> {
    let operator = managed(&person, &person.directory, &id)?.value.id.clone();
    let handed_over = edge.node.hand_over(&person.operator.id, &operator).await?;
    Ok(web::Json(HandedOverBody { handed_over }))
}

/// The operator, if the person may manage him.
fn managed<'a>(
    person: &Person,
    directory: &'a Directory,
    id: &str,
) -> Result<&'a Versioned<Operator>, ApiError> {
    let found = find(directory, id)?;
    let operator = &found.value.id;
    let queues = directory.queues_of(operator);
    let may = person.may(Action::ManageOperator { operator, queues });
    may.then_some(found).ok_or(ApiError::Forbidden)
}
