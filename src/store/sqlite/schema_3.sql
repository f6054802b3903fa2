-- Version 3. All conversations grow at once, and a list of their records in the order of the
-- conversations has a page for each of them: with every record one of those would be written too. So
-- the last few of each conversation are listed apart, on few pages, and move to the long list together.

-- In the order in which they come.
CREATE TABLE record (
    place INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- The place of each record that is not in `latest`.
CREATE TABLE listed (
    shard INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    n INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (shard, conversation, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE latest (
    shard INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    n INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (shard, conversation, n)
) STRICT, WITHOUT ROWID;

INSERT INTO record SELECT rowid, bytes FROM history;
INSERT INTO listed SELECT shard, conversation, n, rowid FROM history;
DROP TABLE history;

-- With a rowid: as pages of a tree of its own key, every few rows would have one above them to write.
CREATE TABLE feed_3 (
    shard INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    previous_epoch INTEGER NOT NULL,
    previous_n INTEGER NOT NULL,
    author TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (shard, epoch, n)
) STRICT;
INSERT INTO feed_3 SELECT * FROM feed ORDER BY shard, epoch, n;
DROP TABLE feed;
ALTER TABLE feed_3 RENAME TO feed;
