import { describe, expect, test } from '@jest/globals';
import type { PushOutcome } from '../../../../src/agent/push.ts';
import { pushDocument, pushLine } from '../../../../src/commands/push/text.ts';

const TO = { hubUrl: 'https://hub.example.com', instanceId: 'web-1' };

function outcome(more: Partial<PushOutcome> = {}): PushOutcome {
  return {
    status: 'delivered',
    reason: null,
    results: [],
    checks: { ok: 5, warning: 0, critical: 1, unknown: 0 },
    waiting: 0,
    sent: 6,
    spooled: 0,
    folded: 0,
    refused: [],
    hub: {
      status: 200,
      body: '{"status":"success","alerts_created":1}',
      counts: { alerts_created: 1, alerts_updated: 5 },
    },
    ...more,
  };
}

describe('pushLine', () => {
  test.each<[string, Partial<PushOutcome>, string]>([
    ['counts', {}, 'Pushed 6 results (1 firing, 5 ok) to https://hub.example.com; hub: 1 created, 5 updated'],
    [
      'the spool, one result, one incident',
      {
        checks: { ok: 1, warning: 0, critical: 0, unknown: 0 },
        waiting: 12,
        hub: { status: 200, body: '', counts: { alerts_resolved: 3, incidents_created: 1, incidents_updated: 2 } },
      },
      'Pushed 1 result (1 ok) and 12 from the spool to https://hub.example.com; hub: 3 resolved, 1 incident opened, 2 incidents changed',
    ],
    [
      'a hub that changed nothing',
      { hub: { status: 200, body: '', counts: { alerts_created: 0, alerts_updated: 0 } } },
      'Pushed 6 results (1 firing, 5 ok) to https://hub.example.com; hub: nothing new',
    ],
    [
      'a hub that does not count',
      { checks: { ok: 0, warning: 1, critical: 1, unknown: 1 }, hub: { status: 202, body: '', counts: {} } },
      'Pushed 3 results (3 firing) to https://hub.example.com; hub: HTTP 202',
    ],
  ])('%s', (_, more, line) => expect(pushLine(outcome(more), TO)).toBe(line));
});

describe('pushDocument', () => {
  test('has the same fields whatever the outcome', () => {
    const fields = 'status reason hub_url instance_id checks waiting sent spooled folded refused hub'.split(' ');
    expect(Object.keys(pushDocument(outcome(), TO))).toEqual(fields);
    expect(Object.keys(pushDocument(outcome({ status: 'lost', hub: null }), TO))).toEqual(fields);
  });

  test('tells the answer of the hub with the counts of all pushes, and text where it is no JSON', () => {
    expect(pushDocument(outcome(), TO).hub).toEqual({
      http_status: 200,
      status: 'success',
      alerts_created: 1,
      alerts_updated: 5,
    });
    const text = outcome({ hub: { status: 502, body: 'bad gateway', counts: {} } });
    expect(pushDocument(text, TO).hub).toEqual({ http_status: 502, text: 'bad gateway' });
    expect(pushDocument(outcome({ hub: null }), TO).hub).toBeNull();
  });
});
