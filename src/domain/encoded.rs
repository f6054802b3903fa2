//! A value with its JSON, which is made once for all who write it down.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// A value that is shared and does not change. A row or an entry is written into the history, the feed,
/// the lists and the frames of everybody who sees it: whoever is first makes its JSON, the others copy
/// it. It can be written as JSON only.
pub struct Encoded<T>(Arc<Kept<T>>);

struct Kept<T> {
    value: T,
    json: OnceLock<Box<RawValue>>,
}

impl<T> Encoded<T> {
    pub fn new(value: T) -> Self {
        Self(Arc::new(Kept { value, json: OnceLock::new() }))
    }
}

impl<T: Clone> Encoded<T> {
    /// The value, to be changed.
    pub fn into_inner(self) -> T {
        match Arc::try_unwrap(self.0) {
            Ok(kept) => kept.value,
            Err(shared) => shared.value.clone(),
        }
    }
}

impl<T: Serialize> Encoded<T> {
    /// Its JSON. An error is one of the value's own `Serialize`.
    pub fn json(&self) -> Result<&str, serde_json::Error> {
        self.raw().map(RawValue::get)
    }

    fn raw(&self) -> Result<&RawValue, serde_json::Error> {
        if let Some(json) = self.0.json.get() {
            return Ok(json);
        }
        let made = to_raw_value(&self.0.value)?;
        Ok(self.0.json.get_or_init(|| made))
    }
}

impl<T> Clone for Encoded<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Deref for Encoded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> From<T> for Encoded<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: PartialEq> PartialEq for Encoded<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.value == other.0.value
    }
}

impl<T: Eq> Eq for Encoded<T> {}

impl<T: fmt::Debug> fmt::Debug for Encoded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.value.fmt(f)
    }
}

impl<T: Serialize> Serialize for Encoded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw().map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Encoded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_str, json, to_string, to_value};

    use super::*;

    #[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Told {
        Word { word: Encoded<Vec<String>> },
    }

    fn word() -> Encoded<Vec<String>> {
        Encoded::new(vec!["a \"b\"".to_owned()])
    }

    #[test]
    fn it_is_written_as_its_value() {
        let told = Told::Word { word: word() };
        let text = r#"{"kind":"word","word":["a \"b\""]}"#;
        assert_eq!(to_string(&told).unwrap(), text);
        assert_eq!(to_string(&told).unwrap(), text, "once more");
        assert_eq!(to_value(&told).unwrap(), json!({ "kind": "word", "word": ["a \"b\""] }));
        assert_eq!(from_str::<Told>(text).unwrap(), told);
    }

    #[test]
    fn its_json_is_made_once() {
        let (first, second) = (word(), word());
        let copy = first.clone();
        assert_eq!(first, second);
        assert_eq!(first.json().unwrap().as_ptr(), copy.json().unwrap().as_ptr());
        assert_ne!(first.json().unwrap().as_ptr(), second.json().unwrap().as_ptr());
        assert_eq!(first.into_inner(), ["a \"b\""]);
    }
}
