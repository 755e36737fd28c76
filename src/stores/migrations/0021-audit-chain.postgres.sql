-- The chain over the history: an entry for each event, in the order in which they were committed, whose hash covers the
-- event and the entry before. An entry without an event is a note of the chain about itself.
CREATE TABLE audit_chain (
  n bigint PRIMARY KEY,
  seq bigint UNIQUE,
  at bigint NOT NULL,
  digest text COLLATE "C" NOT NULL,
  key text COLLATE "C",
  note text,
  hash text COLLATE "C" NOT NULL
);
CREATE INDEX audit_chain_notes ON audit_chain (n) WHERE note IS NOT NULL;
