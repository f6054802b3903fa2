//! Numbers and bytes between our types and `SQLite`'s.

use std::sync::Arc;

use domain::id::{ConversationId, OperatorId};
use rusqlite::Row;

use crate::store::op::Document;

/// Numbers beyond what `SQLite` holds are none that we count to: they become the largest.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A limit of rows.
pub(super) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A column that [`int`] wrote.
pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

/// The columns id, version, bytes.
pub(super) fn document(row: &Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document { id: row.get(0)?, version: number(row, 1)?, bytes: row.get(2)? })
}

pub(super) fn conversation(row: &Row<'_>, column: usize) -> rusqlite::Result<ConversationId> {
    row.get::<_, Arc<str>>(column).map(ConversationId::new)
}

pub(super) fn operator(row: &Row<'_>, column: usize) -> rusqlite::Result<OperatorId> {
    row.get::<_, Arc<str>>(column).map(OperatorId::new)
}
