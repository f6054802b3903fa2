//! Reads what a request gives as one of our values: what is not of its form is told by the field.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::web::error::{ApiError, FormProblem};

/// What is said of a field that is left out, ...
pub(super) const NEEDED: &str = "is needed";
/// ... of one that there is not, ...
pub(super) const UNKNOWN: &str = "there is no such field";
/// ... and of one that is not even a word, where only certain words are allowed.
pub(super) const A_WORD: &str = "one of certain words";
/// Longest name of a field that is told back.
const FIELD_CHARS_MAX: usize = 100;

/// The value, or which field is not of its form. `within`: what is not even an object.
pub(super) fn read<T: DeserializeOwned>(within: &str, given: Value) -> Result<T, ApiError> {
    if !given.is_object() {
        return Err(ApiError::Malformed(format!("{within}: expected an object")));
    }
    serde_path_to_error::deserialize(given).map_err(|error| {
        let (field, told) = (name_of(error.path()), error.inner().to_string());
        ApiError::NotOfForm(problem(field, &told))
    })
}

/// As the API names fields: places in a list are left out.
fn name_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let names = path.iter().filter_map(|segment| match segment {
        Segment::Map { key } => Some(key.as_str()),
        Segment::Enum { variant } => Some(variant.as_str()),
        Segment::Seq { .. } | Segment::Unknown => None,
    });
    let name = names.collect::<Vec<_>>().join(".");
    name.chars().take(FIELD_CHARS_MAX).collect()
}

/// What the library tells, in the words of this interface.
fn problem(mut field: String, told: &str) -> FormProblem {
    let within =
        |name: &str| if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") };
    if let Some(name) = quoted_after(told, "missing field ") {
        field = within(name);
        return FormProblem { field, allowed: NEEDED.to_owned() };
    }
    if told.starts_with("unknown field ") {
        return FormProblem { field, allowed: UNKNOWN.to_owned() };
    }
    let expected = told.split_once("expected ").map_or(told, |(_, expected)| expected);
    FormProblem { field, allowed: in_words(expected) }
}

fn quoted_after<'a>(told: &'a str, words: &str) -> Option<&'a str> {
    told.strip_prefix(words)?.split('`').nth(1)
}

fn in_words(expected: &str) -> String {
    let expected = expected.strip_prefix("one of ").unwrap_or(expected);
    match expected {
        "u8" | "u16" | "u32" | "u64" | "i64" => "a whole number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" => "a text".to_owned(),
        "a sequence" => "a list".to_owned(),
        "string or map" => A_WORD.to_owned(),
        other => other.replace('`', "").chars().take(FIELD_CHARS_MAX).collect(),
    }
}

#[cfg(test)]
mod tests {
    use domain::line::LineSettings;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(pointer: &str, wrong: Value, field: &str, allowed: &str) {
        let settings = LineSettings::new("Sales", Vec::new(), "UTC");
        let mut given = serde_json::to_value(settings).expect("json");
        *given.pointer_mut(pointer).expect("a field") = wrong;
        let expected = FormProblem { field: field.to_owned(), allowed: allowed.to_owned() };
        assert_eq!(read::<LineSettings>("settings", given), Err(ApiError::NotOfForm(expected)));
    }

    #[test]
    fn what_is_not_of_its_form_is_told_by_the_field() {
        check("/queue/mode", json!("fastest"), "queue.mode", "evenly, strictly, all");
        check("/rating/scale", json!("best"), "rating.scale", "like or stars");
        check("/active", json!("yes"), "active", "true or false");
        check("/closing/text", json!(7), "closing.text", "a text");
        check("/topics", json!("all"), "topics", "a list");
        check("/answer/limit_seconds", json!(-1), "answer.limit_seconds", "a whole number");
        check("/answer/limit_seconds", json!(1.5), "answer.limit_seconds", "a whole number");
        let interval = json!([{"from": "9:00", "to": "18:00"}]);
        let allowed = "a time as HH:MM, from 00:00 to 24:00";
        check("/hours/week/monday", interval, "hours.week.monday.from", allowed);
        check("/queue", json!({"mode": "all"}), "queue.operators", "is needed");
    }

    #[test]
    fn what_is_no_object_has_no_fields() {
        for given in [json!(null), json!(3), json!([]), json!("settings")] {
            let refused = read::<LineSettings>("settings", given);
            assert!(matches!(refused, Err(ApiError::Malformed(_))));
        }
    }
}
