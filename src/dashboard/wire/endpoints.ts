import type { Page, Severity } from './documents.ts';

// Documents about endpoints and probes as they cross the wire; of each only the fields that are shown.

/** What is found of an endpoint. */
export type EndpointState = 'up' | 'down' | 'unknown';

/** One look at an endpoint. */
export interface Look {
  readonly at: string;
  readonly probe: string;
  readonly success: boolean;
  readonly abstains: boolean;
  readonly duration_ms: number;
  readonly errors: readonly string[];
}

/** How the time of a look was spent, in milliseconds; null for what it did not need. */
export interface Phases {
  readonly dns_ms: number | null;
  readonly connect_ms: number | null;
  readonly tls_ms: number | null;
  readonly first_byte_ms: number | null;
}

/** One look that somebody has asked for. */
export interface Tried {
  readonly success: boolean;
  readonly conditions: readonly { readonly condition: string; readonly success: boolean }[];
  readonly error: string | null;
  readonly timings: Phases & { readonly total_ms: number };
}

/** What a probe says of an endpoint. */
export interface Witness {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly state: 'up' | 'down' | 'abstains' | 'stale' | 'waiting';
  readonly seen_at: string | null;
  readonly duration_ms: number | null;
  readonly failures: number;
  readonly error: string;
}

/** An endpoint in a list. */
export interface Endpoint {
  readonly key: string;
  readonly name: string;
  readonly group: string;
  readonly kind: 'active' | 'push';
  readonly url: string;
  readonly interval_ms: number | null;
  readonly state: EndpointState;
  readonly since: string | null;
  readonly reason: string;
  readonly votes: { readonly up: number; readonly down: number; readonly needed: number; readonly of: number };
  readonly maintenance: boolean;
  readonly probes: readonly Witness[];
  readonly last_look_at: string | null;
  readonly response_ms: number | null;
  readonly certificate_ends_at: string | null;
  readonly uptime: Readonly<Record<'24h' | '7d' | '30d', number | null>>;
  /** Oldest first. */
  readonly results: readonly Look[];
}

/** A page of endpoints. */
export interface EndpointList extends Omit<Page<Endpoint>, 'counts'> {
  readonly total: number;
  readonly counts: Readonly<Record<EndpointState, number>>;
  readonly groups: readonly string[];
}

/** One endpoint with all that is known of it. */
export interface EndpointDetail extends Endpoint {
  readonly description: string;
  readonly conditions: readonly string[];
  readonly strategy: string;
  readonly depends_on: readonly string[];
  readonly alerts: readonly {
    readonly severity: Severity;
    readonly failure_threshold: number;
    readonly success_threshold: number;
    readonly firing: boolean;
  }[];
  /** Newest first. */
  readonly looks: readonly (Look & {
    readonly phases: Phases | null;
    readonly conditions: readonly { readonly condition: string; readonly success: boolean }[];
  })[];
}

/** What an endpoint was over a span, step by step. */
export interface EndpointHistory {
  readonly from: string;
  readonly to: string;
  readonly step_ms: number;
  readonly points: readonly {
    readonly at: string;
    readonly up_ms: number;
    readonly down_ms: number;
    readonly looks: number;
    readonly response_ms: number | null;
  }[];
  readonly outages: readonly { readonly started_at: string; readonly ended_at: string | null }[];
  readonly report: {
    readonly uptime: number | null;
    readonly down_ms: number;
    readonly outages: number;
    readonly mttr_ms: number | null;
    readonly mtbf_ms: number | null;
    readonly response_ms: number | null;
  };
}

/** A node that looks at endpoints. */
export interface Probe {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly version: string;
  readonly last_seen_at: string | null;
  readonly is_stale: boolean;
  readonly clock_offset_ms: number | null;
  readonly assigned: number;
}
