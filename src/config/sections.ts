import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../core/reading/read.ts';
import { Secret } from '../lib/crypto/secret.ts';
import { SECTION_NAMES } from './endpoints/names.ts';
import type { ExplainedSettings } from './load.ts';
import { PEER_SECTIONS } from './peers/names.ts';
import { yamlPath } from './rows.ts';
import type { Settings } from './settings.ts';

/** A key of something that has changed. What may hold a secret has no values here. */
export interface FieldChange {
  /** Below the thing itself: `client.timeout`; '' for the whole of it. */
  readonly path: string;
  /** Both, or neither; null where the key is not there. */
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Something of monitor.yaml that stands in two configurations differently, or in one alone. */
export interface SectionChange {
  /** Where it stands: `endpoints`, `checkers`, `notify.channels`, or a setting with a secret. */
  readonly section: string;
  /** Which one of it: `core/web`; '' where there is only one. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of what has changed. */
  readonly fields: readonly FieldChange[];
}

/** Keys of monitor.yaml that are no settings of the table, and count from the next start alone. */
export const FROM_NEXT_START = ['checkers', 'drivers', 'sources'] as const;

/** The same, and the lists that count from the next start. */
export const WAITING: readonly string[] = [...FROM_NEXT_START, 'peers', 'rules'];

/** Keys of monitor.yaml that are no settings of the table: what others read. Routes are compared as a tree. */
export function sectionsOf(
  settings: Pick<
    Settings,
    (typeof FROM_NEXT_START)[number] | 'policyFile' | 'endpointsFile' | 'rulesFile' | 'peersFile'
  >,
): ReadonlyMap<string, unknown> {
  const { routes: _, ...notify } = settings.policyFile?.values ?? {};
  const written = settings.endpointsFile?.values ?? {};
  return new Map([
    ...FROM_NEXT_START.map((name) => [name, settings[name]] as const),
    ...Object.values(SECTION_NAMES).map(([name, ...others]) => {
      const lists = [name, ...others].map((one) => written[one]).filter((list) => list !== undefined);
      return [name, lists.length > 1 ? lists.flat() : lists[0]] as const;
    }),
    ['rules', settings.rulesFile?.values ?? undefined] as const,
    ...PEER_SECTIONS.map((name) => [name, settings.peersFile?.values[name]] as const),
    ...Object.entries(notify).map(([name, value]) => [`notify.${name}`, value] as const),
  ]);
}

/**
 * What differs beside the settings that are shown with their values: what stands in sections, and secrets that are others
 * now. In the order of the sections, and in each of the one that is written later.
 */
export function diffSections(before: ExplainedSettings, after: ExplainedSettings): readonly SectionChange[] {
  const [was, is] = [sectionsOf(before.settings), sectionsOf(after.settings)];
  const names = [...new Set([...is.keys(), ...was.keys()])];
  return [...otherSecrets(before, after), ...names.flatMap((name) => diffSection(name, was.get(name), is.get(name)))];
}

/** Secrets of the table that are set in both, and are not the same. */
function otherSecrets(before: ExplainedSettings, after: ExplainedSettings): SectionChange[] {
  const known = new Map(before.explained.map(({ setting, value }) => [setting.env, value]));
  return after.explained.flatMap(({ setting, value }) => {
    const old = known.get(setting.env);
    if (!setting.secret || old === undefined || value === undefined) return [];
    if (isDeepStrictEqual(revealed(old), revealed(value))) return [];
    return [{ section: yamlPath(setting) ?? setting.env, name: '', change: 'changed' as const, fields: [] }];
  });
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(revealed);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revealed(one)])) : value;
}

function diffSection(section: string, before: unknown, after: unknown): SectionChange[] {
  if (isSingle(before) && isSingle(after)) {
    const [found] = diffFields([section], before, after);
    return found === undefined ? [] : [{ section, name: '', change: 'changed', fields: [{ ...found, path: '' }] }];
  }
  const [was, is] = [thingsIn(before), thingsIn(after)];
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((name): SectionChange[] => {
    const [old, now] = [was.get(name), is.get(name)];
    if (!was.has(name)) return [{ section, name, change: 'added', fields: [] }];
    if (!is.has(name)) return [{ section, name, change: 'removed', fields: [] }];
    const fields = diffFields([], old, now);
    return fields.length === 0 ? [] : [{ section, name, change: 'changed', fields }];
  });
}

function isSingle(value: unknown): boolean {
  return value === undefined || value === null || typeof value !== 'object';
}

/** What a section consists of by name; a value alone, or one in the wrong form, under ''. */
function thingsIn(value: unknown): ReadonlyMap<string, unknown> {
  if (value === undefined || value === null) return new Map();
  if (isObject(value)) return new Map(Object.entries(value));
  if (!Array.isArray(value)) return new Map([['', value]]);
  const found = new Map<string, unknown>();
  for (const [index, one] of value.entries()) {
    const name = nameOf(one) ?? `#${index + 1}`;
    found.set(found.has(name) ? `${name} (#${index + 1})` : name, one);
  }
  return found;
}

function nameOf(thing: unknown): string | null {
  if (typeof thing === 'string') return thing;
  if (!isObject(thing)) return null;
  const { id, name, group } = thing;
  if (typeof name !== 'string') return typeof id === 'string' ? id : null;
  return typeof group === 'string' && group !== '' ? `${group}/${name}` : name;
}

function diffFields(path: readonly string[], before: unknown, after: unknown): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    return keys.flatMap((key) => diffFields([...path, key], before[key], after[key]));
  }
  const [from, to] = [before ?? null, after ?? null];
  const isShown = isOpen(path, from) && isOpen(path, to);
  return [{ path: path.join('.'), ...(isShown && { from, to }) }];
}

// Keys whose texts hold no secret, wherever they stand; texts under all others may.
const OPEN =
  /^(interval|timeout|grace|period|schedule|cron|tz|zone|max_run|stale_after|retries|strategy|region|regions|monitored_by|depends_on|group|type|severity|flood|send_on|renamed_from|at|from|to|for|after|until|group_wait|group_interval|repeat_interval|give_up_after|max_[a-z_]+|min_[a-z_]+|warning|critical)$/;

// Whatever stands under these may be one, numbers too.
const CLOSED = /token|secret|pass|key|auth|header|body|user/i;

/** Whether a value may be shown: a number, yes or no, or a text under a key that holds no secret. */
function isOpen(path: readonly string[], value: unknown): boolean {
  if (path.some((key) => CLOSED.test(key))) return value === null;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return true;
  const isNamed = OPEN.test(path.at(-1)?.replace(/^.*\./, '').replaceAll('-', '_') ?? '');
  const texts = Array.isArray(value) ? value : [value];
  return isNamed && texts.every((one) => ['string', 'number', 'boolean'].includes(typeof one));
}
