import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LIMITS, SEVERITIES } from '../../src/core/alert/alert.ts';
import { isObject } from '../../src/core/reading/read.ts';
import type { Driver, Parsed, RawRequest } from '../../src/drivers/contract.ts';
import { DRIVERS, enabledDrivers } from '../../src/drivers/registry.ts';
import { Secret } from '../../src/lib/crypto/secret.ts';
import { mutants } from '../support/mutants.ts';
import fc from '../support/property.ts';
import { ROOT } from '../support/sources.ts';

const FIXTURES = join(ROOT, 'tests/fixtures/drivers');
const CANARY = 'canary-7b1f0c-must-not-appear';
const ARRIVAL = Date.UTC(2026, 2, 29, 12, 5);

/** A body as a vendor sends it, and what its driver makes of it; times of alerts are written as ISO text. */
interface Case {
  readonly about: string;
  readonly body: unknown;
  readonly userAgent?: string;
  readonly sentAt?: string;
  readonly expect: Readonly<Record<string, unknown>>;
}

interface Named {
  readonly driver: string;
  readonly file: string;
  readonly given: Case;
}

/**
 * A file is a case, or a body as its vendor sends it: then `<name>.golden.json` beside it, which
 * `driver-fixtures.test.ts` compares whole, tells only whether it can be read at all.
 */
function caseOf(path: string): Case {
  const json = JSON.parse(readFileSync(path, 'utf8'));
  const golden = path.replace(/\.json$/, '.golden.json');
  if (!existsSync(golden)) return json;
  const { message } = JSON.parse(readFileSync(golden, 'utf8'));
  return { about: 'a body of its vendor', body: json, expect: message === undefined ? {} : { message } };
}

const CASES: readonly Named[] = readdirSync(FIXTURES).flatMap((driver) =>
  readdirSync(join(FIXTURES, driver))
    .filter((file) => !file.endsWith('.golden.json'))
    .map((file) => ({ driver, file, given: caseOf(join(FIXTURES, driver, file)) })),
);
const casesOf = (driver: Driver) => CASES.filter((one) => one.driver === driver.name);

function parse(driver: Driver, body: unknown, { userAgent = '', sentAt }: Partial<Case> = {}) {
  return driver.parse(body, { userAgent, receivedAt: ARRIVAL, ...(sentAt && { sentAt: Date.parse(sentAt) }) });
}

const TIMES = ['startedAt', 'endedAt', 'observedAt', 'at'];

/** The same with times as ISO text. */
function readable(value: unknown): unknown {
  const iso = (key: string, inner: unknown) =>
    TIMES.includes(key) && typeof inner === 'number' ? new Date(inner).toISOString() : inner;
  return JSON.parse(JSON.stringify(value, iso));
}

test('the list holds every driver of the folder, and only those', () => {
  const names = DRIVERS.map((driver) => driver.name);
  const files = readdirSync(join(ROOT, 'src/drivers')).map((file) => file.replace(/\.ts$/, ''));
  const isFrame = (file: string) => ['contract', 'registry', 'list', 'read'].includes(file);
  // A driver may have its signature, or another part of it, in a folder of its own name.
  expect([...new Set(files.filter((file) => !isFrame(file)))].toSorted()).toEqual(names.toSorted());
});

test('every driver has fixtures, and every fixture belongs to a driver', () => {
  expect(readdirSync(FIXTURES).toSorted()).toEqual(DRIVERS.map((driver) => driver.name).toSorted());
});

test('pushes of instances are taken only where they are wanted', () => {
  expect(enabledDrivers({ clusterEnabled: false }).has('cluster')).toBe(false);
  expect([...enabledDrivers({ clusterEnabled: true }).keys()].toSorted()).toEqual(
    DRIVERS.map((driver) => driver.name).toSorted(),
  );
});

test.each(CASES.map((one) => [`${one.driver}/${one.file}`, one] as const))(
  '%s is claimed by its own driver and no other',
  (_, { driver, given }) => {
    expect(DRIVERS.filter((one) => one.claims(given.body)).map((one) => one.name)).toEqual([driver]);
  },
);

/** What must hold of all that a driver reads, whatever it was given. In plain code, for it is asked a hundred thousand times. */
function isWellFormed(parsed: Parsed): void {
  const wrong = isJson(parsed) ? [] : ['holds what JSON cannot carry'];
  for (const alert of parsed.alerts) wrong.push(...wrongWith(alert).map((what) => `${what}: ${JSON.stringify(alert)}`));
  expect(wrong).toEqual([]);
}

function wrongWith(alert: Parsed['alerts'][number]): string[] {
  const { fingerprint, name, status, severity, labels, annotations, groupKey, startedAt, endedAt, observedAt } = alert;
  const isOf = (text: string, length: number) => typeof text === 'string' && text !== '' && text.length <= length;
  const texts = [...Object.values(labels), ...Object.values(annotations)];
  const rules: Record<string, boolean> = {
    fingerprint: isOf(fingerprint, LIMITS.fingerprint),
    name: isOf(name, LIMITS.name),
    groupKey: isOf(groupKey, Number.POSITIVE_INFINITY),
    status: status === 'firing' || status === 'resolved',
    severity: SEVERITIES.includes(severity),
    texts: texts.every((text) => typeof text === 'string'),
    times: [startedAt, observedAt, endedAt ?? 1].every((time) => Number.isSafeInteger(time) && time > 0),
    observedAt: observedAt <= ARRIVAL,
    endedAt: (endedAt === null) === (status === 'firing'),
  };
  return Object.keys(rules).filter((rule) => !rules[rule]);
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean';
  return value === null || Object.values(value).every(isJson);
}

