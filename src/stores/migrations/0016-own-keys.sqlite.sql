-- By what other tools know what this hub has told them, so that it knows its own notices when they come back.
CREATE TABLE own_keys (
  key TEXT PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX own_keys_at ON own_keys (at);
-- How many of them came back, by source.
ALTER TABLE sources ADD COLUMN own_notices INTEGER NOT NULL DEFAULT 0;
