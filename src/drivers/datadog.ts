import { type AlertStatus, compareSeverity, type IncomingAlert, type Severity } from '../core/alert/alert.ts';
import { oneLine } from '../core/one-line.ts';
import { pick, timeIn, withoutMacros } from '../core/reading/fields.ts';
import { incomingAlert, isPush, unreadable, type Word } from '../core/reading/incoming.ts';
import { isObject, type JsonObject } from '../core/reading/read.ts';
import { severityOfWord, statusOfWord } from '../core/reading/words.ts';
import { identityOf } from '../lib/crypto/digest.ts';
import type { Driver, Parsed, Unreadable } from './contract.ts';
import { annotationsOf, identityFrom, labelsOf, priorityOf, variablesOf } from './datadog/fields.ts';
import { readTitle, type Title } from './datadog/title.ts';

/**
 * Datadog's webhooks integration. The body is the user's template: that of docs/integrations, the default one, and
 * others that name their fields alike (docs/drivers/datadog.md has the table).
 *
 * | Datadog | here |
 * |---|---|
 * | `$ALERT_TRANSITION` Triggered, Re-Triggered, Renotify | firing |
 * | Warn, Re-Warn | firing, a warning at most |
 * | No Data, Re-No Data | firing, an alert of its own: label `alert_kind`, name `No data: <name>` |
 * | Recovered… | resolved |
 * | without a transition, `$ALERT_TYPE` success | resolved |
 * | else the prefix of the title, else `$ALERT_TYPE` | the same as a transition; firing |
 * | `$ALERT_ID` and `$ALERT_SCOPE`, else `$AGGREG_KEY`, … | identity (`identityFrom`) |
 * | `$ALERT_TITLE`, `$EVENT_TITLE` without prefixes | name |
 * | `$ALERT_PRIORITY`, else `$ALERT_TYPE`, else the transition | severity |
 * | `$DATE`; `$LAST_UPDATED` | start and end; order |
 * | the monitor | incident, as `datadog:monitor:<id>` |
 * | tags, scope, host, metric, organisation, … | labels |
 * | test notifications, events of no monitor | remark |
 *
 * A monitor's group has one state, so whatever tells that data is there ends its no-data alert; and "Recovered from No
 * Data" ends the real alert too, for no other recovery of it will be sent.
 */
export const datadog: Driver = {
  name: 'datadog',
  summary: 'Monitors of Datadog, by its webhooks integration',
  schemes: ['bearer', 'basic', 'header', 'path'],
  // It tries again after 5xx only.
  statuses: { 429: 503 },
  // "Encode as form".
  forms: true,
  claims(given) {
    if (!isObject(given) || isPush(given) || 'alerts' in given) return false;
    const body = variablesOf(given);
    if (['alert_transition', 'alert_cycle_key', 'aggreg_key'].some((field) => field in body)) return true;
    if (isObject(body.org) && 'last_updated' in body) return true;
    if ('alert_id' in body && 'alert_type' in body) return true;
    const type = typeof body.event_type === 'string' ? body.event_type : '';
    return /(?:_monitor|_alert|^service_check)$/.test(type) && ('title' in body || 'alert_title' in body);
  },
  parse(body, { receivedAt }) {
    return isObject(body) ? read(body, receivedAt) : unreadable('', 'the body must be a JSON object');
  },
};

/** What a notice says. */
interface Notice {
  readonly name: string;
  readonly title: Title;
  /** The transition, as told or derived. */
  readonly word: string;
  readonly type: string | undefined;
}

/** Datadog leaves a variable that it does not know as it stands in the template: `$ALERT_SCOPE`, `$TAGS[env]`. */
const VARIABLE = /^\s*\$[A-Z][A-Z0-9_]*(?:\[[^\]]*\])?\s*$/;

