//! Who changed what: the entries of the audit log, and how two states of a thing differ.
//!
//! Knows nothing of where entries are kept. What is long is cut, so that an entry has a bound; what
//! is secret is never in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{ChannelId, CustomerId, LineId, OperatorId};

/// Fields that one entry tells of; the rest are counted.
pub const FIELDS_MAX: usize = 100;
/// Characters of a text that an entry keeps.
pub const TEXT_CHARS_MAX: usize = 300;
/// Items of a list that an entry keeps.
pub const ITEMS_MAX: usize = 20;
/// Stands for what is left out, and before the number of items that are.
const LEFT_OUT: char = '…';
/// Stands for a secret.
const SECRET: &str = "••••";

/// One change by a person, as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub at: Timestamp,
    pub by: OperatorId,
    pub what: Deed,
    pub subject: Subject,
    /// Empty where the deed says it all.
    pub changes: Vec<FieldChange>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    Created,
    /// Created from what another line, or another hub, has exported.
    Imported,
    Changed,
    Archived,
    /// Taken out of the archive.
    Restored,
    /// A password was set; which, nobody is told.
    PasswordSet,
    Blocked,
    Unblocked,
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Subject {
    Line(LineId),
    Channel(ChannelId),
    Operator(OperatorId),
    Customer(CustomerId),
}

/// A field before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its name in the API, as `queue.mode`.
    pub field: String,
    /// Null: there was nothing.
    pub from: Value,
    pub to: Value,
}

/// What differs between two states of a thing, field by field, by their names. A list counts as one
/// field. Of the fields in `secrets` one learns that they changed, and no more.
pub fn differences(before: &Value, after: &Value, secrets: &[&str]) -> Vec<FieldChange> {
    let mut found = Vec::new();
    compare(String::new(), before, after, &mut found);
    let kept = found.len().min(FIELDS_MAX);
    let more = found.len() - kept;
    found.truncate(kept);
    for change in &mut found {
        if secrets.iter().any(|secret| touches(&change.field, secret)) {
            (change.from, change.to) = (hidden(&change.from), hidden(&change.to));
        } else {
            (change.from, change.to) = shortened(&change.from, &change.to);
        }
    }
    if more > 0 {
        let (field, from) = (LEFT_OUT.to_string(), Value::Null);
        found.push(FieldChange { field, from, to: more.into() });
    }
    found
}

fn compare(field: String, before: &Value, after: &Value, found: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    // A group that comes or goes as a whole is told field by field.
    let nothing = serde_json::Map::new();
    let groups = match (before, after) {
        (Value::Object(before), Value::Object(after)) => Some((before, after)),
        (Value::Null, Value::Object(after)) => Some((&nothing, after)),
        (Value::Object(before), Value::Null) => Some((before, &nothing)),
        (_, _) => None,
    };
    let Some((before, after)) = groups else {
        found.push(FieldChange { field, from: before.clone(), to: after.clone() });
        return;
    };
    let is_new = |name: &&String| !before.contains_key(*name);
    for name in before.keys().chain(after.keys().filter(is_new)) {
        let inner = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
        let of = |group: &serde_json::Map<String, Value>| group.get(name).cloned();
        compare(inner, &of(before).unwrap_or_default(), &of(after).unwrap_or_default(), found);
    }
}

/// Whether the field is the secret, lies in it, or holds it.
fn touches(field: &str, secret: &str) -> bool {
    let lies_in = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    lies_in(field, secret) || lies_in(secret, field)
}

fn hidden(value: &Value) -> Value {
    if value.is_null() { Value::Null } else { SECRET.into() }
}

/// Both as an entry keeps them. Of two long lists the part is kept in which they differ.
fn shortened(before: &Value, after: &Value) -> (Value, Value) {
    match (before, after) {
        (Value::Array(before), Value::Array(after)) => {
            let long = before.len().max(after.len()) > ITEMS_MAX;
            let same = |pair: &(&Value, &Value)| pair.0 == pair.1;
            let head = before.iter().zip(after).take_while(same).count();
            let rest = (&before[head..], &after[head..]);
            let tail = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(same).count();
            let (head, tail) = if long { (head, tail) } else { (0, 0) };
            (list(before, head, tail), list(after, head, tail))
        }
        (_, _) => (cut(before), cut(after)),
    }
}

/// The list without what it begins and ends with, which is only counted.
fn list(items: &[Value], head: usize, tail: usize) -> Value {
    let middle = &items[head..items.len() - tail];
    let count =
        |left_out: usize| (left_out > 0).then(|| Value::from(format!("{LEFT_OUT} {left_out}")));
    let kept = middle.iter().take(ITEMS_MAX).map(cut);
    let after = middle.len().saturating_sub(ITEMS_MAX) + tail;
    count(head).into_iter().chain(kept).chain(count(after)).collect()
}

