//! Customers over HTTP: read and write the card, judge contacts, block, merge.
//!
//! A card is found through the customer's conversations: who may read none of them is told that
//! there is no such customer.

use actix_web::web;
use domain::customer::{NoMerge, Standing, problems};
use domain::event::Row;
use domain::id::{CustomerId, OperatorId};
use domain::lead::NoLead;
use domain::line::FieldProblem;
use domain::permission::Action;
use serde::Deserialize;

use crate::actors::customers::Person as Him;
use crate::actors::customers::changing::{CustomerChange, NotChanged};
use crate::actors::directory::Directory;
use crate::web::api::customer_body::{CustomerBody, Kind, show};
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

/// The newest conversations of a customer through which a right to his card is looked for.
pub(super) const ROWS_MAX: usize = 200;
const CONTACT_CHARS_MAX: usize = 320;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ChangedCustomer {
    /// The version that was read.
    version: u32,
    /// At most 100 characters.
    name: String,
    /// At most 100 characters.
    surname: String,
    /// At most 2000 characters.
    note: String,
    /// Null: nobody owns him as a contact.
    #[schema(value_type = Option<String>)]
    responsible: Option<OperatorId>,
}

/// A contact that is on the card.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ContactOf {
    kind: Kind,
    value: String,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct OtherCustomer {
    #[schema(value_type = String)]
    customer: CustomerId,
}

/// A customer with his lead and his conversations. One whose conversations the person may not read
/// is one that there is not.
#[utoipa::path(get, path = "/api/v1/customers/{id}", tag = "customers",
    security(("cookie" = [])), params(("id" = String, Path)),
    responses((status = 200, body = CustomerBody), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn one(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
) -> Result<web::Json<CustomerBody>, ApiError> {
    let (him, rows) = find(&person, &edge, &id).await?;
    Ok(web::Json(show(&him, &rows)))
}

/// Changes names, note and responsible.
#[utoipa::path(put, path = "/api/v1/customers/{id}", tag = "customers",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = ChangedCustomer,
    responses(
        (status = 200, body = CustomerBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "with the newer one", body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn change(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<ChangedCustomer>,
) -> Result<web::Json<CustomerBody>, ApiError> {
    let (him, rows) = find(&person, &edge, &id).await?;
    let ChangedCustomer { version, name, surname, note, responsible } = body.into_inner();
    let [name, surname] = [name, surname].map(|text| text.trim().to_owned());
    let mut wrong = problems(&name, &surname, &note);
    wrong.extend(unknown_responsible(responsible.as_ref(), &person.directory));
    allowed(person.may(Action::ChangeCustomer(&rows)))?;
    if !wrong.is_empty() {
        return Err(ApiError::InvalidFields(wrong));
    }
    let change = CustomerChange::Write { revision: version, name, surname, note, responsible };
    carry_out(&person, &edge, &him, &change).await
}

/// The contact is the customer's own. One that another customer has for certain makes them one.
#[utoipa::path(post, path = "/api/v1/customers/{id}/contacts/confirm", tag = "customers",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = ContactOf,
    responses(
        (status = 200, body = CustomerBody),
        (status = 403, body = ErrorBody),
        (status = 404, description = "no such customer or contact", body = ErrorBody),
    ))]
pub(in crate::web) async fn confirm_contact(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<ContactOf>,
) -> Result<web::Json<CustomerBody>, ApiError> {
    judge(&person, &edge, &id, body.into_inner(), Standing::Verified).await
}

/// The contact is not the customer's own.
#[utoipa::path(post, path = "/api/v1/customers/{id}/contacts/reject", tag = "customers",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = ContactOf,
    responses(
        (status = 200, body = CustomerBody),
        (status = 403, body = ErrorBody),
        (status = 404, description = "no such customer or contact", body = ErrorBody),
    ))]
pub(in crate::web) async fn reject_contact(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<ContactOf>,
) -> Result<web::Json<CustomerBody>, ApiError> {
    judge(&person, &edge, &id, body.into_inner(), Standing::Rejected).await
}

/// What he writes is only stored from now on.
#[utoipa::path(post, path = "/api/v1/customers/{id}/block", tag = "customers",
    security(("cookie" = [])), params(("id" = String, Path)),
    responses((status = 200, body = CustomerBody), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn block(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
) -> Result<web::Json<CustomerBody>, ApiError> {
    let him = find_to_block(&person, &edge, &id).await?;
    carry_out(&person, &edge, &him, &CustomerChange::Block).await
}

/// What he writes is heard again.
#[utoipa::path(post, path = "/api/v1/customers/{id}/unblock", tag = "customers",
    security(("cookie" = [])), params(("id" = String, Path)),
    responses((status = 200, body = CustomerBody), (status = 404, body = ErrorBody)))]
pub(in crate::web) async fn unblock(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
) -> Result<web::Json<CustomerBody>, ApiError> {
    let him = find_to_block(&person, &edge, &id).await?;
    carry_out(&person, &edge, &him, &CustomerChange::Unblock).await
}

