-- Silences and maintenance windows: what holds notices back, until when, and by whose word. Those that have ended stay as
-- long as the history does. The second index finds those whose end the history does not have yet.
CREATE TABLE silences (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  matchers TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  origin TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  replaces TEXT,
  ended_at INTEGER,
  ended_by TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX silences_end ON silences (ends_at, id);
CREATE INDEX silences_not_ended ON silences (ends_at, id) WHERE ended_at IS NULL;
