-- What people do about an incident, and the actions that were done, by their ids.
ALTER TABLE incidents ADD COLUMN acknowledged_by TEXT;
ALTER TABLE incidents ADD COLUMN assignee TEXT;
ALTER TABLE incidents ADD COLUMN shelved_until INTEGER;
ALTER TABLE incidents ADD COLUMN shelved_by TEXT;
CREATE TABLE actions (
  id TEXT PRIMARY KEY NOT NULL,
  digest TEXT NOT NULL,
  result TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX actions_at ON actions (at);
