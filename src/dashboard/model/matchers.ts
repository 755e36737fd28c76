import type { IncidentDetail } from '../wire/documents.ts';
import type { AlertRow } from './alert-row.ts';

// name, operator, and a value that may stand in quotes; matchers stand apart by blanks or commas.
const MATCHER = /([A-Za-z_][\w.:-]*|"(?:[^"\\]|\\.)*")\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^\s,"]*)/g;

/** Matchers of what was typed, each as Alertmanager writes them: `service="web"`. */
export function matchersOf(text: string): string[] {
  return [...text.matchAll(MATCHER)].map(([, name = '', operator = '=', value = '']) => {
    return `${name.startsWith('"') ? name : bareName(name)}${operator}${value.startsWith('"') ? value : quoted(value)}`;
  });
}

/** Where the hub says what they would hold back; null for none. */
export function previewPath(matchers: readonly string[]): string | null {
  if (matchers.length === 0) return null;
  return `/api/v1/silences/preview?${matchers.map((one) => `matcher=${encodeURIComponent(one)}`).join('&')}`;
}

// Labels that say what something is, in the order in which people would choose them.
const TELLING = [
  'alertname',
  'service',
  'instance_id',
  'instance',
  'host',
  'hostname',
  'checker',
  'cluster',
  'namespace',
  'env',
  'job',
];
const MOST = 2;

/**
 * The fewest labels that all alerts of an incident have in common, as they are typed: the key of the incident names those
 * by which it was made, else what tells most. '' when they have none.
 */
export function fewestMatchers({ key, alerts }: Pick<IncidentDetail, 'key' | 'alerts'>): string {
  const firing = alerts.filter(({ status }) => status !== 'resolved');
  const [first, ...others] = (firing.length > 0 ? firing : alerts).map(({ labels }) => labels);
  if (first === undefined) return '';
  const same = Object.entries(first).filter(
    ([name, value]) => value !== '' && others.every((one) => one[name] === value),
  );
  const isOfKey = ([name, value]: readonly [string, string]) =>
    key.includes(`${name}:${value}`) ||
    key.includes(`${name}=${value}`) ||
    (key === `instance:${value}` && name === 'instance_id');
  const place = ([name]: readonly [string, string]) => (TELLING.indexOf(name) + TELLING.length) % TELLING.length;
  const ofKey = same.filter(isOfKey);
  const known = same.filter(([name]) => TELLING.includes(name)).sort((a, b) => place(a) - place(b));
  const chosen = ofKey.length > 0 ? ofKey : known.length > 0 ? known : same;
  return chosen
    .slice(0, MOST)
    .map(([name, value]) => `${bareName(name)}=${/^[^\s,"]+$/.test(value) ? value : quoted(value)}`)
    .join(' ');
}

function bareName(name: string): string {
  return /^[A-Za-z_:][\w:]*$/.test(name) ? name : quoted(name);
}

function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** Matchers that hold of all these rows: labels that they share, or else the list of their names. */
export function commonMatchers(rows: readonly Pick<AlertRow, 'name' | 'labels'>[]): string {
  const alerts = rows.map(({ labels }) => ({ labels, status: 'firing' })) as unknown as IncidentDetail['alerts'];
  return fewestMatchers({ key: '', alerts });
}
