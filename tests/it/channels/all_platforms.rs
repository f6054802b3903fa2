//! What holds for every platform: its events are taken, forged ones are not, and whatever else an
//! event may hold, it is taken or ignored.

use proptest::prelude::*;
use serde_json::Value;
use switchboard::channels::{Item, Meaning, Rejected};

use super::now;
use super::payloads::samples_of;
use super::platform::Platform;
use super::rows::ALL;
use super::telegram_mutations::{mutate, mutation, pointers};

/// Events of our own making, and collected ones where there are any.
pub(crate) fn events(platform: &Platform) -> Vec<Value> {
    let samples = samples_of(platform.kind).into_iter();
    let collected = samples.filter(|(name, _)| !(platform.is_no_event)(name));
    let collected = collected.map(|(_, body)| serde_json::from_slice(&body).expect("json"));
    let own = (platform.events)().into_iter();
    own.chain(collected.enumerate().map(|(n, sample)| (platform.as_ours)(sample, n))).collect()
}

fn taken(platform: &Platform, event: &Value) -> Vec<Item> {
    platform.parse(&(platform.signed)(event, now())).expect("a genuine event is taken")
}

#[test]
fn every_event_is_taken_or_ignored_and_known_again() {
    for platform in ALL {
        let events = events(&platform);
        let mut messages = 0;
        for event in &events {
            let items = taken(&platform, event);
            assert!(!items.is_empty(), "nothing comes of {event}");
            assert_eq!(taken(&platform, event), items, "{event}");
            for item in &items {
                let lasts = item.dedupe_seconds > 0 && !item.dedupe.is_empty();
                assert!(lasts, "{}: {event}", platform.kind);
                assert_ne!(item.meaning, Meaning::Ignored("malformed"), "{event}");
                messages += usize::from(matches!(item.meaning, Meaning::Inbound(_)));
            }
        }
        assert!(messages >= 3, "{}: {messages} of {}", platform.kind, events.len());
    }
}

#[test]
fn a_forged_request_is_not_genuine() {
    for platform in ALL {
        for event in (platform.events)() {
            for forged in (platform.forged)(&event, now()) {
                let refused = platform.parse(&forged);
                assert_eq!(refused, Err(Rejected::NotGenuine), "{}: {forged:?}", platform.kind);
            }
        }
    }
}

#[test]
fn an_empty_configured_secret_refuses_everything() {
    for platform in ALL {
        let mut channel = platform.channel("https://platform.example");
        let mut stored = serde_json::to_value(&channel.settings).expect("stored");
        for field in ["secret", "app_secret", "token", "app_id"] {
            if stored[field].is_string() {
                stored[field] = "".into();
            }
        }
        channel.settings = serde_json::from_value(stored).expect("settings");
        for event in (platform.events)() {
            let signed = (platform.signed)(&event, now());
            let headers: Vec<_> = signed.headers.iter().map(|(k, v)| (*k, &**v)).collect();
            let refused = super::request(&channel, &headers, &signed.body);
            assert_eq!(refused, Err(Rejected::NotGenuine), "{}", platform.kind);
        }
    }
}

#[test]
fn bytes_that_are_no_event_are_taken_or_refused() {
    let deep = "[".repeat(100_000);
    let bodies = ["", "{", "null", "[]", "7", "\"text\"", "{\"object\":[]}", &deep];
    for platform in ALL {
        for body in bodies {
            let Ok(event) = serde_json::from_str::<Value>(body) else { continue };
            let _taken_or_not = platform.parse(&(platform.signed)(&event, now()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..Default::default() })]

    #[test]
    fn a_strange_event_loses_nothing_beside_it(
        platform in 0..ALL.len(),
        event in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), mutation()), 1..4),
    ) {
        let platform = &ALL[platform];
        let known = events(platform);
        let mut event = event.get(&known).clone();
        for (place, mutation) in mutations {
            let mut places = Vec::new();
            pointers(&event, "", &mut places);
            let place: &String = place.get(&places);
            mutate(&mut event, place, mutation);
        }
        // What it says of its origin may have been changed as well.
        if let Ok(items) = platform.parse(&(platform.signed)(&event, now())) {
            for item in &items {
                if let Meaning::Inbound(inbound) = &item.meaning {
                    assert!(!inbound.chat.is_empty());
                }
            }
        }
        if let Some(together) = platform.together {
            let sibling = (platform.events)().remove(0);
            let alone = taken(platform, &sibling);
            let both = taken(platform, &together(&[event, sibling]));
            prop_assert!(both.ends_with(&alone), "{both:?}");
        }
    }
}
