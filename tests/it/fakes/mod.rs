//! Pretended outside worlds, each on a loopback port with knobs for what can go wrong.

pub mod server;
pub mod telegram;