/// Links another customer under this one: they are one person. It can be undone.
#[utoipa::path(post, path = "/api/v1/customers/{id}/merge", tag = "customers",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = OtherCustomer,
    responses(
        (status = 200, body = CustomerBody),
        (status = 403, description = "the person may change only one of them", body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn merge(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<OtherCustomer>,
) -> Result<web::Json<CustomerBody>, ApiError> {
    let him = find_to_change(&person, &edge, &id).await?;
    let other = find_to_change(&person, &edge, body.customer.as_str()).await?;
    let change = CustomerChange::Merge { other: other.card.id.clone() };
    carry_out(&person, &edge, &him, &change).await
}

/// Parts them again, each with what came through his own channels.
#[utoipa::path(post, path = "/api/v1/customers/{id}/unmerge", tag = "customers",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = OtherCustomer,
    responses(
        (status = 200, description = "the one that is left", body = CustomerBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn unmerge(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<OtherCustomer>,
) -> Result<web::Json<CustomerBody>, ApiError> {
    let him = find_to_change(&person, &edge, &id).await?;
    let change = CustomerChange::Unmerge { other: body.into_inner().customer };
    carry_out(&person, &edge, &him, &change).await
}

async fn judge(
    person: &Person,
    edge: &Edge,
    id: &str,
    ContactOf { kind, value }: ContactOf,
    standing: Standing,
) -> Result<web::Json<CustomerBody>, ApiError> {
    if value.chars().count() > CONTACT_CHARS_MAX {
        return Err(ApiError::field("value", "a contact of the card"));
    }
    let him = find_to_change(person, edge, id).await?;
    let change = CustomerChange::DecideContact { kind: kind.into(), value, standing };
    carry_out(person, edge, &him, &change).await
}

/// A customer with the conversations through which the person may read his card.
async fn find(person: &Person, edge: &Edge, id: &str) -> Result<(Him, Vec<Row>), ApiError> {
    let id = CustomerId::parse(id).ok_or(ApiError::NotFound)?;
    let him = edge.node.customer(&id).await?.ok_or(ApiError::NotFound)?;
    let rows = edge.node.conversations_of(&him, ROWS_MAX).await?;
    if person.may(Action::ReadCustomer(&rows)) { Ok((him, rows)) } else { Err(ApiError::NotFound) }
}

async fn find_to_change(person: &Person, edge: &Edge, id: &str) -> Result<Him, ApiError> {
    let (him, rows) = find(person, edge, id).await?;
    allowed(person.may(Action::ChangeCustomer(&rows)))?;
    Ok(him)
}

/// Whoever sees one of his conversations may throw it out, and him with it.
async fn find_to_block(person: &Person, edge: &Edge, id: &str) -> Result<Him, ApiError> {
    let id = CustomerId::parse(id).ok_or(ApiError::NotFound)?;
    let him = edge.node.customer(&id).await?.ok_or(ApiError::NotFound)?;
    let rows = edge.node.conversations_of(&him, ROWS_MAX).await?;
    if person.may(Action::BlockCustomer(&rows)) { Ok(him) } else { Err(ApiError::NotFound) }
}

/// Carries it out and shows the customer as he is then, if the person may still read his card.
async fn carry_out(
    person: &Person,
    edge: &Edge,
    him: &Him,
    change: &CustomerChange,
) -> Result<web::Json<CustomerBody>, ApiError> {
    let changed = edge.node.change_customer(&person.operator.id, &him.card.id, change).await;
    let him = changed.map_err(not_changed)?;
    let rows = edge.node.conversations_of(&him, ROWS_MAX).await?;
    Ok(web::Json(show(&him, &rows)))
}

pub(super) fn allowed(may: bool) -> Result<(), ApiError> {
    may.then_some(()).ok_or(ApiError::Forbidden)
}

pub(super) fn unknown_responsible(
    responsible: Option<&OperatorId>,
    directory: &Directory,
) -> Option<FieldProblem> {
    let works = |id: &OperatorId| directory.operators.get(id).is_some_and(|o| o.value.enabled);
    let unknown = responsible.is_some_and(|id| !works(id));
    let allowed = "the id of an enabled operator, or null".to_owned();
    unknown.then_some(FieldProblem { field: "responsible", allowed })
}

pub(super) fn not_changed(why: NotChanged) -> ApiError {
    match why {
        NotChanged::Unknown => ApiError::NotFound,
        NotChanged::Stale(newer) => super::stale(Some(show(&newer, &[]))),
        NotChanged::NoMerge(why) => ApiError::field("customer", merge_allowed(why)),
        NotChanged::NoLead(NoLead::Never) => {
            ApiError::Refused { code: "no_leads", message: "this line makes no leads" }
        }
        NotChanged::NoLead(NoLead::Exists) => {
            ApiError::Refused { code: "lead_exists", message: "there is an open lead already" }
        }
        NotChanged::NoLead(NoLead::Unreachable) => {
            let problem = |field| FieldProblem {
                field,
                allowed: "a phone or an e-mail address: he cannot be reached otherwise".to_owned(),
            };
            ApiError::InvalidFields(vec![problem("phone"), problem("email")])
        }
        NotChanged::NotStored(why) => why.into(),
    }
}

fn merge_allowed(why: NoMerge) -> &'static str {
    match why {
        NoMerge::SamePerson => "another person",
        NoMerge::NotTheHead => "a customer who is not merged into another",
        NoMerge::TooMany => "at most 20 cards of one person",
        NoMerge::NotMerged => "a card that is merged into this one",
    }
}
