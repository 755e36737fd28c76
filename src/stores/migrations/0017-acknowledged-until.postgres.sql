-- When an acknowledgement runs out.
ALTER TABLE incidents ADD COLUMN acknowledged_until bigint;
CREATE INDEX incidents_acknowledged_until ON incidents (acknowledged_until) WHERE acknowledged_until IS NOT NULL;
