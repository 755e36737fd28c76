import type { Figures } from './figures.ts';

/** A figure that an application tells, as it is kept. */
export interface EventFigure extends Figures {
  /** Who tells it: the instance that it is read by. */
  readonly instanceId: string;
  /** Name under which it is kept once; null where its sender gave it none. */
  readonly key: string | null;
}

/**
 * A moment is judged by rules once it is so long past, in milliseconds, for most instances push once a minute; what comes
 * later is kept, and changes no verdict.
 */
export const JUDGED_AFTER_MS = 60_000;

/** A figure may be so far ahead of the clock of the hub, in milliseconds. */
export const AHEAD_MS = 300_000;