fn cut(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > TEXT_CHARS_MAX => {
            let kept: String = text.chars().take(TEXT_CHARS_MAX).collect();
            format!("{kept}{LEFT_OUT}").into()
        }
        Value::Array(items) => list(items, 0, 0),
        Value::Object(fields) => {
            fields.iter().take(ITEMS_MAX).map(|(name, value)| (name.clone(), cut(value))).collect()
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(before: &Value, after: &Value, expected: &[(&str, Value, Value)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(field, from, to)| FieldChange {
                field: (*field).to_owned(),
                from: from.clone(),
                to: to.clone(),
            })
            .collect();
        assert_eq!(differences(before, after, &["settings.token"]), expected);
    }

    #[test]
    fn only_what_differs_is_told_by_the_name_of_its_field() {
        let before = json!({"name": "Sales", "queue": {"mode": "all", "operators": ["anna"]}});
        let after = json!({"name": "Sales", "queue": {"mode": "evenly", "operators": []}});
        check(&before, &before, &[]);
        check(
            &before,
            &after,
            &[
                ("queue.mode", json!("all"), json!("evenly")),
                ("queue.operators", json!(["anna"]), json!([])),
            ],
        );
    }

    #[test]
    fn what_comes_and_goes_differs_from_nothing() {
        let (one, none) = (json!({"a": {"b": 1, "c": null}}), json!({"a": null}));
        check(&none, &one, &[("a.b", Value::Null, json!(1))]);
        check(&one, &none, &[("a.b", json!(1), Value::Null)]);
        check(&Value::Null, &one, &[("a.b", Value::Null, json!(1))]);
    }

    #[test]
    fn of_a_secret_one_learns_only_that_it_changed() {
        let with = |token: Value| json!({"settings": {"token": token, "polling": true}});
        let (old, new, none) = (with(json!("1:old")), with(json!("1:new")), with(Value::Null));
        check(&old, &new, &[("settings.token", json!("••••"), json!("••••"))]);
        check(&none, &new, &[("settings.token", Value::Null, json!("••••"))]);
        let inside = with(json!({"part": "1:new"}));
        check(&none, &inside, &[("settings.token.part", Value::Null, json!("••••"))]);
        let around = json!({"settings": "none"});
        check(&new, &around, &[("settings", json!("••••"), json!("••••"))]);
    }

    #[test]
    fn a_long_list_shows_where_it_differs() {
        let people = |n: i32| -> Vec<_> { (0..n).map(|i| format!("o{i}")).collect() };
        let (before, mut after) = (people(400), people(400));
        after.insert(300, "new".to_owned());
        let (from, to) = (json!(["… 300", "… 100"]), json!(["… 300", "new", "… 100"]));
        check(&json!({"list": before}), &json!({"list": after}), &[("list", from, to)]);
    }

    #[test]
    fn long_texts_are_cut() {
        let found = differences(&json!(""), &json!("я".repeat(2_000)), &[]);
        assert_eq!(found[0].to, json!(format!("{}…", "я".repeat(TEXT_CHARS_MAX))));
    }

    #[test]
    fn fields_beyond_the_bound_are_counted() {
        let many: Value = (0..FIELDS_MAX + 7).map(|n| (n.to_string(), json!(n))).collect();
        let found = differences(&Value::Null, &many, &[]);
        assert_eq!(found.len(), FIELDS_MAX + 1);
        assert_eq!((found[FIELDS_MAX].field.as_str(), &found[FIELDS_MAX].to), ("…", &json!(7)));
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0..3).prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..40).prop_map(Value::from),
                prop::collection::btree_map("[a-c]", inner, 0..4)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        /// Nothing that differs stays untold, and nothing is told of what is the same.
        #[test]
        fn something_is_told_exactly_if_something_differs(before in values(), after in values()) {
            let pruned = (pruned(&before), pruned(&after));
            prop_assert_eq!(differences(&before, &after, &[]).is_empty(), pruned.0 == pruned.1);
            prop_assert!(differences(&before, &before, &[]).is_empty());
        }
    }

    /// A group without a value in it is nothing.
    fn pruned(value: &Value) -> Value {
        let Value::Object(fields) = value else { return value.clone() };
        let fields = fields.iter().map(|(name, value)| (name.clone(), pruned(value)));
        let fields: serde_json::Map<_, _> = fields.filter(|(_, value)| !value.is_null()).collect();
        if fields.is_empty() { Value::Null } else { Value::Object(fields) }
    }
}
