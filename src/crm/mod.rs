//! What the customer relations need beside the rules in the domain: reading contacts out of texts.
//!
//! Knows the domain and nothing else: no store, no actors, no network.

pub mod contacts;
