import { join } from 'node:path';
import { uuidv7 } from '../src/lib/crypto/ids.ts';
import { loadDriver } from '../src/stores/sqlite/driver.ts';
import { openSqliteStore } from '../src/stores/sqlite/store.ts';

/** Fills a new store as months of work would: `alerts` rows, most of them resolved, and their history. */
export async function seed(folder: string, alerts: number, events: number): Promise<void> {
  const file = join(folder, 'monitor.db');
  await openSqliteStore(file).close();
  const Database = loadDriver();
  const db = new Database(file);
  db.pragma('synchronous = OFF');
  const alert = db.prepare(
    `INSERT INTO alerts (rid, id, source, origin, fingerprint, name, status, severity, started_at, ended_at, received_at,
       incident_id)
     VALUES (?, ?, 'cluster', ?, ?, ?, ?, 'warning', ?, ?, ?, ?)`,
  );
  const sighting = db.prepare(
    'INSERT INTO alert_sightings (rid, observed_at, last_seen_at, occurrences) VALUES (?, ?, ?, 3)',
  );
  const content = db.prepare('INSERT INTO alert_contents (rid, content) VALUES (?, ?)');
  const event = db.prepare(
    `INSERT INTO events (at, subject, subject_id, kind, reason, actor, data) VALUES (?, 'alert', ?, ?, ?, ?, ?)`,
  );
  const incident = db.prepare(
    `INSERT INTO incidents (id, key, title, status, severity, opened_at, resolved_at, alert_count, firing_critical,
       firing_warning, firing_info)
     VALUES (?, ?, ?, ?, 'warning', ?, ?, 1, 0, ?, 0)`,
  );
  const begun = Date.now() - 90 * 86_400_000;
  const step = (90 * 86_400_000) / alerts;
  const ids: string[] = [];
  db.transaction(() => {
    for (let n = 0; n < alerts; n += 1) {
      const at = Math.floor(begun + n * step);
      const id = uuidv7(at);
      const instance = `old-server-${Math.floor(n / 100)}`;
      const labels = { checker: `check-${n % 100}`, hostname: instance, instance_id: instance };
      const isFiring = n % 50 === 0;
      const annotations = { message: `check ${n % 100} at 91.2%` };
      const ended = isFiring ? null : at + 60_000;
      const status = isFiring ? 'firing' : 'resolved';
      const fingerprint = `check-${n % 100}-${instance}`;
      const incidentId = uuidv7(at);
      const name = `Check ${n % 100}`;
      alert.run(n + 1, id, instance, fingerprint, name, status, at, ended, at, incidentId);
      const state = isFiring ? 'open' : 'resolved';
      incident.run(incidentId, `alert:${n}`, `${name} on ${instance}`, state, at, ended, isFiring ? 1 : 0);
      sighting.run(n + 1, at, at);
      content.run(n + 1, JSON.stringify({ labels, annotations, metrics: { percent: 91.2 } }));
      ids.push(id);
    }
  })();
  db.transaction(() => {
    const data = JSON.stringify({ status: 'firing', severity: 'warning', message: 'check at 91.2%' });
    for (let n = 0; n < events; n += 1) {
      const id = ids[Math.floor((n / events) * alerts)] ?? '';
      event.run(
        Math.floor(begun + (n / events) * 90 * 86_400_000),
        id,
        n % 2 ? 'resolved' : 'opened',
        'new',
        'cluster',
        data,
      );
    }
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}
