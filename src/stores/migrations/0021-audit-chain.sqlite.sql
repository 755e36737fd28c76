-- The chain over the history: an entry for each event, in the order in which they were committed, whose hash covers the
-- event and the entry before. An entry without an event is a note of the chain about itself.
CREATE TABLE audit_chain (
  n INTEGER PRIMARY KEY,
  seq INTEGER UNIQUE,
  at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  key TEXT,
  note TEXT,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_chain_notes ON audit_chain (n) WHERE note IS NOT NULL;
