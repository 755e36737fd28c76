import * as z from 'zod';
import type { AlertStatus, Labels, Severity } from '../core/alert/alert.ts';
import type { IncomingNote } from '../core/alert/note.ts';
import { oneLine } from '../core/one-line.ts';
import { presentMap } from '../core/reading/absent.ts';
import { listOf, pick, timeIn, withoutMacros } from '../core/reading/fields.ts';
import { incomingAlert, isPush, unreadable, type Word } from '../core/reading/incoming.ts';
import { isObject, type JsonObject } from '../core/reading/read.ts';
import { severityOfWord, statusOfWord } from '../core/reading/words.ts';
import { identityOf } from '../lib/crypto/digest.ts';
import type { Driver, Parsed, Unreadable } from './contract.ts';
import { isLegacy, readLegacy } from './newrelic/legacy.ts';

const options = z.strictObject({
  high: z
    .enum(['critical', 'warning'])
    .default('critical')
    .describe('Severity of issues with priority HIGH, which is also how New Relic sends a warning threshold'),
});

/**
 * New Relic: issues of workflows, and incidents of the old alert channels (`newrelic-legacy.ts`).
 *
 * | New Relic | here |
 * |---|---|
 * | `id`, `issueId`, or the one in `issueUrl` | identity; incident, as `newrelic:issue:<id>` |
 * | `state` CLOSED | resolved, and nothing else is |
 * | CREATED, ACTIVATED, any other, none | firing |
 * | `trigger` USER_ACTION | note `acknowledged`, or `unacknowledged` |
 * | PRIORITY_CHANGED | note `priority_changed` |
 * | INCIDENT_ADDED, INCIDENT_CLOSED, MERGE_REQUEST | note `noted` |
 * | of a closed issue CLOSE_INACTIVE, CLOSE_TTL, USER_ACTION, MERGE_REQUEST | resolution |
 * | `priority` CRITICAL, HIGH; MEDIUM; LOW | critical; warning; info |
 * | `title`, else the conditions | name |
 * | `createdAt`; `closedAt`; `updatedAt` | start; end; order |
 * | account, conditions, policies, entities, sources, workflow | labels |
 *
 * HIGH stays where the ladder of all drivers has that word, because a page too many is the smaller fault; whoever uses
 * warning thresholds sets `high: warning`. The word is kept in either case.
 */
export const newrelic: Driver = driverWith({ high: 'critical' });

function driverWith(bound: z.output<typeof options>): Driver {
  return {
    name: 'newrelic',
    summary: 'Issues of New Relic workflows, and incidents of its old alert channels',
    schemes: ['bearer', 'basic', 'header', 'path'],
    options,
    bind: (given) => driverWith(options.parse(given)),
    claims(body) {
      if (!isObject(body) || isPush(body)) return false;
      const isIssue = 'issueUrl' in body || ('state' in body && ISSUE_FIELDS.some((field) => field in body));
      return isLegacy(body) || isIssue;
    },
    parse(given, { receivedAt }) {
      if (!isObject(given)) return unreadable('', 'the body must be a JSON object');
      const body = withoutMacros(given, UNRESOLVED);
      if (isLegacy(given)) return readLegacy(body, receivedAt);
      return readIssue(body, bound, receivedAt);
    },
  };
}

/** What New Relic leaves of a template that it could not fill in: `{{json owner}}`, `$INCIDENT_ID`. */
const UNRESOLVED = /^\s*(?:\{\{.*\}\}|\$[A-Z][A-Z0-9_]*)\s*$/s;

const ISSUE_FIELDS = ['issueId', 'totalIncidents', 'alertConditionNames', 'alertPolicyNames'];
const STATES: ReadonlyMap<string, AlertStatus> = new Map([
  ['created', 'firing'],
  ['activated', 'firing'],
  // Between its incidents and its end: only CLOSED is the end of an issue.
  ['deactivated', 'firing'],
  ['closed', 'resolved'],
]);

/** Ways in which an issue is closed without the condition having recovered. */
const RESOLUTIONS: ReadonlyMap<string, string> = new Map([
  ['CLOSE_INACTIVE', 'closed_inactive'],
  ['CLOSE_TTL', 'closed_ttl'],
  ['CLOSED_TTL', 'closed_ttl'],
  ['USER_ACTION', 'closed_manually'],
  ['MERGE_REQUEST', 'merged'],
]);

/** What a trigger says of the issue, beside its state. */
const CHANGES: ReadonlyMap<string, string> = new Map([
  ['INCIDENT_ADDED', 'an incident was added'],
  ['INCIDENT_CLOSED', 'an incident was closed'],
  ['MERGE_REQUEST', 'issues were merged into this one'],
]);

