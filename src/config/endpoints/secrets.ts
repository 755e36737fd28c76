import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isObject } from '../../core/reading/read.ts';
import { Secret } from '../../lib/crypto/secret.ts';
import type { Tell } from '../issues.ts';

/** Where secrets may stand beside the configuration file. */
export interface SecretPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths count from. */
  readonly folder: string;
}

const SHORTEST = 16;

/** The text that `env:NAME` (or `NAME_FILE`) or `file:PATH` points to, any other text as it is; null when it cannot be had, which is told. */
export function dereferenced(
  text: string,
  { env, folder }: SecretPlaces,
  tell: (message: string) => void,
): string | null {
  const [, kind, target = ''] = /^(env|file):(.+)$/s.exec(text.trim()) ?? [];
  if (kind === undefined) return text;
  if (kind === 'env') {
    const found = env[target];
    const inFile = env[`${target}_FILE`];
    if (!found && !inFile) tell(`the environment variable ${target} is not set, and no ${target}_FILE`);
    if (found || !inFile) return found || null;
    return readText(inFile, tell);
  }
  return readText(resolve(folder, target), tell);
}

function readText(path: string, tell: (message: string) => void): string | null {
  try {
    return readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
  } catch (error) {
    tell(`cannot read ${path}: ${(error as Error).message}`);
    return null;
  }
}

/** A token by which somebody is known, of 16 bytes at least; an empty one where it cannot be had, which is told. */
export function tokenOf(text: string, places: SecretPlaces, tell: (message: string) => void): Secret {
  const token = dereferenced(text, places, tell) ?? '';
  const isRead = token !== '' || text === '';
  if (isRead && (Buffer.byteLength(token) < SHORTEST || !/^[\x21-\x7e]+$/.test(token))) {
    tell(`must be a secret of at least ${SHORTEST} bytes without blanks; make one with: openssl rand -hex 32`);
  }
  return new Secret(token);
}

/** Options of a protocol with the secrets in place, and with the paths of files made absolute. */
export function withSecretsInPlace(
  options: Readonly<Record<string, unknown>>,
  places: SecretPlaces,
  keys: readonly PropertyKey[],
  tell: Tell,
): Readonly<Record<string, unknown>> {
  const walk = (value: unknown, path: readonly PropertyKey[]): unknown => {
    if (typeof value === 'string') {
      if (String(path.at(-1)).endsWith('_file')) return value === '' ? value : resolve(places.folder, value);
      return dereferenced(value, places, (message) => tell([...keys, ...path], message)) ?? '';
    }
    if (Array.isArray(value)) return value.map((one, index) => walk(one, [...path, index]));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one, [...path, key])]));
  };
  return walk(options, []) as Readonly<Record<string, unknown>>;
}
