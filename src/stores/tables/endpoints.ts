import type { ProbeState } from '../../core/endpoint/probe.ts';
import { ROLLUP_STEPS, type Rollup } from '../../core/endpoint/rollup.ts';
import { type EndpointState, newState } from '../../core/endpoint/state.ts';
import {
  type EndpointReads,
  type EndpointTransaction,
  PINGS_KEPT,
  type StoredLook,
  type StoredOutage,
  type StoredPing,
} from '../contract/endpoints.ts';
import type { Execute } from '../notices/rows.ts';
import { type Codec, listOf, type Row, readRow, type Table, table, valuesOf } from './columns.ts';
import type { Ask } from './reads.ts';
import { listed, names, type Sql, sql } from './sql.ts';

const SUCCESS: Codec<StoredLook> = {
  write: ({ success }) => Number(success),
  read: (fields, cell) => {
    fields.success = Number(cell) === 1;
  },
};
const DETAIL: Codec<StoredLook> = {
  write: ({ errors, conditions, abstains, certificateMs, phases }) =>
    JSON.stringify({ errors, conditions, abstains, certificateMs, phases }),
  read: (fields, cell) => {
    Object.assign(fields, JSON.parse(String(cell)));
  },
};

/** What the looks came to. */
export const ENDPOINT_LOOKS = table<StoredLook>('endpoint_looks', {
  endpoint: ['text', 'endpoint', 'fixed'],
  at: ['bigint', 'at', 'fixed'],
  probe: ['text', 'probe', 'fixed'],
  success: ['bigint', SUCCESS, 'fixed'],
  duration_ms: ['bigint', 'durationMs', 'fixed'],
  detail: ['text', DETAIL, 'fixed'],
});

/** Sums of them, and of the time that endpoints were up. */
export const ENDPOINT_ROLLUPS = table<Rollup>('endpoint_rollups', {
  endpoint: ['text', 'endpoint', 'fixed'],
  step: ['bigint', 'step', 'fixed'],
  start: ['bigint', 'start', 'fixed'],
  up_ms: ['bigint', 'upMs'],
  down_ms: ['bigint', 'downMs'],
  looks: ['bigint', 'looks'],
  successes: ['bigint', 'successes'],
  duration_ms: ['bigint', 'durationMs'],
});

/** When endpoints were down. */
export const ENDPOINT_OUTAGES = table<StoredOutage>('endpoint_outages', {
  endpoint: ['text', 'endpoint', 'fixed'],
  started_at: ['bigint', 'startedAt', 'fixed'],
  ended_at: ['bigint', 'endedAt'],
});

const IS_BINARY: Codec<StoredPing> = {
  write: ({ isBinary }) => Number(isBinary),
  read: (fields, cell) => {
    fields.isBinary = Number(cell) === 1;
  },
};

/** Calls of push endpoints, with what was sent along. */
export const ENDPOINT_PINGS = table<StoredPing>('endpoint_pings', {
  endpoint: ['text', 'endpoint', 'fixed'],
  at: ['bigint', 'at', 'fixed'],
  kind: ['text', 'kind', 'fixed'],
  run: ['text', 'run', 'fixed'],
  exit_code: ['bigint', 'exitCode', 'fixed'],
  duration_ms: ['bigint', 'durationMs', 'fixed'],
  body: ['text', 'body', 'fixed'],
  is_binary: ['bigint', IS_BINARY, 'fixed'],
});

function insertInto<T>({ name, columns }: Table<T>, conflict: string): string {
  return `INSERT INTO ${name} (${listOf(columns)}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT ${conflict}`;
}

