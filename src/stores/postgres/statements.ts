import { type Column, listOf, type Table, takenFrom } from '../tables/columns.ts';
import {
  ACTION_RECORDS,
  ALERT,
  ALERT_LIST,
  ALERT_STATES,
  ALERTS,
  EVENTS,
  INCIDENTS,
  INSTANCE_KEYS,
  INSTANCES,
  LINK_KEYS,
  REPLAYS,
  STORED_ALERT_LIST,
} from '../tables/tables.ts';
import { NOW, statement } from './work.ts';

type Columns = readonly Pick<Column<never>, 'name' | 'type'>[];

const RID = { name: 'rid', type: 'bigint' } as const;
const CHECK_AT = { name: 'check_at', type: 'bigint' } as const;

/** Rows that come as one array for each column. */
function unnest(columns: Columns): string {
  return `unnest(${columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')})`;
}

/** The same under the name `u`. */
function unnestAsU(columns: Columns): string {
  return `${unnest(columns)} AS u (${listOf(columns)})`;
}

function insertInto<T>({ name, columns }: Table<T>): string {
  return `INSERT INTO ${name} (${listOf(columns)}) SELECT * FROM ${unnest(columns)}`;
}

function insertOrUpdate<T>(table: Table<T>, key: string): string {
  return `${insertInto(table)} ON CONFLICT (${key}) DO UPDATE SET ${takenFrom('excluded', table.changing)}`;
}

function update(name: string, columns: Columns): string {
  return `UPDATE ${name} AS t SET ${takenFrom('u', columns)} FROM ${unnestAsU([RID, ...columns])} WHERE t.rid = u.rid`;
}

/**
 * The statements of ingest: one for each kind of read and write, whatever the number of rows. Rows that are found are
 * locked until the commit, always in the order of their own numbers, so that hubs do not wait for one another in a
 * circle; where they still do (docs/decisions/0009), the server breaks it off and the work is begun anew.
 */
