import type { AlertStatus, Labels } from '../../core/alert/alert.ts';
import type { IncomingNote } from '../../core/alert/note.ts';
import { oneLine } from '../../core/one-line.ts';
import { presentMap } from '../../core/reading/absent.ts';
import { listOf, pick, timeIn } from '../../core/reading/fields.ts';
import { incomingAlert, toldTime, unreadable } from '../../core/reading/incoming.ts';
import { isObject, type JsonObject } from '../../core/reading/read.ts';
import { statusOfWord } from '../../core/reading/words.ts';
import { identityBy } from '../../lib/crypto/digest.ts';
import type { Parsed, Unreadable } from '../contract.ts';

/** Whether a body is an incident of the old alert channels, or of a workflow that imitates them. */
export function isLegacy(body: JsonObject): boolean {
  const names = ['incident_id', 'policy_name', 'condition_name', 'incident_url', 'account_id', 'issue_id'];
  return 'current_state' in body
    ? names.some((field) => field in body)
    : 'incident_id' in body && ('policy_name' in body || 'condition_name' in body);
}

const STATES: ReadonlyMap<string, AlertStatus> = new Map([
  ['open', 'firing'],
  ['acknowledged', 'firing'],
  ['closed', 'resolved'],
]);

/**
 * An incident: open and acknowledged → firing (the latter also as a note), closed → resolved. Identity is account and
 * incident. Users edit these templates, so any field may be missing, and a time that cannot be is the arrival.
 * Incident 0 is the test button.
 */
export function readLegacy(body: JsonObject, receivedAt: number): Parsed | Unreadable {
  const url = pick(body, 'incident_url', 'incident_acknowledge_url');
  const [, urlAccount, urlIncident] = /\/accounts\/(\d+)\/incidents\/(\d+)/.exec(url ?? '') ?? [];
  const account = pick(body, 'account_id') ?? urlAccount;
  const incident = pick(body, 'incident_id', 'issue_id') ?? urlIncident;
  const condition = listOf(body.condition_name);
  if (incident === undefined && condition === undefined) {
    return unreadable('incident_id', 'incident_id and condition_name are missing: add one of them to the template');
  }
  const parsed = { ok: true, origin: '', errors: [] } as const;
  const name = condition ?? pick(body, 'details') ?? `New Relic incident ${incident}`;
  if (incident === '0') {
    const remark = `a test notification, incident 0 of "${oneLine(name)}": nothing is opened`;
    return { ...parsed, alerts: [], remarks: [remark] };
  }
  const state = pick(body, 'current_state');
  const labels = labelsOf(body, account, incident);
  const given = incident === undefined ? undefined : account === undefined ? incident : `${account}:${incident}`;
  const told = timeIn(body, 'timestamp', 'updatedAt');
  // What is later than the arrival is no time at all: templates multiply where they should not.
  const at = told === undefined || told > receivedAt ? undefined : told;
  const alert = incomingAlert(
    {
      ...identityBy(given, name, labels),
      name,
      status:
        state === undefined
          ? undefined
          : { word: state, means: STATES.get(state.toLowerCase()) ?? statusOfWord(state) },
      severity: pick(body, 'severity'),
      labels,
      annotations: annotationsOf(body, url),
      metrics: typeof body.duration === 'number' ? { duration_ms: body.duration } : {},
      startedAt: at,
      endedAt: at,
      // Which time `timestamp` is depends on the template, so it orders only what is close together.
      observedAt: toldTime(at, at, receivedAt),
    },
    receivedAt,
  );
  const by = oneLine(pick(body, 'owner') ?? '');
  const note = { fingerprint: alert.fingerprint, at: alert.observedAt, by } as const;
  const notes: IncomingNote[] =
    state?.toLowerCase() === 'acknowledged'
      ? [{ ...note, kind: 'acknowledged', message: 'acknowledged in New Relic' }]
      : [];
  return { ...parsed, alerts: [alert], notes };
}

function labelsOf(body: JsonObject, account: string | undefined, incident: string | undefined): Labels {
  const targets = Array.isArray(body.targets) ? body.targets : [];
  const names = targets.map((target) => (isObject(target) ? target.name : target));
  const products = targets.map((target) => (isObject(target) ? target.product : undefined));
  return presentMap({
    account_id: account,
    account: pick(body, 'account_name'),
    incident_id: incident,
    condition_id: pick(body, 'condition_id'),
    policy: listOf(body.policy_name ?? body.alertPolicyNames),
    entity: listOf(targets.length > 0 ? names : (body.targets ?? body.impactedEntities)),
    product: listOf([...new Set(products)]),
  });
}

function annotationsOf(body: JsonObject, url: string | undefined): Labels {
  return presentMap({
    message: pick(body, 'details'),
    url,
    runbook_url: pick(body, 'runbook_url'),
    chart_url: pick(body, 'violation_chart_url'),
    acknowledge_url: pick(body, 'incident_acknowledge_url'),
    owner: pick(body, 'owner'),
  });
}
