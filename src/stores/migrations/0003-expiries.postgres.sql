-- When alerts that end by themselves do so. A repeat moves `expires_at` with the rest of its small row; `expiries` is
-- written when an alert opens, and when a check of it is due.

ALTER TABLE alert_states ADD COLUMN expires_at bigint;
CREATE TABLE expiries (
  rid bigint PRIMARY KEY,
  check_at bigint NOT NULL
);
CREATE INDEX expiries_check ON expiries (check_at);
