import { expect, test } from '@jest/globals';
import { createFigureReader } from '../../../src/core/sample/figures.ts';
import type { Submission } from '../../../src/core/submission.ts';
import { admit } from '../../../src/pipeline/admit.ts';
import { takeSamples } from '../../../src/pipeline/samples.ts';

const reader = createFigureReader();
const submission = (origin: string): Submission => ({
  ...{ source: 'cluster', origin, actor: '', receivedAt: 9, errors: [], replay: null, instance: null },
  alerts: [
    {
      ...{ fingerprint: 'a', name: 'a', status: 'firing', severity: 'info', labels: { checker: 'a' }, annotations: {} },
      ...{ metrics: { x: 1, y: 2 }, startedAt: 5, endedAt: null, observedAt: 5, groupKey: '' },
    },
  ],
});

test('figures of an instance are taken, and of tools none', () => {
  const entries = admit([submission('web1'), submission('')], []);
  expect(takeSamples(entries, { reader, most: 10 })).toEqual([
    { at: 5, names: ['a.x', 'a.y'], values: [1, 2], instanceId: 'web1', receivedAt: 9 },
  ]);
  expect(entries[0]?.submission.remarks).toBeUndefined();
});

test('of too many the sender and the operator are told', () => {
  const entries = admit([submission('web1')], []);
  expect(takeSamples(entries, { reader, most: 1 })[0]?.names).toEqual(['a.x']);
  const message = '1 figures of web1 are not kept: it may have 1 (samples.figures); its alerts are';
  expect(entries[0]?.submission).toMatchObject({ remarks: [message], leftOut: message });
});
