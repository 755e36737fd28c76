import type { AlertStatus } from '../../core/alert/alert.ts';
import { presentText, presentTime } from '../../core/reading/absent.ts';
import type { JsonObject } from '../../core/reading/read.ts';
import { plainName } from '../../core/reading/spelling.ts';
import { isOverSeverity, isTopic, statusOfWord } from '../../core/reading/words.ts';
import type { SourceMap } from './map.ts';
import { FIELDS, FLAGS, fieldIn, flattened, HINTS } from './names.ts';

/** A status as its sender tells it. */
export interface Status {
  readonly word: string;
  readonly means: AlertStatus | undefined;
}

/**
 * The status of an alert: its own, else what its severity, a flag or its end says, else that of the envelope it came in.
 * Undefined when nothing tells one.
 */
export function statusIn(
  alert: JsonObject,
  envelope: JsonObject | undefined,
  map: SourceMap,
  now: number,
): Status | undefined {
  return ownStatus(alert, map, now) ?? (envelope && ownStatus(envelope, map, now));
}

/** Whether a body that no map describes says of itself that it fires or is over, or how bad it is. */
export function tellsStatus(body: JsonObject): boolean {
  if ([FIELDS.status, FIELDS.severity].some((names) => presentText(flattened(fieldIn(body, names))) !== undefined))
    return true;
  return hinted(body) !== undefined || flagged(body) !== undefined || fieldIn(body, FIELDS.ended_at) !== undefined;
}

function ownStatus(alert: JsonObject, map: SourceMap, now: number): Status | undefined {
  const word = presentText(flattened(map.field(alert, 'status')));
  if (word !== undefined) return { word, means: map.statusOf(word) ?? statusOfWord(word) };
  if (map.places('status')) return undefined;
  const severity = presentText(flattened(map.field(alert, 'severity')));
  if (severity !== undefined && isOverSeverity(severity)) return { word: severity, means: 'resolved' };
  return hinted(alert) ?? flagged(alert) ?? ended(alert, map, now);
}

function hinted(alert: JsonObject): Status | undefined {
  for (const name of HINTS) {
    const word = presentText(fieldIn(alert, [name]));
    // "type": "alert" is the kind of all that comes from there, beside "active": false too.
    const means = word === undefined || isTopic(word) ? undefined : statusOfWord(word);
    if (word !== undefined && means !== undefined) return { word, means };
  }
  return undefined;
}

const OTHER = { resolved: 'firing', firing: 'resolved' } as const;

/** What the flags say of an alert: nothing when they contradict one another, as counts of a group do. */
function flagged(alert: JsonObject): Status | undefined {
  const found: Status[] = [];
  for (const key of Object.keys(alert)) {
    const isTrue = truthOf(alert[key]);
    const means = isTrue === undefined ? undefined : flagOf(key);
    if (means !== undefined) found.push({ word: `${key}: ${alert[key]}`, means: isTrue ? means : OTHER[means] });
  }
  return new Set(found.map(({ means }) => means)).size === 1 ? found[0] : undefined;
}

const FLAG_OF = new Map<string, AlertStatus>([
  ...FLAGS.resolved.map((name) => [name, 'resolved'] as const),
  ...FLAGS.firing.map((name) => [name, 'firing'] as const),
]);
// "isResolved", "alert_active", "hasRecovered". A monitor that is active is no alert.
const ABOUT_ALERT = /^(?:(?:is|in|has|was|alert|alarm|incident|problem)(?=.))+/;
const ABOUT_THING = /^(?:is|host|service|monitor|check|endpoint|site|node|server)+/;

/** What a flag of this name says while it is true. */
function flagOf(key: string): AlertStatus | undefined {
  const name = plainName(key);
  const known = FLAG_OF.get(name) ?? FLAG_OF.get(name.replace(ABOUT_ALERT, ''));
  if (known !== undefined) return known;
  if (/^(?:is|in|has)(?:alert|alarm|problem|incident)$/.test(name)) return 'firing';
  const bare = name.replace(ABOUT_THING, '');
  return ['active', 'open', 'closed', 'available'].includes(bare) ? undefined : FLAG_OF.get(bare);
}

function truthOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== 'string' || value.length > 5) return undefined;
  if (/^(?:true|yes|1)$/i.test(value)) return true;
  return /^(?:false|no|0)$/i.test(value) ? false : undefined;
}

/** Who tells an end that has passed, and no status, tells that it is over. */
function ended(alert: JsonObject, map: SourceMap, now: number): Status | undefined {
  const end = presentTime(map.field(alert, 'ended_at'));
  return end !== undefined && end <= now ? { word: 'resolved', means: 'resolved' } : undefined;
}
