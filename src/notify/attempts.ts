import type { Severity } from '../core/alert/alert.ts';
import type { NewEvent } from '../core/history.ts';
import type { Incident } from '../core/incident/incident.ts';
import type { DeliveryResult } from '../core/notice/delivery.ts';
import type { NoticeMessage } from '../core/notice/message.ts';
import type { Notice, Pending } from '../core/notice/notice.ts';
import { type AttemptResult, settledAttempt, withdrawn } from '../core/notice/progress.ts';
import type { ChannelPolicy } from '../core/policy/policy.ts';
import { backoffMs } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Followers } from '../stores/contract/followers.ts';
import type { Lease } from '../stores/contract/leases.ts';
import type { AttemptRow, NoticeReads } from '../stores/contract/notices.ts';
import { attemptEvent } from './events.ts';
import { createGate, type Gate } from './gate.ts';
import { createLanes } from './lanes.ts';

/** A message that is claimed: its row says that it is under way. */
export interface Outgoing {
  readonly notice: Notice;
  readonly incident: Incident;
  readonly timeoutMs: number;
}

/** Sends a message on a channel; never rejects for what a target does. */
export type Send = (
  channel: string,
  message: NoticeMessage,
  attempt: {
    readonly signal: AbortSignal;
    readonly progress?: string | undefined;
    /** The places of the routes by which it came; none for a digest. */
    readonly places: readonly string[];
  },
) => Promise<DeliveryResult>;

/** The attempts of a process: those under way, and those that have ended and are not written yet. */
export interface Attempts {
  gate(channel: string): Gate;
  /** Begins attempts of claimed messages; those of one digest are one message. */
  send(outgoing: readonly Outgoing[]): void;
  /** Whether nothing is under way, and all that has ended is written. */
  isIdle(): boolean;
  /** Writes some of what has ended; gives whether there was something. */
  settle(lease: Lease): Promise<boolean>;
  /** Resolves when nothing is under way any more, or after `ms`: then what is left is called off. */
  drain(ms: number): Promise<void>;
}

/** What attempts run on. */
export interface AttemptsOptions {
  readonly store: Followers & NoticeReads;
  readonly clock: Clock;
  /** The rate of a channel as it is configured now; undefined where there is no such channel. */
  readonly rateOf: (channel: string) => ChannelPolicy['rate'] | undefined;
  readonly send: Send;
  /** What people are told by one message, or by the digest of several; null where it is not so any more. */
  readonly messageOf: (outgoing: readonly Outgoing[], at: number) => Promise<NoticeMessage | null>;
  readonly newId: () => string;
  /** An attempt has ended: `settle` has something to write. */
  readonly onEnd: () => void;
  /** A channel began to fail, works again (null), or a message was given up. */
  readonly onTrouble: (channel: string, trouble: string | null, isDeadLetter: boolean) => void;
  /** Channels that failed when this process began: that they work again is told. */
  readonly troubled: readonly string[];
  /** Called for each attempt that has ended and is written. */
  readonly onAttempt: (attempt: EndedAttempt) => void;
}

/** An attempt that has ended, for figures. */
export interface EndedAttempt {
  readonly channel: string;
  readonly result: DeliveryResult;
  readonly tookMs: number;
  /** Incidents that it told of. */
  readonly incidents: number;
  /** For those of which it was the first attempt, how long after the commit it began, in milliseconds. */
  readonly waits: readonly { readonly severity: Severity; readonly ms: number }[];
}

/** Of a large digest, a part. */
interface Ended {
  readonly outgoing: readonly Outgoing[];
  /** All that it told of, with its first part; null with the others. */
  readonly whole: readonly Outgoing[] | null;
  /** null for what was not sent after all. */
  readonly result: DeliveryResult | null;
  readonly at: number;
  readonly tookMs: number;
}

type Tried = Ended & { readonly result: DeliveryResult };

// Notices that hear at once of a channel that works again; more have their next turn.
const WAITING = 20_000;
// Notices whose attempts are written in one transaction.
const SETTLED = 100;
// A message that failed so often says that its channel does.
const OFTEN = 5;
// Of a channel that is not configured any more, and has something under way.
const RATE = { burst: 1, perMinute: 60 };
// First waits of a few seconds, then minutes: a channel that is away for an hour is asked some fifteen times.
const BACKOFF = { baseMs: 4000, maxMs: 300_000 };

