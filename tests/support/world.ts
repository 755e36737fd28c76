import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Action, ActionResult } from '../../src/core/action/action.ts';
import type { AlertStatus, IncomingAlert, Severity } from '../../src/core/alert/alert.ts';
import type { HistoryEvent } from '../../src/core/history.ts';
import { type Answer, type Submission, toQueued } from '../../src/core/submission.ts';
import { performAction } from '../../src/pipeline/act.ts';
import { type CommitPolicy, commitBatch } from '../../src/pipeline/commit.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import { loadDriver } from '../../src/stores/sqlite/driver.ts';
import { migrateSqlite } from '../../src/stores/sqlite/migrate.ts';
import { openSqliteStore } from '../../src/stores/sqlite/store.ts';
import { idOf } from './stored.ts';

/** A store and the pipeline in front of it, with ids that are counted and times that are given. */
export interface World {
  readonly store: Store;
  /** Commits submissions in one transaction, at the moment at which the last of them arrived. */
  commit(...submissions: Submission[]): Promise<readonly Answer[]>;
  /** Does an action, `at` after T. */
  act(at: number, action: Action): Promise<ActionResult>;
  /** All alerts with their histories, and all incidents with theirs, by fingerprint and by order of opening. */
  story(): Promise<Story>;
  close(): Promise<void>;
}

/** What a world came to, without ids that depend on batching. */
export interface Story {
  readonly alerts: readonly (Record<string, unknown> & { history: string[] })[];
  readonly incidents: readonly (Record<string, unknown> & { history: string[] })[];
}

/** Start of all times in here. */
export const T = 1_700_000_000_000;

/** Opens an empty world; in memory where the machine has a place for files in memory. `traits` stand for those of its store. */
export function openWorld(policy: Partial<CommitPolicy> = {}, traits: Partial<Pick<Store, 'chunkAlerts'>> = {}): World {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'monitor-world-'));
  writeFileSync(join(folder, 'monitor.db'), emptyStore());
  const store = { ...openSqliteStore(join(folder, 'monitor.db')), ...traits };
  let ids = 0;
  const newId = () => idOf(ids++);
  // Time goes on with the arrivals, and not back.
  let now = 0;
  const whole = { groupBy: [], reopenWithinMs: 600_000, staleAfterMs: 900_000, newId, now: () => now, ...policy };
  return {
    store,
    commit: async (...submissions) => {
      now = Math.max(now, ...submissions.map((one) => one.receivedAt));
      return (await commitBatch(store, submissions.map(toQueued), whole)).answers as readonly Answer[];
    },
    act: async (at, action) => {
      now = Math.max(now, T + at);
      return (await performAction(store, action, whole)).result;
    },
    story: () => storyOf(store),
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

let empty: Buffer | null = null;

/** The file of a store that holds nothing, with its schema: made for the first world, copied for all that follow. */
function emptyStore(): Buffer {
  if (empty === null) {
    const Database = loadDriver();
    const db = new Database(':memory:');
    migrateSqlite(db);
    empty = db.serialize();
    db.close();
  }
  return empty;
}

/** An alert as a driver reads it: `fire('cpu', 'critical')`. */
export function incoming(
  fingerprint: string,
  status: AlertStatus,
  severity: Severity,
  fields: Partial<IncomingAlert> = {},
): IncomingAlert {
  return {
    fingerprint,
    name: `${fingerprint} trouble`,
    status,
    severity,
    labels: {},
    annotations: { message: `${fingerprint} is ${status}` },
    metrics: {},
    startedAt: T,
    endedAt: status === 'resolved' ? (fields.observedAt ?? T) : null,
    observedAt: T,
    groupKey: 'group',
    ...fields,
  };
}

/** A submission that arrives `at` after T; its alerts were observed then unless they say otherwise. */
export function submission(at: number, alerts: readonly IncomingAlert[], fields: Partial<Submission> = {}): Submission {
  return {
    source: 'cluster',
    origin: 'web-1',
    actor: 'cluster:web-1',
    receivedAt: T + at,
    alerts: alerts.map((one) => (one.observedAt === T ? { ...one, observedAt: T + at } : one)),
    errors: [],
    replay: null,
    instance: null,
    ...fields,
  };
}

async function storyOf(store: Store): Promise<Story> {
  const { items: alerts } = await store.listAlerts({ limit: 500 });
  const { items: incidents } = await store.listIncidents({ limit: 500 });
  // Ids of one batch are drawn in another order than those of many; what an id stands for is the same.
  const history = async (id: string) => (await store.history([id], 500)).map((one) => lineOf(one, nameOf));
  const order = incidents.toSorted((a, b) => a.openedAt - b.openedAt || (a.key < b.key ? -1 : 1));
  const names = new Map([
    ...order.map((one, index) => [one.id, `incident ${index}`] as const),
    ...alerts.map((one) => [one.id, `${one.source}/${one.origin}/${one.fingerprint}`] as const),
  ]);
  const nameOf = (id: unknown) => names.get(String(id)) ?? String(id);
  const named = { alerts: [] as Story['alerts'][number][], incidents: [] as Story['incidents'][number][] };
  for (const { id, ...rest } of alerts.toSorted((a, b) => (nameOf(a.id) < nameOf(b.id) ? -1 : 1))) {
    named.alerts.push({ ...rest, id: nameOf(id), incidentId: nameOf(rest.incidentId), history: await history(id) });
  }
  for (const { id, ...rest } of order) named.incidents.push({ ...rest, id: nameOf(id), history: await history(id) });
  return named;
}

function lineOf({ at, kind, reason, actor, data }: HistoryEvent, nameOf: (id: unknown) => string): string {
  const told = Object.entries(data).map(([key, value]) => `${key}=${key.endsWith('_id') ? nameOf(value) : value}`);
  return [at - T, kind, reason, actor, ...told].join(' ');
}
