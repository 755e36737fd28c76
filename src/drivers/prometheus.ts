import * as z from 'zod';
import type { IncomingAlert, Labels } from '../core/alert/alert.ts';
import { isAbsent, presentText } from '../core/reading/absent.ts';
import { incomingAlert, toldTime, tooManyAlerts, unreadable } from '../core/reading/incoming.ts';
import { readPrometheusContent } from '../core/reading/prometheus-alert.ts';
import { type FieldError, isObject, type JsonObject } from '../core/reading/read.ts';
import { statusOfWord } from '../core/reading/words.ts';
import { identityOf } from '../lib/crypto/digest.ts';
import type { Answered, Driver, ParseContext } from './contract.ts';

const options = z.strictObject({
  sent_once: z
    .array(z.string().regex(/^[^=]+=.+$/, { error: 'must be label=value, such as monitor=nagios' }))
    .default([])
    .describe(
      'Labels, each as label=value, of alerts whose sender does not repeat them: without an end they fire until ended',
    ),
});

/**
 * Alerts as clients of Alertmanager's API version 2 post them: Prometheus, vmalert, the rulers of Loki and Mimir,
 * `amtool alert add` (prometheus/alertmanager `api/v2/openapi.yaml`, `api/v2/api.go`).
 *
 * | client | here |
 * |---|---|
 * | labels | identity (their hash) |
 * | `endsAt` in the past | resolved; else it fires |
 * | `endsAt` to come | the alert ends then, unless it is sent again; without one `resolve_timeout` after the arrival |
 * | the same of clients that send once (Grafana's contact point, LibreNMS, `sent_once`) | the alert fires until it is ended |
 * | `startsAt` | start; order (`toldTime`) |
 * | label `alertname`, else annotation `summary`; label `severity` | name; severity |
 * | `generatorURL` | annotation `generator_url` |
 */
export const prometheus: Driver = driverWith({ sent_once: [] });

function driverWith({ sent_once }: z.output<typeof options>): Driver {
  const once = sent_once.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const);
  return {
    name: 'prometheus',
    summary: 'Alerts that Prometheus, vmalert, rulers and amtool send to an Alertmanager',
    schemes: ['bearer', 'basic', 'header', 'path'],
    // Prometheus tries again at its next evaluation whatever the status; other clients do so after 5xx only.
    statuses: { 429: 503 },
    api: { paths: ['/api/v2/alerts'], answer },
    options,
    bind: (given) => driverWith(options.parse(given)),
    claims: (body) => Array.isArray(body) && body.length > 0 && body.every(isPostable),
    parse(body, context) {
      if (!Array.isArray(body)) return unreadable('', 'the body must be a list of alerts');
      const tooMany = tooManyAlerts('', body.length);
      if (tooMany !== null) return tooMany;
      const alerts: IncomingAlert[] = [];
      const errors: FieldError[] = [];
      for (const [index, value] of body.entries()) {
        const read = readAlert(value, context, once);
        if ('message' in read) errors.push({ path: `[${index}]${read.path}`, message: read.message });
        else alerts.push(read);
      }
      if (alerts.length === 0 && errors.length > 0)
        return { ok: false, message: 'no alert of this body is valid', errors };
      return { ok: true, origin: '', alerts, errors };
    },
  };
}

const FIELDS = ['labels', 'annotations', 'startsAt', 'endsAt', 'generatorURL'];
// What Alertmanager adds when it gives alerts out.
const GIVEN_OUT = ['fingerprint', 'status', 'updatedAt', 'receivers'];
// What clients built of Alertmanager's own types add, such as Grafana's contact point.
const OF_ITS_TYPES = ['UpdatedAt', 'Timeout'];

function isPostable(value: unknown): boolean {
  const isField = (field: string) => [...FIELDS, ...GIVEN_OUT, ...OF_ITS_TYPES].includes(field);
  return isObject(value) && isObject(value.labels) && Object.keys(value).every(isField);
}

// Alertmanager's own default.
const RESOLVE_TIMEOUT_MS = 300_000;

type Once = readonly (readonly [label: string, value: string])[];

function readAlert(value: unknown, context: ParseContext, once: Once): IncomingAlert | FieldError {
  const { receivedAt, resolveTimeoutMs = RESOLVE_TIMEOUT_MS } = context;
  if (!isObject(value)) return { path: '', message: 'must be an object' };
  const content = readPrometheusContent(value, {});
  if ('message' in content) return content;
  const { identity, ...alert } = content;
  if (Object.keys(identity).length === 0) return { path: '.labels', message: 'at least one label pair required' };
  const { startedAt, endedAt } = alert;
  for (const [field, read] of [
    ['startsAt', startedAt],
    ['endsAt', endedAt],
  ] as const)
    if (read === undefined && isTold(value[field])) return { path: `.${field}`, message: 'must be an RFC 3339 time' };
  if (startedAt !== undefined && endedAt !== undefined && endedAt < startedAt)
    return { path: '.endsAt', message: 'start time must be before end time' };
  // The API has no status: an end says it. What a client of another form adds counts where there is no end.
  const word = endedAt === undefined ? presentText(value.status) : undefined;
  const means = word === undefined ? undefined : statusOfWord(word);
  const isOver = (endedAt !== undefined && endedAt <= receivedAt) || means === 'resolved';
  const draft = {
    ...alert,
    fingerprint: identityOf(undefined, identity.alertname ?? '', identity),
    status: word === undefined ? (isOver ? ('resolved' as const) : ('firing' as const)) : { word, means },
    // An end is as old as it says: told again, or by another server, it does not undo what was told to fire since.
    observedAt: isOver ? Math.max(startedAt ?? 0, endedAt ?? receivedAt) : toldTime(startedAt, undefined, receivedAt),
    expiresAt: endedAt ?? (isSentOnce(value, identity, context, once) ? undefined : receivedAt + resolveTimeoutMs),
  };
  return incomingAlert(draft, receivedAt);
}

/**
 * Whether an alert without an end will not be sent again while it fires: Grafana's contact point "Alertmanager" sends
 * what it notifies of, and LibreNMS what changes. Who repeats, as Prometheus does, tells an end each time.
 */
function isSentOnce(value: JsonObject, labels: Labels, { userAgent }: ParseContext, once: Once): boolean {
  if (OF_ITS_TYPES.some((field) => field in value) || '__alert_rule_uid__' in labels) return true;
  const page = typeof value.generatorURL === 'string' ? value.generatorURL : '';
  if (/^librenms\b/i.test(userAgent) || /\/device\/(?:device=)?\d+\/?$/.test(page)) return true;
  return once.some(([label, wanted]) => labels[label] === wanted);
}

/** Whether a field of a time holds something, other than Go's zero time. */
function isTold(value: unknown): boolean {
  if (typeof value === 'string') return !isAbsent(value) && !value.startsWith('0001-01-01');
  return value !== undefined && value !== null;
}

/** As Alertmanager answers: nothing when all is taken; why not as a JSON text, also when some alerts were. */
function answer({ status, body }: Answered): Answered {
  const { status: outcome, message, errors } = isObject(body) ? body : ({} as JsonObject);
  if (status === 200 && outcome === 'success') return { status, body: undefined };
  if (status !== 200 && status !== 400) return { status, body };
  const listed = Array.isArray(errors) ? errors.filter(isObject) : [];
  const texts = listed.map((error) => `${String(error.path)} ${String(error.message)}`.trim());
  return { status: 400, body: texts.length > 0 ? texts.join('; ') : String(message) };
}
