import type { Clock } from '../../lib/clock.ts';

/**
 * Whether the network of a probe is to blame for a look that began at a time (monotonic): true where none of its control
 * targets can be reached, false where it has none.
 */
export type ControlsFail = (begunAt: number) => Promise<boolean>;

// Many looks that fail together ask once.
const KEPT_MS = 1000;

/** Asks the control targets, all at once. What they said before a look began is no word on its time, beyond a second. */
export function createControls(
  targets: readonly (() => Promise<boolean>)[],
  clock: Pick<Clock, 'monotonic'>,
): ControlsFail {
  let asked: { readonly at: number; readonly answer: Promise<boolean> } | null = null;
  return (begunAt) => {
    if (targets.length === 0) return Promise.resolve(false);
    const now = clock.monotonic();
    if (asked === null || (asked.at < begunAt && now - asked.at >= KEPT_MS)) {
      const answer = Promise.all(targets.map((reach) => reach())).then((reached) => !reached.includes(true));
      asked = { at: now, answer };
    }
    return asked.answer;
  };
}
