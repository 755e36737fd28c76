-- What crossed between hubs: names of what has been here, so that nothing is done twice; the last act of a kind on an
-- incident, which decides between two hubs; and how each peer stands that this hub tells.
CREATE TABLE peer_marks (
  key TEXT PRIMARY KEY,
  stamp INTEGER NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX peer_marks_at ON peer_marks (at);
CREATE TABLE peer_states (
  name TEXT PRIMARY KEY,
  state TEXT NOT NULL
) STRICT;
