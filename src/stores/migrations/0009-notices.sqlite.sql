-- Followers of the history, and what people are told: the notices, when their incidents are to be looked at, and
-- every attempt.
CREATE TABLE followers (
  name TEXT PRIMARY KEY NOT NULL,
  cursor TEXT NOT NULL,
  moved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notice_looks (
  incident_id TEXT PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_looks_at ON notice_looks (at, incident_id);
CREATE TABLE notices (
  incident_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  until INTEGER,
  updated_at INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (incident_id, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX notices_state ON notices (state, channel) WHERE state IN ('under_way', 'wait', 'retry', 'dead');
CREATE TABLE notice_attempts (
  id TEXT PRIMARY KEY NOT NULL,
  incident_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  phase TEXT NOT NULL,
  step INTEGER NOT NULL,
  key TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  took_ms INTEGER,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  digest TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_attempts_incident ON notice_attempts (incident_id, id);
