import { isShelved } from '../action/decide.ts';
import type { Alert } from '../alert/alert.ts';
import { compareSeverity, type Severity } from '../alert/alert.ts';
import type { Incident } from '../incident/incident.ts';
import type { Hop } from '../policy/route.ts';
import { decideNotice, noticeKeyText, type Plan, type PlannedStep, type Situation, wantOf } from './decide.ts';
import {
  APART_KEPT,
  type HeldAlert,
  isToldOf,
  type Mute,
  mayHaveSaid,
  membersOf,
  type Notice,
  type NoticeDecision,
  newNotice,
  type Pending,
  withoutQuietEnds,
} from './notice.ts';

/** An alert as notices see it. */
export type EvaluatedAlert = Pick<
  Alert,
  'id' | 'name' | 'source' | 'origin' | 'fingerprint' | 'severity' | 'status' | 'labels' | 'startedAt' | 'receivedAt'
>;

/** A step of an escalation, as the configuration has it. */
export interface EscalationStep {
  readonly afterMs: number;
  readonly channels: readonly string[];
}

/** What a channel is like, beside its options. */
export interface ChannelRules {
  readonly onResolved: 'tell' | 'edit' | 'none';
  readonly keepsIncidents: boolean;
  /** Whether it is told of an acknowledgement; left out for no. */
  readonly acknowledges?: boolean;
  /** Whether reminders are wanted; channels with incidents of their own get none unless asked. */
  readonly reminders: boolean;
}

/** The configuration, and what holds notices back, as one look at an incident needs it. */
export interface EvaluationRules {
  readonly hopsOf: (alert: EvaluatedAlert) => readonly Hop[];
  /** What holds back an alert that came by that hop; null for nothing. */
  readonly muteOf: (alert: EvaluatedAlert, hop: Hop) => Mute | null;
  readonly escalation: (name: string) => readonly EscalationStep[];
  /** Whether people are told of its end, where the channel tells of ends. */
  readonly tellsEnd: (alert: EvaluatedAlert) => boolean;
  /** undefined for a channel that is not configured any more. */
  readonly channel: (id: string) => ChannelRules | undefined;
  /** Wait before the first message where no route says, in milliseconds. */
  readonly waitMs: (severity: Severity) => number;
  /** Whether what is told first on that channel goes into its digest, so that its wait is over. */
  readonly isFlooded: (channel: string) => boolean;
  readonly giveUpMs: number;
  readonly hash: (text: string) => string;
}

/** What is looked at: an incident, those of its alerts that fire, and what people were told so far. */
export interface EvaluationInput {
  readonly incident: Incident;
  readonly firing: readonly EvaluatedAlert[];
  readonly notices: readonly Notice[];
  readonly flapping: Situation['flapping'];
}

/** A message that is to be sent now, if the channel's rate allows. */
export interface Wanted {
  readonly send: Extract<NoticeDecision, { action: 'send' }>;
  readonly key: string;
  readonly speaks: Pending['speaks'];
}

/** What a look comes to for one channel. */
export interface Evaluation {
  readonly before: Notice | undefined;
  readonly after: Notice;
  readonly wanted: Wanted | null;
  /** When the first mute of one of its alerts ends, UTC milliseconds: then it is looked at anew, also where others are told. */
  readonly muteEndsAt: number | null;
}

/**
 * Looks at an incident, for every channel that a route or a step of an escalation names and every one that has heard of
 * it. Nothing but its arguments counts, so a look after a restart comes to the same.
 */
