import { pathText } from '../config/notify/document.ts';
import { channelVariable } from '../config/notify/secrets.ts';
import { matcherText } from '../core/policy/matchers.ts';
import { type Fields, given, type Keys, nameOf, type Reporter, textOf } from './report.ts';

/** How another program's options for telling people stand in a channel: behind each of theirs, ours. */
export interface ChannelKind {
  readonly type: string;
  readonly plain?: Readonly<Record<string, string>>;
  /** These become environment variables. */
  readonly secret?: Readonly<Record<string, string>>;
  /** Nothing is lost with these. */
  readonly ignored?: readonly string[];
  /** What is to be done by hand. */
  readonly remark?: string;
}

/** Channels that are being made of another program's, with a route for each to what is told by it. */
export interface Channels {
  /** What its kinds have for a type; undefined for none, which is lost. */
  kindOf(type: string, keys: Keys): ChannelKind | undefined;
  /** Adds a channel by the name that is wanted, for the endpoints with these keys. */
  add(kind: ChannelKind, wanted: string, options: Fields, keys: Keys, endpoints: readonly string[]): void;
  /** `notify` of ours; undefined without a channel. */
  notify(): Fields | undefined;
}

/** An empty one. */
export function createChannels(kinds: Readonly<Record<string, ChannelKind>>, reporter: Reporter): Channels {
  const channels: Record<string, Fields> = {};
  const routes: Fields[] = [];
  return {
    kindOf(type, keys) {
      const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
      if (kind === undefined) reporter.lose(keys, `there is no channel for ${type || 'it'}; nobody is told by it`);
      return kind;
    },
    add(kind, wanted, options, keys, endpoints) {
      const id = freeId(nameOf(wanted), channels);
      channels[id] = channelOf(kind, id, options, keys, reporter);
      if (endpoints.length > 0) routes.push(routeOf(endpoints, id));
    },
    notify: () => (Object.keys(channels).length === 0 ? undefined : { channels, catch_all: false, routes }),
  };
}

/** A channel of ours. Options that the kind does not name are lost; secrets become variables, unless they are references. */
function channelOf(
  { type, plain = {}, secret = {}, ignored = [], remark }: ChannelKind,
  id: string,
  options: Fields,
  keys: Keys,
  reporter: Reporter,
): Fields {
  if (remark !== undefined) reporter.lose(keys, remark);
  reporter.rest(keys, options, [...Object.keys(plain), ...Object.keys(secret), ...ignored]);
  const named = Object.entries(plain).map(([theirs, ours]) => [ours, fitting(theirs, ours, options[theirs])]);
  const secrets = Object.entries(secret).flatMap(([theirs, ours]) => {
    const value = textOf(options[theirs]);
    if (value?.startsWith('env:')) return [[ours, value]];
    if (value !== undefined) reporter.variable(channelVariable(id, ours), `${theirs} of ${pathText(keys)}`);
    return [];
  });
  return given({ type, ...Object.fromEntries(named), ...Object.fromEntries(secrets) });
}

// What may be written as text and is a number.
const NUMBERS = ['port', 'smtpPort', 'topic_id', 'telegramMessageThreadID'];

/** A value as the option takes it. */
function fitting(theirs: string, option: string, value: unknown): unknown {
  const text = textOf(value);
  if (text === undefined) return Array.isArray(value) || typeof value === 'object' ? (value ?? undefined) : undefined;
  if (option === 'to') return text.split(/[,;]/).map((one) => one.trim());
  if (option === 'base_url') return text.replace(/\/+$/, '');
  return /^\d{1,9}$/.test(text) && NUMBERS.includes(theirs) ? Number(text) : text;
}

/** The name of a channel that no other has, nor one whose variables are the same. */
export function freeId(wanted: string, taken: Fields): string {
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? wanted : `${wanted}-${number}`;
    if (!Object.keys(taken).some((one) => channelVariable(one, '') === channelVariable(id, ''))) return id;
  }
}

/** A route of what happens to these endpoints, by their keys, to a channel; others after it are asked, too. */
function routeOf(endpoints: readonly string[], channel: string): Fields {
  const keys = [...new Set(endpoints)];
  const [only = ''] = keys;
  const pattern = keys.map((key) => key.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  const isRegex = keys.length > 1;
  const matcher = matcherText({ name: 'key', value: isRegex ? pattern : only, isRegex, isEqual: true });
  return { matchers: ['source="endpoint"', matcher], channels: channel, continue: true };
}
