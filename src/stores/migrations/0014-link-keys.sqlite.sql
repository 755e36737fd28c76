-- Keys with which the links in messages are signed; `sealed` is encrypted where the operator gives a key for that.
CREATE TABLE link_keys (
  id TEXT PRIMARY KEY NOT NULL,
  sealed TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT, WITHOUT ROWID;
