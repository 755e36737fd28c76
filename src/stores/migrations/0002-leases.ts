import type { Migration } from './contract.ts';

/** Who may do the work that only one may do at a time, under which number, and until when (UTC milliseconds). */
export const leases: Migration = {
  version: 2,
  name: 'leases',
  sqlite: `
    CREATE TABLE leases (
      work TEXT PRIMARY KEY,
      holder TEXT NOT NULL,
      number INTEGER NOT NULL,
      until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  postgres: `
    CREATE TABLE leases (
      work text COLLATE "C" PRIMARY KEY,
      holder text COLLATE "C" NOT NULL,
      number bigint NOT NULL,
      until bigint NOT NULL
    );
  `,
};
