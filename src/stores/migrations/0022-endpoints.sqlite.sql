-- Endpoints that are looked at: what is remembered of each, what the looks came to, how long each was up, and its probes.
CREATE TABLE endpoint_states (
  key TEXT PRIMARY KEY NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE endpoint_looks (
  endpoint TEXT NOT NULL,
  at INTEGER NOT NULL,
  probe TEXT NOT NULL,
  success INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (endpoint, at, probe)
) STRICT, WITHOUT ROWID;
CREATE INDEX endpoint_looks_at ON endpoint_looks (at);
CREATE TABLE endpoint_rollups (
  endpoint TEXT NOT NULL,
  step INTEGER NOT NULL,
  start INTEGER NOT NULL,
  up_ms INTEGER NOT NULL,
  down_ms INTEGER NOT NULL,
  looks INTEGER NOT NULL,
  successes INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  PRIMARY KEY (endpoint, step, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX endpoint_rollups_start ON endpoint_rollups (step, start);
CREATE TABLE endpoint_outages (
  endpoint TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (endpoint, started_at)
) STRICT, WITHOUT ROWID;
CREATE TABLE probe_states (
  id TEXT PRIMARY KEY NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
