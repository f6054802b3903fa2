//! The HTTP interface for administration and reading. One noun, one file; the live part goes over
//! the socket.

pub mod lines;

pub mod channels;

pub mod operators;

pub mod duty;

pub mod conversations;
pub mod transfer_targets;
pub mod undelivered;

pub mod audit;

pub mod customers;

pub mod leads;

pub mod calendar;
pub mod customer_body;

pub mod entry_schema;
pub mod line_schema;
pub mod openapi;
pub mod schema;

mod form;

use serde::Serialize;

use crate::actors::directory::Versioned;
use crate::actors::handle::NotStored;
use crate::web::error::ApiError;

/// A change made against that version; another one is answered `stale` with the object as it is.
fn same_version<T, B: Serialize>(
    found: &Versioned<T>,
    version: u64,
    show: impl FnOnce(&Versioned<T>) -> B,
) -> Result<(), ApiError> {
    if found.version == version { Ok(()) } else { Err(stale(Some(show(found)))) }
}

/// The answer to a change that was not stored; `newer` shows the object as it is by now.
fn not_stored<B: Serialize>(why: NotStored, newer: impl FnOnce() -> Option<B>) -> ApiError {
    match why {
        NotStored::Stale => stale(newer()),
        NotStored::Full | NotStored::Unavailable => ApiError::from(why),
    }
}

fn stale<B: Serialize>(newer: Option<B>) -> ApiError {
    ApiError::Stale(newer.and_then(|body| serde_json::to_value(body).ok()))
}