function readIssue(body: JsonObject, bound: z.output<typeof options>, receivedAt: number): Parsed | Unreadable {
  const url = pick(body, 'issueUrl', 'issuePageUrl');
  const id = pick(body, 'id', 'issueId') ?? /\/issues\/([\w-]+)/.exec(url ?? '')?.[1];
  if (id === undefined) {
    const fix = 'use the template that "monitor drivers template newrelic" prints';
    return unreadable('id', `id, the id of the issue, is missing: ${fix}`);
  }
  const state = pick(body, 'state', 'stateText');
  const trigger = pick(body, 'trigger', 'triggerEvent')?.toUpperCase();
  const conditions = listOf(body.alertConditionNames);
  const name = listOf(body.title) ?? conditions ?? `New Relic issue ${id}`;
  const fingerprint = identityOf(id, '', {});
  const updatedAt = timeIn(body, 'updatedAt');
  const createdAt = timeIn(body, 'createdAt');
  const resolution = RESOLUTIONS.get(trigger ?? '');
  const alert = incomingAlert(
    {
      fingerprint,
      name,
      status:
        state === undefined
          ? undefined
          : { word: state, means: STATES.get(state.toLowerCase()) ?? statusOfWord(state) },
      severity: severityOf(pick(body, 'priority', 'priorityText'), bound),
      labels: labelsOf(body, url),
      annotations: annotationsOf(body, url, trigger),
      startedAt: createdAt ?? updatedAt,
      endedAt: timeIn(body, 'closedAt') ?? updatedAt,
      observedAt: updatedAt,
      groupKey: identityOf(`newrelic:issue:${id}`, '', {}),
      ...(resolution !== undefined && { resolution }),
    },
    receivedAt,
  );
  const isNew = state?.toLowerCase() === 'created' && trigger === 'INCIDENT_ADDED';
  const note =
    alert.status === 'resolved' || isNew ? null : noteOf(body, trigger, { fingerprint, at: alert.observedAt });
  return { ok: true, origin: '', errors: [], alerts: [alert], notes: note === null ? [] : [note] };
}

function severityOf(priority: string | undefined, { high }: z.output<typeof options>): Word<Severity> | undefined {
  if (priority === undefined) return undefined;
  return { word: priority, means: priority.toUpperCase() === 'HIGH' ? high : severityOfWord(priority) };
}

/** What the trigger says beside firing. Templates without it may still tell of an acknowledgement. */
function noteOf(
  body: JsonObject,
  trigger: string | undefined,
  note: Pick<IncomingNote, 'fingerprint' | 'at'>,
): IncomingNote | null {
  const by = oneLine(pick(body, 'owner', 'acknowledgedBy') ?? '');
  const flag = pick(body, 'isAcknowledged')?.toLowerCase();
  const incidents = pick(body, 'totalIncidents') ?? 'an unknown number of';
  const isAcknowledged = flag === 'true' || by !== '' || pick(body, 'issueAcknowledgedAt') !== undefined;
  if (trigger === 'USER_ACTION' || (trigger === undefined && flag !== 'false' && isAcknowledged)) {
    const kind = flag === 'false' ? 'unacknowledged' : 'acknowledged';
    return { ...note, kind, by, message: `${kind} in New Relic` };
  }
  if (trigger === 'PRIORITY_CHANGED') {
    const priority = oneLine(pick(body, 'priority') ?? 'an unknown one');
    return { ...note, kind: 'priority_changed', by, message: `the priority is now ${priority}` };
  }
  const message = CHANGES.get(trigger ?? '');
  return message === undefined
    ? null
    : { ...note, kind: 'noted', by, message: `${message}: ${oneLine(incidents)} in all` };
}

function labelsOf(body: JsonObject, url: string | undefined): Labels {
  return presentMap({
    issue_id: pick(body, 'id', 'issueId'),
    account_id: pick(body, 'accountId', 'nrAccountId') ?? /\/accounts\/(\d+)\//.exec(url ?? '')?.[1],
    condition: listOf(body.alertConditionNames),
    policy: listOf(body.alertPolicyNames),
    entity: listOf(body.impactedEntities),
    source: listOf(body.sources),
    workflow: pick(body, 'workflowName'),
  });
}

function annotationsOf(body: JsonObject, url: string | undefined, trigger: string | undefined): Labels {
  return presentMap({
    message: listOf(body.description),
    url,
    runbook_url: listOf(body.runbookUrl),
    trigger,
    total_incidents: pick(body, 'totalIncidents'),
    is_correlated: pick(body, 'isCorrelated'),
    owner: pick(body, 'owner'),
  });
}
