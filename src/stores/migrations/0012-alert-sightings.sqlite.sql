-- What every repeat of an alert rewrites, apart from what it says, which seldom changes: some 30 bytes instead of 350, so
-- that a commit writes a fraction of the pages. `alert_states` shows both as before.

ALTER TABLE alert_states RENAME TO alert_states_before;
CREATE TABLE alert_sightings (
  rid INTEGER PRIMARY KEY,
  observed_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  occurrences INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;
CREATE TABLE alert_contents (
  rid INTEGER PRIMARY KEY,
  content TEXT NOT NULL
) STRICT;
INSERT INTO alert_sightings SELECT rid, observed_at, last_seen_at, occurrences, expires_at
  FROM alert_states_before ORDER BY rid;
INSERT INTO alert_contents SELECT rid, content FROM alert_states_before ORDER BY rid;
DROP TABLE alert_states_before;
CREATE VIEW alert_states AS
  SELECT s.rid, s.observed_at, s.last_seen_at, s.occurrences, c.content, s.expires_at
  FROM alert_sightings AS s JOIN alert_contents AS c ON c.rid = s.rid;
