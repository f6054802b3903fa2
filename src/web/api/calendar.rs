//! Calendar files (iCalendar) as holidays of a line, shown before they are saved. Nothing is stored
//! here: what the administrator keeps of it comes back with the settings of a line.

mod days;
mod event;
#[cfg(test)]
mod tests;

use actix_web::web;
use calcard::icalendar::{ICalendar, ICalendarComponentType};
use calcard::{Entry, Parser};
use domain::hours::{HOLIDAYS_MAX, Holiday};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::actors::directory::time_zone;
use crate::web::api::calendar::days::Days;
use crate::web::api::calendar::event::{Event, Zones};
use crate::web::api::line_schema;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::person::Person;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct CalendarFile {
    /// IANA name of the line's time zone; events are shown in it.
    timezone: String,
    /// The text of the file. The whole body has at most 256 KiB.
    ics: String,
}

/// What a calendar file comes to.
#[derive(Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct CalendarBody {
    #[schema(value_type = Vec<line_schema::Holiday>)]
    holidays: Vec<Holiday>,
    /// The events that are in none of them.
    skipped: Vec<Skipped>,
}

#[derive(Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Skipped {
    /// As the file names it; empty: it does not.
    name: String,
    why: Why,
}

/// Why an event is no holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::web) enum Why {
    Cancelled,
    /// Over before today.
    Past,
    /// Otherwise than once for ever every year on that day.
    Repeats,
    /// Without a date, or with one that there is not.
    NoDate,
    /// At a time of day, but without an end after it.
    NoEnd,
    /// At a time of day, and with the others of that day for more than 24 hours.
    TooLong,
    /// In a time zone that is not known.
    UnknownZone,
    /// Beyond what the settings of a line can hold.
    OutOfBounds,
}

/// Why a file is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum NotRead {
    NoCalendar,
    TooMany,
}

/// What a calendar file comes to as holidays of a line: a day without a time is closed, a time of
/// day is when it is open on that day. Nothing is stored.
#[utoipa::path(post, path = "/api/v1/calendar/preview", tag = "lines",
    security(("cookie" = [])), request_body = CalendarFile,
    responses(
        (status = 200, body = CalendarBody),
        (status = 403, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ))]
pub(in crate::web) async fn preview(
    person: Person,
    edge: web::Data<Edge>,
    body: web::Json<CalendarFile>,
) -> Result<web::Json<CalendarBody>, ApiError> {
    person.administers()?;
    let unknown = || ApiError::field("timezone", "the IANA name of a time zone");
    let zone = time_zone(&body.timezone).ok_or_else(unknown)?;
    let today = zone.to_datetime(edge.clock.now()).date();
    let read = read(&body.ics, &zone, today).map_err(|why| match why {
        NotRead::NoCalendar => ApiError::field("ics", "calendars in the iCalendar format"),
        NotRead::TooMany => ApiError::field("ics", "at most 1000 holidays from today on"),
    })?;
    Ok(web::Json(read))
}

/// Reads a file for a line in that zone. What was over before `today` is left out.
pub(in crate::web) fn read(
    ics: &str,
    zone: &TimeZone,
    today: Date,
) -> Result<CalendarBody, NotRead> {
    let (mut days, mut skipped) = (Days::default(), Vec::new());
    for calendar in calendars(ics)? {
        let zones = Zones::of(&calendar, zone);
        let events = calendar.components.iter();
        for event in events.filter(|it| it.component_type == ICalendarComponentType::VEvent) {
            let name = event::name(event);
            let read = Event::read(event, &zones).and_then(|it| days.add(&name, it, today));
            if let Err(why) = read {
                skipped.push(Skipped { name, why });
            }
        }
    }
    let holidays = days.into_holidays();
    if holidays.len() > HOLIDAYS_MAX {
        return Err(NotRead::TooMany);
    }
    Ok(CalendarBody { holidays, skipped })
}

fn calendars(ics: &str) -> Result<Vec<ICalendar>, NotRead> {
    let (mut parser, mut calendars) = (Parser::new(ics), Vec::new());
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => calendars.push(calendar),
            Entry::Eof if !calendars.is_empty() => return Ok(calendars),
            Entry::Eof
            | Entry::VCard(_)
            | Entry::InvalidLine(_)
            | Entry::UnexpectedComponentEnd { .. }
            | Entry::UnterminatedComponent(_)
            | Entry::TooManyComponents
            | _ => return Err(NotRead::NoCalendar),
        }
    }
}
