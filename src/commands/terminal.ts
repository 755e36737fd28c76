import { terminalEnv } from '../config/terminal-env.ts';
import type { Terminal } from './contract.ts';

/** The terminal of this process, and what became of stdout. */
export interface ProcessTerminal extends Terminal {
  /** Whether anything was printed to stdout. */
  readonly hasPrinted: () => boolean;
  /** Why stdout did not take everything (a full disk), null while it does. A reader that closed the pipe is no failure. */
  readonly failure: () => Error | null;
}

type Streams = Pick<NodeJS.Process, 'stdout' | 'stderr'>;

/** Opens the terminal. A reader that stops reading (`monitor alerts | head`) ends the printing, not the command. */
export function openTerminal(streams: Streams = process): ProcessTerminal {
  const { colour, dumb, columns } = terminalEnv();
  const { stdout } = streams;
  const isTerminal = stdout.isTTY === true;
  const known = isTerminal ? stdout.columns || columns || 80 : columns;
  let hasPrinted = false;
  let hasComplained = false;
  let failure: Error | null = null;
  let isGone = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    isGone = true;
    if (error.code !== 'EPIPE') failure = error;
  });
  return {
    out: (line) => {
      hasPrinted = true;
      if (!isGone) stdout.write(`${line}\n`);
    },
    err: (line) => {
      // Node.js opens stderr when it is first asked for: a run that has nothing to say does without.
      if (!hasComplained) streams.stderr.on('error', () => {});
      hasComplained = true;
      streams.stderr.write(`${line}\n`);
    },
    isTerminal,
    colour: colour ?? isTerminal,
    get errColour() {
      return colour ?? streams.stderr.isTTY === true;
    },
    get interactive() {
      return streams.stderr.isTTY === true && !dumb;
    },
    columns: known ?? 80,
    // Asked anew: what is watched is drawn again when the window has changed.
    get rows() {
      return isTerminal ? stdout.rows : undefined;
    },
    width: known,
    hasPrinted: () => hasPrinted,
    failure: () => failure,
  };
}
