//! Settings of a line as they come in: read, put in place of what was, and checked field by field.
//! Bounds are the domain's; what there is (operators, time zones, lines) is looked up here.

use std::ops::RangeInclusive;

use domain::id::{LineId, OperatorId};
use domain::line::{FieldProblem, LineSettings};
use serde_json::Value;

use crate::actors::directory::{Directory, time_zone};
use crate::web::api::form;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, FormProblem};

/// What a new line has if nothing is given.
pub(super) fn of_new_line(
    operators: Vec<OperatorId>,
    edge: &Edge,
    directory: &Directory,
) -> LineSettings {
    let name = name_of_new(&edge.company.name, directory);
    LineSettings::new(name, operators, &edge.timezone)
}

/// The settings that are given, all of them.
pub(super) fn whole(given: Value, edge: &Edge) -> Result<LineSettings, ApiError> {
    let offer_timeout_seconds = &edge.limits.offer_timeout_seconds;
    form::read("settings", given).map_err(|why| with_bounds(why, offer_timeout_seconds))
}

/// The settings with what is given in place of what they had.
pub(super) fn over(
    settings: &LineSettings,
    given: Value,
    edge: &Edge,
) -> Result<LineSettings, ApiError> {
    whole(merged(settings, given), edge)
}

/// Refused if anything in them is out of bounds or names what there is not. `line`: whose they are;
/// none: of one that is not there yet.
pub(super) fn check(
    settings: &LineSettings,
    line: Option<&LineId>,
    edge: &Edge,
    directory: &Directory,
) -> Result<(), ApiError> {
    let mut problems = settings.problems(&edge.limits.offer_timeout_seconds);
    problems.extend(unknown(settings, line, directory));
    if problems.is_empty() { Ok(()) } else { Err(ApiError::InvalidFields(problems)) }
}

/// What the settings name and there is not.
fn unknown(
    settings: &LineSettings,
    line: Option<&LineId>,
    directory: &Directory,
) -> impl Iterator<Item = FieldProblem> {
    let known = |id: &OperatorId| directory.operators.contains_key(id);
    let zone = time_zone(&settings.hours.timezone);
    let zone = zone.as_ref().and_then(|zone| zone.iana_name());
    let operators = "ids of operators that there are";
    let personas = || settings.personas.iter().map(|persona| &persona.operator);
    [
        (settings.queue.operators.iter().all(known), "queue.operators", operators),
        (personas().all(known), "personas.operator", operators),
        (
            zone == Some(&*settings.hours.timezone),
            "hours.timezone",
            "the IANA name of a time zone, such as Europe/Berlin",
        ),
        (
            directory.may_follow_calendar(line, settings),
            "hours.calendar_of",
            "the id of another line that has a calendar of its own, or null",
        ),
    ]
    .into_iter()
    .filter(|(ok, _, _)| !ok)
    .map(|(_, field, allowed)| FieldProblem { field, allowed: allowed.to_owned() })
}

