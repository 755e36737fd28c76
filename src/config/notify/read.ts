import * as z from 'zod';
import { CHANNEL_NAMES, loadChannel, optionsOf } from '../../channels/registry.ts';
import { nearest } from '../../core/nearest.ts';
import { isObject } from '../../core/reading/read.ts';
import { Secret } from '../../lib/crypto/secret.ts';
import { issueText } from '../../lib/issue-text.ts';
import { withEnvFile } from '../env-file.ts';
import { type Tell, tellIssue, unknownKey } from '../issues.ts';
import type { Settings } from '../settings.ts';
import { type ChannelEntry, type NotifyDocument, type PolicyFile, pathText, problemAt } from './document.ts';
import { SECTIONS } from './schema.ts';
import { channelVariable, mayHoldSecret, type SecretSources, secretOptions, withSecrets } from './secrets.ts';

/** A document, and what is wrong with it. */
export interface ReadNotify {
  readonly document: NotifyDocument;
  /** Each with its line, field and fix. */
  readonly problems: readonly string[];
}

/** Where it is read from, where that is not the process's own. */
export type ReadFrom = Partial<Omit<SecretSources, 'folder'>>;

type Env = SecretSources['env'];
type Places = NotifyDocument['places'];

const TIMEOUT_MS = 30_000;

/**
 * What the configuration says of telling people: the sections of `notify` put through their schemas, and the channels with
 * their secrets. null where it says nothing. The environment and folder are the process's own outside tests.
 */
export async function readNotify(
  { notify, policyFile, addresses }: Pick<Settings, 'notify' | 'policyFile' | 'addresses'>,
  { cwd = process.cwd(), env = withEnvFile(process.env, cwd).env, isTrial = false }: ReadFrom = {},
): Promise<ReadNotify | null> {
  const urls = notify.url?.reveal().trim().split(/\s+/) ?? [];
  const values = policyFile?.values ?? {};
  if (urls.length === 0 && Object.keys(values).length === 0) return null;
  const places = policyFile === undefined ? {} : placesIn(policyFile);
  const problems: string[] = [];
  const tell = (keys: readonly PropertyKey[], message: string) => problems.push(problemAt(places, keys, message));
  const sections: Record<string, unknown> = {};
  for (const place of Object.keys(places).filter((one) => /(^|\.)__proto__$/.test(one))) {
    tell(place.split('.'), 'is no name; choose another');
  }
  for (const [name, schema] of Object.entries(SECTIONS)) {
    if (values[name] === undefined || values[name] === null) continue;
    const read = schema.safeParse(values[name]);
    if (read.success) sections[name] = read.data;
    else for (const issue of read.error.issues) tellIssue(schema, issue, [name], tell, explainKey);
  }
  const sources = { env, cwd, isTrial, folder: policyFile?.folder ?? cwd };
  const channels = await readChannels(sections.channels, sources, tell);
  problems.push(...(await unknownVariables(Object.keys(asMap(values.channels)), channels, env)));
  const named = addresses === undefined ? {} : { addresses };
  const document = { sections, channels, places, urls: urls.map((url) => new Secret(url)), ...named };
  return { document, problems };
}

function placesIn({ values, at }: PolicyFile): Places {
  const places: Record<string, string> = { '': at([]) };
  const walk = (value: unknown, keys: readonly string[]) => {
    if (keys.length > 0) places[pathText(keys)] = at(keys);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, one] of Object.entries(value)) walk(one, [...keys, key]);
  };
  walk(values, []);
  return places;
}

// What Alertmanager calls it, and what people bring along from there.
const ELSEWHERE: Readonly<Record<string, string>> = {
  receiver: 'channels',
  receivers: 'channels',
  match: 'matchers',
  match_re: 'matchers',
  mute_time_intervals: 'mute',
  active_time_intervals: 'active',
  source_matchers: 'source',
  target_matchers: 'target',
};

function explainKey(key: string, known: readonly string[]): string {
  if (key === 'group_by') return 'stands on a route, and for all alerts as incidents.group_by';
  const word = known.find((one) => one === ELSEWHERE[key]);
  return word === undefined ? unknownKey(key, known) : `unknown setting; did you mean ${word}?`;
}

