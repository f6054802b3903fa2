//! Pretended outside worlds, each on a loopback port with knobs for what can go wrong.

pub(crate) mod scripted;
pub(crate) mod server;
pub(crate) mod telegram;
pub(crate) mod vk;
