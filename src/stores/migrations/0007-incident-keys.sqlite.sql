-- Finds the incident of a key that was opened last.

CREATE INDEX incidents_key ON incidents (key, id);
