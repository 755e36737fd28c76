import { describe, expect, test } from '@jest/globals';
import { type CommandModule, Exit, UsageError } from '../../../src/commands/contract.ts';
import { FOUND_UNDER } from '../../../src/commands/program/words.ts';
import { run } from '../../../src/commands/program.ts';
import { COMMANDS } from '../../../src/commands/registry.ts';
import { ConfigError } from '../../../src/config/error.ts';
import { commandTree } from '../../support/command-tree.ts';

/** Runs a command line over the commands `check` and `serve`, whose action is the one given. */
async function call(words: string, action: (out: (line: string) => void) => unknown = () => {}) {
  const printed = { out: [] as string[], err: [] as string[] };
  const loaded: string[] = [];
  const out = (line: string) => void printed.out.push(line);
  const command: CommandModule = {
    define: (program) => {
      program
        .option('--json', 'as JSON')
        .addHelpText('after', '\nExample:\n  monitor …')
        .action(async () => void (await action(out)));
    },
  };
  const entry = (name: string) => ({
    name,
    summary: `the ${name} command`,
    load: async () => {
      loaded.push(name);
      return { command };
    },
  });
  const terminal = {
    out,
    err: (line: string) => void printed.err.push(line),
    colour: false,
    errColour: false,
    interactive: false,
    columns: 80,
    hasPrinted: () => printed.out.length > 0,
  };
  const code = await run(words === '' ? [] : words.split(' '), [entry('check'), entry('serve')], terminal);
  return { code, out: printed.out.join('\n'), err: printed.err.join('\n'), loaded };
}

const fails = (error: unknown) => () => {
  throw error;
};

test('the command that is called is loaded and run, and no other', async () => {
  expect(await call('serve', (out) => out('done'))).toEqual({ code: 0, out: 'done', err: '', loaded: ['serve'] });
});

describe('help', () => {
  test.each(['--help', '-h', 'help'])('%s shows all commands and loads none', async (words) => {
    const { code, out, loaded } = await call(words);
    expect([code, loaded]).toEqual([0, []]);
    expect(out).toMatch(/check .*the check command\n.*serve .*the serve command[\s\S]*Examples:/);
  });

  test.each(['serve --help', 'help serve', 'serve -h'])('%s shows that command with an example', async (words) => {
    const { code, out } = await call(words);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: monitor serve[\s\S]*Example:/);
  });

  test('goes to stderr with exit code 2 when nothing was asked', async () => {
    const { code, out, err } = await call('');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^Usage: monitor/);
  });

  test('the version is the one of the package', async () => {
    expect(await call('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });
});

describe('wrong usage', () => {
  test('what is looked for at the top and stands below is there, and hides no command', async () => {
    const known = await commandTree();
    expect(Object.values(FOUND_UNDER).filter((words) => !known.has(words))).toEqual([]);
    expect(COMMANDS.filter(({ name }) => Object.hasOwn(FOUND_UNDER, name))).toEqual([]);
  });

  test.each([
    ['serv', 2, 'monitor: there is no command "serv"; did you mean monitor serve?'],
    ['help serv', 2, 'monitor: there is no command "serv"; did you mean monitor serve?'],
    ['ack x', 2, 'monitor: there is no command "ack"; did you mean monitor incidents ack?'],
    ['frobnicate', 2, 'monitor: there is no command "frobnicate"; monitor --help lists them all'],
    ['serve --jsno', 2, "monitor: unknown option '--jsno' (Did you mean --json?)"],
    ['--hlep', 2, "monitor: unknown option '--hlep' (Did you mean --help?)"],
    ['serve too many', 2, "monitor: too many arguments for 'serve'. Expected 0 arguments but got 2."],
    ['check --jsno', 3, "monitor: unknown option '--jsno' (Did you mean --json?)"],
  ])('monitor %s', async (words, code, err) => {
    const { out, ...rest } = await call(words);
    expect(rest).toMatchObject({ code, err: expect.stringContaining(err) });
    if (!words.startsWith('check')) expect(out).toBe('');
  });

  test('with --json it is one document on one line of stdout', async () => {
    const { code, out, err } = await call('serv --json');
    expect([code, err]).toEqual([2, '']);
    expect(JSON.parse(out)).toEqual({
      error: { message: 'there is no command "serv"; did you mean monitor serve?', problems: [] },
    });
  });
});

describe('what a command throws', () => {
  const problems = ['MONITOR_PORT: must be a whole number', 'HUB_URL: must be a base address'];
  test.each([
    ['serve', new Exit(1), 1, ''],
    ['check', new Exit(1), 1, ''],
    ['serve', new Exit(1, 'the hub refused'), 1, 'monitor: the hub refused'],
    ['serve', new UsageError('set HUB_URL'), 2, 'monitor: set HUB_URL'],
    ['check', new UsageError('set HUB_URL'), 3, 'monitor: set HUB_URL'],
    ['serve', new ConfigError(problems), 2, `monitor: 2 problems in the configuration\n  ${problems.join('\n  ')}`],
    ['check', new ConfigError(problems), 3, `monitor: 2 problems in the configuration\n  ${problems.join('\n  ')}`],
    ['serve', new Error('first\nsecond'), 1, 'monitor: first second'],
    ['check', new Error('broken'), 3, 'monitor: broken'],
    ['serve', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 1, 'monitor: ECONNREFUSED'],
    ['serve', 'a text', 1, 'monitor: a text'],
  ])('%s: %p', async (words, error, code, err) => {
    const { out, ...rest } = await call(words, fails(error));
    expect(rest).toMatchObject({ code, err });
    if (words !== 'check') expect(out).toBe('');
  });

  test('with --json it is a document, unless data has been printed already', async () => {
    expect(JSON.parse((await call('serve --json', fails(new ConfigError(problems)))).out)).toEqual({
      error: { message: '2 problems in the configuration', problems },
    });
    const both = await call('serve --json', (out) => {
      out('{"alerts":0}');
      throw new Exit(1, 'the hub refused');
    });
    expect(both).toMatchObject({ code: 1, out: '{"alerts":0}', err: 'monitor: the hub refused' });
  });
});

describe('monitor check, whose stdout is all that a scheduler of plugins shows', () => {
  test.each([
    ['check --nonsense', () => {}, /^UNKNOWN: unknown option '--nonsense'/],
    [
      'check',
      fails(new UsageError('a wrong flag', ['--set: must be a|b', '--critical: no'])),
      /^UNKNOWN: a wrong flag; --set: must be a\/b; --critical: no$/,
    ],
    ['check', fails(new ConfigError(['HUB_URL: bad'])), /^UNKNOWN: a problem .*; HUB_URL: bad$/],
    ['check', fails(new Error('two\nlines')), /^UNKNOWN: two lines$/],
  ])('%s: one line UNKNOWN, and the whole on stderr', async (words, action, line) => {
    const { code, out, err } = await call(words, action);
    expect([code, out.split('\n').length]).toEqual([3, 1]);
    expect(out).toMatch(line);
    expect(err).toMatch(/^monitor: /);
  });

  test('but not after data, not in JSON, and not in other commands', async () => {
    const broken = (out: (line: string) => void) => {
      out('ok  cpu');
      throw new Error('late');
    };
    expect((await call('check', broken)).out).toBe('ok  cpu');
    expect((await call('check --json', fails(new Error('x')))).out).not.toContain('UNKNOWN');
    expect((await call('serve --nonsense')).out).toBe('');
  });
});
