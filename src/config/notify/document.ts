import type { TermsByAlert } from '../../core/policy/terms.ts';
import type { Secret } from '../../lib/crypto/secret.ts';
import type { PolicySections } from './schema.ts';

/** `notify` of monitor.yaml as it is written, and the way back to its lines. */
export interface PolicyFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** `<path>:<line>` of a key below `notify`, given by its path. */
  at(keys: readonly string[]): string;
  /** Where relative paths count from. */
  readonly folder: string;
}

/** A channel of the configuration: its kind, and its options with the secrets in them. */
export interface ChannelEntry {
  readonly id: string;
  /** Name of the kind: `slack`. */
  readonly type: string;
  /** Its options as JSON; a secret, for secrets are among them. */
  readonly options: Secret;
  readonly timeoutMs: number;
  readonly flood: { readonly burst: number; readonly perMinute: number } | null;
  /** Its name before; null where it always had this one. */
  readonly renamedFrom: string | null;
}

/** What addresses are called in place of their kinds, and where they come from, for people. */
export interface AddressNames {
  /** Of the first of them, in their order. */
  readonly names: readonly string[];
  /** Such as `--notify`. */
  readonly place: string;
}

/** All that the configuration says of telling people, read and bound, with its places; plain but for the secrets. */
export interface NotifyDocument {
  readonly sections: PolicySections;
  readonly channels: readonly ChannelEntry[];
  /** The addresses of MONITOR_NOTIFY_URL; a secret. */
  readonly urls: readonly Secret[];
  /** What the addresses are called, where that is not by their kinds and the variable; left out otherwise. */
  readonly addresses?: AddressNames;
  /** Where each key below `notify` stands, by its path as `pathText` writes it: `routes[0].channels`. */
  readonly places: Readonly<Record<string, string>>;
  /** What alerts say themselves of how they are told; left out for none. */
  readonly terms?: TermsByAlert;
}

/** A path as people read it: `routes[0].channels`. */
export function pathText(keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    const text = String(key);
    if (/^\d+$/.test(text)) return `${path}[${text}]`;
    return path === '' ? text : `${path}.${text}`;
  }, '');
}

/** `<path>:<line>: notify.<keys>`, or the nearest line above it; of what stands in no file, the path alone. */
export function placeOf(places: NotifyDocument['places'], keys: readonly PropertyKey[]): string {
  for (let length = keys.length; length >= 0; length -= 1) {
    const place = places[pathText(keys.slice(0, length))];
    if (place !== undefined) return place;
  }
  return '';
}

/** A problem as configuration tells them: `monitor.yaml:12: notify.routes[0].channels: …`. */
export function problemAt(places: NotifyDocument['places'], keys: readonly PropertyKey[], message: string): string {
  const place = placeOf(places, keys);
  return `${place === '' ? '' : `${place}: `}notify.${pathText(keys)}: ${message}`;
}
