import { FencedError } from '../contract/error.ts';
import type { Lease, LeaseReads, Leases } from '../contract/leases.ts';
import { NOW, type Run, type Statement, statement, type Work } from './work.ts';

const HELD = `work = $1 AND holder = $2 AND number = $3::bigint AND until > ${NOW}`;

const CLAIM = statement(
  'claim_lease',
  `INSERT INTO leases AS l (work, holder, number, until) VALUES ($1, $2, 1, ${NOW} + $3::bigint)
   ON CONFLICT (work) DO UPDATE SET holder = excluded.holder, number = l.number + 1, until = ${NOW} + $3::bigint
     WHERE l.until <= ${NOW} OR l.holder = excluded.holder
   RETURNING number`,
);
const FIND = statement(
  'find_lease',
  `SELECT holder, number, until - ${NOW} FROM leases WHERE work = $1 AND until > ${NOW}`,
);
const RENEW = statement('renew_lease', `UPDATE leases SET until = ${NOW} + $4::bigint WHERE ${HELD}`);
const RELEASE = statement(
  'release_lease',
  'UPDATE leases SET until = 0 WHERE work = $1 AND holder = $2 AND number = $3::bigint',
);
// The lock keeps every claim waiting until the transaction has ended; writes under the same lease do not wait for one another.
const CHECK = statement('check_lease', `SELECT 1 FROM leases WHERE ${HELD} FOR SHARE`);

/** Leases by the clock of the server, each call a transaction of its own. */
export function createPostgresLeases({ transaction, read }: Work): Leases & LeaseReads {
  const write = (one: Statement, values: readonly unknown[]) => transaction((run) => run(one, values));
  return {
    now: async () => Number((await read({ text: `SELECT ${NOW}` }, [])).rows[0]?.[0]),
    claim: async (work, holder, ttlMs) => {
      const { rows } = await write(CLAIM, [work, holder, ttlMs]);
      return rows[0] && { work, holder, number: rows[0][0] as number };
    },
    findLease: async (work) => {
      const [row] = (await read(FIND, [work])).rows;
      return row && { work, holder: String(row[0]), number: Number(row[1]), remainingMs: Number(row[2]) };
    },
    renew: async (lease, ttlMs) => (await write(RENEW, [...valuesOf(lease), ttlMs])).rowCount === 1,
    release: async (lease) => void (await write(RELEASE, valuesOf(lease))),
  };
}

/** To be called inside a transaction: nobody claims the lease before that has ended. Throws FencedError. */
export async function checkPostgresLease(run: Run, lease: Lease): Promise<void> {
  if ((await run(CHECK, valuesOf(lease))).rowCount !== 1) throw new FencedError(lease);
}

function valuesOf({ work, holder, number }: Lease): unknown[] {
  return [work, holder, number];
}