export const INGEST = {
  findAlerts: statement(
    'find_alerts',
    `SELECT u.n::int, ${STORED_ALERT_LIST}
     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS u (fingerprint, origin, source, n)
     JOIN alerts AS a ON a.fingerprint = u.fingerprint AND a.origin = u.origin AND a.source = u.source
     JOIN alert_states AS s ON s.rid = a.rid
     ORDER BY a.rid FOR UPDATE OF a, s`,
  ),
  findIncidents: statement(
    'find_incidents',
    `SELECT ${listOf(INCIDENTS.columns)} FROM incidents
     WHERE id = ANY ($1::text[] || ARRAY(
         SELECT coalesce(
           (SELECT id FROM incidents WHERE key = u.key AND status IN ('open', 'acknowledged')),
           (SELECT id FROM incidents WHERE key = u.key ORDER BY id DESC LIMIT 1)
         ) FROM unnest($2::text[]) AS u (key)
       ))
     ORDER BY id FOR UPDATE`,
  ),
  findFiringByName: statement(
    'find_firing_by_name',
    `SELECT u.n::int, a.fingerprint, s.content
     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS u (name, origin, source, n)
     CROSS JOIN LATERAL (
       SELECT *, count(*) OVER () AS namesakes
       FROM (
         SELECT rid, source, origin, fingerprint, status FROM alerts WHERE name = u.name ORDER BY id DESC LIMIT $4::int
       ) AS newest
     ) AS a
     JOIN alert_states AS s ON s.rid = a.rid
     WHERE a.namesakes < $4::int AND a.status = 'firing' AND a.source = u.source AND a.origin = u.origin`,
  ),
  findInstances: statement(
    'find_instances',
    `SELECT ${listOf(INSTANCES.columns)} FROM instances
     WHERE instance_id = ANY ($1::text[]) ORDER BY instance_id FOR UPDATE`,
  ),
  countFiring: statement(
    'count_firing',
    `SELECT count(*) FROM
       (SELECT 1 FROM alerts WHERE status = 'firing' AND source = $1 AND origin = $2 LIMIT $3::int) AS firing`,
  ),
  findContents: statement(
    'find_contents',
    `SELECT s.content FROM unnest($1::bigint[]) WITH ORDINALITY AS u (rid, n)
     JOIN alert_states AS s ON s.rid = u.rid ORDER BY u.n`,
  ),
  findOwnKeys: statement('find_own_keys', 'SELECT key, incident_id FROM own_keys WHERE key = ANY ($1::text[])'),
  findReplays: statement('find_replays', `SELECT ${listOf(REPLAYS.columns)} FROM replays WHERE key = ANY ($1::text[])`),
  insertAlerts: statement(
    'insert_alerts',
    `WITH u AS (
       SELECT * FROM ${unnestAsU([...ALERT, CHECK_AT])}
     ), a AS (
       INSERT INTO alerts (${listOf(ALERTS.columns)}) SELECT ${listOf(ALERTS.columns)} FROM u
       ON CONFLICT DO NOTHING RETURNING rid, id
     ), e AS (
       INSERT INTO expiries (rid, check_at)
       SELECT a.rid, u.check_at FROM a JOIN u ON u.id = a.id WHERE u.check_at IS NOT NULL
     )
     INSERT INTO alert_states (rid, ${listOf(ALERT_STATES.columns)})
     SELECT a.rid, ${listOf(ALERT_STATES.columns, 'u')} FROM a JOIN u ON u.id = a.id`,
  ),
  updateAlerts: statement('update_alerts', update('alerts', ALERTS.changing)),
  updateStates: statement('update_states', update('alert_states', ALERT_STATES.columns)),
  confirmAlerts: statement(
    'confirm_alerts',
    update(
      'alert_states',
      ALERT_STATES.columns.filter(({ name }) => name === 'observed_at'),
    ),
  ),
  saveExpiries: statement(
    'save_expiries',
    `INSERT INTO expiries (rid, check_at) SELECT * FROM ${unnest([RID, CHECK_AT])}
     ON CONFLICT (rid) DO UPDATE SET check_at = excluded.check_at`,
  ),
  saveIncidents: statement('save_incidents', insertOrUpdate(INCIDENTS, 'id')),
  insertEvents: statement(
    'insert_events',
    `WITH written AS (
       INSERT INTO events (${listOf(EVENTS.columns)}) SELECT ${listOf(EVENTS.columns)}
       FROM ${unnest(EVENTS.columns)} WITH ORDINALITY AS u (${listOf(EVENTS.columns)}, n) ORDER BY n
       RETURNING seq
     ) SELECT max(seq) FROM written`,
  ),
  saveInstances: statement('save_instances', insertOrUpdate(INSTANCES, 'instance_id')),
  insertReplays: statement('insert_replays', `${insertInto(REPLAYS)} ON CONFLICT DO NOTHING`),
  insertShapes: statement(
    'insert_shapes',
    'INSERT INTO sample_shapes (id, names) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT (id) DO NOTHING',
  ),
  insertSamples: statement(
    'insert_samples',
    `INSERT INTO samples (instance, at, received_at, shape, figures) SELECT instance, at, received_at, shape, figures
     FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
       WITH ORDINALITY AS u (instance, at, received_at, shape, figures, n) ORDER BY n`,
  ),
} as const;

/** The statements of actions. */
export const ACTING = {
  findFiringOf: statement(
    'find_firing_of',
    `SELECT ${ALERT_LIST} FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid
     WHERE a.incident_id = $1 AND a.status = 'firing' ORDER BY a.rid FOR UPDATE OF a, s`,
  ),
  findHeldOf: statement(
    'find_held_of',
    `SELECT ${ALERT_LIST} FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid
     WHERE a.incident_id = $1 AND a.status = 'resolved' AND s.expires_at > $2 ORDER BY a.rid FOR UPDATE OF a, s`,
  ),
  findOverdueAcknowledgements: statement(
    'find_overdue_acknowledgements',
    `SELECT ${listOf(INCIDENTS.columns)} FROM incidents
     WHERE acknowledged_until <= $1 AND status = 'acknowledged' ORDER BY acknowledged_until LIMIT $2::int FOR UPDATE`,
  ),
  findAction: statement('find_action', `SELECT ${listOf(ACTION_RECORDS.columns)} FROM actions WHERE id = $1`),
  saveAction: statement('save_action', `${insertInto(ACTION_RECORDS)} ON CONFLICT DO NOTHING`),
} as const;

