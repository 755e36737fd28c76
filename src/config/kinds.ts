import * as z from 'zod';
import { TIME_UNITS } from '../core/figures.ts';
import { Secret } from '../lib/crypto/secret.ts';
import { isNetwork } from '../lib/net/guard.ts';

/** What values a setting may have and how they are written. */
export interface Kind<T> {
  /** Shape of the value in monitor.yaml; its output is the setting's value, its message completes "<name> …". */
  readonly schema: z.ZodType<T>;
  /** The YAML value that an environment variable's text stands for. Unreadable text stays text: the schema then says what is wrong. */
  readonly fromText: (text: string) => unknown;
  /** Set for files and folders: a relative one counts from where it was written. */
  readonly isPath?: true;
  /** What a number counts, where it was written with a unit. */
  readonly unit?: 'ms' | 'bytes';
}

/** The id and the secret of one instance's key, written `<id>.<secret>`. */
export interface ClusterKey {
  readonly id: string;
  readonly secret: Secret;
}

/** Shortest secret that is accepted, in bytes. */
const SECRET_BYTES = 16;

/** Schemas are made when the first value asks for one: most settings of a run are defaults, and start-up counts. */
function kind<T>(make: () => z.ZodType<T>, fromText: (text: string) => unknown, isPath?: true): Kind<T> {
  let made: z.ZodType<T> | undefined;
  const rest = { fromText, ...(isPath && { isPath }) };
  return {
    get schema() {
      made ??= make();
      return made;
    },
    ...rest,
  };
}

const same = (text: string): unknown => text;
const split = (words: string): unknown =>
  words
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
const asNumber = (text: string): unknown => (/^-?\d+$/.test(text) ? Number(text) : text);

/** Networks such as `10.0.0.0/8` or `fd00::/8`, or single addresses; the environment separates them by commas. */
export function networks(): Kind<readonly string[]> {
  const error = 'must be a list of networks such as 10.0.0.0/8 or fd00::/8';
  const network = () => z.string({ error }).refine(isNetwork, { error });
  return kind(() => z.array(network(), { error }), split);
}

/** Programs by their absolute paths; the environment separates them by commas. */
export function programs(): Kind<readonly string[]> {
  const error = 'must be a list of absolute paths of programs';
  return kind(() => z.array(z.string({ error }).regex(/^\/[^\0]*$/, { error }), { error }), split);
}

/** One line of text of 1 to `max` characters. */
export function text(max: number): Kind<string> {
  const error = `must be text of 1 to ${max} characters, not blank and without control characters`;
  const pattern = /^(?=.*\S)[^\p{Cc}]*$/u;
  return kind(() => z.string({ error }).min(1, { error }).max(max, { error }).regex(pattern, { error }), same);
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): Kind<number> {
  const error = `must be a whole number from ${min} to ${max}`;
  return kind(() => z.int({ error }).min(min, { error }).max(max, { error }), asNumber);
}

/** `true` or `false`; the environment says it with `1` and `0`. */
export function bool(): Kind<boolean> {
  const words: Record<string, boolean> = {
    1: true,
    true: true,
    yes: true,
    on: true,
    0: false,
    false: false,
    no: false,
    off: false,
  };
  const error = 'must be true or false (or 1 or 0)';
  return kind(
    () => z.union([z.boolean(), z.literal([0, 1]).transform((digit) => digit === 1)], { error }),
    (word) => words[word.toLowerCase()] ?? word,
  );
}

/** One of the given words. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T): Kind<T[number]> {
  const error = `must be one of ${words.join(', ')}`;
  return kind(
    () => z.enum(words as readonly string[] as [string, ...string[]], { error }) as z.ZodType<T[number]>,
    same,
  );
}

/** A list of words; the environment separates them by commas. */
export function list(): Kind<readonly string[]> {
  const error = 'must be a list of words';
  return kind(() => z.array(z.string({ error }).min(1, { error }), { error }), split);
}

