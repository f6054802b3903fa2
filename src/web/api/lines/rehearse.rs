//! A past day once more, under the rules as they are and as they are proposed. Nothing is stored.

use actix_web::web;
use domain::hours::Hours;
use domain::id::OperatorId;
use domain::line::Line;
use domain::rehearsal::{self, NoRehearsal, Rehearsal, Rules, Summary};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::actors::handle::recording::{DayQuery, TooLarge};
use crate::web::api::lines::{seen, settings};
use crate::web::api::{line_schema, schema};
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

const DAY: &str = "a day that has begun, as YYYY-MM-DD";
const TOO_MUCH: ApiError = ApiError::Refused {
    code: "too_much",
    message: "more happened on that day than can be rehearsed",
};

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct RehearseBody {
    /// `YYYY-MM-DD`, by the clock of the line as it is. Of today: what has passed of it.
    day: String,
    /// As they are proposed.
    #[schema(value_type = line_schema::LineSettings)]
    settings: Value,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct RehearsedBody {
    #[schema(value_type = String)]
    day: Date,
    #[schema(value_type = schema::RehearsedDay)]
    as_it_is: Summary,
    #[schema(value_type = schema::RehearsedDay)]
    as_proposed: Summary,
}

/// Goes through a past day of the line once more, by both sets of rules.
#[utoipa::path(post, path = "/api/v1/lines/{id}/rehearse", tag = "lines",
    security(("cookie" = [])), params(("id" = String, Path)), request_body = RehearseBody,
    responses(
        (status = 200, body = RehearsedBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "`too_much`: the day is too large", body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn rehearse(
    person: Person,
    edge: web::Data<Edge>,
    id: web::Path<String>,
    body: web::Json<RehearseBody>,
) -> Result<web::Json<RehearsedBody>, ApiError> {
    let line = seen(&person, &id)?.value.clone();
    let RehearseBody { day, settings: given } = body.into_inner();
    let proposed = settings::whole(given, &edge)?;
    settings::check(&proposed, Some(&line.id), &edge, &person.directory)?;
    let hours = person.directory.hours_of(&line.settings);
    let day: Date = day.parse().map_err(|_| ApiError::field("day", DAY))?;
    let (from, until) = span_of(day, &hours, edge.clock.now())?;

    let _one_of_few = edge.rehearsals.try_acquire().map_err(|_| ApiError::Unavailable)?;
    let query = query_of(&line, &proposed.queue.operators, from, until);
    let record = edge.node.day(&query).await?.map_err(|TooLarge| TOO_MUCH)?;
    let as_proposed = Rules { hours: person.directory.hours_of(&proposed), settings: proposed };
    let as_it_is = Rules { hours, settings: line.settings.clone() };
    let limits = edge.node.limits();
    let rehearsed =
        web::block(move || rehearsal::rehearse(&record, &as_it_is, &as_proposed, limits));
    let rehearsed = rehearsed.await.map_err(|_| ApiError::Unavailable)?;
    let Rehearsal { as_it_is, as_proposed } = rehearsed.map_err(refused)?;
    Ok(web::Json(RehearsedBody { day, as_it_is, as_proposed }))
}

/// When the day begins and ends by the clock of the line, or what of it has passed.
fn span_of(day: Date, hours: &Hours, now: Timestamp) -> Result<(Timestamp, Timestamp), ApiError> {
    let midnight =
        |day: Date| day.to_zoned(hours.zone().clone()).map(|midnight| midnight.timestamp());
    let span = day.tomorrow().and_then(|next| Ok((midnight(day)?, midnight(next)?)));
    let span = span.ok().filter(|(from, _)| *from < now);
    let (from, until) = span.ok_or_else(|| ApiError::field("day", DAY))?;
    Ok((from, until.min(now)))
}

fn query_of(line: &Line, proposed: &[OperatorId], from: Timestamp, until: Timestamp) -> DayQuery {
    let queue = line.settings.queue.operators.iter().chain(proposed).cloned().collect();
    DayQuery { line: line.id.clone(), from, until, queue }
}

fn refused(why: NoRehearsal) -> ApiError {
    match why {
        NoRehearsal::BadSpan => ApiError::field("day", DAY),
        NoRehearsal::TooMuch | NoRehearsal::TooLong => TOO_MUCH,
    }
}

#[cfg(test)]
mod tests {
    use domain::hours::HoursSettings;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::actors::directory::time_zone;

    #[test]
    fn a_day_is_that_of_the_line_and_has_begun() {
        let zone = time_zone("Europe/Berlin").expect("a zone");
        let hours = Hours::new(&HoursSettings::new("Europe/Berlin"), zone);
        let now = "2026-03-30T12:00:00Z".parse().expect("a moment");
        // The clock is put forward on that day.
        let (from, until) = span_of(date(2026, 3, 29), &hours, now).expect("over");
        let span = (from.to_string(), until.to_string());
        assert_eq!(span, ("2026-03-28T23:00:00Z".to_owned(), "2026-03-29T22:00:00Z".to_owned()));
        let (from, until) = span_of(date(2026, 3, 30), &hours, now).expect("begun");
        assert_eq!((from.to_string(), until), ("2026-03-29T22:00:00Z".to_owned(), now));
        for not_begun in [date(2026, 3, 31), date(2027, 1, 1), Date::MAX] {
            assert!(span_of(not_begun, &hours, now).is_err(), "{not_begun}");
        }
        let always = Hours::round_the_clock();
        assert_eq!(*always.zone(), TimeZone::UTC);
        assert!(span_of(date(2026, 3, 29), &always, now).is_ok());
    }
}
