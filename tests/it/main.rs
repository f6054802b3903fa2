//! Everything that is tested from outside, one module a feature.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod contract;
mod store_kill;
mod store_machine;
mod store_sqlite;
mod tidy;
