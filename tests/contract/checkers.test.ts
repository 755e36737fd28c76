import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Checker } from '../../src/checkers/contract.ts';
import { CHECKERS, SelectionError, selectChecks } from '../../src/checkers/registry.ts';
import {
  type Answer,
  cannedExec,
  createMachine,
  impatientClock,
  quickClock,
  runOn,
  type TestMachine,
} from '../support/checker-world.ts';
import { absurdities, filesOf, kindsOf, OBSTACLES, SPOILS, withoutFolder } from '../support/hostile-machine.ts';

const here = dirname(fileURLToPath(import.meta.url));
const sources = join(here, '../../src/checkers');
const fixtures = join(here, '../fixtures/checkers');
const CANARY = 'canary-7b1f0c-must-not-appear';
/** Files of the folder that are not checkers. */
const FRAME = ['contract.ts', 'registry.ts', 'run.ts'];

/** Files that lxcfs lays over those of the kernel in containers. */
const LAID = new Set(
  ['stat', 'loadavg', 'uptime', 'meminfo'].map((file) => `proc/${file}`).concat('sys/devices/system/cpu/online'),
);

interface Case {
  readonly options: unknown;
  readonly remembered?: Record<string, unknown>;
  readonly exec?: readonly Answer[];
  readonly expect: readonly Record<string, unknown>[];
}

const machines: TestMachine[] = [];
function machineOf(fixture: string): TestMachine {
  const machine = createMachine();
  machines.push(machine);
  machine.copy(fixture);
  return machine;
}
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove();
});

/** The fixture of a checker; `{canary}` in it stands for a secret. */
function caseOf(checker: Checker): Case {
  const text = readFileSync(join(fixtures, checker.name, 'case.json'), 'utf8');
  return JSON.parse(text.replaceAll('{canary}', CANARY));
}

/** Spoils a machine: at the start, or when the first, the second … wait is over. */
interface Trouble {
  readonly stage: number;
  spoil(machine: TestMachine): void;
}

async function runCase(checker: Checker, trouble?: Trouble, answers: readonly Answer[] = []) {
  const given = caseOf(checker);
  const folder = join(fixtures, checker.name);
  const machine = machineOf(folder);
  plantCanary(machine, folder);
  if (trouble?.stage === 0) trouble.spoil(machine);
  const { exec, calls } = cannedExec([...answers, ...(given.exec ?? [])]);
  let waits = 0;
  const clock = quickClock(() => {
    machine.copy(join(folder, 'later', String(++waits)));
    if (trouble?.stage === waits) trouble.spoil(machine);
  });
  const checks = checker.bind(given.options);
  const outcome = await runOn(machine, checks, { exec, clock, remembered: given.remembered ?? {} });
  return { outcome, calls, given };
}

function plantCanary(machine: TestMachine, folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const text = entry.isFile() ? readFileSync(path, 'utf8') : '';
    if (text.includes('{canary}')) machine.write(path.slice(folder.length + 1), text.replaceAll('{canary}', CANARY));
  }
}

test('the registry holds every checker of the folder, and only those', () => {
  const files = readdirSync(sources).filter((file) => !FRAME.includes(file));
  expect(CHECKERS.map((checker) => `${checker.name}.ts`).toSorted()).toEqual(files.toSorted());
});

test('every fixture belongs to a checker', () => {
  expect(readdirSync(fixtures).toSorted()).toEqual(CHECKERS.map((checker) => checker.name).toSorted());
});

