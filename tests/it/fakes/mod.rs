//! Pretended outside worlds, each on a loopback port with knobs for what can go wrong.

pub(crate) mod server;
pub(crate) mod telegram;
