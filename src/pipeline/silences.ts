import type { Silence } from '../core/policy/silence.ts';
import {
  decideSilence,
  expireSilence,
  type SilenceAction,
  type SilenceProblem,
} from '../core/policy/silence-change.ts';
import { anchoredRegex } from '../lib/regex.ts';
import type { Lease } from '../stores/contract/leases.ts';
import type { ReadStore } from '../stores/contract/reads.ts';
import type { SilenceStore } from '../stores/contract/silences.ts';
import { wholeId } from '../stores/short-id.ts';

/** What became of an action on silences. */
export type SilenceResult =
  | {
      readonly outcome: 'created' | 'changed' | 'replaced' | 'unchanged' | 'ended' | 'already_ended';
      /** As it stands now. */
      readonly silence: Silence;
    }
  | { readonly outcome: 'not_found' }
  /** What was given is the beginning or the end of several ids, of which ten at most are named. */
  | { readonly outcome: 'ambiguous'; readonly candidates: readonly string[] }
  | { readonly outcome: 'invalid'; readonly problems: readonly SilenceProblem[] };

/** What it came to, and the highest number of the events that it wrote; null where nothing changed. */
export interface Silenced {
  readonly result: SilenceResult;
  readonly seq: number | null;
}

/** Does an action on silences in one transaction. Throws when it could not be committed. */
export async function performSilenceAction(
  store: SilenceStore & Pick<ReadStore, 'findIds'>,
  asked: SilenceAction,
  now: () => number,
): Promise<Silenced> {
  const whole = asked.type === 'set_silence' ? null : await wholeId(store, 'silences', asked.silenceId);
  if (whole === 'none') return { result: { outcome: 'not_found' }, seq: null };
  if (whole !== null && 'candidates' in whole)
    return { result: { outcome: 'ambiguous', candidates: whole.candidates }, seq: null };
  const action = asked.type === 'set_silence' ? asked : { ...asked, silenceId: whole?.id ?? asked.silenceId };
  const subject = action.type === 'set_silence' ? action.request.id : action.silenceId;
  return store.changeSilences(async (tx) => {
    const found = await tx.findSilences([action.id, ...(subject === null ? [] : [subject])]);
    const verdict = decideSilence(action, {
      previous: found.find(({ id }) => id === subject),
      made: found.find(({ id }) => id === action.id),
      live: action.type === 'end_silence' ? 0 : await tx.countLive(now()),
      // Asked after the rows are there and locked.
      ...{ compile: anchoredRegex, now: now() },
    });
    if (!('silence' in verdict)) return { result: verdict, seq: null };
    await tx.saveSilences(verdict.changed);
    const seq = await tx.addEvents(verdict.events);
    return { result: { outcome: verdict.outcome, silence: verdict.silence }, seq };
  });
}

/** Writes into the history that the time of silences is over, at most `limit`; gives how many there were, and the highest number of the events. */
export function recordSilenceEnds(
  store: SilenceStore,
  now: number,
  limit: number,
  fence: Lease,
): Promise<{ readonly ended: number; readonly seq: number | null }> {
  return store.changeSilences(async (tx) => {
    const over = (await tx.findOverdue(now, limit)).map((silence) => expireSilence(silence, now));
    await tx.saveSilences(over.map(({ silence }) => silence));
    return { ended: over.length, seq: await tx.addEvents(over.map(({ event }) => event)) };
  }, fence);
}
