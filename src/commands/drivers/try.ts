import { decide } from '../../core/alert/decide.ts';
import type { IncomingNote } from '../../core/alert/note.ts';
import { readUntypedBody } from '../../core/reading/body.ts';
import type { FieldError } from '../../core/reading/read.ts';
import type { Driver } from '../../drivers/contract.ts';
import { claimantsOf, parseBody } from '../../drivers/read.ts';
import { systemClock } from '../../lib/clock.ts';

/** What a body becomes: the document of `monitor drivers try --json`. Times are ISO 8601. */
export interface Tried {
  readonly driver: string | null;
  /** Drivers that would claim it if it came without a path. */
  readonly claimed_by: readonly string[];
  readonly status: 'taken' | 'refused';
  /** Why it is refused. */
  readonly message: string | null;
  readonly alerts: readonly TriedAlert[];
  readonly notes: readonly IncomingNote[];
  readonly remarks: readonly string[];
  readonly errors: readonly FieldError[];
}

interface TriedAlert {
  readonly name: string;
  readonly status: string;
  readonly severity: string;
  /** What a hub that has never seen it would do, and why. */
  readonly decision: string;
  readonly reason: string;
  readonly fingerprint: string;
  readonly incident_key: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly observed_at: string;
  readonly resolution: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** Reads a body as the driver of that name would, of those that a hub has; any other word takes the one that claims it. */
export function tryDriver(
  name: string,
  body: Buffer,
  drivers: ReadonlyMap<string, Driver>,
  now: number = systemClock.now(),
): Tried {
  const named = drivers.get(name);
  const given = readUntypedBody(body);
  const nothing = { claimed_by: [], alerts: [], notes: [], remarks: [], errors: [] };
  if (!given.ok) return { ...nothing, driver: named?.name ?? null, status: 'refused', message: given.message };
  const claimants = claimantsOf(drivers, given.value);
  const driver = named ?? claimants[0];
  const claimed_by = claimants.map((one) => one.name);
  if (driver === undefined)
    return { ...nothing, driver: null, status: 'refused', message: 'no driver claims this body' };
  return { ...read(driver, given, now), claimed_by };
}

function read(driver: Driver, given: Parameters<typeof parseBody>[1], now: number): Omit<Tried, 'claimed_by'> {
  const parsed = parseBody(driver, given, { userAgent: '', receivedAt: now });
  if (!parsed.ok) {
    const { message, errors } = parsed;
    return { driver: driver.name, status: 'refused', message, alerts: [], notes: [], remarks: [], errors };
  }
  const alerts = parsed.alerts.map((alert): TriedAlert => {
    const { action: decision, reason } = decide(undefined, alert, now);
    const iso = (time: number) => new Date(time).toISOString();
    return {
      name: alert.name,
      status: alert.status,
      severity: alert.severity,
      decision,
      reason,
      fingerprint: alert.fingerprint,
      incident_key: alert.groupKey,
      started_at: iso(alert.startedAt),
      ended_at: alert.endedAt === null ? null : iso(alert.endedAt),
      observed_at: iso(alert.observedAt),
      resolution: alert.resolution ?? null,
      labels: alert.labels,
      annotations: alert.annotations,
      metrics: alert.metrics,
    };
  });
  const { notes = [], remarks = [], errors } = parsed;
  return { driver: driver.name, status: 'taken', message: null, alerts, notes, remarks, errors };
}
