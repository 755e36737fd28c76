// Documents of the API as they cross the wire; of each only the fields that are shown. What older hubs do not send is optional.

/** Severities that senders give. */
export type Severity = 'critical' | 'warning' | 'info';

/** What holds notices back. */
export interface Muted {
  readonly kind: string;
  readonly id: string;
  readonly until: string | null;
}

/** What happens next to an incident. */
export interface NextStep {
  readonly what: string;
  readonly channel?: string;
  readonly at: string | null;
}

/** An incident in a list. */
export interface Incident {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly status: 'open' | 'acknowledged' | 'resolved' | 'closed';
  readonly severity: Severity;
  readonly opened_at: string;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly acknowledged_until: string | null;
  readonly assignee: string | null;
  readonly shelved_until: string | null;
  readonly shelved_by: string | null;
  readonly resolved_at: string | null;
  readonly changed_at: string;
  readonly alert_count: number;
  readonly firing_count: number;
  readonly unknown_count: number;
  readonly muted?: Muted | null;
  readonly summary?: string | null;
  readonly source?: string | null;
  readonly flapping?: boolean;
  readonly notified?: readonly string[];
  readonly next?: NextStep | null;
}

/** One incident with its alerts and history. */
export interface IncidentDetail extends Incident {
  readonly alerts: readonly Alert[];
  readonly events: readonly HistoryEvent[];
}

/** An alert in a list. */
export interface Alert {
  readonly id: string;
  readonly source: string;
  readonly origin: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly status: 'firing' | 'resolved' | 'unknown';
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly observed_at: string;
  readonly received_at: string;
  readonly last_seen_at: string;
  readonly occurrences: number;
  readonly incident_id: string | null;
  readonly muted?: Muted | null;
  readonly message?: string | null;
  readonly acknowledged_by?: string | null;
  readonly flapping?: boolean;
  readonly stale?: boolean;
}

/** One alert with its history. */
export interface AlertDetail extends Alert {
  readonly events: readonly HistoryEvent[];
}

/** An event of the history. */
export interface HistoryEvent {
  readonly seq: number;
  readonly at: string;
  readonly subject: string;
  readonly subject_id: string;
  readonly kind: string;
  readonly reason: string | null;
  readonly actor: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A machine that pushes. */
export interface Instance {
  readonly instance_id: string;
  readonly hostname: string | null;
  readonly version: string | null;
  readonly status: 'heard' | 'silent';
  readonly first_seen_at: string;
  readonly last_seen_at: string;
  readonly silent_since: string | null;
  readonly clock_offset_ms: number | null;
}

/** A condition of a silence. */
export interface Matcher {
  readonly text: string;
  readonly name: string;
  readonly value: string;
  readonly is_regex: boolean;
  readonly is_equal: boolean;
}

/** A silence or a window. */
export interface Silence {
  readonly id: string;
  readonly kind: 'silence' | 'maintenance';
  readonly status: 'active' | 'pending' | 'expired';
  readonly instance_id?: string | null;
  readonly matchers: readonly Matcher[];
  readonly starts_at: string;
  readonly ends_at: string;
  readonly created_by: string;
  readonly comment: string;
  readonly origin: string;
  readonly created_at: string;
  readonly ended_by: string | null;
}

/** What matchers would hold back. */
export interface SilencePreview {
  readonly firing_count: number;
  readonly alert_count: number;
  readonly incident_count: number;
}

/** What one channel is told of one incident. */
export interface Notice {
  readonly id: string;
  readonly incident_id?: string;
  readonly channel: string;
  readonly title: string;
  readonly state: string;
  readonly reason: string | null;
  readonly until: string | null;
  readonly phase: string | null;
  readonly attempt: number;
  readonly next_at: string | null;
  readonly failure: string | null;
  readonly told: string | null;
  readonly told_at: string | null;
  readonly updated_at: string;
}

/** One try to tell a channel. */
export interface Attempt {
  readonly channel: string;
  readonly incident_id: string | null;
  readonly phase: string;
  readonly key: string;
  readonly attempt: number;
  readonly at: string;
  readonly took_ms: number | null;
  readonly outcome: 'ok' | 'failed' | 'unknown';
  readonly answer: string | null;
}

/** Who was told of an incident, and why not others. */
export interface Explanation {
  readonly told: boolean;
  readonly verdict: string;
  readonly untold: { readonly reason: string; readonly text: string } | null;
  readonly channels: readonly {
    readonly channel: string;
    readonly text: readonly string[];
    readonly attempts: number;
    readonly places: readonly string[];
    readonly told: readonly { readonly phase: string; readonly at: string; readonly answer: string | null }[];
    readonly untold: { readonly reason: string; readonly text: string } | null;
  }[];
  readonly steps: readonly ExplainedStep[];
  readonly cut: boolean;
}

/** One thing that happened, in words. */
export interface ExplainedStep {
  readonly at: string;
  readonly kind: string;
  readonly text: string;
  readonly event?: HistoryEvent;
  readonly attempt?: { readonly channel: string; readonly outcome: string; readonly reason: string | null };
}

/** A tool that sends alerts. */
export interface Source {
  readonly source: string;
  readonly last_heard_at: string | null;
  readonly last_remark: string | null;
  readonly last_remark_at: string | null;
  readonly last_refusal: string | null;
  readonly last_refused_at: string | null;
  readonly own_notices: number;
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
  readonly total?: number;
  readonly total_is_more?: boolean;
  /** Of all pages by severity, where it was asked for. */
  readonly counts?: Readonly<Record<'critical' | 'warning' | 'info' | 'unknown', number>>;
}
