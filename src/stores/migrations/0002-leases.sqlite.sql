-- Who may do the work that only one may do at a time, under which number, and until when (UTC milliseconds).

CREATE TABLE leases (
  work TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  number INTEGER NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
