-- What people do about an incident, and the actions that were done, by their ids.
ALTER TABLE incidents ADD COLUMN acknowledged_by text;
ALTER TABLE incidents ADD COLUMN assignee text;
ALTER TABLE incidents ADD COLUMN shelved_until bigint;
ALTER TABLE incidents ADD COLUMN shelved_by text;
CREATE TABLE actions (
  id text COLLATE "C" PRIMARY KEY,
  digest text COLLATE "C" NOT NULL,
  result text NOT NULL,
  at bigint NOT NULL
);
CREATE INDEX actions_at ON actions (at);