/** Attempts over the given store and channels. */
export function createAttempts(options: AttemptsOptions): Attempts {
  const { store, clock, rateOf, newId } = options;
  const gates = new Map<string, { readonly rate: string; readonly gate: Gate }>();
  const lanes = createLanes();
  const ended: Ended[] = [];
  // Channels of which a trial has ended: what waits for that is looked at.
  const tried = new Set<string>();
  const troubled = new Set(options.troubled);
  const unsettled: (() => void)[] = [];
  const resolveAll = () => {
    for (const resolve of unsettled.splice(0)) resolve();
  };
  const stopping = new AbortController();

  const gate = (channel: string) => {
    const rate = rateOf(channel) ?? RATE;
    const text = JSON.stringify(rate);
    const known = gates.get(channel);
    if (known?.rate === text) return known.gate;
    const made = createGate({ rate });
    gates.set(channel, { rate: text, gate: made });
    return made;
  };
  const attempt = async (outgoing: readonly Outgoing[]): Promise<void> => {
    const [first] = outgoing;
    if (first === undefined) return;
    const at = clock.now();
    const begun = clock.monotonic();
    const result = await resultOf(outgoing, first).catch((error: unknown) => notMade(error, true));
    const tookMs = Math.round(clock.monotonic() - begun);
    for (let from = 0; from < outgoing.length; from += SETTLED) {
      const part = outgoing.slice(from, from + SETTLED);
      ended.push({ outgoing: part, whole: from === 0 ? outgoing : null, result, at, tookMs });
    }
    const { channel } = first.notice;
    if (gate(channel).isOnTrial()) tried.add(channel);
    if (result === null) gate(channel).untried();
    else gate(channel).settled(result.ok || result.kind === 'invalid', clock.now());
    options.onEnd();
  };
  const resultOf = async (
    outgoing: readonly Outgoing[],
    { notice, timeoutMs }: Outgoing,
  ): Promise<DeliveryResult | null> => {
    let message: NoticeMessage | null;
    try {
      message = await options.messageOf(outgoing, notice.pending?.firstAt ?? clock.now());
    } catch (error) {
      // What it is made of lies in the store, which may be away.
      return notMade(error, false);
    }
    if (message === null) return null;
    const timeout = new AbortController();
    const late = new DOMException(`did not answer within ${timeoutMs / 1000} s`, 'TimeoutError');
    const cancel = clock.after(timeoutMs, () => timeout.abort(late));
    try {
      const signal = AbortSignal.any([timeout.signal, stopping.signal]);
      const places = message.digest === null ? notice.places : [];
      const progress = notice.pending?.progress ?? undefined;
      return await options.send(notice.channel, message, { signal, progress, places });
    } finally {
      cancel();
    }
  };
  const nextBatch = (): readonly Ended[] => {
    let rows = 0;
    const end = ended.findIndex(({ outgoing }) => {
      rows += outgoing.length;
      return rows > SETTLED;
    });
    return ended.slice(0, end === -1 ? ended.length : Math.max(1, end));
  };
  const settle = async (lease: Lease): Promise<boolean> => {
    const batch = nextBatch();
    if (batch.length === 0) return false;
    const ids = [...new Set(batch.flatMap(({ outgoing }) => outgoing.map(({ notice }) => notice.incidentId)))];
    const states = await store.noticeStates(ids);
    const known = new Map(
      states.flatMap(({ notices }) => notices.map((notice) => [`${notice.incidentId} ${notice.channel}`, notice])),
    );
    const notices: Notice[] = [];
    const rows: AttemptRow[] = [];
    const events: NewEvent[] = [];
    for (const one of batch) {
      for (const { notice: claim } of one.outgoing) {
        const notice = known.get(`${claim.incidentId} ${claim.channel}`);
        const { pending } = claim;
        if (notice === undefined || pending === null || notice.pending?.key !== pending.key) continue;
        const { result } = one;
        const after =
          result === null
            ? withdrawn(notice, clock.now())
            : settledAttempt(notice, outcomeOf(result), clock.now(), retryAt(result, pending));
        known.set(`${claim.incidentId} ${claim.channel}`, after);
        notices.push(after);
        if (result === null) continue;
        rows.push(attemptRow({ ...one, result }, claim, pending, newId()));
        events.push(...eventsOf({ ...one, result }, claim, pending, after, clock.now()));
      }
    }
    const waiting = await Promise.all(
      [...tried].map(async (channel) => ({
        at: gate(channel).closedUntil(clock.now()) ?? clock.now(),
        ids: await store.waitingOn(channel, ['channel_down'], WAITING),
      })),
    );
    await store.follow(
      lease,
      async (tx) => {
        for (const { at, ids: those } of waiting) await tx.notices.scheduleEvaluations(those, at);
        await tx.notices.saveNotices(notices, clock.now());
        await tx.notices.addAttempts(rows);
        await tx.notices.addEvents(events);
        await tx.notices.scheduleEvaluations(ids, clock.now());
      },
      ended.length > batch.length ? 'again' : 'never',
    );
    ended.splice(0, batch.length);
    tried.clear();
    if (ended.length === 0) resolveAll();
    for (const { whole, result, tookMs, at } of batch) {
      if (result === null || whole === null) continue;
      const channel = whole[0]?.notice.channel ?? '';
      options.onAttempt({ channel, result, tookMs, incidents: whole.length, waits: waitsOf(whole, at) });
      tellTrouble(whole, result);
    }
    return true;
  };
  const tellTrouble = (outgoing: readonly Outgoing[], result: DeliveryResult) => {
    const channel = outgoing[0]?.notice.channel ?? '';
    if (result.ok) {
      if (troubled.delete(channel)) options.onTrouble(channel, null, false);
      return;
    }
    // A process that lives for one pass sees no failures in a row, but the message does.
    const isOften = outgoing.some(({ notice }) => (notice.pending?.attempts ?? 0) >= OFTEN);
    const isAway = isOften || gate(channel).closedUntil(clock.now()) !== null;
    if (!result.permanent && !isAway) return;
    troubled.add(channel);
    options.onTrouble(channel, result.reason, result.permanent);
  };
  const retryAt = (result: DeliveryResult, { attempts }: Pending): number => {
    const asked = result.ok ? 0 : (result.retryAfterMs ?? 0);
    return clock.now() + Math.ceil(Math.max(asked, backoffMs(BACKOFF, attempts)));
  };
  return {
    gate,
    send: (outgoing) => {
      for (const group of grouped(outgoing)) {
        const [first] = group;
        if (first === undefined) continue;
        const isCritical = group.some(({ notice }) => notice.pending?.speaks.severity === 'critical');
        lanes.run(first.notice.channel, isCritical, () => attempt(group));
      }
    },
    isIdle: () => ended.length === 0 && lanes.isIdle(),
    settle,
    drain: async (ms) => {
      let isLate = false;
      const cancel = clock.after(ms, () => {
        isLate = true;
        stopping.abort();
        resolveAll();
      });
      await lanes.idle();
      // Where another process tells people, nobody writes here.
      if (ended.length > 0 && !isLate) await new Promise<void>((resolve) => unsettled.push(resolve));
      cancel();
    },
  };
}

