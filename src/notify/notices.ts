import type { HistoryEvent, NewEvent } from '../core/history.ts';
import type { Incident } from '../core/incident/incident.ts';
import { flappingOf } from '../core/notice/flap.ts';
import { type Looked, lookAtIncident } from '../core/notice/look.ts';
import { NO_CHANNEL, type Notice, renamedNotices, unroutedNotice } from '../core/notice/notice.ts';
import { dropped, retried } from '../core/notice/outbox.ts';
import { abandoned, claimed, givenUp } from '../core/notice/progress.ts';
import { createIntervalTimes } from '../core/policy/interval.ts';
import { matchLabels } from '../core/policy/labels.ts';
import type { NotifyPolicy } from '../core/policy/policy.ts';
import { createRelationBook } from '../core/policy/relation.ts';
import type { RouteNode } from '../core/policy/route.ts';
import type { CompiledSilence } from '../core/policy/silence.ts';
import { turningsOf } from '../core/policy/turnings.ts';
import type { Successor } from '../followers/succession.ts';
import type { Clock } from '../lib/clock.ts';
import type { Followers, FollowTransaction } from '../stores/contract/followers.ts';
import type { Lease } from '../stores/contract/leases.ts';
import type { NoticeReads, NoticeState } from '../stores/contract/notices.ts';
import { admitWanted } from './admit.ts';
import type { Attempts, Outgoing } from './attempts.ts';
import { decisionEvents } from './events.ts';
import { ownKeysOf } from './own-keys.ts';
import { lookRules } from './rules.ts';
import { type Concerns, createSilenceWatch } from './silence-watch.ts';

/** What notices run on. */
export interface NoticesOptions {
  readonly store: Followers & NoticeReads;
  readonly clock: Clock;
  readonly policy: NotifyPolicy;
  /** Silences that have not expired, compiled; asked anew when the history says that they changed. */
  readonly silences: () => Promise<readonly CompiledSilence[]>;
  readonly attempts: Attempts;
  readonly hash: (text: string) => string;
  /** Ids of digests: short, and no two the same. */
  readonly newId: () => string;
  /** Called once for each incident that no route matches: nobody is told of it. */
  readonly onUnrouted: (incident: Incident) => void;
}

// Looks of one transaction.
const LOOKS = 100;
const PAGE = 500;
// For people, as the reason of a dead letter.
const TOO_OLD = 'no attempt has succeeded for as long as is tried (give_up_after)';
// What people ask of notices; all else of them was written here.
const ASKED: readonly string[] = ['notice_retried', 'notice_dropped'];
// Incidents that one digest takes in before their wait is over.
const GATHERED = 5000;

/** The follower, and what others ask of it. */
export interface Notices extends Successor {
  /** How many incidents an alert holds back, as their parent. */
  heldCount(alertId: string): number;
}

/**
 * Notices as a follower of the history: an event says which incidents to look at; a look compares what people should
 * know with what they were told, writes what it decides, and only then sends.
 */
