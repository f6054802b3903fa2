//! Updates that no documentation shows: a key gone, a type changed, something unknown inside.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use switchboard::channels::Meaning;

use super::{deliver, fixtures};

#[derive(Clone, Copy, Debug)]
pub(super) enum Mutation {
    Remove,
    Replace(usize),
    /// A field of a name to come, in an object.
    Extend,
}

fn replacements() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5e300),
        json!(u64::MAX),
        json!(""),
        json!("\u{202e}text"),
        json!([]),
        json!([[{"file_id": 1}]]),
        json!({}),
        json!({"a kind to come": {"inside": [1, "two"]}}),
    ]
}

pub(super) fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        Just(Mutation::Remove),
        (0..replacements().len()).prop_map(Mutation::Replace),
        Just(Mutation::Extend),
    ]
}

/// JSON pointers to everything inside `value`, itself last.
pub(super) fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(k, v)| pointers(v, &format!("{at}/{k}"), found));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(i, v)| pointers(v, &format!("{at}/{i}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found.push(at.to_owned());
}

pub(super) fn mutate(update: &mut Value, pointer: &str, mutation: Mutation) {
    match mutation {
        Mutation::Remove => {
            let Some((parent, key)) = pointer.rsplit_once('/') else { return };
            match update.pointer_mut(parent).expect("it was found") {
                Value::Object(fields) => drop(fields.remove(key)),
                Value::Array(items) => drop(items.remove(key.parse().expect("an index"))),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        Mutation::Replace(with) => {
            *update.pointer_mut(pointer).expect("it was found") = replacements().swap_remove(with);
        }
        Mutation::Extend => {
            if let Some(Value::Object(fields)) = update.pointer_mut(pointer) {
                fields.insert("a_field_to_come".to_owned(), json!({ "deep": [{ "type": 7 }] }));
            }
        }
    }
}

/// What an update means, without its original.
fn meaning(update: &Value) -> Meaning {
    let items = deliver(update.to_string().as_bytes()).expect("a genuine update is taken");
    assert_eq!(items.len(), 1);
    let mut meaning = items.into_iter().next().expect("one").meaning;
    if let Meaning::Inbound(inbound) = &mut meaning {
        inbound.original = None;
        assert!(!inbound.customer_name.is_empty() && !inbound.chat.is_empty());
    }
    meaning
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..Default::default() })]

    #[test]
    fn a_strange_update_is_taken_or_ignored(
        fixture in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), mutation()), 1..4),
    ) {
        let mut update = fixture.get(all()).clone();
        for (place, mutation) in mutations {
            let mut places = Vec::new();
            pointers(&update, "", &mut places);
            let place: &String = place.get(&places);
            mutate(&mut update, place, mutation);
        }
        meaning(&update);
    }
}

#[test]
fn a_field_to_come_changes_nothing() {
    for original in all() {
        let mut places = Vec::new();
        pointers(original, "", &mut places);
        for place in places {
            let mut extended = original.clone();
            mutate(&mut extended, &place, Mutation::Extend);
            assert_eq!(meaning(&extended), meaning(original), "{place} of {original}");
        }
    }
}

fn all() -> &'static [Value] {
    static ALL: LazyLock<Vec<Value>> = LazyLock::new(|| {
        fixtures().iter().map(|(_, body)| serde_json::from_slice(body).expect("json")).collect()
    });
    &ALL
}
