import { NOW, statement } from './work.ts';

/**
 * The statements of ingest: one for each kind of read and write, whatever the number of rows. Rows that are found are
 * locked until the commit, always in the order of their own numbers, so that hubs do not wait for one another in a
 * circle; where they still do (docs/decisions/0009), the server breaks it off and the work is begun anew.
 */
export const INGEST = {
  findAlerts: statement(
    'find_alerts',
    `SELECT u.n::int, a.rid, a.id, a.name, a.status, a.severity, a.started_at, a.ended_at, s.observed_at, a.received_at,
       s.occurrences, a.incident_id, s.expires_at
     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS u (fingerprint, origin, source, n)
     JOIN alerts AS a ON a.fingerprint = u.fingerprint AND a.origin = u.origin AND a.source = u.source
     JOIN alert_states AS s ON s.rid = a.rid
     ORDER BY a.rid FOR UPDATE OF a, s`,
  ),
  findIncidents: statement(
    'find_incidents',
    `SELECT id, key, title, status, severity, opened_at, acknowledged_at, resolved_at, alert_count, firing_critical,
       firing_warning, firing_info
     FROM incidents
     WHERE id = ANY ($1::text[] || ARRAY(
         SELECT coalesce(
           (SELECT id FROM incidents WHERE key = u.key AND status IN ('open', 'acknowledged')),
           (SELECT id FROM incidents WHERE key = u.key ORDER BY id DESC LIMIT 1)
         ) FROM unnest($2::text[]) AS u (key)
       ))
     ORDER BY id FOR UPDATE`,
  ),
  findInstances: statement(
    'find_instances',
    `SELECT instance_id, hostname, version, first_seen_at, last_seen_at, clock_offset_ms, stale_at, silent_since
     FROM instances WHERE instance_id = ANY ($1::text[]) ORDER BY instance_id FOR UPDATE`,
  ),
  findContents: statement(
    'find_contents',
    `SELECT s.content FROM unnest($1::bigint[]) WITH ORDINALITY AS u (rid, n)
     JOIN alert_states AS s ON s.rid = u.rid ORDER BY u.n`,
  ),
  findReplays: statement('find_replays', 'SELECT key, signature, answer, at FROM replays WHERE key = ANY ($1::text[])'),
  insertAlerts: statement(
    'insert_alerts',
    `WITH u AS (
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
         $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[],
         $15::text[], $16::bigint[], $17::bigint[])
       AS u (id, source, origin, fingerprint, name, status, severity, started_at, ended_at, received_at, incident_id,
         observed_at, last_seen_at, occurrences, content, expires_at, check_at)
     ), a AS (
       INSERT INTO alerts (id, source, origin, fingerprint, name, status, severity, started_at, ended_at, received_at,
         incident_id)
       SELECT id, source, origin, fingerprint, name, status, severity, started_at, ended_at, received_at, incident_id
       FROM u
       ON CONFLICT DO NOTHING RETURNING rid, id
     ), e AS (
       INSERT INTO expiries (rid, check_at)
       SELECT a.rid, u.check_at FROM a JOIN u ON u.id = a.id WHERE u.check_at IS NOT NULL
     )
     INSERT INTO alert_states (rid, observed_at, last_seen_at, occurrences, content, expires_at)
     SELECT a.rid, u.observed_at, u.last_seen_at, u.occurrences, u.content, u.expires_at FROM a JOIN u ON u.id = a.id`,
  ),
  updateAlerts: statement(
    'update_alerts',
    `UPDATE alerts AS a SET name = u.name, status = u.status, severity = u.severity, started_at = u.started_at,
       ended_at = u.ended_at, received_at = u.received_at, incident_id = u.incident_id
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[])
       AS u (rid, name, status, severity, started_at, ended_at, received_at, incident_id)
     WHERE a.rid = u.rid`,
  ),
  updateStates: statement(
    'update_states',
    `UPDATE alert_states AS s SET observed_at = u.observed_at, last_seen_at = u.last_seen_at,
       occurrences = u.occurrences, content = u.content, expires_at = u.expires_at
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[])
       AS u (rid, observed_at, last_seen_at, occurrences, content, expires_at)
     WHERE s.rid = u.rid`,
  ),
  confirmAlerts: statement(
    'confirm_alerts',
    `UPDATE alert_states AS s SET observed_at = u.observed_at
     FROM unnest($1::bigint[], $2::bigint[]) AS u (rid, observed_at) WHERE s.rid = u.rid`,
  ),
  saveExpiries: statement(
    'save_expiries',
    `INSERT INTO expiries (rid, check_at) SELECT * FROM unnest($1::bigint[], $2::bigint[])
     ON CONFLICT (rid) DO UPDATE SET check_at = excluded.check_at`,
  ),
  saveIncidents: statement(
    'save_incidents',
    `INSERT INTO incidents (id, key, title, status, severity, opened_at, acknowledged_at, resolved_at, alert_count,
       firing_critical, firing_warning, firing_info)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
       $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, severity = excluded.severity,
       acknowledged_at = excluded.acknowledged_at, resolved_at = excluded.resolved_at,
       alert_count = excluded.alert_count, firing_critical = excluded.firing_critical,
       firing_warning = excluded.firing_warning, firing_info = excluded.firing_info`,
  ),
  insertEvents: statement(
    'insert_events',
    `INSERT INTO events (at, subject, subject_id, kind, reason, actor, data)
     SELECT at, subject, subject_id, kind, reason, actor, data
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
       WITH ORDINALITY AS u (at, subject, subject_id, kind, reason, actor, data, n)
     ORDER BY n`,
  ),
  saveInstances: statement(
    'save_instances',
    `INSERT INTO instances (instance_id, hostname, version, first_seen_at, last_seen_at, clock_offset_ms, stale_at,
       silent_since)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
       $8::bigint[])
     ON CONFLICT (instance_id) DO UPDATE SET hostname = excluded.hostname, version = excluded.version,
       last_seen_at = excluded.last_seen_at, clock_offset_ms = excluded.clock_offset_ms,
       stale_at = excluded.stale_at, silent_since = excluded.silent_since`,
  ),
  insertReplays: statement(
    'insert_replays',
    `INSERT INTO replays (key, signature, answer, at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
     ON CONFLICT DO NOTHING`,
  ),
} as const;

/** Small writes beside ingest. */
export const SMALL = {
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
    'INSERT INTO instance_keys (id, instance_id, secret, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)',
  ),
  expireKey: statement('expire_key', 'UPDATE instance_keys SET expires_at = $1 WHERE id = $2'),
} as const;

/** Expiries whose look is due. The rows of their alerts are locked, and nobody writes an expiry without these. */
export const EXPIRIES = {
  any: 'SELECT 1 AS due FROM expiries WHERE check_at <= $1 LIMIT 1',
  due: statement(
    'due_expiries',
    `SELECT to_json(a)::text, to_json(s)::text, due.check_at
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
