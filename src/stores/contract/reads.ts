import type { Confinement } from '../../core/access/confinement.ts';
import type { Alert, AlertStatus, Severity } from '../../core/alert/alert.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { HistoryEvent } from '../../core/history.ts';
import type { Incident, IncidentStatus } from '../../core/incident/incident.ts';
import type { MuteReason } from '../../core/notice/notice.ts';
import type { EventQuery } from './history.ts';

/** One page of a list, newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null at the end. */
  readonly nextCursor: string | null;
}

/** Which page of a list. */
export interface PageQuery {
  /** 1 to 500. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

/**
 * A list for people: what has not ended first, the worst of it first (what is unknown stands behind what is critical),
 * what nobody has acknowledged first, then what changed last. What changes while pages are read moves to the front, and
 * does not come a second time.
 */
export interface Sorted {
  /** Left out: newest first, by id. */
  readonly sort?: 'attention';
}

/** A filter with one value, or with several of which one must hold. */
export type OneOrMore<T> = T | readonly T[];

/** A condition on a label; one that is not there is ''. */
export interface LabelFilter {
  readonly name: string;
  readonly value: string;
  /** Whether it must be another value. */
  readonly isNot: boolean;
}

/** The most that is counted of a list; what is beyond that is only known to be more. */
export const COUNTED_MOST = 10_000;

/** An alert as people see it: `unknown` while its instance is silent, for then neither red nor green is known. */
export type AlertView = Omit<Alert, 'status'> & { readonly status: AlertState };

/** How an alert stands for people. */
export type AlertState = AlertStatus | 'unknown';

/** An incident as people see it. */
export interface IncidentView extends Incident {
  /** What is wrong now. */
  readonly titleNow: string;
  /** What the alert says that gives it its title; '' where it says nothing. */
  readonly summary: string;
  /** Where that alert comes from; '' where there is none any more. */
  readonly source: string;
  /** Of the alerts that fire, how many are unknown. */
  readonly unknownCount: number;
}

/** Filters of the list of alerts; all given ones must hold. */
export interface AlertQuery extends PageQuery, Sorted {
  readonly status?: OneOrMore<AlertState>;
  readonly severity?: OneOrMore<Severity>;
  readonly source?: OneOrMore<string>;
  /** Of an instance that pushed, or with a label that names this host. */
  readonly instanceId?: OneOrMore<string>;
  /** With `instanceId`: alerts of the hub's own machine too, which have no origin. */
  readonly orLocal?: boolean;
  /** Exactly; with `*` for any characters, in any case. */
  readonly name?: OneOrMore<string>;
  readonly incidentId?: string;
  /** These alone. */
  readonly ids?: readonly string[];
  readonly labels?: readonly LabelFilter[];
  /** What who asks is confined to; left out, nothing. */
  readonly confinement?: Confinement;
  /** Opened or changed then or later, UTC milliseconds. */
  readonly changedSince?: number;
  /** Each must be the beginning of a word of it, as `searchWords` gives them; at least one. */
  readonly words?: readonly string[];
}

/** Filters of the list of incidents; all given ones must hold, those of alerts of one and the same of its alerts. */
export interface IncidentQuery
  extends PageQuery,
    Sorted,
    Pick<AlertQuery, 'source' | 'name' | 'labels' | 'instanceId' | 'orLocal' | 'words'> {
  readonly status?: OneOrMore<IncidentStatus>;
  readonly severity?: OneOrMore<Severity>;
  /** These alone. */
  readonly ids?: readonly string[];
  /** Opened or changed then or later, UTC milliseconds. */
  readonly changedSince?: number;
  /** What who asks is confined to: it has alerts, and none beyond that. Left out, nothing. */
  readonly confinement?: Confinement;
}

/** Filters of the list of instances. */
export interface InstanceQuery extends PageQuery {
  readonly status?: 'heard' | 'silent';
}

/** What has an id of which a part will do. */
export type Identified = 'alerts' | 'incidents' | 'silences';

/** Notices of an incident are held back on a channel. */
export interface Hold {
  readonly incidentId: string;
  readonly reason: MuteReason;
  /** What does: id of a silence or alert, name of a window, an interval or a rule. */
  readonly by: string;
  /** UTC milliseconds; null until something changes. */
  readonly until: number | null;
}

/** What is read to be shown. */
export interface ReadStore {
  /** A page also ends before `limit` when its alerts are large: some 1 MiB of content, or one alert. */
  listAlerts(query: AlertQuery): Promise<Page<AlertView>>;
  /** How many there are on all pages; `COUNTED_MOST` + 1 for more than that. */
  countAlerts(query: AlertQuery): Promise<number>;
  /**
   * What fires, at most `limit` alerts in pieces of some 1 MiB: the newest first, and last what instances pushed that are
   * silent now. What ends meanwhile is left out.
   */
  firing(limit: number): AsyncIterable<readonly AlertView[]>;
  findAlert(id: string): Promise<AlertView | undefined>;
  /** The newest `limit` events of a subject, oldest first. */
  history(subjectIds: readonly string[], limit: number): Promise<readonly HistoryEvent[]>;
  /** A page of the history, newest first. */
  listEvents(query: EventQuery): Promise<Page<HistoryEvent>>;
  listIncidents(query: IncidentQuery): Promise<Page<IncidentView>>;
  /** As `countAlerts`. */
  countIncidents(query: IncidentQuery): Promise<number>;
  findIncident(id: string): Promise<IncidentView | undefined>;
  /** What holds back the notices of those incidents that are held back wholly, on one channel or more. */
  findHolds(incidentIds: readonly string[]): Promise<readonly Hold[]>;
  listInstances(query: InstanceQuery): Promise<Page<Instance>>;
  /** Ids that begin with `part`, else those that end with it, the newest first; at most `limit`. `part` has the characters of an id. */
  findIds(of: Identified, part: string, limit: number): Promise<readonly string[]>;
}
