import { describe, expect, test } from '@jest/globals';
import { hostileBodies, hostileRequests } from '../../bench/torture/fuzz/corpus.ts';
import { fuzz } from '../../bench/torture/fuzz/run.ts';

describe('a hub that is sent anything', () => {
  test('answers every request below 500, lives, and says no error on its log', async () => {
    const { problems, statuses, requests } = await fuzz(4000, 20_260_329, () => {}, { patient: false, memory: false });
    expect(problems).toEqual([]);
    expect(requests).toBe(4000);
    // The supply reaches every part of it: bodies that are kept, refused, too large, unsigned, and paths of all kinds.
    for (const status of [200, 400, 403, 404, 405, 413, 415, 431])
      expect([status, statuses[status] ?? 0]).not.toEqual([status, 0]);
  });

  test('the corpus is there', () => {
    expect(hostileBodies().length).toBeGreaterThan(60);
    expect(hostileRequests().length).toBeGreaterThan(50);
  });
});
