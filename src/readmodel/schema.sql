-- The projection of the feed. Bump `user_version` in project.rs when this changes: an older file
-- is dropped and rebuilt from the store.
CREATE TABLE positions (
    shard INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    n INTEGER NOT NULL,
    tag INTEGER NOT NULL
);
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    shard INTEGER NOT NULL,
    line TEXT NOT NULL,
    customer TEXT,
    state TEXT NOT NULL,
    started_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    row TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversations_by_change ON conversations (updated_us DESC, id DESC);
CREATE INDEX conversations_open ON conversations (line, updated_us DESC) WHERE state <> 'closed';
CREATE INDEX conversations_of_customer ON conversations (customer, updated_us DESC)
    WHERE customer IS NOT NULL;
CREATE INDEX conversations_of_line ON conversations (line, started_us);
-- Who may see a conversation for its own sake: see `Row::people`.
CREATE TABLE people (
    operator TEXT NOT NULL,
    conversation TEXT NOT NULL,
    PRIMARY KEY (operator, conversation)
) WITHOUT ROWID;
CREATE INDEX people_by_conversation ON people (conversation);
