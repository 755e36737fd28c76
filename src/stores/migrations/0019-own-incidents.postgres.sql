-- Of which incident another tool was told under a key, so that what people do about it there counts here. Empty for a
-- digest, which tells of many.
ALTER TABLE own_keys ADD COLUMN incident_id TEXT;
