import { type Clock, stayAlive } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';

/** Something to be done again and again. */
export interface Schedule {
  readonly name: string;
  readonly intervalMs: number;
  /** How long a run may go on after `stop` before it is called off. */
  readonly graceMs: number;
  readonly clock: Clock;
  /** Is never called while a run is under way. */
  run(signal: AbortSignal): Promise<void>;
  /** Called with what a run threw; the schedule goes on. */
  onError(error: unknown): void;
}

/**
 * A part that runs at once, and then at whole intervals from its start: a late or long run does not move the later
 * ones, and those that fall into it are left out.
 */
export function createSchedule(schedule: Schedule): Part {
  const { clock, intervalMs } = schedule;
  const controller = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let cancel = () => {};
  let release = () => {};
  let isStopped = false;

  const runFrom = async (begun: number): Promise<void> => {
    try {
      await schedule.run(controller.signal);
    } catch (error) {
      schedule.onError(error);
    }
    if (isStopped) return;
    const passed = clock.monotonic() - begun;
    // A timer may ring a moment early; that must not make two runs of one.
    const turn = Math.floor((passed + intervalMs / 100) / intervalMs) + 1;
    cancel = clock.after(turn * intervalMs - passed, () => {
      running = runFrom(begun);
    });
  };

  return {
    name: schedule.name,
    async start() {
      release = stayAlive();
      running = runFrom(clock.monotonic());
    },
    async stop() {
      isStopped = true;
      cancel();
      const abandon = clock.after(schedule.graceMs, () => controller.abort());
      await running;
      abandon();
      release();
    },
  };
}