export function evaluateIncident(input: EvaluationInput, given: EvaluationRules, now: number): readonly Evaluation[] {
  const shelf = shelfOf(input.incident, now);
  const rules = shelf === null ? given : { ...given, muteOf: () => shelf };
  const routed = routedOf(input.firing, rules);
  const escalations = escalationsOf(routed, rules);
  const known = new Map(input.notices.map((notice) => [notice.channel, notice]));
  const channels = new Set([...known.keys(), ...routed.keys(), ...escalations.flatMap((step) => step.channels)]);
  const firing = new Set(input.firing.map(({ id }) => id));
  const cases = [...channels].sort().map((channel): Case => {
    const ways = routed.get(channel) ?? [];
    const isStep = escalations.some((step) => step.channels.includes(channel));
    const before = known.get(channel);
    const notice = withoutQuietEnds(before ?? newNotice(input.incident.id, channel, now), firing, rules.hash);
    const relevant = relevantTo(notice, ways, input.firing, isStep, rules);
    const situation = situationOf(notice, relevant, input, rules, now);
    const apart = situation.mute === null ? heldApart(notice, relevant) : [];
    const quiet = byAlert(relevant).flatMap(({ alert }) => (rules.tellsEnd(alert) ? [] : alert.id));
    return { before, notice: atItsEpisode(notice, situation, now), situation, ways, apart, quiet };
  });
  const steps = stepsOf(escalations, cases);
  return cases.map((one) => lookAtNotice(one, steps.get(one.notice.channel) ?? [], input.incident, rules, now));
}

/** What holds back all of an incident because a person shelved it; null for nothing. */
function shelfOf(incident: Incident, now: number): Mute | null {
  if (!isShelved(incident, now)) return null;
  return { reason: 'shelved', by: incident.shelvedBy ?? '', until: incident.shelvedUntil };
}

/** An alert on its way to a channel: by which nodes of the tree, and what holds it back there. */
interface Way {
  readonly alert: EvaluatedAlert;
  readonly hop: Hop;
  readonly mute: Mute | null;
}

function routedOf(firing: readonly EvaluatedAlert[], rules: EvaluationRules): ReadonlyMap<string, readonly Way[]> {
  const routed = new Map<string, Way[]>();
  for (const alert of firing) {
    for (const hop of rules.hopsOf(alert)) {
      const way = { alert, hop, mute: rules.muteOf(alert, hop) };
      for (const channel of hop.channels.value) {
        const ways = routed.get(channel);
        if (ways === undefined) routed.set(channel, [way]);
        else ways.push(way);
      }
    }
  }
  return routed;
}

/** The steps of all escalations that apply, in their order. */
function escalationsOf(routed: ReadonlyMap<string, readonly Way[]>, rules: EvaluationRules): readonly EscalationStep[] {
  const names = new Set([...routed.values()].flat().flatMap(({ hop }) => hop.escalation?.value ?? []));
  return [...names].flatMap((name) => rules.escalation(name)).sort((a, b) => a.afterMs - b.afterMs);
}

/** The steps by channel, and when each is due: it begins only when the one before it has. */
function stepsOf(
  escalations: readonly EscalationStep[],
  cases: readonly Case[],
): ReadonlyMap<string, readonly PlannedStep[]> {
  const live = cases.map(({ notice }) => notice).filter(isLive);
  const start = earliest(live.map(({ episodeSince }) => episodeSince));
  const planned = new Map<string, PlannedStep[]>();
  escalations.forEach(({ afterMs, channels }, index) => {
    const before = escalations[index - 1];
    const begun = before === undefined ? start : begunAt(live, index);
    const isKnown = start !== undefined && begun !== undefined;
    const dueAt = isKnown ? Math.max(start + afterMs, begun + afterMs - (before?.afterMs ?? 0)) : null;
    for (const channel of channels) planned.set(channel, [...(planned.get(channel) ?? []), { step: index + 1, dueAt }]);
  });
  return planned;
}

/** Whether people are to hear of it, or know of it and not of its end. */
function isLive({ want, told }: Notice): boolean {
  return want.kind === 'new' || (told !== null && told.state !== 'resolved');
}

/** When a step was first told, or tried; a channel that fails must not hold up the next step. */
function begunAt(live: readonly Notice[], step: number): number | undefined {
  const times = live.flatMap(({ escalation, lastAt, pending, dead }) => {
    if (escalation >= step) return lastAt ?? [];
    if (pending?.phase === 'escalation' && pending.step >= step) return pending.firstAt;
    return dead?.phase === 'escalation' ? dead.at : [];
  });
  return earliest(times);
}

