import type BetterSqlite3 from 'better-sqlite3';
import { FencedError } from '../contract/error.ts';
import type { HeldLease, Lease, Leases } from '../contract/leases.ts';

/** Leases on the connection that writes, each call within its turn. */
export interface SqliteLeases {
  readonly claim: (...args: Parameters<Leases['claim']>) => Lease | undefined;
  readonly find: (work: string) => HeldLease | undefined;
  readonly renew: (...args: Parameters<Leases['renew']>) => boolean;
  readonly release: (lease: Lease) => void;
  /** To be called inside a transaction that has the lock for writing, so that nobody claims before it commits. Throws FencedError. */
  readonly check: (lease: Lease) => void;
}

/** Statements of the leases, prepared once. `now` is the clock of this process: the store has no other. */
export function createSqliteLeases(db: BetterSqlite3.Database, now: () => number): SqliteLeases {
  const claim = db
    .prepare(
      `INSERT INTO leases (work, holder, number, until) VALUES (@work, @holder, 1, @until)
       ON CONFLICT (work) DO UPDATE SET holder = excluded.holder, number = number + 1, until = excluded.until
       WHERE until <= @now OR holder = excluded.holder
       RETURNING number`,
    )
    .pluck();
  const held = 'work = @work AND holder = @holder AND number = @number AND until > @now';
  const find = db.prepare(
    'SELECT work, holder, number, until - @now AS remainingMs FROM leases WHERE work = @work AND until > @now',
  );
  const renew = db.prepare(`UPDATE leases SET until = @until WHERE ${held}`);
  const release = db.prepare('UPDATE leases SET until = 0 WHERE work = ? AND holder = ? AND number = ?');
  const check = db.prepare(`SELECT 1 FROM leases WHERE ${held}`).pluck();
  return {
    claim: (work, holder, ttlMs) => {
      const number = claim.get({ work, holder, now: now(), until: now() + ttlMs }) as number | undefined;
      return number === undefined ? undefined : { work, holder, number };
    },
    find: (work) => find.get({ work, now: now() }) as HeldLease | undefined,
    renew: (lease, ttlMs) => renew.run({ ...lease, now: now(), until: now() + ttlMs }).changes > 0,
    release: ({ work, holder, number }) => void release.run(work, holder, number),
    check: (lease) => {
      if (check.get({ ...lease, now: now() }) === undefined) throw new FencedError(lease);
    },
  };
}
