import type { Alert, Severity } from '../../core/alert/alert.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { HistoryEvent } from '../../core/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Silence } from '../../core/policy/silence.ts';
import type { SourceReport } from '../../core/source-report.ts';
import type { ActionRecord } from '../contract/actions.ts';
import type { AlertContent, ReplayRecord, StoredAlert } from '../contract/ingest.ts';
import type { InstanceKey } from '../contract/instance-keys.ts';
import type { LinkKey } from '../contract/link-keys.ts';
import { type Codec, type Column, listOf, readRow, table } from './columns.ts';

/** What of an alert stays while it repeats; the number of the row (`rid`) comes before. */
export const ALERTS = table<Alert>('alerts', {
  id: ['text', 'id', 'fixed'],
  source: ['text', 'source', 'fixed'],
  origin: ['text', 'origin', 'fixed'],
  fingerprint: ['text', 'fingerprint', 'fixed'],
  name: ['text', 'name'],
  status: ['text', 'status'],
  severity: ['text', 'severity'],
  started_at: ['bigint', 'startedAt'],
  ended_at: ['bigint', 'endedAt'],
  received_at: ['bigint', 'receivedAt'],
  incident_id: ['text', 'incidentId'],
});

/**
 * What every repeat of an alert may rewrite, under the number of its row; `content` is JSON text. On SQLite it is a view of
 * `alert_sightings` and `alert_contents`.
 */
export const ALERT_STATES = table<Alert>('alert_states', {
  observed_at: ['bigint', 'observedAt'],
  last_seen_at: ['bigint', 'lastSeenAt'],
  occurrences: ['bigint', 'occurrences'],
  content: [
    'text',
    {
      write: ({ labels, annotations, metrics }) =>
        JSON.stringify({ labels, annotations, metrics } satisfies AlertContent),
      read: (fields, cell) => void Object.assign(fields, JSON.parse(String(cell))),
    },
  ],
  expires_at: ['bigint', 'expiresAt'],
});

/** The table `alert_sightings`: those of them that a repeat with the same content rewrites. */
export const ALERT_SIGHTINGS = ALERT_STATES.columns.filter(({ name }) => name !== 'content');
/** The table `alert_contents`: what it says. */
export const ALERT_CONTENTS = ALERT_STATES.columns.filter(({ name }) => name === 'content');

/** All of an alert: the columns of `alerts`, then those of `alert_states`. */
export const ALERT: readonly Column<Alert>[] = [...ALERTS.columns, ...ALERT_STATES.columns];
/** Their names, of `alerts AS a` and `alert_states AS s`. */
export const ALERT_LIST = `${listOf(ALERTS.columns, 'a')}, ${listOf(ALERT_STATES.columns, 's')}`;

const UNREAD = ['source', 'origin', 'fingerprint', 'last_seen_at', 'content'];

const [OF_ALERTS, OF_STATES] = [ALERTS, ALERT_STATES].map(({ columns }) =>
  columns.filter(({ name }) => !UNREAD.includes(name)),
) as [Column<Alert>[], Column<Alert>[]];
const STORED = [...OF_ALERTS, ...OF_STATES];

/** What ingest reads of an alert, with the number of its row, of `alerts AS a` and `alert_states AS s`. */
export const STORED_ALERT_LIST = `a.rid, ${listOf(OF_ALERTS, 'a')}, ${listOf(OF_STATES, 's')}`;

/** A stored alert from its row, which begins with its number at `from`. */
export function storedAlertOf(row: readonly unknown[], from = 0): StoredAlert {
  return toStored(row[from] as number, readRow(STORED, row, from + 1));
}

/** What ingest keeps in mind of an alert; all of them have one shape, which makes them fast to use. */
export function toStored(ref: number, alert: Omit<StoredAlert, 'ref'>): StoredAlert {
  return {
    ref,
    id: alert.id,
    name: alert.name,
    status: alert.status,
    severity: alert.severity,
    startedAt: alert.startedAt,
    endedAt: alert.endedAt,
    observedAt: alert.observedAt,
    receivedAt: alert.receivedAt,
    occurrences: alert.occurrences,
    incidentId: alert.incidentId,
    expiresAt: alert.expiresAt,
  };
}

/** Incidents. */
export const INCIDENTS = table<Incident>('incidents', {
  id: ['text', 'id', 'fixed'],
  key: ['text', 'key', 'fixed'],
  title: ['text', 'title', 'fixed'],
  status: ['text', 'status'],
  severity: ['text', 'severity'],
  opened_at: ['bigint', 'openedAt', 'fixed'],
  acknowledged_at: ['bigint', 'acknowledgedAt'],
  acknowledged_by: ['text', 'acknowledgedBy'],
  acknowledged_until: ['bigint', 'acknowledgedUntil'],
  assignee: ['text', 'assignee'],
  shelved_until: ['bigint', 'shelvedUntil'],
  shelved_by: ['text', 'shelvedBy'],
  resolved_at: ['bigint', 'resolvedAt'],
  changed_at: ['bigint', 'changedAt'],
  alert_count: ['bigint', 'alertCount'],
  firing_critical: ['bigint', firing('critical')],
  firing_warning: ['bigint', firing('warning')],
  firing_info: ['bigint', firing('info')],
});

