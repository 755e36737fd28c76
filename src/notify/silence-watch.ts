import type { Labels } from '../core/alert/alert.ts';
import type { MaintenanceWindow } from '../core/policy/policy.ts';
import type { CompiledSilence } from '../core/policy/silence.ts';
import { indexSilences } from '../core/policy/silence-index.ts';

/** Whether alerts with these labels are to be looked at anew. */
export type Concerns = (labels: Labels) => boolean;

/** The silences and windows of one process, and whom they concern when something about them changes. */
export interface SilenceWatch {
  /** Of those that had not expired when they were last read, the ones that match. */
  silencesOf(labels: Labels): readonly CompiledSilence[];
  /** Reads them anew; gives whom the difference concerns, as it was before and as it is now. */
  reload(): Promise<readonly Concerns[]>;
  /** Whom the silences and windows concern that have begun up to `now`, since the last time it was asked. */
  begun(now: number): readonly Concerns[];
  /** When the next one begins; null where none is in sight. That one ends tells the incident that it holds back. */
  nextStart(): number | null;
}

/** A watch over silences as `read` gives them, and the windows of the configuration; it begins at `from`. */
export function createSilenceWatch(
  read: () => Promise<readonly CompiledSilence[]>,
  windows: readonly MaintenanceWindow[],
  from: number,
): SilenceWatch {
  let silences: readonly CompiledSilence[] = [];
  let matching = indexSilences(silences);
  let seenTo = from;
  return {
    silencesOf: (labels) => matching(labels),
    reload: async () => {
      const before = new Map(silences.map((silence) => [silence.id, silence]));
      const after = await read();
      const same = new Set(after.filter((silence) => isSame(before.get(silence.id), silence)).map(({ id }) => id));
      const different = [...silences, ...after].filter(({ id }) => !same.has(id));
      silences = after;
      matching = indexSilences(after);
      return different.map(({ matches }) => matches);
    },
    begun: (now) => {
      const isNew = (start: number | null) => start !== null && start > seenTo && start <= now;
      const begun = [
        ...silences.filter(({ startsAt }) => isNew(startsAt)).map(({ matches }) => matches),
        ...windows.filter((window) => isNew(window.nextStart(seenTo))).map(({ matches }) => matches),
      ];
      seenTo = Math.max(seenTo, now);
      return begun;
    },
    nextStart: () => {
      const starts = [
        ...silences.flatMap(({ startsAt }) => (startsAt > seenTo ? startsAt : [])),
        ...windows.flatMap((window) => window.nextStart(seenTo) ?? []),
      ];
      return starts.length === 0 ? null : starts.reduce((a, b) => Math.min(a, b));
    },
  };
}

/** Whether it holds back the same at the same time; what it holds back never changes under one id. */
function isSame(before: CompiledSilence | undefined, { startsAt, endsAt }: CompiledSilence): boolean {
  return before?.startsAt === startsAt && before.endsAt === endsAt;
}
