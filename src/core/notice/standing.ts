import type { Notice } from './notice.ts';

/** What is told of an incident, and what comes next: what a list shows of its notices. */
export interface NoticeStanding {
  /** Channels whose people know of it. */
  readonly notified: readonly string[];
  readonly isFlapping: boolean;
  /** The first of what is planned: what, on which channel, and when (UTC milliseconds). */
  readonly next: { readonly what: NextKind; readonly channel: string; readonly at: number } | null;
}

/** What can come next: a first message, an attempt after one that failed, a reminder, a step of the escalation, or an end. */
export type NextKind = 'notify' | 'retry' | 'remind' | 'escalate' | 'resolve';

/** How an incident stands with people, from its notices. */
export function standingOf(notices: readonly Notice[]): NoticeStanding {
  const planned = notices.flatMap((notice) => nextOf(notice) ?? []).sort((a, b) => a.at - b.at);
  return {
    notified: notices.filter(({ told }) => told !== null).map(({ channel }) => channel),
    isFlapping: notices.some(({ told, decision }) => told?.state === 'flapping' || decision.reason === 'flapping'),
    next: planned[0] ?? null,
  };
}

function nextOf({ channel, pending, decision, want }: Notice): NoticeStanding['next'] {
  if (pending !== null) return pending.isUnderWay ? null : { what: 'retry', channel, at: pending.retryAt };
  if (!('until' in decision) || decision.until === null) return null;
  const at = decision.until;
  if (decision.action === 'wait') return { what: want.kind === 'ended' ? 'resolve' : 'notify', channel, at };
  if (decision.action === 'hold') return { what: 'notify', channel, at };
  if (decision.reason === 'escalation_later') return { what: 'escalate', channel, at };
  return decision.reason === 'told' ? { what: 'remind', channel, at } : null;
}
