import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/lib/clock.ts';
import { type Outcome, postponed, refusal } from '../../../../src/web/webhook/outcome.ts';
import { outcomeListener } from '../../../../src/web/webhook/outcome-log.ts';

const COUNTS = { alertsCreated: 1, alertsUpdated: 0, alertsResolved: 0, incidentsCreated: 1, incidentsUpdated: 0 };
const accepted = (remarks?: readonly string[]): Outcome => ({
  outcome: 'accepted',
  answer: { outcome: 'committed', counts: COUNTS, errors: [], remarks },
});

test.each<[string, Outcome, boolean, readonly unknown[]]>([
  ['a body that is taken', accepted(), true, [['accepted', 'zabbix', 7, []]]],
  ['one with a remark', accepted(['a test']), true, [['accepted', 'zabbix', 7, ['a test']]]],
  [
    'one that is refused',
    refusal('unreadable', 'no alerts'),
    true,
    [
      ['refused', 'zabbix', 7, 'no alerts'],
      ['alert', 'zabbix', 'no alerts'],
      ['warn', 'no alerts'],
    ],
  ],
  [
    'one of a stranger that is refused',
    refusal('too_large', 'too large'),
    false,
    [
      ['refused', 'zabbix', 7, 'too large'],
      ['warn', 'too large'],
    ],
  ],
  ['one too many', postponed('too many', 3, 'rate_limited'), true, [['refused', 'zabbix', 7, 'too many']]],
  ['one that the hub could not store', postponed('the store is away'), true, []],
  [
    'one without the secret',
    refusal('forbidden', 'no secret'),
    true,
    [
      ['refused', 'zabbix', 7, 'no secret'],
      ['warn', 'no secret'],
    ],
  ],
])('is noted with its source: %s', (_, outcome, isProven, expected) => {
  const noted: unknown[] = [];
  const sources = {
    accepted: (...args: unknown[]) => void noted.push(['accepted', ...args]),
    refused: (...args: unknown[]) => void noted.push(['refused', ...args]),
  };
  const warn = ({ reason }: { reason: string }) => void noted.push(['warn', reason]);
  const alert = (source: string, reason: string) => void noted.push(['alert', source, reason]);
  const listen = outcomeListener({
    sourceLog: sources,
    alert,
    clock: systemClock,
    logger: { warn: warn as never, debug: () => {} },
  });
  listen({ source: 'zabbix', isProven, receivedAt: 7, address: '192.0.2.1', outcome });
  expect(noted).toEqual(expected);
});

test('who is locked out is told a few times an address', () => {
  let warned = 0;
  const warn = () => {
    warned += 1;
  };
  const sources = { accepted: () => {}, refused: () => {} };
  const listen = outcomeListener({
    sourceLog: sources,
    alert: () => {},
    clock: { ...systemClock, now: () => 0 },
    logger: { warn, debug: () => {} },
  });
  for (let turn = 0; turn < 10; turn += 1)
    for (const address of ['192.0.2.1', '192.0.2.2'])
      listen({ source: 'zabbix', isProven: false, receivedAt: 0, address, outcome: refusal('forbidden', 'no secret') });
  expect(warned).toBe(6);
});
