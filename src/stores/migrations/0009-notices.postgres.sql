-- Followers of the history, and what people are told: the notices, when their incidents are to be looked at, and
-- every attempt.
-- An event says which transaction wrote it: the order of seq is not that of the commits.
CREATE TABLE followers (
  name text COLLATE "C" PRIMARY KEY,
  cursor text COLLATE "C" NOT NULL,
  moved_at bigint NOT NULL
);
ALTER TABLE events ADD COLUMN xid xid8 NOT NULL DEFAULT '0'::xid8;
ALTER TABLE events ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
CREATE INDEX events_order ON events (xid, seq);
CREATE TABLE notice_looks (
  incident_id text COLLATE "C" PRIMARY KEY,
  at bigint NOT NULL
);
CREATE INDEX notice_looks_at ON notice_looks (at, incident_id);
CREATE TABLE notices (
  incident_id text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  until bigint,
  updated_at bigint NOT NULL,
  data text NOT NULL,
  PRIMARY KEY (incident_id, channel)
) WITH (fillfactor = 70);
CREATE INDEX notices_state ON notices (state, channel) WHERE state IN ('under_way', 'wait', 'retry', 'dead');
CREATE TABLE notice_attempts (
  id text COLLATE "C" PRIMARY KEY,
  incident_id text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  phase text COLLATE "C" NOT NULL,
  step bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  attempt bigint NOT NULL,
  at bigint NOT NULL,
  took_ms bigint,
  outcome text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  digest text COLLATE "C"
);
CREATE INDEX notice_attempts_incident ON notice_attempts (incident_id, id);
