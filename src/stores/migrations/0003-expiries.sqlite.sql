-- When alerts that end by themselves do so. A repeat moves `expires_at` with the rest of its small row; `expiries` is
-- written when an alert opens, and when a check of it is due.

ALTER TABLE alert_states ADD COLUMN expires_at INTEGER;
CREATE TABLE expiries (
  rid INTEGER PRIMARY KEY,
  check_at INTEGER NOT NULL
) STRICT;
CREATE INDEX expiries_check ON expiries (check_at);
