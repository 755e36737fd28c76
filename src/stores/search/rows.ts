import type { SearchReads, SearchWrites } from '../contract/search.ts';
import type { Execute } from '../notices/rows.ts';
import type { SearchStatements } from './statements.ts';

/** The index of words within the transaction of a follower. */
export function createSearchWrites(execute: Execute, { save }: SearchStatements): SearchWrites {
  return {
    saveWords: async (rows) => {
      for (const { alertId, words } of rows) await execute(save, [words.join(' '), alertId]);
    },
  };
}

/** Reads of the index of words over an engine. */
export function createSearchReads(execute: Execute, { look }: SearchStatements): SearchReads {
  return {
    unindexedAlerts: async (after, limit) => {
      const rows = await execute(look, [after, limit]);
      const last = rows.at(-1)?.[0];
      return {
        alertIds: rows.filter(([, has]) => Number(has) === 0).map(([id]) => String(id)),
        next: rows.length < limit || last === undefined ? null : String(last),
      };
    },
  };
}