/// "Company", "Company 2", "Company 3": the first that no line has.
fn name_of_new(company: &str, directory: &Directory) -> String {
    let taken = |name: &str| directory.lines.values().any(|line| line.value.settings.name == name);
    let numbered = (2..).map(|number| format!("{company} {number}"));
    let mut names = std::iter::once(company.to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

fn merged(settings: &LineSettings, given: Value) -> Value {
    // Settings are text keys and finite numbers: there is a value of them.
    let mut merged = serde_json::to_value(settings).unwrap_or_default();
    if !given.is_null() {
        merge(&mut merged, given);
    }
    merged
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

/// Of a field that is not even of its form, one is told its bounds, if it has any.
fn with_bounds(why: ApiError, offer_timeout_seconds: &RangeInclusive<u32>) -> ApiError {
    let ApiError::NotOfForm(FormProblem { field, allowed }) = why else { return why };
    let allowed = match &*allowed {
        form::NEEDED | form::UNKNOWN => allowed,
        form::A_WORD => words_of(&field).unwrap_or(allowed),
        _ => bounds_of(&field, offer_timeout_seconds).unwrap_or(allowed),
    };
    ApiError::NotOfForm(FormProblem { field, allowed })
}

/// What the rules say of the field when it is surely out of bounds.
fn bounds_of(field: &str, offer_timeout_seconds: &RangeInclusive<u32>) -> Option<String> {
    if let "hours.holidays.from" | "hours.holidays.to" = field {
        return Some("a day as YYYY-MM-DD".to_owned());
    }
    [Value::from(u32::MAX), Value::from("")].into_iter().find_map(|beyond| {
        let settings = with(field, beyond)?.ok()?;
        let mut problems = settings.problems(offer_timeout_seconds).into_iter();
        problems.find(|problem| problem.field == field).map(|problem| problem.allowed)
    })
}

/// The words of which the field may be one.
fn words_of(field: &str) -> Option<String> {
    match with(field, Value::from(""))? {
        Err(ApiError::NotOfForm(problem)) => Some(problem.allowed),
        Err(_) | Ok(_) => None,
    }
}

/// Settings with that in the field. None: there is no such field.
fn with(field: &str, value: Value) -> Option<Result<LineSettings, ApiError>> {
    let mut given = merged(&LineSettings::new("-", Vec::new(), "UTC"), Value::Null);
    *given.pointer_mut(&format!("/{}", field.replace('.', "/")))? = value;
    Some(form::read("settings", given))
}

#[cfg(test)]
mod tests {
    use domain::id::ShardId;
    use domain::line::{Line, QueueMode};
    use serde_json::json;

    use super::*;
    use crate::actors::directory::Versioned;

    fn settings() -> LineSettings {
        LineSettings::new("Company", Vec::new(), "UTC")
    }

    fn add(directory: &mut Directory, id: &str, settings: LineSettings) {
        let id = LineId::new(id);
        let line = Line { id: id.clone(), shard: ShardId(0), archived: false, settings };
        directory.lines.insert(id, Versioned { version: 1, value: line.into() });
    }

    #[test]
    fn what_is_left_out_is_as_in_a_new_line() {
        let new = settings();
        let read = |given| form::read::<LineSettings>("settings", merged(&new, given));
        assert_eq!(read(Value::Null), Ok(new.clone()));
        let given = json!({"name": "Support", "queue": {"mode": "all"}});
        let settings = read(given).expect("valid");
        assert_eq!((settings.name.as_str(), settings.queue.mode), ("Support", QueueMode::All));
        assert_eq!(settings.queue.offer_timeout_seconds, new.queue.offer_timeout_seconds);
        for wrong in [json!({"colour": 1}), json!({"queue": null}), json!({"name": 3})] {
            assert!(matches!(read(wrong), Err(ApiError::NotOfForm(_))));
        }
        assert!(matches!(read(json!(3)), Err(ApiError::Malformed(_))));
    }

    #[test]
    fn new_lines_are_numbered() {
        let mut directory = Directory::default();
        for expected in ["Company", "Company 2", "Company 3"] {
            let name = name_of_new("Company", &directory);
            assert_eq!(name, expected);
            add(&mut directory, expected, LineSettings { name, ..settings() });
        }
    }

    #[test]
    fn a_calendar_is_followed_over_one_step() {
        let mut directory = Directory::default();
        let follows = |of: &str| {
            let mut settings = settings();
            settings.hours.calendar_of = Some(LineId::new(of));
            settings
        };
        add(&mut directory, "has_its_own", settings());
        add(&mut directory, "follows", follows("has_its_own"));
        add(&mut directory, "another", settings());
        let asks = |of: &str, line: Option<&str>| {
            directory.may_follow_calendar(line.map(LineId::new).as_ref(), &follows(of))
        };
        assert!(asks("has_its_own", None));
        assert!(asks("has_its_own", Some("another")));
        assert!(asks("has_its_own", Some("follows")), "as it does already");
        assert!(!asks("another", Some("another")), "itself");
        assert!(!asks("nowhere", Some("another")), "there is no such line");
        assert!(!asks("follows", Some("another")), "that one follows another");
        assert!(!asks("another", Some("has_its_own")), "its own is followed");
        assert!(directory.may_follow_calendar(Some(&LineId::new("follows")), &settings()));
    }

    #[test]
    fn what_is_not_of_its_form_is_told_its_bounds() {
        let bounds = |field| bounds_of(field, &(60..=1_800));
        for (field, allowed) in [
            ("queue.offer_timeout_seconds", "60..1800"),
            ("unanswered.after_seconds", "0 or 30..86400"),
            ("name", "1..100 characters"),
            ("closing.text", "1..2000 characters, or null for the default text"),
            ("hours.holidays.to", "a day as YYYY-MM-DD"),
        ] {
            assert_eq!(bounds(field).as_deref(), Some(allowed), "{field}");
        }
        assert_eq!(words_of("rating.scale").as_deref(), Some("like or stars"));
        for field in ["", "colour", "active", "queue", "queue.mode", "hours.week.monday.from"] {
            assert_eq!(bounds(field), None, "{field}");
        }
    }
}
