//! JSON as it was sent: texts are borrowed from the body wherever no escape is in them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Index;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// Any JSON, to be looked into leniently: what is not there reads as null. Members are few, so
/// that they are sought one by one; of two with the same name the last counts.
#[derive(Debug)]
pub(in crate::channels) enum Tree<'a> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'a, str>),
    Array(Vec<Tree<'a>>),
    Object(Vec<(Cow<'a, str>, Tree<'a>)>),
}

/// Room for the members of most objects.
const MEMBERS: usize = 8;

static NULL: Tree<'static> = Tree::Null;

impl<'a> Tree<'a> {
    pub(in crate::channels) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// Itself, if it has members.
    pub(in crate::channels) fn as_object(&self) -> Option<&Self> {
        self.is_object().then_some(self)
    }

    pub(in crate::channels) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    pub(in crate::channels) fn as_array(&self) -> Option<&[Tree<'a>]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    pub(in crate::channels) fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    pub(in crate::channels) fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(is) = self { Some(*is) } else { None }
    }

    pub(in crate::channels) fn as_i64(&self) -> Option<i64> {
        self.as_number()?.as_i64()
    }

    pub(in crate::channels) fn as_u64(&self) -> Option<u64> {
        self.as_number()?.as_u64()
    }

    pub(in crate::channels) fn as_f64(&self) -> Option<f64> {
        self.as_number()?.as_f64()
    }

    fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }
}

impl<'a> Index<&str> for Tree<'a> {
    type Output = Tree<'a>;

    fn index(&self, name: &str) -> &Tree<'a> {
        self.get(name).unwrap_or(&NULL)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Tree<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Tree<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree<'de>, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, is: bool) -> Result<Tree<'de>, E> {
        Ok(Tree::Bool(is))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree<'de>, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree<'de>, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Tree<'de>, E> {
        Ok(Number::from_f64(number).map_or(Tree::Null, Tree::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Tree<'de>, E> {
        Ok(Tree::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree<'de>, E> {
        Ok(Tree::String(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree<'de>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element()? {
            elements.push(element);
        }
        Ok(Tree::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry()? {
            // A name is a text, wherever it comes from.
            if let Tree::String(name) = name {
                if members.is_empty() {
                    members.reserve(MEMBERS);
                }
                members.push((name, value));
            }
        }
        Ok(Tree::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_found_and_what_is_not_reads_as_null() {
        let sent = r#"{"a": {"b": "plain", "c": "esc\u0061ped"}, "n": [1, -2, 2.5, 1e999999]}"#;
        assert!(serde_json::from_str::<Tree<'_>>(sent).is_err(), "no number is that large");
        let sent = sent.replace("1e999999", "true");
        let tree: Tree<'_> = serde_json::from_str(&sent).expect("json");
        assert!(matches!(&tree["a"]["b"], Tree::String(Cow::Borrowed("plain"))));
        assert_eq!(tree["a"]["c"].as_str(), Some("escaped"));
        let numbers = tree["n"].as_array().expect("a list");
        let read = |n: &Tree<'_>| (n.as_u64(), n.as_i64(), n.as_f64(), n.as_bool());
        let read: Vec<_> = numbers.iter().map(read).collect();
        assert_eq!(
            read,
            [
                (Some(1), Some(1), Some(1.0), None),
                (None, Some(-2), Some(-2.0), None),
                (None, None, Some(2.5), None),
                (None, None, None, Some(true)),
            ]
        );
        assert!(matches!(tree["a"]["b"]["c"]["d"], Tree::Null));
        assert!(tree["x"].as_object().is_none());
    }

    #[test]
    fn of_two_members_with_one_name_the_last_counts() {
        let tree: Tree<'_> = serde_json::from_str(r#"{"a": 1, "\u0061": 2}"#).expect("json");
        assert_eq!(tree["a"].as_u64(), Some(2));
    }
}
