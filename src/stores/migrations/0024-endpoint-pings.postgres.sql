-- Calls of push endpoints, with what was sent along.
CREATE TABLE endpoint_pings (
  endpoint text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  run text COLLATE "C" NOT NULL,
  exit_code bigint,
  duration_ms bigint,
  body text NOT NULL,
  is_binary bigint NOT NULL,
  PRIMARY KEY (endpoint, at, kind, run)
);
CREATE INDEX endpoint_pings_at ON endpoint_pings (at);