const SIZES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** A list of some of these words; the environment separates them by commas. */
export function words<const T extends readonly [string, ...string[]]>(known: T): Kind<readonly T[number][]> {
  const error = `must be a list of ${known.join(', ')}`;
  const word = z.enum(known as readonly string[] as [string, ...string[]], { error }) as z.ZodType<T[number]>;
  return kind(() => z.array(word, { error }), split as (text: string) => unknown);
}

/** A time span from `min` to `max` seconds: a number of seconds or a number with `ms`, `s`, `m`, `h` or `d`. In milliseconds inside. */
export function duration(min: number, max: number): Kind<number> {
  const error = `must be a time from ${min} s to ${max} s, such as 60s, 5m or 2h`;
  return withUnit('ms', measured(TIME_UNITS, 's', min * 1000, max * 1000, error));
}

function withUnit(unit: 'ms' | 'bytes', bare: Kind<number>): Kind<number> {
  return Object.defineProperty(bare, 'unit', { value: unit, enumerable: true });
}

/** How long something is kept: a time as in `duration`, from one second to a hundred years, or `forever`, which is 0 inside. */
export function retention(): Kind<number> {
  const error = 'must be a time from 1 s to 36500 d, such as 90d or 365d, or forever';
  const span = measured(TIME_UNITS, 's', 1000, 36_500 * 86_400_000, error);
  const always = () => z.literal(['forever', 0], { error }).transform(() => 0);
  return withUnit(
    'ms',
    kind(() => z.union([always(), span.schema], { error }), asNumber),
  );
}

/** A size from `min` to `max` bytes: a number of bytes or a number with `KiB`, `MiB` or `GiB`. */
export function size(min: number, max: number): Kind<number> {
  return withUnit(
    'bytes',
    measured(SIZES, 'B', min, max, `must be a size from ${min} to ${max} bytes, such as 512KiB or 8MiB`),
  );
}

function measured<U extends Record<string, number>>(
  units: U,
  bare: keyof U & string,
  min: number,
  max: number,
  error: string,
): Kind<number> {
  const pattern = new RegExp(`^(\\d{1,15})(${Object.keys(units).join('|')})?$`);
  const toNumber = (value: string | number) => {
    const [, digits = '', unit = bare] = pattern.exec(String(value)) ?? [];
    return Number(digits) * (units[unit] ?? 1);
  };
  const written = () => z.union([z.int({ error }).min(0, { error }), z.string().regex(pattern, { error })], { error });
  const isWithin = (value: number) => value >= min && value <= max;
  return kind(() => written().transform(toNumber).refine(isWithin, { error }), asNumber);
}

/** Base address of a server, without its last slash. User names and passwords in it are refused. */
export function httpUrl(): Kind<string> {
  const error = 'must be a base address such as https://hub.example.com, without user name, query or fragment';
  const webhook = 'must be the base address of the hub alone: leave out /alerts/webhook/…';
  const schema = () =>
    z
      .string({ error })
      .refine((address) => isBaseUrl(address), { error, abort: true })
      .refine((address) => !address.includes('/alerts/webhook'), { error: webhook })
      .transform((address) => address.replace(/\/+$/, ''));
  return kind(schema, same);
}

/** Base addresses of servers that stand for each other; the environment separates them by commas. */
export function httpUrls(): Kind<readonly string[]> {
  const error = 'must be a list of base addresses such as https://hub.example.com';
  return kind(() => z.array(httpUrl().schema, { error }).min(1, { error }), split);
}

