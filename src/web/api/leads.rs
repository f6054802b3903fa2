//! Leads over HTTP: the button in the chat, and what becomes of a lead.

use actix_web::{HttpResponse, web};
use domain::customer::ContactKind;
use domain::id::{ConversationId, LeadId, OperatorId};
use domain::line::FieldProblem;
use domain::permission::Action;
use serde::Deserialize;

use crate::actors::customers::changing::CustomerChange;
use crate::crm::contacts::{self, Region};
use crate::web::api::customer_body::{LeadBody, LeadStatus, newest, show_lead};
use crate::web::api::customers::{ROWS_MAX, allowed, not_changed, unknown_responsible};
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

/// What the operator asked the customer for; both may be left out where he can be reached anyway.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewLead {
    /// As people write it; without a country code it is one of the company's country.
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    email: Option<String>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ChangedLead {
    /// The version that was read.
    version: u32,
    status: LeadStatus,
    #[schema(value_type = Option<String>)]
    responsible: Option<OperatorId>,
}

/// Makes a lead of the customer of a conversation. Whoever makes it owns it.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/lead", tag = "leads",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = NewLead,
    responses(
        (status = 201, body = LeadBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "`lead_exists`, or `no_leads` on this line", body = ErrorBody),
        (status = 422, description = "he cannot be reached without a contact", body = ErrorBody),
    ))]
pub(in crate::web) async fn create(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<NewLead>,
) -> Result<HttpResponse, ApiError> {
    let id = ConversationId::parse(&id).ok_or(ApiError::NotFound)?;
    let row = edge.node.row(&id).await.ok_or(ApiError::NotFound)?;
    if !person.may(Action::ReadConversation(&row)) {
        return Err(ApiError::NotFound);
    }
    allowed(person.may(Action::ChangeCustomer(std::slice::from_ref(&row))))?;
    let contacts = contacts_of(&body, edge.company.country)?;
    let customer = row.customer.clone().ok_or(ApiError::NotFound)?;
    let change = CustomerChange::MakeLead { row: Box::new(row), contacts };
    let made = edge.node.change_customer(&person.operator.id, &customer, &change).await;
    let him = made.map_err(not_changed)?;
    let lead = newest(&him.leads).ok_or(ApiError::NotFound)?;
    Ok(HttpResponse::Created().json(show_lead(lead)))
}

/// Changes status and responsible.
#[utoipa::path(put, path = "/api/v1/leads/{id}", tag = "leads",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = ChangedLead,
    responses(
        (status = 200, body = LeadBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "with the customer as he is now", body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn change(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<ChangedLead>,
) -> Result<web::Json<LeadBody>, ApiError> {
    let id = LeadId::parse(&id).ok_or(ApiError::NotFound)?;
    let him = edge.node.customer_of_lead(&id).await?.ok_or(ApiError::NotFound)?;
    let rows = edge.node.conversations_of(&him, ROWS_MAX).await?;
    if !person.may(Action::ReadCustomer(&rows)) {
        return Err(ApiError::NotFound);
    }
    allowed(person.may(Action::ChangeCustomer(&rows)))?;
    let ChangedLead { version, status, responsible } = body.into_inner();
    if let Some(problem) = unknown_responsible(responsible.as_ref(), &person.directory) {
        return Err(ApiError::InvalidFields(vec![problem]));
    }
    let (lead, status) = (id.clone(), status.into());
    let change = CustomerChange::ChangeLead { lead, revision: version, status, responsible };
    let changed = edge.node.change_customer(&person.operator.id, &him.card.id, &change).await;
    let him = changed.map_err(not_changed)?;
    let lead = him.leads.iter().find(|lead| lead.id == id).ok_or(ApiError::NotFound)?;
    Ok(web::Json(show_lead(lead)))
}

/// What was given, each in its one form.
fn contacts_of(body: &NewLead, region: Region) -> Result<Vec<(ContactKind, String)>, ApiError> {
    let phone = body.phone.as_deref().map(|text| {
        contacts::phone(text, region).ok_or(problem("phone", "a possible phone number"))
    });
    let email = body.email.as_deref().map(|text| {
        contacts::email(text).ok_or(problem("email", "an e-mail address such as a@example.com"))
    });
    let (mut given, mut wrong) = (Vec::new(), Vec::new());
    for (kind, contact) in [(ContactKind::Phone, phone), (ContactKind::Email, email)] {
        match contact {
            Some(Ok(value)) => given.push((kind, value)),
            Some(Err(problem)) => wrong.push(problem),
            None => {}
        }
    }
    if wrong.is_empty() { Ok(given) } else { Err(ApiError::InvalidFields(wrong)) }
}

fn problem(field: &'static str, allowed: &str) -> FieldProblem {
    FieldProblem { field, allowed: allowed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_taken_as_people_write_them() {
        let region = Region::parse("US").expect("a country");
        let body = |phone: Option<&str>, email: Option<&str>| NewLead {
            phone: phone.map(str::to_owned),
            email: email.map(str::to_owned),
        };
        assert_eq!(contacts_of(&body(None, None), region), Ok(Vec::new()));
        let both = contacts_of(&body(Some("(202) 555-0123"), Some("Ivan@Example.com")), region);
        let expected = vec![
            (ContactKind::Phone, "+12025550123".to_owned()),
            (ContactKind::Email, "ivan@example.com".to_owned()),
        ];
        assert_eq!(both, Ok(expected));
        let wrong = contacts_of(&body(Some("12"), Some("ivan")), region).expect_err("neither");
        let ApiError::InvalidFields(problems) = wrong else { panic!("{wrong}") };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["phone", "email"]);
    }
}
