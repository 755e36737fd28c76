import type { AlertStatus } from '../../core/alert/alert.ts';
import { presentText, presentTime } from '../../core/reading/absent.ts';
import type { JsonObject } from '../../core/reading/read.ts';
import { isOverSeverity, statusOfWord } from '../../core/reading/words.ts';
import type { SourceMap } from './map.ts';
import { FLAGS, fieldIn, HINTS } from './names.ts';

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

function ownStatus(alert: JsonObject, map: SourceMap, now: number): Status | undefined {
  const word = presentText(map.field(alert, 'status'));
  if (word !== undefined) return { word, means: map.statusOf(word) ?? statusOfWord(word) };
  if (map.places('status')) return undefined;
  const severity = presentText(map.field(alert, 'severity'));
  if (severity !== undefined && isOverSeverity(severity)) return { word: severity, means: 'resolved' };
  return hinted(alert) ?? flagged(alert) ?? ended(alert, map, now);
}

function hinted(alert: JsonObject): Status | undefined {
  for (const name of HINTS) {
    const word = presentText(fieldIn(alert, [name]));
    const means = word === undefined ? undefined : statusOfWord(word);
    if (word !== undefined && means !== undefined) return { word, means };
  }
  return undefined;
}

function flagged(alert: JsonObject): Status | undefined {
  for (const means of ['resolved', 'firing'] as const) {
    for (const name of FLAGS[means]) {
      const value = fieldIn(alert, [name]);
      if (typeof value === 'boolean') {
        const other = means === 'resolved' ? 'firing' : 'resolved';
        return { word: `${name}: ${value}`, means: value ? means : other };
      }
    }
  }
  return undefined;
}

/** Who tells an end that has passed, and no status, tells that it is over. */
function ended(alert: JsonObject, map: SourceMap, now: number): Status | undefined {
  const end = presentTime(map.field(alert, 'ended_at'));
  return end !== undefined && end <= now ? { word: 'resolved', means: 'resolved' } : undefined;
}
