import { basename } from 'node:path';
import type { Command } from 'commander';
import { duration } from '../../config/kinds.ts';
import { loadSettings } from '../../config/load.ts';
import { stayAlive } from '../../lib/clock.ts';
import { runCommand } from '../attached.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';
import { firstSignal, relaySignals } from '../signals.ts';
import { userName } from '../user-name.ts';
import { openWindow, type Window, type WindowWish } from './window.ts';

interface Flags {
  readonly for: string;
  readonly instance?: string;
  readonly by?: string;
  readonly comment?: string;
  readonly requireWindow?: boolean;
  readonly config?: string;
}

const DAY_S = 86_400;
// As of sysexits.h: a temporary failure, so that whoever calls may try again.
const EX_TEMPFAIL = 75;

/** `monitor maintenance run -- COMMAND`. */
export function defineRun(program: Command, terminal: Terminal, examples: string): void {
  program
    .command('run')
    .description('run a command in a window of this instance, and pass on its exit code')
    .argument('<command...>', 'behind --, with its arguments')
    .option('--for <time>', 'when the window ends at the latest', '1h')
    .option('--instance <id>', 'whose window (default: INSTANCE_ID)')
    .option('--comment <text>', 'why (default: the name of the command)')
    .option('--by <name>', 'who you are (default: your user name)')
    .option('--require-window', `without a window do not run it, exit code ${EX_TEMPFAIL}`)
    .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
    .addHelpText('after', examples)
    .action(async (given: readonly string[], flags: Flags) => {
      const release = stayAlive();
      try {
        await run(given as readonly [string, ...string[]], flags, terminal);
      } finally {
        release();
      }
    });
}

async function run(command: readonly [string, ...string[]], flags: Flags, terminal: Terminal): Promise<void> {
  const kind = duration(1, 30 * DAY_S);
  const span = kind.schema.safeParse(kind.fromText(flags.for));
  if (!span.success) throw new UsageError(`--for ${span.error.issues[0]?.message}`);
  // No argument of it: one may be a secret.
  const said = { by: flags.by ?? userName(), comment: flags.comment ?? basename(command[0]) };
  const relay = relaySignals(process.stdin.isTTY === true);
  const window = await opened(flags, { ...said, for: flags.for }, terminal);
  if (window === null && flags.requireWindow) throw new Exit(EX_TEMPFAIL);
  const { code, problem } = await runCommand(command, relay);
  if (window !== null) await closed(window, terminal);
  if (code !== 0) throw new Exit(code, problem);
}

/** The window, or null where there is none: what a machine needs done does not wait for those who watch it. */
async function opened(
  { instance, config }: Flags,
  wish: Omit<WindowWish, 'instance'>,
  terminal: Terminal,
): Promise<Window | null> {
  try {
    const settings = loadSettings({ configFile: config });
    return await openWindow(settings, { ...wish, instance: instance ?? settings.instanceId });
  } catch (error) {
    terminal.err(`monitor: no maintenance window: ${messageOf(error)}`);
    return null;
  }
}

/** Ends the window. A signal meanwhile ends that, and not the exit code of the command. */
async function closed(window: Window, terminal: Terminal): Promise<void> {
  const close = window.close().then(
    () => null,
    (error: unknown) => messageOf(error),
  );
  const signal = firstSignal().then((name) => `${name}: the window ${window.id} may go on until ${window.until}`);
  const problem = await Promise.race([close, signal]);
  if (problem !== null) terminal.err(`monitor: ${problem}`);
}

function messageOf(error: unknown): string {
  const { problems = [] } = error as { problems?: readonly string[] };
  return [(error as Error).message, ...problems].join('; ');
}