/** What a channel is to know of: what is routed to it, what it was told of, and for a mere step all that fires. */
function relevantTo(
  { told }: Notice,
  ways: readonly Way[],
  firing: readonly EvaluatedAlert[],
  isStep: boolean,
  rules: EvaluationRules,
): readonly Way[] {
  const routed = new Set(ways.map(({ alert }) => alert.id));
  const isTold = (id: string) => told?.state === 'firing' && told.members.ids.includes(id);
  const others = firing.filter(({ id }) => !routed.has(id) && (isTold(id) || (isStep && ways.length === 0)));
  const more = others.flatMap((alert) =>
    rules.hopsOf(alert).map((hop) => ({ alert, hop, mute: rules.muteOf(alert, hop) })),
  );
  return [...ways, ...more];
}

/** Each alert once; it is held back here only when every way to the channel is. */
function byAlert(relevant: readonly Way[]): readonly Pick<Way, 'alert' | 'mute'>[] {
  const byId = new Map<string, Pick<Way, 'alert' | 'mute'>>();
  for (const { alert, mute } of relevant) {
    const known = byId.get(alert.id);
    if (known === undefined || known.mute !== null) byId.set(alert.id, { alert, mute });
  }
  return [...byId.values()];
}

/** Alerts that are held back, each by itself, and that people were not told of before. */
function heldApart(notice: Notice, relevant: readonly Way[]): readonly HeldAlert[] {
  return byAlert(relevant)
    .flatMap(({ alert, mute }) => (mute === null || isToldOf(notice, alert.id) ? [] : { alertId: alert.id, ...mute }))
    .slice(0, APART_KEPT);
}

function situationOf(
  notice: Notice,
  relevant: readonly Way[],
  { incident, flapping }: EvaluationInput,
  rules: EvaluationRules,
  now: number,
): Situation {
  const { told } = notice;
  const alerts = byAlert(relevant);
  const visible = alerts.filter(({ alert, mute }) => mute === null || isToldOf(notice, alert.id));
  const shown = (visible.length > 0 ? visible : alerts).map(({ alert }) => alert);
  return {
    visible: membersOf(
      visible.map(({ alert }) => alert.id),
      rules.hash,
    ),
    isFiring: alerts.length > 0,
    severity: worst(shown) ?? told?.severity ?? incident.severity,
    startedAt: earliest(shown.map(({ startedAt }) => startedAt)) ?? incident.openedAt,
    heardAt: earliest(shown.map(({ receivedAt }) => receivedAt)) ?? now,
    isAcknowledged: incident.status === 'acknowledged',
    mute: allMuted(alerts.map(({ mute }) => mute)),
    flapping,
  };
}

function worst(alerts: readonly EvaluatedAlert[]): Severity | undefined {
  return alerts.map(({ severity }) => severity).sort((a, b) => compareSeverity(b, a))[0];
}

function earliest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
}

/** What holds back all of them, until the first of it ends; null where one is free, or there is none. */
function allMuted(mutes: readonly (Mute | null)[]): Mute | null {
  const held = mutes.filter((mute) => mute !== null);
  const [first] = held;
  if (first === undefined || held.length < mutes.length) return null;
  return { ...first, until: earliest(held.flatMap(({ until }) => until ?? [])) ?? null };
}

function planOf(
  ways: readonly Way[],
  steps: readonly PlannedStep[],
  { onResolved, keepsIncidents, acknowledges = false, reminders }: ChannelRules,
  rules: EvaluationRules,
): Plan {
  const least = (values: readonly number[]) => earliest(values) ?? 0;
  const repeats = ways.map(({ hop }) => hop.repeatMs.value).filter((ms) => ms > 0);
  return {
    isRouted: ways.length > 0,
    waitMs: least(ways.map(({ alert, hop }) => hop.groupWaitMs?.value ?? rules.waitMs(alert.severity))),
    intervalMs: least(ways.map(({ hop }) => hop.groupIntervalMs.value)),
    repeatMs: reminders ? least(repeats) : 0,
    steps,
    tellsResolved: onResolved !== 'none',
    ...{ keepsIncidents, acknowledges },
    giveUpMs: rules.giveUpMs,
  };
}

