import type { NewEvent } from '../history.ts';
import { type Incident, isLive } from '../incident/incident.ts';
import type { Notice } from './notice.ts';
import { givenUp } from './progress.ts';

/** What somebody wants done with a message that failed. */
export interface OutboxAction {
  /** `retry`: it is sent again now. `drop`: it is not sent any more. */
  readonly kind: 'retry' | 'drop';
  readonly incidentId: string;
  readonly channel: string;
  /** By which way it came, for the history: `api`. */
  readonly actor: string;
  /** Who wants it, as they call themselves; '' when nobody says. */
  readonly by: string;
  /** Why. */
  readonly comment: string;
}

/** Why it cannot be done. */
export type OutboxRefusal = 'not_found' | 'under_way' | 'nothing_failed' | 'is_over' | 'already_dropped';

/** What becomes of it; a request that is accepted stands in the history, and whoever tells people acts on that. */
export type OutboxVerdict =
  | { readonly outcome: 'asked'; readonly event: NewEvent }
  | { readonly outcome: 'refused'; readonly reason: OutboxRefusal };

/** Decides a request, by how the message stands at `now`. */
export function decideOutbox(
  action: OutboxAction,
  notice: Notice | undefined,
  incident: Incident | undefined,
  now: number,
): OutboxVerdict {
  const refusal = refusalOf(action, notice, incident);
  if (refusal !== null) return { outcome: 'refused', reason: refusal };
  const { kind, incidentId, channel, actor, by, comment } = action;
  const data = { channel, by, comment };
  const event: NewEvent = {
    ...{ at: now, subject: 'incident', subjectId: incidentId, actor, data, reason: 'asked' },
    kind: kind === 'retry' ? 'notice_retried' : 'notice_dropped',
  };
  return { outcome: 'asked', event };
}

function refusalOf(
  { kind }: OutboxAction,
  notice: Notice | undefined,
  incident: Incident | undefined,
): OutboxRefusal | null {
  if (notice === undefined || incident === undefined) return 'not_found';
  const { pending, dead } = notice;
  if (pending?.isUnderWay) return 'under_way';
  if (pending !== null) return null;
  if (dead === null) return 'nothing_failed';
  if (kind === 'drop') return dead.dropped === undefined ? null : 'already_dropped';
  // What is over by now, and was never told, is no news to anybody.
  const isOver = !isLive(incident) && dead.phase !== 'resolved';
  return isOver || (isLive(incident) && dead.phase === 'resolved') ? 'is_over' : null;
}

/** The notice whose message is sent again at the next look; itself where that does not apply any more. */
export function retried(notice: Notice, now: number): Notice {
  const { pending, dead, told, want } = notice;
  if (pending !== null) return pending.isUnderWay ? notice : { ...notice, pending: { ...pending, retryAt: now } };
  if (dead === null) return notice;
  // An end that was given up counts as told: people are to hear of it after all.
  const isEnd = dead.phase === 'resolved' && told?.state === 'resolved' && want.kind === 'nothing';
  return { ...notice, dead: null, ...(isEnd && { told: { ...told, state: 'firing' } }) };
}

/** The notice whose message is put away; itself where that does not apply any more. */
export function dropped(
  notice: Notice,
  dropped: { readonly by: string; readonly comment: string },
  now: number,
): Notice {
  if (notice.pending?.isUnderWay) return notice;
  const given = notice.pending === null ? notice : givenUp(notice, 'it was dropped', now);
  return given.dead === null ? notice : { ...given, dead: { ...given.dead, dropped } };
}
