import { systemClock } from '../../lib/clock.ts';
import { type Terminal, UsageError } from '../contract.ts';
import { pause, untilSignal } from '../signals.ts';

/** How often what is watched is asked for anew, in milliseconds. */
const EVERY_MS = 2000;

const [ALTERNATE, ORDINARY] = ['\u001b[?1049h\u001b[?25l', '\u001b[?25h\u001b[?1049l'];
const [HOME, REST_OF_LINE, REST_OF_SCREEN] = ['\u001b[H', '\u001b[K', '\u001b[J'];

/** What is drawn: lines as they are now. Throws when they cannot be had. */
export type Draw = () => Promise<readonly string[]>;

/**
 * Draws again and again in place, on the alternate screen, until `q` or a signal. What cannot be had is said in the last
 * line, and the lines before it stay. Throws UsageError where there is no terminal.
 */
export async function watch(terminal: Terminal, draw: Draw, input: NodeJS.ReadStream = process.stdin): Promise<void> {
  if (!terminal.isTerminal) throw new UsageError('--watch needs a terminal; use monitor events --follow in a script');
  const stopKeys = listenForQuit(input);
  let lines: readonly string[] = [];
  terminal.out(ALTERNATE);
  try {
    await untilSignal(async (signal) => {
      const ended = AbortSignal.any([signal, stopKeys.signal]);
      while (!ended.aborted) {
        let foot: string;
        try {
          lines = await draw();
          foot = `live ${new Date(systemClock.now()).toISOString().slice(11, 19)}Z · q quits`;
        } catch (error) {
          foot = `${(error as Error).message} · q quits`;
        }
        terminal.out(frame(lines, foot, terminal.rows ?? 24));
        await pause(EVERY_MS, ended);
      }
    });
  } finally {
    stopKeys.stop();
    terminal.out(ORDINARY);
  }
}

/** One picture: as many lines as fit, and the last one at the foot. */
export function frame(lines: readonly string[], foot: string, rows: number): string {
  // The line break behind the picture takes a row.
  const room = Math.max(1, rows - 2);
  const shown = lines.length > room ? [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines`] : lines;
  return `${HOME}${[...shown, foot].map((line) => line + REST_OF_LINE).join('\n')}${REST_OF_SCREEN}`;
}

function listenForQuit(input: NodeJS.ReadStream) {
  const controller = new AbortController();
  const isRaw = input.isTTY === true;
  const hear = (data: Buffer) => {
    // In raw mode Ctrl-C and Ctrl-D are keys as others are.
    if (['q', '\u0003', '\u0004'].some((key) => data.includes(key))) controller.abort();
  };
  if (isRaw) input.setRawMode(true).resume().on('data', hear);
  const stop = () => {
    if (isRaw) input.off('data', hear).setRawMode(false).pause();
  };
  return { signal: controller.signal, stop };
}
