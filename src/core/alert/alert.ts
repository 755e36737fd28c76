/** How bad a firing alert is, worst first. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
/** One of them. */
export type Severity = (typeof SEVERITIES)[number];

/** Whether the problem an alert stands for is present. */
export type AlertStatus = 'firing' | 'resolved';

/** Text by name. Built only by `core/read.ts`, so no key reaches a prototype. */
export type Labels = Record<string, string>;

/** What a sender says of one problem, after its driver has read it. Times are UTC milliseconds. */
export interface IncomingAlert {
  /** Identity within (source, origin); at most `LIMITS.fingerprint` characters. */
  readonly fingerprint: string;
  readonly name: string;
  readonly status: AlertStatus;
  readonly severity: Severity;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Figures as the sender gave them: a JSON object. */
  readonly metrics: Readonly<Record<string, unknown>>;
  /** Start of the problem as the sender tells it; never used for ordering. */
  readonly startedAt: number;
  /** Only for resolved alerts. */
  readonly endedAt: number | null;
  /** When the sender saw this state; orders requests of one alert. Never later than `latestSeen`. */
  readonly observedAt: number;
  /** Key of the incident this alert belongs to when it fires. */
  readonly groupKey: string;
  /** Title of the incident that it opens, where that is not its own. */
  readonly incidentTitle?: string;
  /** Only for resolved alerts whose sender says that it is no recovery: `rule_changed`, `rule_deleted`, `paused`, … */
  readonly resolution?: string;
  /**
   * Of a firing alert, when it resolves unless it is told again; left out, never. On a resolved one it is the hub's own
   * word: the expiry that has passed, which counts for nothing where a later one is stored.
   */
  readonly expiresAt?: number;
  /** Only of a resolved alert that a person ended: until then the same firing, told again, is no news. UTC milliseconds. */
  readonly heldUntil?: number;
  /** Only of a firing alert that a person ended, and takes that back. */
  readonly isTakenBack?: true;
  /** Only of a resolved alert: its sender told no more than that. Name, labels, annotations and metrics stay as stored. */
  readonly statusOnly?: true;
  /** Only of a resolved alert that its driver adds, for what was told ends it, too: that there is none says nothing. */
  readonly isImplied?: true;
  /** What its reading rests on that may be wrong; told to its sender, and not stored. */
  readonly doubts?: readonly Doubt[];
}

/**
 * What the reading of an alert rests on that may be wrong: no status was told, or one that nobody knows, so that it was
 * taken to fire; or nothing tells it apart but a text that may change; or it holds more than is stored of an alert.
 */
export type Doubt =
  | { readonly kind: 'status_missing' }
  | { readonly kind: 'status_unknown'; readonly word: string }
  | { readonly kind: 'identity_guessed' }
  | {
      readonly kind: 'too_large';
      /** What was cut or left out, so that the alert can be stored. */
      readonly what: `${'label' | 'annotation'}_${'name' | 'value' | 'count'}` | 'metrics' | 'metric_text' | 'whole';
    };

/** One problem as the hub keeps it: the row of the `alerts` table. Times are UTC milliseconds. */
export interface Alert {
  /** UUIDv7. */
  readonly id: string;
  /** Name of the driver, taken from the route. */
  readonly source: string;
  /** Instance of a cluster push, else ''. */
  readonly origin: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly status: AlertStatus;
  readonly severity: Severity;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly observedAt: number;
  /** Arrival of the request that last opened or changed the alert. */
  readonly receivedAt: number;
  /** Arrival of the last request that spoke of the alert. */
  readonly lastSeenAt: number;
  /** Observations of the present episode, the first one counted. */
  readonly occurrences: number;
  readonly incidentId: string | null;
  /**
   * While it fires, when it resolves unless it is told again; null for never. Of one that a person ended, until when the
   * same firing, told again, is no news; null for any other that is resolved.
   */
  readonly expiresAt: number | null;
}

/**
 * Bounds of what one request may hold; beyond those of bytes, depth and alerts it is answered 413. A group of a tool that
 * cannot split it (Alertmanager sends a group whole, or for ever not at all) has the larger ones, if its sender proves
 * who it is: 1,000 alerts of 8 KiB fit, which is the most that tools write of one, or 10,000 common ones.
 */
export const LIMITS = {
  bodyBytes: 1024 * 1024,
  groupBytes: 8 * 1024 * 1024,
  depth: 64,
  alerts: 1000,
  groupAlerts: 10_000,
  fingerprint: 256,
  name: 512,
  instanceId: 255,
  hostname: 255,
  /**
   * What is stored of the labels, annotations and metrics of one alert: characters of a name and of a value, how many there
   * may be, and bytes of the whole as JSON. What is beyond is cut, and its sender is told.
   */
  content: {
    bytes: 64 * 1024,
    label: { name: 256, value: 4096, count: 128 },
    annotation: { name: 256, value: 16_384, count: 128 },
    metric: { name: 256, value: 4096, count: 1000 },
  },
} as const;

const RANK: Record<Severity, number> = { critical: 2, warning: 1, info: 0 };

/** Negative when `a` is less severe than `b`, 0 when equal, positive when more. */
export function compareSeverity(a: Severity, b: Severity): number {
  return RANK[a] - RANK[b];
}
