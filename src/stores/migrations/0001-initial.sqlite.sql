-- Alerts, incidents, history, instances, replays of requests, keys and the hub's own marks. Times are UTC milliseconds.

CREATE TABLE alerts (
  rid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  origin TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  severity TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  received_at INTEGER NOT NULL,
  incident_id TEXT
) STRICT;
-- What every repeat of an alert rewrites, apart from what stays: a repeat touches one small row and no index.
CREATE TABLE alert_states (
  rid INTEGER PRIMARY KEY,
  observed_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  occurrences INTEGER NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX alerts_identity ON alerts (fingerprint, origin, source);
CREATE INDEX alerts_origin ON alerts (origin, id);
CREATE INDEX alerts_name ON alerts (name, id);
CREATE INDEX alerts_incident ON alerts (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX alerts_firing ON alerts (id) WHERE status = 'firing';

CREATE TABLE incidents (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  severity TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  acknowledged_at INTEGER,
  resolved_at INTEGER,
  alert_count INTEGER NOT NULL,
  firing_critical INTEGER NOT NULL,
  firing_warning INTEGER NOT NULL,
  firing_info INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX incidents_live ON incidents (key) WHERE status IN ('open', 'acknowledged');

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  subject TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX events_subject ON events (subject_id, seq);

CREATE TABLE instances (
  instance_id TEXT PRIMARY KEY,
  hostname TEXT NOT NULL,
  version TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  clock_offset_ms INTEGER,
  stale_at INTEGER NOT NULL,
  silent_since INTEGER
) STRICT;
CREATE INDEX instances_silent ON instances (instance_id) WHERE silent_since IS NOT NULL;

CREATE TABLE deliveries (
  rid INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  signature TEXT NOT NULL,
  answer TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE instance_keys (
  id TEXT PRIMARY KEY,
  instance_id TEXT NOT NULL,
  secret TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;

CREATE TABLE notes (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
