import { listOf } from '../tables/columns.ts';
import { ALERT_LIST, EVENTS, INCIDENTS } from '../tables/tables.ts';

const ALERTS = `SELECT ${ALERT_LIST} FROM alerts AS a JOIN alert_states AS s ON s.rid = a.rid`;

/** The statements of notices, the same for both engines; placeholders are `?`. */
export const NOTICES = {
  scheduleLook: `INSERT INTO notice_looks (incident_id, at) VALUES (?, ?)
    ON CONFLICT (incident_id) DO UPDATE
    SET at = CASE WHEN excluded.at < notice_looks.at THEN excluded.at ELSE notice_looks.at END`,
  setLook: `INSERT INTO notice_looks (incident_id, at) VALUES (?, ?)
    ON CONFLICT (incident_id) DO UPDATE SET at = excluded.at`,
  removeLook: 'DELETE FROM notice_looks WHERE incident_id = ?',
  dueEvaluations: 'SELECT incident_id FROM notice_looks WHERE at <= ? ORDER BY at, incident_id LIMIT ?',
  nextLook: 'SELECT min(at) FROM notice_looks',
  saveNotice: `INSERT INTO notices (incident_id, channel, state, reason, until, updated_at, data)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (incident_id, channel) DO UPDATE SET state = excluded.state, reason = excluded.reason,
      until = excluded.until, updated_at = excluded.updated_at, data = excluded.data`,
  noticesOf: 'SELECT data FROM notices WHERE incident_id = ? ORDER BY channel',
  underWay: `SELECT data FROM notices WHERE state = 'under_way'`,
  // Few are live; what their rows say of the target is looked at without reading them.
  liveTold: `SELECT 1 FROM incidents AS i JOIN notices AS n ON n.incident_id = i.id
    WHERE i.status IN ('open', 'acknowledged') AND n.channel = ? AND n.data LIKE ? LIMIT 1`,
  waitingOn: `SELECT incident_id FROM notices
    WHERE state IN ('wait', 'retry') AND channel = ? AND reason IN (?, ?) LIMIT ?`,
  countNotices: 'SELECT channel, state, count(*) FROM notices GROUP BY channel, state ORDER BY channel, state',
  saveOwnKey: `INSERT INTO own_keys (key, at, incident_id) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET at = excluded.at, incident_id = excluded.incident_id`,
  countOutbox: `SELECT channel, state, count(*) FROM notices WHERE state <> 'rest' AND channel <> ''
    GROUP BY channel, state ORDER BY channel, state`,
  countFiring: `SELECT severity, count(*) FROM alerts WHERE status = 'firing' GROUP BY severity`,
  countLive: `SELECT status, severity, count(*) FROM incidents WHERE status IN ('open', 'acknowledged')
    GROUP BY status, severity`,
  addAttempt: `INSERT INTO notice_attempts (id, incident_id, channel, phase, step, key, attempt, at, took_ms, outcome, reason,
    digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  attempts: `SELECT id, incident_id, channel, phase, step, key, attempt, at, took_ms, outcome, reason, digest
    FROM notice_attempts`,
  attemptsOf: `SELECT id, incident_id, channel, phase, step, key, attempt, at, took_ms, outcome, reason, digest
    FROM notice_attempts WHERE incident_id = ? ORDER BY id DESC LIMIT ?`,
  addEvent: `INSERT INTO events (${listOf(EVENTS.columns)}) VALUES (${EVENTS.columns.map(() => '?').join(', ')})
    RETURNING seq`,
  incident: `SELECT ${listOf(INCIDENTS.columns)} FROM incidents WHERE id = ?`,
  firing: `${ALERTS} WHERE incident_id = ? AND status = 'firing'`,
  alertsForMessage: `${ALERTS} WHERE incident_id = ?
    ORDER BY CASE status WHEN 'firing' THEN 0 ELSE 1 END,
    CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, a.received_at DESC, a.id LIMIT ?`,
  alert: `${ALERTS} WHERE a.id = ?`,
  firingAlerts: `${ALERTS} WHERE a.status = 'firing' AND a.id > ? ORDER BY a.id LIMIT ?`,
  turns: `SELECT at FROM events WHERE subject_id IN (SELECT id FROM incidents WHERE key = (SELECT key FROM incidents WHERE id = ?))
    AND subject = 'incident' AND kind IN ('opened', 'reopened', 'resolved') ORDER BY seq DESC LIMIT 50`,
  liveIncidents: `SELECT id FROM incidents WHERE status IN ('open', 'acknowledged') AND id > ? ORDER BY id LIMIT ?`,
  moveCursor: `INSERT INTO followers (name, cursor, moved_at) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor, moved_at = excluded.moved_at`,
  cursor: 'SELECT cursor FROM followers WHERE name = ?',
} as const;