function isBaseUrl(address: string): boolean {
  if (!/^https?:\/\/[^/]/i.test(address) || /[\s?#]/.test(address)) return false;
  const url = URL.canParse(address) ? new URL(address) : null;
  return url !== null && url.username === '' && url.password === '';
}

/** Address of a proxy; without a scheme it is an HTTP proxy, as other programs read it. */
export function proxyUrl(): Kind<string> {
  const error = 'must be the address of a proxy such as http://proxy.example.com:3128';
  const isProxy = (address: string) => /^https?:\/\/[^/]/i.test(address) && URL.canParse(address);
  const withScheme = (address: string) => (address.includes('://') ? address : `http://${address}`);
  return kind(() => z.string({ error }).refine(isProxy, { error }), withScheme);
}

/** A file or folder. */
export function path(): Kind<string> {
  const error = 'must be the path of a file or folder';
  return kind(() => z.string({ error }).regex(/^[^\0]+$/, { error }), same, true);
}

/** A secret of at least 16 bytes. */
export function secret(): Kind<Secret> {
  const error = `must be a secret of at least ${SECRET_BYTES} bytes; make one with: openssl rand -hex 32`;
  const text = () => z.string({ error }).refine(isStrong, { error });
  return kind(() => text().transform((value) => new Secret(value)), same);
}

/** A password that another program has set: of any length. */
export function password(): Kind<Secret> {
  const error = 'must be a password of 1 to 1024 characters';
  const text = () => z.string({ error }).min(1, { error }).max(1024, { error });
  return kind(() => text().transform((value) => new Secret(value)), same);
}

/** Address of a PostgreSQL database, a secret because it holds a password. */
export function databaseUrl(): Kind<Secret> {
  const error =
    'must be an address such as postgres://user:password@host/database; leave it out for the embedded SQLite';
  const isPostgres = (address: string) => /^postgres(ql)?:\/\/./.test(address) && URL.canParse(address);
  const text = () => z.string({ error }).refine(isPostgres, { error });
  return kind(() => text().transform((value) => new Secret(value)), same);
}

/** An address that is asked as it is, a secret because whoever knows it may ask it, too. */
export function secretUrl(): Kind<Secret> {
  const error = 'must be an address such as https://hc.example.com/ping/…, with http or https';
  const text = () =>
    z.string({ error }).refine((address) => /^https?:\/\/./.test(address) && URL.canParse(address), { error });
  return kind(() => text().transform((value) => new Secret(value)), same);
}

/** Addresses of channels, separated by blanks; a secret, for those of chat webhooks are. */
export function channelUrls(): Kind<Secret> {
  const error = 'must be one or more addresses such as slack://…, https://… or mailto:…, separated by blanks';
  const isList = (addresses: string) =>
    addresses
      .trim()
      .split(/\s+/)
      .every((one) => /^[a-z][a-z0-9+]*:./i.test(one));
  const text = () => z.string({ error }).refine(isList, { error });
  return kind(() => text().transform((value) => new Secret(value)), same);
}

/** An instance's own key as `monitor keys create` prints it: `<id>.<secret>`. */
export function clusterKey(): Kind<ClusterKey> {
  const error = `must be <id>.<secret> as printed by monitor keys create, with a secret of at least ${SECRET_BYTES} bytes`;
  const idOf = (value: string) => value.slice(0, value.indexOf('.'));
  const secretOf = (value: string) => value.slice(value.indexOf('.') + 1);
  const isKey = (value: string) => /^[\w-]+\../.test(value) && isStrong(secretOf(value));
  const text = () => z.string({ error }).refine(isKey, { error });
  return kind(() => text().transform((value) => ({ id: idOf(value), secret: new Secret(secretOf(value)) })), same);
}

/** One key of 32 bytes in base64 or hex, or up to `most` of them, separated by blanks. */
export function encryptionKeys(most: number): Kind<Secret> {
  const one = 'must be 32 bytes in base64 or hex, as made by: openssl rand -base64 32';
  const error = most === 1 ? one : `must be at most ${most} keys separated by blanks; each ${one}`;
  const areKeys = (value: string) => {
    const keys = value.trim().split(/\s+/);
    return keys.length <= most && keys.every((key) => keyBytes(key) !== null);
  };
  const text = () => z.string({ error }).refine(areKeys, { error });
  return kind(() => text().transform((value) => new Secret(value.trim())), same);
}

/** The 32 bytes of a key in base64, base64url or hex; null for another text. */
export function keyBytes(text: string): Buffer | null {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : null;
}

function isStrong(value: string): boolean {
  return Buffer.byteLength(value) >= SECRET_BYTES && value.trim() !== '';
}
