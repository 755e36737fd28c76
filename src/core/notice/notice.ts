import type { Severity } from '../alert/alert.ts';
import type { NoticePhase } from './message.ts';

/** What a message about one incident is about: part of its idempotency key. */
export type TellPhase = Exclude<NoticePhase, 'digest' | 'test'>;

/** The firing alerts that a message speaks of. */
export interface Members {
  /** Ids of alerts, sorted; the first `MEMBERS_KEPT` of them. */
  readonly ids: readonly string[];
  readonly total: number;
  /** Stands for all of the ids: two sets that differ have different hashes. */
  readonly hash: string;
}

/** How many ids of a set of alerts are kept by name; of larger sets the hash alone tells whether they changed. */
export const MEMBERS_KEPT = 200;

/** What people were last told on a channel. */
export interface Told {
  /** What they know from it. */
  readonly state: 'firing' | 'resolved' | 'flapping';
  /** UTC milliseconds. */
  readonly at: number;
  readonly severity: Severity;
  readonly members: Members;
  /** The episode that was told of, as `Notice.episode`; left out by former versions. */
  readonly episode?: number | null;
  /** Those of the members whose end nobody is to hear of; left out for none. */
  readonly quiet?: readonly string[];
  /** Whether they know that somebody has acknowledged; left out for no. */
  readonly acknowledged?: boolean;
  /** The channel's own handle of the first message of the episode, for edits and threads. */
  readonly ref: string | null;
  /** Its handles of later messages of the episode that told of other incidents, too; left out for none. */
  readonly digests?: readonly string[];
}

/** A message that is on its way, or whose attempt failed and is to be repeated. */
export interface Pending {
  readonly phase: TellPhase;
  readonly step: number;
  /** Why it is told. */
  readonly reason: SendReason;
  /** The same for every attempt of one message. */
  readonly key: string;
  /** First attempt, UTC milliseconds. */
  readonly firstAt: number;
  readonly attempts: number;
  /** Whether an attempt is under way. */
  readonly isUnderWay: boolean;
  /** Not before then is it tried again, UTC milliseconds. */
  readonly retryAt: number;
  /** Whether an attempt may have arrived though it was not answered: a time-out, a killed process. */
  readonly maybeTold: boolean;
  /** What the message speaks of; becomes `Told` when it arrives. */
  readonly speaks: Pick<Told, 'state' | 'severity' | 'members' | 'episode' | 'acknowledged' | 'quiet'>;
  /** What may have arrived since something surely did, the newest last; left out for this message alone: `mayHaveSaid` reads it. */
  readonly maybe?: readonly Pending['speaks'][] | undefined;
  /** The digest that it is part of; null for a message of its own. */
  readonly digest: string | null;
  /** How far the attempt before it got, in the channel's own words; null where it does not say. */
  readonly progress: string | null;
}

/** The episode that the pending message tells of: an end is that of what people heard, whatever began since. */
export function episodeOf({ pending, episode }: Notice): number | null {
  return pending?.speaks.episode ?? episode;
}

/** Whether people were last told that this alert fires; of a set that is too large to be kept by name, every alert counts. */
export function isToldOf({ told }: Pick<Notice, 'told'>, id: string): boolean {
  if (told?.state !== 'firing') return false;
  return told.members.total > told.members.ids.length || told.members.ids.includes(id);
}

/** How the alerts that a message speaks of differ from those that people were told of: how many are new, how many have ended. */
export function changeSince({ told }: Pick<Notice, 'told'>, { members }: Pick<Told, 'members'>) {
  if (told?.state !== 'firing') return { joined: members.total, ended: 0 };
  const before = told.members;
  const isWhole = before.total === before.ids.length && members.total === members.ids.length;
  const [known, now] = [new Set(before.ids), new Set(members.ids)];
  // Of sets that are too large to be kept by name only their sizes are known.
  if (!isWhole) {
    const more = members.total - before.total;
    return { joined: Math.max(0, more), ended: Math.max(0, -more) };
  }
  return {
    joined: members.ids.filter((id) => !known.has(id)).length,
    ended: before.ids.filter((id) => !now.has(id)).length,
  };
}

