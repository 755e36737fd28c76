import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type IncomingAlert, LIMITS } from '../../src/core/alert/alert.ts';
import { isObject } from '../../src/core/reading/read.ts';
import type { Parsed } from '../../src/drivers/contract.ts';
import { parseBody } from '../../src/drivers/read.ts';
import { DRIVERS, enabledDrivers } from '../../src/drivers/registry.ts';
import { mutants } from '../support/mutants.ts';
import { ROOT } from '../support/sources.ts';

const FIXTURES = join(ROOT, 'tests/fixtures/drivers');
const CONTEXT = { userAgent: '', receivedAt: Date.UTC(2026, 2, 29, 12, 5) };
const { content } = LIMITS;

/** Two UTF-16 units a character, so that every odd cut goes through one. */
const PAIRS = `x${'😀'.repeat(40_000)}`;
const many = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, value]));
const HUGE: readonly unknown[] = [
  PAIRS,
  'é'.repeat(300_000),
  { [PAIRS]: PAIRS, [`${PAIRS}2`]: 'of a name that is cut to the same' },
  many(5000, 'v'),
  many(300, 'v'.repeat(3000)),
  many(20, many(20, many(20, 1.25))),
  Array.from({ length: 3000 }, (_, at) => `tag${at}:${'v'.repeat(40)}`),
  Array.from({ length: 3000 }, (_, at) => `tag${at}:v`).join(','),
  { deep: [{ text: PAIRS, list: [PAIRS, PAIRS] }] },
];

/** What is wrong with the size of an alert; nothing mostly. */
function excess({ labels, annotations, metrics, ...rest }: IncomingAlert): readonly string[] {
  const found: string[] = [];
  const within = (what: string, size: number, most: number) => {
    if (size > most) found.push(`${what}: ${size} > ${most}`);
  };
  for (const [what, map, most] of [
    ['labels', labels, content.label],
    ['annotations', annotations, content.annotation],
  ] as const) {
    within(`count of ${what}`, Object.keys(map).length, most.count);
    for (const [name, value] of Object.entries(map)) {
      within(`name of ${what}`, name.length, most.name);
      within(`value of ${what}`, value.length, most.value);
    }
  }
  const count = (value: unknown): number =>
    isObject(value) || Array.isArray(value)
      ? Object.values(value).reduce((sum: number, inner) => sum + 1 + count(inner), 0)
      : 0;
  within('count of metrics', count(metrics), content.metric.count);
  within('whole', Buffer.byteLength(JSON.stringify({ labels, annotations, metrics })), content.bytes);
  within('name', rest.name.length, LIMITS.name);
  within('fingerprint', rest.fingerprint.length, LIMITS.fingerprint);
  within('resolution', rest.resolution?.length ?? 0, content.label.value);
  if (!isWellFormed([labels, annotations, metrics, rest])) found.push('half a character');
  return found;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inner]) => name.isWellFormed() && isWellFormed(inner));
}

/** A few real bodies of a vendor that hold alerts. */
function bodiesOf(name: string, parse: (body: unknown) => Parsed | { readonly ok: false }): unknown[] {
  return readdirSync(join(FIXTURES, name))
    .filter((file) => !file.endsWith('.golden.json'))
    .map((file) => JSON.parse(readFileSync(join(FIXTURES, name, file), 'utf8')))
    .map((json) => json.body ?? json)
    .filter((body) => {
      const parsed = parse(body);
      return parsed.ok && parsed.alerts.length > 0;
    })
    .slice(0, 2);
}

const ENABLED = enabledDrivers({ clusterEnabled: true });

describe.each(DRIVERS.map((driver) => driver.name))('%s', (name) => {
  const driver = ENABLED.get(name);
  if (driver === undefined) throw new Error(`${name} is not enabled`);
  const parse = (value: unknown) => parseBody(driver, { ok: true, value, isForm: false }, CONTEXT);

  test('whatever part of a body is huge, each alert is within its bounds, and its sender is told', () => {
    let cut = 0;
    for (const body of bodiesOf(name, parse)) {
      for (const { path, mutant } of mutants(body, HUGE)) {
        const parsed = parse(mutant);
        if (!parsed.ok) continue;
        for (const alert of parsed.alerts) expect([path, excess(alert)]).toEqual([path, []]);
        if (!parsed.alerts.some(({ doubts }) => doubts?.some(({ kind }) => kind === 'too_large'))) continue;
        cut += 1;
        expect(parsed.remarks?.join('\n')).toMatch(/were (cut|left out)/);
      }
    }
    expect(cut).toBeGreaterThan(0);
  });

  test('what is answered is bounded, too', () => {
    for (const body of bodiesOf(name, parse)) {
      for (const { mutant } of mutants(body, [PAIRS, Array.from({ length: 5000 }, () => 7)])) {
        const parsed = parse(mutant) as Partial<Parsed>;
        const { errors = [], remarks = [] } = parsed;
        expect(errors.length).toBeLessThanOrEqual(1000);
        expect(Math.max(0, ...errors.map((error) => error.message.length + error.path.length))).toBeLessThan(1100);
        expect(Math.max(0, ...remarks.map((text) => text.length))).toBeLessThanOrEqual(500);
      }
    }
  });
});
