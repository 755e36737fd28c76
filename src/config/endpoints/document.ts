import type { EndpointAlert, EndpointMaintenance, Strategy } from '../../core/endpoint/endpoint.ts';
import type { PushSchedule } from '../../core/endpoint/push/schedule.ts';
import type { Secret } from '../../lib/crypto/secret.ts';

/** The parts of monitor.yaml that say what is looked at, as they are written, and the way back to their lines. */
export interface EndpointsFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** `<path>:<line>` of a key, given by its path from the top of the file. */
  at(keys: readonly string[]): string;
  /** Where relative paths count from. */
  readonly folder: string;
}

/** What all endpoints have, those that are looked at and those that are pushed to. */
export interface NamedEndpoint {
  /** As Gatus makes it: `<group>_<name>` in lower case. */
  readonly key: string;
  readonly name: string;
  /** Empty for none. */
  readonly group: string;
  readonly enabled: boolean;
  readonly description: string;
  /** Added to those of its alerts. */
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: readonly EndpointAlert[];
  /** Keys of endpoints without which it cannot be up. */
  readonly dependsOn: readonly string[];
  readonly maintenance: readonly EndpointMaintenance[];
}

/** An endpoint that is looked at. */
export interface EndpointEntry extends NamedEndpoint {
  /** Without user and password: these are among the options. */
  readonly url: string;
  /** What the protocol needs beside the URL, as JSON that `bindTarget` takes; a secret, for secrets are among it. */
  readonly options: Secret;
  /** In Gatus's language; each of them parses. */
  readonly conditions: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Further looks before a failed one counts. */
  readonly retries: number;
  /** Whether another probe has to see it, too, before it is down. */
  readonly confirm: boolean;
  /** Ids of probes; empty where `regions` says who looks. `local` is the hub itself. */
  readonly monitoredBy: readonly string[];
  readonly regions: readonly string[];
  readonly strategy: Strategy;
  /** K of K of M; null where the strategy decides. */
  readonly quorum: number | null;
  readonly ui: EndpointUi;
}

/** What is left out where an endpoint is shown. */
export interface EndpointUi {
  readonly hideUrl: boolean;
  readonly hideHostname: boolean;
  readonly hidePort: boolean;
  readonly hideConditions: boolean;
  readonly hideErrors: boolean;
  /** Conditions that do not hold are shown as written. */
  readonly conditionsAsWritten: boolean;
  /** Conditions that hold are shown with what was seen, too. */
  readonly conditionsResolved: boolean;
  /** Milliseconds up to which a badge of the response time has its first five colours; null for those of Gatus. */
  readonly badgeSteps: readonly number[] | null;
}

/** An endpoint that is looked at by being called. */
export interface PushEndpointEntry extends NamedEndpoint {
  /** Part of the URL that is called, or the bearer token. */
  readonly token: Secret;
  /** null where nothing is expected: then only a failure that is told counts. */
  readonly schedule: PushSchedule | null;
  readonly graceMs: number;
  /** Time that one run may take, from start to end; null for the grace. */
  readonly maxRunMs: number | null;
  /** Whether only POST counts, so that previews of links do not. */
  readonly postOnly: boolean;
}

/** A node that looks at endpoints for this hub. */
export interface ProbeEntry {
  readonly id: string;
  readonly name: string;
  /** Empty for none. */
  readonly region: string;
  readonly token: Secret;
  /** The token before, still accepted while it is changed over. */
  readonly previousToken: Secret | null;
  /** Requests that it may make for long. */
  readonly ratePerSecond: number;
  readonly staleAfterMs: number;
  /** Networks that it may come from; empty for any. */
  readonly allowFrom: readonly string[];
}

/** All that the configuration says of what is looked at, read and bound; plain but for the secrets. */
export interface EndpointsDocument {
  readonly endpoints: readonly EndpointEntry[];
  readonly pushEndpoints: readonly PushEndpointEntry[];
  readonly probes: readonly ProbeEntry[];
  readonly announcements: readonly Announcement[];
}

/** What an announcement is about; `none` for nothing in particular. */
export const ANNOUNCEMENT_TYPES = ['outage', 'warning', 'information', 'operational', 'none'] as const;

/** Something that the public status page says to everybody, in the words of a person. */
export interface Announcement {
  readonly type: (typeof ANNOUNCEMENT_TYPES)[number];
  /** Plain text; it may have several lines. */
  readonly message: string;
  /** When it was made, UTC milliseconds; it is not shown before that. */
  readonly at: number;
  /** From when it is not shown any more, UTC milliseconds; null for as long as it stands there. */
  readonly until: number | null;
  /** It is over, and shown behind the others. */
  readonly isArchived: boolean;
}
