import type { IncomingAlert, Labels, Severity } from '../../core/alert/alert.ts';
import { oneLine } from '../../core/one-line.ts';
import { presentMap, presentText, presentTime } from '../../core/reading/absent.ts';
import { incomingAlert, isPush, type Word } from '../../core/reading/incoming.ts';
import { type FieldError, isObject, type JsonObject, scalarText } from '../../core/reading/read.ts';
import { tagLabels } from '../../core/reading/tags.ts';
import { severityOfWord } from '../../core/reading/words.ts';
import { identify } from './identity.ts';
import type { SourceMap } from './map.ts';
import { flattened, PLACES } from './names.ts';
import { type Status, statusIn } from './status.ts';

/**
 * Reads one alert of any tool by a map; says what is wrong with it otherwise. What the envelope of a list says of status
 * and severity counts for each entry that says nothing of it.
 */
export function readGenericAlert(
  value: unknown,
  envelope: JsonObject | undefined,
  map: SourceMap,
  receivedAt: number,
): IncomingAlert | FieldError {
  if (!isObject(value)) return { path: '', message: 'must be an object' };
  if (isPush(value)) return { path: '.source', message: 'a push is taken at /alerts/webhook/cluster/ only' };
  const wrong = wrongType(value, map);
  if (wrong !== null) return wrong;
  const own = presentMap(value.labels);
  const message = presentText(map.field(value, 'message'));
  const names = [...map.names(value), ...(own.alertname === undefined ? [] : [own.alertname])];
  const name = names[0] ?? (message && oneLine(message, 200));
  if (name === undefined) {
    return {
      path: '',
      message: 'has neither title, name, alert_name nor message: name the place of its title in a map',
    };
  }
  const status = statusIn(value, envelope, map, receivedAt);
  const isResolved = status?.means === 'resolved';
  const labels = labelsOf(value, own, map);
  const [started, time] = [presentTime(map.field(value, 'started_at')), presentTime(map.field(value, 'time'))];
  const shared = envelope && presentText(flattened(map.field(envelope, 'severity')));
  const isMessage = names.length === 0 || name === message;
  return incomingAlert(
    {
      ...identify({ given: identityIn(value, map), names: [name, ...names], isMessage, labels }),
      name: oneLine(name, 2000),
      status,
      severity: presentText(flattened(map.field(value, 'severity'))) ?? own.severity ?? shared ?? severityIn(status),
      labels,
      annotations: annotationsOf(value, message, map),
      metrics: isObject(value.metrics) ? value.metrics : {},
      startedAt: started ?? (isResolved ? undefined : time),
      endedAt: presentTime(map.field(value, 'ended_at')) ?? time,
    },
    receivedAt,
  );
}

function wrongType(value: JsonObject, map: SourceMap): FieldError | null {
  for (const field of ['name', 'status', 'severity'] as const) {
    if (isNested(flattened(map.field(value, field))) && (field !== 'name' || map.names(value).length === 0))
      return { path: '', message: `the ${field} must be text, not an object or a list` };
  }
  return null;
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

// Many tools have one field for both: "state": "CRITICAL".
function severityIn(status: Status | undefined): Word<Severity> | undefined {
  if (status === undefined || status.means === 'resolved') return undefined;
  const means = severityOfWord(status.word);
  return means === undefined ? undefined : { word: status.word, means };
}

function labelsOf(value: JsonObject, own: Labels, map: SourceMap): Labels {
  const places = Object.fromEntries(PLACES.map((place) => [place, scalarText(value[place])]));
  const tags = isObject(value.tags) ? presentMap(value.tags) : tagLabels(value.tags);
  const listed = isObject(value.labels) ? {} : tagLabels(value.labels);
  return { ...presentMap(places), ...tags, ...listed, ...own, ...presentMap(map.labels(value)) };
}

// What a template leaves of a variable that it does not know would be the identity of all alerts.
function identityIn(value: JsonObject, map: SourceMap): string | undefined {
  const text = presentText(map.field(value, 'identity'));
  return text !== undefined && /^(?:\$[A-Z_]{2,}|\$?\{.*\})$/.test(text.trim()) ? undefined : text;
}

function annotationsOf(value: JsonObject, message: string | undefined, map: SourceMap): Labels {
  const link = presentText(map.field(value, 'url'));
  const said = { message, link, image_url: presentText(map.field(value, 'image_url')) };
  const others = ['description', 'summary'].filter((field) => presentText(value[field]) !== message);
  const texts = Object.fromEntries(others.map((field) => [field, presentText(value[field])]));
  return { ...presentMap(value.annotations), ...presentMap(texts), ...presentMap(said) };
}
