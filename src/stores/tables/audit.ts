import type { AuditEntry } from '../../core/audit/chain.ts';
import type { AuditWrites } from '../contract/audit.ts';
import type { Execute } from '../notices/rows.ts';
import { listOf, table, valuesOf } from './columns.ts';

/** The chain over the history. */
export const AUDIT_CHAIN = table<AuditEntry>('audit_chain', {
  n: ['bigint', 'n', 'fixed'],
  seq: ['bigint', 'seq', 'fixed'],
  at: ['bigint', 'at', 'fixed'],
  digest: ['text', 'digest', 'fixed'],
  key: ['text', 'key', 'fixed'],
  note: ['text', 'note', 'fixed'],
  hash: ['text', 'hash', 'fixed'],
});

// Rows of one statement: few statements, each prepared once, and few trips to a server.
const AT_ONCE = [50, 1] as const;

const columns = listOf(AUDIT_CHAIN.columns);
const holes = `(${AUDIT_CHAIN.columns.map(() => '?').join(', ')})`;
const insertOf = (rows: number) =>
  `INSERT INTO audit_chain (${columns}) VALUES ${Array.from({ length: rows }, () => holes).join(', ')}`;

/** What the follower writes over a connection that is in its transaction. */
export function createAuditWrites(execute: Execute): AuditWrites {
  const ask = async (text: string, ...values: readonly number[]) => execute(text, values);
  return {
    tail: async () => {
      const [row] = await ask('SELECT n, hash, key FROM audit_chain ORDER BY n DESC LIMIT 1');
      if (row === undefined) return {};
      const [n, hash, key] = row;
      return { last: { n: Number(n), hash: String(hash), key: key === null ? null : String(key) } };
    },
    notes: async () =>
      (await ask('SELECT note FROM audit_chain WHERE note IS NOT NULL ORDER BY n')).map(([note]) => String(note)),
    chained: async (from, to) => {
      const rows = await ask('SELECT seq FROM audit_chain WHERE seq BETWEEN ? AND ?', from, to);
      return new Set(rows.map(([seq]) => Number(seq)));
    },
    append: async (entries) => {
      const written: Promise<unknown>[] = [];
      let at = 0;
      for (const size of AT_ONCE) {
        for (; entries.length - at >= size; at += size) {
          const rows = entries.slice(at, at + size).flatMap((entry) => valuesOf(AUDIT_CHAIN.columns, entry));
          written.push(execute(insertOf(size), rows));
        }
      }
      await Promise.all(written);
    },
    prefix: async (limit) => {
      const [start] = await ask('SELECT n FROM audit_chain ORDER BY n LIMIT 1');
      if (start === undefined) return undefined;
      const first = Number(start[0]);
      const end = first + limit;
      const [present] = await ask(
        `SELECT c.n FROM audit_chain c JOIN events e ON e.seq = c.seq WHERE c.n < ? ORDER BY c.n LIMIT 1`,
        end,
      );
      const kept = present === undefined ? end : Number(present[0]);
      const [before] = await ask('SELECT hash FROM audit_chain WHERE n = ?', kept - 1);
      const [youngest] = await ask('SELECT max(at) FROM audit_chain WHERE n < ? AND seq IS NOT NULL', kept);
      if (before === undefined || kept <= first) return undefined;
      return { first, kept, before: String(before[0]), youngest: Number(youngest?.[0] ?? 0) };
    },
    removeBefore: async (n) => void (await ask('DELETE FROM audit_chain WHERE n < ?', n)),
  };
}
