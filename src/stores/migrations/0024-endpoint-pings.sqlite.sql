-- Calls of push endpoints, with what was sent along.
CREATE TABLE endpoint_pings (
  endpoint TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  run TEXT NOT NULL,
  exit_code INTEGER,
  duration_ms INTEGER,
  body TEXT NOT NULL,
  is_binary INTEGER NOT NULL,
  PRIMARY KEY (endpoint, at, kind, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX endpoint_pings_at ON endpoint_pings (at);
