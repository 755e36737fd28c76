-- Who may use the API and the pages: tokens, people, and their sessions. Of tokens and sessions only hashes stand here.
CREATE TABLE tokens (
  id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  hash text NOT NULL,
  role text NOT NULL,
  confinement text NOT NULL,
  created_at bigint NOT NULL,
  created_by text NOT NULL,
  expires_at bigint,
  last_used_at bigint
);
CREATE TABLE people (
  id text COLLATE "C" PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  password text,
  subject text COLLATE "C" UNIQUE,
  role text NOT NULL,
  confinement text NOT NULL,
  created_at bigint NOT NULL,
  created_by text NOT NULL
);
CREATE TABLE sessions (
  id text COLLATE "C" PRIMARY KEY,
  person_id text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  last_seen_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  address text NOT NULL,
  agent text NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
