-- When each source was last heard, and what was last said of it beside its alerts.

CREATE TABLE sources (
  source TEXT PRIMARY KEY NOT NULL,
  heard_at INTEGER,
  remark TEXT,
  remark_at INTEGER,
  refusal TEXT,
  refused_at INTEGER
) WITHOUT ROWID;
