//! What Switchboard does, told at its boundaries: one module a feature.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(unreachable_pub, reason = "a test crate has no outside")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks at what it is about")]

mod absence;
mod bad_input;
mod calendar;
mod cards;
mod channels;
mod contract;
mod customers;
mod edge;
mod fakes;
mod hours;
mod kill;
mod outages;
mod payloads;
mod places;
mod program;
mod protocol;
mod read_model;
mod rights;
mod routing;
mod screen;
mod sessions;
mod site;
mod store_kill;
mod store_machine;
mod store_sqlite;
mod story;
mod texts;
mod tidy;
mod timers;
mod transfer;
