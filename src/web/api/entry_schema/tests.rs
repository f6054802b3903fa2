//! The forms and the domain are the same.

use serde_json::{Value, json};

use super::*;

/// What the domain reads and writes survives its documented form, and the other way round.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a table reads better without borrows")]
fn same(body: Value) {
    let json = json!({
        "n": 1, "at": "2026-03-01T09:00:00Z", "author": {"kind": "customer"}, "body": body,
    });
    let entry: domain::entry::Entry = serde_json::from_value(json).expect("an entry");
    let json = serde_json::to_value(entry).expect("serialised");
    let form: Entry = serde_json::from_value(json.clone()).expect("the form knows it");
    assert_eq!(serde_json::to_value(form).expect("serialised"), json);
}

#[test]
fn messages_are_as_documented() {
    let at = "2026-03-01T09:00:00Z";
    same(json!({"kind": "note", "text": "a regular"}));
    same(json!({"kind": "message", "text": "hello"}));
    for unheard in ["automatic", "blocked", "unasked_rating"] {
        same(json!({"kind": "message", "text": "", "unheard": unheard}));
    }
    for delivery in ["pending", "sent", "delivered", "read", "unconfirmed"] {
        same(json!({"kind": "message", "text": "", "delivery": {"state": delivery}}));
    }
    same(json!({
        "kind": "message", "text": "", "external_id": "1", "reply_to": "2",
        "platform_at": at, "edited_at": at, "deleted_at": at,
        "correction": {"what": "edit", "text": "no", "failed": "too old"},
        "earlier": [{"text": "so", "until": at}], "delivery": {"state": "failed", "reason": "gone"},
        "attachments": [
            {"kind": "contact", "name": "Ivan", "phone": "+7", "own": true},
            {"kind": "location", "latitude": 1.5, "longitude": 2.5, "title": "home"},
            {"kind": "sticker", "emoji": "x"},
            {"kind": "file", "what": "photo", "name": "a", "size_bytes": 5, "external_id": "b"},
            {"kind": "other", "what": "poll"},
        ],
    }));
}

#[test]
fn facts_are_as_documented() {
    let at = "2026-03-01T09:00:00Z";
    let fact = |name: &str, mut fields: Value| {
        (fields["kind"], fields["fact"]) = ("fact".into(), name.into());
        same(fields);
    };
    for name in [
        "accepted",
        "left",
        "taken",
        "picked_up",
        "returned",
        "answer_late",
        "hold_ended",
        "joined",
        "left_again",
        "reopened",
    ] {
        fact(name, json!({"operator": "anna"}));
    }
    for name in ["silent_too_long", "customer_reachable"] {
        fact(name, json!({}));
    }
    fact("declined", json!({"operator": "anna", "reason": null}));
    fact("missed", json!({"operators": ["anna"]}));
    fact("taken_over", json!({"operator": "anna", "from": "boris"}));
    fact("round_exhausted", json!({"round": 1}));
    fact("put_on_hold", json!({"operator": "anna", "until": at}));
    fact("topic_chosen", json!({"operator": "anna", "topic": null}));
    fact("invited", json!({"operator": "anna", "colleague": "boris"}));
    fact("finished", json!({"operator": "anna", "silent": true}));
    fact("rating_requested", json!({"scale": "like"}));
    fact("rated", json!({"scale": "stars", "value": 5}));
    fact("reviewed", json!({"operator": "anna", "stars": 3, "comment": "well"}));
    fact("marked_spam", json!({"operator": "anna", "blocked": true}));
    fact("customer_unreachable", json!({"reason": "gone"}));
}

#[test]
fn facts_of_handing_on_are_as_documented() {
    let fact = |name: &str, mut fields: Value| {
        (fields["kind"], fields["fact"]) = ("fact".into(), name.into());
        same(fields);
    };
    let until = "2026-03-01T09:00:00Z";
    fact(
        "transferred",
        json!({"operator": "anna", "to": "boris", "offer": 2, "until": until, "comment": null}),
    );
    for how in ["declined", "missed", "left", "withdrawn"] {
        let (operator, to) = ("anna", "boris");
        let fields = json!({"operator": operator, "to": to, "how": how, "reason": null});
        fact("transfer_ended", fields);
    }
    fact("moved", json!({"operator": "anna", "line": "sales", "next": "1-2", "comment": "asks"}));
    fact("came_from", json!({"operator": "anna", "line": "sales", "comment": null}));
    for why in ["absent", "disabled", "answer_limit", "sender_absent"] {
        fact("routed_again", json!({"from": "anna", "why": why}));
    }
    fact("routed_again", json!({"from": "anna", "why": "supervisor", "by": "chief"}));
}

#[test]
fn ends_and_texts_are_as_documented() {
    let closed = |reason: Value| {
        same(json!({"kind": "fact", "fact": "closed", "reason": reason}));
    };
    for why in ["finished", "silence", "spam", "unheard"] {
        closed(json!({"why": why}));
    }
    closed(json!({"why": "moved", "line": "sales", "next": "1-2"}));
    for kind in domain::texts::Kind::ALL {
        same(json!({"kind": "fact", "fact": "text_suppressed", "text": kind}));
        same(json!({"kind": "message", "text": "hello", "automatic": kind}));
    }
    for unheard in ["automatic", "blocked", "unasked_rating"] {
        same(json!({"kind": "message", "text": "hello", "unheard": unheard}));
    }
}

#[test]
fn decisions_are_as_documented() {
    let at = "2026-03-01T09:00:00Z";
    let reasons = [
        json!({"why": "fewest_received", "received": 1}),
        json!({"why": "first_in_order", "place": 1}),
        json!({"why": "everybody"}),
        json!({"why": "responsible"}),
        json!({"why": "responsible_away"}),
        json!({"why": "responsible_disabled"}),
        json!({"why": "known"}),
        json!({"why": "sent", "at": at}),
        json!({"why": "too_many_offers", "offers": 5}),
        json!({"why": "declined", "at": at}),
        json!({"why": "missed", "at": at}),
        json!({"why": "unavailable"}),
        json!({"why": "at_capacity", "load": 1, "capacity": 1}),
    ];
    let named = |reason| json!({"operator": "anna", "reason": reason});
    let candidates: Vec<Value> = reasons.into_iter().map(named).collect();
    let others = json!({"eligible": 1, "unavailable": 2, "at_capacity": 3});
    let via = |via: &str, explanation: Value| {
        json!({
            "kind": "fact", "fact": "routed", "round": 1, "via": via, "offer": 2,
            "operators": ["anna"], "listed_for": "boris", "until": at,
            "explanation": explanation,
        })
    };
    let routed = |explanation| via("queue", explanation);
    same(routed(json!({"mode": "evenly", "candidates": candidates, "others": others})));
    same(routed(json!({"mode": "all", "candidates": []})));
    for word in ["responsible", "known", "transfer", "hand", "return"] {
        same(via(word, json!({"mode": "strictly", "candidates": []})));
    }
}
