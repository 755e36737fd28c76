import { expect, test } from '@jest/globals';
import { outcomeListener } from '../../../src/app/outcomes.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { type Outcome, postponed, refusal } from '../../../src/web/webhook/outcome.ts';

const COUNTS = { alertsCreated: 1, alertsUpdated: 0, alertsResolved: 0, incidentsCreated: 1, incidentsUpdated: 0 };
const accepted = (remarks?: readonly string[]): Outcome => ({
  outcome: 'accepted',
  answer: { outcome: 'committed', counts: COUNTS, errors: [], remarks },
});

test.each<[string, Outcome, readonly unknown[]]>([
  ['a body that is taken', accepted(), [['accepted', 'zabbix', 7, []]]],
  ['one with a remark', accepted(['a test']), [['accepted', 'zabbix', 7, ['a test']]]],
  ['one that is refused', refusal('unreadable', 'no alerts'), [['refused', 'zabbix', 7, 'no alerts']]],
  ['one too many', postponed('too many', 3, 'rate_limited'), [['refused', 'zabbix', 7, 'too many']]],
  ['one that the hub could not store', postponed('the store is away'), []],
  [
    'one without the secret',
    refusal('forbidden', 'no secret'),
    [
      ['refused', 'zabbix', 7, 'no secret'],
      ['warn', 'no secret'],
    ],
  ],
])('is noted with its source: %s', (_, outcome, expected) => {
  const noted: unknown[] = [];
  const sources = {
    accepted: (...args: unknown[]) => void noted.push(['accepted', ...args]),
    refused: (...args: unknown[]) => void noted.push(['refused', ...args]),
  };
  const warn = ({ reason }: { reason: string }) => void noted.push(['warn', reason]);
  const listen = outcomeListener(sources, systemClock, { warn: warn as never });
  listen({ source: 'zabbix', receivedAt: 7, address: '192.0.2.1', outcome });
  expect(noted).toEqual(expected);
});

test('who is locked out is told a few times an address', () => {
  let warned = 0;
  const warn = () => {
    warned += 1;
  };
  const sources = { accepted: () => {}, refused: () => {} };
  const listen = outcomeListener(sources, { ...systemClock, now: () => 0 }, { warn });
  for (let turn = 0; turn < 10; turn += 1)
    for (const address of ['192.0.2.1', '192.0.2.2'])
      listen({ source: 'zabbix', receivedAt: 0, address, outcome: refusal('forbidden', 'no secret') });
  expect(warned).toBe(6);
});
