import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { longText, parseOutput, parsePerformance, plugin } from '../../../src/checkers/plugin.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createExec } from '../../../src/lib/exec.ts';
import { createMachine, runOn, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
let folder: string;
beforeEach(() => {
  machine = createMachine();
  folder = mkdtempSync(join(tmpdir(), 'monitor-plugin-'));
});
afterEach(() => {
  machine.remove();
  rmSync(folder, { recursive: true });
});

async function look(body: string, more: object = {}, args: string[] = []) {
  const path = join(folder, 'check_it');
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  const checks = plugin.bind({ plugins: { it: { command: [path, ...args], ...more } } });
  const [result] = (await runOn(machine, checks, { exec: createExec(), clock: systemClock })).results;
  return result;
}

describe('real programs', () => {
  test.each([
    ['echo "OK - fine|load=0.5"; exit 0', 'ok', 'OK - fine'],
    ['echo "WARNING - so so"; exit 1', 'warning', 'WARNING - so so'],
    ['echo "CRITICAL - bad"; exit 2', 'critical', 'CRITICAL - bad'],
    ['echo "UNKNOWN - what?"; exit 3', 'unknown', 'UNKNOWN - what?'],
    ['echo "odd"; exit 4', 'unknown', 'exit code 4 is none of 0, 1, 2 and 3: odd'],
    ['exit 127', 'unknown', 'exit code 127 is none of 0, 1, 2 and 3: said nothing'],
    ['echo "cannot connect" >&2; exit 2', 'critical', 'cannot connect'],
    ['exit 0', 'ok', 'said nothing'],
    ['kill -SEGV $$', 'unknown', 'was ended by SIGSEGV'],
  ])('%s', async (body, status, message) => {
    expect(await look(body)).toMatchObject({ checker: 'plugin:it', status, message });
  });

  test('one that hangs is killed and unknown', async () => {
    expect(await look('sleep 300', { timeout: '200ms' })).toMatchObject({
      status: 'unknown',
      message: 'did not end within 0.2 s and was killed',
    });
  });

  test('what is secret in its environment is masked, in figures too', async () => {
    const env = { DB_PASSWORD: 'hunter2hunter2' };
    const result = await look('echo "login $DB_PASSWORD failed|$DB_PASSWORD=1"; exit 2', { env });
    expect(result?.message).toBe('login [secret] failed');
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  test('arguments are passed on as they are', async () => {
    expect(await look('echo "$2"', {}, ['-H', '$HOME;id'])).toMatchObject({ message: '$HOME;id' });
  });
});

// Cases of https://www.monitoring-plugins.org/doc/guidelines.html, "Performance data".
describe('performance data', () => {
  test.each<[string, Record<string, unknown>]>([
    ['time=0.002722s;;;0.000000;10', { time: { value: 0.002722, uom: 's', min: 0, max: 10 } }],
    ["'used space'=41%;80;90;0;100", { 'used space': { value: 41, uom: '%', warn: 80, crit: 90, min: 0, max: 100 } }],
    ["'it''s'=1", { "it's": { value: 1, uom: '' } }],
    ['/=2643MB;5948;5958;0;5968', { '/': { value: 2643, uom: 'MB', warn: 5948, crit: 5958, min: 0, max: 5968 } }],
    ['c=123c x=-1.5e3B', { c: { value: 123, uom: 'c' }, x: { value: -1500, uom: 'B' } }],
    ['a=1;@10:20;~:30;;', { a: { value: 1, uom: '', warn: '@10:20', crit: '~:30' } }],
    ['a=U b=2', { a: { value: null, uom: '' }, b: { value: 2, uom: '' } }],
    ['a=1,5s', { a: { value: 1.5, uom: 's' } }],
    ['a=x b c= =1 d=1', { d: { value: 1, uom: '' } }],
    ["it's=1 'no end b=2", { "it's": { value: 1, uom: '' }, b: { value: 2, uom: '' } }],
    ["'no figure' a=1", { a: { value: 1, uom: '' } }],
    ['a=b=c b=2=3 c=4', { c: { value: 4, uom: '' } }],
    ['a=1;1.;.5;1.5e3;1..2', { a: { value: 1, uom: '', warn: 1, crit: 0.5, min: 1500, max: '1..2' } }],
    ['', {}],
  ])('%s', (text, metrics) => {
    expect(parsePerformance(text)).toEqual(metrics);
  });

  test('a label cannot reach a prototype', () => {
    const metrics = parsePerformance('__proto__=1 constructor=2');
    expect(Object.keys(metrics)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(metrics)).toBe(Object.prototype);
  });

  // With time that grows by the square each of these takes minutes.
  test.each<[string, string, string[]]>([
    ['quotes', "'".repeat(600_000), []],
    ['one word', 'a'.repeat(600_000), []],
    ['words in a quotation without end', `'${"x ''".repeat(150_000)}`, []],
    ['quotations without a figure', "'a' ".repeat(150_000), []],
    ['digits of a figure', `a=${'1'.repeat(600_000)}x1`, []],
    ['digits of a bound', `a=1;${'1'.repeat(600_000)}x`, ['a']],
    ['one label again and again', 'a=1 '.repeat(150_000), ['a']],
  ])('long hostile text is read in linear time: %s', (_, text, labels) => {
    expect(Object.keys(parsePerformance(text))).toEqual(labels);
  });

  test('of the first line, and of what follows a bar in the long text', () => {
    expect(
      parseOutput('DISK OK - free space: / 3326 MB | /=2643MB\n/ 15272 MB\n/boot 68 MB |\n/boot=68MB\n/home=5MB\n'),
    ).toEqual({
      message: 'DISK OK - free space: / 3326 MB',
      metrics: { '/': { value: 2643, uom: 'MB' }, '/boot': { value: 68, uom: 'MB' }, '/home': { value: 5, uom: 'MB' } },
    });
  });
});

test('a command as one text is refused with the reason', () => {
  const bind = () => plugin.bind({ plugins: { it: { command: 'check_it -w 1' } } });
  expect(bind).toThrow('must be a list: the program and its arguments, for no shell splits them');
});

describe('what stands around the first line', () => {
  test.each([
    ['\nCRITICAL - raid is degraded | a=1\n', 'CRITICAL - raid is degraded', { a: { value: 1, uom: '' } }],
    ['\r\n  \t\n\nOK\nlong | b=2\n', 'OK', { b: { value: 2, uom: '' } }],
    ['\n\n', '', {}],
    ['', '', {}],
  ])('%j', (output, message, metrics) => {
    expect(parseOutput(output)).toEqual({ message, metrics });
  });

  test.each([
    ['OK', ''],
    ['\nOK | a=1\n/ 15272 MB\n/boot 68 MB |\n/boot=68MB\n', '/ 15272 MB\n/boot 68 MB'],
    ['OK\r\none\r\n\ttwo\u001b[31m\r\n', 'one\n\ttwo [31m'],
  ])('the long text of %j', (output, text) => {
    expect(longText(output)).toBe(text);
  });

  test('the long text is kept, bounded, and without what is secret', async () => {
    const result = await look('echo OK; echo "key $KEY"; yes x | head -c 20000', { env: { KEY: 'hunter2hunter2' } });
    expect(result?.details).toMatch(/^key \[secret\]\nx\nx\n/);
    expect(result?.details).toHaveLength(8192);
    expect((await look('echo OK'))?.details).toBeUndefined();
  });
});
