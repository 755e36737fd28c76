-- What crossed between hubs: names of what has been here, so that nothing is done twice; the last act of a kind on an
-- incident, which decides between two hubs; and how each peer stands that this hub tells.
CREATE TABLE peer_marks (
  key text COLLATE "C" PRIMARY KEY,
  stamp bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  at bigint NOT NULL
);
CREATE INDEX peer_marks_at ON peer_marks (at);
CREATE TABLE peer_states (
  name text COLLATE "C" PRIMARY KEY,
  state text NOT NULL
);
