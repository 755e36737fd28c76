-- Figures of instances: a row a push, in the order in which they came; and what is remembered of the rules that judge them.
CREATE TABLE sample_shapes (
  id TEXT PRIMARY KEY NOT NULL,
  names TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE samples (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  instance TEXT NOT NULL,
  at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  shape TEXT NOT NULL,
  figures TEXT NOT NULL
) STRICT;
-- By spans of five minutes: what is pushed at one time comes into the same few pages, however many instances there are.
CREATE INDEX samples_of ON samples (at / 300000, instance);
CREATE TABLE rule_states (
  name TEXT PRIMARY KEY NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
