import { expect, test } from '@jest/globals';
import type { Submission } from '../../../src/core/submission.ts';
import { admit } from '../../../src/pipeline/admit.ts';
import { takeEvents } from '../../../src/pipeline/events.ts';

const submission = (...keys: (string | null)[]): Submission => ({
  ...{ source: 'event', origin: '', actor: '', receivedAt: 9, alerts: [], errors: [], replay: null, instance: null },
  figures: keys.map((key, at) => ({ instanceId: 'shop', key, at, names: ['a'], values: [at] })),
});

test('events are kept once by their names, and those without one as often as they come', () => {
  const stored = [{ key: 'old', signature: '', answer: '', at: 1 }];
  const entries = admit([submission('old', 'new', null), submission('new', null, 'other')], stored);
  const { samples, replays } = takeEvents(entries, stored);
  const kept = (at: number) => ({ instanceId: 'shop', at, names: ['a'], values: [at], receivedAt: 9 });
  expect(samples).toEqual([kept(1), kept(2), kept(1), kept(2)]);
  expect(replays).toEqual(['new', 'other'].map((key) => ({ key, signature: '', answer: '', at: 9 })));
});
