//! What would happen to a message: nothing is stored, and nobody is asked.

use actix_web::web;
use domain::hours::{Hours, HoursRule};
use domain::id::OperatorId;
use domain::line::LineSettings;
use domain::routing::{Decision, Explanation};
use domain::texts::{self, Values};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::web::api::lines::{seen, settings};
use crate::web::api::{entry_schema, line_schema};
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct PreviewBody {
    /// Null or left out: those that are stored.
    #[schema(value_type = Option<line_schema::LineSettings>)]
    #[serde(default)]
    settings: Value,
    /// When the message comes. Null or left out: now.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ForeseenBody {
    /// The line is open then.
    open: bool,
    /// When it opens next; null: it is open, or does not open within three years.
    #[schema(value_type = Option<String>, format = DateTime)]
    opens_at: Option<Timestamp>,
    /// What the customer is told because the line is closed; null: nothing. `{customer}` stands for
    /// whoever it will be.
    text: Option<String>,
    /// Who is offered the conversation, as operators stand now.
    #[schema(value_type = Vec<String>)]
    offered: Vec<OperatorId>,
    /// Why they; null: nobody is asked, for the line is closed or inactive.
    #[schema(value_type = Option<entry_schema::Explanation>)]
    explanation: Option<Explanation>,
}

/// What would happen to the message of a customer whom nobody knows.
#[utoipa::path(post, path = "/api/v1/lines/{id}/preview", tag = "lines",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = PreviewBody,
    responses(
        (status = 200, body = ForeseenBody),
        (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn preview(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<PreviewBody>,
) -> Result<web::Json<ForeseenBody>, ApiError> {
    let line = seen(&person, &id)?.value.clone();
    let PreviewBody { settings: given, at } = body.into_inner();
    let settings = if given.is_null() {
        line.settings.clone()
    } else {
        let settings = settings::whole(given, &edge)?;
        settings::check(&settings, Some(&line.id), &edge, &person.directory)?;
        settings
    };
    let at = match at {
        Some(at) => at.parse().map_err(|_| ApiError::field("at", MOMENT))?,
        None => edge.clock.now(),
    };
    let hours = person.directory.hours_of(&settings);
    let routes = settings.active && hours.is_open(at);
    let decision = if routes { edge.node.foresee(&line.id, settings.clone()).await? } else { None };
    Ok(web::Json(foreseen(&settings, &hours, at, decision, &edge.company.name)))
}

const MOMENT: &str = "a moment such as 2026-03-02T09:00:00Z, or null for now";

fn foreseen(
    settings: &LineSettings,
    hours: &Hours,
    at: Timestamp,
    decision: Option<Decision>,
    company: &str,
) -> ForeseenBody {
    let open = hours.is_open(at);
    let opens_at = if open { None } else { hours.opens_next(at) };
    let tells = !open && settings.active && settings.hours.rule == HoursRule::Reply;
    let text = tells.then(|| {
        let opens_at = texts::moment(opens_at, at, hours.zone(), settings.language);
        let values =
            Values { opens_at: &opens_at, operator: company, company, customer: "{customer}" };
        texts::fill(settings.off_hours_text(), &values)
    });
    let (offered, explanation) =
        decision.map(|decision| (decision.operators, decision.explanation)).unzip();
    ForeseenBody { open, opens_at, text, offered: offered.unwrap_or_default(), explanation }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn at_night(change: impl FnOnce(&mut LineSettings)) -> ForeseenBody {
        let mut settings = LineSettings::new("Sales", Vec::new(), "UTC");
        settings.hours.enabled = true;
        settings.hours.text = Some("{customer}, {company} opens {opens_at}".to_owned());
        change(&mut settings);
        let hours = Hours::new(&settings.hours, TimeZone::UTC);
        let night = "2026-03-02T03:00:00Z".parse().expect("a moment");
        foreseen(&settings, &hours, night, None, "Acme")
    }

    #[test]
    fn who_writes_at_night_is_told_when_the_line_opens() {
        let foreseen = at_night(|_| {});
        assert_eq!(foreseen.text.as_deref(), Some("{customer}, Acme opens today at 09:00"));
        let opens_at = foreseen.opens_at.expect("it does").to_string();
        assert_eq!((foreseen.open, &*opens_at), (false, "2026-03-02T09:00:00Z"));
        assert_eq!(foreseen.explanation, None);
    }

    #[test]
    fn a_line_may_tell_nothing() {
        assert_eq!(at_night(|settings| settings.hours.rule = HoursRule::Nothing).text, None);
        assert_eq!(at_night(|settings| settings.active = false).text, None);
        let open = at_night(|settings| settings.hours.enabled = false);
        assert_eq!((open.open, open.opens_at, open.text), (true, None, None));
    }
}
