-- Version 2.

-- Records of histories that are over, up to `through`: those in `history` came later.
CREATE TABLE packed (
    shard INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    through INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (shard, conversation)
) STRICT, WITHOUT ROWID;

-- Offers are counted as places are.
CREATE TABLE load_2 (
    slot TEXT NOT NULL,
    operator TEXT NOT NULL,
    conversation TEXT NOT NULL,
    PRIMARY KEY (slot, operator, conversation)
) STRICT, WITHOUT ROWID;
INSERT INTO load_2 SELECT 'place', operator, conversation FROM load;
DROP TABLE load;
ALTER TABLE load_2 RENAME TO load;
