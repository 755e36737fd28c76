import * as z from 'zod';
import type { AlertStatus, Severity } from '../core/alert/alert.ts';
import { oneLine } from '../core/one-line.ts';
import { pick, timeIn, withoutMacros } from '../core/reading/fields.ts';
import { incomingAlert, isPush, unreadable, type Word } from '../core/reading/incoming.ts';
import { isObject, type JsonObject } from '../core/reading/read.ts';
import { respelled } from '../core/reading/spelling.ts';
import { severityOfWord, statusOfWord } from '../core/reading/words.ts';
import { identityBy, identityOf } from '../lib/crypto/digest.ts';
import type { Driver, Parsed, Unreadable } from './contract.ts';
import { annotationsOf, labelsOf, timeInZone, triggerOf } from './zabbix/fields.ts';
import { readUpdate, severityName } from './zabbix/update.ts';

const options = z.strictObject({
  timezone: z
    .string()
    .refine(isZone, 'is no IANA time zone, such as Europe/Berlin')
    .optional()
    .describe('Time zone of the Zabbix server: reads event_date and event_time where event_timestamp is missing'),
});

/**
 * Zabbix, by the webhook media type of docs/integrations; others that post their parameters flat are read too.
 *
 * | Zabbix | here |
 * |---|---|
 * | `{EVENT.ID}`, in a recovery still the problem's | identity; without one trigger and host |
 * | `{EVENT.VALUE}` 1; 0 | firing; resolved |
 * | `{EVENT.UPDATE.STATUS}` 1 | the alert again, and notes `acknowledged`, `unacknowledged`, `priority_changed`, `noted` |
 * | an update that closed the problem | resolved, resolution `closed_manually` |
 * | "Escalation cancelled": host, trigger or action disabled | resolved, resolution `escalation_cancelled` |
 * | `{EVENT.NAME}` | name |
 * | `{EVENT.NSEVERITY}`, else its name: Disaster, High; Average, Warning; the rest | critical; warning; info |
 * | `{EVENT.TIMESTAMP}`; `{EVENT.RECOVERY.TIMESTAMP}` | start, order; end, order of a recovery |
 * | host | incident, as `zabbix:host:<host>` |
 * | tags, host, trigger, … | labels |
 * | discovery, autoregistration, the Test dialog | remark |
 *
 * After "Escalation cancelled" Zabbix never speaks of the problem again. Values are texts or numbers; macros left as
 * they are, are absent; with `{EVENT.ID}` among them it is the Test dialog.
 */
export const zabbix: Driver = driverWith({});

function driverWith({ timezone }: z.output<typeof options>): Driver {
  return {
    name: 'zabbix',
    summary: 'Problems of Zabbix, by a webhook media type',
    schemes: ['bearer', 'basic', 'header', 'path'],
    options,
    bind: (given) => driverWith(options.parse(given)),
    claims(given) {
      if (!isObject(given) || isPush(given)) return false;
      const body = respelled(given, NAMES, NESTED);
      const has = (...fields: string[]) => fields.every((field) => field in body);
      if (has('event_id') && EVENT_FIELDS.some((field) => field in body)) return true;
      if (has('trigger_id') && (has('event_name') || has('event_value') || has('trigger_name'))) return true;
      // As the API and many scripts call it, "eventid".
      if (has('event_id', 'name', 'status', 'severity')) return true;
      return has('hostname', 'trigger', 'status', 'severity') || has('event_nseverity', 'event_source');
    },
    parse(body, { receivedAt }) {
      return isObject(body) ? read(body, timezone, receivedAt) : unreadable('', 'the body must be a JSON object');
    },
  };
}

/** Names that scripts spell in other ways: `eventid`, `triggerId`. */
const NAMES = [
  ...['event_id', 'event_value', 'event_name', 'event_nseverity', 'event_severity', 'event_status', 'event_source'],
  ...['event_update_status', 'event_timestamp', 'event_recovery_timestamp', 'event_tags', 'event_opdata'],
  ...['trigger_id', 'trigger_name', 'trigger_severity', 'trigger_status', 'host_name', 'host_ip', 'host_groups'],
];
/** Objects that templates put the fields of one thing into: `event: {"id": 5}` is `event_id`. */
const NESTED = ['event', 'trigger', 'host'];
const EVENT_FIELDS = ['event_value', 'event_nseverity', 'event_update_status', 'event_source', 'trigger_id'];
const DISCOVERIES: ReadonlyMap<string, string> = new Map([
  ['1', 'discovery'],
  ['2', 'autoregistration'],
]);

/** Ends that are no recovery. */
const ENDINGS = {
  closed: { word: 'closed', resolution: 'closed_manually' },
  cancelled: { word: 'Escalation cancelled', resolution: 'escalation_cancelled' },
} as const;

/**
 * A macro that Zabbix could not resolve stays as it is: `{EVENT.ID}`, `{$ZABBIX.URL}`, `{#IFNAME}`, `{EVENT.TAGS."x"}`.
 * Where it knows the macro but no value it writes `*UNKNOWN*`.
 */