export function createNotices(options: NoticesOptions): Notices {
  const { store, clock, policy, attempts, newId, hash } = options;
  const relations = createRelationBook(policy.relations);
  const hasRelations = policy.relations.length > 0;
  // Where every node of the tree has a channel, no alert goes without.
  const canMiss = hasNone(policy.root, []);
  const times = createIntervalTimes();
  const watched = [...policy.windows, ...turningsOf(policy.root)];
  const watch = createSilenceWatch(options.silences, watched, clock.now());

  const readAll = async () => {
    await watch.reload();
    watch.begun(clock.now());
    await readRelations();
  };
  const readRelations = async () => {
    relations.clear();
    if (!hasRelations) return;
    for await (const page of pagesOf(store.firingAlerts, ({ id }) => id)) {
      for (const { id, incidentId, ...alert } of page) relations.fires({ id, incidentId, labels: matchLabels(alert) });
    }
  };
  const relate = async (alertIds: readonly string[]): Promise<readonly string[]> => {
    if (!hasRelations || alertIds.length === 0) return [];
    const found = new Map((await store.alertsById(alertIds)).map((alert) => [alert.id, alert]));
    return alertIds.flatMap((id) => {
      const alert = found.get(id);
      if (alert?.status !== 'firing') return relations.ends(id);
      return relations.fires({ id, incidentId: alert.incidentId, labels: matchLabels(alert) });
    });
  };
  const everyLiveIncident = async (schedule: (ids: readonly string[]) => Promise<void>) => {
    for await (const ids of pagesOf(store.liveIncidentIds, (id) => id)) await schedule(ids);
  };
  /** What people asked of messages that failed. */
  const askedOf = async (events: readonly HistoryEvent[], now: number): Promise<readonly Notice[]> => {
    const changed = new Map<string, Notice>();
    for (const { kind, subjectId, data } of events) {
      if (!ASKED.includes(kind)) continue;
      const key = `${subjectId} ${data.channel}`;
      const known =
        changed.get(key) ?? (await store.noticesOf(subjectId)).find(({ channel }) => channel === data.channel);
      if (known === undefined) continue;
      const said = { by: String(data.by ?? ''), comment: String(data.comment ?? '') };
      changed.set(key, kind === 'notice_retried' ? retried(known, now) : dropped(known, said, now));
    }
    return [...changed.values()];
  };
  /** Incidents with an alert that fires and that something about a silence or window concerns. */
  const thoseConcerned = async (
    concerns: readonly Concerns[],
    schedule: (ids: readonly string[]) => Promise<void>,
  ): Promise<void> => {
    if (concerns.length === 0) return;
    for await (const page of pagesOf(store.firingAlerts, ({ id }) => id)) {
      const ids = page.flatMap((alert) => {
        const labels = matchLabels(alert);
        return alert.incidentId !== null && concerns.some((concern) => concern(labels)) ? alert.incidentId : [];
      });
      if (ids.length > 0) await schedule([...new Set(ids)]);
    }
  };

  const rulesAt = (now: number, flooded: string | null) =>
    lookRules(
      policy,
      { silencesOf: watch.silencesOf, windows: policy.windows, relations, times },
      hash,
      now,
      (channel) => channel === flooded,
    );
  const lookAt = ({ incident, firing, notices: all, turns }: NoticeState, now: number, flooded: string | null) => {
    const told = all.filter(({ channel }) => channel !== NO_CHANNEL);
    const notices = renamedNotices(told, policy.renamed);
    const flapping = policy.flapping === null ? null : flappingOf(turns, policy.flapping, now);
    return lookAtIncident({ incident, firing, notices, flapping }, rulesAt(now, flooded), now);
  };

  /** Looks at what is due, up to a bound; gives whether there may be more. */
  const lookOnce = async (lease: Lease): Promise<boolean> => {
    const due = await store.dueLooks(clock.now(), LOOKS);
    if (due.length === 0) return false;
    const states = await store.noticeStates(due);
    const now = clock.now();
    const work = createWork(now);
    const unrouted: Incident[] = [];
    for (const state of states) {
      const looked = lookAt(state, now, null);
      const isUnrouted = looked.length === 0 && state.firing.length > 0;
      if (!isUnrouted || state.notices.length > 0) work.add(state, [...looked, ...unroutedAmong(state, looked, now)]);
      else {
        work.add(state, [
          { before: undefined, after: unroutedNotice(state.incident.id, now), wanted: null, muteEndsAt: null },
        ]);
        unrouted.push(state.incident);
      }
    }
    for (const [channel, wanted] of work.wanted()) await admit(channel, wanted, due, work, now);
    const gone = due.filter((id) => !states.some(({ incident }) => incident.id === id));
    await store.follow(lease, async (tx) => {
      await tx.notices.saveNotices(work.changed(), now);
      await tx.notices.saveOwnKeys(ownKeysOf(work.outgoing(), policy, hash), now);
      await tx.notices.addEvents(work.events());
      await tx.notices.setLooks([...work.looks(), ...gone.map((incidentId) => ({ incidentId, at: null }))]);
    });
    attempts.send(work.outgoing());
    for (const incident of unrouted) options.onUnrouted(incident);
    return due.length === LOOKS;
  };
  /** The row of those alerts that no route matches, beside others of their incident that are told. */
  const unroutedAmong = (state: NoticeState, looked: readonly Looked[], now: number): readonly Looked[] => {
    if (!canMiss || looked.length === 0) return [];
    const rules = rulesAt(now, null);
    const missed = state.firing.filter((alert) =>
      rules.hopsOf(alert).every(({ channels, escalation }) => channels.value.length === 0 && !escalation?.value),
    );
    if (missed.length === 0) return [];
    const before = state.notices.find(({ channel }) => channel === NO_CHANNEL);
    const ids = missed.map(({ id }) => id);
    return [{ before, after: unroutedNotice(state.incident.id, now, ids), wanted: null, muteEndsAt: null }];
  };
  const admit = async (channel: string, wanted: readonly Looked[], due: readonly string[], work: Work, now: number) => {
    const gate = attempts.gate(channel);
    const waiting = (await store.waitingOn(channel, GATHERED)).filter((id) => !due.includes(id));
    const admitted = admitWanted(wanted, gate, waiting.length, now);
    const inDigest = admitted.filter(({ verdict }) => verdict === 'digest').map(({ looked }) => looked);
    for (const one of admitted) {
      if (one.verdict === 'send') work.claim(one.looked, null, timeoutOf(channel));
      else if (one.verdict === 'later') work.replace(one.looked, one.after);
    }
    if (inDigest.length === 0) return;
    const digest = newId();
    const isUrgent = inDigest.every(({ wanted: message }) => message?.speaks.severity === 'critical');
    for (const looked of inDigest) work.claim(looked, digest, timeoutOf(channel));
    if (isUrgent) return;
    // What waits for its first message is told with it: a storm is told once.
    for (const state of await store.noticeStates(waiting)) {
      const own = lookAt(state, now, channel).find(({ after }) => after.channel === channel);
      if (own?.wanted) {
        work.addOne(state, own);
        work.claim(own, digest, timeoutOf(channel));
      }
    }
  };
  const timeoutOf = (channel: string) => policy.channels.get(channel)?.timeoutMs ?? 30_000;

  return {
    name: 'notices',
    heldCount: relations.heldCount,
    begins: 'now',
    takeOver: async (lease) => {
      await readAll();
      // Nobody hears the end of what was under way: it may have arrived, and is told again under the same key.
      const under = (await store.noticesUnderWay()).map((notice) => abandoned(notice, clock.now()));
      await store.follow(lease, async (tx) => {
        await tx.notices.saveNotices(under, clock.now());
        await tx.notices.scheduleLooks([...new Set(under.map(({ incidentId }) => incidentId))], clock.now());
        await everyLiveIncident((ids) => tx.notices.scheduleLooks(ids, clock.now()));
      });
    },
    succeed: async (lease) => {
      await readAll();
      await store.follow(lease, (tx) => everyLiveIncident((ids) => tx.notices.scheduleLooks(ids, clock.now())));
    },
    take: async (events, tx: FollowTransaction) => {
      const now = clock.now();
      const touched = new Set(events.flatMap(incidentsOf));
      const moved = events.filter(({ subject, kind }) => subject === 'alert' && !kind.startsWith('notice_'));
      const alerts = moved.map(({ subjectId }) => subjectId);
      for (const id of await relate([...new Set(alerts)])) touched.add(id);
      await tx.notices.saveNotices(await askedOf(events, now), now);
      await tx.notices.scheduleLooks([...touched], now);
      if (!events.some(({ subject }) => subject === 'silence')) return;
      await thoseConcerned(await watch.reload(), (ids) => tx.notices.scheduleLooks(ids, now));
    },
    turn: async (lease) => {
      await attempts.settle(lease);
      const now = clock.now();
      if (now >= (watch.nextStart() ?? Number.POSITIVE_INFINITY)) {
        const begun = watch.begun(now);
        await store.follow(lease, (tx) => thoseConcerned(begun, (ids) => tx.notices.scheduleLooks(ids, now)));
      }
      while (await lookOnce(lease)) await attempts.settle(lease);
      const times = [await store.nextLookAt(), watch.nextStart()].filter((time) => time !== null);
      return times.length === 0 ? null : Math.min(...times);
    },
  };
}

