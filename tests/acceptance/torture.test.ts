import { describe, expect, test } from '@jest/globals';
import { startAgentInjection } from '../../bench/torture/inject-agent.ts';
import { createSilence, life } from '../../bench/torture/inject-hub.ts';
import { freePort, type KillAt } from '../../bench/torture/process.ts';
import { runRound } from '../../bench/torture/round.ts';

// A little of `npm run torture`, which does all of it.

describe('SIGKILL at random moments under load', () => {
  test.each([[1], [5]])('seed %i: nothing acknowledged is lost, nothing is doubled', async (seed) => {
    const { differences } = await runRound({ seed, port: await freePort(24_000), senders: true, agents: true });
    expect(differences).toEqual([]);
  });
});

describe('a hub that is killed at one write', () => {
  test.each<[string, KillAt]>([
    ['while it makes its schema', { point: 'sql', when: 'after', nth: 3 }],
    ['in the middle of a transaction', { point: 'sql', when: 'before', nth: 25 }],
    ['when it has committed and not yet answered', { point: 'send', when: 'before', nth: 3 }],
    ['when it has just answered', { point: 'send', when: 'after', nth: 4 }],
  ])('%s has on its files what it acknowledged', async (_, killAt) => {
    const { killed, differences } = await life.play(killAt, await freePort(24_100));
    expect({ killed, differences }).toEqual({ killed: true, differences: [] });
  });

  test('while it says that an instance is silent, says so once', async () => {
    const silence = createSilence();
    try {
      const { killed, differences } = await silence.play(
        { point: 'sql', when: 'before', nth: 12 },
        await freePort(24_200),
      );
      expect({ killed, differences }).toEqual({ killed: true, differences: [] });
    } finally {
      silence.remove();
    }
  });
});

describe('an agent that is killed at one write', () => {
  test('loses nothing that was on its disk, and doubles nothing', async () => {
    const injection = await startAgentInjection(await freePort(24_300));
    const kills: KillAt[] = [
      { point: 'file', when: 'after', nth: 1 },
      { point: 'rename', when: 'before', nth: 1 },
      { point: 'rename', when: 'after', nth: 1 },
      { point: 'send', when: 'after', nth: 1 },
      { point: 'receive', when: 'before', nth: 1 },
      { point: 'receive', when: 'after', nth: 1 },
      { point: 'rename', when: 'before', nth: 2 },
    ];
    for (const killAt of kills) expect([killAt, await injection.play(killAt)]).toEqual([killAt, true]);
    expect((await injection.end()).differences).toEqual([]);
  });
});