const sums = ENDPOINT_ROLLUPS.changing.map(({ name }) => `${name} = endpoint_rollups.${name} + excluded.${name}`);
const STATEMENTS = {
  state: 'SELECT state FROM endpoint_states WHERE key = ?',
  newState: 'INSERT INTO endpoint_states (key, state) VALUES (?, ?) ON CONFLICT (key) DO NOTHING',
  saveState: 'UPDATE endpoint_states SET state = ? WHERE key = ?',
  forget: 'DELETE FROM endpoint_states WHERE key = ?',
  look: insertInto(ENDPOINT_LOOKS, '(endpoint, at, probe) DO NOTHING'),
  rollup: insertInto(ENDPOINT_ROLLUPS, `(endpoint, step, start) DO UPDATE SET ${sums.join(', ')}`),
  outage: insertInto(ENDPOINT_OUTAGES, '(endpoint, started_at) DO UPDATE SET ended_at = excluded.ended_at'),
  probe: 'SELECT state FROM probe_states WHERE id = ?',
  saveProbe: 'INSERT INTO probe_states (id, state) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state',
  ping: insertInto(ENDPOINT_PINGS, '(endpoint, at, kind, run) DO NOTHING'),
  prunePings: `DELETE FROM endpoint_pings WHERE endpoint = ? AND at <
    (SELECT at FROM endpoint_pings WHERE endpoint = ? ORDER BY at DESC LIMIT 1 OFFSET ${PINGS_KEPT - 1})`,
  pruneOldPings: `DELETE FROM endpoint_pings WHERE (endpoint, at, kind, run) IN
    (SELECT endpoint, at, kind, run FROM endpoint_pings WHERE at < ? ORDER BY at LIMIT ?) RETURNING at`,
  watchedAt: "SELECT value FROM hub_state WHERE name = 'endpoints_watched'",
  saveWatchedAt: `INSERT INTO hub_state (name, value) VALUES ('endpoints_watched', ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  pruneLooks: `DELETE FROM endpoint_looks WHERE (endpoint, at, probe) IN
    (SELECT endpoint, at, probe FROM endpoint_looks WHERE at < ? ORDER BY at LIMIT ?) RETURNING at`,
  pruneRollups: `DELETE FROM endpoint_rollups WHERE (endpoint, step, start) IN
    (SELECT endpoint, step, start FROM endpoint_rollups WHERE step = ? AND start < ? ORDER BY start LIMIT ?) RETURNING start`,
  pruneOutages: `DELETE FROM endpoint_outages WHERE (endpoint, started_at) IN
    (SELECT endpoint, started_at FROM endpoint_outages WHERE ended_at < ? LIMIT ?) RETURNING started_at`,
} as const;

/** The transaction over that of an engine. `lock` is what the engine wants behind a query whose rows nobody else may change. */
export function createEndpointTransaction(execute: Execute, lock: '' | ' FOR UPDATE'): EndpointTransaction {
  const find = async (key: string): Promise<EndpointState> => {
    const [known] = await execute(STATEMENTS.state + lock, [key]);
    if (known !== undefined) return JSON.parse(String(known[0])) as EndpointState;
    await execute(STATEMENTS.newState, [key, JSON.stringify(newState(key))]);
    const [made] = await execute(STATEMENTS.state + lock, [key]);
    return JSON.parse(String(made?.[0])) as EndpointState;
  };
  return {
    findEndpoints: async (keys) => {
      const found: EndpointState[] = [];
      // In one order everywhere, so that two hubs never wait for each other.
      for (const key of [...new Set(keys)].sort()) found.push(await find(key));
      return found;
    },
    findProbes: async (ids) => {
      const rows: Row[] = [];
      for (const id of [...new Set(ids)].sort()) rows.push(...(await execute(STATEMENTS.probe + lock, [id])));
      return rows.map(([state]) => JSON.parse(String(state)) as ProbeState);
    },
    findWatchedAt: async () => {
      const [row] = await execute(STATEMENTS.watchedAt, []);
      return row === undefined ? null : Number(row[0]);
    },
    saveWatchedAt: async (at) => void (await execute(STATEMENTS.saveWatchedAt, [at])),
    saveEndpoints: async ({ states, looks, rollups, outages, pings, probes }) => {
      const sent = [
        ...probes.map((probe) => execute(STATEMENTS.saveProbe, [probe.id, JSON.stringify(probe)])),
        ...states.map((state) => execute(STATEMENTS.saveState, [JSON.stringify(state), state.key])),
        ...looks.map((look) => execute(STATEMENTS.look, valuesOf(ENDPOINT_LOOKS.columns, look))),
        ...rollups.map((rollup) => execute(STATEMENTS.rollup, valuesOf(ENDPOINT_ROLLUPS.columns, rollup))),
        ...outages.map((outage) => execute(STATEMENTS.outage, valuesOf(ENDPOINT_OUTAGES.columns, outage))),
        ...pings.map((ping) => execute(STATEMENTS.ping, valuesOf(ENDPOINT_PINGS.columns, ping))),
        ...[...new Set(pings.map(({ endpoint }) => endpoint))].map((key) => execute(STATEMENTS.prunePings, [key, key])),
      ];
      for (const outcome of await Promise.allSettled(sent)) if (outcome.status === 'rejected') throw outcome.reason;
    },
    forgetEndpoints: async (keys) => {
      for (const key of keys) await execute(STATEMENTS.forget, [key]);
    },
    pruneLooks: async (before, limit) => {
      const [fine, hourly, daily] = ROLLUP_STEPS;
      const removed = [
        await execute(STATEMENTS.pruneLooks, [before.looks, limit]),
        await execute(STATEMENTS.pruneOldPings, [before.looks, limit]),
        await execute(STATEMENTS.pruneRollups, [fine, before.fine, limit]),
        await execute(STATEMENTS.pruneRollups, [hourly, before.hourly, limit]),
        await execute(STATEMENTS.pruneRollups, [daily, before.daily, limit]),
        await execute(STATEMENTS.pruneOutages, [before.daily, limit]),
      ];
      return Math.max(...removed.map((rows) => rows.length));
    },
  };
}

/** What is read of endpoints, on every engine. */
export function createEndpointReads(ask: Ask): EndpointReads {
  const all = async <T>({ columns }: Table<T>, query: Parameters<Ask>[0]) =>
    (await ask(query)).map((row) => readRow(columns, row));
  return {
    endpointStates: async () =>
      (await ask(sql`SELECT state FROM endpoint_states ORDER BY key`)).map(
        ([state]) => JSON.parse(String(state)) as EndpointState,
      ),
    probeStates: async () =>
      (await ask(sql`SELECT state FROM probe_states ORDER BY id`)).map(
        ([state]) => JSON.parse(String(state)) as ProbeState,
      ),
    endpointLooks: (endpoint, limit, offset = 0) =>
      all(
        ENDPOINT_LOOKS,
        sql`SELECT ${names(ENDPOINT_LOOKS.columns)} FROM endpoint_looks WHERE endpoint = ${endpoint}
          ORDER BY at DESC, probe LIMIT ${limit} OFFSET ${offset}`,
      ),
    endpointPings: (endpoint, limit) =>
      all(
        ENDPOINT_PINGS,
        sql`SELECT ${names(ENDPOINT_PINGS.columns)} FROM endpoint_pings WHERE endpoint = ${endpoint}
          ORDER BY at DESC, kind LIMIT ${limit}`,
      ),
    endpointRollups: (endpoint, step, from, to) =>
      all(
        ENDPOINT_ROLLUPS,
        sql`SELECT ${names(ENDPOINT_ROLLUPS.columns)} FROM endpoint_rollups
          WHERE endpoint = ${endpoint} AND step = ${step} AND start >= ${from} AND start < ${to} ORDER BY start`,
      ),
    latestLooks: async (endpoints, each) => {
      const found: StoredLook[] = [];
      for (let at = 0; at < endpoints.length; at += LOOKED_UP)
        found.push(...(await all(ENDPOINT_LOOKS, latestOf(endpoints.slice(at, at + LOOKED_UP), each))));
      return found;
    },
    endpointSums: async (endpoints, step, from, to) =>
      endpoints.length === 0
        ? []
        : all(
            ENDPOINT_ROLLUPS,
            sql`SELECT endpoint, step, CAST(${from} AS bigint), CAST(sum(up_ms) AS bigint),
                CAST(sum(down_ms) AS bigint), CAST(sum(looks) AS bigint), CAST(sum(successes) AS bigint),
                CAST(sum(duration_ms) AS bigint)
              FROM endpoint_rollups
              WHERE endpoint IN (${listed(endpoints)}) AND step = ${step} AND start >= ${from} AND start < ${to}
              GROUP BY endpoint, step ORDER BY endpoint`,
          ),
    endpointOutages: async (endpoints, from, to) =>
      endpoints.length === 0
        ? []
        : all(
            ENDPOINT_OUTAGES,
            sql`SELECT ${names(ENDPOINT_OUTAGES.columns)} FROM endpoint_outages
              WHERE endpoint IN (${listed(endpoints)}) AND started_at < ${to}
                AND (ended_at IS NULL OR ended_at >= ${from})
              ORDER BY endpoint, started_at`,
          ),
  };
}

// Endpoints whose last looks are asked in one statement: each is a look-up of its own by the primary key.
const LOOKED_UP = 50;

function latestOf(endpoints: readonly string[], each: number): Sql {
  const { columns } = ENDPOINT_LOOKS;
  return endpoints
    .map(
      (endpoint) => sql`SELECT * FROM (SELECT ${names(columns)} FROM endpoint_looks
        WHERE endpoint = ${endpoint} ORDER BY at DESC, probe LIMIT ${each}) AS looks`,
    )
    .reduce((whole, one) => sql`${whole} UNION ALL ${one}`);
}
