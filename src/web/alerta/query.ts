import type { AlertaJson } from './alert.ts';
import { AlertaError } from './read.ts';
import { STATUSES } from './words.ts';

/** A condition on one field: one of the values holds, or none of them. */
export interface FieldFilter {
  readonly field: string;
  readonly values: readonly string[];
  readonly isNot: boolean;
}

/** What a client asks of the list of alerts; values that can cross to another thread. */
export interface AlertaQuery {
  readonly filters: readonly FieldFilter[];
  /** What is searched for; '' for nothing. */
  readonly q: string;
  readonly sort: readonly { readonly field: string; readonly isReversed: boolean }[];
  readonly page: number;
  readonly pageSize: number;
  /** Last received later than this, UTC milliseconds; null for any time. */
  readonly from: number | null;
  /** Last received then or earlier. */
  readonly to: number | null;
  readonly hasHistory: boolean;
  readonly hasRawData: boolean;
}

const PAGE = 50;
const LARGEST_PAGE = 1000;
const MOST_VALUES = 200;
const FIELDS: ReadonlySet<string> = new Set([
  ...['id', 'resource', 'event', 'environment', 'severity', 'status', 'service', 'group', 'value', 'text', 'tag'],
  ...['origin', 'type', 'customer', 'correlate', 'repeat', 'timeout', 'duplicateCount', 'previousSeverity'],
  ...['trendIndication', 'createTime', 'receiveTime', 'lastReceiveTime', 'lastReceiveId', 'updateTime'],
]);
const OTHERS: ReadonlySet<string> = new Set([
  ...['q', 'page', 'page-size', 'limit', 'sort-by', 'reverse', 'from-date', 'to-date', 'show-history'],
  ...['show-raw-data', 'api-key', 'q.df', 'filter'],
]);

/** Reads the query of a list. Throws AlertaError. */
export function readAlertaQuery(query: unknown): AlertaQuery {
  const given = query as Readonly<Record<string, string | readonly string[] | undefined>>;
  const all = (name: string) => [given[name] ?? []].flat();
  const last = (name: string) => all(name).at(-1);
  const filters = Object.entries(given).flatMap(([name, value]) => {
    if (OTHERS.has(name)) return [];
    const isNot = name.endsWith('!');
    const field = isNot ? name.slice(0, -1) : name;
    if (!FIELDS.has(field) && !/^attributes\.[^.]+$/.test(field))
      throw new AlertaError(400, `Invalid filter parameter: ${field}`);
    const values = [value ?? []].flat();
    if (values.length > MOST_VALUES) throw new AlertaError(400, `${field} is given more than ${MOST_VALUES} times`);
    return [{ field, values, isNot }];
  });
  const q = last('q') ?? '';
  // Tried here, for what is wrong with it is the answer.
  readSearch(q);
  return {
    ...{ filters, q, sort: all('sort-by').map(sortOf) },
    page: numberOf(last('page'), 1, 'page'),
    pageSize: Math.min(LARGEST_PAGE, numberOf(last('page-size') ?? last('limit'), PAGE, 'page-size') || PAGE),
    ...{ from: timeOf(last('from-date')), to: timeOf(last('to-date')) },
    ...{ hasHistory: isYes(last('show-history')), hasRawData: isYes(last('show-raw-data')) },
  };
}

function sortOf(word: string) {
  const isReversed = word.startsWith('-');
  const field = isReversed ? word.slice(1) : word;
  if (!FIELDS.has(field) && !/^attributes\.[^.]+$/.test(field))
    throw new AlertaError(400, `Invalid sort-by parameter: ${field}`);
  return { field, isReversed };
}

function numberOf(text: string | undefined, missing: number, name: string): number {
  if (text === undefined || text === '') return missing;
  if (!/^\d{1,9}$/.test(text)) throw new AlertaError(400, `${name} must be a whole number`);
  return Number(text);
}