describe.each(DRIVERS.map((driver) => [driver.name, driver] as const))('%s', (_, driver) => {
  test('describes itself in a line, and by a name that a route can hold', () => {
    expect(driver.name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(driver.summary).toMatch(/^[A-Z][^\n]{10,120}$/);
  });

  test.each(casesOf(driver).map((one) => [`${one.file}: ${one.given.about}`, one.given] as const))(
    'reads %s',
    (_, given) => {
      const parsed = parse(driver, given.body, given);
      expect(readable(parsed)).toMatchObject(given.expect);
      expect(parsed.ok).toBe(given.expect.message === undefined);
      if (parsed.ok) isWellFormed(parsed);
    },
  );

  test('the same body reads the same twice: fingerprints do not depend on when it came', () => {
    for (const { given } of casesOf(driver)) {
      const [first, second] = [parse(driver, given.body), parse(driver, given.body)];
      expect(second).toEqual(first);
      const later = driver.parse(given.body, { userAgent: '', receivedAt: ARRIVAL + 3_600_000 });
      const prints = (parsed: typeof first) => (parsed.ok ? parsed.alerts.map((alert) => alert.fingerprint) : []);
      expect(prints(later)).toEqual(prints(first));
    }
  });

  test('keeps what stands once in a body within bounds, however many alerts get it', () => {
    const grown: string[] = [];
    for (const { file, given } of casesOf(driver)) {
      const { body } = given;
      if (!isObject(body) || !Array.isArray(body.alerts)) continue;
      const many = Array.from({ length: 200 }, () => body.alerts)
        .flat()
        .slice(0, 200);
      for (const { path, mutant } of mutants({ ...body, alerts: [] }, ['x'.repeat(500_000)])) {
        const whole = { ...(mutant as object), ...(path !== '.alerts' && { alerts: many }) };
        const kept = parse(driver, whole, given);
        if (textSize(kept) > 4 * textSize(whole)) grown.push(`${file}${path}: ${textSize(kept)} characters`);
      }
    }
    expect(grown).toEqual([]);
  });

  test('throws at no JSON, and names what is wrong with it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        driver.claims(body);
        const parsed = parse(driver, body);
        if (parsed.ok) isWellFormed(parsed);
        else expect(parsed.message).toMatch(/^\S.*$/);
      }),
    );
  });

  test('throws at no fixture in which anything is another type, and what is left is well-formed', () => {
    for (const { given } of casesOf(driver)) {
      for (const body of distorted(given.body)) {
        driver.claims(body);
        const parsed = parse(driver, body, given);
        if (parsed.ok) isWellFormed(parsed);
        else for (const error of parsed.errors) expect(error.message).toMatch(/^\S.*$/);
      }
    }
  });

  test('tells no secret to whom it refuses', () => {
    const body = Buffer.from(JSON.stringify(casesOf(driver)[0]?.given.body));
    const { signature } = driver;
    if (signature === undefined) return;
    const verify = (headers: RawRequest['headers']) =>
      signature.verify(
        { method: 'POST', path: `/alerts/webhook/${driver.name}/`, headers, body, receivedAt: ARRIVAL },
        [new Secret(CANARY)],
        { requireV2: false },
      );
    for (const value of ['', 'x', 'a'.repeat(64), `sha256=${'0'.repeat(64)}`, `v1=${'0'.repeat(64)}`]) {
      const headers = Object.fromEntries(['', '-v2'].map((end) => [`x-${driver.name}-signature${end}`, value]));
      for (const answer of [verify({}), verify(headers)]) {
        expect(answer.ok).toBe(false);
        expect(JSON.stringify(answer)).not.toContain(CANARY);
      }
    }
  });
});

/** How many characters the texts of a JSON value hold together. */
function textSize(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + textSize(inner), 0);
}

const WRONG: readonly unknown[] = [null, true, 0, -1, 1e300, '', '\u0000', [], [[]], {}, { a: { b: [null] } }];

/** The body with each of its parts, one at a time, replaced by something else or left out. */
function* distorted(body: unknown): Generator<unknown> {
  yield* WRONG;
  if (typeof body !== 'object' || body === null) return;
  for (const key of Object.keys(body)) {
    const inner = (body as Record<string, unknown>)[key];
    const replaced = (value: unknown) =>
      Array.isArray(body) ? body.with(Number(key), value) : { ...body, [key]: value };
    for (const value of distorted(inner)) yield replaced(value);
    const { [key]: _, ...rest } = body as Record<string, unknown>;
    yield Array.isArray(body) ? body.toSpliced(Number(key), 1) : rest;
  }
}
