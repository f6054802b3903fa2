//! Who owns what among several nodes, and who is there.
//!
//! `lease` keeps the shards of this node and watches those of others; `placement` says who should
//! have what, `presence` which operators are there. Safety is the store's: every commit checks the
//! fence. What is here decides only how soon and where work goes on.

mod keeper;
pub mod lease;
pub mod placement;
pub mod presence;
pub mod settings;
