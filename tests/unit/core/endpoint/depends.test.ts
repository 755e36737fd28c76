import { expect, test } from '@jest/globals';
import { heldBy } from '../../../../src/core/endpoint/depends.ts';
import { afterLook, afterTime, type EndpointState, newState } from '../../../../src/core/endpoint/state.ts';
import type { WatchedEndpoint } from '../../../../src/core/endpoint/watched.ts';

const T = 1_700_000_000_000;
const MINUTE = 60_000;

const endpoint = (key: string, failureThreshold: number, dependsOn: readonly string[] = []): WatchedEndpoint => ({
  ...{ key, name: key, group: '', target: '', labels: {}, intervalMs: MINUTE, probes: ['p1'], dependsOn },
  rule: { kind: 'strategy', strategy: 'any-down' },
  alerts: [
    {
      ...{ failureThreshold, successThreshold: 1, quorum: null, severity: 'critical', description: '' },
      ...{ reminderMs: 0, sendOnResolved: true },
    },
  ],
});
const watched = new Map([endpoint('web', 1, ['gate']), endpoint('gate', 2)].map((one) => [one.key, one]));

/** Plays `web-12` (web fails at 12 s), `gate+30`, and `.40` (the clock alone); gives what is said of web. */
function play(script: string): readonly string[] {
  const states = new Map<string, EndpointState>([...watched.keys()].map((key) => [key, newState(key)]));
  return script.split(' ').flatMap((word) => {
    const [, key = '', mark = '', seconds = ''] = /^(\w*)([-+.])(\d+)$/.exec(word) ?? [];
    const now = T + Number(seconds) * 1000;
    const said: string[] = [];
    for (const [name, one] of watched) {
      const state = states.get(name);
      if (state === undefined || (key !== '' && key !== name)) continue;
      const isHeld = heldBy(one, watched, states, now);
      const look = { probe: 'p1', at: now, success: mark === '+', durationMs: 1, errors: [], conditions: [] };
      const step =
        key === ''
          ? afterTime(state, one, now, { isHeld })
          : afterLook(state, one, { ...look, abstains: false, certificateMs: null }, now, undefined, isHeld);
      states.set(name, step.state);
      if (name === 'web') said.push(...step.words.map(({ kind }) => `${word} ${kind}`));
    }
    return said;
  });
}

test.each([
  ['what it depends on is up', 'gate+0 web+1 gate+60 web-61 gate+120 .121', ['.121 fire']],
  ['what it depends on is down first', 'gate+0 web+1 gate-60 gate-120 web-121 .125', []],
  ['it fails first, and what it depends on after it', 'gate+0 web+1 web-61 .65 gate-70 .75 gate-130 .135', []],
  ['what it depends on fails once, and is up', 'gate+0 web+1 gate-60 web-61 gate+120 .121 web-122', ['.121 fire']],
  ['both come back', 'gate+0 web+1 gate-60 gate-120 web-121 gate+180 .181 web+182', []],
  ['what it depends on is not looked at any more', 'gate+0 web+1 web-61 .120 .137', ['.137 fire']],
  ['it fires already', 'gate+0 web-1 gate+2 .3 gate-60 gate-120 .125', ['.3 fire']],
])('%s', (_, script, said) => {
  expect(play(script).filter((word) => !word.endsWith('repeat'))).toEqual(said);
});
