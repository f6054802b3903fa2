//! Pretended outside worlds, each on a loopback port with knobs for what can go wrong.

mod form;
pub(crate) mod server;
pub(crate) mod telegram;