async function readChannels(given: unknown, sources: SecretSources, tell: Tell): Promise<readonly ChannelEntry[]> {
  const entries: ChannelEntry[] = [];
  const starts = new Map<string, string>();
  for (const [id, value] of Object.entries(asMap(given))) {
    const {
      type = id,
      timeout,
      flood,
      renamed_from: renamedFrom = null,
      ...options
    } = asMap(value) as z.output<typeof SECTIONS.channels>[string] & object;
    const start = channelVariable(id, '');
    const other = starts.get(start);
    if (other !== undefined) tell(['channels', id], `its variables would be those of ${other}; give it another name`);
    starts.set(start, id);
    const shape = await shapeOf(type);
    if (shape === null) {
      const word = nearest(type, CHANNEL_NAMES);
      const fix = word === null ? `use one of ${CHANNEL_NAMES.join(', ')}` : `did you mean ${word}?`;
      const what = type === id ? 'give it a type' : `there is no kind of channel "${type}"`;
      tell(['channels', id, ...(type === id ? [] : ['type'])], `${what}; ${fix}`);
      continue;
    }
    const tellOption: Tell = (keys, message) => tell(['channels', id, ...keys], message);
    const whole = withSecrets(id, shape, options, sources, tellOption);
    if (sources.isTrial) await tellFaults(type, options, tellOption);
    else tellMissing(id, shape, whole, tellOption);
    entries.push({
      ...{ id, type, options: new Secret(JSON.stringify(whole)) },
      renamedFrom,
      timeoutMs: timeout ?? TIMEOUT_MS,
      flood: flood === undefined ? null : { burst: flood.burst, perMinute: flood.per_minute },
    });
  }
  return entries;
}

/** The secrets that a channel needs and that nobody gave, with the ways to give them. */
function tellMissing(id: string, shape: object, options: Readonly<Record<string, unknown>>, tell: Tell): void {
  const { required = [] } = shape as { readonly required?: readonly string[] };
  for (const option of secretOptions(shape)) {
    if (!required.includes(option) || Object.hasOwn(options, option)) continue;
    const variable = channelVariable(id, option);
    tell([option], `is missing: set ${variable} or ${variable}_FILE, or write env:VARIABLE or file:PATH here`);
  }
}

/** The faults of options that have nothing to do with secrets, where there are none; a hub hears them from the channel. */
async function tellFaults(type: string, options: Readonly<Record<string, unknown>>, tell: Tell): Promise<void> {
  const channel = await loadChannel(type);
  const shape = (await shapeOf(type)) ?? {};
  const read = channel === undefined ? undefined : optionsOf(channel).safeParse(options);
  for (const issue of read?.error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys' && channel !== undefined)
      tellIssue(optionsOf(channel), issue, [], tell, explainKey);
    else if (!mayHoldSecret(shape, String(issue.path[0]))) tell(issue.path, issueText(issue));
  }
}

async function shapeOf(type: string): Promise<object | null> {
  const channel = await loadChannel(type);
  return channel === undefined ? null : z.toJSONSchema(optionsOf(channel), { io: 'input', unrepresentable: 'any' });
}

const PREFIX = 'MONITOR_CHANNEL_';

/** Variables that look like a secret of a channel and are none. */
async function unknownVariables(
  ids: readonly string[],
  channels: readonly ChannelEntry[],
  env: Env,
): Promise<string[]> {
  const known: string[] = [];
  for (const { id, type } of channels) {
    const names = secretOptions((await shapeOf(type)) ?? {}).map((option) => channelVariable(id, option));
    known.push(...names.flatMap((name) => [name, `${name}_FILE`]));
  }
  // A channel that could not be read has told so already.
  const unread = ids
    .filter((id) => !channels.some((channel) => channel.id === id))
    .map((id) => channelVariable(id, ''));
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && env[name] !== '' && !known.includes(name))
    .filter((name) => !unread.some((start) => name.startsWith(start)))
    .map((name) => {
      const word = nearest(name, known);
      const fix = word === null ? 'no channel of the configuration has such a secret' : `did you mean ${word}?`;
      return `${name}: unknown setting; ${fix}`;
    });
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
