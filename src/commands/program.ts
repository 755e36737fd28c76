import { Command, CommanderError } from 'commander';
import { terminalEnv } from '../config/terminal-env.ts';
import { version } from '../config/version.ts';
import { oneLine } from '../core/one-line.ts';
import { type CommandEntry, Exit, type Terminal } from './contract.ts';
import { refuseUnknownVerb, unknownCommand } from './program/words.ts';

/** What the help of the program ends with. */
export const EXAMPLES = `
Examples:
  monitor check                    what is wrong with this machine?
  monitor push-to-hub --dry-run    what would be sent to the hub?
  monitor serve                    run as a hub, as an agent, or as both

Settings come from the environment and from monitor.yaml.`;

/** A terminal that knows whether data has been printed, so that an error does not become a second JSON document. */
type Screen = Terminal & { readonly hasPrinted: () => boolean };

/** Runs one command line (without node and script) and gives the exit code; whatever goes wrong is printed, never thrown. */
export async function run(
  argv: readonly string[],
  commands: readonly CommandEntry[],
  terminal: Screen,
): Promise<number> {
  const words = argv[0] === 'help' && argv[1] !== undefined ? [...argv.slice(1), '--help'] : [...argv];
  const name = words.find((word) => !word.startsWith('-'));
  try {
    await parse(words, name, commands, terminal);
    return 0;
  } catch (error) {
    return report(error, { isCheck: name === 'check' || name === 'run', isJson: asksForJson(words) }, terminal);
  }
}

async function parse(
  words: string[],
  name: string | undefined,
  commands: readonly CommandEntry[],
  terminal: Screen,
): Promise<void> {
  const program = new Command('monitor')
    .description('Watches machines and tells people when something is wrong, and only then.')
    .version(version())
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: () => {},
      getOutHelpWidth: () => terminal.columns,
      getOutHasColors: () => terminal.colour,
    });
  const names = commands.map((entry) => entry.name);
  if (name !== undefined && name !== 'help' && !names.includes(name)) throw unknownCommand(name, names);
  // A command's own help does not name the others.
  for (const entry of commands.filter((one) => name === undefined || name === 'help' || one.name === name)) {
    const command = program.command(entry.name).description(entry.summary);
    if (entry.name !== name) continue;
    (await entry.load()).command.define(command, terminal, commands);
    refuseUnknownVerb(command, words[words.indexOf(name) + 1]);
  }
  if (words.length === 0) program.help({ error: true });
  await program.parseAsync(words, { from: 'user' });
}

function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).includes('--json');
}

/** Prints an error in one place and one way, and gives the exit code that stands for it. */
export function report(error: unknown, call: { isCheck: boolean; isJson: boolean }, terminal: Screen): number {
  const { message, problems, code } = explain(error, call.isCheck);
  if (message === '') return code;
  if (call.isJson && !terminal.hasPrinted()) terminal.out(JSON.stringify({ error: { message, problems } }));
  else {
    // Schedulers of plugins show stdout alone: "(No output on stdout)" would hide the fix.
    if (call.isCheck && code === 3 && !terminal.hasPrinted()) terminal.out(unknownLine(message, problems));
    terminal.err([`monitor: ${message}`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
  if (terminalEnv().debug && error instanceof Error && error.stack !== undefined) terminal.err(error.stack);
  return code;
}

function unknownLine(message: string, problems: readonly string[]): string {
  return oneLine(`UNKNOWN: ${[message, ...problems].join('; ')}`, 1000).replaceAll('|', '/');
}

function explain(error: unknown, isCheck: boolean): { message: string; problems: readonly string[]; code: number } {
  // `monitor check` and `run` speak the language of monitoring plugins, in which 1 and 2 mean warning and critical.
  const usage = isCheck ? 3 : 2;
  const failed = isCheck ? 3 : 1;
  if (error instanceof Exit) return { message: error.message, problems: [], code: error.code };
  if (error instanceof CommanderError) {
    const isShown = error.exitCode === 0 || error.code === 'commander.help';
    const message = isShown ? '' : error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
    return { message, problems: [], code: error.exitCode === 0 ? 0 : usage };
  }
  if (hasProblems(error)) return { message: error.message, problems: error.problems, code: usage };
  return { message: lineOf(error), problems: [], code: failed };
}

/** UsageError and ConfigError; told by their shape, so that the configuration is not loaded for `--help`. */
function hasProblems(error: unknown): error is Error & { problems: readonly string[] } {
  return error instanceof Error && 'problems' in error && Array.isArray(error.problems);
}

const FEW_FILES =
  'too many open files: a hub needs 64, and one more for each connection; raise the limit (`ulimit -n`, LimitNOFILE= of its systemd unit)';

function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Also of a thread, which passes on no code.
  if (/\bEMFILE\b/.test(error.message)) return FEW_FILES;
  const text = error.message || (error as NodeJS.ErrnoException).code || error.name;
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
