import { pathText } from '../config/notify/document.ts';
import { endpointKey } from '../core/endpoint/endpoint.ts';
import { type Fields, given, type Keys, type Reporter } from './report.ts';

/** What another program looks at, in the words that several of them share. */
export interface Watch {
  /** Where it stands in their file. */
  readonly keys: Keys;
  readonly name: string;
  /** Empty for none. */
  readonly group: string;
  /** What is looked at; empty for one that is called. */
  readonly url: string;
  /** Options of the protocol, and conditions. */
  readonly options: Fields;
  readonly intervalSeconds: number | undefined;
  readonly timeoutSeconds: number | undefined;
  /** Failures that do not count before the one that does. */
  readonly retries: number;
  /** Time between reminders, in seconds; 0 for none. */
  readonly reminderSeconds: number;
  readonly enabled: boolean;
  readonly description: string | undefined;
  readonly labels: Fields;
  readonly regions: readonly string[];
  /** Of one that is called: its secret, undefined where they have none. */
  readonly push: { readonly token: string | undefined } | undefined;
}

/** `endpoints` and `push_endpoints` of ours, and the key that each watch has there, in their order. */
export interface ImportedWatches {
  readonly endpoints: readonly Fields[];
  readonly pushEndpoints: readonly Fields[];
  readonly keys: readonly string[];
}

const SHORTEST_TOKEN = 16;

/** Turns all of them into endpoints. A name that another has in its group gets a number. */
export function importWatches(watches: readonly Watch[], reporter: Reporter): ImportedWatches {
  const taken = new Set<string>();
  const endpoints: Fields[] = [];
  const pushEndpoints: Fields[] = [];
  const keys = watches.map((watch) => {
    const name = freeName(watch, taken);
    if (name !== watch.name) reporter.lose([...watch.keys, 'name'], `another one is called so; it becomes "${name}"`);
    const key = endpointKey(watch.group, name);
    taken.add(key);
    const common = { name, group: watch.group === '' ? undefined : watch.group, ...commonOf(watch) };
    if (watch.push === undefined) endpoints.push(given({ ...common, ...lookOf(watch) }));
    else pushEndpoints.push(given({ ...common, ...calledOf(watch, watch.push.token, key, reporter) }));
    return key;
  });
  return { endpoints, pushEndpoints, keys };
}

function freeName({ name, group }: Watch, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name} ${number}`;
    if (!taken.has(endpointKey(group, free))) return free;
  }
}

function commonOf({ enabled, description, labels, retries, reminderSeconds }: Watch): Fields {
  const alert = {
    failure_threshold: retries + 1,
    success_threshold: 1,
    minimum_reminder_interval: reminderSeconds > 0 ? `${reminderSeconds}s` : undefined,
  };
  return {
    enabled: enabled ? undefined : false,
    description,
    labels: Object.keys(labels).length > 0 ? labels : undefined,
    alerts: [given(alert)],
  };
}

function lookOf({ url, options, intervalSeconds, timeoutSeconds, regions }: Watch): Fields {
  return {
    url,
    interval: intervalSeconds === undefined ? undefined : `${intervalSeconds}s`,
    timeout: timeoutSeconds === undefined ? undefined : `${timeoutSeconds}s`,
    ...options,
    regions: regions.length > 0 ? regions : undefined,
  };
}

function calledOf(watch: Watch, token: string | undefined, key: string, reporter: Reporter): Fields {
  const isUsable = token !== undefined && token.length >= SHORTEST_TOKEN && /^[\x21-\x7e]+$/.test(token);
  const variable = `PUSH_${key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_TOKEN`;
  if (!isUsable) {
    reporter.variable(variable, `a new secret of ${pathText(watch.keys)}: openssl rand -hex 32`);
    if (token !== undefined)
      reporter.lose(
        [...watch.keys, 'token'],
        'is shorter than a secret may be here: who calls it needs the new address',
      );
  }
  return {
    token: isUsable ? token : `env:${variable}`,
    period: `${Math.max(10, watch.intervalSeconds ?? 60)}s`,
    grace: '0s',
  };
}

/** Conditions for status codes such as `200-299` or `301`; null where one of them cannot be read. */
export function statusConditions(accepted: readonly string[]): readonly string[] | null {
  const ranges = accepted
    .map((text) => /^\s*(\d{3})\s*(?:-\s*(\d{3})\s*)?$/.exec(text))
    .map((match) => {
      const [, from = '', to = from] = match ?? [];
      return match === null ? null : ([Number(from), Number(to)] as const);
    });
  const sorted = ranges.filter((range) => range !== null).toSorted(([a], [b]) => a - b);
  if (sorted.length < accepted.length || sorted.length === 0) return null;
  const joined: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  const [[from, to] = [0, 0]] = joined;
  if (joined.length === 1 && from === to) return [`[STATUS] == ${from}`];
  if (joined.length === 1) return [`[STATUS] >= ${from}`, `[STATUS] <= ${to}`];
  const codes = joined.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  return [`[STATUS] == any(${codes.join(', ')})`];
}
