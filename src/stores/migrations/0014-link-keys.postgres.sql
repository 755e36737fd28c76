-- Keys with which the links in messages are signed; `sealed` is encrypted where the operator gives a key for that.
CREATE TABLE link_keys (
  id text COLLATE "C" PRIMARY KEY,
  sealed text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint
);
