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
export function openTerminal({ stdout, stderr }: Streams = process): ProcessTerminal {
  const { noColor, dumb } = terminalEnv();
  const wantsColour = !noColor && !dumb;
  let hasPrinted = false;
  let failure: Error | null = null;
  let isGone = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    isGone = true;
    if (error.code !== 'EPIPE') failure = error;
  });
  stderr.on('error', () => {});
  return {
    out: (line) => {
      hasPrinted = true;
      if (!isGone) stdout.write(`${line}\n`);
    },
    err: (line) => void stderr.write(`${line}\n`),
    isTerminal: stdout.isTTY === true,
    colour: stdout.isTTY === true && wantsColour,
    errColour: stderr.isTTY === true && wantsColour,
    interactive: stderr.isTTY === true && !dumb,
    columns: stdout.columns || 80,
    hasPrinted: () => hasPrinted,
    failure: () => failure,
  };
}
