import type { Evaluation } from '../core/notice/evaluate.ts';
import type { Notice, NoticeDecision } from '../core/notice/notice.ts';
import type { Gate, Lane } from './gate.ts';

/** A message that one look wants to send, and what its channel's gate makes of it. */
export type Admitted =
  | { readonly looked: Evaluation; readonly verdict: 'send' }
  | { readonly looked: Evaluation; readonly verdict: 'digest'; readonly after: Notice }
  | { readonly looked: Evaluation; readonly verdict: 'later'; readonly after: Notice };

// While one message tries a channel that was closed, the others wait so long at a time.
const TRIAL_MS = 1000;

/**
 * What of the wanted messages of one channel is sent now: what is critical first, by its own lane; of the rest each for
 * itself while the bucket lasts, else all of it as one digest. `waiting` is how many more are about to be due: a storm
 * is told once, not message by message until the bucket is empty.
 */
export function admitWanted(
  wanted: readonly Evaluation[],
  gate: Gate,
  waiting: number,
  now: number,
): readonly Admitted[] {
  const closed = gate.closedUntil(now);
  if (closed !== null) return wanted.map((looked) => later(looked, closed, 'channel_down'));
  const forPeople = wanted.filter((looked) => !isForTarget(looked));
  const critical = forPeople.filter((looked) => laneOf(looked) === 'critical');
  const others = forPeople.filter((looked) => laneOf(looked) === 'other');
  if (gate.isOnTrial()) {
    const [trial, ...rest] = [...critical, ...others, ...wanted.filter(isForTarget)];
    if (trial === undefined) return [];
    const tried = admitLane([trial], laneOf(trial), gate, 0, now);
    return [...tried, ...rest.map((looked) => later(looked, gate.closedUntil(now) ?? now + TRIAL_MS, 'channel_down'))];
  }
  return [
    ...admitLane(critical, 'critical', gate, 0, now),
    ...admitLane(others, 'other', gate, waiting, now),
    ...wanted.filter(isForTarget).map((looked): Admitted => {
      if (gate.take('other', now)) return { looked, verdict: 'send' };
      return later(looked, gate.readyAt('other', now), 'rate');
    }),
  ];
}

/** Whether a message is for the target and not for people, such as an acknowledgement: it is no part of a storm. */
export function isForTarget({ wanted }: Evaluation): boolean {
  return wanted?.send.reason === 'acknowledged';
}

/** The lane of a message: by how bad the thing is that it tells of. */
export function laneOf({ wanted }: Evaluation): Lane {
  return wanted?.speaks.severity === 'critical' ? 'critical' : 'other';
}

function admitLane(
  wanted: readonly Evaluation[],
  lane: Lane,
  gate: Gate,
  waiting: number,
  now: number,
): readonly Admitted[] {
  if (wanted.length === 0) return [];
  const flood = lane === 'other' ? gate.floodUntil(now) : null;
  if (flood !== null) return wanted.map((looked) => later(looked, flood, 'rate'));
  if (wanted.length + waiting <= gate.left(lane, now)) {
    return wanted.map((looked) => {
      gate.take(lane, now);
      return { looked, verdict: 'send' };
    });
  }
  // An empty bucket: what is critical gathers for a moment, the rest until there is a message again.
  if (!gate.take(lane, now)) {
    const readyAt = lane === 'critical' ? gate.nextUrgentAt(now) : gate.readyAt(lane, now);
    if (readyAt > now) return wanted.map((looked) => later(looked, readyAt, 'rate'));
  }
  if (lane === 'other') gate.flood(now);
  if (wanted.length + waiting === 1) return wanted.map((looked) => ({ looked, verdict: 'send' }));
  // The digest takes it up from its row, with all others that wait.
  return wanted.map((looked) => ({ ...later(looked, now, 'rate'), verdict: 'digest' }));
}

function later(looked: Evaluation, until: number, reason: 'rate' | 'channel_down') {
  const decision: NoticeDecision = { action: 'wait', until, reason };
  return { looked, verdict: 'later' as const, after: { ...looked.after, decision } };
}
