import type { Hop } from './path.ts';

/** A hub that tells this one what happens, and when it was heard last. */
export interface HeardHub {
  readonly url: string;
  /** UTC milliseconds. */
  readonly at: number;
  readonly isSilent: boolean;
}

/** Those that were heard, by the markers of their stores. */
export type Heard = Readonly<Record<string, HeardHub>>;

/** A hub with nothing to tell says so as often. */
export const BEAT_MS = 60_000;
/** After so long without a word a hub is silent: three beats in a row that did not come. */
export const SILENT_MS = 200_000;
// One that was silent for so long is not expected any more.
const FORGOTTEN_MS = 7 * 86_400_000;

/** What is known after a hub was heard; `isBack` is whether it had been silent. */
export function heardFrom(before: Heard, { marker, url }: Hop, now: number) {
  const after: Heard = { ...before, [marker]: { url, at: now, isSilent: false } };
  return { after, isBack: before[marker]?.isSilent === true };
}

/**
 * What is known after a look at a time; `silent` are those that became silent, `gone` those that are not expected any
 * more. While this hub itself was down none could be heard: each has its whole time from `since` on.
 */
export function lookAtHeard(before: Heard, since: number, now: number) {
  const all = Object.entries(before);
  const gone = all.filter(([, { at, isSilent }]) => isSilent && now - at > FORGOTTEN_MS);
  const silent = all.filter(([, { at, isSilent }]) => !isSilent && now - Math.max(at, since) > SILENT_MS);
  const after: Heard = Object.fromEntries(
    all
      .filter(([marker]) => !gone.some(([one]) => one === marker))
      .map(([marker, hub]) => [marker, silent.some(([one]) => one === marker) ? { ...hub, isSilent: true } : hub]),
  );
  return { after, silent, gone };
}
