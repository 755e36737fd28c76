import { describe, expect, test } from '@jest/globals';
import { type ExplanationJson, explanationLines } from '../../../src/commands/explain.ts';
import { hanging } from '../../../src/commands/screen/width.ts';

const REFUSED = '127.0.0.1:1 refused the connection: nothing listens there, or a firewall rejects it';
const untold = { what: 'all', reason: 'retry', text: '', by: null, until: null, said: null } as const;
const STORY = {
  ...{ subject: 'alert', id: '01a221e2-0b96-7000-b704-7466885004f7', title: 'disk full', status: 'firing' },
  ...{ severity: 'critical', started_at: '2026-03-29T12:00:00.123Z', ended_at: null },
  ...{ incident_id: '01a221e2-0b96-7001-8c8b-43601ed1f80a', told: true, verdict: 'People were told by webhook.' },
  ...{ untold: null, earlier_incident_ids: ['01a221e2-0b96-7001-8c8b-43601ed1aaaa'] },
  channels: [
    {
      channel: 'ntfy',
      attempts: 1,
      places: ['notify.route (monitor.yaml:12)'],
      told: [],
      untold,
      text: [`told nobody: the last attempt failed: ${REFUSED}`],
    },
    {
      channel: 'webhook',
      attempts: 2,
      places: [],
      told: [],
      untold: null,
      text: ['told that it fires, 2026-03-29 12:00:01 UTC: HTTP 200', 'its end is not told'],
    },
  ],
  steps: [
    {
      at: '2026-03-29T12:00:00.123Z',
      kind: 'event',
      text: 'alert "disk full" opened critical (new), received from cluster:web-1 by the driver cluster: /var at \u001b[31m99 %',
    },
    { at: '2026-03-29T12:00:01.000Z', kind: 'attempt', text: `ntfy: firing (new) failed in 14 ms: ${REFUSED}` },
  ],
  cut: true,
} as unknown as ExplanationJson;

test('an explanation on 80 columns', () => {
  expect(explanationLines(STORY, 80).join('\n')).toBe(`Alert: disk full
critical, firing, since 2026-03-29 12:00:00
alert 01a221e2-0b96-7000-b704-7466885004f7
incident 01a221e2-0b96-7001-8c8b-43601ed1f80a
before that, of 01a221e2-0b96-7001-8c8b-43601ed1aaaa

People were told by webhook.

  ntfy     told nobody: the last attempt failed: 127.0.0.1:1 refused the
           connection: nothing listens there, or a firewall rejects it
           chosen by notify.route (monitor.yaml:12)

  webhook  told that it fires, 2026-03-29 12:00:01 UTC: HTTP 200
           its end is not told

2026-03-29 12:00:00  alert "disk full" opened critical (new), received from
                     cluster:web-1 by the driver cluster: /var at  [31m99 %
2026-03-29 12:00:01  ntfy: firing (new) failed in 14 ms: 127.0.0.1:1 refused the
                     connection: nothing listens there, or a firewall rejects it

There is more in the store than is shown here.`);
});

describe('lines of a width', () => {
  test.each([40, 60, 80, 120])('%i columns are kept', (width) => {
    for (const line of explanationLines(STORY, width)) expect(line.length).toBeLessThanOrEqual(Math.max(width, 46));
  });
});

test.each([
  ['', 'one two three', 11, 2, ['one two', '  three']],
  ['ab', 'one two', 7, 4, ['ab  one', '    two']],
  ['abcdef', 'one', 9, 4, ['abcdef', '    one']],
  ['', '漢字 漢字', 5, 0, ['漢字', '漢字']],
  ['', 'averylongword', 5, 0, ['avery', 'longw', 'ord']],
  ['a', '', 9, 3, ['a']],
])('%j and %j on %i columns', (head, text, width, indent, lines) => {
  expect(hanging(head, text, width, indent).map((line) => line.trimEnd())).toEqual(lines);
});
