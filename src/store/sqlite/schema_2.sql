-- Version 2.

-- Records of histories that are over, up to `through`: those in `history` came later.
CREATE TABLE packed (
    shard INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    through INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (shard, conversation)
) STRICT, WITHOUT ROWID;
