import type { HistoryEvent } from '../core/history.ts';
import type { Incident } from '../core/incident/incident.ts';
import { type Evaluation, evaluateIncident } from '../core/notice/evaluate.ts';
import { flappingOf } from '../core/notice/flap.ts';
import { NO_CHANNEL, type Notice, renamedNotices, unroutedNotice } from '../core/notice/notice.ts';
import { dropped, retried } from '../core/notice/outbox.ts';
import { abandoned } from '../core/notice/progress.ts';
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
import { admitWanted, laneOf } from './admit.ts';
import type { Attempts } from './attempts.ts';
import { createDigests, TOGETHER } from './digests.ts';
import { lostAttempts } from './lost-attempts.ts';
import { ownKeysOf } from './own-keys.ts';
import { evaluationRules } from './rules.ts';
import { type Concerns, createSilenceWatch } from './silence-watch.ts';
import { createWork, type Work } from './work.ts';

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
  /** Whether messages may begin; while they may not, those under way end as they began. Left out, always. */
  readonly mayTell?: () => boolean;
  /** Called once for each incident that no route matches: nobody is told of it. */
  readonly onUnrouted: (incident: Incident) => void;
}

// Looks of one transaction.
const LOOKS = 100;
const PAGE = 500;
// What people ask of notices; all else of them was written here.
const ASKED: readonly string[] = ['notice_retried', 'notice_dropped'];
// A storm is worked on in turns of about so long.
const TURN_MS = 100;

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
  // Incidents of which the history told something critical, and that were not looked at since.
  const urgent = new Set<string>();
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
    evaluationRules(
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
    return evaluateIncident({ incident, firing, notices, flapping }, rulesAt(now, flooded), now);
  };

  /** Looks at what is due, up to a bound; gives whether there was something. */
  const lookOnce = async (lease: Lease): Promise<boolean> => {
    const due = await nextDue();
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
    await store.follow(
      lease,
      async (tx) => {
        await tx.notices.saveNotices(work.changed(), now);
        await tx.notices.saveOwnKeys(ownKeysOf(work.outgoing(), policy, hash), now);
        await tx.notices.addEvents(work.events());
        await tx.notices.setEvaluations([...work.looks(), ...gone.map((incidentId) => ({ incidentId, at: null }))]);
        // What was claimed may be sent: then its row must be there. A look is taken again.
      },
      work.outgoing().length > 0 ? 'never' : 'again',
    );
    attempts.send(work.outgoing());
    for (const incident of unrouted) options.onUnrouted(incident);
    return true;
  };
  /** The row of those alerts that no route matches, beside others of their incident that are told. */
  const unroutedAmong = (state: NoticeState, looked: readonly Evaluation[], now: number): readonly Evaluation[] => {
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
  const admit = async (
    channel: string,
    wanted: readonly Evaluation[],
    due: readonly string[],
    work: Work,
    now: number,
  ) => {
    const gate = attempts.gate(channel);
    // More than that need not be counted: it is a storm.
    const enough = LOOKS + gate.left('critical', now) + gate.left('other', now) + 1;
    const waiting = (await store.waitingOn(channel, TOGETHER, enough)).filter((id) => !due.includes(id));
    for (const one of admitWanted(wanted, gate, waiting.length, now)) {
      if (one.verdict === 'send') work.claim(one.looked, null, timeoutOf(channel));
      else work.replace(one.looked, one.after);
      if (one.verdict === 'digest') digests.begin(channel, laneOf(one.looked));
    }
  };
  const timeoutOf = (channel: string) => policy.channels.get(channel)?.timeoutMs ?? 30_000;
  const digests = createDigests({ store, clock, policy, attempts, newId, hash, lookAt, timeoutOf });
  /** Those first that are critical: a storm of others is not looked at before them. */
  const nextDue = async (): Promise<readonly string[]> => {
    const first = [...urgent].slice(0, LOOKS);
    for (const id of first) urgent.delete(id);
    const others = first.length < LOOKS ? await store.dueEvaluations(clock.now(), LOOKS - first.length) : [];
    return [...new Set([...first, ...others])];
  };

  return {
    name: 'notices',
    heldCount: relations.heldCount,
    begins: 'now',
    takeOver: async (lease) => {
      await readAll();
      // Nobody hears the end of what was under way: it may have arrived, and is told again under the same key.
      const underWay = await store.noticesUnderWay();
      const under = underWay.map((notice) => abandoned(notice, clock.now()));
      await store.follow(lease, async (tx) => {
        await tx.notices.saveNotices(under, clock.now());
        await tx.notices.addAttempts(lostAttempts(underWay, timeoutOf, newId));
        await tx.notices.scheduleEvaluations([...new Set(under.map(({ incidentId }) => incidentId))], clock.now());
        await everyLiveIncident((ids) => tx.notices.scheduleEvaluations(ids, clock.now()));
      });
    },
    succeed: async (lease) => {
      await readAll();
      await store.follow(lease, (tx) => everyLiveIncident((ids) => tx.notices.scheduleEvaluations(ids, clock.now())));
    },
    take: async (events, tx: FollowTransaction) => {
      const now = clock.now();
      const touched = new Set(events.flatMap(incidentsOf));
      for (const event of events)
        if (event.data.severity === 'critical') for (const id of incidentsOf(event)) urgent.add(id);
      const moved = events.filter(({ subject, kind }) => subject === 'alert' && !kind.startsWith('notice_'));
      const alerts = moved.map(({ subjectId }) => subjectId);
      for (const id of await relate([...new Set(alerts)])) touched.add(id);
      await tx.notices.saveNotices(await askedOf(events, now), now);
      await tx.notices.scheduleEvaluations([...touched], now);
      if (!events.some(({ subject }) => subject === 'silence')) return;
      await thoseConcerned(await watch.reload(), (ids) => tx.notices.scheduleEvaluations(ids, now));
    },
    turn: async (lease) => {
      const now = clock.now();
      if (now >= (watch.nextStart() ?? Number.POSITIVE_INFINITY)) {
        const begun = watch.begun(now);
        await store.follow(lease, (tx) => thoseConcerned(begun, (ids) => tx.notices.scheduleEvaluations(ids, now)));
      }
      for (const end = clock.monotonic() + TURN_MS; ; ) {
        const isHeld = options.mayTell?.() === false;
        const steps = [
          await attempts.settle(lease),
          ...(isHeld ? [] : [await lookOnce(lease), await digests.step(lease)]),
        ];
        if (!steps.includes(true)) break;
        // What was committed meanwhile is taken before the rest.
        if (clock.monotonic() >= end) return clock.now();
      }
      if (options.mayTell?.() === false) return null;
      const times = [await store.nextEvaluationAt(), watch.nextStart()].filter((time) => time !== null);
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