/** A channel's notice at the episode that it is in, and all that bears on it. */
interface Case {
  readonly before: Notice | undefined;
  readonly notice: Notice;
  readonly situation: Situation;
  readonly ways: readonly Way[];
  readonly apart: readonly HeldAlert[];
  /** Ids of alerts whose end nobody is to hear of. */
  readonly quiet: readonly string[];
}

function lookAtNotice(
  { before, notice: given, situation, ways, apart, quiet }: Case,
  steps: readonly PlannedStep[],
  incident: Incident,
  rules: EvaluationRules,
  now: number,
): Evaluation {
  const { apart: _, ...notice } = given;
  const channelRules = rules.channel(notice.channel);
  if (channelRules === undefined) return { before, after: withoutChannel(notice), wanted: null, muteEndsAt: null };
  const planned = planOf(ways, steps, channelRules, rules);
  const plan = notice.want.kind === 'new' && rules.isFlooded(notice.channel) ? { ...planned, waitMs: 0 } : planned;
  const { want, decision } = decideNotice(notice, situation, plan, now);
  const isHeld = decision.action === 'hold';
  const after: Notice = {
    ...notice,
    want,
    decision,
    told: isEndUnwanted(decision) && notice.told !== null ? { ...notice.told, state: 'resolved' } : notice.told,
    heldSince: isHeld ? (notice.heldSince ?? now) : notice.heldSince,
    waitMs: plan.isRouted ? planned.waitMs : notice.waitMs,
    places: ways.length > 0 ? [...new Set(ways.map(({ hop }) => hop.place))] : notice.places,
    ...(apart.length > 0 && { apart }),
  };
  const muteEndsAt = earliest(ways.flatMap(({ mute }) => mute?.until ?? [])) ?? null;
  if (decision.action !== 'send') return { before, after, wanted: null, muteEndsAt };
  const isEnd = decision.phase === 'resolved';
  // An end that failed, or may have arrived, is one message until another one is tried.
  const again = isEnd && notice.pending?.phase === 'resolved' ? notice.pending : null;
  const episode = isEnd ? endedEpisode(notice) : after.episode;
  const key =
    again?.key ??
    rules.hash(noticeKeyText(incident.key, episode ?? incident.openedAt, after.channel, decision.phase, decision.step));
  const knows = situation.isAcknowledged && (decision.reason === 'acknowledged' || notice.told?.acknowledged === true);
  const speaks = { ...speaksOf(decision, situation, quiet), episode, ...(knows && { acknowledged: true }) };
  return { before, after, wanted: { send: decision, key, speaks }, muteEndsAt };
}

/** Nobody is told of the end, and what fires after it is news all the same. */
function isEndUnwanted(decision: NoticeDecision): boolean {
  return decision.action === 'rest' && decision.reason === 'resolved_not_wanted';
}

/** Where something begins to fire, steps count anew, and the start in the keys is another one, also where the senders tell the same. */
function atItsEpisode(notice: Notice, situation: Situation, now: number): Notice {
  const want = wantOf(notice, situation, now);
  if (want.kind !== 'new' || notice.want.kind === 'new') return notice;
  const { startedAt } = situation;
  const episode = notice.episode === null ? startedAt : Math.max(startedAt, notice.episode + 1);
  return { ...notice, want, episode, episodeSince: want.since, firings: 0, reminders: 0, escalation: 0 };
}

function speaksOf(
  { phase }: Wanted['send'],
  { severity, visible }: Situation,
  quiet: readonly string[],
): Pending['speaks'] {
  const state = phase === 'resolved' || phase === 'flapping' ? phase : 'firing';
  const told = state === 'firing' ? quiet.filter((id) => visible.ids.includes(id)) : [];
  return { state, severity, members: visible, ...(told.length > 0 && { quiet: told }) };
}

/** The episode whose end is told: that of which people heard last, and not one that began since and was never told. */
function endedEpisode({ told, pending, episode }: Notice): number | null {
  const last = pending === null ? undefined : mayHaveSaid(pending).at(-1);
  const heard = last?.state === 'resolved' && told?.state === 'firing' ? told : (last ?? told);
  return heard?.episode ?? episode;
}

function withoutChannel(notice: Notice): Notice {
  return { ...notice, pending: null, decision: { action: 'rest', reason: 'channel_removed', until: null } };
}