// As there, what is no time is passed over.
function timeOf(text: string | undefined): number | null {
  const at = text === undefined || text.length > 40 ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

function isYes(word: string | undefined): boolean {
  return word !== undefined && ['1', 'true', 'yes', 'on', 'y', 't'].includes(word.toLowerCase());
}

type Test = (alert: AlertaJson) => boolean;

/** Whether an alert is asked for. */
export function alertaTest({ filters, q, from, to }: AlertaQuery): Test {
  const tests: Test[] = filters.map(filterTest);
  const search = readSearch(q);
  if (search !== null) tests.push(search);
  if (from !== null) tests.push(({ lastReceiveTime }) => Date.parse(lastReceiveTime) > from);
  if (to !== null) tests.push(({ lastReceiveTime }) => Date.parse(lastReceiveTime) <= to);
  return (alert) => tests.every((test) => test(alert));
}

function filterTest({ field, values, isNot }: FieldFilter): Test {
  const isOne = (alert: AlertaJson) => {
    const own = valuesOf(alert, field);
    return values.some((value) => {
      // On PostgreSQL, Alerta's own `=~` is a part of the text in any case.
      if (value.startsWith('~')) return own.some((one) => one.toLowerCase().includes(value.slice(1).toLowerCase()));
      return field === 'id' ? own.some((one) => one.startsWith(value)) : own.includes(value);
    });
  };
  return (alert) => isOne(alert) !== isNot;
}

/** The values of a field as texts; none for what is not there. */
function valuesOf(alert: AlertaJson, field: string): readonly string[] {
  if (field === 'tag') return alert.tags;
  if (field === 'id') return [alert.id, alert.lastReceiveId];
  const attribute = /^attributes\.(.+)$/.exec(field)?.[1];
  const value = attribute === undefined ? alert[field as keyof AlertaJson] : alert.attributes[attribute];
  return [value ?? []].flat().map(String);
}

/** Compares two alerts by what is asked, else the one that was received last comes first. */
export function alertaOrder(sort: AlertaQuery['sort']): (a: SortKeys, b: SortKeys) => number {
  return (a, b) => {
    for (const [index, { isReversed }] of sort.entries()) {
      const [x, y] = [a.keys[index] ?? '', b.keys[index] ?? ''];
      if (x !== y) return (x < y ? -1 : 1) * (isReversed ? -1 : 1);
    }
    return sort.length === 0 ? b.at - a.at : 0;
  };
}

/** What an alert is sorted by. */
export interface SortKeys {
  readonly keys: readonly (string | number)[];
  readonly at: number;
}

/** Those of an alert. Severities go by their rank, statuses by their code. */
export function sortKeysOf(
  alert: AlertaJson,
  sort: AlertaQuery['sort'],
  ranks: Readonly<Record<string, number>>,
): SortKeys {
  const keys = sort.map(({ field }) => {
    if (field === 'severity') return ranks[alert.severity] ?? 0;
    if (field === 'status') return STATUSES[alert.status];
    if (field === 'duplicateCount' || field === 'timeout') return alert[field];
    return valuesOf(alert, field)[0] ?? '';
  });
  return { keys, at: Date.parse(alert.lastReceiveTime) };
}

const BAD_SEARCH = 'Failed to parse query string.';
const MOST_TERMS = 50;

/**
 * A search in Alerta's language: `field:word`, `field:wo*`, `"two words"`, AND, OR, NOT and brackets; words without a field
 * look in the text. null for an empty one. Throws AlertaError.
 */
function readSearch(text: string): Test | null {
  const tokens = [...text.matchAll(/\s*([()]|(?:[\w.]+:)?"(?:[^"\\]|\\.)*"|[^\s()"]+|")/g)].map(
    ([, token = '']) => token,
  );
  if (tokens.length === 0) return null;
  if (tokens.length > MOST_TERMS) throw new AlertaError(400, BAD_SEARCH);
  let at = 0;
  const either = (): Test => {
    let left = both();
    while (tokens[at] === 'OR') {
      at += 1;
      const [one, other] = [left, both()];
      left = (alert) => one(alert) || other(alert);
    }
    return left;
  };
  const both = (): Test => {
    let left = single();
    while (at < tokens.length && tokens[at] !== 'OR' && tokens[at] !== ')') {
      if (tokens[at] === 'AND') at += 1;
      const [one, other] = [left, single()];
      left = (alert) => one(alert) && other(alert);
    }
    return left;
  };
  const single = (): Test => {
    const token = tokens[at];
    at += 1;
    if (token === 'NOT') {
      const inner = single();
      return (alert) => !inner(alert);
    }
    if (token === '(') {
      const inner = either();
      if (tokens[at] !== ')') throw new AlertaError(400, BAD_SEARCH);
      at += 1;
      return inner;
    }
    if (token === undefined || token === ')' || token === 'AND' || token === 'OR' || token === '"')
      throw new AlertaError(400, BAD_SEARCH);
    return termTest(token);
  };
  const test = either();
  if (at < tokens.length) throw new AlertaError(400, BAD_SEARCH);
  return test;
}

function termTest(token: string): Test {
  const [, field = 'text', rest = token] = /^([\w.]+):(.+)$/s.exec(token) ?? [];
  const isQuoted = rest.startsWith('"');
  const word = (isQuoted ? rest.slice(1, -1) : rest).toLowerCase();
  if (field !== '_exists_' && !FIELDS.has(field) && field !== 'tags' && !/^attributes\./.test(field))
    throw new AlertaError(400, BAD_SEARCH);
  if (field === '_exists_') return (alert) => valuesOf(alert, rest).length > 0;
  const own = (alert: AlertaJson) => valuesOf(alert, field === 'tags' ? 'tag' : field).map((one) => one.toLowerCase());
  if (field === 'text') return (alert) => own(alert).some((one) => one.includes(word.replaceAll('*', '')));
  if (!isQuoted && word.endsWith('*') && word.indexOf('*') === word.length - 1)
    return (alert) => own(alert).some((one) => one.startsWith(word.slice(0, -1)));
  return (alert) => own(alert).includes(word);
}
