import type { Severity } from '../../src/core/alert/alert.ts';
import { type Incident, UNTOUCHED } from '../../src/core/incident/incident.ts';
import { type EvaluatedAlert, type EvaluationRules, evaluateIncident } from '../../src/core/notice/evaluate.ts';
import type { Mute, Notice, TellPhase } from '../../src/core/notice/notice.ts';
import { type AttemptResult, abandoned, claimed, givenUp, settledAttempt } from '../../src/core/notice/progress.ts';
import { hopsOf, type RouteNode } from '../../src/core/policy/route.ts';

/** A message as a channel got it. */
export interface Heard {
  readonly at: number;
  readonly channel: string;
  readonly phase: TellPhase;
  readonly step: number;
  readonly state: string;
  readonly key: string;
  readonly ids: readonly string[];
  readonly severity: Severity;
  readonly reason: string;
  /** Whether the hub knows that it arrived. */
  readonly isKnown: boolean;
  /** Whether a start was claimed before it, since the last end: it may have failed, or been lost. */
  readonly wasTried: boolean;
}

/** What a channel does with an attempt. `lost`: it arrives, and the answer does not. */
export type Behaviour = 'ok' | 'refused' | 'lost' | 'permanent';

/** The policy of a small world. */
export interface WorldPolicy {
  readonly root: RouteNode;
  readonly escalations?: Readonly<Record<string, readonly { afterMs: number; channels: readonly string[] }[]>>;
  readonly onResolved?: 'tell' | 'edit' | 'none';
  readonly keepsIncidents?: boolean;
  readonly acknowledges?: boolean;
  readonly giveUpMs?: number;
  readonly backoffMs?: number;
  readonly waitMs?: (severity: Severity) => number;
  /** Alerts whose end nobody is to hear of. */
  readonly quiet?: readonly string[];
}

/** A node of a tree with what most tests do not say left out. */
export function node(given: Partial<RouteNode> & Pick<RouteNode, 'settings'>): RouteNode {
  return { place: 'root', matches: () => true, goOn: false, mute: [], active: [], routes: [], ...given };
}

/**
 * One incident, its alerts, its channels and their time, without stores and sockets: the flow of the real loop (look,
 * claim, attempt, settle) over the pure core.
 */
export class NoticeWorld {
  now = 0;
  readonly heard: Heard[] = [];
  /** Channels on which a start was claimed since the last end that was heard. */
  private readonly tried = new Set<string>();
  readonly alerts = new Map<string, EvaluatedAlert>();
  readonly mutes = new Map<string, Mute>();
  readonly behaviour = new Map<string, Behaviour>();
  notices: Notice[] = [];
  isAcknowledged = false;
  flapping: { since: number; settlesAt: number } | null = null;
  /** Claims that were written and not attempted: a crash between the two. */
  crashBeforeAttempt = false;
  crashAfterAttempt = false;
  readonly policy: WorldPolicy;

  constructor(policy: WorldPolicy) {
    this.policy = policy;
  }

  fire(id: string, severity: Severity = 'warning', labels: Record<string, string> = {}): void {
    const known = this.alerts.get(id);
    const isFiring = known?.status === 'firing';
    const startedAt = isFiring ? known.startedAt : this.now;
    this.alerts.set(id, {
      ...{ id, name: id, source: 'test', origin: '', fingerprint: id, severity, labels, startedAt },
      ...{ status: 'firing' as const, receivedAt: isFiring ? known.receivedAt : this.now },
    });
    this.look();
  }

  resolve(id: string): void {
    const known = this.alerts.get(id);
    if (known?.status !== 'firing') return;
    this.alerts.set(id, { ...known, status: 'resolved' });
    if (this.firing().length === 0) this.isAcknowledged = false;
    this.look();
  }

  firing(): EvaluatedAlert[] {
    return [...this.alerts.values()].filter(({ status }) => status === 'firing');
  }

