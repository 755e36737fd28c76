import { expect, test } from '@jest/globals';
import { lookAtHeard } from '../../../src/core/peer/heard.ts';
import type { Submission } from '../../../src/core/submission.ts';
import { createHeardWatch } from '../../../src/peers/heard.ts';
import type { Transaction } from '../../../src/stores/contract/ingest.ts';
import { handClock } from '../../support/hand-clock.ts';

const B = { marker: 'mh-b', url: 'http://b:8080' };

function world() {
  const { clock, tick } = handClock();
  const kept = new Map<string, string>();
  const raised: string[] = [];
  const tx = {
    findPeerState: async (name: string) => kept.get(name),
    savePeerState: async (name: string, state: string) => void kept.set(name, state),
  } as unknown as Transaction;
  const watch = () =>
    createHeardWatch({
      ...{ store: { transaction: (work) => work(tx) }, clock },
      raise: ({ alerts: [alert] }: Submission) => raised.push(`${alert?.status} ${alert?.labels.hub}`),
      onFailure: (error) => {
        throw error;
      },
    });
  return { tick, raised, watch };
}

test('a hub that says nothing any more raises an alert once, and a word of it ends that', async () => {
  const { tick, raised, watch } = world();
  const heard = watch();
  await heard.start();
  heard.note(B);
  await tick(190_000);
  expect(raised).toEqual([]);
  await tick(600_000);
  expect(raised).toEqual(['firing http://b:8080']);
  heard.note(B);
  expect(raised).toEqual(['firing http://b:8080', 'resolved http://b:8080']);
  heard.stop();
});

test('one that fell silent while this hub was down is missed, after its whole time from the start on', async () => {
  const { tick, raised, watch } = world();
  const first = watch();
  await first.start();
  first.note(B);
  await Promise.resolve();
  first.stop();
  await tick(3_600_000);
  const second = watch();
  await second.start();
  await tick(150_000);
  expect(raised).toEqual([]);
  await tick(100_000);
  expect(raised).toEqual(['firing http://b:8080']);
  second.stop();
});

test('one that was silent for a week is not expected any more', () => {
  const day = 86_400_000;
  const silent = { 'mh-b': { url: B.url, at: 0, isSilent: true } };
  expect(lookAtHeard(silent, 0, 6 * day)).toMatchObject({ after: silent, silent: [], gone: [] });
  expect(lookAtHeard(silent, 0, 8 * day)).toMatchObject({ after: {}, gone: [['mh-b', silent['mh-b']]] });
});
