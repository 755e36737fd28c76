import { expect, test } from '@jest/globals';
import { createExec, type Exec } from '../../../../src/lib/exec.ts';
import { lookupBy } from '../../../../src/lib/net/names.ts';
import { type Answer, cannedExec } from '../../../support/checker-world.ts';

const NEVER = new AbortController().signal;

/** What a connection is told of a name: its addresses, or the code of what went wrong. */
function ask(exec: Exec, host: string, signal = NEVER): Promise<unknown> {
  return new Promise((resolve) => {
    lookupBy(exec, { timeoutMs: 60_000, signal })(host, { all: true }, (error, found) => resolve(error?.code ?? found));
  });
}

const GETENT = ['getent', 'ahosts', 'hub.example.com'];

test.each<[string, Partial<Answer>, unknown]>([
  [
    'are found',
    { stdout: '2001:db8::7 STREAM hub.example.com\n2001:db8::7 DGRAM\n192.0.2.7 STREAM\n' },
    [
      { address: '2001:db8::7', family: 6 },
      { address: '192.0.2.7', family: 4 },
    ],
  ],
  ['nobody knows', { code: 2 }, 'ENOTFOUND'],
  ['no name server tells in time', { code: null, timedOut: true }, 'EAI_AGAIN'],
])('a connection is told of addresses that %s', async (_, answer, expected) => {
  const { exec, calls } = cannedExec([{ argv: GETENT, ...answer }]);
  expect(await ask(exec, 'hub.example.com')).toEqual(expected);
  expect(calls).toEqual([GETENT]);
});

test('no program is asked for what needs no name server', async () => {
  const { exec, calls } = cannedExec([]);
  expect(await ask(exec, 'localhost')).toContainEqual(expect.objectContaining({ address: expect.any(String) }));
  expect(calls).toEqual([]);
});

test('a name server that says nothing is left when the run is stopped', async () => {
  const stop = new AbortController();
  const exec: Exec = (_, options) => createExec()(['/bin/sleep', '600'], options);
  const answer = ask(exec, 'hub.example.com', stop.signal);
  stop.abort();
  expect(await answer).toBe('EAI_AGAIN');
});