/** What people may have been told since they surely were told something: any of it may be what they heard last. */
export function mayHaveSaid({ maybeTold, maybe, speaks }: Pending): readonly Pending['speaks'][] {
  return maybeTold ? (maybe ?? [speaks]) : [];
}

/** Whether nobody is to hear of the end of anything that was told. */
export function endsQuietly({ members, quiet = [] }: Pending['speaks']): boolean {
  return members.total > 0 && members.total === members.ids.length && members.ids.every((id) => quiet.includes(id));
}

/** A message that was given up. */
export interface DeadLetter {
  readonly phase: TellPhase;
  readonly key: string;
  readonly reason: string;
  readonly at: number;
  /** Of what it spoke; another attempt is made when that has changed. */
  readonly hash: string;
  /** Who put it away, and why; left out while it waits for somebody. */
  readonly dropped?: { readonly by: string; readonly comment: string };
}

/** What there is to tell, seen from what was told, and since when: the start of every wait. */
export interface Want {
  readonly kind: 'nothing' | 'new' | 'changed' | 'ended';
  /** UTC milliseconds. */
  readonly since: number;
}

/** Why a notice is held back although there is something to tell. */
export const MUTE_REASONS = [
  'silenced',
  'maintenance',
  'inhibited',
  'depends_on',
  'muted_time',
  'inactive_time',
  'shelved',
] as const;
/** One of them. */
export type MuteReason = (typeof MUTE_REASONS)[number];

/** What holds back notices of an alert, and until when as far as that is known. */
export interface Mute {
  readonly reason: MuteReason;
  /** What does: id of a silence or alert, name of a window, an interval or a rule. */
  readonly by: string;
  /** UTC milliseconds; null until something changes. */
  readonly until: number | null;
}

/** What is decided of a notice, with its reason. A closed union: the reason is stored, and shown to people. */
export type NoticeDecision =
  | { readonly action: 'send'; readonly phase: TellPhase; readonly step: number; readonly reason: SendReason }
  | { readonly action: 'wait'; readonly until: number; readonly reason: WaitReason }
  | { readonly action: 'hold'; readonly until: number | null; readonly reason: MuteReason; readonly by: string }
  | { readonly action: 'rest'; readonly reason: RestReason; readonly until: number | null }
  | { readonly action: 'give_up'; readonly reason: 'too_old' };

/** Why something is told now. */
export type SendReason =
  | 'new'
  | 'fired_again'
  | 'changed'
  | 'severity_raised'
  | 'acknowledged'
  | 'all_resolved'
  | 'ended_untold'
  | 'repeat'
  | 'mute_ended'
  | 'escalated'
  | 'flapping'
  | 'settled';

/** Why something is told later. */
export type WaitReason = 'group_wait' | 'group_interval' | 'under_way' | 'retry' | 'rate' | 'channel_down';

/** Why nothing is told. */
export type RestReason =
  | 'told'
  | 'acknowledged'
  | 'ended_before_told'
  | 'never_told'
  | 'resolved_not_wanted'
  | 'flapping'
  | 'dead_letter'
  | 'escalation_later'
  | 'channel_removed'
  | 'not_routed';

