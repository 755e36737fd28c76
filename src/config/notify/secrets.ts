import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isObject } from '../../core/reading/read.ts';

/** Where the secrets of a channel may come from. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths of the file count from. */
  readonly folder: string;
  /** Where relative paths of the environment count from. */
  readonly cwd: string;
  /** Set where nothing is sent: then a secret may be missing, as where a configuration is tested. */
  readonly isTrial?: boolean;
}

interface Shape {
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}
type Tell = (keys: readonly string[], message: string) => void;

/** The environment variable of a secret option of a channel. */
export function channelVariable(channel: string, option: string): string {
  return `MONITOR_CHANNEL_${channel}_${option}`.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}

/**
 * The options of a channel with its secrets in place: from the variable of each, from its `_FILE`, or from where
 * `env:NAME` and `file:PATH` point. What is wrong goes to `tell`, and never holds the secret.
 */
export function withSecrets(
  channel: string,
  shape: object,
  options: Readonly<Record<string, unknown>>,
  sources: SecretSources,
  tell: Tell,
): Readonly<Record<string, unknown>> {
  const properties = (shape as Shape).properties ?? {};
  const named = Object.keys(properties).filter((option) => isSecret(properties[option]));
  const entries = Object.entries(options).map(([option, value]) => {
    const own = named.includes(option) ? fromVariable(channel, option, sources, tell) : undefined;
    if (own !== undefined) tell([option], `is set, and so is ${own.variable}; remove one of them`);
    return [option, resolved(properties[option], value, [option], channelVariable(channel, option), sources, tell)];
  });
  const missing = named.filter((option) => !Object.hasOwn(options, option));
  const given = missing.flatMap((option) => {
    const own = fromVariable(channel, option, sources, tell);
    return own === undefined ? [] : [[option, own.text]];
  });
  return Object.fromEntries([...entries, ...given]);
}

/** The secret options of a channel that stand for one variable each. */
export function secretOptions(shape: object): readonly string[] {
  const properties = (shape as Shape).properties ?? {};
  return Object.keys(properties).filter((option) => isSecret(properties[option]));
}

/** Whether an option is a secret, or has one in it. */
export function mayHoldSecret(shape: object, option: string): boolean {
  return JSON.stringify((shape as Shape).properties?.[option] ?? {}).includes('"secret":true');
}

function isSecret(shape: Shape | undefined): boolean {
  return shape?.secret === true || (shape?.anyOf?.some(isSecret) ?? false);
}

function fromVariable(channel: string, option: string, { env, cwd, isTrial = false }: SecretSources, tell: Tell) {
  if (isTrial) return undefined;
  const variable = channelVariable(channel, option);
  const [text, path] = [env[variable] || undefined, env[`${variable}_FILE`] || undefined];
  if (text !== undefined && path !== undefined) {
    tell([option], `${variable} is set, and so is ${variable}_FILE; remove one of them`);
    return undefined;
  }
  if (text !== undefined) return { variable, text };
  if (path === undefined) return undefined;
  return { variable: `${variable}_FILE`, text: textOf(resolve(cwd, path), [option], `${variable}_FILE: `, tell) };
}

function resolved(
  shape: Shape | undefined,
  value: unknown,
  keys: readonly string[],
  variable: string,
  sources: SecretSources,
  tell: Tell,
): unknown {
  const below = (part: Shape | undefined, key: string, one: unknown) =>
    resolved(part, one, [...keys, key], variable, sources, tell);
  if (typeof value === 'string') return isSecret(shape) ? fromReference(value, keys, variable, sources, tell) : value;
  if (Array.isArray(value)) {
    const list = shape?.items ?? shape?.anyOf?.find(({ items }) => items !== undefined)?.items;
    return value.map((one, index) => below(list, String(index), one));
  }
  if (!isObject(value)) return value;
  const more = typeof shape?.additionalProperties === 'object' ? shape.additionalProperties : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, below(shape?.properties?.[key] ?? more, key, one)]),
  );
}

function fromReference(
  text: string,
  keys: readonly string[],
  variable: string,
  { env, folder, isTrial = false }: SecretSources,
  tell: Tell,
): string {
  const [, kind, target = ''] = /^(env|file):(.+)$/s.exec(text.trim()) ?? [];
  if (kind !== undefined && isTrial) return '';
  if (kind === 'file') return textOf(resolve(folder, target), keys, '', tell);
  if (kind === 'env') {
    const found = env[target];
    if (!found) tell(keys, `the environment variable ${target} is not set`);
    return found ?? '';
  }
  const own = keys.length === 1 ? `set ${variable}, or ` : '';
  tell(keys, `secrets are not allowed in this file: ${own}write env:NAME or file:PATH to say where it is`);
  return '';
}

function textOf(path: string, keys: readonly string[], prefix: string, tell: Tell): string {
  try {
    const text = readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
    if (text === '') tell(keys, `${prefix}${path} is empty`);
    return text;
  } catch (error) {
    tell(keys, `${prefix}cannot read ${path}: ${(error as Error).message}`);
    return '';
  }
}