function firing(severity: Severity): Codec<Incident> {
  return {
    write: (incident) => incident.firing[severity],
    read: (fields, cell) => {
      fields.firing = { ...(fields.firing as Partial<Incident['firing']> | undefined), [severity]: cell };
    },
  };
}

/** The history, behind the number of the row (`seq`); `data` is JSON text. */
export const EVENTS = table<Omit<HistoryEvent, 'seq'>>('events', {
  at: ['bigint', 'at', 'fixed'],
  subject: ['text', 'subject', 'fixed'],
  subject_id: ['text', 'subjectId', 'fixed'],
  kind: ['text', 'kind', 'fixed'],
  reason: ['text', 'reason', 'fixed'],
  actor: ['text', 'actor', 'fixed'],
  data: [
    'text',
    {
      write: (event) => JSON.stringify(event.data),
      read: (fields, cell) => {
        fields.data = JSON.parse(String(cell));
      },
    },
    'fixed',
  ],
});

/** Instances that push. */
export const INSTANCES = table<Instance>('instances', {
  instance_id: ['text', 'instanceId', 'fixed'],
  hostname: ['text', 'hostname'],
  version: ['text', 'version'],
  first_seen_at: ['bigint', 'firstSeenAt', 'fixed'],
  last_seen_at: ['bigint', 'lastSeenAt'],
  clock_offset_ms: ['bigint', 'clockOffsetMs'],
  stale_at: ['bigint', 'staleAt'],
  silent_since: ['bigint', 'silentSince'],
  heartbeat: [
    'text',
    {
      write: ({ heartbeat = null }) => heartbeat,
      read: (fields, cell) => {
        if (cell !== null) fields.heartbeat = cell;
      },
    },
  ],
});

/** Requests that named themselves, behind the number of the row (`rid`). */
export const REPLAYS = table<ReplayRecord>('replays', {
  key: ['text', 'key', 'fixed'],
  signature: ['text', 'signature', 'fixed'],
  answer: ['text', 'answer', 'fixed'],
  at: ['bigint', 'at', 'fixed'],
});

/** Actions that were done, by their ids. */
export const ACTION_RECORDS = table<ActionRecord>('actions', {
  id: ['text', 'id', 'fixed'],
  digest: ['text', 'digest', 'fixed'],
  result: ['text', 'result', 'fixed'],
  at: ['bigint', 'at', 'fixed'],
});

/** Keys of links. */
export const LINK_KEYS = table<LinkKey>('link_keys', {
  id: ['text', 'id', 'fixed'],
  sealed: ['text', 'sealed'],
  created_at: ['bigint', 'createdAt', 'fixed'],
  expires_at: ['bigint', 'expiresAt'],
});

/** Keys of instances. */
export const INSTANCE_KEYS = table<InstanceKey>('instance_keys', {
  id: ['text', 'id', 'fixed'],
  instance_id: ['text', 'instanceId', 'fixed'],
  secret: ['text', 'secret', 'fixed'],
  created_at: ['bigint', 'createdAt', 'fixed'],
  expires_at: ['bigint', 'expiresAt'],
});

/** Silences and maintenance windows; `matchers` is JSON text. */
export const SILENCES = table<Silence>('silences', {
  id: ['text', 'id', 'fixed'],
  kind: ['text', 'kind', 'fixed'],
  matchers: [
    'text',
    {
      write: ({ matchers }) => JSON.stringify(matchers),
      read: (fields, cell) => {
        fields.matchers = JSON.parse(String(cell));
      },
    },
    'fixed',
  ],
  starts_at: ['bigint', 'startsAt'],
  ends_at: ['bigint', 'endsAt'],
  created_by: ['text', 'createdBy'],
  comment: ['text', 'comment'],
  origin: ['text', 'origin', 'fixed'],
  created_at: ['bigint', 'createdAt', 'fixed'],
  updated_at: ['bigint', 'updatedAt'],
  replaces: ['text', 'replaces', 'fixed'],
  ended_at: ['bigint', 'endedAt'],
  ended_by: ['text', 'endedBy'],
});

/** What is known of the sources beside their alerts. */
export const SOURCES = table<SourceReport>('sources', {
  source: ['text', 'source', 'fixed'],
  heard_at: ['bigint', 'heardAt'],
  remark: ['text', 'remark'],
  remark_at: ['bigint', 'remarkAt'],
  refusal: ['text', 'refusal'],
  refused_at: ['bigint', 'refusedAt'],
  own_notices: ['bigint', 'ownNotices'],
});
