-- Endpoints that are looked at: what is remembered of each, what the looks came to, how long each was up, and its probes.
CREATE TABLE endpoint_states (
  key text COLLATE "C" PRIMARY KEY,
  state text NOT NULL
);
CREATE TABLE endpoint_looks (
  endpoint text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  probe text COLLATE "C" NOT NULL,
  success bigint NOT NULL,
  duration_ms bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (endpoint, at, probe)
);
CREATE INDEX endpoint_looks_at ON endpoint_looks (at);
CREATE TABLE endpoint_rollups (
  endpoint text COLLATE "C" NOT NULL,
  step bigint NOT NULL,
  start bigint NOT NULL,
  up_ms bigint NOT NULL,
  down_ms bigint NOT NULL,
  looks bigint NOT NULL,
  successes bigint NOT NULL,
  duration_ms bigint NOT NULL,
  PRIMARY KEY (endpoint, step, start)
);
CREATE INDEX endpoint_rollups_start ON endpoint_rollups (step, start);
CREATE TABLE endpoint_outages (
  endpoint text COLLATE "C" NOT NULL,
  started_at bigint NOT NULL,
  ended_at bigint,
  PRIMARY KEY (endpoint, started_at)
);
CREATE TABLE probe_states (
  id text COLLATE "C" PRIMARY KEY,
  state text NOT NULL
);
