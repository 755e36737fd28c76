import { parseDuration } from '../../core/figures.ts';
import { matcherText, parseMatchers } from '../../core/policy/matchers.ts';
import { anchoredRegex } from '../../lib/regex.ts';
import { type Fields, fieldsOf, given, isYes, type Keys, listOf, nameOf, type Reporter, textOf } from '../report.ts';

const DAY_MS = 86_400_000;
const OWN = ['receiver', 'group_by', 'group_wait', 'group_interval', 'repeat_interval', 'routes'];

/** The tree, and what the root says of all. */
export interface ImportedRoutes {
  readonly catchAll: readonly string[];
  readonly defaults: Fields;
  readonly routes: readonly Fields[];
  /** Labels by which incidents are grouped; undefined where the root does not say. */
  readonly groupBy: readonly string[] | undefined;
}

/** The route tree of a configuration of Alertmanager; `channelsOf` gives the channels of a receiver. */
export function importRoutes(
  file: Fields,
  channelsOf: ReadonlyMap<string, readonly string[]>,
  reporter: Reporter,
): ImportedRoutes {
  const root = fieldsOf(file.route);
  const keys = ['route'];
  reporter.rest(keys, root, OWN);
  const labels = listOf(root.group_by).map(String);
  return {
    catchAll: channels(root, keys, channelsOf, reporter) ?? [],
    defaults: timing(root, keys, reporter),
    routes: listOf(root.routes).map((route, index) =>
      routeOf(fieldsOf(route), [...keys, 'routes', index], channelsOf, reporter),
    ),
    groupBy: labels.length === 0 ? undefined : labels,
  };
}

function routeOf(
  route: Fields,
  keys: Keys,
  channelsOf: ReadonlyMap<string, readonly string[]>,
  reporter: Reporter,
): Fields {
  const known = [...OWN, 'match', 'match_re', 'matchers', 'continue', 'mute_time_intervals', 'active_time_intervals'];
  reporter.rest(keys, route, known);
  const grouping = listOf(route.group_by).map(String);
  if (route.group_by !== undefined && grouping.length === 0)
    reporter.lose([...keys, 'group_by'], 'one group of everything: here the source says what belongs together');
  const names = (value: unknown) => {
    const list = listOf(value).map((name) => nameOf(String(name)));
    return list.length === 0 ? undefined : list;
  };
  const below = listOf(route.routes).map((child, index) =>
    routeOf(fieldsOf(child), [...keys, 'routes', index], channelsOf, reporter),
  );
  const matchers = importMatchers(route, keys, '', reporter);
  return given({
    matchers: matchers.length === 0 ? undefined : matchers,
    channels: channels(route, keys, channelsOf, reporter),
    group_by: grouping.length === 0 ? undefined : grouping,
    ...timing(route, keys, reporter),
    continue: isYes(route.continue) ? true : undefined,
    mute: names(route.mute_time_intervals),
    active: names(route.active_time_intervals),
    routes: below.length === 0 ? undefined : below,
  });
}

function channels(route: Fields, keys: Keys, channelsOf: ReadonlyMap<string, readonly string[]>, reporter: Reporter) {
  const receiver = textOf(route.receiver);
  if (receiver === undefined) return undefined;
  const found = channelsOf.get(receiver);
  if (found === undefined) reporter.refuse([...keys, 'receiver'], `there is no receiver "${receiver}"`);
  return found ?? [];
}

function timing(route: Fields, keys: Keys, reporter: Reporter): Fields {
  const span = (key: string, least: number, most: number) => {
    const text = textOf(route[key]);
    if (text === undefined) return undefined;
    const ms = durationOf(text);
    if (ms === null) reporter.refuse([...keys, key], `"${text}" is no time`);
    if (ms !== null && ms >= least && ms <= most) return ms % DAY_MS === 0 && ms > 0 ? `${ms / DAY_MS}d` : text;
    reporter.lose(
      [...keys, key],
      `"${text}" is beyond what is possible here, which is ${least / 1000} s to ${most / DAY_MS} d`,
    );
    return ms !== null && ms < least ? `${least / 1000}s` : `${most / DAY_MS}d`;
  };
  return given({
    group_wait: span('group_wait', 0, DAY_MS),
    group_interval: span('group_interval', 1000, 30 * DAY_MS),
    repeat_interval: span('repeat_interval', 0, 366 * DAY_MS),
  });
}

/** Alertmanager also has years, of 365 days. */
function durationOf(text: string): number | null {
  const [, years = '0', rest = ''] = /^(?:(\d+)y)?(.*)$/s.exec(text) ?? [];
  const ms = rest === '' ? 0 : parseDuration(rest);
  return ms === null || text === '' ? null : Number(years) * 365 * DAY_MS + ms;
}

/** Matchers in all three forms: `matchers`, `match` and `match_re`, each with that word before it. */
export function importMatchers(
  fields: Fields,
  keys: Keys,
  prefix: '' | 'source_' | 'target_',
  reporter: Reporter,
): readonly string[] {
  const read = (key: string, text: string) => {
    try {
      const specs = parseMatchers(text);
      for (const { isRegex, value } of specs) if (isRegex) anchoredRegex(value);
      return specs.map(matcherText);
    } catch (error) {
      // Without it the route would take what is not its own.
      reporter.refuse([...keys, key], (error as Error).message);
      return [];
    }
  };
  const pairs = (key: string, isRegex: boolean) =>
    Object.entries(fieldsOf(fields[key])).flatMap(([name, value]) =>
      read(key, matcherText({ name, value: String(value), isRegex, isEqual: true })),
    );
  return [
    ...pairs(`${prefix}match`, false),
    ...pairs(`${prefix}match_re`, true),
    ...listOf(fields[`${prefix}matchers`]).flatMap((text) => read(`${prefix}matchers`, String(text))),
  ];
}
