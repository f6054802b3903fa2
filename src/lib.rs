//! Switchboard: a self-hosted exchange for customer conversations.
//!
//! `ARCHITECTURE.md` is the map.

pub mod actors;
pub mod channels;
pub mod clock;
pub mod config;
pub mod outbound;
pub mod protocol;
pub mod readmodel;
pub mod store;
pub mod web;
