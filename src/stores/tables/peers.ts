import type { PeerTransaction } from '../contract/peers.ts';
import type { Execute } from '../notices/rows.ts';

// Keys of one statement.
const AT_ONCE = 50;

const holes = (count: number, one = '?') => Array.from({ length: count }, () => one).join(', ');

const STATEMENTS = {
  find: (count: number, lock: string) =>
    `SELECT key, stamp, id FROM peer_marks WHERE key IN (${holes(count)}) ORDER BY key${lock}`,
  save: `INSERT INTO peer_marks (key, stamp, id, at) VALUES (?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, id = excluded.id, at = excluded.at`,
  prune: `DELETE FROM peer_marks WHERE key IN (SELECT key FROM peer_marks WHERE at < ? ORDER BY at LIMIT ?) RETURNING key`,
  state: 'SELECT state FROM peer_states WHERE name = ?',
  saveState: `INSERT INTO peer_states (name, state) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET state = excluded.state`,
} as const;

/** The transaction over that of an engine. `lock` is what the engine wants behind a query whose rows nobody else may change. */
export function createPeerTransaction(execute: Execute, lock: '' | ' FOR UPDATE'): PeerTransaction {
  return {
    findPeerMarks: async (keys) => {
      const wanted = [...new Set(keys)].sort();
      const found = [];
      for (let from = 0; from < wanted.length; from += AT_ONCE) {
        const part = wanted.slice(from, from + AT_ONCE);
        // One text for each length is prepared once: a part is filled up with what it holds already.
        const filled = Array.from(
          { length: part.length === 1 ? 1 : AT_ONCE },
          (_, at) => part[at] ?? (part[0] as string),
        );
        for (const [key, stamp, id] of await execute(STATEMENTS.find(filled.length, lock), filled))
          found.push({ key: String(key), stamp: Number(stamp), id: String(id) });
      }
      return found;
    },
    savePeerMarks: async (marks, at) => {
      for (const { key, stamp, id } of marks) await execute(STATEMENTS.save, [key, stamp, id, at]);
    },
    prunePeerMarks: async (before, limit) => (await execute(STATEMENTS.prune, [before, limit])).length,
    findPeerState: async (name) => {
      const [row] = await execute(STATEMENTS.state, [name]);
      return row === undefined ? undefined : String(row[0]);
    },
    savePeerState: async (name, state) => void (await execute(STATEMENTS.saveState, [name, state])),
  };
}
