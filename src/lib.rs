//! Switchboard: a self-hosted exchange for customer conversations.
//!
//! `ARCHITECTURE.md` is the map.

pub mod actors;
pub mod channels;
pub mod check;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod crm;
pub mod demo;
pub mod files;
pub mod outbound;
pub mod program;
pub mod protocol;
pub mod readmodel;
pub mod serve;
pub mod store;
pub mod web;
