import { constants } from 'node:os';
import { type AttachedEnd, runAttached } from '../lib/exec.ts';
import type { SignalRelay } from './signals.ts';

/** How a command has ended, as a shell says it. */
export interface CommandEnd {
  /** Its exit code; 126 and 127 where it could not be started, 128 and more after a signal. */
  readonly code: number;
  /** Why it could not be started; '' where it was. */
  readonly problem: string;
}

// As of a shell.
const CODES = { missing: 127, notExecutable: 126, signal: 128 };

/**
 * Runs a command on this terminal to its end and passes signals on to it; not at all where one came before. `onOutput` is
 * given a copy of what it writes. At its end `relay` is stopped.
 */
export async function runCommand(
  command: readonly [string, ...string[]],
  relay: SignalRelay,
  onOutput?: Parameters<typeof runAttached>[1],
): Promise<CommandEnd> {
  const early = relay.early();
  if (early !== null) {
    relay.stop();
    return { code: afterSignal(early), problem: `${command[0]} was not started: ${early} came before` };
  }
  const { ended, pass } = await runAttached(command, onOutput);
  relay.to(pass);
  const end = await ended;
  relay.stop();
  return { code: codeOf(end), problem: 'reason' in end ? `cannot start ${command[0]}: ${end.reason}` : '' };
}

function codeOf(end: AttachedEnd): number {
  if ('reason' in end) return end.isMissing ? CODES.missing : CODES.notExecutable;
  return end.code ?? afterSignal(end.signal);
}

const afterSignal = (signal: NodeJS.Signals) => CODES.signal + (constants.signals[signal] ?? 0);