describe.each(CHECKERS.map((checker) => [checker.name, checker] as const))('%s', (_, checker) => {
  test('finds what its fixture says', async () => {
    const { outcome, given } = await runCase(checker);
    expect(outcome.results.map((result) => result.checker)).toEqual(given.expect.map((one) => one.checker));
    for (const [index, expected] of given.expect.entries()) expect(outcome.results[index]).toMatchObject(expected);
  });

  test('gives metrics, and what it remembers, that JSON carries unchanged', async () => {
    const { outcome } = await runCase(checker);
    expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
  });

  test('describes itself and every option in a line', () => {
    const schema = z.toJSONSchema(checker.options.schema, { io: 'input', unrepresentable: 'any' });
    for (const text of [checker.summary, ...descriptions(schema)]) expect(text).toMatch(/^[^\n]{5,200}$/);
    expect(Object.keys(schema.properties ?? {})).toContain(
      'timeout' in checker.options.schema.shape ? 'timeout' : 'plugins',
    );
  });

  test('begins from the defaults of its schema', () => {
    expect(checker.options.schema.parse({})).toEqual(checker.options.defaults);
  });

  test('works without options, and refuses unknown ones by name', () => {
    expect(checker.bind({}).length).toBeGreaterThan(0);
    expect(() => checker.bind({ nonsense: 1 })).toThrow(z.ZodError);
    const problems = problemsOf({ [checker.name]: { nonsense: CANARY } });
    expect(problems).toEqual([expect.stringContaining(`checkers.${checker.name}.nonsense`)]);
    expect(problems.join()).not.toContain(CANARY);
  });

  test('takes a wrong value of no option, and does not repeat it', () => {
    for (const name of Object.keys(checker.options.schema.shape)) {
      for (const wrong of [{ [CANARY]: CANARY }, [[CANARY]]]) {
        const problems = problemsOf({ [checker.name]: { [name]: wrong } });
        expect(problems.join()).toContain(`checkers.${checker.name}.${name}`);
        expect(problems.join().replaceAll(`.${CANARY}`, '')).not.toContain(CANARY);
      }
    }
  });

  test('names its checks after itself, each once, with a title and a limit', () => {
    const checks = [...checker.bind({}), ...checker.bind(caseOf(checker).options)];
    for (const check of checks) {
      expect(check.name === checker.name || check.name.startsWith(`${checker.name}:`)).toBe(true);
      expect(check.title).toMatch(/^\S[^\n]{2,120}$/);
      expect(check.timeoutMs).toBeGreaterThan(0);
    }
    const names = checker.bind(caseOf(checker).options).map((check) => check.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('tells no secret of its options', async () => {
    const { outcome } = await runCase(checker);
    expect(JSON.stringify(outcome)).not.toContain(CANARY);
  });

  test('answers on a machine that tells nothing', async () => {
    const { results } = await runOn(machineOf(''), [...checker.bind({}), ...checker.bind(caseOf(checker).options)]);
    for (const result of results) {
      expect(withoutFolder(result.message)).toMatch(/^(?!.*(undefined|NaN|\[object))\S.*$/);
      expect(['unknown', 'critical', 'ok']).toContain(result.status);
    }
    expect(JSON.stringify(results)).not.toContain(CANARY);
  });

  test('is unknown when its time is up', async () => {
    const checks = checker.bind(caseOf(checker).options);
    const { results } = await runOn(machineOf(join(fixtures, checker.name)), checks, { clock: impatientClock() });
    expect(results.map((result) => result.status)).toEqual(checks.map(() => 'unknown'));
    for (const result of results) expect(result.message).toMatch(/^no answer within [\d.]+ s$/);
  });

  describe('on a hostile machine', () => {
    const folder = join(fixtures, checker.name);
    const files = filesOf(folder);

    /** Every check answers, and says nothing that cannot be. */
    async function expectSense(trouble: Trouble, what: string): Promise<void> {
      const { outcome, given } = await runCase(checker, trouble);
      expect([what, outcome.results.length]).toEqual([what, given.expect.length]);
      for (const result of outcome.results) {
        const all = [result, ...(result.items ?? [])];
        expect([what, all.flatMap((one) => absurdities(one, checker.name))]).toEqual([what, []]);
      }
      expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
      for (const machine of machines.splice(0)) machine.remove();
    }

    test.each(SPOILS)('whose files are $name', async ({ of }) => {
      for (const { path, stage, place } of kindsOf(files)) {
        for (const text of of(readFileSync(place, 'utf8'))) {
          const what = `${path}, ${stage}: ${JSON.stringify(text.slice(0, 300))}`;
          await expectSense({ stage, spoil: (machine) => machine.write(path, text) }, what);
        }
      }
    });

    test.each(Object.entries(OBSTACLES))('a file of which is %s', async (name, obstruct) => {
      // What is written anew later is obstructed then.
      const last = files.filter(
        ({ path, stage }) => !files.some((other) => other.path === path && other.stage > stage),
      );
      for (const { path, stage } of last) {
        await expectSense({ stage, spoil: ({ folder }) => obstruct(join(folder, path)) }, `${path} is ${name}`);
      }
    });
  });

  test('waits for no program behind a file of /proc or /sys', async () => {
    const laid = filesOf(join(fixtures, checker.name)).filter(({ path, stage }) => stage === 0 && LAID.has(path));
    for (const { path } of laid) {
      const spoil = (machine: TestMachine) => {
        const info = `${machine.folder}/proc/self/mountinfo`;
        const told = existsSync(info) ? readFileSync(info, 'utf8') : '';
        machine.write('proc/self/mountinfo', `${told}900 1 0:99 / /${path} rw - fuse.lxcfs lxcfs rw\n`);
        // Who reads it in this process waits for ever, for all that a test can tell: there is nothing in it.
        machine.write(path, '');
      };
      const { outcome, calls } = await runCase(checker, { stage: 0, spoil }, [{ argv: ['cat'], timedOut: true }]);
      expect(calls.map((argv) => argv.slice(0, 2))).toContainEqual(['cat', '--']);
      expect(outcome.results.map(({ status, message }) => `${status}: ${message}`)).toContainEqual(
        expect.stringMatching(/^unknown: .*did not answer within 2 s$/),
      );
    }
  });

  test('starts no program when it is of the default set', async () => {
    const { calls } = await runCase(checker);
    if (checker.byDefault) expect(calls).toEqual([]);
  });
});

function descriptions(schema: object): unknown[] {
  const { properties = {} } = schema as { properties?: Record<string, { description?: unknown }> };
  return Object.values(properties).map((option) => option.description);
}

function problemsOf(options: Record<string, unknown>): readonly string[] {
  try {
    selectChecks({ options });
    return [];
  } catch (error) {
    if (error instanceof SelectionError) return error.problems;
    throw error;
  }
}
