import type { IncomingAlert, Labels } from '../core/alert/alert.ts';
import type { IncomingNote } from '../core/alert/note.ts';
import { oneLine } from '../core/one-line.ts';
import { presentMap, presentText, presentTime } from '../core/reading/absent.ts';
import { incomingAlert, isPush, unreadable } from '../core/reading/incoming.ts';
import { isObject, type JsonObject } from '../core/reading/read.ts';
import { tagLabels } from '../core/reading/tags.ts';
import { statusOfWord } from '../core/reading/words.ts';
import { identityOf } from '../lib/crypto/digest.ts';
import type { Driver, Parsed, Unreadable } from './contract.ts';

/**
 * Opsgenie's outgoing webhook, and that of Jira Service Management, which keeps its shape. Identity is
 * `alert.alertId`: an alias is used again by later alerts.
 *
 * | `action` | here |
 * |---|---|
 * | Create | firing |
 * | UnAcknowledge | firing, note `unacknowledged` |
 * | UpdatePriority; UpdateMessage, UpdateDescription | firing, note `priority_changed`; `noted` |
 * | Close; Delete | resolved; with the resolution `deleted` |
 * | Acknowledge; Escalate…; AssignOwnership, TakeOwnership | note `acknowledged`; `escalated`; `assigned` |
 * | another word for the status (`Resolved`, `reopened`) | as the word means |
 * | AddNote, tags, teams, snoozes | note `noted` |
 * | custom actions, what nobody knows | note `noted`, and a remark |
 *
 * | `alert` | here |
 * |---|---|
 * | `message`; `description` | name; annotation `message` |
 * | `priority` P1, P2; P3; P4, P5 | critical; warning; info |
 * | `createdAt` | start; order of a Create |
 * | `updatedAt` (nanoseconds) | order and end of all else, time of notes |
 * | `alias` | incident, as `opsgenie:<alias>` |
 * | `details`, `tags`, `alias`, `entity`, `source`, `team`, `tinyId`, `priority` | labels |
 */
export const opsgenie: Driver = {
  name: 'opsgenie',
  summary: 'Alerts of Opsgenie and of Jira Service Management, by their outgoing webhook',
  schemes: ['bearer', 'basic', 'header', 'path'],
  claims: (body) =>
    isObject(body) && !isPush(body) && 'action' in body && isObject(body.alert) && 'alertId' in body.alert,
  parse(body, { receivedAt }) {
    return isObject(body) ? read(body, receivedAt) : unreadable('', 'the body must be a JSON object');
  },
};

type Kind = IncomingNote['kind'];
interface Meaning {
  readonly status?: 'firing' | 'resolved';
  readonly resolution?: string;
  readonly note?: Kind;
}

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({
    create: { status: 'firing' },
    unacknowledge: { status: 'firing', note: 'unacknowledged' },
    updatepriority: { status: 'firing', note: 'priority_changed' },
    updatemessage: { status: 'firing', note: 'noted' },
    updatedescription: { status: 'firing', note: 'noted' },
    close: { status: 'resolved' },
    delete: { status: 'resolved', resolution: 'deleted' },
    acknowledge: { note: 'acknowledged' },
    escalate: { note: 'escalated' },
    escalatetonext: { note: 'escalated' },
    assignownership: { note: 'assigned' },
    takeownership: { note: 'assigned' },
  } satisfies Record<string, Meaning>),
);

/** Actions of Opsgenie that change nothing of whether an alert fires. */
const NOTED: ReadonlySet<string> = new Set([
  ...['addnote', 'addtags', 'removetags', 'adddetails', 'removedetails', 'addteam', 'addrecipient', 'addresponder'],
  ...['addattachment', 'snooze', 'snoozeended', 'unsnooze', 'unassign', 'executecustomaction', 'customaction'],
]);

const NOTE: Meaning = { note: 'noted' };

/** What another word for an action means, as custom actions and relays have them: what says that it is over ends it. */
function meaningOfWord(action: string): Meaning {
  const status = statusOfWord(action);
  return status === undefined ? NOTE : { status };
}