const MACRO = /^\s*(?:\{[$#]?[A-Z][A-Z0-9_]*(?:[.:][^{}]*|\d)?\}|\*UNKNOWN\*)\s*$/;

function read(given: JsonObject, timezone: string | undefined, receivedAt: number): Parsed | Unreadable {
  const parsed = { ok: true, origin: '', errors: [] } as const;
  const named = respelled(given, NAMES, NESTED);
  const body = withoutMacros(named, MACRO);
  const event = pick(body, 'event_id');
  if ('event_id' in named && !('event_id' in body)) {
    return { ...parsed, alerts: [], remarks: ['a test: Zabbix left {EVENT.ID} as it stands; nothing is opened'] };
  }
  const labels = labelsOf(body);
  const subject = pick(body, 'alert_subject', 'subject')?.replace(
    /^(?:problem|resolved|updated problem)[^:]{0,40}: /i,
    '',
  );
  const told = pick(body, 'event_name', 'trigger_name', 'trigger') ?? subject ?? pick(body, 'name');
  const trigger = triggerOf(body);
  if (event === undefined && trigger === undefined && told === undefined) {
    const fix = 'import the media type that "monitor drivers template zabbix" prints';
    return unreadable('event_id', `event_id, trigger_id and event_name are missing: ${fix}`);
  }
  const name = told ?? `Zabbix event ${event ?? `of trigger ${trigger}`}`;
  const kind = DISCOVERIES.get(pick(body, 'event_source') ?? '');
  if (kind !== undefined) {
    return {
      ...parsed,
      alerts: [],
      remarks: [`an event of ${kind} ("${oneLine(name)}") is no problem: nothing is opened`],
    };
  }
  const host = labels.hostname ?? '';
  const fallback = trigger === undefined ? undefined : `trigger:${trigger}:${host}`;
  const { fingerprint, isGuessed } = identityBy(event ?? fallback, name, { hostname: host });
  // Whatever is not 0 is an update, also what nobody knows: a note is the least that can be wrong.
  const isUpdate = (pick(body, 'event_update_status', 'update_status') ?? '0') !== '0';
  const update = isUpdate ? readUpdate(body, fingerprint, receivedAt) : null;
  const ending = update?.closes ? ENDINGS.closed : isCancelled(body) ? ENDINGS.cancelled : undefined;
  const status = ending === undefined ? statusOf(body) : { word: ending.word, means: 'resolved' as const };
  const startedAt = timeIn(body, 'event_timestamp', 'event_datetime_timestamp');
  const endedAt = timeIn(body, 'event_recovery_timestamp');
  const zoned = (prefix: string) =>
    timezone === undefined
      ? undefined
      : timeInZone(pick(body, `${prefix}_date`), pick(body, `${prefix}_time`), timezone);
  const isFiring = status === undefined || status.means !== 'resolved';
  const alert = incomingAlert(
    {
      ...{ fingerprint, isGuessed, name, status, severity: severityOf(body, update?.severity), labels },
      annotations: annotationsOf(body),
      startedAt: startedAt ?? zoned('event'),
      endedAt: endedAt ?? zoned('event_recovery'),
      // A problem, each of its steps and its updates are as old as the event, so that none overtakes the recovery.
      observedAt: isFiring ? startedAt : endedAt,
      groupKey: host === '' ? undefined : identityOf(`zabbix:host:${host}`, '', {}),
      ...(ending !== undefined && { resolution: ending.resolution }),
    },
    receivedAt,
  );
  return { ...parsed, alerts: [alert], notes: update?.notes ?? [] };
}

/** `{EVENT.VALUE}`, else a word. Without any it fires. */
function statusOf(body: JsonObject): Exclude<Word<AlertStatus>, string> | undefined {
  const words = pick(body, 'event_status', 'trigger_status', 'status');
  // Scripts call it "value", and others so what was measured.
  const value =
    pick(body, 'event_value') ?? (words === undefined ? /^[01]$/.exec(pick(body, 'value') ?? '')?.[0] : undefined);
  if (value === '1' || value === '0')
    return { word: value === '1' ? 'firing' : 'resolved', means: value === '1' ? 'firing' : 'resolved' };
  const word = value ?? words;
  return word === undefined ? undefined : { word, means: statusOfWord(word) };
}

/** What an update changed it to, else `{EVENT.NSEVERITY}`, else a word: the first that is known, else the first. */
function severityOf(body: JsonObject, changed: string | undefined): Word<Severity> | undefined {
  const fields = ['event_nseverity', 'nseverity', 'event_severity', 'trigger_severity', 'severity'];
  const told = [changed, ...fields.map((field) => pick(body, field))];
  const words = told.flatMap((word) => (word === undefined ? [] : [severityName(word)]));
  const word = words.find((one) => severityOfWord(one) !== undefined) ?? words[0];
  return word === undefined ? undefined : { word, means: severityOfWord(word) };
}

function isCancelled(body: JsonObject): boolean {
  return [body.alert_message, body.message].some(
    (text) => typeof text === 'string' && /^\s*NOTE: Escalation cancell?ed/i.test(text),
  );
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
