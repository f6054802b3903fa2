//! What Switchboard does, told at its boundaries.

mod channels;
mod fakes;