  /** Moves the time, and looks whenever something is due. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (let guard = 0; guard < 10_000; guard += 1) {
      const next = this.nextAt();
      if (next === null || next > end) break;
      this.now = Math.max(this.now, next);
      this.endMutes();
      this.look();
    }
    this.now = end;
    this.endMutes();
    this.look();
  }

  private endMutes(): void {
    for (const [id, mute] of this.mutes) if (mute.until !== null && mute.until <= this.now) this.mutes.delete(id);
    if (this.flapping !== null && this.flapping.settlesAt <= this.now) this.flapping = null;
  }

  private nextAt(): number | null {
    const times = this.notices.flatMap(({ decision }) => ('until' in decision ? (decision.until ?? []) : []));
    for (const { until } of this.mutes.values()) if (until !== null) times.push(until);
    if (this.flapping !== null) times.push(this.flapping.settlesAt);
    const later = times.filter((time) => time > this.now);
    return later.length === 0 ? null : Math.min(...later);
  }

  /** The process is killed, and another goes on from what was written. */
  restart(): void {
    this.notices = this.notices.map((notice) => abandoned(notice, this.now));
    this.look();
  }

  look(): void {
    for (let round = 0; round < 20; round += 1) if (!this.lookOnce()) return;
    throw new Error(`it does not come to rest: ${JSON.stringify(this.notices)}`);
  }

  private lookOnce(): boolean {
    const looked = evaluateIncident(
      { incident: this.incident(), firing: this.firing(), notices: this.notices, flapping: this.flapping },
      this.rules(),
      this.now,
    );
    let sent = false;
    this.notices = looked.map(({ after, wanted }) => {
      if (after.decision.action === 'give_up') return givenUp(after, 'too_old', this.now);
      if (wanted === null) return after;
      sent = true;
      const claim = claimed(after, { ...wanted, timeoutMs: 30_000, digest: null }, this.now);
      return this.attempt(claim, wanted);
    });
    return sent;
  }

  private attempt(
    notice: Notice,
    { send, key, speaks }: NonNullable<ReturnType<typeof evaluateIncident>[number]['wanted']>,
  ) {
    const wasTried = this.tried.has(notice.channel);
    if (speaks.state !== 'resolved') this.tried.add(notice.channel);
    if (this.crashBeforeAttempt) return notice;
    const does = this.behaviour.get(notice.channel) ?? 'ok';
    const { channel } = notice;
    const heard = { at: this.now, channel, phase: send.phase, step: send.step, state: speaks.state, key };
    const isKnown = does === 'ok' && !this.crashAfterAttempt;
    if (does === 'ok' || does === 'lost') {
      const { severity, members } = speaks;
      this.heard.push({ ...heard, severity, ids: members.ids, reason: send.reason, isKnown, wasTried });
      if (speaks.state === 'resolved') this.tried.delete(channel);
    }
    if (this.crashAfterAttempt) return notice;
    const result: AttemptResult =
      does === 'ok'
        ? { ok: true, ref: null }
        : { ok: false, permanent: does === 'permanent', reason: does, maybe: does === 'lost' };
    return settledAttempt(notice, result, this.now, this.now + (this.policy.backoffMs ?? 5_000));
  }

  private rules(): EvaluationRules {
    const { root, escalations = {}, onResolved = 'tell', keepsIncidents = false, acknowledges = false } = this.policy;
    return {
      hopsOf: ({ name, severity, labels }) => hopsOf(root, { alertname: name, severity, ...labels }, 0),
      muteOf: ({ id }) => this.mutes.get(id) ?? null,
      tellsEnd: ({ id }) => this.policy.quiet?.includes(id) !== true,
      escalation: (name) => escalations[name] ?? [],
      channel: () => ({ onResolved, keepsIncidents, acknowledges, reminders: true }),
      waitMs: this.policy.waitMs ?? ((severity) => (severity === 'critical' ? 0 : 10_000)),
      giveUpMs: this.policy.giveUpMs ?? 86_400_000,
      isFlooded: () => false,
      hash: (text) => text,
    };
  }

  private incident(): Incident {
    const isLive = this.firing().length > 0;
    return {
      ...UNTOUCHED,
      ...{ id: 'i1', key: 'k', title: 't', severity: 'warning', openedAt: 0, changedAt: 0, resolvedAt: null },
      ...{ alertCount: this.alerts.size, firing: { critical: 0, warning: 0, info: 0 } },
      status: isLive ? (this.isAcknowledged ? 'acknowledged' : 'open') : 'resolved',
    };
  }
}
