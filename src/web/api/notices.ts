import { iso } from '../../core/iso-time.ts';
import type { Notice } from '../../core/notice/notice.ts';
import type { NoticeHistory } from '../../stores/contract/notice-history.ts';
import { type AttemptRow, type ListedNotice, stateOfNotice } from '../../stores/contract/notices.ts';
import type { ReadStore } from '../../stores/contract/reads.ts';

/** What names a notice: its incident and its channel. */
export interface NoticeId {
  readonly incidentId: string;
  readonly channel: string;
}

// Attempts shown with one notice; older ones stay in the store.
const ATTEMPTS = 100;

/** A notice as the API gives it: what one channel is to tell of one incident. */
export function noticeJson({ notice, state, updatedAt, title }: ListedNotice) {
  const { incidentId, channel, decision, pending, dead, told, places } = notice;
  const isFailed = state === 'dead' || state === 'retry';
  return {
    id: `${incidentId}:${channel}`,
    incident_id: incidentId,
    channel,
    title,
    state,
    reason: reasonOf(decision),
    until: 'until' in decision && decision.until !== null ? iso(decision.until) : null,
    phase: pending?.phase ?? (isFailed ? dead?.phase : undefined) ?? null,
    key: pending?.key ?? (isFailed ? dead?.key : undefined) ?? null,
    attempt: pending?.attempts ?? 0,
    next_at: pending === null || pending.isUnderWay ? null : iso(pending.retryAt),
    failure: dead?.reason ?? null,
    dropped: dead?.dropped ?? null,
    told: told?.state ?? null,
    told_at: told === null ? null : iso(told.at),
    places,
    updated_at: iso(updatedAt),
  };
}

/** Of a message that waits for its next attempt, the state says why; else the decision does. */
function reasonOf(decision: Notice['decision']): string {
  return decision.action === 'send' ? decision.phase : decision.reason;
}

/** An attempt as the API gives it. */
export function attemptJson({ id, incidentId, channel, phase, step, key, attempt, at, ...row }: AttemptRow) {
  const { tookMs, outcome, reason, digest } = row;
  return {
    ...{ id, incident_id: incidentId, channel, phase, step, key, attempt, at: iso(at), took_ms: tookMs },
    ...{ outcome, answer: reason, digest },
  };
}

/** A notice with its attempts; undefined when there is none. */
export async function readNotice(
  store: NoticeHistory & Pick<ReadStore, 'findIncident'>,
  { incidentId, channel }: NoticeId,
) {
  const found = (await store.noticesOf(incidentId)).find((one) => one.channel === channel);
  if (found === undefined) return undefined;
  const { items } = await store.listAttempts({ incidentId, channel, limit: ATTEMPTS });
  const incident = await store.findIncident(incidentId);
  const updatedAt = Math.max(found.want.since, ...items.map(({ at }) => at));
  const listed = { notice: found, state: stateOfNotice(found), updatedAt, title: incident?.title ?? null };
  return { ...noticeJson(listed), attempts: items.toReversed().map(attemptJson) };
}