/** Reminders and steps of an escalation come at times of their own: they wait for nothing that was committed. */
function waitsOf(outgoing: readonly Outgoing[], at: number): EndedAttempt['waits'] {
  return outgoing.flatMap(({ notice: { want, pending } }) => {
    if (pending?.attempts !== 1 || want.kind === 'nothing') return [];
    return { severity: pending.speaks.severity, ms: Math.max(0, at - want.since) };
  });
}

/** The messages of a digest together, every other one for itself. */
function grouped(outgoing: readonly Outgoing[]): readonly (readonly Outgoing[])[] {
  const digests = new Map<string, Outgoing[]>();
  const single: Outgoing[][] = [];
  for (const one of outgoing) {
    const digest = one.notice.pending?.digest ?? null;
    if (digest === null) single.push([one]);
    else digests.set(digest, [...(digests.get(digest) ?? []), one]);
  }
  return [...single, ...digests.values()];
}

/** It says nothing of the channel. */
function notMade(error: unknown, permanent: boolean): DeliveryResult {
  const reason = `the message could not be made: ${error instanceof Error ? error.message : String(error)}`;
  return { ok: false, kind: 'invalid', permanent, reason };
}

function outcomeOf(result: DeliveryResult): AttemptResult {
  if (result.ok) return { ok: true, ref: result.ref ?? null };
  const { permanent, reason, kind, progress } = result;
  return { ok: false, permanent, reason, maybe: kind === 'timeout' || kind === 'network', progress };
}

function attemptRow({ result, at, tookMs }: Tried, { incidentId, channel }: Notice, pending: Pending, id: string) {
  const { phase, step, key, attempts: attempt, digest } = pending;
  const isUnknown = !result.ok && result.kind === 'timeout';
  const outcome = result.ok ? 'ok' : isUnknown ? 'unknown' : 'failed';
  const reason = result.ok ? (result.answer ?? 'accepted') : result.reason;
  return { id, incidentId, channel, phase, step, key, attempt, at, tookMs, outcome, reason, digest } as const;
}

/** Each message that arrives or is given up stands in the history, and of one that fails the first attempt. */
function eventsOf(
  { result, tookMs }: Tried,
  claim: Notice,
  pending: Pending,
  after: Notice,
  at: number,
): readonly NewEvent[] {
  const said = { at, tookMs, reason: result.ok ? (result.answer ?? 'accepted') : result.reason };
  if (result.ok) return [attemptEvent('notice_sent', claim, pending, said)];
  if (after.dead !== null && after.pending === null) return [attemptEvent('notice_dead', claim, pending, said)];
  return pending.attempts === 1 ? [attemptEvent('notice_failed', claim, pending, said)] : [];
}
