//! The row of a shard: its lease and the numbers that its owner goes on from.

use std::sync::Arc;

use domain::id::ShardId;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::store::op::{InboxPosition, InstanceId, Lease, Meta, Position};
use crate::store::sqlite::value::{int, number};

#[derive(Default)]
pub(super) struct ShardRow {
    pub(super) lease: Lease,
    pub(super) meta: Meta,
    /// The position of the newest entry that the inbox ever got.
    pub(super) inbox_end: InboxPosition,
}

impl ShardRow {
    /// Entries of the inbox behind a position that the cursor has reached: positions are dense and
    /// only the cursor drops entries.
    pub(super) fn waiting_behind(&self, position: InboxPosition) -> u64 {
        self.inbox_end.0 - position.0
    }

    pub(super) fn read(connection: &Connection, shard: ShardId) -> rusqlite::Result<Self> {
        let mut select = connection.prepare_cached(
            "SELECT owner, epoch, beat, commits, inbox_at, inbox_end, feed_epoch, feed_n
             FROM shard WHERE shard = ?",
        )?;
        let row = select.query_row([shard.0], |row| {
            Ok(Self {
                lease: lease(row, 0)?,
                meta: Meta {
                    commits: number(row, 3)?,
                    inbox_at: InboxPosition(number(row, 4)?),
                    feed_end: Position { epoch: number(row, 6)?, n: number(row, 7)? },
                },
                inbox_end: InboxPosition(number(row, 5)?),
            })
        });
        Ok(row.optional()?.unwrap_or_default())
    }

    pub(super) fn write(&self, connection: &Connection, shard: ShardId) -> rusqlite::Result<()> {
        let mut replace = connection.prepare_cached(
            "REPLACE INTO shard VALUES (:shard, :owner, :epoch, :beat, :commits, :inbox_at,
             :inbox_end, :feed_epoch, :feed_n)",
        )?;
        replace.execute(named_params! {
            ":shard": shard.0,
            ":owner": self.lease.owner.as_ref().map(|owner| &*owner.0),
            ":epoch": int(self.lease.epoch),
            ":beat": int(self.lease.beat),
            ":commits": int(self.meta.commits),
            ":inbox_at": int(self.meta.inbox_at.0),
            ":inbox_end": int(self.inbox_end.0),
            ":feed_epoch": int(self.meta.feed_end.epoch),
            ":feed_n": int(self.meta.feed_end.n),
        })?;
        Ok(())
    }
}

pub(super) fn feed_ends(connection: &Connection) -> rusqlite::Result<Vec<(ShardId, Position)>> {
    connection
        .prepare_cached(
            "SELECT shard, feed_epoch, feed_n FROM shard WHERE feed_epoch > 0 ORDER BY shard",
        )?
        .query_map([], |row| {
            let end = Position { epoch: number(row, 1)?, n: number(row, 2)? };
            Ok((ShardId(row.get(0)?), end))
        })?
        .collect()
}

pub(super) fn inboxes(connection: &Connection) -> rusqlite::Result<Vec<ShardId>> {
    connection
        .prepare_cached("SELECT shard FROM shard WHERE inbox_end > inbox_at ORDER BY shard")?
        .query_map([], |row| Ok(ShardId(row.get(0)?)))?
        .collect()
}

pub(super) fn leases(connection: &Connection) -> rusqlite::Result<Vec<(ShardId, Lease)>> {
    connection
        .prepare_cached(
            "SELECT shard, owner, epoch, beat FROM shard WHERE epoch > 0 ORDER BY shard",
        )?
        .query_map([], |row| Ok((ShardId(row.get(0)?), lease(row, 1)?)))?
        .collect()
}

pub(super) fn claim(
    connection: &Connection,
    shard: ShardId,
    me: &InstanceId,
    seen: &Lease,
    floor: u64,
) -> rusqlite::Result<Result<Lease, Lease>> {
    let mut row = ShardRow::read(connection, shard)?;
    if !row.lease.stands_as(seen) {
        return Ok(Err(row.lease));
    }
    let epoch = row.lease.epoch.max(floor) + 1;
    row.lease = Lease { owner: Some(me.clone()), epoch, ..Lease::default() };
    row.write(connection, shard)?;
    Ok(Ok(row.lease))
}

/// Whether the shard is owned so.
pub(super) fn is_owned(
    connection: &Connection,
    shard: ShardId,
    (owner, epoch): (&InstanceId, u64),
) -> rusqlite::Result<bool> {
    let lease = ShardRow::read(connection, shard)?.lease;
    Ok(lease.owner.as_ref() == Some(owner) && lease.epoch == epoch)
}

/// Changes the lease if it is ours. `false`: it is not.
pub(super) fn change_own(
    connection: &Connection,
    shard: ShardId,
    (me, epoch): (&InstanceId, u64),
    change: impl FnOnce(&mut Lease),
) -> rusqlite::Result<bool> {
    let mut row = ShardRow::read(connection, shard)?;
    if row.lease.owner.as_ref() != Some(me) || row.lease.epoch != epoch {
        return Ok(false);
    }
    change(&mut row.lease);
    row.write(connection, shard)?;
    Ok(true)
}

fn lease(row: &Row<'_>, first: usize) -> rusqlite::Result<Lease> {
    let owner: Option<Arc<str>> = row.get(first)?;
    let (epoch, beat) = (number(row, first + 1)?, number(row, first + 2)?);
    Ok(Lease { owner: owner.map(InstanceId), epoch, beat, want: None })
}
