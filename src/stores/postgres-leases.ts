import type { ClientBase, Pool } from 'pg';
import { FencedError } from './error.ts';
import type { Lease, Leases } from './leases.ts';

// Not now(), which is the start of the transaction: a lease may run out while one waits for a lock.
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const HELD = `work = $1 AND holder = $2 AND number = $3 AND until > ${NOW}`;

const CLAIM = `
  INSERT INTO leases (work, holder, number, until) VALUES ($1, $2, 1, ${NOW} + $3::bigint)
  ON CONFLICT (work) DO UPDATE
    SET holder = excluded.holder, number = leases.number + 1, until = ${NOW} + $3::bigint
    WHERE leases.until <= ${NOW} OR leases.holder = excluded.holder
  RETURNING number`;
const RENEW = `UPDATE leases SET until = ${NOW} + $4::bigint WHERE ${HELD}`;
const RELEASE = 'UPDATE leases SET until = 0 WHERE work = $1 AND holder = $2 AND number = $3';
// The lock keeps every claim waiting until the transaction has ended; writes under the same lease do not wait for one another.
const CHECK = `SELECT 1 FROM leases WHERE ${HELD} FOR SHARE`;

/** Leases by the clock of the server, each call a transaction of its own. */
export function createPostgresLeases(pool: Pick<Pool, 'query'>): Leases {
  return {
    now: async () => {
      const { rows } = await pool.query<{ now: unknown }>(`SELECT ${NOW} AS now`);
      return Number(rows[0]?.now);
    },
    claim: async (work, holder, ttlMs) => {
      const { rows } = await pool.query<{ number: unknown }>(CLAIM, [work, holder, ttlMs]);
      const [row] = rows;
      return row && { work, holder, number: Number(row.number) };
    },
    renew: async (lease, ttlMs) => ((await pool.query(RENEW, [...valuesOf(lease), ttlMs])).rowCount ?? 0) > 0,
    release: async (lease) => void (await pool.query(RELEASE, valuesOf(lease))),
  };
}

/** To be called inside a transaction: nobody claims the lease before that has ended. Throws FencedError. */
export async function checkPostgresLease(client: Pick<ClientBase, 'query'>, lease: Lease): Promise<void> {
  if ((await client.query(CHECK, valuesOf(lease))).rowCount === 0) throw new FencedError(lease);
}

function valuesOf({ work, holder, number }: Lease): unknown[] {
  return [work, holder, number];
}
