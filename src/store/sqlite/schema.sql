-- Version 1. Moments are nanoseconds since 1970.
-- Tables without a rowid lie in the order of their keys: one tree to write, and pages of
-- neighbours to read. A row of more than a quarter of a page has another page to itself there.

-- One row for each shard that was ever claimed or got an inbox entry; epoch 0: never claimed.
CREATE TABLE shard (
    shard INTEGER PRIMARY KEY,
    owner TEXT,
    epoch INTEGER NOT NULL,
    beat INTEGER NOT NULL,
    commits INTEGER NOT NULL,
    inbox_at INTEGER NOT NULL,
    inbox_end INTEGER NOT NULL,
    feed_epoch INTEGER NOT NULL,
    feed_n INTEGER NOT NULL
) STRICT;

CREATE TABLE inbox (
    shard INTEGER NOT NULL,
    position INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (shard, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE dedupe (
    shard INTEGER NOT NULL,
    key TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (shard, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX dedupe_until ON dedupe (until);

-- With a rowid: many are longer than a quarter of a page, and all are written again and again.
CREATE TABLE document (
    shard INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (shard, kind, id)
) STRICT;

-- With a rowid: all conversations grow at once, so that records lie in the order in which they come and
-- share pages. In the order of the key each would be a page to write of its own.
CREATE TABLE history (
    shard INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    n INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (shard, conversation, n)
) STRICT;

CREATE TABLE feed (
    shard INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    previous_epoch INTEGER NOT NULL,
    previous_n INTEGER NOT NULL,
    author TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (shard, epoch, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE timer (
    shard INTEGER NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (shard, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
    shard INTEGER NOT NULL,
    id TEXT NOT NULL,
    ready_at INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (shard, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead (
    n INTEGER PRIMARY KEY,
    shard INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE INDEX dead_of_shard ON dead (shard, n);

-- With a rowid, as documents.
CREATE TABLE shared (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE counter (
    line TEXT NOT NULL,
    operator TEXT NOT NULL,
    received INTEGER NOT NULL,
    last INTEGER,
    PRIMARY KEY (line, operator)
) STRICT, WITHOUT ROWID;

CREATE TABLE load (
    operator TEXT NOT NULL,
    conversation TEXT NOT NULL,
    PRIMARY KEY (operator, conversation)
) STRICT, WITHOUT ROWID;
