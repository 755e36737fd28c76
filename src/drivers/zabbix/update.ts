import type { IncomingNote } from '../../core/alert/note.ts';
import { oneLine } from '../../core/one-line.ts';
import { presentText } from '../../core/reading/absent.ts';
import { parsedJson, pick, timeIn } from '../../core/reading/fields.ts';
import { isObject, type JsonObject } from '../../core/reading/read.ts';

/** What somebody did with a problem. */
export interface Update {
  readonly notes: readonly IncomingNote[];
  /** Whether the problem was closed by hand. */
  readonly closes: boolean;
  /** The severity it has now, if that was changed: a number 0 to 5, or a word. */
  readonly severity?: string;
}

type Action = readonly [IncomingNote['kind'], string];

/**
 * Reads an update of a problem from `{EVENT.UPDATE.ACTIONJSON}` (Zabbix 7), else from `{EVENT.UPDATE.ACTION}`:
 * "acknowledged, commented, changed severity from Average to High and closed". What it does not know becomes a note
 * with the sender's words. The order is fixed (libs/zbxservice, zbx_problem_get_actions), so severities may have any name.
 */
export function readUpdate(body: JsonObject, fingerprint: string, receivedAt: number): Update {
  const told = oneLine(pick(body, 'event_update_action', 'update_action') ?? '', 1000);
  const message = pick(body, 'event_update_message', 'update_message');
  const json = parsedJson(pick(body, 'event_update_actionjson') ?? '');
  const [first] = Array.isArray(json) ? json : [json];
  const detail = isObject(first) ? first : {};
  const change = CHANGE.exec(told);
  const now = isObject(detail.severity) ? presentText(detail.severity.new) : change?.[2];
  const rest = change === null ? told : told.replace(change[0], '');
  const has = (flag: string, words: RegExp) => detail[flag] === true || words.test(rest);
  const closes = has('close', /(?:^|, | and )closed\b/);
  const comment = presentText(detail.message) ?? message;
  const asNumber = isObject(detail.severity) ? now : undefined;
  // Severities may have been renamed: a number says more than a word.
  const severity = asNumber ?? pick(body, 'event_update_nseverity') ?? now ?? pick(body, 'event_update_severity');
  const actions: Action[] = [];
  if (has('acknowledge', /(?:^|, | and )acknowledged\b/)) actions.push(['acknowledged', 'acknowledged in Zabbix']);
  if (has('unacknowledge', /\bunacknowledged\b/)) actions.push(['unacknowledged', 'unacknowledged in Zabbix']);
  if (now !== undefined) actions.push(['priority_changed', change?.[0] ?? `changed severity to ${severityName(now)}`]);
  if (closes) actions.push(['noted', 'closed by hand']);
  for (const [other] of rest.matchAll(OTHERS)) actions.push(['noted', other]);
  const unknown = rest
    .replaceAll(OTHERS, '')
    .replaceAll(KNOWN, '')
    .replaceAll(/, | and /g, ' ')
    .trim();
  if (unknown !== '') actions.push(['noted', unknown]);
  if (actions.length === 0 && comment === undefined) actions.push(['noted', 'updated']);
  if (comment !== undefined) actions.push(['noted', comment]);
  const by = oneLine(pick(body, 'event_update_user', 'update_user') ?? '');
  const at = Math.min(timeIn(body, 'event_update_timestamp') ?? timeIn(detail, 'timestamp') ?? receivedAt, receivedAt);
  const notes = actions.map(
    ([kind, text]): IncomingNote => ({ fingerprint, kind, at, by, message: oneLine(text, 500) }),
  );
  return { notes, closes, ...(severity !== undefined && { severity }) };
}

const SEVERITY_NAMES = ['Not classified', 'Information', 'Warning', 'Average', 'High', 'Disaster'] as const;

const OTHERS = /(?:un)?suppressed\b(?: until \S+ \S+| indefinitely)?|ranked as \w+/g;
const KNOWN = /\b(?:(?:un)?acknowledged|commented|closed)\b/g;
const CHANGE = /changed severity from (.+?) to (.+?)(?=(?:, | and )(?:closed|suppressed|unsuppressed|ranked as)\b|$)/s;

/** The name of a severity that may be told as `{EVENT.NSEVERITY}`, 0 to 5. */
export function severityName(severity: string): string {
  return /^[0-5]$/.test(severity) ? (SEVERITY_NAMES[Number(severity)] ?? severity) : severity;
}
