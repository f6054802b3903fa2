//! The actors: thin shells around the domain. They load, feed, commit and show; the rules are in
//! `domain`, and nothing is shown, sent or acknowledged before its commit.
//!
//! `web` uses [`handle`] and nothing else of this layer.

pub mod handle;

pub mod directory;
