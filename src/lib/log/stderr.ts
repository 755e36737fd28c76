import { writeSync } from 'node:fs';

const STDERR = 2;
/** How often a full pipe is tried again before the line is given up, 1 ms apart. */
const PATIENCE = 100;

/**
 * Writes to a file descriptor at once, so that nothing is lost when the process ends. A closed or broken one is
 * ignored: a program must not stop for its log. While a pipe stays full, lines are dropped instead of waiting again.
 */
export function syncWriter(fd: number = STDERR): (line: string) => void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let isStuck = false;
  const isFull = (error: unknown) => (error as NodeJS.ErrnoException).code === 'EAGAIN';
  return (line) => {
    let rest = Buffer.from(line);
    for (let tries = 0; rest.length > 0; ) {
      try {
        rest = rest.subarray(writeSync(fd, rest));
        isStuck = false;
      } catch (error) {
        if (!isFull(error) || isStuck || ++tries > PATIENCE) {
          isStuck = isFull(error);
          return;
        }
        Atomics.wait(pause, 0, 0, 1);
      }
    }
  };
}
