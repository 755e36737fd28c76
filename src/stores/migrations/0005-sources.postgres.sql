-- When each source was last heard, and what was last said of it beside its alerts.

CREATE TABLE sources (
  source text COLLATE "C" PRIMARY KEY,
  heard_at bigint,
  remark text,
  remark_at bigint,
  refusal text,
  refused_at bigint
);
