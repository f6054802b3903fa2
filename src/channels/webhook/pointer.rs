//! Reads JSON and remembers where it stands, so that an error can point at the place.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use super::super::Rejected;

const ID_BYTES_MAX: usize = 128;
const URL_BYTES_MAX: usize = 2048;

/// A value and the JSON pointer to it.
pub(super) struct At<'a> {
    pointer: String,
    pub(super) value: &'a Value,
}

impl<'a> At<'a> {
    /// The place of a whole body, also of one that is no JSON.
    pub(super) const ROOT: At<'static> = At { pointer: String::new(), value: &Value::Null };

    pub(super) fn root(value: &'a Value) -> Self {
        Self { pointer: String::new(), value }
    }

    /// A field that is there and not null.
    pub(super) fn find(&self, field: &str) -> Option<Self> {
        let value = self.value.get(field).filter(|value| !value.is_null())?;
        Some(Self { pointer: format!("{}/{field}", self.pointer), value })
    }

    pub(super) fn need(&self, field: &str) -> Result<Self, Rejected> {
        self.find(field).ok_or_else(|| self.lacks(field))
    }

    pub(super) fn object(&self) -> Result<(), Rejected> {
        if self.value.is_object() { Ok(()) } else { Err(self.wrong("not an object")) }
    }

    pub(super) fn elements(&self, max: usize) -> Result<Vec<Self>, Rejected> {
        let list = self.value.as_array().ok_or_else(|| self.wrong("not an array"))?;
        if list.len() > max {
            return Err(self.wrong("too many"));
        }
        let at = |(index, value)| Self { pointer: format!("{}/{index}", self.pointer), value };
        Ok(list.iter().enumerate().map(at).collect())
    }

    pub(super) fn text(&self, chars_max: usize) -> Result<&'a str, Rejected> {
        let text = self.value.as_str().ok_or_else(|| self.wrong("not a string"))?;
        if text.chars().count() > chars_max { Err(self.wrong("too long")) } else { Ok(text) }
    }

    pub(super) fn flag(&self) -> Result<bool, Rejected> {
        self.value.as_bool().ok_or_else(|| self.wrong("not true or false"))
    }

    /// A text, or a whole number, which becomes its text.
    pub(super) fn id(&self) -> Result<Arc<str>, Rejected> {
        let text = match self.value {
            Value::String(text) => text.clone(),
            Value::Number(number) if !number.is_f64() => number.to_string(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => return Err(self.wrong("neither a string nor a whole number")),
        };
        if text.is_empty() || text.len() > ID_BYTES_MAX || text.chars().any(char::is_control) {
            return Err(self.wrong("not 1 to 128 bytes without control characters"));
        }
        Ok(text.into())
    }

    /// Whole seconds since 1970, or a text as RFC 3339 has it.
    pub(super) fn moment(&self) -> Result<Timestamp, Rejected> {
        let seconds = self.value.as_i64().and_then(|n| Timestamp::from_second(n).ok());
        let text = || self.value.as_str().and_then(|text| text.parse().ok());
        seconds.or_else(text).ok_or_else(|| self.wrong("neither seconds since 1970 nor rfc 3339"))
    }

    pub(super) fn url(&self) -> Result<String, Rejected> {
        let text = self.text(URL_BYTES_MAX)?;
        let known = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
        if known { Ok(text.to_owned()) } else { Err(self.wrong("not an http address")) }
    }

    pub(super) fn wrong(&self, problem: &'static str) -> Rejected {
        Rejected::Malformed { pointer: self.pointer.clone(), problem }
    }

    pub(super) fn lacks(&self, field: &str) -> Rejected {
        Rejected::Malformed { pointer: format!("{}/{field}", self.pointer), problem: "missing" }
    }
}
