import type { PostgresServer } from '../../tests/support/postgres.ts';

const DAYS_MS = 90 * 86_400_000;

/**
 * Fills a PostgreSQL store, whose schema is there, as `bench/seed.ts` does the embedded one: alerts over the last 90 days,
 * one of fifty firing, each with its incident, and their history.
 */
export async function seedPostgres(server: PostgresServer, url: string, alerts: number, events: number): Promise<void> {
  const begun = Date.now() - DAYS_MS;
  const at = (n: string, of: number) => `(${begun} + ${n}::bigint * ${DAYS_MS} / ${of})`;
  const hex = (ms: string) => `lpad(to_hex(${ms}), 12, '0')`;
  // A UUIDv7 of a time and a number.
  const id = (ms: string, n: string) =>
    `substr(${hex(ms)}, 1, 8) || '-' || substr(${hex(ms)}, 9, 4) || '-7000-8000-' || lpad(to_hex(${n}), 12, '0')`;
  const alertId = (n: string) => id(at(n, alerts), n);
  const instance = `'old-server-' || (n / 100)`;
  const fires = 'n % 50 = 0';
  await server.query(
    `SET synchronous_commit = off;
     INSERT INTO alerts (rid, id, source, origin, fingerprint, name, status, severity, started_at, ended_at, received_at,
       incident_id)
     SELECT n + 1, ${alertId('n')}, 'cluster', ${instance}, 'check-' || (n % 100) || '-' || ${instance},
       'Check ' || (n % 100), CASE WHEN ${fires} THEN 'firing' ELSE 'resolved' END, 'warning', ${at('n', alerts)},
       CASE WHEN ${fires} THEN NULL ELSE ${at('n', alerts)} + 60000 END, ${at('n', alerts)}, ${alertId('n')}
     FROM generate_series(0, ${alerts - 1}) AS n;
     INSERT INTO alert_states (rid, observed_at, last_seen_at, occurrences, content)
     SELECT n + 1, ${at('n', alerts)}, ${at('n', alerts)}, 3, json_build_object(
       'labels', json_build_object('checker', 'check-' || (n % 100), 'hostname', ${instance}, 'instance_id', ${instance}),
       'annotations', json_build_object('message', 'check ' || (n % 100) || ' at 91.2%'),
       'metrics', json_build_object('percent', 91.2))::text
     FROM generate_series(0, ${alerts - 1}) AS n;
     INSERT INTO incidents (id, key, title, status, severity, opened_at, resolved_at, alert_count, firing_critical,
       firing_warning, firing_info)
     SELECT ${alertId('n')}, 'old-' || n, 'Check ' || (n % 100) || ' on ' || ${instance},
       CASE WHEN ${fires} THEN 'open' ELSE 'resolved' END, 'warning', ${at('n', alerts)},
       CASE WHEN ${fires} THEN NULL ELSE ${at('n', alerts)} + 60000 END, 1, 0, CASE WHEN ${fires} THEN 1 ELSE 0 END, 0
     FROM generate_series(0, ${alerts - 1}) AS n;
     INSERT INTO events (at, subject, subject_id, kind, reason, actor, data)
     SELECT ${at('n', events)}, 'alert', ${alertId(`(n::bigint * ${alerts} / ${events})`)},
       CASE WHEN n % 2 = 0 THEN 'opened' ELSE 'resolved' END, 'new', 'cluster',
       '{"status":"firing","severity":"warning","message":"check at 91.2%"}'
     FROM generate_series(0, ${events - 1}) AS n;
     SELECT setval(pg_get_serial_sequence('alerts', 'rid'), ${alerts} + 1)`,
    url,
  );
  await server.query('VACUUM ANALYZE', url);
  await server.query('CHECKPOINT', url);
}
