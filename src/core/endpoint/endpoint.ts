/** What the witnesses of an endpoint have to say for it to be down: any of them, more than half (a tie is down), or all. */
export const STRATEGIES = ['any-down', 'majority-down', 'all-down'] as const;

/** One of them. */
export type Strategy = (typeof STRATEGIES)[number];

/** The probe that every hub has: its own looks. */
export const LOCAL_PROBE = 'local';

/** When an alert of an endpoint is raised and when it ends. */
export interface EndpointAlert {
  readonly failureThreshold: number;
  readonly successThreshold: number;
  /** How many probes have to see it; null where the endpoint's own quorum or strategy decides. */
  readonly quorum: number | null;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly description: string;
  /** Least time between two reminders, in milliseconds; 0 where the routes of notices decide. */
  readonly reminderMs: number;
  /** Whether people are told of the end, too. */
  readonly sendOnResolved: boolean;
}

/** A time of day, on some weekdays, in which alerts of an endpoint are not evaluated. */
export interface EndpointMaintenance {
  /** Minute of the day at which it begins. */
  readonly startMinute: number;
  readonly durationMs: number;
  /** IANA name. */
  readonly zone: string;
  /** Weekdays on which it begins, 0 for Sunday; empty for all of them. */
  readonly weekdays: readonly number[];
}

/** The key of an endpoint, as Gatus makes it: `<group>_<name>` in lower case, ` / _ . , # + &` as `-`. */
export function endpointKey(group: string, name: string): string {
  const plain = (text: string) =>
    text
      .trim()
      .toLowerCase()
      .replaceAll(/[ /_.,#+&]/g, '-');
  return `${plain(group)}_${plain(name)}`;
}
