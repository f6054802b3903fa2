//! Pretended outside worlds, each on a loopback port with knobs for what can go wrong.

pub(crate) mod botframework;
pub(crate) mod bots;
pub(crate) mod form;
pub(crate) mod mail;
pub(crate) mod meta;
pub(crate) mod scripted;
pub(crate) mod server;
pub(crate) mod telegram;
pub(crate) mod vk;
