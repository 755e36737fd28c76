-- Silences and maintenance windows: what holds notices back, until when, and by whose word. Those that have ended stay as
-- long as the history does. The second index finds those whose end the history does not have yet.
CREATE TABLE silences (
  id text COLLATE "C" PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  matchers text NOT NULL,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  created_by text NOT NULL,
  comment text NOT NULL,
  origin text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  replaces text COLLATE "C",
  ended_at bigint,
  ended_by text
);
CREATE INDEX silences_end ON silences (ends_at, id);
CREATE INDEX silences_not_ended ON silences (ends_at, id) WHERE ended_at IS NULL;
