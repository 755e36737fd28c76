import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openTerminal } from '../../../src/commands/terminal.ts';

const before = { ...process.env };
beforeEach(() => {
  for (const name of ['NO_COLOR', 'TERM']) delete process.env[name];
});
afterEach(() => {
  process.env = { ...before };
});

const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY, fd: 1 }) as never;

test.each([
  ['both on a terminal', true, true, {}, { colour: true, errColour: true, interactive: true }],
  ['stdout into a file: the log keeps its colour', false, true, {}, { colour: false, errColour: true }],
  ['stderr into a file: the log has none', true, false, {}, { colour: true, errColour: false, interactive: false }],
  ['NO_COLOR', true, true, { NO_COLOR: '1' }, { colour: false, errColour: false, interactive: true }],
  ['TERM=dumb', true, true, { TERM: 'dumb' }, { colour: false, errColour: false, interactive: false }],
])('%s', (_, out, err, env, expected) => {
  Object.assign(process.env, env);
  expect(openTerminal({ stdout: stream(out), stderr: stream(err) })).toMatchObject(expected);
});
