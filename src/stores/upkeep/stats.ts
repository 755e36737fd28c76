import { MIGRATIONS } from '../migrations/index.ts';
import { TRANSFER_TABLES } from '../transfer/tables.ts';
import type { Session, Upkeep } from './contract.ts';

/** What `monitor store stats` tells: sizes in bytes, times in ISO 8601. */
export interface StoreStats {
  readonly engine: 'sqlite' | 'postgres';
  readonly place: string;
  readonly schema: number;
  /** Of this program. */
  readonly newest_schema: number;
  readonly bytes: number;
  /** Of them free, to be used again; null where the engine does not tell. */
  readonly free_bytes: number | null;
  readonly firing_alerts: number;
  readonly live_incidents: number;
  readonly oldest_event: string | null;
  readonly newest_event: string | null;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
}

/** Counts what a store holds and what it takes; reads all of it once. */
export async function statsOf(upkeep: Upkeep): Promise<StoreStats> {
  const { total, free, tables: sizes } = await upkeep.sizes();
  const schema = await upkeep.schema();
  const read = await upkeep.read(async (session) => {
    const tables: { name: string; rows: number; bytes: number }[] = [];
    for (const { name } of TRANSFER_TABLES) {
      // An older store may lack one.
      if (!sizes.has(name)) continue;
      const rows = await number(session, `SELECT count(*) FROM ${name}`);
      tables.push({ name, rows: rows ?? 0, bytes: sizes.get(name) ?? 0 });
    }
    const firing = await number(session, `SELECT count(*) FROM alerts WHERE status = 'firing'`);
    const live = await number(session, `SELECT count(*) FROM incidents WHERE status IN ('open', 'acknowledged')`);
    return {
      firing_alerts: firing ?? 0,
      live_incidents: live ?? 0,
      oldest_event: time(await number(session, 'SELECT at FROM events ORDER BY seq LIMIT 1')),
      newest_event: time(await number(session, 'SELECT at FROM events ORDER BY seq DESC LIMIT 1')),
      tables,
    };
  });
  const { engine, place } = upkeep;
  return { engine, place, schema, newest_schema: MIGRATIONS.length, bytes: total, free_bytes: free, ...read };
}

async function number(session: Session, sql: string): Promise<number | null> {
  const value = (await session.rows(sql))[0]?.[0];
  return value === undefined || value === null ? null : Number(value);
}

function time(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
