import type { Alert } from '../../core/alert/alert.ts';
import type { NewEvent } from '../../core/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { NoticeAttempt } from '../../core/notice/delivery.ts';
import type { Notice, NoticeDecision } from '../../core/notice/notice.ts';
import type { StoreFigures } from './figures.ts';
import type { Page, PageQuery } from './reads.ts';

/** An attempt as the store keeps it. */
export interface AttemptRow extends NoticeAttempt {
  /** UUIDv7. */
  readonly id: string;
  /** Incidents that it spoke of: one, or those of a digest. */
  readonly incidentId: string;
  readonly step: number;
}

/** What a look at an incident needs. */
export interface NoticeState {
  readonly incident: Incident;
  /** Its alerts that fire. */
  readonly firing: readonly Alert[];
  readonly notices: readonly Notice[];
  /** When incidents of its key last opened, reopened or resolved, latest first; UTC milliseconds. */
  readonly turns: readonly number[];
}

/** When an incident is to be looked at next; null for not before something changes. */
export interface PlannedEvaluation {
  readonly incidentId: string;
  readonly at: number | null;
}

/** A key under which another tool was told. */
export interface OwnKey {
  readonly key: string;
  /** Of what; null for a digest. */
  readonly incidentId: string | null;
}

/** What notices write within the transaction of their follower. */
export interface NoticeWrites {
  /** Looks at these incidents at `at`, or when they were to be looked at already, whichever is earlier. */
  scheduleEvaluations(incidentIds: readonly string[], at: number): Promise<void>;
  /** Looks at each at its time, whatever was planned before. */
  setEvaluations(looks: readonly PlannedEvaluation[]): Promise<void>;
  /** Whole rows, by incident and channel: inserted or replaced. */
  saveNotices(notices: readonly Notice[], now: number): Promise<void>;
  /** By what other tools know what they are told: kept from `now` on. */
  saveOwnKeys(keys: readonly OwnKey[], now: number): Promise<void>;
  addAttempts(rows: readonly AttemptRow[]): Promise<void>;
  /** Gives the highest of their numbers; null for none. */
  addEvents(events: readonly NewEvent[]): Promise<number | null>;
}

/** What notices read. */
export interface NoticeReads {
  /** Incidents whose look is due at `now`, the longest due first; at most `limit`. */
  dueEvaluations(now: number, limit: number): Promise<readonly string[]>;
  /** When the next look is due; null where none is planned. */
  nextEvaluationAt(): Promise<number | null>;
  /** What a look at these incidents needs; those that are gone are left out. */
  noticeStates(incidentIds: readonly string[]): Promise<readonly NoticeState[]>;
  /** Alerts of an incident for a message: those that fire first, then those that ended last; at most `limit`. */
  alertsForMessage(incidentId: string, limit: number): Promise<readonly Alert[]>;
  /** Alerts by id, whatever their state; those that are gone are left out. */
  alertsById(ids: readonly string[]): Promise<readonly Alert[]>;
  /** Firing alerts behind the id `after`, in the order of their ids; at most `limit`. */
  firingAlerts(after: string, limit: number): Promise<readonly Alert[]>;
  /** Ids of live incidents behind `after`, in order; at most `limit`. */
  liveIncidentIds(after: string, limit: number): Promise<readonly string[]>;
  /** The notices of an incident, by channel. */
  noticesOf(incidentId: string): Promise<readonly Notice[]>;
  /** Notices with an attempt under way: nobody knows what came of it once their process is gone. */
  noticesUnderWay(): Promise<readonly Notice[]>;
  /** Whether a live incident was told on that channel by a message that the target knows by `ref`, 8 to 64 hex digits. */
  hasLiveTold(channel: string, ref: string): Promise<boolean>;
  /** Incidents that wait on that channel for one of these reasons; at most `limit`. */
  waitingOn(channel: string, reasons: WaitReasons, limit: number): Promise<readonly string[]>;
  /** A page of the outbox: what waits and what failed, or all, those of the newest incidents first. */
  listNotices(query: NoticeQuery): Promise<Page<ListedNotice>>;
  /** A page of attempts, newest first. */
  listAttempts(query: AttemptQuery): Promise<Page<AttemptRow>>;
  /** Attempts of an incident, oldest first; at most `limit`, the newest ones. */
  attemptsOf(incidentId: string, limit: number): Promise<readonly AttemptRow[]>;
  /** What is counted for figures. */
  figures(): Promise<StoreFigures>;
  /** How many notices are in each state, by channel. */
  countNotices(): Promise<
    readonly { readonly channel: string; readonly state: NoticeStateName; readonly count: number }[]
  >;
}

/** Why a notice waits, besides its own times; one or two. */
export type WaitReasons = readonly [WaitReason, WaitReason?];

type WaitReason = Extract<NoticeDecision, { action: 'wait' }>['reason'];

/** Where a notice stands, as lists and figures say it. */
export type NoticeStateName = (typeof NOTICE_STATES)[number];

/** All of them. */
export const NOTICE_STATES = ['under_way', 'retry', 'wait', 'hold', 'rest', 'dead'] as const;

/** Which notices a list shows. */
export interface NoticeQuery extends PageQuery {
  /** Left out: all but `rest`, of which there is nothing to do. */
  readonly state?: NoticeStateName;
  readonly channel?: string;
  readonly incidentId?: string;
}

/** Which attempts a list shows. */
export interface AttemptQuery extends PageQuery {
  readonly outcome?: AttemptRow['outcome'];
  readonly channel?: string;
  readonly incidentId?: string;
}

/** A notice in a list. */
export interface ListedNotice {
  readonly notice: Notice;
  readonly state: NoticeStateName;
  readonly updatedAt: number;
  /** Of its incident; null when that is gone. */
  readonly title: string | null;
}

/** The state of a notice in one word. */
export function stateOfNotice({ pending, dead, decision }: Notice): NoticeStateName {
  if (pending?.isUnderWay) return 'under_way';
  if (pending !== null) return 'retry';
  const isOver = decision.action === 'rest' || decision.action === 'give_up';
  if (dead !== null && dead.dropped === undefined && isOver) return 'dead';
  return decision.action === 'wait' || decision.action === 'hold' ? decision.action : 'rest';
}
