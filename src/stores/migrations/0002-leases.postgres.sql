-- Who may do the work that only one may do at a time, under which number, and until when (UTC milliseconds).

CREATE TABLE leases (
  work text COLLATE "C" PRIMARY KEY,
  holder text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  until bigint NOT NULL
);
