import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type AlertDraft, incomingAlert } from '../../src/core/reading/incoming.ts';
import { isObject } from '../../src/core/reading/read.ts';
import type { Driver } from '../../src/drivers/contract.ts';
import { DRIVERS } from '../../src/drivers/registry.ts';
import { type FixtureBody, lifeFaults, pageFaults, silentWords } from '../support/driver-rules.ts';
import { bodiesOf } from '../support/payloads.ts';
import { ROOT } from '../support/sources.ts';

describe.each(DRIVERS.map((driver) => [driver.name, driver] as const))('%s', (name, driver) => {
  test('has fixtures of one alert that fires and resolves, under one identity', () => {
    expect(lifeFaults(driver, bodiesOf(name))).toEqual([]);
  });

  test('takes no unknown word in silence', () => {
    expect(silentWords(driver, bodiesOf(name))).toEqual([]);
  });

  test('has a page for those who set it up', () => {
    expect(pageFaults(driver, join(ROOT, 'docs'))).toEqual([]);
  });
});

/** A driver of `{door, state}` that does everything right but for what `change` does to its alert. */
function doors(change: (draft: AlertDraft, state: string) => Partial<AlertDraft> = () => ({})): Driver {
  return {
    name: 'doors',
    summary: 'Doors that tell whether they are open',
    schemes: ['bearer'],
    claims: (body) => isObject(body) && 'door' in body,
    parse(body, { receivedAt }) {
      const { door, state } = body as { door: string; state: string };
      const means = { open: 'firing', shut: 'resolved' } as const;
      const draft: AlertDraft = {
        fingerprint: String(door),
        name: 'Door',
        status: {
          word: String(state),
          means: Object.hasOwn(means, state) ? means[state as 'open' | 'shut'] : undefined,
        },
        severity: 'critical',
        labels: { door: String(door) },
        annotations: {},
      };
      const alert = incomingAlert({ ...draft, ...change(draft, String(state)) }, receivedAt);
      return { ok: true, origin: '', alerts: [alert], errors: [] };
    },
  };
}
const OPEN: FixtureBody = ['open.json', { door: 'north', state: 'open' }];
const SHUT: FixtureBody = ['shut.json', { door: 'north', state: 'shut' }];
const NO_PAIR = 'no fixture resolves what another one fires: an alert has one identity from its start to its end';

describe('a driver that is tried against the rules', () => {
  test('passes when it keeps them', () => {
    expect(lifeFaults(doors(), [OPEN, SHUT])).toEqual([]);
    expect(silentWords(doors(), [OPEN, SHUT])).toEqual([]);
  });

  test.each([
    ['no fixture fires', [SHUT], doors()],
    ['no fixture resolves', [OPEN], doors()],
    [NO_PAIR, [OPEN, ['other.json', { door: 'south', state: 'shut' }] as const], doors()],
    [NO_PAIR, [OPEN, SHUT], doors(({ fingerprint }, state) => ({ fingerprint: `${fingerprint}:${state}` }))],
  ] as const)('is told: %s', (fault, fixtures, driver) => {
    expect(lifeFaults(driver, fixtures)).toEqual([fault]);
  });

  test.each([
    ['drops the word', doors((_, state) => ({ status: state === 'shut' ? 'resolved' : 'firing' }))],
    [
      'keeps the word where nobody looks for it',
      doors((_, state) => ({ status: state === 'shut' ? 'resolved' : 'firing', labels: { state } })),
    ],
  ] as const)('is silent when it %s', (_, driver) => {
    expect(silentWords(driver, [OPEN, SHUT])).toEqual(['shut.json.state']);
  });

  test('is told when its page is missing, or does not name its route', () => {
    const docs = mkdtempSync(join(tmpdir(), 'monitor-docs-'));
    try {
      const missing = pageFaults(doors(), docs);
      mkdirSync(join(docs, 'drivers'));
      writeFileSync(join(docs, 'drivers/doors.md'), '# Doors\n');
      expect([...missing, ...pageFaults(doors(), docs)]).toEqual([
        'docs/drivers/doors.md is missing',
        'docs/drivers/doors.md does not name /alerts/webhook/doors/',
      ]);
    } finally {
      rmSync(docs, { recursive: true });
    }
  });
});
