import type { Migration } from './contract.ts';

/** When each source was last heard, and what was last said of it beside its alerts. */
export const sources: Migration = {
  version: 5,
  name: 'sources',
  sqlite: `
    CREATE TABLE sources (
      source TEXT PRIMARY KEY NOT NULL,
      heard_at INTEGER,
      remark TEXT,
      remark_at INTEGER,
      refusal TEXT,
      refused_at INTEGER
    ) WITHOUT ROWID;
  `,
  postgres: `
    CREATE TABLE sources (
      source text COLLATE "C" PRIMARY KEY,
      heard_at bigint,
      remark text,
      remark_at bigint,
      refusal text,
      refused_at bigint
    );
  `,
};
