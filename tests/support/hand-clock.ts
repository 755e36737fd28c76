import type { Clock } from '../../src/lib/clock.ts';

/** When a clock moved by hand begins. */
export const START = 1_700_000_000_000;

/**
 * A clock moved by hand: `tick` runs what falls due on the way, in its order, and lets it finish, with all that `isBusy`
 * says is still at work where no clock counts, such as the disk.
 */
export function handClock(isBusy: () => boolean = () => false) {
  let now = START;
  let due: { readonly at: number; readonly fn: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after: (ms, fn) => {
      const entry = { at: now + ms, fn };
      due.push(entry);
      return () => {
        due = due.filter((one) => one !== entry);
      };
    },
  };
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isBusy()) turn = 0;
    }
  };
  const tick = async (ms: number) => {
    const end = now + ms;
    for (;;) {
      const next = due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      due = due.filter((one) => one !== next);
      now = Math.max(now, next.at);
      next.fn();
      await settle();
    }
    now = Math.max(now, end);
    await settle();
  };
  return { clock, tick, pass: (ms: number) => (now += ms), waiting: () => due.map(({ at }) => at - now) };
}