/** One incident on one channel: the row of the `notices` table. Times are UTC milliseconds. */
export interface Notice {
  readonly incidentId: string;
  readonly channel: string;
  /** Start of what is told now, by the senders: part of the idempotency key. null before the first. */
  readonly episode: number | null;
  /** When the hub first saw the episode: steps of the escalation count from it. */
  readonly episodeSince: number;
  readonly want: Want;
  readonly told: Told | null;
  /** Messages of the episode by phase, each counts its own steps. */
  readonly firings: number;
  readonly reminders: number;
  /** Last step of the escalation that was told here. */
  readonly escalation: number;
  /** When the last message of the episode arrived, of whatever phase. */
  readonly lastAt: number | null;
  /** Since when a mute holds it back; null while none does. */
  readonly heldSince: number | null;
  readonly pending: Pending | null;
  readonly dead: DeadLetter | null;
  readonly decision: NoticeDecision;
  /** The wait before an end is told, as it was when the start was told. */
  readonly waitMs: number;
  /** Places in the configuration that named the channel, for people. */
  readonly places: readonly string[];
  /** Alerts that a mute holds back while others of the incident are told; left out where there are none. */
  readonly apart?: readonly HeldAlert[];
}

/** An alert that people do not hear of with the others. */
export interface HeldAlert extends Omit<Mute, 'reason'> {
  readonly alertId: string;
  /** `not_routed` stands in the row that stands for no channel. */
  readonly reason: MuteReason | 'not_routed';
}

/** How many of them are kept by name. */
export const APART_KEPT = 50;

/** Stands in the place of a channel where no route names one: so that it is told to the log once. */
export const NO_CHANNEL = '';

/** The row of an incident that no route matches; with `alertIds`, of those of its alerts that none does. */
export function unroutedNotice(incidentId: string, now: number, alertIds: readonly string[] = []): Notice {
  const decision = { action: 'rest', reason: 'not_routed', until: null } as const;
  const apart = alertIds
    .slice(0, APART_KEPT)
    .map((alertId): HeldAlert => ({ alertId, reason: 'not_routed', by: '', until: null }));
  return { ...newNotice(incidentId, NO_CHANNEL, now), decision, ...(apart.length > 0 && { apart }) };
}

/** A notice of which nothing is told yet. */
export function newNotice(incidentId: string, channel: string, now: number): Notice {
  return {
    incidentId,
    channel,
    episode: null,
    episodeSince: now,
    want: { kind: 'nothing', since: now },
    told: null,
    firings: 0,
    reminders: 0,
    escalation: 0,
    lastAt: null,
    heldSince: null,
    pending: null,
    dead: null,
    decision: { action: 'rest', reason: 'told', until: null },
    waitMs: 0,
    places: [],
  };
}

/**
 * A notice without those alerts whose end nobody is to hear of and that have ended, while others of its message still
 * fire: that is no change, and when they fire again it is news.
 */
export function withoutQuietEnds(notice: Notice, firing: ReadonlySet<string>, hash: (text: string) => string): Notice {
  const { told } = notice;
  if (told?.state !== 'firing' || told.quiet === undefined || told.members.total > told.members.ids.length)
    return notice;
  const { quiet } = told;
  const left = told.members.ids.filter((id) => firing.has(id) || !quiet.includes(id));
  // When the last of them ends, that decides about the end as a whole.
  if (left.length === told.members.ids.length || !left.some((id) => firing.has(id))) return notice;
  return {
    ...notice,
    told: { ...told, members: membersOf(left, hash), quiet: quiet.filter((id) => left.includes(id)) },
  };
}

/** The set of these alerts; `hash` gives a short text for a long one. */
export function membersOf(ids: readonly string[], hash: (text: string) => string): Members {
  const sorted = [...ids].sort();
  return {
    ids: sorted.slice(0, MEMBERS_KEPT),
    total: sorted.length,
    hash: sorted.length === 0 ? '' : hash(sorted.join(' ')),
  };
}

/**
 * Notices under the names that their channels have now: what people were told on a channel that was renamed goes on. Where
 * there is one under the new name already, the old one is left out.
 */
export function renamedNotices(notices: readonly Notice[], renamed: ReadonlyMap<string, string>): readonly Notice[] {
  if (renamed.size === 0) return notices;
  const known = new Set(notices.map(({ channel }) => channel));
  return notices.flatMap((notice) => {
    const channel = renamed.get(notice.channel);
    if (channel === undefined) return [notice];
    return known.has(channel) ? [] : [{ ...notice, channel }];
  });
}
