import type { Confinement } from '../../core/access/confinement.ts';
import type { Notice } from '../../core/notice/notice.ts';
import type { BadnessCounts } from '../../core/status.ts';
import type { AlertQuery, IncidentQuery } from './reads.ts';

/** What a row of an alert shows of its incident. */
export interface IncidentState {
  readonly incidentId: string;
  /** null while nobody has acknowledged it. */
  readonly acknowledgedBy: string | null;
  readonly isFlapping: boolean;
}

/** Alerts that fire of an instance. */
export interface InstanceCounts {
  readonly instanceId: string;
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
}

/** Of what openings are counted, in [from, to), UTC milliseconds. */
export interface OpenedQuery {
  readonly subject: 'alert' | 'incident';
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** What who asks is confined to; left out, nothing. */
  readonly confinement?: Confinement;
}

/** How many opened, or opened again, in a step that begins at `at`. */
export interface Opened {
  readonly at: number;
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
}

/** What is read for the rows of a list beside the rows themselves: one read for a page, never one for a row. */
export interface StandingReads {
  incidentStates(incidentIds: readonly string[]): Promise<readonly IncidentState[]>;
  /** The notices of those incidents, in the order of their incidents and channels. */
  noticesFor(incidentIds: readonly string[]): Promise<readonly Notice[]>;
  instanceCounts(instanceIds: readonly string[]): Promise<readonly InstanceCounts[]>;
  /** Those of these instances that have alerts, and none beyond what somebody is confined to. */
  instancesWithin(instanceIds: readonly string[], confinement: Confinement): Promise<readonly string[]>;
  /** How many there are of each severity, and of those of which nothing is known; at most `COUNTED_MOST` of them are counted. */
  alertsBySeverity(query: AlertQuery): Promise<BadnessCounts>;
  incidentsBySeverity(query: IncidentQuery): Promise<BadnessCounts>;
  /** Steps in which something opened; `isCut` where so much happened that the oldest of it is left out. */
  openedBySeverity(query: OpenedQuery): Promise<{ readonly points: readonly Opened[]; readonly isCut: boolean }>;
  fleet(): Promise<{ readonly instances: number; readonly silent: number; readonly lastSeenAt: number | null }>;
}
