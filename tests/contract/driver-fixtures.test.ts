import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/core/alert/alert.ts';
import type { Parsed, RawRequest, Unreadable } from '../../src/drivers/contract.ts';
import { DRIVERS } from '../../src/drivers/registry.ts';
import { Secret } from '../../src/lib/crypto/secret.ts';
import { statesOf, UNKNOWN_WORD } from '../support/driver-rules.ts';
import { GOLDEN_ARRIVAL, goldenOf, payloadsOf } from '../support/golden.ts';
import { BROKEN, mutants } from '../support/mutants.ts';

const CANARY = 'canary-5e0d12-must-not-appear';
const PAYLOADS = DRIVERS.flatMap((driver) => payloadsOf(driver.name));
/** The others have cases instead (`drivers.test.ts`, which also sees that none has nothing). */
const OUTSIDE = DRIVERS.filter((driver) => payloadsOf(driver.name).length > 0);

describe('the matrix of payloads and drivers', () => {
  test.each(PAYLOADS.map((payload) => [payload.path, payload] as const))(
    '%s is claimed by its driver alone',
    (_, one) => {
      expect(DRIVERS.filter((driver) => driver.claims(one.body)).map((driver) => driver.name)).toEqual([one.driver]);
    },
  );

  test.each(PAYLOADS.map((payload) => [payload.path, payload] as const))(
    '%s is claimed by no driver but cluster once it says that it is a push',
    (_, { body }) => {
      if (typeof body !== 'object' || Array.isArray(body)) return;
      const push = { ...body, source: 'cluster' };
      expect(DRIVERS.filter((driver) => driver.claims(push)).map((driver) => driver.name)).toEqual(['cluster']);
    },
  );
});

describe.each(OUTSIDE.map((driver) => [driver.name, driver] as const))('%s', (name, driver) => {
  const payloads = payloadsOf(name);
  const read = (body: unknown) => driver.parse(body, { userAgent: '', receivedAt: GOLDEN_ARRIVAL });

  test.each(payloads.map((payload) => [payload.path, payload] as const))('%s becomes its golden file', (_, payload) => {
    expect(payload.golden).toBeDefined();
    expect(JSON.parse(JSON.stringify(goldenOf(driver, payload.body)))).toEqual(payload.golden);
  });

  test.each(payloads.map((payload) => [payload.path, payload] as const))(
    '%s with any field removed, null, of a wrong type, huge or a macro: nothing is thrown, nothing is closed by it',
    (_, { body }) => {
      const whole = read(body);
      const wrong: string[] = [];
      for (const { path, mutant } of mutants(body, BROKEN)) {
        driver.claims(mutant);
        const parsed = read(mutant);
        const faults = [...faultsOf(parsed), ...closedBy(whole, parsed).map((alert) => `closes ${alert}`)];
        wrong.push(...faults.map((fault) => `${path}: ${fault}`));
      }
      expect(wrong).toEqual([]);
    },
  );

  test.each(payloads.map((payload) => [payload.path, payload] as const))(
    '%s with a word in any field that every object has as a property: it is as unknown as any other',
    (_, { body }) => {
      const unknown = [...mutants(body, [UNKNOWN_WORD])].map(({ mutant }) => outcome(read(mutant)));
      for (const word of ['constructor', '__proto__', 'toString', 'valueOf']) {
        const known = [...mutants(body, [word])].flatMap(({ path, mutant }, index) => {
          const came = outcome(read(mutant));
          return came === unknown[index] ? [] : [`${path}: ${came}, not ${unknown[index]}`];
        });
        expect([word, known]).toEqual([word, []]);
      }
    },
  );

  test('tells neither its secret nor a body in what it answers', () => {
    const tell = (answer: unknown) => expect(JSON.stringify(answer)).not.toContain(CANARY);
    for (const body of [CANARY, [CANARY], { [CANARY]: CANARY }, { secret: CANARY, password: CANARY, token: CANARY }]) {
      tell(read(body));
    }
    const { signature } = driver;
    if (signature === undefined) return;
    const request = (value: string): RawRequest => ({
      ...{ method: 'POST', path: `/alerts/webhook/${name}/`, body: Buffer.from('{}'), receivedAt: GOLDEN_ARRIVAL },
      headers: new Proxy({}, { get: (_, header) => (header === 'toJSON' ? undefined : value) }),
    });
    for (const value of ['', 'x', `v1=${'0'.repeat(64)}`, '0'.repeat(64), `sha256=${'f'.repeat(63)}`]) {
      const answer = signature.verify(request(value), [new Secret(CANARY)], { requireV2: false });
      expect(answer.ok).toBe(false);
      tell(answer);
    }
  });
});

/** What breaks the bounds, in plain code: it is asked a hundred thousand times. */
function faultsOf(parsed: Parsed | Unreadable): string[] {
  const said = parsed.errors.map((error) => error.message);
  if (!parsed.ok) said.push(parsed.message);
  else said.push(...(parsed.remarks ?? []));
  const faults = said.filter((text) => !/^\S[^\n]{3,400}$/.test(text)).map((text) => `says "${text.slice(0, 500)}"`);
  if (!parsed.ok) return faults;
  for (const { fingerprint, at, message } of parsed.notes ?? []) {
    if (!isIdentity(fingerprint) || at > GOLDEN_ARRIVAL || message === '') faults.push('a note out of bounds');
  }
  for (const { fingerprint, name, groupKey, observedAt, startedAt } of parsed.alerts) {
    if (!isIdentity(fingerprint)) faults.push('the fingerprint');
    if (name.length < 1 || name.length > LIMITS.name) faults.push('the name');
    if (groupKey === '') faults.push('the group key');
    if (!(observedAt <= GOLDEN_ARRIVAL && startedAt > 0)) faults.push('a time');
  }
  return faults;
}

function isIdentity(fingerprint: string): boolean {
  return fingerprint.length >= 1 && fingerprint.length <= LIMITS.fingerprint;
}

/** Alerts that are resolved though the body before its change held no such resolve; a test may become what it tests. */
function closedBy(whole: Parsed | Unreadable, parsed: Parsed | Unreadable): string[] {
  if (whole.ok && whole.alerts.length === 0 && !whole.notes?.length) return [];
  const resolved = (one: Parsed | Unreadable) =>
    one.ok ? one.alerts.filter(({ status }) => status === 'resolved') : [];
  return resolved(parsed).length > resolved(whole).length ? resolved(parsed).map(({ name }) => name) : [];
}

/** What a body came to, without the texts in it. */
function outcome(parsed: Parsed | Unreadable): string {
  if (!parsed.ok) return `refused, ${parsed.errors.length} errors`;
  const { alerts, notes = [], remarks = [], errors } = parsed;
  const counts = `${alerts.length} alerts, ${remarks.length} remarks, ${errors.length} errors`;
  const others = [...notes.map(({ kind }) => kind), ...alerts.map(({ resolution }) => String(resolution))];
  return [counts, statesOf(parsed), ...others].join('; ');
}