/** All that a list gives, page by page, while it may change meanwhile; no page is empty. */
async function* pagesOf<T>(
  read: (after: string, limit: number) => Promise<readonly T[]>,
  idOf: (item: T) => string,
): AsyncGenerator<readonly T[]> {
  let after = '';
  for (;;) {
    const page = await read(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < PAGE) return;
    after = idOf(last);
  }
}

function hasNone({ settings, routes }: RouteNode, above: readonly string[]): boolean {
  const channels = settings.channels ?? above;
  return channels.length === 0 || routes.some((route) => hasNone(route, channels));
}

/** The incidents that an event tells to look at; what notices themselves have written tells nothing. */
function incidentsOf({ kind, subject, subjectId, data }: HistoryEvent): readonly string[] {
  if (kind.startsWith('notice_')) return ASKED.includes(kind) ? [subjectId] : [];
  if (subject === 'incident') return [subjectId];
  return typeof data.incident_id === 'string' ? [data.incident_id] : [];
}

/** What one transaction of looks comes to, gathered while the gates decide. */
interface Work {
  add(state: NoticeState, looked: readonly Looked[]): void;
  addOne(state: NoticeState, looked: Looked): void;
  claim(looked: Looked, digest: string | null, timeoutMs: number): void;
  replace(looked: Looked, after: Notice): void;
  wanted(): ReadonlyMap<string, readonly Looked[]>;
  changed(): readonly Notice[];
  events(): readonly NewEvent[];
  looks(): readonly { readonly incidentId: string; readonly at: number | null }[];
  outgoing(): readonly Outgoing[];
}

function createWork(now: number): Work {
  const entries = new Map<Looked, { after: Notice; state: NoticeState; claim: Outgoing | null }>();
  const whole = new Set<string>();
  const enter = (state: NoticeState, looked: Looked) => {
    const isOver = looked.after.decision.action === 'give_up';
    const after = isOver ? givenUp(looked.after, TOO_OLD, now) : looked.after;
    entries.set(looked, { after, state, claim: null });
  };
  const of = (looked: Looked) => {
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
      entry.claim = { notice: entry.after, state: entry.state, timeoutMs };
    },
    replace: (looked, after) => {
      of(looked).after = after;
    },
    wanted: () => {
      const byChannel = new Map<string, Looked[]>();
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
