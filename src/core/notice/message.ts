import type { AlertStatus, Labels, Severity } from '../alert/alert.ts';
import type { FiringCounts, IncidentStatus } from '../incident/incident.ts';

/**
 * Why people are told something.
 *
 * | phase | says |
 * |---|---|
 * | `firing` | an incident opened, or what fires in it changed |
 * | `resolved` | it is over |
 * | `reminder` | it still fires, `step` times after the first notice |
 * | `escalation` | nobody has acknowledged it: step `step` of the policy |
 * | `flapping` | it opens and resolves again and again; `incident.status` is where it stands |
 * | `digest` | many incidents in one message, see `digest` |
 * | `test` | somebody tries the channel; there is no incident |
 */
export const PHASES = ['firing', 'resolved', 'reminder', 'escalation', 'flapping', 'digest', 'test'] as const;
/** One of them. */
export type NoticePhase = (typeof PHASES)[number];

/** What the message is about. A digest and a test bring a made-up one, so that channels need no second form. */
export interface NoticeIncident {
  /** UUIDv7, or the id of the digest. */
  readonly id: string;
  /** Grouping key, as stored. */
  readonly key: string;
  /**
   * What targets with incidents of their own know it by, and what threads hang on: hex, at most 64 characters, the same
   * in all messages of one episode and from every hub that sees it.
   */
  readonly dedupKey: string;
  readonly title: string;
  readonly status: IncidentStatus;
  /** Highest among what fires, or what it was last. */
  readonly severity: Severity;
  /** UTC milliseconds. */
  readonly startedAt: number;
  /** UTC milliseconds; null while it is live. */
  readonly endedAt: number | null;
  /** Who acknowledged it; null when nobody has, '' when the name is not known. */
  readonly acknowledgedBy: string | null;
  /** Firing alerts by severity. */
  readonly firing: FiringCounts;
  /** Alerts that ever joined, the firing ones among them. */
  readonly total: number;
}

/** One alert of the incident, as its source sent it. */
export interface NoticeAlert {
  /** UUIDv7. */
  readonly id: string;
  /** Name of the driver. */
  readonly source: string;
  /** Instance of a cluster push, else ''. */
  readonly origin: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly status: AlertStatus;
  readonly severity: Severity;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Figures as the sender gave them: a JSON object. */
  readonly metrics: Readonly<Record<string, unknown>>;
  /** UTC milliseconds. */
  readonly startedAt: number;
  /** UTC milliseconds; null while it fires. */
  readonly endedAt: number | null;
}

/** One line of a digest. */
export interface DigestLine {
  readonly incidentId: string;
  readonly title: string;
  readonly status: IncidentStatus;
  readonly severity: Severity;
  /** UTC milliseconds. */
  readonly startedAt: number;
  /** Page of that incident; null when the hub has no address of its own. */
  readonly link: string | null;
}

/** Many incidents in one message. The counts are exact: `lines.length + more` is `incidents`. */
export interface NoticeDigest {
  readonly incidents: number;
  /** How many of them fire. */
  readonly firing: number;
  /** How many of them are over. */
  readonly resolved: number;
  /** Alerts in all of them. */
  readonly alerts: number;
  /** Worst first, as many as are worth reading. */
  readonly lines: readonly DigestLine[];
  /** How many are not among `lines`. */
  readonly more: number;
  /** Alerts of them, each as it is told, for programs: as many as a message holds. */
  readonly listed: readonly NoticeAlert[];
}

/** One line of what was found out about the problem: a process, a log line, a figure. */
export interface Evidence {
  readonly name: string;
  readonly value: string;
}

/** All that a channel is given to tell people: plain data, the same at every attempt of one delivery. */
export interface NoticeMessage {
  readonly phase: NoticePhase;
  /** Number of the reminder or escalation step, from 1; 0 in all other phases. */
  readonly step: number;
  /**
   * Idempotency key: the same at every attempt, and from every hub that tells the same thing. Hex, at most 64
   * characters.
   */
  readonly key: string;
  /** When this was decided, UTC milliseconds: the same at every attempt. */
  readonly at: number;
  /** Who tells: the hub's name, and its base address without a last slash, '' when it has none. */
  readonly hub: {
    readonly name: string;
    readonly url: string;
    /** Stands in what is sent, so that the hub knows its own notices when they come back to it; '' for none. */
    readonly marker: string;
  };
  /** Id of the channel in the configuration: the receiver in Alertmanager's words. */
  readonly channel: string;
  readonly incident: NoticeIncident;
  /** Only in the phase `digest`. */
  readonly digest: NoticeDigest | null;
  /** Firing ones first, worst first, as many as are worth reading. */
  readonly alerts: readonly NoticeAlert[];
  /** How many of the incident's alerts that people should know of are not among `alerts`. */
  readonly more: number;
  /** Labels by which the incident is grouped; empty when it is grouped by something else. */
  readonly groupLabels: Labels;
  readonly evidence: readonly Evidence[];
  /** Address of the runbook, http or https; null for none. */
  readonly runbook: string | null;
  /** Addresses in the hub, http or https; null where the hub has none. */
  readonly links: {
    readonly incident: string | null;
    readonly acknowledge: string | null;
    readonly silence: string | null;
  };
  /** Lines that explain this very message: `nobody acknowledged it for 15 min`, `30 alerts depend on it`. */
  readonly remarks: readonly string[];
  /** What the channel returned as `ref` for the first message of this episode; null when there is none. */
  readonly firstRef: string | null;
  /**
   * Whether nothing in it is new trouble: an end, or some alerts that have ended. A channel that is told to edit changes
   * its first message then; all else is a new message, for an edit makes no sound.
   */
  readonly amends: boolean;
  /** Whether it says nothing but that somebody has acknowledged, for a target that calls people until then; left out for no. */
  readonly acknowledges?: boolean;
  /**
   * For targets with incidents of their own: by what they know what is over with this message beside `incident`, such as
   * a digest of which no incident is live any more. Left out for nothing.
   */
  readonly closes?: readonly string[];
}

/** Whether a message tells of ends alone, and opens nothing where incidents are kept. */
export function isDigestOfEnds({ digest }: NoticeMessage): boolean {
  return digest !== null && digest.firing === 0;
}

/** Whether a message says that a problem is over. */
export function isOver({ phase, incident }: NoticeMessage): boolean {
  if (phase === 'digest' || phase === 'test') return false;
  return phase === 'resolved' || incident.status === 'resolved' || incident.status === 'closed';
}
