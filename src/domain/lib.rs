//! The rules of the exchange: values in, effects out.
//!
//! Read `effect` first: it lists everything that can enter a conversation and everything that can
//! leave it. This crate knows no clock, no chance, no socket, no store and no `async`: time and ids
//! are arguments, and senseless input is answered by an effect that says why it was ignored.

pub mod account;
pub mod attendance;
pub mod audit;
pub mod channel;
pub mod chat;
pub mod conversation;
pub mod customer;
pub mod effect;
pub mod encoded;
pub mod entry;
pub mod event;
pub mod file;
pub mod hours;
pub mod id;
pub mod json;
pub mod lead;
pub mod limits;
pub mod line;
pub mod operator;
pub mod permission;
pub mod progress;
pub mod queue;
pub mod recording;
pub mod rehearsal;
pub mod routing;
pub mod texts;
pub mod world;

#[cfg(test)]
mod stories;
