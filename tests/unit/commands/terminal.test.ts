import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openTerminal } from '../../../src/commands/terminal.ts';

const before = { ...process.env };
beforeEach(() => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'TERM', 'COLUMNS']) delete process.env[name];
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
  [
    'FORCE_COLOR into a file',
    false,
    false,
    { FORCE_COLOR: '1' },
    { colour: true, errColour: true, interactive: false },
  ],
  ['FORCE_COLOR over NO_COLOR', false, true, { FORCE_COLOR: '1', NO_COLOR: '1' }, { colour: true }],
  ['FORCE_COLOR=0', true, true, { FORCE_COLOR: '0' }, { colour: false, errColour: false }],
  ['COLUMNS without a terminal', false, false, { COLUMNS: '90' }, { columns: 90, width: 90, isTerminal: false }],
  ['no width is known', false, false, { COLUMNS: 'x' }, { columns: 80, width: undefined }],
  ['a terminal that does not say its width', true, true, {}, { columns: 80, width: 80, isTerminal: true }],
  ['TERM=dumb', true, true, { TERM: 'dumb' }, { colour: false, errColour: false, interactive: false }],
])('%s', (_, out, err, env, expected) => {
  Object.assign(process.env, env);
  expect(openTerminal({ stdout: stream(out), stderr: stream(err) })).toMatchObject(expected);
});