function read(body: JsonObject, receivedAt: number): Parsed | Unreadable {
  const action = presentText(body.action)?.trim();
  if (action === undefined) return unreadable('action', 'action is missing: it says what happened to the alert');
  const word = action.toLowerCase();
  const known = MEANINGS.get(word);
  const alert = isObject(body.alert) ? body.alert : {};
  const id = presentText(alert.alertId)?.trim();
  const said = { ok: true, origin: '', errors: [] } as const;
  const isOurs = ['integrationId', 'integrationName'].some((field) => field in body);
  if (id === undefined && known === undefined && isOurs && !('alert' in body)) {
    return { ...said, alerts: [], remarks: [`the action "${oneLine(action)}" names no alert: nothing to keep`] };
  }
  if (id === undefined)
    return unreadable('alert.alertId', 'alert.alertId, which says which alert is meant, is missing');
  const isNoted = NOTED.has(word.replaceAll(/[\s_-]/g, ''));
  const meaning = known ?? (isNoted ? NOTE : meaningOfWord(action));
  const isUnknown = known === undefined && meaning.status === undefined && !isNoted;
  const remarks = isUnknown ? { remarks: [`the action "${oneLine(action, 100)}" is not known: kept as a note`] } : {};
  const fingerprint = identityOf(id, '', {});
  const alias = presentText(alert.alias);
  // One that says which hub has told it needs no key to be known by.
  const isMarked = isObject(alert.details) && 'monitor_hub' in alert.details;
  const ownKey = alias === undefined || isMarked ? {} : { ownKey: alias };
  const at = updatedAtOf(alert, receivedAt);
  const alerts =
    meaning.status === undefined ? [] : [alertOf(alert, { id, fingerprint, action, word, meaning, at }, receivedAt)];
  if (meaning.note === undefined) return { ...said, alerts, ...ownKey, ...remarks };
  const by = oneLine(presentText(alert.username) ?? '');
  const message = messageOf(body, alert, action);
  return { ...said, alerts, notes: [{ fingerprint, kind: meaning.note, at, by, message }], ...ownKey, ...remarks };
}

interface Said {
  readonly id: string;
  readonly fingerprint: string;
  readonly action: string;
  readonly word: string;
  readonly meaning: Meaning;
  /** When the action was done; UTC milliseconds. */
  readonly at: number;
}

/**
 * When the action was done: `updatedAt` in nanoseconds, which a JSON parser rounds to some hundreds of them; the arrival
 * where that is missing or cannot be.
 */
function updatedAtOf(alert: JsonObject, receivedAt: number): number {
  const at = Math.round(Number(presentText(alert.updatedAt)) / 1e6);
  return at >= (presentTime(alert.createdAt) ?? receivedAt) && at <= receivedAt ? at : receivedAt;
}

/**
 * A Create is as old as its alert: the second one that a team's integration gets changes nothing, and one that comes
 * after the Close opens nothing. All else is as old as its action, so that a late update does not undo the Close.
 */
function alertOf(
  alert: JsonObject,
  { fingerprint, action, word, meaning, id, at }: Said,
  receivedAt: number,
): IncomingAlert {
  const createdAt = presentTime(alert.createdAt);
  const { status, resolution } = meaning;
  const alias = presentText(alert.alias);
  return incomingAlert(
    {
      fingerprint,
      name: presentText(alert.message) ?? `Opsgenie alert ${presentText(alert.tinyId) ?? id}`,
      status,
      severity: priorityOf(alert.priority),
      labels: labelsOf(alert),
      annotations: annotationsOf(alert, action),
      startedAt: createdAt,
      groupKey: alias === undefined ? undefined : identityOf(`opsgenie:${alias}`, '', {}),
      observedAt: word === 'create' ? createdAt : at,
      ...(resolution !== undefined && { resolution }),
    },
    receivedAt,
  );
}

/** Old bodies count priorities 1 to 5. Without one, Opsgenie's own default is P3. */
function priorityOf(value: unknown): string | undefined {
  const text = presentText(value)?.trim();
  return text !== undefined && /^[1-5]$/.test(text) ? `P${text}` : text;
}

function labelsOf(alert: JsonObject): Labels {
  const details = presentMap(alert.details);
  const own = presentMap({
    alias: presentText(alert.alias),
    entity: presentText(alert.entity),
    source: presentText(alert.source),
    team: presentText(alert.team),
    tiny_id: presentText(alert.tinyId),
    priority: priorityOf(alert.priority),
  });
  return { ...details, ...tagLabels(alert.tags), ...own };
}

function annotationsOf(alert: JsonObject, action: string): Labels {
  return presentMap({
    message: presentText(alert.description),
    action,
    username: presentText(alert.username),
    note: presentText(alert.note),
  });
}

function messageOf(body: JsonObject, alert: JsonObject, action: string): string {
  const note = presentText(alert.note);
  const to = priorityOf(alert.priority);
  const from = priorityOf(alert.oldPriority);
  const escalation = presentText(body.escalationName);
  if (/^updatepriority$/i.test(action)) return oneLine(`priority ${from ?? 'unknown'} → ${to ?? 'unknown'}`);
  if (escalation !== undefined) {
    const notified = isObject(body.escalationNotify) ? presentText(body.escalationNotify.name) : undefined;
    return oneLine(`escalated by ${escalation}${notified === undefined ? '' : ` to ${notified}`}`);
  }
  if (/^addnote$/i.test(action) && note !== undefined) return oneLine(note, 500);
  return oneLine(note === undefined ? action : `${action}: ${note}`, 500);
}