/** Of one row of a probe, which is a key of an index: those end at 2,704 bytes. */
export const PROBE_BYTES = 2000;

/** Small writes beside ingest. */
export const SMALL = {
  drawHubId: statement(
    'draw_hub_id',
    `INSERT INTO hub_state (name, value) VALUES ('hub_id', $1) ON CONFLICT (name) DO NOTHING`,
  ),
  hubId: statement('hub_id', `SELECT value FROM hub_state WHERE name = 'hub_id'`),
  saveLinkKey: statement(
    'save_link_key',
    `INSERT INTO link_keys (${listOf(LINK_KEYS.columns)}) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at`,
  ),
  pruneOwnKeys: statement(
    'prune_own_keys',
    'DELETE FROM own_keys WHERE key IN (SELECT key FROM own_keys WHERE at < $1 ORDER BY at LIMIT $2::int)',
  ),
  pruneActions: statement(
    'prune_actions',
    'DELETE FROM actions WHERE id IN (SELECT id FROM actions WHERE at < $1 ORDER BY at LIMIT $2::int)',
  ),
  pruneKeys: statement(
    'prune_keys',
    'DELETE FROM instance_keys WHERE id IN (SELECT id FROM instance_keys WHERE expires_at < $1::bigint LIMIT $2::int)',
  ),
  lastHeartbeat: statement('last_heartbeat', `SELECT value FROM hub_state WHERE name = 'heartbeat' FOR UPDATE`),
  heartbeat: statement(
    'heartbeat',
    `INSERT INTO hub_state (name, value) VALUES ('heartbeat', ${NOW})
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  ),
  setState: statement(
    'set_state',
    'INSERT INTO hub_state (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  ),
  emptyProbe: statement('empty_probe', `DELETE FROM hub_state WHERE name LIKE 'probe:%'`),
  fillProbe: statement(
    'fill_probe',
    `INSERT INTO hub_state (name, value)
     SELECT 'probe:' || (SELECT string_agg(gen_random_uuid()::text, '') FROM generate_series(1, ${PROBE_BYTES / 40} + 0 * i)),
       $1::bigint FROM generate_series(1, $2::int) AS i`,
  ),
  forgive: statement(
    'forgive',
    `UPDATE instances AS i SET stale_at = i.stale_at + $1::bigint
     FROM (SELECT instance_id FROM instances WHERE silent_since IS NULL ORDER BY instance_id FOR UPDATE) AS heard
     WHERE i.instance_id = heard.instance_id`,
  ),
  pruneReplays: statement(
    'prune_replays',
    `DELETE FROM replays WHERE rid IN
       (SELECT rid FROM replays WHERE at < $1::bigint ORDER BY at LIMIT $2::int)`,
  ),
  createKey: statement(
    'create_key',
    `INSERT INTO instance_keys (${listOf(INSTANCE_KEYS.columns)})
     VALUES (${INSTANCE_KEYS.columns.map((_, index) => `$${index + 1}`).join(', ')})`,
  ),
  expireKey: statement('expire_key', 'UPDATE instance_keys SET expires_at = $1 WHERE id = $2'),
} as const;

/** Expiries whose look is due. The rows of their alerts are locked, and nobody writes an expiry without these. */
export const EXPIRIES = {
  any: { text: 'SELECT 1 FROM expiries WHERE check_at <= $1 LIMIT 1' },
  due: statement(
    'due_expiries',
    `SELECT due.rid, due.check_at, ${ALERT_LIST}
     FROM (SELECT rid, check_at FROM expiries WHERE check_at <= $1::bigint ORDER BY check_at LIMIT $2::int) AS due
     JOIN alerts AS a ON a.rid = due.rid JOIN alert_states AS s ON s.rid = due.rid
     ORDER BY a.rid FOR UPDATE OF a, s`,
  ),
  move: statement(
    'move_expiries',
    `UPDATE expiries AS e SET check_at = u.check_at FROM unnest($1::bigint[], $2::bigint[]) AS u (rid, check_at)
     WHERE e.rid = u.rid`,
  ),
  forget: statement('forget_expiries', 'DELETE FROM expiries WHERE rid = ANY ($1::bigint[])'),
} as const;
