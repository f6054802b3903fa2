//! Switchboard: a self-hosted exchange for customer conversations.
//!
//! `ARCHITECTURE.md` is the map.

pub mod clock;
pub mod store;