function read(given: JsonObject, receivedAt: number): Parsed | Unreadable {
  const body = variablesOf(withoutMacros(given, VARIABLE));
  const titles = ['title', 'event_title', 'alert_title'].flatMap((field) => pick(body, field) ?? []).map(readTitle);
  const title = titles[0] ?? readTitle('');
  const own = readTitle(pick(body, 'alert_title') ?? '').name;
  const id = pick(body, 'alert_id');
  const transition = pick(body, 'alert_transition', 'transition');
  const named = own || title.name;
  if (named === '' && id === undefined && transition === undefined) {
    const isTemplate = Object.keys(withoutMacros(given, VARIABLE)).length < Object.keys(given).length;
    if (isTemplate) return remarked('a test: no variable of the template was replaced');
    const fix = 'use the template that "monitor drivers template datadog" prints';
    return unreadable('title', `title, alert_id and alert_transition are missing: ${fix}`);
  }
  const name = named || `Datadog monitor ${id ?? ''}`.trim();
  if (titles.some(({ isTest }) => isTest))
    return remarked(`a test notification of "${oneLine(name)}": nothing is opened`);
  const type = pick(body, 'alert_type')?.toLowerCase();
  const word = transition ?? (type === 'success' ? 'Recovered' : (title.transition ?? type));
  if (word === undefined) {
    const lacks = 'neither alert_transition nor alert_type nor a prefix of the title';
    return remarked(`"${oneLine(name)}" is no notice of a monitor (${lacks} says what it is): nothing is opened`);
  }
  return { ok: true, origin: '', errors: [], alerts: alertsOf(body, { name, title, word, type }, receivedAt) };
}

function remarked(remark: string): Parsed {
  return { ok: true, origin: '', errors: [], alerts: [], remarks: [remark] };
}

type Kind = 'triggered' | 'warned' | 'no_data' | 'recovered' | 'unsaid';
const STATUS: Record<Kind, AlertStatus | undefined> = {
  ...{ triggered: 'firing', warned: 'firing', no_data: 'firing', recovered: 'resolved', unsaid: undefined },
};

function kindOf(word: string): Kind {
  const lower = word.trim().toLowerCase();
  if (statusOfWord(word) === 'resolved') return 'recovered';
  if (/^(?:re-?)?no[ _-]?data/.test(lower)) return 'no_data';
  if (/^(?:re-?)?warn/.test(lower)) return 'warned';
  return /^(?:re-?)?trigger/.test(lower) ? 'triggered' : 'unsaid';
}

function alertsOf(body: JsonObject, notice: Notice, receivedAt: number): IncomingAlert[] {
  const { name, title, word } = notice;
  const isType = word === notice.type;
  const said = isType ? 'unsaid' : kindOf(word);
  const isRepeat = isType || /^re-?notif/i.test(word);
  // Neither a repeat nor the type says which problem is meant, and an unknown word says nothing; the prefix may.
  const prefix = said === 'unsaid' && title.transition !== undefined ? kindOf(title.transition) : said;
  const kind = prefix === 'recovered' ? said : prefix;
  const id = pick(body, 'alert_id');
  const at = timeIn(body, 'date', 'date_posix');
  const common = {
    annotations: annotationsOf(body, notice.type),
    startedAt: at,
    endedAt: at,
    observedAt: timeIn(body, 'last_updated') ?? at,
    groupKey: identityOf(`datadog:${id === undefined ? name : `monitor:${id}`}`, '', {}),
  };
  const labels = labelsOf(body, title);
  const identity = (suffix: string) => identityFrom(body, { name, scope: title.scope, suffix });
  const gap = (means: AlertStatus) => {
    const own = { name: `No data: ${name}`, labels: { ...labels, alert_kind: 'no_data' }, severity: 'warning' };
    return incomingAlert(
      { ...common, ...own, ...identity(':no_data'), status: { word, means }, isImplied: true },
      receivedAt,
    );
  };
  if (kind === 'no_data') return [gap('firing')];
  const status = { word, means: STATUS[said] ?? (isRepeat ? 'firing' : STATUS[kind]) };
  const severity = severityOf(body, notice, kind);
  const real = incomingAlert({ ...common, ...identity(''), name, status, severity, labels }, receivedAt);
  return said === 'unsaid' ? [real] : [real, gap('resolved')];
}

/**
 * `$ALERT_PRIORITY`, else `$ALERT_TYPE`, else what the transition implies (Triggered is the alert threshold: critical);
 * of the warning threshold it is a warning at most.
 */
function severityOf(body: JsonObject, { title, word, type }: Notice, kind: Kind): Word<Severity> | undefined {
  const told = priorityOf(body, title) ?? type;
  const means = told === 'success' ? 'info' : severityOfWord(told ?? '');
  const isWarning = kind === 'warned' || type === 'warning';
  if (isWarning && (told === undefined || (means !== undefined && compareSeverity(means, 'warning') > 0))) {
    return { word: told ?? 'warning', means: 'warning' };
  }
  if (told !== undefined) return { word: told, means };
  return kind === 'triggered' ? { word, means: 'critical' } : undefined;
}
