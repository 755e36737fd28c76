-- What lists by attention are read from: alerts and incidents by state and severity, what changed last in front.

ALTER TABLE incidents ADD COLUMN changed_at bigint NOT NULL DEFAULT 0;
UPDATE incidents SET changed_at = COALESCE(resolved_at, acknowledged_at, opened_at);
CREATE INDEX incidents_attention ON incidents (status, severity, changed_at, id);
CREATE INDEX alerts_attention ON alerts (status, severity, received_at, rid);
