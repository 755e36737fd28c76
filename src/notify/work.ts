import type { NewEvent } from '../core/history.ts';
import type { Evaluation } from '../core/notice/evaluate.ts';
import type { Notice } from '../core/notice/notice.ts';
import { claimed, givenUp } from '../core/notice/progress.ts';
import type { NoticeState } from '../stores/contract/notices.ts';
import type { Outgoing } from './attempts.ts';
import { decisionEvents } from './events.ts';

// For people, as the reason of a dead letter.
const TOO_OLD = 'no attempt has succeeded for as long as is tried (give_up_after)';

/** What one transaction of looks comes to, gathered while the gates decide. */
export interface Work {
  /** A look at all channels of an incident: its next one is planned, too. */
  add(state: NoticeState, looked: readonly Evaluation[]): void;
  /** A look at one channel; what is planned stays. */
  addOne(state: NoticeState, looked: Evaluation): void;
  claim(looked: Evaluation, digest: string | null, timeoutMs: number): void;
  replace(looked: Evaluation, after: Notice): void;
  wanted(): ReadonlyMap<string, readonly Evaluation[]>;
  changed(): readonly Notice[];
  events(): readonly NewEvent[];
  looks(): readonly { readonly incidentId: string; readonly at: number | null }[];
  outgoing(): readonly Outgoing[];
}

/** Looks at `now`, of which nothing is decided yet. */
export function createWork(now: number): Work {
  const entries = new Map<Evaluation, { after: Notice; state: NoticeState; claim: Outgoing | null }>();
  const whole = new Set<string>();
  const enter = (state: NoticeState, looked: Evaluation) => {
    const isOver = looked.after.decision.action === 'give_up';
    const after = isOver ? givenUp(looked.after, TOO_OLD, now) : looked.after;
    entries.set(looked, { after, state, claim: null });
  };
  const of = (looked: Evaluation) => {
    const entry = entries.get(looked);
    if (entry === undefined) throw new Error('a notice that was not looked at');
    return entry;
  };
  return {
    add: (state, looked) => {
      whole.add(state.incident.id);
      for (const one of looked) enter(state, one);
    },
    addOne: enter,
    claim: (looked, digest, timeoutMs) => {
      const entry = of(looked);
      const { wanted } = looked;
      if (wanted === null) return;
      entry.after = claimed(looked.after, { ...wanted, timeoutMs, digest }, now);
      entry.claim = { notice: entry.after, incident: entry.state.incident, timeoutMs };
    },
    replace: (looked, after) => {
      of(looked).after = after;
    },
    wanted: () => {
      const byChannel = new Map<string, Evaluation[]>();
      for (const looked of entries.keys()) {
        if (looked.wanted === null) continue;
        const { channel } = looked.after;
        byChannel.set(channel, [...(byChannel.get(channel) ?? []), looked]);
      }
      return byChannel;
    },
    changed: () =>
      [...entries]
        .filter(([{ before }, { after }]) => JSON.stringify(before) !== JSON.stringify(after))
        .map(([, { after }]) => after),
    events: () => [...entries].flatMap(([{ before }, { after }]) => decisionEvents(before, after, now)),
    looks: () =>
      [...whole].map((incidentId) => {
        const own = [...entries].filter(([, { after }]) => after.incidentId === incidentId);
        const times = own.flatMap(([{ muteEndsAt }, { after }]) =>
          [nextLook(after), muteEndsAt].filter((time) => time !== null),
        );
        return { incidentId, at: times.length === 0 ? null : Math.min(...times) };
      }),
    outgoing: () => [...entries.values()].flatMap(({ claim }) => claim ?? []),
  };
}

function nextLook({ decision, pending }: Notice): number | null {
  if (pending?.isUnderWay) return pending.retryAt;
  return 'until' in decision ? decision.until : null;
}
